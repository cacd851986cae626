"""The doors of the library, and what is tried on each: masked arrays, dtypes, NumPy's integers, dates, names.

A door is a public function with one of its arguments. A new door is one line in a table, and every kind of input that
belongs to the table is then tried on it.
"""

from dataclasses import dataclass
from functools import partial

import matplotlib as mpl
import numpy as np
import pytest
import torch
from door_values import (
    CLASSIFIER,
    COUNTED,
    CUBE,
    DATES,
    FORECASTER,
    GAPPY,
    HOLES,
    IDS,
    PAIRS,
    ROWS,
    SCALER,
    SERIES,
    TALKER,
    back,
    both_ways,
    chosen,
    descended,
    errors_of,
    frequencies,
    learned,
    loss,
    lstm,
    named,
    numbers,
    paired,
    read_and_tagged,
    scaled,
    sequences,
    spoken,
    together,
    trained,
    with_forget_bias,
)
from figures import history
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rnn_course import (
    cells,
    data,
    distributed,
    language,
    missing,
    models,
    plots,
    selection,
    speed,
    training,
    widgets,
)
from rnn_course.cells.gradients import check_gradients
from rnn_course.data import Series
from rnn_course.missing.forecasting import gappy_inputs
from rnn_course.models import recursive
from rnn_course.plots.picture import RC, WIDTH


def examples(number):
    return settings(deadline=None, max_examples=number)


# --- what is asked of a result: the numbers in it


def flat(result):
    """All that a door returned as one list of arrays and texts."""
    if isinstance(result, plots.Picture):
        return [result.alt]
    if isinstance(result, torch.Tensor):
        return [result.detach().numpy()]
    if isinstance(result, dict):
        return [part for value in result.values() for part in flat(value)]
    if isinstance(result, list | tuple):
        return [part for value in result for part in flat(value)]
    if hasattr(result, "__dict__") and not isinstance(result, np.ndarray):
        return flat(vars(result))
    return [np.asarray(result)]


def assert_same(result, wanted, rtol=0.0):
    """Whether two results are the same, as far as the result's own dtype can say."""
    for got, want in zip(flat(result), flat(wanted), strict=True):
        if np.asarray(want).dtype.kind in "fiu":
            rtol = max(rtol, np.finfo(got.dtype).eps) if rtol and got.dtype.kind == "f" else rtol
            np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol)
        else:
            assert np.array_equal(got, want)


# --- arrays: masked ones are refused, other orders of bytes read, sums made in float64


@dataclass
class Door:
    """A function of one array, one that it takes, and whether it takes it in any dtype."""

    call: object
    array: np.ndarray
    any_dtype: bool = True


