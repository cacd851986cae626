"""Where what came differs from what was wanted, in words; every sentence is tried on the numbers before it is said."""

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
    known = np.abs(wanted[np.isfinite(wanted)]) if np.size(wanted) else np.zeros(0)
    return np.allclose(got, wanted, rtol=0, atol=tolerance * max(1.0, known.max(initial=0)), equal_nan=True)


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
    return f"Right: {right or '–'}. Not yet: {', '.join(f'`{n}`' for n in wrong)}. About `{wrong[0]}`: {sentence}"


def _exchanged(results, wanted, names):
    for k, one in enumerate(names):
        for other in names[:k]:
            swap = {one: other, other: one}
            if all(
                agree(r, {swap.get(n, n): w[n] for n in names}) for r, w in zip(results, wanted, strict=True)
            ):
                return f"`{other}` and `{one}` have changed places."
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
    for axis in range(want.ndim):
        for reduced, how in REDUCED.items():
            if all(w.ndim > axis and alike(np.squeeze(g), np.squeeze(reduced(w, axis))) for g, w in pairs):
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


def _infinite(pairs, given):
    bad = sum(int((~np.isfinite(g) & np.isfinite(w)).sum()) for g, w in pairs)
    if not bad:
        return None
    if any(np.isnan(g).any() for g, _ in pairs):
        return f"Your function returned NaN, in {bad} places: 0 · NaN is NaN, and so is 0 / 0."
    return f"Your function returned values that are not finite, in {bad} places: was something divided by zero?"


def _nearly(pairs, given):
    if all(alike(g, w, SINGLE) for g, w in pairs):
        return (
            "The numbers agree to five digits or more but not to nine: something was computed in float32, was rounded, "
            "or had a small number added to it."
        )
    return None


def _multiple(pairs, given):
    """Whether every number is the right one times a factor, the same in every case or one over a length."""
    if not any(got.any() for got, _ in pairs):
        return "Every number is 0: something is not filled in yet, or is multiplied by 0."
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


def _offset(pairs, given):
    offsets = [g - w for g, w in pairs]
    first = offsets[0].flat[0] if offsets[0].size else 0
    if abs(first) > SINGLE and all(alike(o, np.full(o.shape, first)) for o in offsets):
        return f"Every number is too {'large' if first > 0 else 'small'} by {abs(first):.6g}."
    return None


def _moved(pairs, given):
    """Whether the right numbers stand in other places along one axis."""
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
    return None


def _somewhere(pairs, given):
    """Which entries along one axis are right where the others are not."""
    for axis in range(min(w.ndim for _, w in pairs)):
        along = [(np.moveaxis(g, axis, 0), np.moveaxis(w, axis, 0)) for g, w in pairs]
        right = [[alike(g, w) for g, w in zip(*pair, strict=True)] for pair in along]
        for rule, sentence in PLACES.items():
            if all(len(r) > 1 and r == [rule(k, len(r)) for k in range(len(r))] for r in right):
                filled = any(g[~np.array(r)].any() for (g, _), r in zip(along, right, strict=True))
                return sentence.format(axis=axis) + ("" if filled else " What is not right is 0.")
    return None


PLACES = {
    lambda k, n: k == 0: "Along axis {axis} the first entry is right, all that come after it are not.",
    lambda k, n: k > 0: "Along axis {axis} only the first entry is wrong.",
    lambda k, n: k == n - 1: "Along axis {axis} the last entry is right, all that come before it are not.",
    lambda k, n: k < n - 1: "Along axis {axis} only the last entry is wrong.",
}


def _otherwise(pairs, given):
    gap = max(float(np.nanmax(np.abs(g - w), initial=0)) for g, w in pairs)
    right = sum(int((g == w).sum()) for g, w in pairs)
    of = sum(w.size for _, w in pairs)
    if right > of / 10:
        return f"The shape is right, the numbers are not: {right} of {of} agree, the others are off by up to {gap:.3g}."
    return f"The shape is right, the numbers are not: they differ by up to {gap:.3g}."


LOOKS = (_shape, _infinite, _nearly, _multiple, _offset, _moved, _somewhere, _otherwise)
