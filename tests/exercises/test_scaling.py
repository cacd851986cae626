"""Scaling without a leak: answers as learners write them, right and wrong, none of them in the reference's code."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from verdicts import accepted, refused

from rnn_course import data
from rnn_course.exercises.scaling import SCALING, scaling


def by_sklearn(values, cut, kind=StandardScaler):
    scaler = kind().fit(values[:cut])
    return scaler.transform(values[:cut]), scaler.transform(values[cut:])


def by_hand(values, cut, eps=0.0):
    train, test = np.split(values, [cut])
    mean = sum(train) / len(train)
    spread = np.sqrt(sum((row - mean) ** 2 for row in train) / len(train)) + eps
    return (train - mean) / spread, (test - mean) / spread


def whole_then_cut(values, cut):
    mean, scale = values[:cut].mean(0), values[:cut].std(0)
    scaled = (values - mean) / scale
    return scaled[:cut], scaled[cut:]


def by_library(values, cut):
    scaler = data.Scaler().fit(values[:cut])
    return scaler.transform(values[:cut]), scaler.transform(values[cut:])


def by_torch(values, cut):
    train = torch.tensor(values[:cut])
    std, mean = torch.std_mean(train, dim=0, correction=0)
    return (train - mean) / std, (torch.tensor(values[cut:]) - mean) / std


def by_channel(values, cut):
    out = np.zeros_like(values)
    for k in range(values.shape[1]):
        out[:, k] = (values[:, k] - np.mean(values[:cut, k])) / np.std(values[:cut, k])
    return [out[:cut], out[cut:]]


def in_place(values, cut):
    mean, scale = values[:cut].mean(0), values[:cut].std(0)
    values -= mean
    values /= scale
    return values[:cut], values[cut:]


@pytest.mark.parametrize(
    "answer",
    [by_sklearn, by_hand, lambda *a: by_hand(*a, eps=1e-8), whole_then_cut, by_library, by_torch, by_channel, in_place],
)
def test_scaling_of_another_making_passes(answer):
    accepted(scaling(answer))


def test_who_writes_into_the_series_is_told():
    assert "Your function writes into values" in scaling(in_place).message


def leaky(values, cut):
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    return scaled[:cut], scaled[cut:]


def scaled_twice(values, cut):
    values[:cut] = (values[:cut] - values[:cut].mean(0)) / values[:cut].std(0)
    values[cut:] = (values[cut:] - values[:cut].mean(0)) / values[:cut].std(0)
    return values[:cut], values[cut:]


def by_pandas(values, cut):
    train, test = pd.DataFrame(values[:cut]), pd.DataFrame(values[cut:])
    return ((train - train.mean()) / train.std()).values, ((test - train.mean()) / train.std()).values


def fitted_twice(values, cut):
    return StandardScaler().fit_transform(values[:cut]), StandardScaler().fit_transform(values[cut:])


def over_channels(values, cut):
    scaled = (values - values.mean(1, keepdims=True)) / values.std(1, keepdims=True)
    return scaled[:cut], scaled[cut:]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (leaky, "This is still the leak: mean and spread come from the whole series, so"),
        (
            lambda v, cut: ((v - v.mean()) / v.std())[:cut],
            "returned one array of shape (13, 2), 2 results are wanted: train, test.",
        ),
        (scaled_twice, "You scale the training part and leave the test part as it was, or"),
        (by_pandas, "Your spread divides by n − 1 (ddof=1)"),
        (fitted_twice, "You scale the test part by its own mean and spread."),
        (over_channels, "You take mean and spread over the channels, at each step (axis=1)."),
        (lambda *a: by_sklearn(*a, MinMaxScaler), "You scale to the range from 0 to 1 (min–max)."),
        (lambda *a: by_sklearn(*a)[::-1], "`train` and `test` have changed places."),
        (lambda v, cut: whole_then_cut(v, cut + 1), "Your training part is one step too long"),
        (lambda v, cut: (whole_then_cut(v, cut)[0], whole_then_cut(v, cut)[1][1:]), "without its first entry"),
        (lambda *a: by_hand(*a, eps=1e-6), "or had a small number added to it"),
        (lambda *a: [part.round(3) for part in by_hand(*a)], "rounded to 3 digits behind the point"),
        (lambda v, cut: (v[:cut] - v[:cut].mean(1)) / v[:cut].std(1), "take them along axis=0."),
        (lambda v, cut: [p - v[:cut].mean(0) / v[:cut].std(0) for p in np.split(v, [cut])], "Only the mean is divided"),
        (lambda v, cut: [(p - p.mean(0)) / p.std(0, ddof=1) for p in np.split(v, [cut])], "Two things are wrong."),
        (
            lambda v, cut: (v[:cut] - v[:cut].mean(0), whole_then_cut(v, cut)[1]),
            "You only subtract the mean. Divide by the training part's standard deviation too. That is so of `train`",
        ),
        (lambda v, cut: (v[:cut], v[cut:]), "Nothing is scaled: both parts are as they were."),
        (lambda v, cut: ((v[:cut] - v.mean(0)) / v[:cut].std(0), (v[cut:] - v.mean(0)) / v[:cut].std(0)), "Half of"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_scaling_that_is_wrong_is_told_why(answer, sentence):
    refused(scaling(answer), sentence)


def test_cases_hold_a_single_channel_and_spreads_that_forgive_the_usual_epsilon():
    assert {values.shape[1] for values, _ in SCALING.cases} == {1, 2, 3}
    assert min(values[:cut].std(0).min() for values, cut in SCALING.cases) > 20
