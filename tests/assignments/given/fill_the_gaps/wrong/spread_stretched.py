# says: Measured values that you changed
def fill_keeping_spread(x):
    mean, spread = np.nanmean(x, axis=0), np.nanstd(x, axis=0)
    filled = np.where(np.isnan(x), mean, x)
    return mean + (filled - filled.mean(axis=0)) * spread / filled.std(axis=0)
