# says: , () is wanted.
# All sizes that fit are returned.
def choose_size(sizes, level, above, error):
    return sizes[(above <= error) & (level < 0)]
