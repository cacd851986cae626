def line(x):
    filled = x.copy()
    for k in range(x.shape[1]):
        seen = np.flatnonzero(~np.isnan(x[:, k]))
        for t in np.flatnonzero(np.isnan(x[:, k])):
            before, behind = seen[seen < t], seen[seen > t]
            if not len(before):
                filled[t, k] = x[behind[0], k]
            elif not len(behind):
                filled[t, k] = x[before[-1], k]
            else:
                a, b = before[-1], behind[0]
                filled[t, k] = x[a, k] + (x[b, k] - x[a, k]) * (t - a) / (b - a)
    return filled


def kept(truth, filled):
    def lag_one(x):
        rest = x - x.mean(axis=0)
        return np.sum(rest[1:] * rest[:-1], axis=0) / np.sum(rest**2, axis=0)

    return {"spread": filled.std(axis=0) / truth.std(axis=0), "memory": lag_one(filled) - lag_one(truth)}


def fill(x):
    hours = 2 * np.pi * np.arange(len(x)) / 24
    day = np.column_stack([np.ones(len(x)), np.sin(hours), np.cos(hours)])
    plain = line(x)
    course = day @ np.linalg.lstsq(day, plain, rcond=None)[0]
    rest, guess = x - course, plain - course
    A = np.linalg.lstsq(guess[:-1], guess[1:], rcond=None)[0].T
    Q = np.cov((guess[1:] - guess[:-1] @ A.T).T)
    means, covariances, ahead = [], [], []
    m, P = np.zeros(x.shape[1]), np.cov(guess.T)
    for row in rest:
        m, P = A @ m, A @ P @ A.T + Q
        ahead.append((m, P))
        seen = ~np.isnan(row)
        if seen.any():
            gain = P[:, seen] @ np.linalg.inv(P[np.ix_(seen, seen)])
            m, P = m + gain @ (row[seen] - m[seen]), P - gain @ P[seen]
        means.append(m)
        covariances.append(P)
    for t in range(len(x) - 2, -1, -1):
        m, P = ahead[t + 1]
        means[t] = means[t] + covariances[t] @ A.T @ np.linalg.pinv(P) @ (means[t + 1] - m)
    return np.where(np.isnan(x), np.array(means) + course, x)


def fill_keeping_spread(x):
    rng = np.random.default_rng(3)
    hours = 2 * np.pi * np.arange(len(x)) / 24
    day = np.column_stack([np.ones(len(x)), np.sin(hours), np.cos(hours)])
    filled = x.copy()
    for k in range(x.shape[1]):
        seen = ~np.isnan(x[:, k])
        course = day @ np.linalg.lstsq(day[seen], x[seen, k], rcond=None)[0]
        rest = x[:, k] - course
        s = np.nanstd(rest)
        a = np.nanmean(rest[1:] * rest[:-1]) / s**2
        C = s**2 * a ** np.abs(np.subtract.outer(np.arange(len(x)), np.arange(len(x))))
        draw = np.zeros(len(x))
        draw[0] = rng.normal(0, s)
        for t in range(1, len(x)):
            draw[t] = a * draw[t - 1] + rng.normal(0, s * np.sqrt(1 - a * a))
        weights = np.linalg.solve(C[np.ix_(seen, seen)], (rest - draw)[seen])
        filled[~seen, k] = (course + draw)[~seen] + C[np.ix_(~seen, seen)] @ weights
    return filled
