# says: The test part is not scaled
def scaled(values, cut):
    result = values.copy()
    result[:cut] = (values[:cut] - values[:cut].mean(axis=0)) / values[:cut].std(axis=0)
    return result
