# says: The spread is the standard deviation
# says: A difference with its sign is wanted
def kept(truth, filled):
    def r(x):
        z = x - x.mean(axis=0)
        return (z[1:] * z[:-1]).sum(axis=0) / (z**2).sum(axis=0)

    return filled.var(axis=0) / truth.var(axis=0), abs(r(filled) - r(truth))
