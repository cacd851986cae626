"""An exercise on a function: the reference, what it is tried on, and the mistakes that it can make on request.

Running an answer and judging what it returned are apart, so that whoever marks can run a stranger's function elsewhere
and judge here.
"""

import copy
import functools
import inspect
import itertools
import linecache
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from rnn_course.exercises.comparison import agree, alike, difference
from rnn_course.exercises.returned import Unusable, parts_of, unwritten
from rnn_course.exercises.verdict import NOTHING_YET, Verdict


class Returned(NamedTuple):
    """What an answer gave: `{name: array}` for each case, and the arguments that it wrote into."""

    results: list
    written: tuple = ()


@dataclass(frozen=True, eq=False)
class Exercise:
    """A function that a learner writes, and how it is checked.

    reference   right as it stands; every further keyword, a switch, makes a mistake
    draw        a function without arguments that draws the cases, tuples of arguments for the reference
    mistakes    `{sentence: {switch: value}}`, or `{sentence: function}` for what no switch can say
    returns     the names of the results, as in ("h_t", "C_t"); none where there is one
    advice      `{part of an error's text: sentence}`, said besides where an answer cannot be run or read
    """

    reference: Callable
    draw: Callable
    mistakes: Mapping = field(default_factory=dict)
    returns: tuple = ("",)
    advice: Mapping = field(default_factory=dict)

    def check(self, answer):
        """A Verdict on a function: `run`, then `judge`."""
        try:
            return self.judge(self.run(answer))
        except Unusable as reason:
            said = [str(reason), *{sentence: None for part, sentence in self.advice.items() if part in str(reason)}]
            return Verdict(False, " ".join(said))

    def run(self, answer):
        """What the answer returns on every case, a `Returned`. Every case is a deep copy.

        Raises Unusable, with a sentence, if it is no function, is still a stub, raises, or returns no real numbers.
        """
        if unwritten(answer):
            raise Unusable(NOTHING_YET)
        if not callable(answer):
            raise Unusable(f"A function is wanted, got {answer!r}.")
        results, written = [], set()
        for case in self.cases:
            given = copy.deepcopy(case)
            try:
                value = answer(*given)
            except Exception as error:
                raise Unusable(_raised(answer, error, self._named(case))) from None
            if unwritten(value):
                raise Unusable(NOTHING_YET)
            results.append(parts_of(value, self.returns))
            written.update(n for n, was, now in zip(self.arguments, case, given, strict=True) if not _same(was, now))
        return Returned(results, tuple(n for n in self.arguments if n in written))

    def judge(self, returned):
        """A Verdict on what an answer returned: right, a known mistake or two of them, or where it differs."""
        results, written = returned
        if all(map(agree, results, self.wanted)):
            message = f"Equal to the reference in {len(results)} random cases."
            if written:
                message += f" Your function writes into {', '.join(written)}: whoever calls it may need that again."
            return Verdict(True, message)
        for sentence, made in self.singles.items():
            if all(map(agree, results, made)):
                return Verdict(False, sentence)
        shared = self._shared_by_pairs(results)
        if len(shared) == 1:
            return Verdict(False, f"{shared[0]} That is not all: something else is wrong too.")
        if shared:
            return Verdict(False, "Two things are wrong." + "".join(f"\n- {sentence}" for sentence in shared))
        part = self._mistake_in_a_part(results)
        if part:
            return Verdict(False, part)
        return Verdict(False, difference(results, self.wanted, [self._named(case) for case in self.cases]))

    @functools.cached_property
    def cases(self):
        """The tuples of arguments that an answer is tried on; copy them before you give them away."""
        return list(self.draw())

    @functools.cached_property
    def arguments(self):
        """The names of the arguments, those of the reference."""
        return tuple(inspect.signature(self.reference).parameters)[: len(self.cases[0])]

    @functools.cached_property
    def wanted(self):
        """What the reference returns, `{name: array}` for each case."""
        return [self._of(self.reference, case) for case in self.cases]

    @functools.cached_property
    def singles(self):
        """`{sentence: what the mistake gives in each case}`; those that cannot be told from right are left out."""
        made = {sentence: self._answers(self._function(how)) for sentence, how in self.mistakes.items()}
        return {s: a for s, a in made.items() if a and not all(map(agree, a, self.wanted))}

    @functools.cached_property
    def pairs(self):
        """Two mistakes at once: the two sentences, the function, and which results each changes in the first case."""
        changed = {
            sentence: {n for n in self.returns if not alike(made[0][n], self.wanted[0][n])}
            for sentence, made in self.singles.items()
        }
        return [
            ({one, two}, self._function(both), (changed.get(one, set()), changed.get(two, set())))
            for (one, a), (two, b) in itertools.combinations(self.mistakes.items(), 2)
            if (both := _merged(a, b))
        ]

    def _shared_by_pairs(self, results):
        """The sentences that are in every pair of mistakes that gives these results.

        It is asked after what is right and after single mistakes, so that no pair is met that comes to one of those.
        Pairs are many: tried are those of which one or the other changes what is wrong, at first on the first case.
        """
        wrong = {n for n in self.returns if not alike(results[0][n], self.wanted[0][n])}
        matching = []
        for k, (sentences, function, (one, two)) in enumerate(self.pairs):
            if one ^ two <= wrong <= one | two:
                made = self._at_first(k)
                if made and agree(results[0], made[0]) and all(map(agree, results, self._answers(function) or ())):
                    matching.append(sentences)
        shared = set.intersection(*matching) if matching else ()
        return [sentence for sentence in self.mistakes if sentence in shared]

    def _mistake_in_a_part(self, results):
        """A known mistake that was made in some of several results, where the others are right; None if it is none."""
        off = [n for n in self.returns if not all(alike(r[n], w[n]) for r, w in zip(results, self.wanted, strict=True))]
        if len(off) == len(self.returns):
            return None
        for sentence, made in self.singles.items():
            if all(alike(r[n], m[n]) for r, m in zip(results, made, strict=True) for n in off):
                return f"{sentence} That is so of {', '.join(f'`{n}`' for n in off)} alone, the rest is right."
        return None

    def _at_first(self, k):
        """What a pair gives in the first case, kept; no reference writes into the one copy that all pairs get."""
        if k not in self._firsts:
            self._firsts[k] = self._answers(self.pairs[k][1], self._first_case, copied=False)
        return self._firsts[k]

    @functools.cached_property
    def _firsts(self):
        return {}

    @functools.cached_property
    def _first_case(self):
        return copy.deepcopy(self.cases[:1])

    def _function(self, how):
        return functools.partial(self.reference, **how) if isinstance(how, Mapping) else how

    def _answers(self, function, cases=None, copied=True):
        """What a mistake returns; None where it raises."""
        try:
            with np.errstate(all="ignore"):
                return [self._of(function, case, copied) for case in (self.cases if cases is None else cases)]
        except (ValueError, IndexError, TypeError):
            return None

    def _of(self, function, case, copied=True):
        return parts_of(function(*(copy.deepcopy(case) if copied else case)), self.returns)

    def _named(self, case):
        return dict(zip(self.arguments, case, strict=True))


