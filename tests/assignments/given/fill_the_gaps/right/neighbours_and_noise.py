def line(x):
    filled = np.array(x)
    for column in filled.T:
        gone = np.isnan(column)
        column[gone] = np.interp(gone.nonzero()[0], (~gone).nonzero()[0], column[~gone])
    return filled


def kept(truth, filled):
    z, w = truth - truth.mean(0), filled - filled.mean(0)
    spread = np.sqrt(np.mean(w**2, 0) / np.mean(z**2, 0))
    before, after = (np.array([np.dot(a[1:], a[:-1]) / np.dot(a, a) for a in x.T]) for x in (z, w))
    return spread, after - before


def fill(x):
    start, filled = line(x), x.copy()
    for k in range(x.shape[1]):
        others = np.column_stack([np.ones(len(x)), np.delete(start, k, axis=1)])
        seen = ~np.isnan(x[:, k])
        w = np.linalg.lstsq(others[seen], x[seen, k], rcond=None)[0]
        filled[~seen, k] = others[~seen] @ w
    return filled


def fill_keeping_spread(x):
    rng, filled = np.random.default_rng(8), x.copy()
    for k, column in enumerate(x.T):
        daily = np.array([np.nanmean(column[h::24]) for h in range(24)])[np.arange(len(x)) % 24]
        rest = column - daily
        pairs = ~np.isnan(rest[1:]) & ~np.isnan(rest[:-1])
        a = np.polyfit(rest[:-1][pairs], rest[1:][pairs], 1)[0]
        surprises = (rest[1:] - a * rest[:-1])[pairs]
        value = 0.0
        for t in range(len(x)):
            value = a * value + rng.choice(surprises) if np.isnan(column[t]) else rest[t]
            filled[t, k] = daily[t] + value
    return filled
