# says: It is the beginning of the right result: its last entries along axis 0 are missing.
# Only the steps before the cut are returned.
def scaled(values, cut):
    train = values[:cut]
    return (train - train.mean(axis=0)) / train.std(axis=0)
