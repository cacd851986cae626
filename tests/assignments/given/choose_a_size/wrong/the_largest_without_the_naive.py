# says: You did not ask whether a size is better than the naive forecast: its level must be below 0.
# says: You took the largest of the sizes that are as good.
def choose_size(sizes, level, above, error):
    return max(size for size, far, unsure in zip(sizes, above, error, strict=True) if far - unsure <= 0)
