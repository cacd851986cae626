"""The bug hunt: the right listing passes, each mistake is exposed by its own test, and a wrong test finds nothing."""

import numpy as np
import pytest
from verdicts import accepted, refused

from rnn_course.exercises import bug_hunt
from rnn_course.exercises.verdict import NOTHING_YET


def test_the_listing_that_is_right_is_right():
    Network = bug_hunt.build(bug_hunt.RIGHT)
    assert bug_hunt.still_wrong(Network) == []
    accepted(bug_hunt.mended(Network))
    accepted(bug_hunt.hunt(*bug_hunt.REFERENCE_TESTS))


@pytest.mark.parametrize("k", range(len(bug_hunt.MISTAKES)))
def test_each_mistake_is_in_the_listing_and_its_test_exposes_it(k):
    mistake, test = bug_hunt.MISTAKES[k], bug_hunt.REFERENCE_TESTS[k]
    assert bug_hunt.RIGHT.count(mistake.right) == 1
    Network = bug_hunt.build(bug_hunt.with_mistakes([mistake]))
    assert bug_hunt._fails(test, Network)
    assert mistake.sentence in bug_hunt.still_wrong(Network)
    refused(bug_hunt.mended(Network), "Still there, or something like it")
    flawed = bug_hunt.with_mistakes(bug_hunt.MISTAKES)
    assert mistake.right not in flawed and mistake.wrong in flawed


def test_a_test_that_is_wrong_or_empty_finds_nothing():
    def too_strict(Network):
        assert Network(3, 5, 2).forward(np.ones((4, 3))).shape == (4, 3)

    refused(bug_hunt.hunt(too_strict), "`too_strict` fails on a network that is right")
    refused(bug_hunt.hunt(...), NOTHING_YET)
    refused(bug_hunt.mended(...), NOTHING_YET)
    refused(bug_hunt.hunt(lambda Network: None), "Your tests expose 0 of 12 mistakes, 12 are still hidden.")
    refused(bug_hunt.hunt("forward"), "hunt wants functions that take the class Network")
    refused(bug_hunt.hunt(bug_hunt.check_activation), "Your tests expose")