exact = partial(Door, any_dtype=False)  # a cell computes in its own dtype, a mask is of bool, lengths are whole
ARRAYS = {
    "data.Series values": Door(lambda v: named(v).values, SERIES),
    "data.Series times": exact(lambda v: named(times=v).times, DATES),
    "data.windows values": Door(lambda v: data.windows(v, 5), SERIES),
    "data.split series": Door(data.split, SERIES),
    "data.forecast_splits series": Door(lambda v: scaled(data.forecast_splits(v, 5).scaler), SERIES),
    "data.Scaler.fit values": Door(lambda v: scaled(data.Scaler().fit(v)), SERIES),
    "data.Scaler.transform v": Door(SCALER.transform, SERIES),
    "data.Scaler.inverse v": Door(SCALER.inverse, SERIES),
    "data.scores y": Door(lambda v: data.scores(v, SERIES + 1, SERIES + 3), SERIES),
    "data.scores forecast": Door(lambda v: data.scores(SERIES + 1, v, SERIES), SERIES + 2),
    "data.scores baseline": Door(lambda v: data.scores(SERIES + 1, SERIES, v), SERIES + 2),
    "data.last_value x": Door(lambda v: data.last_value(v, 3), CUBE),
    "data.seasonal_naive x": Door(lambda v: data.seasonal_naive(v, 3, 2), CUBE),
    "data.pad sequences": Door(lambda v: data.pad([v, v[:3]]), SERIES),
    "data.Sequences x": Door(lambda v: sequences(v).x, CUBE),
    "attention.fit x": exact(lambda v: read_and_tagged(v), ROWS),
    "attention.fit y": exact(lambda v: read_and_tagged(y=v), ROWS),
    "attention.fit counted": exact(lambda v: read_and_tagged(counted=v), HOLES[:4].repeat(3, axis=1)[:, :5]),
    "data.Pairs x": exact(lambda v: paired(x=v), PAIRS.x),
    "data.Pairs lengths": exact(lambda v: paired(lengths=v), PAIRS.lengths),
    "data.Pairs y": exact(lambda v: paired(y=v), PAIRS.y),
    "models.EncoderDecoder lengths": exact(
        lambda v: models.EncoderDecoder(9, 9, 3, 4).encode(torch.ones(3, 4, dtype=torch.long), v), np.array([4, 1, 3])
    ),
    "data.Sequences lengths": exact(lambda v: sequences(lengths=v).lengths, np.full(4, 12)),
    "data.Sequences y": exact(lambda v: sequences(y=v).y, np.array([0, 1, 2, 1])),
    "data.Corpus.decode ids": exact(lambda v: data.Corpus.of("c", "abcdefghij").decode(v), np.array([3, 0, 2])),
    "distributed.fit x": Door(lambda v: together(v), CUBE),
    "distributed.fit y": Door(lambda v: together(y=v), CUBE[:, :2]),
    "distributed.fit y, classes": exact(lambda v: together(y=v, model=CLASSIFIER), np.array([0, 1, 98, 1])),
    "distributed.gradient_errors x": Door(
        lambda v: distributed.gradient_errors(FORECASTER, (v, CUBE[:, :2]), distributed.Workers()), CUBE / 99, False
    ),
    "language.beam prompt": exact(lambda v: language.beam(COUNTED, 2, 2, v), numbers(3).astype(int)),
    "language.correlations values": Door(lambda v: language.correlations(v, SERIES[:, 0]), SERIES),
    "language.correlations wanted": Door(lambda v: language.correlations(SERIES, v), SERIES[:, 0]),
    "language.dynamic_surprises ids": exact(lambda v: language.dynamic_surprises(TALKER, v), IDS),
    "language.fit ids": exact(lambda v: spoken(v), IDS),
    "language.fit validation": exact(lambda v: spoken(IDS, v), IDS),
    "language.reshaped p": exact(lambda v: language.reshaped(v, 0.5), np.array([0.5, 0.25, 0.25])),
    "language.rows ids": exact(lambda v: language.rows(v, 4), IDS),
    "language.sample prompt": exact(lambda v: language.sample(COUNTED, 4, v), numbers(3).astype(int)),
    "language.set_frequencies ids": exact(lambda v: frequencies(v), IDS),
    "models.LanguageModel.surprises ids": exact(TALKER.surprises, IDS),
    "models.LanguageModel.states ids": exact(TALKER.states, IDS),
    "models.TransformerLanguageModel.surprises ids": exact(
        models.TransformerLanguageModel(100, 8, 1, 2, 6).surprises, IDS
    ),
    "language.NGram.fit ids": exact(lambda v: language.NGram(100, 2).fit(v).probabilities(), numbers(60).astype(int)),
    "language.NGram.surprises ids": exact(COUNTED.surprises, numbers(7).astype(int)),
    "language.NGram.probabilities context": exact(COUNTED.probabilities, numbers(3).astype(int)),
    "language.perplexity surprises": Door(language.perplexity, SERIES[:, 0]),
    "language.bits_per_byte surprises": Door(lambda v: language.bits_per_byte(v, "月" * 40), SERIES[:, 0]),
    "language.mixed surprises_a": Door(lambda v: language.mixed(v, SERIES[:, 1], 0.3), SERIES[:, 0]),
    "language.mixed surprises_b": Door(lambda v: language.mixed(SERIES[:, 1], v, 0.3), SERIES[:, 0]),
    "language.best_weight surprises_a": Door(lambda v: language.best_weight(v, SERIES[:, 1]), SERIES[:, 0]),
    "language.best_weight surprises_b": Door(lambda v: language.best_weight(SERIES[:, 1], v), SERIES[:, 0]),
    "missing.take x": Door(lambda v: missing.take(v, HOLES), SERIES),
    "missing.take removed": exact(lambda v: missing.take(SERIES, v), HOLES),
    "missing.mcar x": Door(lambda v: missing.mcar(v, 0.3), SERIES),
    "missing.mar x": Door(lambda v: missing.mar(v, 0.3, 0), SERIES),
    "missing.mnar x": Door(lambda v: missing.mnar(v, 0.3), SERIES),
    "missing.blocks x": Door(lambda v: missing.blocks(v, 0.3, 4), SERIES),
    "missing.outages x": Door(lambda v: missing.outages(v, 0.3, 4, [[0, 1]]), SERIES),
    "missing.drop x": Door(missing.drop, GAPPY),
    "missing.gap_lengths missing": exact(missing.gap_lengths, HOLES),
    "missing.score truth": Door(lambda v: missing.score(v, SERIES + 1, HOLES), SERIES),
    "missing.score filled": Door(lambda v: missing.score(SERIES + 1, v, HOLES), SERIES),
    "missing.score removed": exact(lambda v: missing.score(SERIES, SERIES + 1, v), HOLES),
    "missing.score scale": Door(lambda v: missing.score(SERIES, SERIES + 1, HOLES, v), np.array([3.0, 7])),
    "missing.score_by_gap missing": exact(lambda v: missing.score_by_gap(SERIES, SERIES + 1, HOLES, v), HOLES),
    "missing.distortion truth": Door(lambda v: missing.distortion(v, SERIES, lags=(1,)), SERIES),
    "missing.distortion filled": Door(lambda v: missing.distortion(SERIES, v, lags=(1,)), SERIES),
    "missing.coverage truth": Door(lambda v: missing.coverage(v, numbers(19, 40, 2), HOLES), SERIES),
    "missing.coverage draws": Door(lambda v: missing.coverage(SERIES, v, HOLES), numbers(19, 40, 2)),
    "missing.pool estimates": Door(lambda v: missing.pool(v, 3.0), numbers(5, 4)),
    "missing.pool variances": Door(lambda v: missing.pool(numbers(5, 4, seed=1), v), numbers(5, 4)),
    "missing.Fill.fit x": Door(lambda v: missing.METHODS["linear"]().fit(v).spread, GAPPY),
    "missing.Fill.fill x": Door(lambda v: missing.METHODS["linear"]().fit(SERIES).fill(v), GAPPY),
    "missing.Kalman.draws x": Door(lambda v: missing.METHODS["kalman"]().fit(SERIES).draws(v, 2), GAPPY),
    "missing.gappy_inputs x": Door(gappy_inputs, CUBE),
    "selection.standard_error errors": Door(selection.standard_error, numbers(4, 3)),
    "selection.one_standard_error errors": Door(lambda v: selection.one_standard_error({2: v}), numbers(4, 3)),
    "selection.paired_differences errors": Door(
        lambda v: selection.paired_differences({2: v, 4: numbers(4, 3, seed=1)}), numbers(4, 3)
    ),
    "selection.choose_hidden_size series": Door(lambda v: errors_of(chosen(v)), SERIES),
    "training.predict x": Door(lambda v: training.predict(FORECASTER, v), CUBE),
    "training.predict lengths": exact(lambda v: training.predict(FORECASTER, CUBE, v), np.array([12, 3, 4, 5])),
    "training.forecast x": Door(lambda v: training.forecast(FORECASTER, v, 3), CUBE),
    "training.fit x": Door(lambda v: trained(v, CUBE[:, :2]), CUBE),
    "training.fit y": Door(lambda v: trained(CUBE, v), CUBE[:, :2]),
    "training.fit y, classes": exact(lambda v: trained(CUBE, v, CLASSIFIER), np.array([0, 1, 98, 1])),
    "cells.Cell.forward x": exact(lambda v: lstm().forward(v), CUBE),
    "cells.Cell.forward lengths": exact(lambda v: lstm().forward(CUBE, lengths=v), np.array([12, 3, 4, 5])),
    "cells.Cell.forward state": exact(lambda v: cells.GRU(2, 3).forward(CUBE, v), numbers(4, 3) / 99),
    "cells.Cell.step x_t": exact(lambda v: lstm().step(v), CUBE[:, 0]),
    "cells.Cell.backward grad_h": exact(lambda v: back(lstm(), v), numbers(4, 12, 3)),
    "cells.Cell.trace x": exact(lambda v: dict(lstm().trace(v)), CUBE),
    "cells.Cell.W_x": exact(lambda v: setattr(lstm(), "W_x", v), numbers(12, 2)),
    "cells.Bidirectional.backward grad_h": exact(lambda v: back(both_ways(), v), numbers(4, 12, 6)),
    "cells.check_gradients x": exact(lambda v: check_gradients(lstm(), v).passed, CUBE[:, :2] / 99),
    "cells.Readout.loss h": exact(lambda v: loss(h=v), numbers(4, 2)),
    "cells.Readout.loss target": Door(lambda v: loss(target=v), numbers(4, 3)),
    "cells.SGD.step grads": exact(descended, numbers(4, 12, 2, seed=1)),
    "models.SequenceModel lengths": exact(lambda v: FORECASTER(torch.ones(4, 12, 2), v), np.array([12, 3, 4, 5])),
    "models.set_forget_bias value": Door(with_forget_bias, numbers(3)),
    "models.recursive.fit y": exact(learned, np.array([0, 1, 1, 0])),
    "plots.series": Door(lambda v: plots.series(named(v)), SERIES),
    "plots.lines x": exact(lambda v: plots.lines(v, {"a": SERIES[:, 0]}), np.arange(40.0)),
    "plots.lines x, dates": exact(lambda v: plots.lines(v, {"a": SERIES[:, 0]}), DATES),
    "plots.lines curves": Door(lambda v: plots.lines(DATES, {"a": v}), SERIES[:, 0]),
    "plots.forecast truth": Door(lambda v: plots.forecast(DATES, v, {"a": SERIES[:, 1]}), SERIES[:, 0]),
    "plots.forecast forecasts": Door(lambda v: plots.forecast(DATES, SERIES[:, 0], {"a": v}), SERIES[:, 1]),
    "plots.forecast split": exact(lambda v: plots.forecast(DATES, SERIES[:, 0], {"a": SERIES[:, 1]}, v), DATES[7]),
    "plots.fills truth": Door(lambda v: plots.fills(DATES, v, HOLES[:, 0], {"a": SERIES[:, 1]}), SERIES[:, 0]),
    "plots.fills missing": exact(lambda v: plots.fills(DATES, SERIES[:, 0], v, {"a": SERIES[:, 1]}), HOLES[:, 0]),
    "plots.fills filled": Door(lambda v: plots.fills(DATES, SERIES[:, 1], HOLES[:, 0], {"a": v}), SERIES[:, 0]),
    "plots.alignment alpha": Door(lambda v: plots.alignment(v, "ab", "cd"), np.eye(2)),
    "plots.bars table": Door(lambda v: plots.bars({"a": v}, "loss"), SERIES[:, 0]),
    "plots.gradient_norms norms": Door(lambda v: plots.gradient_norms({"a": v}), SERIES[:, 0]),
    "plots.gates trace": Door(lambda v: plots.gates(cells.base.Trace({"h": v})), CUBE),
    "widgets.GateExplorer x": Door(lambda v: widgets.GateExplorer(lstm(), v).x, SERIES),
    "widgets.GateExplorer times": exact(lambda v: widgets.GateExplorer(lstm(), SERIES, times=v).times, DATES),
    "widgets.GateExplorer truth": Door(
        lambda v: widgets.GateExplorer(lstm(), SERIES, cells.Readout(3, 1), truth=v).truth, SERIES[:, 0]
    ),
    "widgets.CellStepper x": Door(lambda v: widgets.CellStepper([lstm()], v).x, numbers(5, 2)),
    "widgets.WatchItLearn own": Door(lambda v: widgets.WatchItLearn(own=v).own, SERIES[:, 0]),
    "widgets.MissingLaboratory own": Door(lambda v: widgets.MissingLaboratory(v).stretches["own"], SERIES),
}
DTYPED = [name for name, door in ARRAYS.items() if door.any_dtype]


