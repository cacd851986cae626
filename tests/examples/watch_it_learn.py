"""What of watch it learn is looked at."""

CUT_OFF = [
    {},
    {"task": "own", "compare": True, "editing": "B"},
    {"task": "recall", "window": 50, "noise": 1.0},
    {"task": "co2", "cell": "gru", "hidden": 1, "compare": True},
]
CONTRAST = [{}, {"task": "own", "compare": True}]
LEAST = {"labels": 12, "texts": 50, "lines": 9}
