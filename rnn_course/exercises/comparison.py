"""Where what came differs from what was wanted, in words; every sentence is tried on the numbers before it is said."""

import itertools

import numpy as np

DOUBLE, SINGLE = 1e-9, 1e-5  # how far, against the largest number wanted (at least one), an answer may be off


def agree(got, wanted, tolerance=None):
    """Whether two `{name: array}` are the same up to rounding; a NaN is equal to a NaN in its place."""
    return all(alike(got[name], value, tolerance) for name, value in wanted.items())


def alike(got, wanted, tolerance=None):
    """Whether two arrays have the same shape and numbers; float32 is allowed the rounding of float32."""
    if np.shape(got) != np.shape(wanted):
        return False
    if tolerance is None:
        tolerance = SINGLE if np.asarray(got).dtype == np.float32 else DOUBLE
    known = np.abs(wanted[np.isfinite(wanted)])
    with np.errstate(invalid="ignore"):  # np.allclose takes five times as long
        close = (got == wanted) | (np.abs(got - wanted) <= tolerance * max(1.0, known.max(initial=0)))
    return bool((close | (np.isnan(got) & np.isnan(wanted))).all())


def difference(results, wanted, given):
    """A sentence on how results differ from those wanted; both are lists, a case each, of `{name: array}`.

    given: the arguments of each case, a list of `{name: array or other}`. Where several results are wanted the first
    that is wrong is spoken of.
    """
    names = list(wanted[0])
    wrong = [n for n in names if not all(alike(r[n], w[n]) for r, w in zip(results, wanted, strict=True))]
    exchanged = _exchanged(results, wanted, names)
    if exchanged:
        return exchanged
    pairs = [(r[wrong[0]], w[wrong[0]]) for r, w in zip(results, wanted, strict=True)]
    sentence = next(filter(None, (look(pairs, given) for look in LOOKS)))
    if len(names) == 1:
        return sentence
    right = ", ".join(f"`{n}`" for n in names if n not in wrong)
    told = f"Not yet: {', '.join(f'`{n}`' for n in wrong)}. About `{wrong[0]}`: {sentence}"
    return f"Right: {right}. {told}" if right else told


def _exchanged(results, wanted, names):
    """Whether the right results stand in each other's places."""
    for order in itertools.permutations(names):
        moved = [name for name, other in zip(names, order, strict=True) if name != other]
        placed = [{name: w[other] for name, other in zip(names, order, strict=True)} for w in wanted]
        if moved and all(map(agree, results, placed)):
            if len(moved) == 2:
                return f"`{moved[0]}` and `{moved[1]}` have changed places."
            return f"The results are right but in another order: you returned {', '.join(order)}."
    return None


def _shape(pairs, given):
    got, want = next(((g, w) for g, w in pairs if g.shape != w.shape), (None, None))
    if got is None:
        return None
    said = f"Your function returned shape {got.shape}, {want.shape} is wanted."
    if all(alike(g.T, w) for g, w in pairs):
        return f"{said} The numbers are right: it is the transpose."
    if all(g.size == w.size and alike(g.reshape(w.shape), w) for g, w in pairs):
        return f"{said} The numbers are right: only the axes are not."
    for a, b in _two_axes(pairs):
        if all(alike(np.swapaxes(g, a, b), w) for g, w in pairs):
            return f"{said} The numbers are right: axes {a} and {b} have changed places."
    for axis in range(want.ndim):
        for reduced, how in REDUCED.items() if any(g.any() for g, _ in pairs) else ():  # zeros may be a sum by chance
            if all(
                w.ndim > axis and w.shape[axis] and alike(np.squeeze(g), np.squeeze(reduced(w, axis))) for g, w in pairs
            ):
                return f"{said} {how.format(axis=axis)}"
        for (longer, last), how in STRETCHED.items():
            if all(_holds(*((g, w) if longer else (w, g)), axis, last) for g, w in pairs):
                return f"{said} {how.format(axis=axis)}"
    axes = range(min(g.ndim for g, _ in pairs)) if all(g.size for g, _ in pairs) else ()
    for axis in axes:
        for reduced, how in UNREDUCED.items():
            if all(alike(reduced(g, axis), w) for g, w in pairs):
                return f"{said} {how.format(axis=axis)}"
    return said


