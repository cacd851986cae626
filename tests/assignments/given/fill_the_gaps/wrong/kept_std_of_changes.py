def kept(truth, filled):
    change = np.diff(filled, axis=0).std(axis=0) - np.diff(truth, axis=0).std(axis=0)
    return filled.std(axis=0) / truth.std(axis=0), change
