import numpy as np


def smoothed(x, width):
    """Sums that look back, divided by how many there are."""
    kernel = np.ones(width)
    sums = np.convolve(x, kernel)[: len(x)]
    counts = np.convolve(np.ones_like(x), kernel)[: len(x)]
    return sums / counts


def scaled(values, cut):
    values = np.array(values, dtype=float)
    mu = values[:cut].mean(0)
    sigma = np.sqrt((values[:cut] ** 2).mean(0) - mu**2)
    values -= mu
    values /= sigma
    return values


def split(values, length, horizon, cut):
    inputs, targets = windows(values, length, horizon)
    last = np.arange(len(inputs)) + length + horizon - 1
    train = last < cut
    test = np.arange(len(inputs)) >= cut
    return inputs[train], targets[train], inputs[test], targets[test]


def chosen(validation, test):
    return sorted(range(len(validation)), key=lambda k: validation[k])[0], test[
        min(range(len(validation)), key=validation.__getitem__)
    ]


def honest_error(x, W_x, W_h):
    cut = int(SHARE * len(x))
    values = scaled(np.column_stack([x, smoothed(x, WIDTH)]), cut)
    a, b, c, d = split(values, LENGTH, HORIZON, cut)
    guess = forecast(states(c, W_x, W_h), readout(states(a, W_x, W_h), b))
    spread = x[:cut].std()
    naive = x[cut + LENGTH + HORIZON - 1 :] - x[cut + LENGTH - 1 : len(x) - HORIZON]
    return float(spread * np.linalg.norm(guess - d) / np.sqrt(len(d))), float(np.sqrt(np.mean(naive**2)))