REDUCED = {
    lambda w, axis: w.sum(axis): "It is the right result summed over axis {axis}.",
    lambda w, axis: w.mean(axis): "It is the mean of the right result over axis {axis}.",
    lambda w, axis: w.take(-1, axis): "It is the last entry of the right result along axis {axis}: all are wanted.",
    lambda w, axis: w.take(0, axis): "It is the first entry of the right result along axis {axis}: all are wanted.",
    lambda w, axis: np.delete(w, -1, axis): "It is the right result without its last entry along axis {axis}.",
    lambda w, axis: np.delete(w, 0, axis): "It is the right result without its first entry along axis {axis}.",
}

UNREDUCED = {
    lambda g, axis: g.take(0, axis): "Its first entry along axis {axis} is right: that alone is wanted.",
    lambda g, axis: g.take(-1, axis): "Its last entry along axis {axis} is right: that alone is wanted.",
    lambda g, axis: g.sum(axis): "Summed over its axis {axis}, it is right.",
    lambda g, axis: g.mean(axis): "Averaged over its axis {axis}, it is right.",
}
STRETCHED = {  # whether it is longer than what is wanted, and whether the right numbers are the last of the longer
    (True, False): "It begins with the right result and goes on along axis {axis}: what comes behind it is too much.",
    (True, True): "It ends with the right result along axis {axis}: what comes before it is too much.",
    (False, False): "It is the beginning of the right result: its last entries along axis {axis} are missing.",
    (False, True): "It is the end of the right result: its first entries along axis {axis} are missing.",
}


def _holds(longer, part, axis, last):
    """Whether the part, which is not empty, is what the longer array has at its beginning, or last, along one axis."""
    if part.ndim != longer.ndim or not part.size or part.shape[axis] > longer.shape[axis]:
        return False
    at = np.arange(part.shape[axis]) + (longer.shape[axis] - part.shape[axis] if last else 0)
    return alike(longer.take(at, axis), part)


def _two_axes(pairs):
    return itertools.combinations(range(min(min(g.ndim, w.ndim) for g, w in pairs)), 2)


def _infinite(pairs, given):
    bad = sum(int((~np.isfinite(g) & np.isfinite(w)).sum()) for g, w in pairs)
    if not bad:
        return None
    if all(np.isnan(g).all() for g, _ in pairs):
        return "Your function returned NaN alone: 0 · NaN is NaN, and so is 0 / 0."
    if any(np.isnan(g).any() for g, _ in pairs):
        if all(alike(np.where(np.isnan(g), w, g), w) for g, w in pairs):
            return f"Your function returned NaN, in {bad} places. All the other numbers are right."
        return f"Your function returned NaN, in {bad} places: 0 · NaN is NaN, and so is 0 / 0."
    return f"Your function returned values that are not finite, in {bad} places: was something divided by zero?"


def _constant(pairs, given):
    """Whether all the numbers are one and the same, which may be the right ones rounded by chance alone."""
    numbers = np.concatenate([g.ravel() for g, _ in pairs])
    if numbers.size and not numbers.any():
        return "Every number is 0: something is not filled in yet, or it is multiplied by 0 or taken from itself."
    if numbers.size < 2 or (numbers != numbers[0]).any():
        return None
    return f"Every number is {numbers[0]:.6g}, in every case."


def _rounded(pairs, given):
    """Whether the right numbers were rounded, or cut to whole ones; a case that is zeros alone is not told so."""
    if not all(g.any() for g, _ in pairs):
        return None
    for digits in range(5):
        if all(alike(g, np.round(w, digits), SINGLE) for g, w in pairs):
            return f"The numbers are right, but rounded to {digits} digits behind the point. Give them as they come."
    if all(alike(g, np.trunc(w)) for g, w in pairs):
        return "The numbers are right, but cut to whole ones, as by int. Give them as they come."
    return None


