"""Timing the ladder: checked first, then in turn, with medians and quartiles."""

import contextlib

import numpy as np
import torch

from rnn_course import devices, validate
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
OUT_OF_MEMORY = "out of memory: "  # and one that is of its memory, and of what else lies in it
IN_A_ROW = 1000  # calls that are waited for once, at the end


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
        yield devices.waiter(device)
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
    each result. A rung that the device cannot run, that fails or finds too little memory, or whose error is above its
    tolerance has no time and says why; the others go on. Raises ValueError for an unknown rung, shape or device.
    """
    shapes = [check_shape(shape) for shape in validate.listed("shapes", shapes)]
    names = (
        list(RUNGS)
        if rungs is None
        else [validate.one_of("rungs", name, tuple(RUNGS)) for name in validate.listed("rungs", rungs)]
    )
    check_device(device)
    seed = validate.positive_int("seed", seed, least=0, most=None)
    if progress is not None:
        validate.function("progress", progress)
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
            calls = {name: _guarded(name, ready, reasons, device) for name, one in ready.items() if one}
            try:
                times = interleaved(calls, seconds, least, most, warmup, wait)
            except Exception as problem:  # of the device as it is waited for: what was measured before is kept
                reasons |= {name: reasons[name] or _reason(problem) for name in calls}
            for name in names:
                times_of = None if reasons[name] else times[name]
                results.append(_result(name, shape, times_of, errors[name], reasons[name], ready[name]))
                if progress:
                    progress(results[-1])
            ready.clear()
            devices.release(device)
    return results


def _checked(name, shape, device, seed, tf32):
    """A rung ready to be timed, its error, and why it may not be timed, each None where it does not apply."""
    reason = obstacle(name, device)
    if reason:
        return None, None, reason
    one = None
    try:
        wanted = _wanted(RUNGS[name].model, shape, seed, device)
        one = prepare(name, shape, device, seed)
        one.run()
        error = compare(one.arrays(), wanted)
    except Exception as problem:  # whatever a compiler or a driver raises: the others are still measured
        reason = _reason(problem)
    if reason:
        del one  # with what it holds, before the next is prepared
        devices.release(device)
        return None, None, reason
    if error > tolerance(name, tf32):
        error = error if np.isfinite(error) else None
        return None, error, f"{FAILED}its error {error} is above the {tolerance(name, tf32):g} allowed"
    return one, error, None


def _wanted(model, shape, seed, device):
    """The reference, worked out on the CPU where the device has too little memory for it."""
    try:
        return reference(model, shape, seed, device)
    except Exception as problem:
        if device == "cpu" or not _is_memory(problem):
            raise
    devices.release(device)
    return reference(model, shape, seed, "cpu")


def _guarded(name, ready, reasons, device):
    """A rung's run as a call that never raises: what fails leaves its reason, gives its memory back and rests."""

    def call():
        if ready[name] is None:
            return
        try:
            ready[name].run()
        except Exception as problem:
            reasons[name] = _reason(problem)
            ready[name] = None
        if reasons[name]:
            devices.release(device)  # here, where the error no longer holds the frames that it came through

    return call


def _reason(problem):
    """Why a rung has no time, in one line."""
    said = (str(problem).splitlines() or [""])[0][:300]
    return f"{OUT_OF_MEMORY if _is_memory(problem) else FAILED}{type(problem).__name__}: {said}"


def _is_memory(problem):
    """Whether memory ran out: torch has an error for it on CUDA, and on other devices and in libraries words alone."""
    if isinstance(problem, MemoryError | torch.cuda.OutOfMemoryError):
        return True
    words = ("out of memory", "can't allocate memory", "not enough memory", "_ALLOC_FAILED")
    return isinstance(problem, RuntimeError) and any(word in str(problem) for word in words)


def _result(name, shape, times, error, reason, one):
    nothing = {"median": None, "low": None, "high": None, "repeats": 0}
    return {
        "rung": name,
        "model": RUNGS[name].model,
        "dtype": RUNGS[name].dtype,
        **shape._asdict(),
        **(nothing if times is None else spread(times)),
        "error": None if error is None else float(f"{error:.3g}"),
        "skipped": reason,
    } | ({} if times is None or not RUNGS[name].compiled else {"recompiles": one.recompiles, "first": one.first})


def limits(device="cpu", threads=1, tf32=False, seconds=0.3):
    """What the device does at most: `{"product": {dtype: FLOP/s}, "copy": bytes/s, "call": s, "launch": s}`.

    seconds: for each of them. product: a square product of large matrices of random numbers (of ones it draws less
    power, and may run at a clock that no program reaches); copy: bytes read and written by a copy too large for most
    caches; call: the least time of one small sum, begun and waited for; launch: that of one of many begun in a row and
    waited for once, which is what a loop of many calls pays for each. A dtype in which no rung runs is left out.
    """
    check_device(device)
    threads, tf32 = validate.positive_int("threads", threads), validate.flag("tf32", tf32)
    seconds = validate.positive("seconds", seconds)
    size, bytes_copied = {"cpu": (1024, 2**27), "mps": (4096, 2**28), "cuda": (8192, 2**30)}[device]
    found = {"product": {}}
    with conditions(device, threads, tf32) as wait:

        def least(call):
            return float(np.min(interleaved({"it": call}, seconds, 3, 2000, 2, wait)["it"]))

        for name in {rung.dtype: None for key, rung in RUNGS.items() if obstacle(key, device) is None}:
            square = torch.randn(size, size, device=device).to(DTYPES[name])
            found["product"][name] = float(f"{2 * size**3 / least(lambda s=square: s @ s):.4g}")
        source = torch.randn(bytes_copied // 4, device=device)
        target = torch.empty_like(source)
        found["copy"] = float(f"{2 * bytes_copied / least(lambda: target.copy_(source)):.4g}")
        one = torch.randn(1, device=device)
        found["call"] = float(f"{least(lambda: one + one):.4g}")
        found["launch"] = float(f"{least(lambda: [one + one for _ in range(IN_A_ROW)]) / IN_A_ROW:.4g}")
    return found
