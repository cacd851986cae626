"""The speed ladder at one shape: nn.LSTM, and the loops by which it is explained, in float32."""

from benchmarks.harness import Row
from rnn_course import speed

SHAPE = speed.Shape(16, 256, 64, 64)
GOALS = {  # (quicker, slower): how many times as fast
    ("cell_loop", "tutorial"): 1.0,
    ("fused_loop", "cell_loop"): 1.0,
    ("compiled_loop", "fused_loop"): 1.0,
    ("nn_lstm", "fused_loop"): 2.0,
    ("nn_lstm", "nn_lstm_f64"): 2.0,
}
SECONDS = 2


def rows():
    """Measure every claim of `GOALS` whose rungs run here."""
    names = [name for name in speed.RUNGS if any(name in pair for pair in GOALS)]
    results = {result["rung"]: result for result in speed.measure([SHAPE], names, seconds=SECONDS)}
    found = []
    for (quick, slow), goal in GOALS.items():
        a, b = results[quick]["median"], results[slow]["median"]
        if a and b:
            claim = f"ladder: {speed.RUNGS[quick].label} to {speed.RUNGS[slow].label}"
            found.append(Row(claim, b / a, goal, f"{1e3 * a:.2f} ms to {1e3 * b:.2f} ms"))
    return found


def notes():
    """Which rungs do not run here, and why."""
    reasons = {name: speed.obstacle(name) for name in speed.RUNGS}
    return [f"ladder: {speed.RUNGS[name].label}: {reason}" for name, reason in reasons.items() if reason]