@pytest.mark.parametrize("name", ARRAYS)
def test_a_masked_array_is_refused(name):
    door = ARRAYS[name]
    hidden = np.zeros(door.array.shape, bool)
    hidden.flat[-1] = True
    for mask in (hidden, False):
        with pytest.raises(TypeError, match="is a masked array, it must be plain"):
            door.call(np.ma.array(door.array, mask=mask))
    if door.array.ndim:
        with pytest.raises(TypeError, match="is a masked array, it must be plain"):
            door.call(list(np.ma.array(door.array, mask=hidden)))


@pytest.mark.parametrize("name", ARRAYS)
def test_the_order_of_bytes_makes_no_difference(name):
    door = ARRAYS[name]
    swapped = door.array.astype(door.array.dtype.newbyteorder())
    assert_same(door.call(swapped), door.call(door.array))


@examples(500)
@given(name=st.sampled_from(DTYPED), dtype=st.sampled_from(["i1", "u1", "u2", ">i4", "u8", "q", "Q", "f2", ">f4", "g"]))
def test_the_dtype_makes_no_difference(name, dtype):
    door = ARRAYS[name]
    assume(np.dtype(dtype).kind == "f" or not np.isnan(door.array).any())
    assert_same(door.call(door.array.astype(dtype)), door.call(door.array), rtol=1e-6)


