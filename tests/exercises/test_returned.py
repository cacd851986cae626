"""What an answer may be made of, and what is refused with a sentence."""

from decimal import Decimal
from fractions import Fraction

import hypothesis
import hypothesis.extra.numpy as arrays
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import strategies as st

from rnn_course.exercises.returned import Unusable, numbers_of, parts_of, unwritten

KINDS = [np.bool_, np.int8, np.uint8, np.uint16, np.int64, np.uint64, np.float16, np.float32, np.float64]


@hypothesis.settings(deadline=None, max_examples=40)
@hypothesis.given(st.data())
def test_real_numbers_of_every_type_keep_their_values(data):
    dtype = np.dtype(data.draw(st.sampled_from(KINDS))).newbyteorder(data.draw(st.sampled_from("<>")))
    shape = data.draw(arrays.array_shapes(min_dims=0, max_dims=3, max_side=3))
    numbers = arrays.from_dtype(dtype.newbyteorder("="), allow_nan=True)
    array = data.draw(arrays.arrays(dtype.newbyteorder("="), shape, elements=numbers)).astype(dtype)
    got = numbers_of(array)
    assert got.dtype == (np.float32 if dtype.kind == "f" and dtype.itemsize <= 4 else np.float64)
    assert got.dtype.isnative and got.shape == shape
    assert np.array_equal(got, array.astype(np.float64).astype(got.dtype), equal_nan=True)
    assert not np.shares_memory(got, array)
    assert np.array_equal(numbers_of(array.tolist()), array.astype(np.float64), equal_nan=True)


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64, torch.bool]
)
def test_tensors_of_every_type_come_off_the_graph(dtype):
    tensor = torch.tensor([[1.0, 0.0], [2.5, -3.0]]).to(dtype)
    tensor.requires_grad_(dtype.is_floating_point)
    got = numbers_of(tensor)
    assert np.array_equal(got, tensor.detach().double().numpy())
    assert got.dtype == (np.float32 if dtype in (torch.float16, torch.bfloat16, torch.float32) else np.float64)
    assert np.array_equal(numbers_of([tensor[0], tensor[1]]), got)
    assert np.array_equal(numbers_of(tensor.T), got.T)


@hypothesis.settings(deadline=None, max_examples=40)
@hypothesis.given(st.data())
def test_masked_arrays_are_refused_wherever_they_stand(data):
    """Whether a number is hidden or none; alone, in lists, as one of the results, as an entry."""
    shape = data.draw(arrays.array_shapes(max_dims=2, max_side=3))
    mask = data.draw(arrays.arrays(bool, shape))
    masked = np.ma.array(np.ones(shape, data.draw(st.sampled_from(KINDS))), mask=mask)
    place = data.draw(st.sampled_from([lambda m: m, lambda m: [m], lambda m: (np.ones(shape), m), lambda m: [[m, m]]]))
    with pytest.raises(Unusable, match="is a masked array, which hides some of its numbers"):
        numbers_of(place(masked))
    with pytest.raises(Unusable, match="is a masked array"):
        parts_of((np.ones(shape), place(masked)), ("h_t", "C_t"))
    with pytest.raises(Unusable, match="is a masked array"):
        numbers_of([1.0, np.ma.masked])


def test_other_forms_of_numbers():
    assert numbers_of(3) == 3 and numbers_of(True) == 1 and numbers_of(np.float32(0.5)).dtype == np.float32
    assert numbers_of([[1, 2], (3, 4)]).tolist() == [[1, 2], [3, 4]]
    assert numbers_of(range(3)).tolist() == [0, 1, 2]
    assert numbers_of(pd.Series([1.5, 2.5])).tolist() == [1.5, 2.5]
    assert numbers_of(pd.DataFrame({"a": [1], "b": [2]})).tolist() == [[1, 2]]
    assert numbers_of(np.broadcast_to(2.0, (2, 2))).flags.writeable


def test_exact_numbers_are_numbers():
    for exact in (Fraction(1, 8), Decimal("0.125")):
        assert numbers_of(exact) == 0.125 and numbers_of(exact).dtype == np.float64
        assert numbers_of([[exact, 2], [3, exact]]).tolist() == [[0.125, 2], [3, 0.125]]
    assert np.isnan(numbers_of(Decimal("nan")))