def _nearly(pairs, given):
    if all(alike(g, w, SINGLE) for g, w in pairs):
        return (
            "The numbers agree to five digits or more but not to nine: something was computed in float32, was rounded, "
            "or had a small number added to it."
        )
    return None


def _multiple(pairs, given):
    """Whether every number is the right one times a factor, the same in every case or one over a length."""
    factors = []
    for got, want in pairs:
        scale = np.sum(want * want)
        factors.append(np.sum(got * want) / scale if scale else np.nan)
        if not np.isfinite(factors[-1]) or factors[-1] == 0 or not alike(got, factors[-1] * want):
            return None
    if np.allclose(factors, -1, rtol=1e-6):
        return "Every number has the wrong sign."
    for name, axis in _lengths(given[0]):
        lengths = np.array([np.shape(case[name])[axis] for case in given])
        if len(set(lengths)) > 1 and np.allclose(factors * lengths, 1, rtol=1e-6):
            return f"Every number is the right one divided by the length of axis {axis} of `{name}`: a mean, not a sum."
        if len(set(lengths)) > 1 and np.allclose(factors, lengths, rtol=1e-6):
            return f"Every number is the right one times the length of axis {axis} of `{name}`."
    if np.allclose(factors, factors[0], rtol=1e-6):
        return f"Every number is {factors[0]:.6g} times what is wanted."
    return None


def _lengths(arguments):
    return [(name, axis) for name, value in arguments.items() for axis in range(np.ndim(value))]


def _numbers(given):
    """The arguments that are a number, and neither True nor False, in every case."""

    def is_number(value):
        return isinstance(value, int | float | np.number) and not isinstance(value, bool)

    return [name for name in given[0] if all(is_number(case[name]) for case in given)]


def _offset(pairs, given):
    offsets = [g - w for g, w in pairs]
    first = offsets[0].flat[0] if offsets[0].size else 0
    if abs(first) > SINGLE and all(alike(o, np.full(o.shape, first)) for o in offsets):
        return f"Every number is too {'large' if first > 0 else 'small'} by {abs(first):.6g}."
    for name in _numbers(given):
        for sign, said in ((1, "large"), (-1, "small")):
            by = [sign * case[name] for case in given]
            if len(set(by)) > 1 and all(alike(o, np.full(o.shape, float(b))) for o, b in zip(offsets, by, strict=True)):
                return f"Every number is too {said} by `{name}`."
    return None


def _moved(pairs, given):
    """Whether the right numbers stand in other places along one axis, or along another."""
    for a, b in _two_axes(pairs):
        if all(alike(np.swapaxes(g, a, b), w) for g, w in pairs):
            return f"The numbers are right, but axes {a} and {b} have changed places."
        if all(alike(g, np.swapaxes(w, a, b).reshape(w.shape)) for g, w in pairs):
            return f"The numbers are right, but `reshape` mixed them: it does not make axes {a} and {b} change places."
    for axis in range(min(w.ndim for _, w in pairs)):
        if all(alike(np.flip(g, axis), w) for g, w in pairs):
            return f"The numbers are right, in the reverse order along axis {axis}."
        along = [(np.moveaxis(g, axis, 0), np.moveaxis(w, axis, 0)) for g, w in pairs]
        if sum(len(w) > 2 for _, w in along) < len(along):
            continue
        if all(alike(g[1:], w[:-1]) for g, w in along):
            return f"The numbers stand one place too late along axis {axis}."
        if all(alike(g[:-1], w[1:]) for g, w in along):
            return f"The numbers stand one place too early along axis {axis}."
        if all(alike(_in_order(g), _in_order(w)) for g, w in along):
            return f"The numbers are right, in another order along axis {axis}."
    return None