# --- whole numbers: NumPy's are Python's


INTEGERS = {
    "data.windows length": (lambda n: data.windows(SERIES, n), 5),
    "data.windows horizon": (lambda n: data.windows(SERIES, 5, n), 2),
    "data.windows stride": (lambda n: data.windows(SERIES, 5, 1, n), 2),
    "data.forecast_splits length": (lambda n: data.forecast_splits(SERIES, n).train.x, 5),
    "data.last_value horizon": (lambda n: data.last_value(CUBE, n), 3),
    "data.seasonal_naive period": (lambda n: data.seasonal_naive(CUBE, 3, n), 2),
    "data.adding_task n": (lambda n: data.adding_task(n, 6, np.random.default_rng(0)), 3),
    "data.adding_task time": (lambda n: data.adding_task(3, n, np.random.default_rng(0)), 100),
    "data.copy_task delay": (lambda n: data.copy_task(3, n, np.random.default_rng(0), symbols=120), 120),
    "data.copy_task symbols": (lambda n: data.copy_task(3, 4, np.random.default_rng(0), n), 127),
    "attention.fit updates": (lambda n: read_and_tagged(updates=n), 3),
    "attention.fit batch_size": (lambda n: read_and_tagged(batch_size=n), 3),
    "attention.fit warm_up": (lambda n: read_and_tagged(warm_up=n), 3),
    "attention.fit seed": (lambda n: read_and_tagged(seed=n), 3),
    "data.date_task n": (lambda n: vars(data.date_task(n, "train", np.random.default_rng(0))), 3),
    "data.parity_task time": (lambda n: data.parity_task(3, n, np.random.default_rng(0)), 100),
    "data.recall_task pairs": (lambda n: data.recall_task(3, n, np.random.default_rng(0), 127, 127), 100),
    "data.recall_task keys": (lambda n: data.recall_task(3, 3, np.random.default_rng(0), n, 127), 127),
    "data.recall_task gap": (lambda n: data.recall_task(3, 3, np.random.default_rng(0), gap=n), 127),
    "data.reversal_task longest": (lambda n: vars(data.reversal_task(3, 1, n, np.random.default_rng(0))), 127),
    "models.CausalModel symbols": (lambda n: list(models.CausalModel(n, width=8).parameters()), 100),
    "models.CausalModel width": (lambda n: list(models.CausalModel(9, width=n, heads=2).parameters()), 100),
    "models.CausalModel seed": (lambda n: list(models.CausalModel(9, width=8, seed=n).parameters()), 7),
    "models.Diagonal hidden_size": (lambda n: models.Diagonal(2, n).W_x.shape, 100),
    "models.EncoderDecoder hidden_size": (lambda n: list(models.EncoderDecoder(9, 9, n).parameters()), 100),
    "models.EncoderDecoder seed": (lambda n: list(models.EncoderDecoder(9, 9, 4, seed=n).parameters()), 7),
    "language.Subwords.learn merges": (lambda n: language.Subwords.learn("aaab" * 99, n).symbols, 2),
    "language.beam length": (lambda n: language.beam(COUNTED, n, 2), 3),
    "language.beam width": (lambda n: language.beam(COUNTED, 3, n), 2),
    "language.sample length": (lambda n: language.sample(COUNTED, n), 5),
    "language.sample seed": (lambda n: language.sample(COUNTED, 9, seed=n), 5),
    "language.reshaped top_k": (lambda n: language.reshaped(np.array([0.5, 0.25, 0.25]), top_k=n), 2),
    "models.LanguageModel symbols": (lambda n: models.LanguageModel(n, 3).surprises([1, 2]), 100),
    "models.LanguageModel hidden_size": (lambda n: models.LanguageModel(9, n).surprises([1, 2]), 3),
    "models.LanguageModel.step symbol": (TALKER.step, 7),
    "models.Stepper.step symbol": (lambda n: models.Stepper(models.CausalModel(100, width=8)).step(n)[0], 7),
    "models.LanguageModel.surprises start": (lambda n: TALKER.surprises([3], n), 7),
    "distributed.fit epochs": (lambda n: together(epochs=n), 2),
    "distributed.fit batch_size": (lambda n: together(batch_size=n), 2),
    "distributed.fit accumulate": (lambda n: together(accumulate=n), 2),
    "distributed.fit every": (lambda n: together(every=n), 2),
    "distributed.fit seed": (lambda n: together(seed=n), 2),
    "distributed.order n": (lambda n: distributed.order(n, 0, 1), 7),
    "distributed.order seed": (lambda n: distributed.order(9, n, 1), 7),
    "distributed.order epoch": (lambda n: distributed.order(9, 0, n), 7),
    "distributed.shard rank": (lambda n: distributed.shard(IDS, n, 3), 2),
    "distributed.shard workers": (lambda n: distributed.shard(IDS, 0, n), 3),
    "distributed.command workers": (lambda n: distributed.command("m", workers=n), 3),
    "distributed.command max_restarts": (lambda n: distributed.command("m", max_restarts=n), 3),
    "distributed.command hosts": (lambda n: distributed.command("m", hosts=n, address="a", store="s:1"), 2),
    "language.NGram symbols": (lambda n: language.NGram(n, 2).fit([1, 0, 2]).probabilities(), 100),
    "language.NGram order": (lambda n: language.NGram(3, n).fit([1, 0, 2]).probabilities(), 2),
    "language.NGram.surprises start": (lambda n: COUNTED.surprises([3], n), 7),
    "language.NGram.step symbol": (COUNTED.step, 7),
    "missing.mcar seed": (lambda n: missing.mcar(SERIES, 0.3, n), 5),
    "missing.blocks length": (lambda n: missing.blocks(SERIES, 0.3, n), 4),
    "missing.mar given": (lambda n: missing.mar(SERIES, 0.3, n), 1),
    "missing.distortion lags": (lambda n: missing.distortion(SERIES, SERIES, lags=(n,)), 3),
    "missing.score_by_gap edges": (lambda n: missing.score_by_gap(SERIES, SERIES + 1, HOLES, HOLES, (1, n)), 2),
    "missing.Seasonal period": (lambda n: missing.METHODS["seasonal"](period=n).fit(GAPPY).fill(GAPPY), 12),
    "missing.Neighbours neighbours": (lambda n: missing.METHODS["knn"](neighbours=n).fit(GAPPY).fill(GAPPY), 3),
    "missing.Iterative seed": (lambda n: missing.METHODS["iterative"](seed=n).fit(GAPPY).fill(GAPPY), 3),
    "missing.Kalman.draws number": (lambda n: missing.METHODS["kalman"]().fit(GAPPY).draws(GAPPY, n), 2),
    "missing.gru_d window": (lambda n: missing.METHODS["gru_d"](epochs=1, window=n).fit(GAPPY).fill(GAPPY), 12),
    "missing.gru_d seed": (lambda n: missing.METHODS["gru_d"](epochs=1, window=9, seed=n).fit(GAPPY).fill(GAPPY), 3),
    "selection.rolling_origin n": (lambda n: selection.rolling_origin(n, 3), 127),
    "selection.rolling_origin folds": (lambda n: selection.rolling_origin(1000, n), 4),
    "selection.rolling_origin gap": (lambda n: selection.rolling_origin(1000, 4, n), 5),
    "selection.rolling_origin validation": (lambda n: selection.rolling_origin(1000, 4, 0, n), 100),
    "selection.rolling_origin max_train": (lambda n: selection.rolling_origin(1000, 4, 0, None, n), 9),
    "selection.shuffled_folds folds": (lambda n: selection.shuffled_folds(1000, n), 4),
    "selection.shuffled_folds seed": (lambda n: selection.shuffled_folds(20, 4, seed=n), 4),
    "selection.choose_hidden_size sizes": (lambda n: errors_of(chosen(sizes=(n,))), 2),
    "selection.choose_hidden_size length": (lambda n: errors_of(chosen(length=n)), 6),
    "selection.choose_hidden_size folds": (lambda n: errors_of(chosen(folds=n)), 3),
    "selection.choose_hidden_size seeds": (lambda n: errors_of(chosen(seeds=n)), 2),
    "selection.choose_hidden_size gap": (lambda n: errors_of(chosen(gap=n)), 2),
    "models.SequenceModel input_size": (lambda n: list(models.SequenceModel("gru", n, 3).parameters()), 100),
    "models.SequenceModel hidden_size": (
        lambda n: list(models.SequenceModel("gru", 2, n, bidirectional=True).parameters()),
        100,
    ),
    "models.SequenceModel horizon": (lambda n: list(models.SequenceModel("gru", 2, 3, 4, horizon=n).parameters()), 100),
    "models.SequenceModel seed": (lambda n: list(models.SequenceModel("gru", 2, 3, seed=n).parameters()), 7),
    "models.MinGRUTorch hidden_size": (lambda n: models.MinGRUTorch(2, n).W_x.shape, 100),
    "models.RecursiveNetwork hidden_size": (lambda n: list(recursive.RecursiveNetwork(5, n, 2).parameters()), 100),
    "models.RecursiveNetwork seed": (lambda n: list(recursive.RecursiveNetwork(5, 3, 2, seed=n).parameters()), 7),
    "cells.LSTM hidden_size": (lambda n: dict(cells.LSTM(2, n).parameters), 100),
    "cells.LSTM seed": (lambda n: dict(lstm(seed=n).parameters), 7),
    "cells.Readout output_size": (lambda n: dict(cells.Readout(2, n).parameters), 100),
    "training.fit epochs": (lambda n: trained(CUBE, CUBE[:, :2], epochs=n), 2),
    "training.fit batch_size": (lambda n: trained(CUBE, CUBE[:, :2], batch_size=n), 2),
    "training.fit seed": (lambda n: trained(CUBE, CUBE[:, :2], seed=n), 2),
    "training.fit patience": (
        lambda n: trained(CUBE, CUBE[:, :2], epochs=3, patience=n, validation=(CUBE, CUBE[:, :2])),
        2,
    ),
    "training.forecast steps": (lambda n: training.forecast(FORECASTER, CUBE, n), 5),
    "plots.unrolled time": (lambda n: plots.unrolled(n), 3),
    "plots.dependency_chain size": (lambda n: plots.dependency_chain(n), 3),
    "plots.gates sequence": (lambda n: plots.gates(lstm().trace(CUBE), sequence=n), 3),
    "widgets.GradientThroughTime hidden_size": (lambda n: widgets.GradientThroughTime(n).draws, 4),
    "widgets.GradientThroughTime seed": (lambda n: widgets.GradientThroughTime(4, n).draws, 7),
    "widgets.MissingLaboratory period": (lambda n: widgets.MissingLaboratory(SERIES, n).stretches["own"], 12),
}


