"""Every public function with one argument made bad: it is refused by name in a sentence, or taken for what it is."""

import linecache
import re
import traceback
import warnings
from collections import Counter
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from bad_values import bad_values
from good_calls import CALLS, write_files
from traitlets import TraitError

import rnn_course

LIBRARY = str(Path(rnn_course.__file__).parent)
FUNCTIONS = ("watch", "draw", "make_model", "progress", "run", "clock", "wait", "calls")
DOCUMENTED = (
    ValueError,
    TypeError,
    KeyError,
    RuntimeError,
    FloatingPointError,
    OSError,
    TraitError,
    ModuleNotFoundError,
)


def where_from(error):
    """The last line of the library that an error went through, and whether that line raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(LIBRARY)]
    if not own:
        return "outside", False
    last = own[-1]
    line = linecache.getline(last.filename, last.lineno).strip()
    return f"{Path(last.filename).name}:{last.lineno} {line}", frames[-1] == last and line.startswith("raise")


def names(argument, sentence, said_as):
    stem = argument.rstrip("s") if len(argument) > 2 else argument
    return re.search(rf"(?i)\b({stem}\w*|{(said_as or {}).get(argument, argument)})\b", sentence) is not None


def hidden(value):
    if isinstance(value, np.ma.MaskedArray):
        return bool(np.ma.getmaskarray(value).any())
    return (
        isinstance(value, list | tuple)
        and len(value) < 99
        and value is not value[-1:]
        and any(hidden(part) for part in value if part is not value)
    )


def holes_in(result):
    if isinstance(result, torch.Tensor):
        result = result.detach().cpu()
        return result.is_floating_point() and bool(torch.isnan(result).any())
    if isinstance(result, np.ndarray | np.floating):
        return np.asarray(result).dtype.kind == "f" and bool(np.isnan(result).any())
    if isinstance(result, dict):
        return any(map(holes_in, result.values()))
    if isinstance(result, list | tuple):
        return any(map(holes_in, result))
    return isinstance(result, float) and result != result


def fault_of(row, argument, value):
    """ "refused", "taken", or a sentence on what is wrong."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            result = row(**{argument: value})
        except DOCUMENTED as error:
            place, raised = where_from(error)
            if isinstance(error, OSError | TraitError):
                raised = True
            sentence = str(error)
            if not raised:
                return f"{type(error).__name__}: {sentence[:90]!r} from {place}"
            if not names(argument, sentence, row.said_as) and not isinstance(error, OSError):
                return f"does not name it: {type(error).__name__}: {sentence[:120]!r}"
            return "refused"
        except Exception as error:
            return f"{type(error).__name__}: {str(error)[:90]!r} from {where_from(error)[0]}"
    if argument in row.whatever:
        return "taken"
    loud = [w for w in warned if issubclass(w.category, RuntimeWarning | np.exceptions.ComplexWarning)]
    if loud:
        return f"taken with a warning: {loud[0].message} {Path(loud[0].filename).name}:{loud[0].lineno}"
    if hidden(value):
        return "taken with what a mask hides"
    if not row.gaps and holes_in(result):
        return "gives NaN"
    return "taken"


@pytest.mark.parametrize("name", CALLS)
def test_each_bad_argument_is_refused_by_name_or_taken_for_what_it_is(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    row, counts, faults = CALLS[name], Counter(), []
    write_files(tmp_path)
    row()
    for argument, good in row.good.items():
        for kind, make in bad_values(good):
            if argument in FUNCTIONS and kind in ("a function", "a class"):
                continue  # what it raises is its own
            try:
                value = make()
            except Exception:
                continue
            said = fault_of(row, argument, value)
            counts[said if said in ("refused", "taken") else "fault"] += 1
            if said not in ("refused", "taken"):
                faults.append(f"{argument} = {kind}: {said}")
        plt.close("all")
    assert not faults, "\n".join(faults)
