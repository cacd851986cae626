"""Choose a hidden size and defend it: folds in blocks of time, errors without a unit, differences that are paired.

`errors.csv` was measured by `python tools/record_sizes.py --out assignments/choose_a_size/errors.csv` on 2026-11-27
with Python 3.11.7, PyTorch 2.13.0 (CPU) and NumPy 2.4.6, one thread a training.
"""

import numpy as np

from rnn_course.assignments.specification import Assignment, Late, Question, Task
from rnn_course.exercises.exercise import as_it_is


def block_folds(
    steps,
    length,
    horizon,
    block,
    k,
    embargo,
    kept=1,
    moved=0,
    whole=1,
    within=1,
    inputs=0,
    oldest=0,
    target=1,
    late=0,
    lost=0,
):
    """For each block the end of the training windows, the first window that is measured, and the end of those."""
    begins = block * np.arange(1, k + 1) if oldest else steps - block * np.arange(k, 0, -1)
    first = begins - target * length  # the window whose first target is the block's first step
    trained = first - whole * (horizon - 1) - (kept - moved) * embargo - late
    end = first + block - within * (horizon - 1) - late
    end[-1] -= lost
    return trained, first + inputs * length + moved * embargo, end


def skill(ratio):
    """What the course calls skill, of an error over the naive one."""
    return 1 - ratio


def log_ratios(errors, naive, over=np.mean, log=np.log, early=False, upside=False, pooled=False, apart=False):
    """How an error stands to the naive one, (size, fold), on a logarithmic scale: below zero it is better."""
    naive = np.full_like(naive, naive.mean()) if pooled else naive

    def compared(error, naive):
        if apart:
            return error - naive
        return log(naive / error if upside else error / naive)

    if early:
        return over(compared(errors, naive[:, None]), axis=2)
    return compared(over(errors, axis=2), naive)


def above_best(
    ratios,
    share,
    paired=True,
    other=np.argmin,
    foldwise=False,
    sign=1,
    ddof=1,
    alike=True,
    overlap=True,
    counted=1,
    root=np.sqrt,
    whole=False,
    squared=False,
    outside=0,
):
    """How far each size lies above the best one, and the standard error of that, (size,) each."""
    best = other(ratios.mean(axis=1))
    above = sign * (ratios - (ratios.min(axis=0) if foldwise else ratios[best]))
    spread = (above if paired else ratios).std(axis=1, ddof=ddof)
    part = root(alike / ratios.shape[counted] + overlap * share) + outside * share
    return above.mean(axis=1), spread ** (2 if squared else 1) * (1 if whole else part)


def choose_size(
    sizes,
    level,
    above,
    error,
    naive=np.less,
    late=False,
    none=True,
    width=1,
    by_level=False,
    within=np.less_equal,
    both=np.logical_and,
    pick=np.argmin,
    place=False,
):
    """The smallest size as good as the best and better than the naive forecast, 0 where there is none."""
    good = within(level if by_level else above, width * error)
    better = naive(level, 0)
    allowed = np.flatnonzero(good if late else both(good, better))
    if not len(allowed):
        return 0 if none else sizes[np.argmin(level)]
    chosen = allowed[pick(sizes[allowed])]
    if late and not better[chosen]:
        return 0
    return chosen if place else sizes[chosen]


def _first(values):
    """Where the first stands, whatever the values."""
    return 0


def _last(values):
    return -1


CHOICES = {
    "You did not ask whether a size is better than the naive forecast: its level must be below 0.": (
        {"naive": lambda level, zero: np.full(len(level), True)},
        0.5,
    ),
    "A level of 0 is as good as the naive forecast, and no better: it must be below 0.": (
        {"naive": np.less_equal},
        0.75,
    ),
    "The best size is as good as the best: it is above it by 0, and its standard error is 0 too.": (
        {"within": np.less},
        0.5,
    ),
    "One of the two questions is enough for you: a size has to pass both.": ({"both": np.logical_or}, 0.25),
    "You chose first and asked about the naive forecast then. A larger size may be good and better than it.": (
        {"late": True},
        0.5,
    ),
    "Where no size is better than the naive forecast 0 is wanted, and not the best of them.": (
        {"none": False},
        0.5,
    ),
    "You took the size of the lowest level. The smallest one that is as good is wanted.": ({"width": 0}, 0.25),
    "You allowed two standard errors, one is wanted.": ({"width": 2}, 0.5),
    "You compared the level with the standard error: compare how far a size is above the best.": (
        {"by_level": True},
        0.25,
    ),
    "You took the largest of the sizes that are as good.": ({"pick": np.argmax}, 0.25),
    "You took the first of the sizes that are as good. They are in no order: take the smallest.": (
        {"pick": _first},
        0.5,
    ),
    "That is where the size stands, and not the size.": ({"place": True}, 0.5),
}


