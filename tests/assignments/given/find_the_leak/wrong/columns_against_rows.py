# Forecasts as a column against targets as a row: the differences of all pairs.
import numpy as np


def mean_of_last(x, width):
    sums = np.concatenate([[0.0], np.cumsum(x)])
    end = np.arange(1, len(x) + 1)
    start = np.maximum(end - width, 0)
    return (sums[end] - sums[start]) / (end - start)


def standardized(values, cut):
    known = values[:cut]
    return (values - known.mean(axis=0)) / known.std(axis=0)


def both_parts(values, length, horizon, cut):
    x_train, y_train = windows(values[:cut], length, horizon)
    x_test, y_test = windows(values[cut:], length, horizon)
    return x_train, y_train, x_test, y_test


def honest_error(x, W_x, W_h):
    cut = int(SHARE * len(x))
    features = np.column_stack([x, mean_of_last(x, WIDTH)])
    values = standardized(features, cut)
    x_train, y_train, x_test, y_test = both_parts(values, LENGTH, HORIZON, cut)
    weights = readout(states(x_train, W_x, W_h), y_train)
    predicted = forecast(states(x_test, W_x, W_h), weights)
    unit = x[:cut].std()
    error = unit * np.sqrt(np.mean((predicted[:, None] - y_test) ** 2))
    naive = unit * np.sqrt(np.mean((x_test[:, -1, 0] - y_test) ** 2))
    return error, naive
