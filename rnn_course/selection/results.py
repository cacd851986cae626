"""What a comparison found: the errors of every size, the rule that chooses, and the score on the test part."""

import math
from dataclasses import dataclass, field

import numpy as np

from rnn_course import validate
from rnn_course.moments import mean_and_spread
from rnn_course.tables import html_table


def standard_error(errors):
    """Return the standard error of the mean of `errors` (folds, seeds), from the spread of the folds' means.

    `s / √folds`, with s the standard deviation (folds − 1) of the means over seeds. Seeds are averaged first, since
    runs on one fold share its difficulty and are not new evidence about other times.
    """
    errors = _floats("errors", errors)
    validate.shape("errors", errors, (None, None), ("folds", "seeds"))
    if len(errors) < 2:
        raise ValueError("errors has one fold, a standard error needs at least 2")
    _, spread = mean_and_spread(errors.mean(axis=1, keepdims=True), ddof=1)
    return float(spread[0] / math.sqrt(len(errors)))


def paired_differences(errors):
    """Return `{size: (mean, standard error)}` of each size's error above that of the size with the lowest mean error.

    `errors` is `{size: (folds, seeds)}`, with the same folds in the same order for every size. With d_k the difference
    of two sizes on fold k, each averaged over the seeds, the mean is that of the d_k and the standard error s / √folds,
    with s their standard deviation (folds − 1). What makes a fold hard for all sizes is gone from d_k. Mean over
    standard error is the t of a paired t-test over folds; it is too large still, since the folds' training parts
    overlap (Dietterich 1998; Nadeau and Bengio 2003). Raises ValueError where sizes differ in their number of folds.
    """
    errors = _checked(errors)
    best, folds = _best(errors), {size: values.mean(axis=1) for size, values in errors.items()}
    lengths = {size: len(values) for size, values in folds.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"errors has these numbers of folds by size: {lengths}, every size must have the same folds")
    above = {size: values - folds[best] for size, values in folds.items()}
    return {size: (float(d.mean()), standard_error(d[:, None])) for size, d in above.items()}


def one_standard_error(errors, paired=False):
    """Return the size with the lowest mean error, and the smallest one within one standard error of it.

    `errors` is `{size: (folds, seeds)}`. The standard error is that of the size with the lowest mean; with `paired` it
    is that of each size's difference to it (`paired_differences`).
    """
    validate.one_of("paired", paired, (False, True))
    errors = _checked(errors)
    best = _best(errors)
    if paired:
        return best, min(size for size, (mean, error) in paired_differences(errors).items() if mean <= error)
    bound = _mean(errors[best]) + standard_error(errors[best])
    return best, min(size for size, values in errors.items() if _mean(values) <= bound)


def _best(errors):
    return min(errors, key=lambda size: (_mean(errors[size]), size))


def _mean(errors):
    return float(_floats("errors", errors).mean())


def _floats(name, errors):
    return validate.finite(name, validate.numbers(name, errors).astype(np.float64))


def _checked(errors):
    """Return `{size: (folds, seeds)}` as arrays; TypeError or ValueError for anything else, or nothing."""
    if not validate.mapping("errors", errors):
        raise ValueError("errors is empty, it must hold at least one size")
    found = {}
    for size, values in errors.items():
        values = _floats(f"errors[{size!r}]", values)
        validate.shape(f"errors[{size!r}]", values, (None, None), ("folds", "seeds"))
        found[validate.positive_int("a size in errors", size)] = values
    return found


@dataclass
class FinalScore:
    """What the chosen size is worth on the test part: mean absolute errors in the series's unit.

    size        the hidden size
    errors      one for each seed, of models trained on all windows before the test part (or the latest `max_train`)
    error       their mean
    estimate    the error that the validation had led to expect of this size
    last_value  the error of saying that nothing changes
    """

    size: int
    errors: tuple
    error: float
    estimate: float
    last_value: float

    @classmethod
    def from_fields(cls, fields):
        """The score as JSON has kept it."""
        return cls(**fields | {"errors": tuple(fields["errors"])})


