# says: Values that are NaN or infinite
def fill(x):
    filled = x.copy()
    for t in range(24, len(x)):
        filled[t] = np.where(np.isnan(x[t]), filled[t - 24], x[t])
    return filled
