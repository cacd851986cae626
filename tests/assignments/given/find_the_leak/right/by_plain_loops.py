import numpy as np


def smoothed(x, width):
    result = []
    for t in range(len(x)):
        values = []
        for back in range(width):
            if t - back >= 0:
                values.append(x[t - back])
        result.append(sum(values) / len(values))
    return result


def scaled(values, cut):
    out = np.zeros(values.shape)
    for k in range(values.shape[1]):
        column = [values[t, k] for t in range(cut)]
        mean = sum(column) / cut
        spread = (sum((v - mean) ** 2 for v in column) / cut) ** 0.5
        for t in range(len(values)):
            out[t, k] = (values[t, k] - mean) / spread
    return out


def split(values, length, horizon, cut):
    parts = []
    for part in (values[:cut], values[cut:]):
        x, y = [], []
        start = 0
        while start + length + horizon <= len(part):
            x.append(part[start : start + length])
            y.append(part[start + length + horizon - 1][0])
            start += 1
        parts += [np.array(x), np.array(y)]
    return parts


def chosen(validation, test):
    place = 0
    for k in range(len(validation)):
        if validation[k] < validation[place]:
            place = k
    return [place, test[place]]


def honest_error(x, W_x, W_h):
    cut = int(SHARE * len(x))
    both = np.array([x, smoothed(x, WIDTH)]).T
    x_train, y_train, x_test, y_test = split(scaled(both, cut), LENGTH, HORIZON, cut)
    weights = readout(states(x_train, W_x, W_h), y_train, PENALTY)
    predicted = forecast(states(x_test, W_x, W_h), weights)
    mean, spread = np.mean(x[:cut]), np.std(x[:cut])

    def back(v):
        return v * spread + mean

    def rmse(a, b):
        return np.sqrt(np.mean((a - b) ** 2))

    return rmse(back(predicted), back(y_test)), rmse(back(x_test[:, -1, 0]), back(y_test))
