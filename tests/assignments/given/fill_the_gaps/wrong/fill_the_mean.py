# says: no points. Step 1
def fill(x):
    return np.where(np.isnan(x), np.nanmean(x, axis=0), x)
