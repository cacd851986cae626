"""What the tests of the ladder share: a small shape, a quick measurement, and a record of it."""

from rnn_course import speed

SHAPE = speed.Shape(3, 21, 4, 5)

QUICK = {"seconds": 0.01, "least": 2, "most": 3}

LIMITS = {"product": {"float32": 1e9}, "copy": 1e9, "call": 1e-6}

SETTINGS = {"threads": 1}


def record_of(results, **changed):
    made = speed.make_record(results, LIMITS, command="test", device="cpu", settings=SETTINGS)
    return made | changed
