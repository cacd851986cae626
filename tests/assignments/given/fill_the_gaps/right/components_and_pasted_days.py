def line(x):
    t = np.arange(len(x))
    return np.array([np.interp(t, t[c == c], c[c == c]) for c in x.T]).T


def kept(truth, filled):
    numbers = []
    for x in (truth, filled):
        z = x - np.mean(x, axis=0)
        numbers.append((np.std(x, axis=0), np.einsum("tf,tf->f", z[1:], z[:-1]) / np.einsum("tf,tf->f", z, z)))
    return numbers[1][0] / numbers[0][0], numbers[1][1] - numbers[0][1]


def fill(x):
    gaps, filled = np.isnan(x), line(x)
    angle = 2 * np.pi * np.arange(len(x)) / 24
    day = np.column_stack([np.ones(len(x)), np.sin(angle), np.cos(angle)])
    for _ in range(60):
        course = day @ np.linalg.lstsq(day, filled, rcond=None)[0]
        U, S, V = np.linalg.svd(filled - course, full_matrices=False)
        filled = np.where(gaps, course + U[:, :2] * S[:2] @ V[:2], x)
    return filled


def fill_keeping_spread(x):
    rng = np.random.default_rng(1)
    filled = x.copy()
    for k in range(x.shape[1]):
        for t in np.flatnonzero(np.isnan(x[:, k])):
            if t == 0 or not np.isnan(x[t - 1, k]):  # else the gap goes on with the day that it began with
                day = rng.integers(len(x) // 24)
            while np.isnan(x[day * 24 + t % 24, k]):
                day = (day + 1) % (len(x) // 24)
            filled[t, k] = x[day * 24 + t % 24, k]
    return filled
