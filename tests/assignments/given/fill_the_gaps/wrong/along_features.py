# says: operands could not be broadcast together
# Standard deviation and sums run over the features of each step.
def kept(truth, filled):
    def r1(x):
        d = x - x.mean(axis=1, keepdims=True)
        return (d[1:] * d[:-1]).sum(axis=1, keepdims=True) / (d**2).sum(axis=1, keepdims=True)

    return filled.std(axis=1, keepdims=True) / truth.std(axis=1, keepdims=True), r1(filled) - r1(truth)