@pytest.mark.parametrize("name", INTEGERS)
@examples(3)
@given(kind=st.sampled_from([np.int8, np.uint8, np.int32, np.int64, np.uint64, np.array]))
def test_a_whole_number_of_numpys_is_pythons(name, kind):
    call, number = INTEGERS[name]
    assert_same(call(kind(number)), call(number))


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("wrong", [True, np.True_, 2.5, np.float64(3), "3", None, [3]], ids=repr)
def test_what_is_no_whole_number_is_refused_by_name(name, wrong):
    argument = name.split()[-1]
    if wrong is None and argument in ("gap", "validation", "max_train", "patience", "top_k", "every"):
        pytest.skip("None has a meaning of its own here")
    with pytest.raises((TypeError, ValueError), match=rf"(?i)\b{argument.rstrip('s')}\w*(\[0\])? is .*, it must be"):
        INTEGERS[name][0](wrong)


SEEDS = [name for name in INTEGERS if name.endswith("seed")]


@pytest.mark.parametrize("name", SEEDS)
@pytest.mark.parametrize("seed", [2**32, 2**63, 2**64 - 1, 2**64, 2**100])
def test_a_large_seed_is_taken_or_refused_by_name(name, seed):
    call, _ = INTEGERS[name]
    try:
        result = call(seed)
    except ValueError as error:
        assert str(error).startswith((f"seed is {seed}, it must be at most ", f"seed is {seed}, it must be below "))
        assert seed >= 2**64 or name == "missing.Iterative seed"
    else:
        assert_same(call(seed), result)


