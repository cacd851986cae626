# says: Your function returned None
# None is returned where there is no such size.
def choose_size(sizes, level, above, error):
    good = [s for s, l, a, e in zip(sizes, level, above, error, strict=True) if a <= e and l < 0]
    if good:
        return min(good)
