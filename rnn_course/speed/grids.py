"""The sizes at which a record measures every rung: (batch, time, input, hidden), the input as wide as the state."""

GRIDS = {  # those that a device has time for
    "cpu": [
        (b, t, h, h) for h in (32, 128, 256) for t in (64, 256, 1024) for b in (1, 16, 64) if b * t * h * h <= 2.8e8
    ],
    "cuda": [
        (b, t, h, h)
        for h in (64, 256, 512)
        for t in (64, 512, 4096)
        for b in (1, 16, 64, 256)
        if b * t * h <= 64 * 512 * 512 and (t < 4096 or h == 64)
    ],
    "mps": [(b, t, h, h) for h in (64, 256) for t in (64, 512) for b in (1, 16, 64, 256)],
}
SMOKE = [(3, 21, 4, 5)]  # only for correctness, so that all sizes differ
