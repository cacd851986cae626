"""What of gradient through time is looked at, and how closely its numbers can be compared."""

CUT_OFF = [
    {},
    {"radius": 1.2, "nonlinearity": "identity"},
    {"radius": 3.0, "nonlinearity": "identity", "length": 200, "forget_bias": -3.0, "input_strength": 3.0},
    {"radius": 0.1, "length": 200, "forget_bias": -3.0, "input_strength": 3.0, "draw": 4},
    {"length": 5, "forget_bias": 6.0},
    {"radius": 0.1, "length": 200, "nonlinearity": "relu", "input_strength": 3.0, "draw": 1},
]
CONTRAST = [{"radius": 3.0, "input_strength": 3.0, "length": 200}]
TAB = [({}, 14)]
LEAST = {"labels": 10, "texts": 40, "lines": 7}
FLOOR = 1e-290  # norms of gradients are of any size
