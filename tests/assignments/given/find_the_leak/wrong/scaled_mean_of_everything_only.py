# says: The standard deviation is right, the mean is that of the whole series
def scaled(values, cut):
    return (values - values.mean(axis=0)) / values[:cut].std(axis=0)
