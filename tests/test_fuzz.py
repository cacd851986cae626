"""Every public function with one argument made bad: it is refused by name in a sentence, or taken for what it is.

What is public are the names in the `__all__` of the packages, those of the modules that stand alone, and what a chapter
imports from anywhere. Each has a good call in `good_calls.py`; here every argument in turn becomes each of the values
of `bad_values.py`. A line at the end of the tests says how many.

Not public in this sense are `validate` itself, `moments`, `tables` and what lies beneath the nets, which compute on
what others have checked, and `assignments`, `lab`, `doctor` and `cli`, which people reach by a command: its arguments
are checked by click, and the files that it reads have tests of their own.
"""

import ast
import importlib
import inspect
import json
import linecache
import re
import traceback
import warnings
from collections import Counter
from itertools import islice
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from bad_values import bad_values
from good_calls import CALLS, write_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from traitlets import TraitError

import rnn_course

LIBRARY = Path(rnn_course.__file__).parent
CHAPTERS = sorted([*LIBRARY.parent.glob("notebooks/*.ipynb"), *LIBRARY.parent.glob("book/*.ipynb")])
PACKAGES = (
    "attention cells data distributed language missing models plots questions selection speed widgets training seeds"
)
DOCUMENTED = (ValueError, TypeError, KeyError, RuntimeError, FloatingPointError, OSError, TraitError)
FUNCTIONS = ("watch", "draw", "make_model", "progress", "run", "clock", "wait", "calls")

# What has no row, by name, and why.
GIVEN = "holds what the library gives, and is made by it"
EQUATIONS = "an equation, which runs on arrays and, to be differentiated, on tensors: what calls it has checked"
TRAITS = "its arguments are traits, which traitlets checks; tests/widgets holds each to it"
WALKS = "beneath the cells and nets, which have checked: it writes into `out` and is as fast as it can be"
EXEMPT = {
    "attention.Batch attention.Progress attention.TrainedPairs cells.Gradients cells.LSTMState cells.Trace "
    "data.ForecastData data.Provenance data.Scores data.Windows distributed.Workers language.Found language.Learning "
    "missing.Pooled missing.Score models.Trained selection.FinalScore selection.FinalScore.from_fields "
    "selection.Selection.from_record speed.Call speed.Hypothesis speed.Rung speed.Shape speed.Verdict "
    "training.History training.Saved gradients.GradientReport models.Forest data.Scaler": GIVEN,
    "cells.sigmoid cells.Cell.computes_as cells.Cell.with_arrays cells.Cell "
    "cells.Cell.State self_attention.turned": EQUATIONS,
    "scan.loop scan.scan networks.RITSNet networks.RITSNet.forward epoch.run_epoch": WALKS,
    "widgets.Alignment widgets.FadingMemory": TRAITS,
    "training.target_losses training.as_examples training._Examples.batches models.as_array models.check_ids "
    "models.evaluating models.EncoderDecoder.decode missing.Fill distributed.report": "used inside the "
    "library, on what was checked",
    "seeds.shifted selection.Selection": "a number, or results, that the library has made",
    "cells.SGD.change cells.Adam.change cells.Optimiser.change": "called by step, which has checked",
    "missing.Fill.learn missing.Fill.merge missing.Fill.scaled missing.Fill.unscaled missing.Fill.checked "
    "missing.Fill.check_length": "called by fit and fill, which have checked",
    "attention.Batch.split widgets.WatchItLearn.compute widgets.WatchItLearn.data widgets.WatchItLearn.settings "
    "selection.Selection.final_score costs.Link.fitted costs.Link.seconds costs.Compute.through costs.Compute.seconds "
    "questions.answers.note": "on what the library has made; its own tests refuse what is wrong",
    "exercises": "a check answers with a Verdict whatever comes: tests/exercises/test_returned.py",
    "cells.Bidirectional.step": "refuses every call: it needs the future",
}
EXEMPT |= {
    f"cells.{kind}.{name}": EQUATIONS
    for kind in ("Cell", "LSTM", "GRU", "SimpleRNN", "MinGRU")
    for name in ("equations", "step_back")
}
EXEMPT = {name: why for names, why in EXEMPT.items() for name in names.split()}
# What is taken with a warning of NumPy's, on purpose.
LOUD = {
    ("cells.Optimiser.step", "grads"): "the square of a gradient is infinite where PyTorch's is: it goes as that does"
}


