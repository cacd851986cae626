# says: in the reverse order along axis 0
def block_folds(steps, length, horizon, block, k, embargo):
    trained, first, end = [], [], []
    for j in range(1, k + 1):
        begin = steps - j * block
        trained.append(begin - embargo - length - horizon + 1)
        first.append(begin - length)
        end.append(begin + block - length - horizon + 1)
    return trained, first, end
