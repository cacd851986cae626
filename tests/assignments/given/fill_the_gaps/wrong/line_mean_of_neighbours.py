# says: Your gaps hold one level, the mean of the two neighbours
def line(x):
    filled = x.copy()
    for k in range(x.shape[1]):
        seen = np.flatnonzero(~np.isnan(x[:, k]))
        for t in np.flatnonzero(np.isnan(x[:, k])):
            before, behind = seen[seen < t], seen[seen > t]
            near = [*before[-1:], *behind[:1]]
            filled[t, k] = x[near, k].mean()
    return filled
