def chosen(validation, test):
    place = np.argmin(validation)
    return place, (validation[place] + test[place]) / 2
