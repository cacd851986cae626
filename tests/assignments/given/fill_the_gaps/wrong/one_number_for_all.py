# says: Not yet: `spread`. About `spread`: Your function returned shape (),
# The spread is over all features at once.
def kept(truth, filled):
    def r1(x):
        d = x - x.mean(axis=0)
        return (d[1:] * d[:-1]).sum(axis=0) / (d**2).sum(axis=0)

    return filled.std() / truth.std(), r1(filled) - r1(truth)
