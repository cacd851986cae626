def scaled(values, cut):
    known = values[:cut]
    return (values - known.mean(axis=0)) / np.cov(known.T).reshape(values.shape[1], -1).diagonal()
