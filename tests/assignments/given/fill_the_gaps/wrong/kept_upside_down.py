# says: Filled over truth
# says: Filled less truth
def kept(truth, filled):
    def r(x):
        z = x - x.mean(axis=0)
        return (z[1:] * z[:-1]).sum(axis=0) / (z**2).sum(axis=0)

    return truth.std(axis=0) / filled.std(axis=0), r(truth) - r(filled)
