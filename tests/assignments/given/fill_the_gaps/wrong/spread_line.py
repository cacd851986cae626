# says: step 1 of 2
def fill_keeping_spread(x):
    filled, t = x.copy(), np.arange(len(x))
    for column in filled.T:
        seen = ~np.isnan(column)
        column[:] = np.interp(t, t[seen], column[seen])
    return filled
