import numpy as np


def line(x):
    t = np.arange(len(x))
    return np.stack([np.interp(t, t[~np.isnan(c)], c[~np.isnan(c)]) for c in x.T], axis=1)


def kept(truth, filled):
    def r1(x):
        d = x - x.mean(axis=0)
        return np.einsum("tk,tk->k", d[1:], d[:-1]) / np.einsum("tk,tk->k", d, d)

    return [filled.std(axis=0, ddof=1) / truth.std(axis=0, ddof=1), r1(filled) - r1(truth)]


def _course(x):
    hours = np.arange(len(x)) % 24
    return np.stack([np.nanmean(x[hours == hour], axis=0) for hour in range(24)])[hours]


def fill(x):
    """Day, neighbours by least squares, what is left by the line; again and again."""
    course = _course(x)
    y = x - course
    gaps = np.isnan(y)
    full = line(y)
    for _ in range(20):
        new = full.copy()
        for k in range(y.shape[1]):
            others = np.column_stack([np.delete(full, k, axis=1), np.ones(len(y))])
            seen = ~gaps[:, k]
            trust = 1.0 - 0.7 * np.delete(gaps, k, axis=1).mean(axis=1)
            w = np.linalg.lstsq(others[seen] * trust[seen, None], y[seen, k] * trust[seen], rcond=None)[0]
            explained = others @ w
            rest = line((y[:, k] - explained)[:, None])[:, 0]
            new[:, k] = np.where(seen, y[:, k], explained + rest)
        full = new
    return np.where(gaps, full + course, x)


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