def _folds(rng, number):
    """Arguments of `block_folds`: the first are long, then come one step ahead, no embargo, and one fold."""
    cases = []
    for _ in range(number):
        length, horizon, block, k, embargo = (int(n) for n in rng.integers([7, 3, 11, 2, 2], [15, 7, 20, 6, 6]))
        cases.append((length, horizon, block, k, embargo))
    edges = [(5, 1, 4, 3, 2), (6, 4, 9, 2, 0), (3, 2, 2, 1, 1)]
    return [(b * k + n + h + e + int(rng.integers(30, 60)), n, h, b, k, e) for n, h, b, k, e in cases + edges]


def _errors(rng, shapes):
    """Arguments of `log_ratios`: errors whose level goes with the fold, and the naive ones."""
    cases = []
    for shape in shapes:
        hard = rng.uniform(0.5, 3, shape[1])
        spread = rng.lognormal(-0.2, 0.4, shape)
        cases.append((hard[:, None] * spread, hard * rng.uniform(0.8, 1.2, shape[1])))
    return cases


def _ratios(rng, shapes):
    """Arguments of `above_best`: the best size is neither the first nor the last, and not the best in every fold."""
    cases = []
    for sizes, folds in shapes:
        ratios, best = np.zeros((sizes, folds)), 0
        while not (0 < best < sizes - 1 and (ratios.min(axis=0) < ratios[best]).any()):
            ratios = rng.normal(0, 0.5, folds) + rng.normal(0, 0.2, (sizes, folds))
            best = np.argmin(ratios.mean(axis=1))
        cases.append((ratios, float(rng.uniform(0.05, 0.3))))
    return cases


def _choices(rng, number):
    """Arguments of `choose_size`, drawn until every mistake gives something of its own.

    In every fourth case no size is better than the naive forecast, and in the last one there is one size.
    """
    ways = [{}, *(how for how, _ in CHOICES.values())]
    given = set()
    while len(given) < len(ways):
        cases = [_choice(rng, int(rng.integers(5, 8)), case % 4 == 3) for case in range(number - 1)]
        cases.append(_choice(rng, 1, False))
        given = {tuple(choose_size(*case, **how) for case in cases) for how in ways}
    return cases


def _choice(rng, count, poor):
    sizes = rng.permutation(2 ** rng.permutation(8)[:count])
    level = rng.uniform(0, 0.4, count) - (0 if poor else rng.uniform(0.1, 0.35))
    if count > 1:
        level[rng.integers(count)] = 0  # neither better than the naive forecast nor worse
    above = level - level.min()
    return sizes, level, above, above * rng.choice([0.3, 0.7, 1.5, 3.0], count)


