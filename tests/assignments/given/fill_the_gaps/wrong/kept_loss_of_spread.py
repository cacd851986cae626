# says: You gave what is lost of the spread, one less the ratio
def kept(truth, filled):
    def r(x):
        z = x - x.mean(axis=0)
        return (z[1:] * z[:-1]).sum(axis=0) / (z**2).sum(axis=0)

    return 1 - filled.std(axis=0) / truth.std(axis=0), r(filled) - r(truth)