@pytest.mark.parametrize("options", [{"epochs": np.int64(2)}, {"epochs": np.float32(2)}])
def test_options_of_numpy_are_kept_in_a_file(tmp_path, options):
    def run(given):
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl"
        with pytest.raises(ValueError, match="every size failed; size 2: TypeError"):  # Ridge.fit takes no options
            chosen(sizes=[np.int64(2)], file=file, options=given, length=np.int64(5), test=np.float32(0.25))
        return file.read_text().splitlines()[0]

    assert run(options) == run({"epochs": 2}).replace("2}", f"{options['epochs'].item()}}}")


def test_what_a_file_cannot_keep_is_refused_before_there_is_one(tmp_path):
    sentence = "options has <built-in function print>, it must be text, numbers or lists of them: a file keeps it"
    with pytest.raises(TypeError, match=sentence):
        chosen(options={"watch": print}, file=tmp_path / "sweep.jsonl")
    setup = {"length": 5, "folds": 2, "seeds": 1, "progress": False, "options": {"watch": print}}
    with pytest.raises(TypeError, match=sentence):
        selection.search_hidden_size(lambda *_: 0, SERIES, 1, 2, storage=tmp_path / "search.db", **setup)
    assert list(tmp_path.iterdir()) == []


# --- dates: wherever a figure has them, they lie where they belong and the picture is as wide as any


