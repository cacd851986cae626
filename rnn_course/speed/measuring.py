"""Timing the ladder: checked first, then in turn, with medians and quartiles."""

import contextlib

import numpy as np
import torch

from rnn_course import validate
from rnn_course.speed.rungs import (
    DTYPES,
    RUNGS,
    check_device,
    check_shape,
    compare,
    obstacle,
    prepare,
    reference,
    tolerance,
)
from rnn_course.speed.timing import interleaved, spread

FAILED = "failed: "  # how a reason begins that is no property of the device


def work(shape, model="LSTM"):
    """Floating-point operations that the matrix products of one pass cannot do without.

    A multiplication and an addition for each weight at each step of each sequence forward, and twice that backward:
    6 · time · batch · gates · hidden · (input + hidden), where the LSTM has four gates and minGRU two and no hidden
    term. shape: (batch, time, input, hidden).
    """
    batch, steps, inputs, hidden = check_shape(shape)
    validate.one_of("model", model, ("LSTM", "minGRU"))
    gates, width = (4, inputs + hidden) if model == "LSTM" else (2, inputs)
    return 6 * steps * batch * gates * hidden * width


@contextlib.contextmanager
def conditions(device, threads, tf32):
    """One number of threads, and TF32 on or off for cuDNN and matrix products alike; as before afterwards."""
    before = torch.get_num_threads()
    flags = (torch.backends.cuda.matmul, torch.backends.cudnn)
    kept = [flag.allow_tf32 for flag in flags]
    torch.set_num_threads(threads)
    try:
        for flag in flags:
            flag.allow_tf32 = tf32
        yield torch.cuda.synchronize if device == "cuda" else None
    finally:
        torch.set_num_threads(before)
        for flag, value in zip(flags, kept, strict=True):
            flag.allow_tf32 = value


def measure(
    shapes,
    rungs=None,
    device="cpu",
    *,
    seconds=2.0,
    least=5,
    most=50,
    warmup=1,
    threads=1,
    tf32=False,
    seed=0,
    progress=None,
):
    """Check and time rungs at shapes; a list of results as `records` describes them.

    shapes: of (batch, time, input, hidden). rungs: names of `RUNGS`, all if None. seconds, least, most, warmup: as for
    `interleaved`. threads: of torch on the CPU (NumPy's are set by the environment). progress(result): called with
    each result. A rung that the device cannot run, that fails, or whose error is above its tolerance is not timed and
    says why. Raises ValueError for an unknown rung, shape or device.
    """
    shapes = [check_shape(shape) for shape in shapes]
    names = list(RUNGS) if rungs is None else [validate.one_of("rungs", name, tuple(RUNGS)) for name in rungs]
    check_device(device)
    validate.positive("seconds", seconds)
    least, most = validate.positive_int("least", least), validate.positive_int("most", most)
    warmup, threads = validate.positive_int("warmup", warmup), validate.positive_int("threads", threads)
    validate.one_of("tf32", tf32, (False, True))
    results = []
    with conditions(device, threads, tf32) as wait:
        for shape in shapes:
            ready, errors, reasons = {}, {}, {}
            for name in names:
                ready[name], errors[name], reasons[name] = _checked(name, shape, device, seed, tf32)
            calls = {name: one.run for name, one in ready.items() if reasons[name] is None}
            times = interleaved(calls, seconds, least, most, warmup, wait)
            for name in names:
                results.append(_result(name, shape, times.get(name), errors[name], reasons[name]))
                if progress:
                    progress(results[-1])
    return results


def _checked(name, shape, device, seed, tf32):
    """A rung ready to be timed, its error, and why it may not be timed, each None where it does not apply."""
    reason = obstacle(name, device)
    if reason:
        return None, None, reason
    wanted = reference(RUNGS[name].model, shape, seed, device)
    try:
        one = prepare(name, shape, device, seed)
        one.run()
        error = compare(one.arrays(), wanted)
    except Exception as problem:  # whatever a compiler or a driver raises: the others are still measured
        return None, None, f"{FAILED}{type(problem).__name__}: {(str(problem).splitlines() or [''])[0][:300]}"
    if error > tolerance(name, tf32):
        error = error if np.isfinite(error) else None
        return None, error, f"{FAILED}its error {error} is above the {tolerance(name, tf32):g} allowed"
    return one, error, None


def _result(name, shape, times, error, reason):
    nothing = {"median": None, "low": None, "high": None, "repeats": 0}
    return {
        "rung": name,
        "model": RUNGS[name].model,
        "dtype": RUNGS[name].dtype,
        **shape._asdict(),
        **(nothing if times is None else spread(times)),
        "error": None if error is None else float(f"{error:.3g}"),
        "skipped": reason,
    }


def limits(device="cpu", threads=1, tf32=False, seconds=0.3):
    """What the device does at most: `{"product": {dtype: FLOP/s}, "copy": bytes/s, "call": seconds}`.

    seconds: for each of them. product: a square product of large matrices; copy: bytes read and written by a copy too
    large for most caches; call: the least time of one small sum, begun and ended. A dtype in which no rung runs is left
    out.
    """
    check_device(device)
    size, bytes_copied = (1024, 2**27) if device == "cpu" else (8192, 2**30)
    found = {"product": {}}
    with conditions(device, threads, tf32) as wait:

        def least(call):
            return float(np.min(interleaved({"it": call}, seconds, 3, 2000, 2, wait)["it"]))

        for name in {rung.dtype: None for key, rung in RUNGS.items() if obstacle(key, device) is None}:
            square = torch.ones(size, size, device=device, dtype=DTYPES[name])
            found["product"][name] = float(f"{2 * size**3 / least(lambda s=square: s @ s):.4g}")
        source = torch.ones(bytes_copied // 4, device=device)
        target = torch.empty_like(source)
        found["copy"] = float(f"{2 * bytes_copied / least(lambda: target.copy_(source)):.4g}")
        one = torch.ones(1, device=device)
        found["call"] = float(f"{least(lambda: one + one):.4g}")
    return found
