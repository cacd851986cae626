def smoothed(x, width):
    return [sum(x[max(0, k - width + 1) : k + 1]) / min(k + 1, width) for k in range(len(x))]


def scaled(values, cut):
    result = np.empty_like(values)
    for k in range(values.shape[1]):
        result[:, k] = (values[:, k] - np.mean(values[:cut, k])) / np.std(values[:cut, k])
    return result


def split(values, length, horizon, cut):
    parts = []
    for part in (values[:cut], values[cut:]):
        inputs, answers = [], []
        for start in range(len(part)):
            if start + length + horizon <= len(part):
                inputs.append(part[start : start + length])
                answers.append(part[start + length + horizon - 1, 0])
        parts += [inputs, answers]
    return parts


def chosen(validation, test):
    best = 0
    for k in range(len(validation)):
        if validation[k] < validation[best]:
            best = k
    return best, test[best]


def honest_error(x, W_x, W_h):
    cut = int(SHARE * len(x))
    features = scaled(np.array([x, smoothed(x, WIDTH)]).T, cut)
    x_train, y_train, x_test, y_test = map(np.array, split(features, LENGTH, HORIZON, cut))
    weights = readout(states(x_train, W_x, W_h), y_train)
    mean, spread = x[:cut].mean(), x[:cut].std()
    truth = y_test * spread + mean
    guess = forecast(states(x_test, W_x, W_h), weights) * spread + mean
    last = x_test[:, -1, 0] * spread + mean
    return [np.sqrt(((a - truth) ** 2).mean()) for a in (guess, last)]
