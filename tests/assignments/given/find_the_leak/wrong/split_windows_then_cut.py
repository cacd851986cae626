# says: Windows that start before `cut` reach behind it
def split(values, length, horizon, cut):
    inputs, targets = windows(values, length, horizon)
    return inputs[:cut], targets[:cut], inputs[cut:], targets[cut:]
