# says: Average the errors over the seeds first, and then divide and take the logarithm.
# says: That is the naive error over the network's: it is the other way round.
import numpy as np


def log_ratios(errors, naive):
    logs = np.log(naive)[None, :, None] - np.log(errors)
    return logs.sum(axis=2) / errors.shape[2]