def gates_at(times):
    return plots.gates(cells.GRU(1, 2).trace(np.zeros((1, len(times), 1))), times)


def holed(count):
    return np.where(np.arange(count) % 3 == 1, np.nan, 1.0)


TIMED = {
    "plots.series": lambda t: plots.series(Series("s", holed(len(t)), t, ("a",), ("",))),
    "plots.holes": lambda t: plots.holes(Series("s", holed(len(t)), t, ("a",), ("",))),
    "plots.fills": lambda t: plots.fills(t, np.ones(len(t)), np.isnan(holed(len(t))), {"a": np.ones(len(t))}),
    "plots.lines": lambda t: plots.lines(t, {"a": np.ones(len(t))}),
    "plots.forecast": lambda t: plots.forecast(t, np.ones(len(t)), {"a": np.ones(len(t))}, split=t[-2]),
    "plots.gates": gates_at,
}


@pytest.mark.parametrize("name", TIMED)
@examples(6)
@given(
    unit=st.sampled_from(["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns"]),
    year=st.integers(1700, 2200),
    step=st.integers(1, 60),
    count=st.integers(2, 90),
)
def test_dates_lie_where_they_belong_in_every_figure(name, unit, year, step, count):
    if unit in (
        "us",
        "ns",
    ):  # in 1700 places on an axis of days are a microsecond apart: less is refused
        step *= 1000 if unit == "us" else 10**6
    times = np.datetime64(f"{year}-01-01").astype(f"M8[{unit}]") + step * np.arange(count)
    with mpl.rc_context(RC):
        picture = TIMED[name](times)
        picture.figure.draw_without_rendering()
        box = picture.figure.get_tightbbox()
    ax = picture.figure.axes[0]
    first, last = mpl.dates.date2num(times[[0, -1]])
    left, right = ax.get_xlim()
    assert left <= first < last <= right and right - left < 2.2 * (last - first)
    assert box.width < 1.1 * WIDTH
    places = [x for line in ax.lines for x in line.get_xdata() if line.get_transform() == ax.transData]
    places += [text.xy[0] for text in ax.texts]
    assert all(first <= place <= last for place in places)
    assert any(label.get_text() for ax in picture.figure.axes for label in ax.get_xticklabels())