def _in_order(a):
    """The entries along the first axis, sorted."""
    rows = a.reshape(len(a), -1)
    return rows[np.lexsort(rows.T[::-1])] if rows.size else rows


def _somewhere(pairs, given):
    """Which entries along one axis are right where the others are not."""
    for axis in range(min(w.ndim for _, w in pairs)):
        along = [(np.moveaxis(g, axis, 0), np.moveaxis(w, axis, 0)) for g, w in pairs]
        right = [[alike(g, w) for g, w in zip(*pair, strict=True)] for pair in along]
        for rule, sentence in PLACES.items():
            fits = all(r == [rule(k, len(r)) for k in range(len(r))] for r in right)
            if fits and any(len(r) > 1 for r in right):
                filled = any(g[~np.array(r, dtype=bool)].any() for (g, _), r in zip(along, right, strict=True))
                return sentence.format(axis=axis) + ("" if filled else " What is not right is 0.")
    return None


PLACES = {
    lambda k, n: k == 0: "Along axis {axis} the first entry is right, all that come after it are not.",
    lambda k, n: k > 0: "Along axis {axis} only the first entry is wrong.",
    lambda k, n: k == n - 1: "Along axis {axis} the last entry is right, all that come before it are not.",
    lambda k, n: k < n - 1: "Along axis {axis} only the last entry is wrong.",
}


def _one_number(pairs, given):
    """What a function of numbers gives where it is wrong for the first time."""
    if any(w.ndim for _, w in pairs) or any(np.ndim(value) for case in given for value in case.values()):
        return None
    got, want, case = next((g, w, c) for (g, w), c in zip(pairs, given, strict=True) if not alike(g, w))
    said = ", ".join(f"{name}={value:.6g}" for name, value in case.items())
    return f"With {said} your function gives {got:.6g}, wanted is {want:.6g}."


def _changed(pairs, given):
    """How many numbers of an argument have to come back as they are and do not, as those between filled gaps."""
    for name, value in given[0].items():
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            continue
        if any(np.shape(case[name]) != w.shape for case, (_, w) in zip(given, pairs, strict=True)):
            continue
        stay = [(case[name] == w) & (w != 0) for case, (_, w) in zip(given, pairs, strict=True)]
        lost = sum(int((stays & ~np.isclose(g, w)).sum()) for stays, (g, w) in zip(stay, pairs, strict=True))
        if lost and all(stays.any() for stays in stay) and not all(stays.all() for stays in stay):
            return f"Numbers of `{name}` that are to come back as they are: you changed {lost} of them."
    return None


def _right_where(pairs, given):
    """What the cases that are right have in common and the others do not: an axis of length 1, or a number 0 or 1."""
    right = [alike(g, w) for g, w in pairs]
    if not any(r and w.size for r, (_, w) in zip(right, pairs, strict=True)):
        return None
    for name, axis in _lengths(given[0]):
        if [np.shape(case[name])[axis : axis + 1] == (1,) for case in given] == right:
            return f"Right where axis {axis} of `{name}` has length 1, wrong elsewhere."
    for name, small in itertools.product(_numbers(given), (0, 1)):
        if [case[name] == small for case in given] == right:
            return f"Right where `{name}` is {small}, wrong elsewhere."
    return None


def _otherwise(pairs, given):
    gap = max(float(np.nanmax(np.abs(g - w), initial=0)) for g, w in pairs)
    right = sum(int((g == w).sum()) for g, w in pairs)
    of = sum(w.size for _, w in pairs)
    if right > of / 10:
        return f"The shape is right, the numbers are not: {right} of {of} agree, the others are off by up to {gap:.3g}."
    return f"The shape is right, the numbers are not: they differ by up to {gap:.3g}."


LOOKS = (
    _shape,
    _infinite,
    _constant,
    _nearly,
    _rounded,
    _multiple,
    _offset,
    _moved,
    _somewhere,
    _one_number,
    _changed,
    _right_where,
    _otherwise,
)
