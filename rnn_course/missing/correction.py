"""The course's own network for gaps: a bidirectional LSTM that corrects straight lines."""

import numpy as np
import torch
from torch import nn

from rnn_course import seeds, validate
from rnn_course.epoch import run_epoch
from rnn_course.missing.base import since_seen
from rnn_course.missing.fills import interpolate
from rnn_course.missing.networks import NetworkFill

LAG = 6  # steps: long enough that a change is more than the instrument's rounding
HELD = 8  # one part in so many is held back
SHIFTS, WINDOWS = 16, 48  # so often, at most, gaps are laid over what is held back, until so many windows have some
ENOUGH = 100  # values to tell two networks apart
NOISE = 2  # standard errors by which the network must be better than the line


class CorrectionNet(nn.Module):
    """A bidirectional LSTM that reads interpolations, mask and gaps, and gives a correction and its scale."""

    def __init__(self, inputs, hidden, features):
        super().__init__()
        self.rnn = nn.LSTM(inputs, hidden, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(2 * hidden + inputs, 2 * features)
        nn.init.zeros_(self.head.weight)
        nn.init.constant_(self.head.bias, -1.5)
        with torch.no_grad():
            self.head.bias[:features] = 0

    def forward(self, inputs):
        """Correction and log of its scale, each (batch, time, feature)."""
        h, _ = self.rnn(inputs)
        return self.head(torch.cat([self.dropout(h), inputs], -1)).chunk(2, -1)


class CorrectedLine(NetworkFill):
    """The course's own: starts from interpolation and corrects it, with its neighbours and both directions of time.

    Before the LSTM reads a series, every gap is filled by a straight line, and a second time along the channels most
    alike: the line runs through x_c − β x_p, and β x_p is added again (a bridge). It is trained on values taken from
    what it was given, anew each pass: some anywhere, and in most stretches what is missing at another time of the
    series, so that the gaps it learns on are like those it will meet. The loss is the absolute error of the correction,
    and the likelihood of its Laplace scale, from which `draws` draws.

    The last eighth is held back: no error is counted there in training, and after each epoch the network is tried on
    gaps laid over it. It ends as it was when it was best there, or as the line if it was never better by twice the
    noise, so that more training does no harm; `kept` is that epoch, 0 for the line. Where an instrument gives few
    different values, as wind in whole knots, the fill is the nearest of those seen: that is where the median lies.
    """

    def __init__(self, *, partners=2, hidden=96, batch_size=16, learning_rate=4e-3, **options):
        super().__init__(hidden=hidden, batch_size=batch_size, learning_rate=learning_rate, **options)
        self.partners = validate.positive_int("partners", partners)

    def _find_partners(self, z):
        """The channels most alike each channel, and the slopes β, from changes over `LAG` steps."""
        change = (z[:, LAG:] - z[:, :-LAG]).reshape(-1, z.shape[2])
        both = (~np.isnan(change)).astype(float)
        change = np.nan_to_num(np.clip(change, -4, 4))  # a spike shall not decide
        product, power = change.T @ change, (change**2).T @ both  # each over the steps where both were seen
        slopes = product / (power.T + 1e-9)
        alike = np.abs(product) / np.sqrt(power * power.T + 1e-9)
        np.fill_diagonal(alike, -1)
        best = alike.argsort(axis=1)[:, ::-1][:, : min(self.partners, z.shape[2] - 1)]
        self.pairs = [(c, int(p), slopes[c, p]) for c in range(z.shape[2]) for p in best[c]]

    def _inputs(self, z):
        """Lines (batch, time, feature) and what the LSTM reads (batch, time, inputs), of scaled values."""
        mask, line = ~np.isnan(z), np.nan_to_num(interpolate(z))
        bridges = np.empty((*z.shape[:2], len(self.pairs)))
        for k, (c, p, slope) in enumerate(self.pairs):
            rest = np.nan_to_num(interpolate((z[..., c] - slope * z[..., p])[..., None])[..., 0])
            bridge = np.where(mask[..., p], rest + slope * z[..., p], line[..., c])
            bridges[..., k] = np.where(mask[..., c], 0, bridge - line[..., c])
        gaps = [np.log1p(since_seen(mask) * ~mask), np.log1p(since_seen(mask[:, ::-1])[:, ::-1] * ~mask)]
        hour = 2 * np.pi * (np.arange(z.shape[1]) % 24) / 24
        clock = np.broadcast_to(np.stack([np.sin(hour), np.cos(hour)], 1), (*z.shape[:2], 2))
        return line, np.concatenate([line, bridges, mask, *gaps, clock], axis=-1)

    def _removed(self, seen, rng):
        """Which seen values to take away: some anywhere, and in most stretches what is missing at another time."""
        length = seen.shape[1]
        shifted = np.roll(~seen, rng.integers(1, length), axis=1)
        stretch = rng.random((len(seen), -(-length // self.window))) < 0.6
        stretch = np.repeat(stretch, self.window, axis=1)[:, :length, None]
        return seen & (stretch & shifted | (rng.random(seen.shape) < 0.15))

    def train(self, x):
        """Train on removals drawn anew each pass, with a cosine learning rate."""
        z, rng = self.scaled(x), seeds.default_rng(self.seed)
        seen = ~np.isnan(z)
        self._find_partners(z)
        self.levels = [_levels(x[..., k]) for k in range(x.shape[2])]
        inputs = self._inputs(z[:1, : self.window])[1].shape[-1]
        self.net = CorrectionNet(inputs, self.hidden, x.shape[2])
        held = self._held_back(seen)
        trial = self._trial(z, held, rng)
        line, most, self.kept, best = self._errors(trial), 0.0, 0, self._weights()
        optimiser = torch.optim.AdamW(self.net.parameters(), lr=self.learning_rate, weight_decay=1e-2)
        for epoch, spent in enumerate(self.passes(), start=1):
            for group in optimiser.param_groups:
                group["lr"] = self.rate(spent)
            batches = self._batches(z, self._removed(seen, rng), held, rng)
            run_epoch(self.net, batches, self._loss, optimiser, clip=1.0, epoch=epoch)
            gain = line - self._errors(trial)
            if gain.sum() > max(most, NOISE * gain.std() * len(gain) ** 0.5):
                most, self.kept, best = gain.sum(), epoch, self._weights()
        self.net.load_state_dict(best)

    def _weights(self):
        return {name: value.clone() for name, value in self.net.state_dict().items()}

    def _held_back(self, seen):
        """The seen values of the last eighth of `(batch, time, feature)`: of its windows, or of its steps."""
        series, length, _ = seen.shape
        size = self.window if series * (length // self.window) >= HELD else max(1, length // HELD)
        stretch = np.arange(length) // size + length * np.arange(series)[:, None]
        known = np.unique(stretch[seen.any(axis=2)])  # where nothing was seen nothing can be tried
        held = known[-max(1, len(known) // HELD) :]
        return np.isin(stretch, held)[..., None] & seen

    def _trial(self, z, held, rng):
        """What the net reads where gaps like those of the series, or any if it has few, lie over what is held back."""
        seen, parts = ~np.isnan(z), []
        shifted = [np.roll(~seen, shift, axis=1) for shift in rng.integers(1, z.shape[1], SHIFTS)]
        if sum(int((held & gaps).sum()) for gaps in shifted) < ENOUGH:
            anywhere = rng.integers(SHIFTS, size=z.shape)
            shifted = [gaps | (anywhere == k) for k, gaps in enumerate(shifted)]
        starts = self.starts(z.shape[1], self.window)
        for gaps in shifted:
            if len(parts) >= WINDOWS:
                break
            line, inputs = self._inputs(np.where(gaps, np.nan, z))
            arrays = inputs, np.nan_to_num(z - line), held & gaps
            windows = ([a[b, s : s + self.window] for a in arrays] for b in range(len(z)) for s in starts)
            parts += [window for window in windows if window[2].any()]
        inputs, wanted, counts = (
            torch.tensor(np.stack(part), dtype=torch.float32) for part in zip(*parts, strict=True)
        )
        return inputs, wanted, counts * torch.tensor(self.inside(), dtype=torch.float32)

    @torch.no_grad()
    def _errors(self, trial):
        """The absolute errors of a trial, summed over each window, (windows,)."""
        inputs, wanted, counts = trial
        self.net.eval()
        return ((self.net(inputs)[0] - wanted).abs() * counts).sum((1, 2)).double().numpy()

    def _batches(self, z, removed, held, rng):
        """Yield windows in random order: what the net reads, the correction wanted, and where it counts."""
        line, inputs = self._inputs(np.where(removed, np.nan, z))
        offset = rng.integers(min(self.window, z.shape[1] - self.window + 1))
        starts = [(b, s) for b in range(len(z)) for s in range(offset, z.shape[1] - self.window + 1, self.window)]
        starts = rng.permutation(np.array(starts))
        arrays = inputs, np.nan_to_num(z - line), removed & ~held
        for part in np.array_split(starts, -(-len(starts) // self.batch_size)):
            windows = (np.stack([a[b, s : s + self.window] for b, s in part]) for a in arrays)
            yield [torch.tensor(window, dtype=torch.float32) for window in windows]

    def _loss(self, batch):
        """The absolute error of the correction, and a tenth of its scale's negative log likelihood (Laplace)."""
        inputs, wanted, counts = batch
        correction, scale = self.net(inputs)
        error = (correction - wanted).abs()
        likelihood = error.detach() * torch.exp(-scale) + scale
        return ((error + 0.1 * likelihood) * counts).sum() / counts.sum().clamp(min=1)

    @torch.no_grad()
    def _estimate_and_scale(self, x):
        """The line and its correction, scaled, and the Laplace scale; overlapping windows, averaged."""
        line, inputs = self._inputs(self.scaled(x))
        starts, windows = self.starts(x.shape[1], self.window // 2), []
        for s in starts:
            read = torch.tensor(inputs[:, s : s + self.window], dtype=torch.float32)
            correction, log_scale = self.net(read)
            windows.append([correction.numpy(), np.exp(log_scale.numpy())])
        correction, scale = self.averaged(np.array(windows), starts, x.shape[1])
        return line + correction, scale

    def estimate(self, x):
        """Line plus correction, on the instrument's levels."""
        return self._levelled(self.unscaled(self._estimate_and_scale(x)[0]), x)

    def _levelled(self, estimate, x):
        """The nearest of the values that `fit` saw or that x has: a line between two of x's lies within them."""
        out = estimate.copy()
        for k, levels in enumerate(self.levels):
            if levels is not None:
                levels = np.union1d(levels, x[..., k][~np.isnan(x[..., k])])
                middles = (levels[1:] + levels[:-1]) / 2
                out[..., k] = levels[np.searchsorted(middles, estimate[..., k])]
        return out

    def draws(self, x, number, seed=0):
        """Return `number` filled copies of x, (number, *x.shape): each value from its own Laplace distribution.

        Values of one gap are drawn independently: right for each value's interval, too rough for sums over a gap.
        """
        x, cube = self.checked(x)
        rng = seeds.generator("seed", seed)
        middle, scale = self._estimate_and_scale(cube)
        drawn = (middle + rng.laplace(0, scale) for _ in range(validate.positive_int("number", number)))
        return np.stack([self.merge(x, cube, self._levelled(self.unscaled(z), cube)) for z in drawn])


def _levels(values):
    """The different values of a channel, sorted, or None where most of its values are seen fewer than four times."""
    levels, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    return levels if np.median(np.repeat(counts, counts)) >= 4 else None