@dataclass(repr=False)
class Selection:
    """What a comparison of hidden sizes found; the sizes that failed are in `failures` alone.

    errors      {size: (folds, seeds)} mean absolute errors in the series's unit
    parameters  {size: number of trained numbers}, None for a model that does not say
    seconds     {size: median processor time of one training and forecast, which other programs hardly change}
    failures    {size: reason}
    settings    how it was measured
    best        the size with the lowest mean error
    chosen      the smallest size within one standard error of it: a heuristic (see the module)
    paired      the smallest size within one standard error of it by paired differences, which tell sizes apart better
    final       the `FinalScore`, once `final_score` has been asked
    """

    errors: dict
    parameters: dict
    seconds: dict
    failures: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    final: FinalScore | None = None
    _measure_final: object = None

    def __post_init__(self):
        self.errors = _checked(self.errors)
        self.best, self.chosen = one_standard_error(self.errors)
        _, self.paired = one_standard_error(self.errors, paired=True)

    @classmethod
    def from_record(cls, sweep):
        """The Selection of a recorded sweep, whose sizes are text as JSON has it; it cannot be asked for a final score.

        `sweep` is an entry of `load_record("hidden_size")["sweeps"]`.
        """
        errors, parameters, seconds = (
            {int(size): value for size, value in sweep[name].items()} for name in ("errors", "parameters", "seconds")
        )
        errors = {size: np.array(rows) for size, rows in errors.items()}
        return cls(errors, parameters, seconds, final=FinalScore.from_fields(sweep["final"]))

    def mean(self, size):
        """The mean error of a size over folds and seeds."""
        return float(self.errors[validate.one_of("size", size, tuple(self.errors))].mean())

    def standard_error(self, size):
        """The standard error of `mean(size)`, from the spread over folds."""
        return standard_error(self.errors[validate.one_of("size", size, tuple(self.errors))])

    def paired_differences(self):
        """`{size: (mean, standard error)}` of the error above that of `best`, subtracted fold by fold."""
        return paired_differences(self.errors)

    def final_score(self):
        """Train the chosen size on everything before the test part, measure it there, and return the `FinalScore`.

        Once: a test part that has been looked at and then chosen by is a validation part. Raises RuntimeError the
        second time, where the size fails, and for a Selection made from numbers alone; the score is kept in `final`,
        and in the file where there is one.
        """
        if self.final is not None:
            raise RuntimeError(
                f"the test part has been used: size {self.final.size} has an error of {self.final.error:.4g} there, "
                "which .final keeps; choosing again by it would make it a validation part"
            )
        if self._measure_final is None:
            raise RuntimeError(
                "this Selection was made from numbers alone, it has no models and no test part to measure"
            )
        self.final = self._measure_final(self.chosen, self.mean(self.chosen))
        return self.final

    def _rows(self):
        places, above = {"lowest": self.best, "chosen": self.chosen, "by pairs": self.paired}, self.paired_differences()
        for size, errors in self.errors.items():
            marks = ", ".join(word for word, it in places.items() if size == it)
            error = f"{errors.mean():.4g} ± {self.standard_error(size):.2g}"
            difference = "" if size == self.best else "{:+.3g} ± {:.2g}".format(*above[size])
            parameters = "–" if self.parameters[size] is None else f"{self.parameters[size]:,}"
            yield str(size), error, difference, parameters, f"{self.seconds[size]:.2f}", marks

    def _title(self):
        folds, seeds = next(iter(self.errors.values())).shape
        return f"Hidden sizes compared over {folds} folds and {seeds} seed{'s' * (seeds > 1)}, mean ± standard error"

    def _failed(self):
        return [f"size {size} failed: {reason}" for size, reason in self.failures.items()]

    def __repr__(self):
        names = ("size", "error", "above lowest", "parameters", "seconds", "")
        lines = ["  ".join(f"{cell:>14}" for cell in row).rstrip() for row in [names, *self._rows()]]
        return "\n".join([self._title(), *lines, *self._failed()])

    def _repr_html_(self):
        header = ("size", "mean absolute error", "above the lowest, by pairs", "parameters", "seconds", "")
        return html_table(self._rows(), header, self._title(), self._failed())
