# says: The naive error is that of the whole series
def honest_error(x, W_x, W_h):
    cut = int(SHARE * len(x))
    smooth = np.array([x[max(0, k - WIDTH + 1) : k + 1].mean() for k in range(len(x))])
    values = np.column_stack([x, smooth])
    values = (values - values[:cut].mean(axis=0)) / values[:cut].std(axis=0)
    x_train, y_train = windows(values[:cut], LENGTH, HORIZON)
    x_test, y_test = windows(values[cut:], LENGTH, HORIZON)
    weights = readout(states(x_train, W_x, W_h), y_train)
    off = forecast(states(x_test, W_x, W_h), weights) - y_test
    naive = x[HORIZON:] - x[:-HORIZON]
    return x[:cut].std() * np.sqrt(np.mean(off**2)), np.sqrt(np.mean(naive**2))
