import numpy as np


def line(x):
    """Fills the gaps of the array itself."""
    t = np.arange(len(x))
    for k in range(x.shape[1]):
        gap = np.isnan(x[:, k])
        x[gap, k] = np.interp(t[gap], t[~gap], x[~gap, k])
    return x


def kept(truth, filled):
    def around(x):
        return x - x.mean(0)

    def auto(x):
        return (around(x)[1:] * around(x)[:-1]).sum(0) / (around(x) ** 2).sum(0)

    return np.sqrt((around(filled) ** 2).sum(0) / (around(truth) ** 2).sum(0)), auto(filled) - auto(truth)


def fill(x):
    full = line(x.copy())
    out = x.copy()
    for k in range(x.shape[1]):
        others = np.column_stack([np.delete(full, k, axis=1), np.ones(len(x))])
        w = np.linalg.lstsq(others, full[:, k], rcond=None)[0]
        gap = np.isnan(x[:, k])
        out[gap, k] = (others @ w)[gap]
    return out


def _course(x):
    hours = np.arange(len(x)) % 24
    return np.stack([np.nanmean(x[hours == hour], axis=0) for hour in range(24)])[hours]


def fill_keeping_spread(x):
    """A random walk with memory through each gap, pinned at both ends."""
    rng = np.random.default_rng(7)
    course = _course(x)
    y = x - course
    out = x.copy()
    for k in range(x.shape[1]):
        c = y[:, k]
        both = ~np.isnan(c[1:]) & ~np.isnan(c[:-1])
        phi = np.clip(np.sum(c[1:][both] * c[:-1][both]) / np.sum(c[:-1][both] ** 2), 0, 0.999)
        sd = np.std((c[1:] - phi * c[:-1])[both])
        n = len(c)
        walk = np.empty(n)
        walk[0] = rng.normal(0, np.nanstd(c))
        for t in range(1, n):
            walk[t] = phi * walk[t - 1] + rng.normal(0, sd)
        # conditional simulation: the walk plus the bridge of what it is off
        seen = np.flatnonzero(~np.isnan(c))
        gap = np.flatnonzero(np.isnan(c))
        off = c - walk
        for t in gap:
            a = seen[seen < t]
            b = seen[seen > t]
            p = t - a[-1] if len(a) else None
            q = b[0] - t if len(b) else None
            if p and q:
                s = phi ** (p + q)
                wa = (phi**p - phi**q * s) / (1 - s**2)
                wb = (phi**q - phi**p * s) / (1 - s**2)
                step = wa * off[a[-1]] + wb * off[b[0]]
            elif p:
                step = phi**p * off[a[-1]]
            else:
                step = phi**q * off[b[0]]
            out[t, k] = walk[t] + step + course[t, k]
    return out
