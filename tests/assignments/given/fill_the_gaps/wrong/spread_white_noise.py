# says: no points. Step 1
def fill_keeping_spread(x):
    noise = np.random.default_rng(0).normal(size=x.shape)
    return np.where(np.isnan(x), np.nanmean(x, axis=0) + noise * np.nanstd(x, axis=0), x)
