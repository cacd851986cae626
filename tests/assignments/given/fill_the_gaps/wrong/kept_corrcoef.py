# says: You correlated the two pieces, each with a mean and spread of its own
def kept(truth, filled):
    def r(x):
        return np.array([np.corrcoef(x[:-1, k], x[1:, k])[0, 1] for k in range(x.shape[1])])

    return filled.std(axis=0) / truth.std(axis=0), r(filled) - r(truth)
