# says: Your test part begins `length` steps before `cut`, so these steps are in both parts
def split(values, length, horizon, cut):
    return *windows(values[:cut], length, horizon), *windows(values[cut - length :], length, horizon)
