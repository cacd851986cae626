# says: Mean and standard deviation are those of the whole series
# says: You took away the smallest value and divided by the range
def scaled(values, cut):
    low, high = values.min(axis=0), values.max(axis=0)
    return (values - low) / (high - low)
