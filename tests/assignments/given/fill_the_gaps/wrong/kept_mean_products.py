# says: Your products are divided by their number, one less than the steps, and the squares by all
def kept(truth, filled):
    def r(x):
        z = (x - x.mean(axis=0)) / x.std(axis=0)
        return np.mean(z[1:] * z[:-1], axis=0)

    return filled.std(axis=0) / truth.std(axis=0), r(filled) - r(truth)
