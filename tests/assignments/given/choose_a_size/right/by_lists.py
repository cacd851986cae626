import math


def block_folds(steps, length, horizon, block, k, embargo):
    trained, first, end = [], [], []
    windows = range(steps - length - horizon + 1)
    for fold in range(k):
        begin = steps - (k - fold) * block
        targets = [(w + length, w + length + horizon - 1) for w in windows]
        trained.append(sum(1 for _, last in targets if last < begin - embargo))
        inside = [w for w in windows if targets[w][0] >= begin and targets[w][1] < begin + block]
        first.append(inside[0])
        end.append(inside[-1] + 1)
    return trained, first, end


def log_ratios(errors, naive):
    table = []
    for size in errors:
        means = [sum(seeds) / len(seeds) for seeds in size]
        table.append([math.log(mean) - math.log(n) for mean, n in zip(means, naive, strict=True)])
    return table


def above_best(ratios, share):
    rows = [list(map(float, row)) for row in ratios]
    k = len(rows[0])
    best = min(rows, key=lambda row: sum(row) / k)
    above, error = [], []
    for row in rows:
        d = [a - b for a, b in zip(row, best, strict=True)]
        mean = sum(d) / k
        spread = math.sqrt(sum((x - mean) ** 2 for x in d) / (k - 1))
        above.append(mean)
        error.append(spread * math.sqrt(1 / k + share))
    return above, error


def choose_size(sizes, level, above, error):
    for size, low, far, unsure in sorted(zip(sizes, level, above, error, strict=True)):
        if far <= unsure and low < 0:
            return int(size)
    return 0
