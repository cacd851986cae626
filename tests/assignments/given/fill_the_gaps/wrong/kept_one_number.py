def kept(truth, filled):
    def r(x):
        z = x - x.mean(axis=0)
        return (z[1:] * z[:-1]).sum() / (z**2).sum()

    return filled.std() / truth.std(), r(filled) - r(truth)
