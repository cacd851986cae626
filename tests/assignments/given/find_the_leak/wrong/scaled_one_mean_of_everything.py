# says: Mean and standard deviation are those of the whole series
# says: You took one mean and one standard deviation for all features
def scaled(values, cut):
    return (values - values.mean()) / values.std()
