# says: It is the beginning of the right result
def scaled(values, cut):
    train = values[:cut]
    return (train - train.mean(axis=0)) / train.std(axis=0)