def _merged(a, b):
    """The switches of two mistakes at once; None where they contradict each other."""
    if not (isinstance(a, Mapping) and isinstance(b, Mapping)):
        return None
    both = {**a, **b}
    for switch in a.keys() & b.keys():
        if isinstance(a[switch], frozenset | set):
            both[switch] = a[switch] | b[switch]
        elif isinstance(a[switch], Mapping) and not a[switch].keys() & b[switch].keys():
            both[switch] = {**a[switch], **b[switch]}
        else:
            return None
    return both


def _same(a, b):
    """Whether an argument is as it was."""
    if isinstance(a, Mapping):
        return a.keys() == b.keys() and all(_same(a[name], b[name]) for name in a)
    return np.shape(a) == np.shape(b) and bool(np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f"))


def _raised(answer, error, given):
    """What an answer raised, in which of its lines, and what it had been given."""
    if "ellipsis" in str(error):
        return f"There is still a `...` in your function. ({type(error).__name__}: {error})"
    shapes = ", ".join(f"{name} {np.shape(value)}" for name, value in given.items() if np.ndim(value))
    where = f" It was given {shapes}." if shapes else ""
    line = _line(answer, error)
    return (
        f"Your function raised {type(error).__name__}: {error}." + (f" The line is `{line}`." if line else "") + where
    )


def _line(answer, error):
    """The last line of the answer's own file that the error went through; "" where it cannot be told."""
    file = getattr(getattr(inspect.unwrap(answer), "__code__", None), "co_filename", None)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return (own[-1].line or linecache.getline(file, own[-1].lineno)).strip() if own else ""
