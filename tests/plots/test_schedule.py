"""The diagram of what waits for what."""

import re

import numpy as np
import pytest
from figures import overlaps, texts

from rnn_course import plots
from rnn_course.scan import scan


@pytest.mark.parametrize(("size", "moments"), [(2, 4), (3, 7), (4, 10)])
def test_the_dependency_chain_shows_every_step_once_as_the_scan_walks(size, moments):
    picture = plots.dependency_chain(size)
    assert f"By a loop each step waits for the one before: {size * size} moments" in picture.alt
    counted, time = [], size * size
    a, b = np.ones((time, 1)), np.ones((time, 1))
    scan(a, b, np.zeros(1), np.empty_like(b), multiply_add=lambda *arrays: counted.append(1))
    assert len(counted) == moments  # what scan.scan does one after another
    assert f"{moments} moments in all" in picture.alt and not overlaps(picture, texts(picture))
    places = {}
    for text in texts(picture):
        if re.fullmatch(r"\d+", text.get_text()):
            x, y = text.get_position()
            places.setdefault(int(text.get_text()), []).append((round(x, 3), round(y, 3)))
    assert sorted(places) == list(range(1, time + 1))
    starts = {block * size + 1 for block in range(size)}
    assert all(len(found) == (2 if step in starts else 3) for step, found in places.items())
    loop = [max(found, key=lambda place: place[1]) for _, found in sorted(places.items())]
    assert len({y for _, y in loop}) == 1 and [x for x, _ in loop] == sorted(x for x, _ in loop)
