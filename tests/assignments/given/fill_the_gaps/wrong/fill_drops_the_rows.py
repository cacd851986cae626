# says: the shape of what it was given is wanted
def fill(x):
    return x[~np.isnan(x).any(axis=1)]
