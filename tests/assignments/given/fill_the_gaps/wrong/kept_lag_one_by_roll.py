# says: You multiplied the first value with the last
def kept(truth, filled):
    def r(x):
        z = x - x.mean(axis=0)
        return (z * np.roll(z, 1, axis=0)).sum(axis=0) / (z**2).sum(axis=0)

    return filled.std(axis=0) / truth.std(axis=0), r(filled) - r(truth)