BLOCK_FOLDS = Task(
    "block_folds",
    4,
    block_folds,
    lambda rng: _folds(rng, 2),
    lambda rng: _folds(rng, 3),
    {
        "A window is trained on if all its targets lie before the embargo. Of your last ones only the first does.": (
            {"whole": 0},
            0.5,
        ),
        "A window is measured if all its targets lie in the block. Your last ones have targets behind its end.": (
            {"within": 0},
            0.5,
        ),
        "The embargo is not left out of the training.": ({"kept": 0}, 0.5),
        "The embargo is taken out of the block. The training loses it, and the block stays whole.": (
            {"moved": 1},
            0.5,
        ),
        "The inputs of a window may lie before the block: its targets alone have to lie in it.": (
            {"inputs": 1},
            0.5,
        ),
        "These are numbers of steps. Window w has its first target at step w + length.": ({"target": 0}, 0.5),
        "The blocks end where the series ends. Yours are counted from its beginning.": ({"oldest": 1}, 0.25),
        "An end is one past the last window, as in a slice. Yours are one window short.": ({"late": 1}, 0.5),
        "A series has steps − length − horizon + 1 windows. The last one is missing.": ({"lost": 1}, 0.5),
        "Your ends are one window too far.": ({"late": -1}, 0.5),
    },
    returns=("trained", "first", "end"),
)
LOG_RATIOS = Task(
    "log_ratios",
    2,
    log_ratios,
    lambda rng: _errors(rng, [(3, 4, 2), (2, 3, 4)]),
    lambda rng: _errors(rng, [(4, 5, 3), (1, 2, 6), (5, 3, 1), (2, 4, 4)]),
    {
        "Average the errors over the seeds first, and then divide and take the logarithm.": ({"early": True}, 0.5),
        "You took the median over the seeds, the mean is wanted.": ({"over": np.median}, 0.5),
        "You added up the seeds' errors, their mean is wanted.": ({"over": np.sum}, 0.5),
        "You took the best seed. Nobody knows which that is before it is measured: take the mean.": (
            {"over": np.min},
            0.25,
        ),
        "That is the naive error over the network's: it is the other way round.": ({"upside": True}, 0.5),
        "The logarithm is missing.": ({"log": as_it_is}, 0.5),
        "That is the skill, 1 less the ratio. The logarithm of the ratio is wanted.": ({"log": skill}, 0.5),
        "That is the logarithm to the base 10: `np.log` is the natural one.": ({"log": np.log10}, 0.5),
        "That is the logarithm to the base 2: `np.log` is the natural one.": ({"log": np.log2}, 0.5),
        "Each fold has a naive error of its own. You divided by the mean of them all.": ({"pooled": True}, 0.25),
        "You subtracted the naive error. Divide by it, so that no unit is left.": ({"apart": True}, 0.25),
    },
)
ABOVE_BEST = Task(
    "above_best",
    3,
    above_best,
    lambda rng: _ratios(rng, [(4, 3), (3, 6)]),
    lambda rng: _ratios(rng, [(5, 4), (3, 2), (7, 6), (4, 8)]),
    {
        "Your spread is that of each size alone, with how hard the folds are in it. Subtract the best first.": (
            {"paired": False},
            0.5,
        ),
        "You compared with the first size, and not with the one of the lowest mean.": ({"other": _first}, 0.5),
        "You compared with the last size, and not with the one of the lowest mean.": ({"other": _last}, 0.5),
        "You compared with the size of the highest mean: these are errors, and the lowest is the best.": (
            {"other": np.argmax},
            0.5,
        ),
        "You took another best in each fold. The best is one size, that of the lowest mean over all folds.": (
            {"foldwise": True},
            0.25,
        ),
        "You subtracted each size from the best: it is the other way round.": ({"sign": -1}, 0.5),
        "The spread is that of a sample: divide by the number of folds less one, `ddof=1`.": ({"ddof": 0}, 0.5),
        "The share of overlap is missing below the root: it is 1/k + share.": ({"overlap": False}, 0.5),
        "The share of overlap stands beside the root: it belongs below it, 1/k + share.": (
            {"overlap": False, "outside": 1},
            0.5,
        ),
        "Your spread is a variance: the standard deviation is its root.": ({"squared": True}, 0.5),
        "The 1/k is missing below the root: it is 1/k + share.": ({"alike": False}, 0.5),
        "k is the number of folds, yours is that of the sizes.": ({"counted": 0}, 0.5),
        "The root is missing: the spread is multiplied by the root of 1/k + share.": ({"root": as_it_is}, 0.5),
        "That is the spread of the differences. Their standard error is wanted.": ({"whole": True}, 0.25),
    },
    returns=("above", "error"),
)
CHOOSE_SIZE = Task(
    "choose_size",
    1,
    choose_size,
    lambda rng: _choices(rng, 12),
    lambda rng: _choices(rng, 24),
    CHOICES,
)
DEFEND = Question(
    "defend",
    "Defend your size",
    10,
    {
        0: "no size, or one with nothing from the record behind it",
        2: "a size, what the rule takes, and how both stand to the best size and to the naive forecast, in numbers",
        4: "besides, the spread over folds, over seeds and of differences, a number each, and which of them decides "
        "between two sizes and why",
        6: "besides, what a larger and a smaller size cost and what they buy, in weights, in seconds and in °C, and in "
        "which years",
        8: "besides, what the record cannot tell: few folds that share their training, one series, one length of "
        "training, and no years left that the choice has not seen",
        10: "besides, what would change the size: a measurement that could be made or a price that could be asked, and "
        "the number from which on the other size would be taken; a size that the rule does not take is as good if it "
        "is defended so",
    },
)
ASSIGNMENT = Assignment(
    "Choose a hidden size and defend it",
    [BLOCK_FOLDS, LOG_RATIOS, ABOVE_BEST, CHOOSE_SIZE],
    [DEFEND],
    late=Late(per_day=0.1, most=0.5),
    data=("errors.csv",),
)
