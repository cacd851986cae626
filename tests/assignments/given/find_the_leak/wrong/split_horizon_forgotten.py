def split(values, length, horizon, cut):
    inputs, targets = windows(values, length, 1)
    first = np.arange(len(inputs)) + length < cut
    last = np.arange(len(inputs)) >= cut
    return inputs[first], targets[first], inputs[last], targets[last]
