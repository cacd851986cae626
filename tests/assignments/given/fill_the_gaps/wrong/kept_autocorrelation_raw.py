# says: Take the mean away before you multiply
def kept(truth, filled):
    def r(x):
        return (x[1:] * x[:-1]).sum(axis=0) / (x * x).sum(axis=0)

    return filled.std(axis=0) / truth.std(axis=0), r(filled) - r(truth)