REFUSED = {
    "is complex": np.ones(2) * 1j,
    "is a masked array": np.ma.masked_invalid([1.0, np.nan]),
    "is a ndarray of dtype object": np.array([1.0, None]),
    "is a list whose rows differ in shape": [[1.0, 2.0], [3.0]],
    "is a str of dtype": "0.5",
    "is a list of dtype": ["a", "b"],
    "is a ndarray of dtype datetime64": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "is a generator of dtype object": (n for n in range(3)),
    "is a function of dtype object": abs,
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_is_no_real_number_is_refused(sentence):
    value = REFUSED[sentence]
    words = sentence.replace("is a function", f"is a {type(abs).__name__}")
    with pytest.raises(Unusable, match=f"^`h_t` {words}"):
        numbers_of(value, "`h_t`")


@pytest.mark.parametrize("tensor", [torch.ones(2, dtype=torch.complex64), torch.ones(2, dtype=torch.complex64).conj()])
def test_complex_tensors_are_refused(tensor):
    with pytest.raises(Unusable, match="is complex"):
        numbers_of(tensor)


@pytest.mark.parametrize("tensor", [torch.eye(2).to_sparse(), torch.ones(2, device="meta")])
def test_tensors_without_numbers_to_read_are_refused(tensor):
    with pytest.raises(Unusable, match=r"^Your answer is a Tensor that cannot be read as an array"):
        numbers_of(tensor)


TWO, h, C = ("h_t", "C_t"), np.ones((2, 3)), np.zeros((2, 3))


@pytest.mark.parametrize(
    "value", [(h, C), [h, C], np.stack([h, C]), torch.tensor(np.stack([h, C])), {"C_t": C, "h_t": h}, (h.tolist(), C)]
)
def test_several_results_in_any_form(value):
    got = parts_of(value, TWO)
    assert list(got) == list(TWO) and np.array_equal(got["h_t"], h) and np.array_equal(got["C_t"], C)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ((h, C, C), "3 results, 2 are wanted: h_t, C_t."),
        ((h,), "1 results, 2 are wanted: h_t, C_t."),
        (np.ones((4, 3)), r"one array of shape \(4, 3\), 2 results are wanted: h_t, C_t."),
        (1.5, "a float, 2 results are wanted: h_t, C_t."),
        ({"h": h, "C": C}, "a dict with the keys h, C, wanted are h_t, C_t."),
        ({}, "a dict with the keys none, wanted are h_t, C_t."),
        (({"h_t": h, "C_t": C}, 3.0), "a dict among other things, it alone is wanted, with the keys h_t, C_t."),
        (np.ma.ones((2, 3)), "is a masked array"),
        ((h, C * 1j), "`C_t` is complex"),
    ],
)
def test_results_that_are_too_many_too_few_or_others(value, sentence):
    with pytest.raises(Unusable, match=sentence):
        parts_of(value, TWO)


@pytest.mark.parametrize("value", [(h, C), [h, C], np.stack([h, C]), torch.ones(2, 3)])
def test_a_dict_may_be_all_that_is_wanted(value):
    with pytest.raises(Unusable, match=rf"returned a {type(value).__name__}, a dict with the keys h_t, C_t is wanted"):
        parts_of(value, TWO, keyed=True)
    assert list(parts_of({"C_t": C, "h_t": h}, TWO, keyed=True)) == list(TWO)
    with pytest.raises(Unusable, match="a dict among other things"):
        parts_of(({"C_t": C, "h_t": h}, 1.0), TWO, keyed=True)


def test_one_result_is_not_taken_apart():
    assert parts_of([[1, 2], [3, 4]], ("",))[""].shape == (2, 2)
    with pytest.raises(Unusable, match=r"^What your function returned is a dict of dtype object"):
        parts_of({"h_t": h}, ("",))


@pytest.mark.parametrize(
    "stub", [..., None, (..., ...), (h, ...), [None], {"z": ..., "n": h}, ({"z": ...}, (...,), {})]
)
def test_stubs_are_unwritten(stub):
    assert unwritten(stub)


@pytest.mark.parametrize("value", [h, 0, 0.0, "", [], {}, (h, C), [h, {"z": C}], False, torch.ones(2), abs])
def test_what_was_written_is_no_stub(value):
    assert not unwritten(value)
