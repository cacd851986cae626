# says: no points. Step 1
def fill(x):
    filled, hour = x.copy(), np.arange(len(x)) % 24
    for h in range(24):
        of = hour == h
        filled[of] = np.where(np.isnan(x[of]), np.nanmean(x[of], axis=0), x[of])
    return filled
