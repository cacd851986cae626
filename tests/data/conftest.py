"""What the tests of windows and of baselines share."""

import numpy as np
import pytest


@pytest.fixture
def values():
    return np.random.default_rng(7).normal(3.0, 2.0, size=(40, 2))
