# says: Measured values that you changed
def fill(x):
    start = np.where(np.isnan(x), np.nanmean(x, axis=0), x)
    U, S, V = np.linalg.svd(start - start.mean(axis=0), full_matrices=False)
    return U[:, :2] * S[:2] @ V[:2] + start.mean(axis=0)