def where_from(error):
    """The last line of the library that an error went through, and whether that line raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(str(LIBRARY))]
    if not own:
        return "outside", False
    line = linecache.getline(own[-1].filename, own[-1].lineno).strip()
    return f"{Path(own[-1].filename).name}: {line}", frames[-1] == own[-1] and line.startswith("raise")


def is_named(argument, sentence, said_as):
    stem = argument.rstrip("s") if len(argument) > 2 else argument
    other = (said_as or {}).get(argument, argument)
    return re.search(rf"(?i)\b({stem}\w*|{other})\b", sentence) is not None


def hides(value):
    """Whether there is a masked array with a mask in a value, one list deep."""
    parts = value if isinstance(value, list | tuple) else [value]
    return any(isinstance(part, np.ma.MaskedArray) and np.ma.getmaskarray(part).any() for part in parts)


def holes_in(result, depth=9):
    """Whether there is NaN in a result; a list may hold itself."""
    if not depth:
        return False
    if isinstance(result, torch.Tensor):
        return not result.is_meta and result.is_floating_point() and bool(torch.isnan(result.detach()).any())
    if isinstance(result, dict):
        return any(holes_in(part, depth - 1) for part in result.values())
    if isinstance(result, list | tuple):
        return any(holes_in(part, depth - 1) for part in result)
    values = np.asarray(result) if isinstance(result, np.ndarray | float) else np.zeros(0)
    return values.dtype.kind == "f" and bool(np.isnan(values).any())


def outcome(name, argument, value):
    """ "refused", "taken", or a sentence on what is wrong with how a value was met."""
    row = CALLS[name]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            result = row(**{argument: value})
        except DOCUMENTED as error:
            place, raised = where_from(error)
            if isinstance(error, OSError | TraitError):  # the system's, and traitlets', which name path and trait
                return "refused"
            if not raised:
                return f"{type(error).__name__} that is none of the library's, from {place}: {error}"
            said = is_named(argument, str(error), row.said_as)
            return "refused" if said else f"a sentence without its name: {error}"
        except Exception as error:
            return f"{type(error).__name__} from {where_from(error)[0]}: {error}"
    if argument in row.whatever:
        return "taken"
    loud = [w for w in warned if issubclass(w.category, RuntimeWarning | np.exceptions.ComplexWarning)]
    if loud and (name, argument) not in LOUD:
        return f"taken with a warning: {loud[0].message}"
    if hides(value):
        return "taken with what a mask hides"
    return "gives NaN" if not row.gaps and holes_in(result) else "taken"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to be in, with the files that the rows read."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    yield
    plt.close("all")


# Those that train, fit or measure: of their bad values every seventh is tried each time, all where there is time.
SLOW = (
    "attention.fit language.dynamic_surprises language.fit missing.Kalman.draws models.LanguageModel.surprises "
    "models.recursive.fit plots.alignment plots.bars plots.fills plots.forecast plots.hidden_sizes "
    "selection.choose_hidden_size selection.search_hidden_size speed.measure speed.trace training.fit"
).split()


@pytest.mark.parametrize(
    ("name", "every"),
    [pytest.param(name, 7 if name in SLOW else 1, id=name) for name in CALLS]
    + [pytest.param(name, 1, id=f"{name}, all", marks=pytest.mark.long) for name in SLOW],
)
def test_each_bad_argument_is_refused_by_name_or_taken_for_what_it_is(name, every, folder, record_property):
    counts, faults = Counter(callables=1, arguments=len(CALLS[name].good)), []
    CALLS[name]()
    for argument, good in CALLS[name].good.items():
        for kind, make in islice(bad_values(good), 0, None, every):
            if argument in FUNCTIONS and kind.startswith(("a function", "a class")):
                continue  # what it raises is its own
            try:
                value = make()
            except (TypeError, ValueError, IndexError, OverflowError, RuntimeError):
                continue  # there is no such value of this kind
            said = outcome(name, argument, value)
            counts["calls"] += 1
            counts[said if said in ("refused", "taken") else "faults"] += 1
            if said not in ("refused", "taken"):
                faults.append(f"{argument} = {kind}: {said}")
        plt.close("all")
    record_property("fuzz", json.dumps(counts))  # conftest.py adds them up and prints them
    assert not faults, "\n".join(faults)


# --- what is public


def public():
    """`{name: object}` of every public callable, methods as "package.Class.method" of the class that has them."""
    found = {}
    for package in PACKAGES.split():
        module = importlib.import_module(f"rnn_course.{package}")
        names = getattr(module, "__all__", None) or [
            name for name, thing in vars(module).items() if getattr(thing, "__module__", "").startswith(module.__name__)
        ]
        found |= {f"{package}.{name}": getattr(module, name) for name in names}
    found |= imported_by_chapters()
    for name, thing in list(found.items()):
        if inspect.isclass(thing):
            found |= {f"{name.split('.')[0]}.{method}": function for method, function in methods(thing)}
    return {name: thing for name, thing in found.items() if callable(thing) and not name.split(".")[-1].startswith("_")}


def methods(kind):
    """The public methods that the library gives a class, and that take an argument."""
    for owner in kind.__mro__:
        for name, function in vars(owner).items():
            function = getattr(function, "__func__", function)
            if (
                name.startswith("_")
                or not owner.__module__.startswith("rnn_course")
                or not inspect.isfunction(function)
            ):
                continue
            if len(inspect.signature(function).parameters) > 1:
                yield f"{owner.__name__}.{name}", function


def imported_by_chapters():
    """What the chapters import from deeper modules: `{"module.name": object}`."""
    found = {}
    for chapter in CHAPTERS:
        cells = json.loads(chapter.read_text("utf8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        for line in re.findall(r"^from rnn_course\.[\w.]+ import (?:\([^)]*\)|.*)", code, re.MULTILINE):
            (statement,) = ast.parse(line).body
            module = importlib.import_module(statement.module)
            for alias in statement.names:
                short = statement.module.removeprefix("rnn_course.").split(".")
                thing = getattr(module, alias.name, None)  # None is a module, of which the chapter takes a name
                if short[0] != "exercises" and (len(short) > 1 or short[0] not in PACKAGES.split()):
                    found[f"{short[-1]}.{alias.name}"] = thing
    return found


def test_every_public_function_has_a_good_call_or_a_reason_to_have_none():
    rows = {name.split(",")[0] for name in CALLS}
    rows |= {".".join(name.split(".")[-2:]) for name in rows}  # models.recursive.fit is recursive.fit too
    missing = [
        name
        for name, thing in public().items()
        if name not in rows | EXEMPT.keys() and (inspect.isclass(thing) or takes_arguments(thing))
    ]
    assert not missing, f"give each a row in tests/good_calls.py, or say here why it has none: {', '.join(missing)}"


def takes_arguments(function):
    try:
        return bool(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return True


# --- deeper: values that nobody has thought of


def no_size_between(array):
    return np.asarray(np.minimum(array, array.dtype.type(MOST))) if array.dtype.kind in "iu" else array


# Whole numbers stay below a hundred, or are beyond all sizes: what lies between is a size that a computer might have.
MOST = 99
WHOLE = st.integers(-(2**70), MOST) | st.integers(2**63, 2**70)
NUMBERS = st.one_of(WHOLE, st.floats(), st.complex_numbers(), st.booleans(), st.none(), st.text(max_size=3))
SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, max_side=5)
VALUES = st.one_of(
    NUMBERS,
    st.recursive(
        NUMBERS, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=2), part), max_leaves=6
    ),
    arrays.arrays(arrays.scalar_dtypes(), SHAPES).map(no_size_between),
    arrays.arrays(np.float64, SHAPES).map(torch.from_numpy),
)


@pytest.mark.long
@pytest.mark.parametrize("name", CALLS)
def test_drawn_values_are_refused_by_name_or_taken_for_what_they_are(name, folder):
    arguments = [argument for argument in CALLS[name].good if argument not in FUNCTIONS]
    if not arguments:
        return

    @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
    @given(argument=st.sampled_from(arguments), value=VALUES)
    def tried(argument, value):
        assert outcome(name, argument, value) in ("refused", "taken")

    tried()
