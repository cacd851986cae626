"""An exercise on a function: the reference, what it is tried on, and the mistakes that it can make on request.

Running an answer and judging what it returned are apart, so that whoever marks can run a stranger's function elsewhere
and judge here.
"""

import copy
import functools
import inspect
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from rnn_course.exercises.calling import call
from rnn_course.exercises.comparison import SINGLE, agree, alike, difference
from rnn_course.exercises.returned import Unusable, parts_of
from rnn_course.exercises.verdict import Verdict


class Returned(NamedTuple):
    """What an answer gave: `{name: array}` for each case, and the arguments that it wrote into."""

    results: list
    written: tuple = ()


class Diagnosis(NamedTuple):
    """What is said of an answer, the sentences of the mistakes that it was found to make, and whether it makes more."""

    passed: bool
    message: str
    mistakes: tuple = ()
    more: bool = False


class Made(NamedTuple):
    """What mistakes come to: their sentences, the function, its results in the first case, and the sum of those."""

    sentences: set
    function: Callable
    first: dict
    total: float


@dataclass(frozen=True, eq=False)
class Exercise:
    """A function that a learner writes, and how it is checked.

    reference   right as it stands; every further keyword, a switch, makes a mistake
    draw        a function without arguments that draws the cases, tuples of arguments for the reference
    mistakes    `{sentence: {switch: value}}`, or `{sentence: function}` for what no switch can say
    returns     the names of the results, as in ("h_t", "C_t"); none where there is one
    advice      `{part of an error's text: sentence}`, said besides where an answer cannot be run or read
    keyed       whether the results must come as a dict with these names, and in no other form
    tolerance   how far a right answer may be off where that is more than rounding, against the largest number wanted

    >>> def means(x, over=0):
    ...     return x.mean(axis=over)
    >>> MEANS = Exercise(
    ...     means,
    ...     lambda: [(np.random.default_rng(0).normal(size=size),) for size in ((5, 3), (2, 4))],
    ...     {"Time is the first axis: take the mean over axis 0.": {"over": 1}},
    ... )
    >>> MEANS.check(lambda x: x.mean(axis=1))
    Not yet. Time is the first axis: take the mean over axis 0.
    >>> MEANS.check(lambda x: x.sum(axis=0))
    Not yet. Every number is the right one times the length of axis 0 of `x`.
    >>> MEANS.check(lambda x: x.mean(axis=0).tolist())
    Right. Equal to the reference in 2 random cases.
    """

    reference: Callable
    draw: Callable
    mistakes: Mapping = field(default_factory=dict)
    returns: tuple = ("",)
    advice: Mapping = field(default_factory=dict)
    keyed: bool = False
    tolerance: float | None = None

    def check(self, answer):
        """A Verdict on a function: `run`, then `judge`."""
        try:
            return self.judge(self.run(answer))
        except Unusable as reason:
            advice = dict.fromkeys(sentence for part, sentence in self.advice.items() if part in str(reason))
            return Verdict(False, " ".join([str(reason), *advice]))

    def run(self, answer):
        """What the answer returns on every case, a `Returned`. Every case is a deep copy.

        Raises Unusable, with a sentence, if it is no function, is still a stub, raises, or returns no real numbers.
        """
        results, written = [], set()
        for case in self.given:
            parts, changed = call(answer, case, self.returns, self.keyed)
            results.append(parts)
            written.update(changed)
        return Returned(results, tuple(n for n in self.arguments if n in written))

    def judge(self, returned):
        """A Verdict on what an answer returned: right, a known mistake or two of them, or where it differs."""
        found = self.diagnose(returned)
        return Verdict(found.passed, found.message)

    @np.errstate(all="ignore")  # what came may not be finite
    def diagnose(self, returned):
        """The same as a `Diagnosis`, which names the mistakes that were found."""
        results, written = returned
        if all(agree(got, wanted, self.tolerance) for got, wanted in zip(results, self.wanted, strict=True)):
            message = f"Equal to the reference in {len(results)} random cases."
            if written:
                message += f" Your function writes into {', '.join(written)}: whoever calls it may need that again."
            return Diagnosis(True, message)
        for (sentence,) in self._matching(self._alone, results):
            return Diagnosis(False, sentence, (sentence,))
        # After the single ones: a pair that comes to one of those, or to what is right, is not met.
        pairs = self._matching(self.pairs, results)
        shared = tuple(sentence for sentence in self.mistakes if pairs and all(sentence in pair for pair in pairs))
        if len(shared) == 1:
            return Diagnosis(False, f"{shared[0]} That is not all: something else is wrong too.", shared, more=True)
        if shared:
            return Diagnosis(False, "Two things are wrong." + "".join(f"\n- {sentence}" for sentence in shared), shared)
        part = self._mistake_in_a_part(results)
        if part:
            return Diagnosis(False, part, tuple(sentence for sentence in self.singles if part.startswith(sentence)))
        return Diagnosis(False, difference(results, self.wanted, self.given))

    @functools.cached_property
    def cases(self):
        """The tuples of arguments that an answer is tried on; copy them before you give them away."""
        return list(self.draw())

    @functools.cached_property
    def _kept(self):
        """The cases once more, for the reference and its mistakes, which write into nothing."""
        return copy.deepcopy(self.cases)

    @functools.cached_property
    def arguments(self):
        """The names of the arguments, those of the reference."""
        return tuple(inspect.signature(self.reference).parameters)[: len(self.cases[0])]

    @functools.cached_property
    def given(self):
        """`{argument: value}` for each case."""
        return [dict(zip(self.arguments, case, strict=True)) for case in self.cases]

    @functools.cached_property
    def wanted(self):
        """What the reference returns, `{name: array}` for each case."""
        return [self._of(self.reference, case) for case in self._kept]

    @functools.cached_property
    def singles(self):
        """`{sentence: what the mistake gives in each case}`; those that cannot be told from right are left out."""
        made = {sentence: self._answers(self._function(how)) for sentence, how in self.mistakes.items()}
        return {s: a for s, a in made.items() if a and not all(map(agree, a, self.wanted))}

    @functools.cached_property
    def pairs(self):
        """Two mistakes at once, a `Made` for each two that do not contradict each other."""
        switches = [(sentence, how) for sentence, how in self.mistakes.items() if isinstance(how, Mapping)]
        both = (({one, two}, _merged(a, b)) for (one, a), (two, b) in itertools.combinations(switches, 2))
        return self._made((sentences, how) for sentences, how in both if how)

    @functools.cached_property
    def _alone(self):
        return self._made(({sentence}, how) for sentence, how in self.mistakes.items())

    def _made(self, mistakes):
        """What each of these gives in the first case; those that raise there are left out."""
        found = []
        for sentences, how in mistakes:
            function = self._function(how)
            first = self._answers(function, self._kept[:1])
            if first:
                found.append(Made(sentences, function, first[0], _total(first[0])))
        return found

    def _matching(self, known, results):
        """The sentences of those `Made` that give these results, a set each."""
        numbers = np.concatenate([part.ravel() for part in results[0].values()])
        reach = SINGLE * numbers.size * max(1.0, np.abs(numbers).max(initial=0))
        totals = np.array([made.total for made in known])
        far = np.abs(totals - _total(results[0])) > reach  # a NaN is near to everything
        near = [made for made in itertools.compress(known, ~far) if agree(results[0], made.first)]
        every = [(made.sentences, self._answers(made.function)) for made in near]
        return [sentences for sentences, made in every if made and all(map(agree, results, made))]

    def _mistake_in_a_part(self, results):
        """What is wrong with some of several results where the others are right; None if it is nothing known."""
        off = [n for n in self.returns if not all(alike(r[n], w[n]) for r, w in zip(results, self.wanted, strict=True))]
        if len(off) == len(self.returns):
            return None
        for name, other in itertools.product(off, self.returns):
            if other not in off and all(alike(r[name], w[other]) for r, w in zip(results, self.wanted, strict=True)):
                return f"In the place of `{name}` you returned what belongs to `{other}`."
        for sentence, made in self.singles.items():
            if all(alike(r[n], m[n]) for r, m in zip(results, made, strict=True) for n in off):
                return f"{sentence} That is so of {', '.join(f'`{n}`' for n in off)} alone, the rest is right."
        return None

    def _function(self, how):
        return functools.partial(self.reference, **how) if isinstance(how, Mapping) else how

    def _answers(self, function, cases=None):
        """What a mistake returns; None where it raises."""
        try:
            with np.errstate(all="ignore"):
                return [self._of(function, case) for case in (self._kept if cases is None else cases)]
        except (ValueError, IndexError, TypeError):
            return None

    def _of(self, function, case):
        return parts_of(function(*case), self.returns)


def as_it_is(value):
    """What a switch is that changes nothing, or a function that somebody forgot to apply."""
    return value


def alone(function, mistakes):
    """Mistakes, `{sentence: switches}`, that are too rare to be tried together with others."""
    return {sentence: functools.partial(function, **how) for sentence, how in mistakes.items()}


def _merged(a, b):
    """The switches of two mistakes at once; None where they contradict each other."""
    both = {**a, **b}
    for switch in a.keys() & b.keys():
        if isinstance(a[switch], frozenset | set):
            both[switch] = a[switch] | b[switch]
        elif isinstance(a[switch], Mapping) and not a[switch].keys() & b[switch].keys():
            both[switch] = {**a[switch], **b[switch]}
        else:
            return None
    return both


def _total(parts):
    return float(sum(part.sum() for part in parts.values()))
