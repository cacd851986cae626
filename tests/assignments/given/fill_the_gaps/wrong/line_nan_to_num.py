# says: Your gaps hold 0
def line(x):
    return np.nan_to_num(x)
