"""A good call of every public function and method: what the fuzz starts from when it makes one argument bad.

A row is `call(function, argument=a value that it takes, …)`, or `method(make, "name", …)` on what `make()` gives. An
argument that a row leaves out has its default. A function that is added without a row here fails `test_fuzz.py`.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import torch
from door_values import (
    COUNTED,
    CUBE,
    DATES,
    FORECASTER,
    GAPPY,
    HOLES,
    IDS,
    PAIRS,
    ROWS,
    SERIES,
    Ridge,
    lstm,
    named,
    numbers,
)
from figures import history
from ladder_runs import LIMITS, SETTINGS

from rnn_course import (
    attention,
    cells,
    data,
    distributed,
    language,
    missing,
    models,
    plots,
    questions,
    seeds,
    selection,
    speed,
    training,
    widgets,
)
from rnn_course.cells import gradients
from rnn_course.data import expressions
from rnn_course.distributed import costs, launching
from rnn_course.missing import forecasting
from rnn_course.models import recursive
from rnn_course.questions import answers
from rnn_course.speed import measuring


@dataclass
class Call:
    """A function and good arguments for it.

    function    called with all arguments by name
    good        `{argument: a value that it takes}`; those that come without a name are in "arguments"
    whatever    arguments that may be whatever Python has, such as a label
    gaps        whether it lets NaN through, and says so
    said_as     other words by which a refusal may name an argument, `{argument: words}`
    """

    function: Callable
    good: dict
    whatever: tuple = ()
    gaps: bool = False
    said_as: dict | None = None

    def __call__(self, **changed):
        given = self.good | changed
        return self.function(*given.pop("*", ()), **given)


def _arguments(function, given):
    """Every argument of a function with a good value: the given one or the default."""
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name in given:
            found[name] = given[name]
        elif parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        else:
            assert parameter.default is not parameter.empty, f"{name} of {function} has no good value"
            found[name] = parameter.default
    return found | given


def call(function, whatever=(), gaps=False, said_as=None, **given):
    return Call(function, _arguments(function, given), whatever, gaps, said_as)


def method(make, method, /, whatever=(), gaps=False, said_as=None, **given):
    """A method of what `make()` gives anew for each call."""
    good = _arguments(getattr(make(), method), given)
    return Call(lambda **arguments: getattr(make(), method)(**arguments), good, whatever, gaps, said_as)


# --- what the rows are made of

PICTURE = plots.bars({"a": [1.0, 2.0]}, "loss")
CLASSES = cells.Readout(3, 4, "softmax")
SELECTION = selection.Selection({2: [[1.0], [2.0]], 4: [[3.0], [4.0]]}, {2: 1, 4: 2}, {2: 0.1, 4: 0.2})
SHAPE = speed.Shape(2, 3, 4, 5)
SHORT = numbers(24, 1)
TREES = [("+", 1, ("×", 2, 3)), ("−", 4, 5), ("+", 1, 2)]
FOREST = models.Forest.of_trees(TREES, expressions.SYMBOLS)
QUESTION = next(iter(questions.every_question().values()))
CORPUS = data.Corpus.of("c", "abcdefghij" * 3)
SUBWORDS = language.Subwords.learn("aaab" * 20, 3)
FEW = SERIES[:, 0][:12]
CONTROLS = {"epochs": 1, "batch_size": 4}


def result(rung="cell_loop", batch=2):
    times = {"median": 1.0, "low": 0.5, "high": 2.0, "repeats": 3, "error": 1e-7, "skipped": None}
    return {"rung": rung, "model": "LSTM", "dtype": "float32", **SHAPE._replace(batch=batch)._asdict()} | times


RECORD = speed.make_record([result()], LIMITS, command="test", device="cpu", settings=SETTINGS)


def walked(make=lstm):
    """A cell that has gone forward, so that it can go back."""
    cell = make()
    cell.forward(CUBE)
    return cell


def forward_of(layer, x):
    layer.forward(x)
    return layer


def both():
    return cells.Bidirectional(lstm(seed=1), lstm(seed=2))


def stack():
    return cells.Stack([cells.GRU(2, 4), cells.GRU(4, 3)])


def optimised(kind):
    return kind({"w": np.ones((2, 3))})


def forecaster():
    return type(FORECASTER)(**FORECASTER.settings)


def talker():
    return models.LanguageModel(100, 3)


def causal():
    return models.CausalModel(100, width=4, heads=2, mixers=("gru", "attention"))


def reader():
    return models.EncoderDecoder(4, 3, 4, 4)


def filled(name="linear"):
    return missing.METHODS[name]().fit(GAPPY)


def transformer():
    return models.TransformerLanguageModel(100, 8, 1, 2, 6)


def net():
    return recursive.RecursiveNetwork(len(expressions.SYMBOLS), 3, 3)


def started(*arguments, **options):
    """`launch` up to where it would start processes."""
    agent = SimpleNamespace(wait=lambda seconds: 0)
    with patch.object(launching, "start", lambda *_: agent), patch.object(launching, "stop", lambda _: None):
        return launching.launch(*arguments, **options)


def limits_at_once(**arguments):
    """`limits` with a timer that does not wait."""
    with patch.object(measuring, "interleaved", lambda *_: {"it": np.ones(3)}):
        return speed.limits(**arguments)


@functools.wraps(speed.measure)
def measure_at_once(*arguments, **options):
    """`measure` with a timer that does not wait."""
    with patch.object(measuring, "interleaved", lambda calls, *_: {name: np.ones(3) for name in calls}):
        return speed.measure(*arguments, **options)


def drawn(height, rows):
    with plots.figure(height, rows) as (figure, _):
        return figure


def entered(manager):
    """A context manager, entered and left."""

    def inside(**arguments):
        with manager(**arguments) as found:
            return found

    return inside


def fitted(fit, make, said_as=None, **good):
    """A training from the same start in each call."""
    again = {"model": make} | good
    return Call(lambda model, **rest: fit(make() if model is make else model, **rest), again, said_as=said_as)


def searched(storage, **rest):
    """A search in a file of its own for each call."""
    if isinstance(storage, str) and storage == "found.db":
        Path(storage).unlink(missing_ok=True)
    return selection.search_hidden_size(storage=storage, length=5, folds=2, seeds=1, **rest)


def write_files(folder):
    """Write what the rows read into a folder."""
    (folder / "series.csv").write_text("year,level\n2001,1.5\n2002,2.5\n")
    (folder / "class").mkdir()
    answers.note(folder / "class" / "a.csv", QUESTION, QUESTION.options[0], "before")
    models.save_language_model(folder / "talker.safetensors", models.LanguageModel(3, 3), "abc")
    attention.save_models(folder / "pairs.safetensors", {"a": reader()}, "\nab", "\nA")
    training.save(FORECASTER, folder / "model.safetensors")
    speed.save_record(folder / "record.json", RECORD)


def chosen(**more):
    setup = {
        "length": 5,
        "folds": 2,
        "seeds": 1,
        "progress": False,
        "horizon": 1,
        "gap": None,
        "validation": None,
        "max_train": None,
        "test": 0.15,
        "shuffled": False,
        "options": None,
    }
    good = {"make_model": lambda size, seed: Ridge(size), "series": SERIES} | setup | more
    said_as = {"series": "values", "options": "argument|keywords"}
    return Call(selection.choose_hidden_size, good, said_as=said_as)


PACKAGES = {}
PACKAGES["cells"] = {
    **{
        kind.__name__: call(kind, input_size=2, hidden_size=3)
        for kind in (cells.LSTM, cells.GRU, cells.SimpleRNN, cells.MinGRU)
    },
    "Cell.step": method(lstm, "step", x_t=CUBE[:, 0]),
    "Cell.forward": method(lstm, "forward", x=CUBE),
    "Cell.backward": method(walked, "backward", grad_h=numbers(4, 12, 3)),
    "Cell.trace": method(lstm, "trace", x=CUBE),
    "Cell.from_torch": call(cells.LSTM.from_torch, module=torch.nn.LSTM(2, 3)),
    "MinGRU.from_torch": call(cells.MinGRU.from_torch, module=models.MinGRUTorch(2, 3)),
    "Readout": call(cells.Readout, hidden_size=3, output_size=4),
    "Readout.forward": method(lambda: cells.Readout(2, 3), "forward", h=CUBE),
    "Readout.loss": method(lambda: cells.Readout(2, 3), "loss", h=CUBE / 99, target=numbers(4, 12, 3)),
    "Readout.loss, classes": method(lambda: CLASSES, "loss", h=numbers(4, 3) / 99, target=np.array([0, 1, 3, 2])),
    "Readout.backward": method(lambda: forward_of(cells.Readout(2, 3), CUBE), "backward", grad_y=numbers(4, 12, 3)),
    "Readout.from_torch": call(cells.Readout.from_torch, module=torch.nn.Linear(2, 3)),
    "Stack": call(cells.Stack, cells=[cells.GRU(2, 4), cells.GRU(4, 3)]),
    "Stack.step": method(stack, "step", x_t=CUBE[:, 0]),
    "Stack.forward": method(stack, "forward", x=CUBE),
    "Stack.backward": method(lambda: walked(stack), "backward", grad_h=numbers(4, 12, 3)),
    "Stack.trace": method(stack, "trace", x=CUBE),
    "Stack.from_torch": call(cells.Stack.from_torch, module=torch.nn.LSTM(2, 3, 2)),
    "Bidirectional": call(cells.Bidirectional, forward_cell=lstm(seed=1), backward_cell=lstm(seed=2)),
    "Bidirectional.forward": method(both, "forward", x=CUBE),
    "Bidirectional.backward": method(lambda: walked(both), "backward", grad_h=numbers(4, 12, 6)),
    "Bidirectional.trace": method(both, "trace", x=CUBE),
    "SGD": call(cells.SGD, parameters={"w": np.ones((2, 3))}),
    "Adam": call(cells.Adam, parameters={"w": np.ones((2, 3))}),
    "Optimiser.step": method(partial(optimised, cells.Adam), "step", grads={"w": np.ones((2, 3))}),
    "clip_norm": call(cells.clip_norm, grads={"w": np.ones((2, 3))}, max_norm=1.0),
    "gradients.check_gradients": call(gradients.check_gradients, cell=lstm(), x=CUBE[:1, :2] / 99, entries=3),
}


PACKAGES["data"] = {
    "Corpus": call(data.Corpus, name="c", documents=CORPUS.documents),
    "Corpus.of": call(data.Corpus.of, name="c", text="abcdefghij"),
    "Corpus.encode": method(lambda: CORPUS, "encode", text="abba"),
    "Corpus.decode": method(lambda: CORPUS, "decode", ids=np.array([3, 0, 2])),
    "Document": call(data.Document, text="a"),
    "Pairs": call(
        data.Pairs,
        **vars(PAIRS),
        said_as={"x": "lengths"},
    ),
    "Pairs.of": call(data.Pairs.of, read=["ab", "a"], written=["ba", "a"], symbols_x="\nab", symbols_y="\nab"),
    "Scaler.fit": method(data.Scaler, "fit", values=SERIES),
    "Scaler.transform": method(lambda: data.Scaler().fit(SERIES), "transform", v=SERIES, gaps=True),
    "Scaler.inverse": method(lambda: data.Scaler().fit(SERIES), "inverse", v=SERIES, gaps=True),
    "Sequences": call(
        data.Sequences,
        name="q",
        x=CUBE,
        lengths=(12,) * 4,
        y=(0, 1, 2, 1),
        classes=("p", "q", "r"),
        said_as={"x": "lengths", "classes": "y"},
    ),
    "Series": call(
        data.Series,
        name="s",
        values=SERIES,
        times=DATES,
        channels=("a", "b"),
        units=("m", "$"),
        whatever=("reading",),
        gaps=True,
        said_as={"values": "times"},
    ),
    "adding_task": call(data.adding_task, n=3, time=6, rng=np.random.default_rng(0)),
    "copy_task": call(data.copy_task, n=3, delay=4, rng=np.random.default_rng(0)),
    "date_task": call(data.date_task, n=3, part="train", rng=np.random.default_rng(0)),
    "forecast_splits": call(
        data.forecast_splits,
        series=SERIES,
        length=5,
        said_as={"series": "values"},
    ),
    "last_value": call(data.last_value, x=CUBE, horizon=3),
    "load_co2": call(data.load_co2),
    "load_record": call(data.load_record, name="fills"),
    "load_weather": call(data.load_weather),
    "on_a_grid": call(data.on_a_grid, series=named()),
    "pad": call(data.pad, sequences=[SERIES, SERIES[:3]]),
    "parity_task": call(data.parity_task, n=3, time=6, rng=np.random.default_rng(0)),
    "read_series": call(
        data.read_series,
        path="series.csv",
        said_as={"path": "series", "header": "row"},
    ),
    "recall_task": call(data.recall_task, n=3, pairs=2, rng=np.random.default_rng(0)),
    "reversal_task": call(data.reversal_task, n=3, shortest=1, longest=4, rng=np.random.default_rng(0)),
    "scores": call(data.scores, y=SERIES, forecast=SERIES + 1, baseline=SERIES + 2),
    "seasonal_naive": call(data.seasonal_naive, x=CUBE, horizon=3, period=2),
    "split": call(data.split, series=SERIES, gaps=True),
    "verse_form": call(data.verse_form, poem="白日依山盡"),
    "windows": call(data.windows, values=SERIES, length=5),
    "expressions.draw_expression": call(expressions.draw_expression, operators=3, rng=np.random.default_rng(0)),
    "expressions.value": call(expressions.value, tree=TREES[0]),
    "expressions.sign": call(expressions.sign, tree=TREES[0]),
    "expressions.depth": call(expressions.depth, tree=TREES[0]),
    "expressions.tokens": call(expressions.tokens, tree=TREES[0]),
    "expressions.write": call(expressions.write, tree=TREES[0]),
    "expressions.one_hot_tokens": call(expressions.one_hot_tokens, trees=TREES),
}
PACKAGES["missing"] = {
    "Fill.fit": method(missing.METHODS["linear"], "fit", x=GAPPY),
    "Fill.fill": method(filled, "fill", x=GAPPY),
    "Kalman.draws": method(partial(filled, "kalman"), "draws", x=GAPPY, number=2),
    **{
        f"METHODS[{name!r}]": call(missing.METHODS[name])
        for name in missing.METHODS
        if name not in (*missing.NETWORKS, "mode", "median")
    },
    "NETWORKS['gru_d']": Call(
        missing.METHODS["gru_d"],
        {
            "epochs": 1,
            "seconds": None,
            "window": 9,
            "seed": 0,
            "hidden": 4,
            "batch_size": 8,
            "learning_rate": 0.01,
            "schedule": "constant",
            "overlap": False,
        },
    ),
    "NETWORKS['course']": Call(
        missing.METHODS["course"],
        {
            "epochs": 1,
            "seconds": None,
            "window": 9,
            "seed": 0,
            "hidden": 4,
            "batch_size": 8,
            "learning_rate": 0.01,
            "partners": 1,
        },
    ),
    "blocks": call(missing.blocks, x=SERIES, rate=0.3, length=4),
    "coverage": call(
        missing.coverage, truth=SERIES, draws=numbers(19, 40, 2), removed=HOLES, said_as={"truth": "draws|removed"}
    ),
    "distortion": call(missing.distortion, truth=SERIES, filled=SERIES + 1, lags=(1, 2), gaps=True),
    "drop": call(missing.drop, x=GAPPY),
    "gap_lengths": call(missing.gap_lengths, missing=HOLES),
    "gappy": call(
        missing.gappy,
        name="x",
        x=GAPPY,
        gaps=True,
        whatever=("name",),
    ),
    "mar": call(missing.mar, x=SERIES, rate=0.3, given=0),
    "mcar": call(missing.mcar, x=SERIES, rate=0.3),
    "mnar": call(missing.mnar, x=SERIES, rate=0.3),
    "outages": call(missing.outages, x=SERIES, rate=0.3, length=4, groups=[[0, 1]]),
    "pool": call(missing.pool, estimates=numbers(5, 4), variances=3.0),
    "score": call(
        missing.score,
        truth=SERIES,
        filled=SERIES + 1,
        removed=HOLES,
        said_as={"truth": "removed"},
    ),
    "score_by_gap": call(
        missing.score_by_gap,
        truth=SERIES,
        filled=SERIES + 1,
        removed=HOLES,
        missing=HOLES,
        said_as={"truth": "removed"},
    ),
    "take": call(
        missing.take,
        x=SERIES,
        removed=HOLES,
        gaps=True,
        said_as={"x": "removed"},
    ),
    "forecasting.gappy_inputs": call(forecasting.gappy_inputs, x=CUBE),
}
PACKAGES["models"] = {
    "CausalModel": call(models.CausalModel, symbols=9, width=8, heads=2),
    "CausalModel.forward": method(causal, "forward", ids=torch.from_numpy(ROWS)),
    "CausalModel.start": method(causal, "start"),
    "CausalModel.weights": method(causal, "weights", ids=torch.from_numpy(ROWS)),
    "Diagonal": call(models.Diagonal, input_size=2, hidden_size=3),
    "Diagonal.forward": method(lambda: models.Diagonal(2, 3), "forward", x=torch.ones(4, 5, 2)),
    "EncoderDecoder": call(models.EncoderDecoder, symbols_x=4, symbols_y=3, hidden_size=4, width=4),
    "EncoderDecoder.encode": method(reader, "encode", x=torch.from_numpy(PAIRS.x)),
    "EncoderDecoder.forward": method(reader, "forward", x=torch.from_numpy(PAIRS.x), y=torch.from_numpy(PAIRS.y)),
    "EncoderDecoder.write": method(reader, "write", x=torch.from_numpy(PAIRS.x), limit=3),
    "Forest.of_chains": call(models.Forest.of_chains, x=torch.ones(4, 5, 2)),
    "Forest.of_trees": call(
        models.Forest.of_trees,
        trees=TREES,
        alphabet=expressions.SYMBOLS,
        whatever=("alphabet",),
    ),
    "Forest.take": method(lambda: FOREST, "take", index=np.array([0, 2])),
    "LanguageModel": call(models.LanguageModel, symbols=9, hidden_size=3),
    "LanguageModel.forward": method(talker, "forward", ids=torch.from_numpy(ROWS)),
    "LanguageModel.states": method(talker, "states", ids=IDS),
    "LanguageModel.step": method(talker, "step", symbol=7),
    "LanguageModel.surprises": method(talker, "surprises", ids=IDS),
    "MinGRUTorch": call(models.MinGRUTorch, input_size=2, hidden_size=3),
    "MinGRUTorch.forward": method(lambda: models.MinGRUTorch(2, 3), "forward", x=torch.ones(4, 5, 2)),
    "RecursiveNetwork": call(models.RecursiveNetwork, input_size=5, hidden_size=3, output_size=2),
    "RecursiveNetwork.forward": method(net, "forward", forest=FOREST),
    "RecursiveNetwork.states": method(net, "states", forest=FOREST),
    "recursive.fit": Call(
        lambda network, **rest: recursive.fit(net() if network is net else network, **rest),
        {
            "network": net,
            "forest": FOREST,
            "y": np.array([0, 1, 2]),
            "epochs": 1,
            "batch_size": 2,
            "learning_rate": 0.01,
            "clip": 1.0,
            "seed": 0,
            "progress": False,
        },
    ),
    "recursive.predict": call(recursive.predict, network=net(), forest=FOREST),
    "SequenceModel": call(models.SequenceModel, cell="gru", input_size=2, hidden_size=3),
    "SequenceModel.forward": method(forecaster, "forward", x=torch.ones(4, 12, 2)),
    "SequenceModel.check": method(
        forecaster,
        "check",
        x=torch.ones(4, 12, 2),
        whatever=("part",),
    ),
    "Stepper": call(models.Stepper, model=causal()),
    "Stepper.step": method(lambda: models.Stepper(causal()), "step", symbol=7),
    "TransformerLanguageModel": call(models.TransformerLanguageModel, symbols=9, width=8, layers=1, heads=2),
    "TransformerLanguageModel.forward": method(transformer, "forward", ids=torch.from_numpy(ROWS)),
    "TransformerLanguageModel.step": method(transformer, "step", symbol=7),
    "TransformerLanguageModel.surprises": method(transformer, "surprises", ids=IDS),
    "as_ids": call(
        models.as_ids,
        name="ids",
        ids=IDS,
        symbols=100,
        whatever=("name",),
    ),
    "as_tensor": call(
        models.as_tensor,
        name="values",
        values=SERIES,
        gaps=True,
        whatever=("name",),
    ),
    "load_language_model": call(models.load_language_model, path="talker.safetensors"),
    "load_trained": call(models.load_trained, name="tang_verse"),
    "save_language_model": call(
        models.save_language_model, path="out.safetensors", model=models.LanguageModel(3, 3), symbols="abc"
    ),
    "seeded": Call(entered(models.seeded), {"seed": 0, "device": "cpu"}),
    "set_forget_bias": call(models.set_forget_bias, model=models.SequenceModel("lstm", 2, 3), value=1.0),
}
PACKAGES["training"] = {
    "fit": fitted(
        training.fit,
        forecaster,
        train=(CUBE, CUBE[:, :2]),
        validation=(CUBE, CUBE[:, :2]),
        epochs=1,
        batch_size=4,
        learning_rate=0.01,
        clip=1.0,
        patience=None,
        schedule=None,
        seed=0,
        device="cpu",
        progress=False,
        watch=None,
        checkpoint=None,
    ),
    "predict": call(training.predict, model=FORECASTER, x=CUBE),
    "forecast": call(training.forecast, model=FORECASTER, x=CUBE, steps=3),
    "save": call(training.save, model=FORECASTER, path="out.safetensors"),
    "load": call(training.load, path="model.safetensors"),
}
PACKAGES["distributed"] = {
    "command": call(distributed.command, program="m"),
    "digests": call(distributed.digests, model=FORECASTER, workers=distributed.Workers()),
    "fit": fitted(
        distributed.fit,
        forecaster,
        train=(CUBE, CUBE[:, :2]),
        workers=distributed.Workers(),
        epochs=1,
        batch_size=4,
        learning_rate=0.01,
        clip=1.0,
        accumulate=1,
        shares=None,
        seed=0,
        checkpoint=None,
        every=None,
        watch=None,
    ),
    "gradient_errors": call(
        distributed.gradient_errors,
        model=FORECASTER,
        train=(CUBE / 99, CUBE[:, :2]),
        workers=distributed.Workers(),
    ),
    "joined": Call(entered(distributed.joined), {"device": "cpu", "patience": 5}),
    "launch": Call(
        lambda program, **rest: started(program, **rest),
        {"program": "m", "workers": 2, "timeout": 9, "max_restarts": 0, "environment": None},
    ),
    "order": call(distributed.order, n=7, seed=0, epoch=1),
    "shard": call(distributed.shard, batch=IDS, rank=0, workers=3),
    "costs.Link": call(costs.Link, latency=0.1, bandwidth=1e6),
    "costs.Compute": call(costs.Compute, fixed=0.1, each=0.1),
    **{
        f"costs.{name}": call(getattr(costs, name), size=100, workers=4)
        for name in ("ring", "halving", "chain", "passed_round", "scan")
    },
    "costs.two_levels": call(
        costs.two_levels, size=100, together=2, machines=3, inside=costs.Link(0, 1e6), between=costs.Link(0, 1e5)
    ),
    "costs.step": call(costs.step, compute=costs.Compute(0.1, 0.1), batch_size=8, workers=2, exchange=0.1),
}
PACKAGES["language"] = {
    "NGram": call(language.NGram, symbols=9, order=2),
    "NGram.fit": method(lambda: language.NGram(100, 2), "fit", ids=IDS),
    "NGram.probabilities": method(lambda: COUNTED, "probabilities", context=IDS[:3]),
    "NGram.step": method(lambda: COUNTED, "step", symbol=7),
    "NGram.surprises": method(lambda: COUNTED, "surprises", ids=IDS[:7]),
    "Subwords": call(language.Subwords, characters="ab", merges=[("a", "a"), ("aa", "b")]),
    "Subwords.learn": call(language.Subwords.learn, text="aaab" * 9, merges=2),
    "Subwords.encode": method(lambda: SUBWORDS, "encode", text="aab"),
    "Subwords.decode": method(lambda: SUBWORDS, "decode", ids=np.array([0, 1])),
    "beam": call(language.beam, model=COUNTED, length=2, width=2),
    "best_weight": call(language.best_weight, surprises_a=SERIES[:, 0], surprises_b=SERIES[:, 1]),
    "bits_per_byte": call(language.bits_per_byte, surprises=SERIES[:, 0], text="月" * 40),
    "compressed_bits": call(language.compressed_bits, text="abc" * 9, method="gzip"),
    "correlations": call(
        language.correlations,
        values=SERIES,
        wanted=SERIES[:, 0],
        said_as={"values": "wanted"},
    ),
    "dynamic_surprises": call(language.dynamic_surprises, model=talker(), ids=IDS),
    "find_unit": call(
        language.find_unit,
        first=SERIES,
        wanted_first=SERIES[:, 0],
        second=SERIES,
        wanted_second=SERIES[:, 0],
        said_as={"first": "wanted_first", "second": "wanted_second"},
    ),
    "fit": fitted(
        language.fit,
        talker,
        ids=IDS[:24],
        validation=IDS[:9],
        updates=1,
        batch_size=2,
        length=5,
        learning_rate=0.01,
        warm_up=1,
        clip=1.0,
        carry=True,
        every=None,
        latest=None,
        seed=0,
        progress=False,
        watch=None,
        said_as={"latest": "ids"},
    ),
    "mixed": call(language.mixed, surprises_a=SERIES[:, 0], surprises_b=SERIES[:, 1], weight=0.3),
    "perplexity": call(language.perplexity, surprises=SERIES[:, 0]),
    "property_of": call(language.property_of, name="a digit", text="a 1"),
    "reshaped": call(language.reshaped, p=np.array([0.5, 0.25, 0.25])),
    "rows": call(language.rows, ids=IDS, batch_size=4),
    "sample": call(language.sample, model=COUNTED, length=3),
    "set_frequencies": call(language.set_frequencies, model=talker(), ids=IDS),
}
PACKAGES["attention"] = {
    "as_batch": call(
        attention.as_batch, model=causal(), examples=(ROWS, ROWS), said_as={"examples": "x|y|counted|ids|Pairs"}
    ),
    "correct": call(
        attention.correct,
        model=causal(),
        examples=(ROWS, ROWS),
        said_as={"examples": "x|y|counted|ids"},
    ),
    "fit": fitted(
        attention.fit,
        causal,
        draw=lambda n, rng: (ROWS, ROWS),
        test=(ROWS, ROWS),
        updates=1,
        batch_size=4,
        learning_rate=0.01,
        warm_up=1,
        clip=1.0,
        every=None,
        random_places=None,
        seed=0,
        progress=False,
        watch=None,
        said_as={"test": "x|y|counted|examples|ids"},
    ),
    "load_models": call(attention.load_models, path="pairs.safetensors"),
    "load_trained": call(attention.load_trained, task="reversal"),
    "one_text": call(attention.one_text, pairs=PAIRS),
    "recorded": call(attention.recorded, part="parity", rival="gru"),
    "right": call(
        attention.right,
        model=causal(),
        examples=(ROWS, ROWS),
        said_as={"examples": "x|y|counted|ids"},
    ),
    "save_models": call(
        attention.save_models, path="out.safetensors", models={"a": reader()}, symbols_x="\nab", symbols_y="\nA"
    ),
}
PACKAGES["selection"] = {
    "choose_hidden_size": chosen(sizes=(1, 2), file=None),
    "search_hidden_size": Call(
        searched,
        {
            "make_model": lambda size, seed: Ridge(size),
            "series": SERIES,
            "smallest": 1,
            "largest": 2,
            "storage": "found.db",
            "trials": 1,
            "seed": 0,
            "progress": False,
        },
        said_as={"series": "values", "smallest": "largest"},
    ),
    "Selection.mean": method(lambda: SELECTION, "mean", size=2),
    "Selection.standard_error": method(lambda: SELECTION, "standard_error", size=2),
    "one_standard_error": call(selection.one_standard_error, errors={2: numbers(4, 3), 4: numbers(4, 3)}),
    "paired_differences": call(selection.paired_differences, errors={2: numbers(4, 3), 4: numbers(4, 3)}),
    "rolling_origin": call(selection.rolling_origin, n=40, folds=3),
    "shuffled_folds": call(selection.shuffled_folds, n=40, folds=3),
    "standard_error": call(selection.standard_error, errors=numbers(4, 3)),
}
PACKAGES["speed"] = {
    "check_device": call(speed.check_device, device="cpu"),
    "check_record": call(
        speed.check_record,
        name="r",
        record=RECORD,
        whatever=("name",),
    ),
    "error_of": call(speed.error_of, name="numpy_cell", shape=SHAPE),
    "interleaved": call(speed.interleaved, calls={"a": int}, seconds=1e-6, least=1, most=2),
    "judge": call(speed.judge, record=RECORD),
    "kept_bytes": Call(
        lambda run: speed.kept_bytes(run, torch.ones(3, requires_grad=True)),
        {"run": torch.exp},
    ),
    "launches": call(speed.launches, rung="cell_loop", time=3),
    "limits": Call(limits_at_once, {"device": "cpu", "threads": 1, "tf32": False, "seconds": 1e-4}),
    "make_record": call(
        speed.make_record,
        results=[result()],
        limits=LIMITS,
        command="t",
        device="cpu",
        settings=SETTINGS,
        said_as={"results": "record", "limits": "record", "settings": "record"},
    ),
    "measure": call(
        measure_at_once, shapes=[SHAPE], rungs=["numpy_cell"], seconds=1e-4, least=1, most=2, progress=None
    ),
    "obstacle": call(speed.obstacle, name="numpy_cell"),
    "prepare": call(speed.prepare, name="numpy_cell", shape=SHAPE),
    "read_record": call(speed.read_record, path="record.json"),
    "save_record": call(speed.save_record, path="out.json", record=RECORD),
    "spread": call(speed.spread, times=[1.0, 2.0, 3.0]),
    "table": call(speed.table, record=RECORD),
    "trace": call(speed.trace, rung="cell_loop", shape=SHAPE),
    "verdicts": call(speed.verdicts, record=RECORD),
    "work": call(speed.work, shape=SHAPE),
}
PACKAGES["plots"] = {
    "LiveLoss": call(plots.LiveLoss),
    "Picture": call(plots.Picture, figure=PICTURE.figure, alt="words"),
    "Picture.save": method(lambda: PICTURE, "save", path="out.png"),
    "alignment": call(
        plots.alignment,
        alpha=np.eye(2),
        read="ab",
        written="cd",
        whatever=("cause", "effect"),
    ),
    "backward_graph": call(plots.backward_graph, tensor=torch.ones(2, requires_grad=True) * 2),
    "bars": call(
        plots.bars,
        table={"a": [1.0, 2.0]},
        ylabel="loss",
        whatever=("ylabel",),
    ),
    "cell_diagram": call(plots.cell_diagram, cell="lstm"),
    "dependency_chain": call(plots.dependency_chain),
    "figure": Call(drawn, {"height": 4, "rows": 1}),
    "fills": call(
        plots.fills,
        times=DATES,
        truth=SERIES[:, 0],
        missing=HOLES[:, 0],
        filled={"a": SERIES[:, 1]},
        whatever=("ylabel",),
    ),
    "forecast": call(
        plots.forecast, times=DATES, truth=SERIES[:, 0], forecasts={"a": SERIES[:, 1]}, whatever=("ylabel",)
    ),
    "gates": call(plots.gates, trace=lstm().trace(CUBE)),
    "gradient_norms": call(plots.gradient_norms, norms={"a": [1.0, 0.0]}),
    "hidden_sizes": call(
        plots.hidden_sizes,
        selection=SELECTION,
        whatever=("ylabel",),
    ),
    "holes": call(plots.holes, series=named(GAPPY)),
    "ladder": call(plots.ladder, results=[result()]),
    "lines": call(
        plots.lines, x=DATES, curves={"a": SERIES[:, 0]}, whatever=("xlabel", "ylabel"), said_as={"x": "curves"}
    ),
    "loss_curves": call(plots.loss_curves, histories={"a": history([2.0, 1.0])}),
    "roofline": call(plots.roofline, peak=1e9, bandwidths={"m": 1e8}, points={"a": (1, 1e6)}),
    "scaling": call(plots.scaling, results=[result(), result(batch=4)], against="batch"),
    "series": call(plots.series, series=named()),
    "trace": call(plots.trace, traces={"a": [speed.Call("aten::mm", 0.0, 1.0, "call")]}),
    "unrolled": call(plots.unrolled),
}
PACKAGES["questions"] = {
    "ask": call(questions.ask, chapter="bptt"),
    "class_gain": call(
        questions.class_gain,
        folder="class",
        said_as={"folder": "series.csv"},
    ),
    "learner_gain": call(questions.learner_gain, path="answers.csv"),
    "normalised_gain": call(questions.normalised_gain, before=0.2, after=0.5),
    "Sheet": call(questions.Sheet, which="before"),
}
PACKAGES["seeds"] = {
    "default_rng": call(seeds.default_rng, seed=0),
    "generator": call(
        seeds.generator,
        name="seed",
        seed=0,
        whatever=("name",),
    ),
    "manual_seed": call(seeds.manual_seed, seed=0),
}
PACKAGES["widgets"] = {
    "CellStepper": call(widgets.CellStepper, cells=[lstm()], x=numbers(5, 2)),
    "ChainAndTree": call(widgets.ChainAndTree, expressions=TREES),
    "CharacterModel": Call(widgets.CharacterModel, {"network": None, "symbols": None}),
    "GateExplorer": call(widgets.GateExplorer, cell=lstm(), x=SERIES),
    "GradientThroughTime": call(widgets.GradientThroughTime, hidden_size=3),
    "MissingLaboratory": call(widgets.MissingLaboratory, own=SERIES),
    "SpeedLadder": call(widgets.SpeedLadder),
    "WatchItLearn": Call(widgets.WatchItLearn, {"own": SERIES[:, 0]}),
    "WindowAgainstState": call(
        widgets.WindowAgainstState,
        cell=cells.SimpleRNN(1, 3),
        readout=cells.Readout(3, 1),
        x=SERIES[:5, :1],
        rules=[[0.5, 0.1], [0.2, 0.3, 0.1]],
        whatever=("name",),
    ),
    "live": Call(lambda draw: widgets.live(draw), {"draw": lambda: PICTURE}),
}
CALLS = {f"{package}.{name}": row for package, rows in PACKAGES.items() for name, row in rows.items()}
