"""What the chapter "Background" calls is there, and is kind to stubs and to functions that raise."""

import pytest
from verdicts import refused

from rnn_course.exercises import background, counts, scaling, windows
from rnn_course.exercises.verdict import NOTHING_YET

CHECKS = {name: getattr(background, name) for name in background.__all__}


def test_the_chapter_finds_all_its_checks_in_one_place():
    assert CHECKS == {
        "windows": windows.windows,
        "seasonal_naive": windows.seasonal_naive,
        "scaling": scaling.scaling,
        "mlp_parameters": counts.mlp_parameters,
        "rnn_parameters": counts.rnn_parameters,
    }


@pytest.mark.parametrize("name", CHECKS)
def test_a_stub_is_nothing_to_check(name):
    for stub in (..., None, lambda *arguments: ..., lambda *arguments: None):
        assert CHECKS[name](stub).message == NOTHING_YET


@pytest.mark.parametrize("name", CHECKS)
def test_a_function_that_raises_is_reported(name):
    def broken(*arguments):
        raise KeyError("nine")

    refused(CHECKS[name](broken), "KeyError: 'nine'")


def test_a_verdict_does_not_depend_on_what_was_checked_before():
    first = repr(background.windows(lambda values, length, horizon: (values, values)))
    background.scaling(lambda values, cut: (values[:cut], values[cut:]))
    assert repr(background.windows(lambda values, length, horizon: (values, values))) == first
