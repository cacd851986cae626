# says: `spread` and `memory` have changed places.
# The two results are swapped.
def kept(truth, filled):
    def r1(x):
        d = x - x.mean(axis=0)
        return (d[1:] * d[:-1]).sum(axis=0) / (d**2).sum(axis=0)

    return r1(filled) - r1(truth), filled.std(axis=0) / truth.std(axis=0)
