"""The speed ladder at one shape: what each rung gains over the one below it, forward and backward."""

from benchmarks.harness import Row
from rnn_course import speed

SHAPE = speed.Shape(16, 256, 128, 128)
GOALS = {  # (quicker, slower): how many times as fast
    ("numpy_cell", "tutorial"): 3.0,
    ("fused_loop", "cell_loop"): 1.05,
    ("compiled_loop", "fused_loop"): 1.2,
    ("nn_lstm", "compiled_loop"): 1.9,
    ("nn_lstm", "nn_lstm_f64"): 4.0,
    ("mingru_scan", "nn_lstm"): 2.0,  # 2.7 on one AMD EPYC, 1.7 on a newer one
}
SECONDS = 1


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
