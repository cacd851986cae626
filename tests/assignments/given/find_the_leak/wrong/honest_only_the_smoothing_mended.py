# says: The scaler has seen the whole series
# says: The windows are shuffled before they are split
def honest_error(x, W_x, W_h):
    smooth = np.array([x[max(0, k - WIDTH + 1) : k + 1].mean() for k in range(len(x))])
    values = np.column_stack([x, smooth])
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    inputs, targets = windows(values, LENGTH, HORIZON)
    order = np.random.default_rng(0).permutation(len(inputs))
    first, rest = np.split(order, [int(SHARE * len(inputs))])
    weights = readout(states(inputs[first], W_x, W_h), targets[first])
    off = forecast(states(inputs[rest], W_x, W_h), weights) - targets[rest]
    naive = inputs[rest][:, -1, 0] - targets[rest]
    return x.std() * np.sqrt(np.mean(off**2)), x.std() * np.sqrt(np.mean(naive**2))
