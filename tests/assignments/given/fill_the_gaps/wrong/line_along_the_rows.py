# says: Your line goes over the features of a step
def line(x):
    filled, t = x.copy(), np.arange(x.shape[1])
    for row in filled:
        seen = ~np.isnan(row)
        row[:] = np.interp(t, t[seen], row[seen])
    return filled
