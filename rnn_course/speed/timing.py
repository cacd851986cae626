"""The one timer: calls in turn, so that a machine that is busy for a while is slow for all of them."""

import time

import numpy as np

from rnn_course import validate


def interleaved(calls, seconds=2.0, least=5, most=50, warmup=1, wait=None):
    """Seconds of every repeat of each call of `{name: callable}`, in turn: `{name: array}`.

    Each call is repeated for about `seconds`, at least `least` and at most `most` times, after `warmup` runs that do
    not count. The repeats of one lie spread evenly among those of the others, so that a machine that is busy for a
    while is slow for all; with as many repeats of each they are called in rounds, each in an order of its own, since
    what a call finds in the cache depends on the one before. wait(): returns when the device is done, None where calls
    return when they are done.
    """
    calls = {
        name: validate.function(f"calls[{name!r}]", call) for name, call in validate.mapping("calls", calls).items()
    }
    seconds, least = validate.positive("seconds", seconds), validate.positive_int("least", least)
    most, warmup = validate.positive_int("most", most), validate.positive_int("warmup", warmup, least=0)
    wait = (lambda: None) if wait is None else validate.function("wait", wait)

    def once(call):
        wait()
        start = time.perf_counter()
        call()
        wait()
        return time.perf_counter() - start

    for call in list(calls.values()) * (warmup - 1):
        call()
    first = {name: once(call) for name, call in calls.items()} if warmup else dict.fromkeys(calls, seconds)
    repeats = {name: int(np.clip(seconds / max(took, 1e-9), least, most)) for name, took in first.items()}
    order = np.random.default_rng(0)
    turns = [((k + 0.5) / count, order.random(), name) for name, count in repeats.items() for k in range(count)]
    times = {name: [] for name in calls}
    for *_, name in sorted(turns):
        times[name].append(once(calls[name]))
    return {name: np.array(values) for name, values in times.items()}


def spread(times):
    """Median and quartiles of repeats, as a record has them: `{"median", "low", "high", "repeats"}`."""
    times = validate.finite("times", validate.numbers("times", times))
    validate.shape("times", times, (None,), ("repeats",))
    low, median, high = (float(f"{value:.4g}") for value in np.quantile(times, (0.25, 0.5, 0.75)))
    return {"median": median, "low": low, "high": high, "repeats": len(times)}