# --- names: shown letter by letter in every figure


def result(rung):
    shape = {"batch": 1, "time": 2, "input": 3, "hidden": 4}
    return {"rung": rung, "median": 1.0, "low": 0.5, "high": 2.0, "skipped": None, "model": "LSTM"} | shape


ONES, CALLS = np.ones(40), [speed.Call("aten::mm", 0.0, 1.0, "call")]
NAMED = {
    "plots.series channels": lambda n: plots.series(named(channels=(n, "Z"))),
    "plots.holes channels": lambda n: plots.holes(named(channels=(n, "Z"))),
    "plots.lines curves": lambda n: plots.lines(DATES, {n: ONES}),
    "plots.lines xlabel": lambda n: plots.lines(DATES, {"a": ONES}, xlabel=n),
    "plots.lines ylabel": lambda n: plots.lines(DATES, {"a": ONES}, ylabel=n),
    "plots.forecast forecasts": lambda n: plots.forecast(DATES, ONES, {n: ONES}),
    "plots.forecast ylabel": lambda n: plots.forecast(DATES, ONES, {"a": ONES}, ylabel=n),
    "plots.fills filled": lambda n: plots.fills(DATES, ONES, HOLES[:, 0], {n: ONES}),
    "plots.fills ylabel": lambda n: plots.fills(DATES, ONES, HOLES[:, 0], {"a": ONES}, n),
    "plots.alignment cause": lambda n: plots.alignment(np.eye(2), "ab", "cd", n),
    "plots.bars table": lambda n: plots.bars({n: [1.0, 2.0]}, "loss"),
    "plots.bars ylabel": lambda n: plots.bars({"a": [1.0, 2.0]}, n),
    "plots.gradient_norms norms": lambda n: plots.gradient_norms({n: [1.0, 0.0]}),
    "plots.loss_curves histories": lambda n: plots.loss_curves({n: history([2.0, 1.0], [3.0, 2.0])}),
    "plots.hidden_sizes ylabel": lambda n: plots.hidden_sizes(
        selection.Selection({2: [[1.0], [2.0]], 4: [[3.0], [4.0]]}, {2: 1, 4: 2}, {2: 0.1, 4: 0.2}), n
    ),
    "plots.ladder labels": lambda n: plots.ladder([result("loop")], {"loop": n}),
    "plots.scaling labels": lambda n: plots.scaling([result("loop")], "batch", {"loop": n}),
    "plots.roofline bandwidths": lambda n: plots.roofline(1e9, {n: 1e8}, {"a": (1, 1e6)}),
    "plots.roofline points": lambda n: plots.roofline(1e9, {"m": 1e8}, {n: (1, 1e6)}),
    "plots.trace traces": lambda n: plots.trace({n: CALLS}),
}


@pytest.mark.parametrize("name", NAMED)
@examples(6)
@given(given_name=st.one_of(st.text(r"ab_$^{}\\%&<#", min_size=1, max_size=8), st.integers(0, 9), st.just("a$^$b")))
def test_a_name_is_shown_letter_by_letter_in_every_figure(name, given_name):
    picture = NAMED[name](given_name)
    with mpl.rc_context(RC):
        picture.figure.draw_without_rendering()
    texts = [text for text in picture.figure.findobj(mpl.text.Text) if text.get_visible()]
    parsed = [text._preprocess_math(text.get_text()) for text in texts]
    shown = [letters.strip("\N{ZERO WIDTH SPACE}") for letters, is_math in parsed if is_math is False]
    assert any(str(given_name) in letters for letters in shown)
    if not name.endswith(" ylabel"):  # the unit, which not every text needs
        assert str(given_name) in picture.alt
