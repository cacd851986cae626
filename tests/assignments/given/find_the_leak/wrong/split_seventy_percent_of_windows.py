def split(values, length, horizon, cut):
    inputs, targets = windows(values, length, horizon)
    n = round(len(inputs) * cut / len(values))
    return inputs[:n], targets[:n], inputs[n:], targets[n:]
