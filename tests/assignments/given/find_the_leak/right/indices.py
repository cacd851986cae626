def smoothed(x, width):
    sums = np.convolve(x, np.ones(width))[: len(x)]
    return sums / np.convolve(np.ones(len(x)), np.ones(width))[: len(x)]


def scaled(values, cut):
    mean = np.average(values[:cut], axis=0)
    spread = np.sqrt(np.average((values[:cut] - mean) ** 2, axis=0))
    return (values - mean) / spread


def split(values, length, horizon, cut):
    inputs, answers = windows(values, length, horizon)
    start = np.arange(len(inputs))
    train = start + length + horizon <= cut
    test = start >= cut
    return inputs[train], answers[train], inputs[test], answers[test]


def chosen(validation, test):
    place = np.argsort(validation)[0]
    return {"place": place, "error": test[place]}


def honest_error(x, W_x, W_h):
    cut = int(SHARE * len(x))
    values = scaled(np.stack([x, smoothed(x, WIDTH)], axis=1), cut)
    x_train, y_train, x_test, y_test = split(values, LENGTH, HORIZON, cut)
    w = readout(states(x_train, W_x, W_h), y_train)
    e = forecast(states(x_test, W_x, W_h), w) - y_test
    start = np.arange(cut, len(x) - LENGTH - HORIZON + 1)
    n = x[start + LENGTH - 1] - x[start + LENGTH + HORIZON - 1]
    return {"error": np.sqrt(np.mean(e * e)) * x[:cut].std(), "naive": np.sqrt(np.mean(n * n))}
