"""Networks that fill gaps, GRU-D, BRITS and the course's own, and one that forecasts without filling."""

import time

import numpy as np
import torch
from torch import nn

from rnn_course import validate
from rnn_course.missing.base import Fill, since_seen
from rnn_course.missing.fills import interpolate


class Decay(nn.Module):
    """γ = exp(−max(0, W δ + b)), from the time δ since last seen; `diagonal` gives each channel its own weight."""

    def __init__(self, inputs, outputs, diagonal=False):
        super().__init__()
        self.linear = nn.Linear(inputs, outputs)
        bound = outputs**-0.5  # as the authors of BRITS start it: gentle where there are many states
        for parameter in self.linear.parameters():
            nn.init.uniform_(parameter, -bound, bound)
        self.diagonal = diagonal

    def forward(self, delta):
        """γ (batch, outputs) of δ (batch, inputs)."""
        weight = torch.diag(torch.diag(self.linear.weight)) if self.diagonal else self.linear.weight
        return torch.exp(-torch.relu(nn.functional.linear(delta, weight, self.linear.bias)))


def masked_error(estimate, x, mask):
    """Mean absolute error where mask is 1."""
    return ((estimate - x).abs() * mask).sum() / (mask.sum() + 1e-12)


class GRUDNet(nn.Module):
    """GRU-D (Che et al. 2018): the input decays from the last value to the mean (0 when scaled), the state to zero."""

    def __init__(self, features, hidden):
        super().__init__()
        self.cell = nn.GRUCell(2 * features + hidden, hidden)
        self.decay_x, self.decay_h = Decay(features, features, True), Decay(features, hidden)
        self.head = nn.Linear(hidden, features)

    def forward(self, x, mask, delta):
        """Estimates (batch, time, feature) of every step, each made before the step's own values are read."""
        h, last, outputs = x.new_zeros(len(x), self.cell.hidden_size), torch.zeros_like(x[:, 0]), []
        for t in range(x.shape[1]):
            m, d = mask[:, t], delta[:, t]
            h = h * self.decay_h(d)
            outputs.append(self.head(h))
            last = m * x[:, t] + (1 - m) * last
            read = m * x[:, t] + (1 - m) * self.decay_x(d) * last
            h = self.cell(torch.cat([read, h, m], 1), h)
        return torch.stack(outputs, 1)

    def loss(self, x, mask, delta, _backward):
        """Estimate and error on what was seen."""
        estimate = self(x, mask, delta)
        return estimate, masked_error(estimate, x, mask)


class RITSNet(nn.Module):
    """One direction of BRITS (Cao et al. 2018): estimates from history and from the other channels, mixed by a gate."""

    def __init__(self, features, hidden):
        super().__init__()
        self.cell = nn.LSTMCell(2 * features, hidden)
        self.decay_h, self.decay_x = Decay(features, hidden), Decay(features, features, True)
        self.history, self.mix = nn.Linear(hidden, features), nn.Linear(2 * features, features)
        self.others = nn.Linear(features, features)
        self.register_buffer("off_diagonal", 1 - torch.eye(features))

    def forward(self, x, mask, delta):
        """Estimates (batch, time, feature) and the error of all three estimates on what was seen."""
        h = c = x.new_zeros(len(x), self.cell.hidden_size)
        estimates, loss = [], 0.0
        for t in range(x.shape[1]):
            v, m, d = x[:, t], mask[:, t], delta[:, t]
            h = h * self.decay_h(d)
            past = self.history(h)
            weight = self.others.weight * self.off_diagonal
            across = nn.functional.linear(m * v + (1 - m) * past, weight, self.others.bias)
            gate = torch.sigmoid(self.mix(torch.cat([self.decay_x(d), m], 1)))
            both = gate * across + (1 - gate) * past
            loss = loss + sum(masked_error(e, v, m) for e in (past, across, both))
            h, c = self.cell(torch.cat([m * v + (1 - m) * both, m], 1), (h, c))
            estimates.append(both)
        return torch.stack(estimates, 1), loss / (3 * x.shape[1])


class BRITSNet(nn.Module):
    """Both directions; their disagreement is part of the loss, so that imputed values are variables of the graph."""

    def __init__(self, features, hidden):
        super().__init__()
        self.ahead, self.back = RITSNet(features, hidden), RITSNet(features, hidden)

    def loss(self, x, mask, delta, backward):
        """Mean of the two estimates, and error plus a tenth of their disagreement where nothing was seen."""
        ahead, first = self.ahead(x, mask, delta)
        back, second = self.back(x.flip(1), mask.flip(1), backward)
        back = back.flip(1)
        return (ahead + back) / 2, first + second + 0.1 * ((ahead - back).abs() * (1 - mask)).mean()


class Network(Fill):
    """What the networks share: a window, a seed, and a budget of either epochs or seconds."""

    def __init__(self, *, seed=0, seconds=None, epochs=None, window=48, hidden=64, batch_size=32, learning_rate=1e-3):
        if (seconds is None) == (epochs is None):
            raise ValueError(f"seconds is {seconds} and epochs is {epochs}, exactly one of them must be given")
        self.seconds = None if seconds is None else validate.positive("seconds", seconds)
        self.epochs = None if epochs is None else validate.positive_int("epochs", epochs)
        self.seed = validate.positive_int("seed", seed, least=0)
        self.window, self.hidden = validate.positive_int("window", window, 2), validate.positive_int("hidden", hidden)
        self.batch_size = validate.positive_int("batch_size", batch_size)
        self.learning_rate = validate.positive("learning_rate", learning_rate)

    def passes(self):
        """Yield the share of the budget that is spent, once an epoch, until another epoch has no room in it."""
        start, epoch, share = time.perf_counter(), 0, 0.0
        while share < 1:
            yield share
            epoch += 1
            spent = time.perf_counter() - start
            share = epoch / self.epochs if self.epochs else spent / self.seconds
            if self.seconds and spent * (epoch + 1) / epoch > self.seconds:
                break
        self.passed, self.trained_seconds = epoch, time.perf_counter() - start

    def starts(self, length, stride):
        """Where windows begin so that they cover a series; the last one ends with it."""
        return np.unique([*range(0, length - self.window + 1, stride), length - self.window])

    def learn(self, x):
        """Train with torch's generator seeded, and leave that generator as it was."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            self.train(x)


class Recurrent(Network):
    """GRU-D or BRITS, trained to tell what it sees in windows of the series."""

    def __init__(self, build, **options):
        super().__init__(**options)
        self.build = build

    def _inputs(self, x):
        mask = ~np.isnan(x)
        arrays = np.nan_to_num(self.scaled(x)), mask, since_seen(mask), since_seen(mask[:, ::-1])
        return [torch.tensor(a, dtype=torch.float32) for a in arrays]

    def train(self, x):
        """Train with Adam on windows one after another."""
        cut = [w[s : s + self.window] for w in x for s in self.starts(len(w), self.window)]
        inputs, rng = self._inputs(np.stack(cut)), np.random.default_rng(self.seed)
        self.net = self.build(x.shape[2], self.hidden)
        optimiser = torch.optim.Adam(self.net.parameters(), lr=self.learning_rate)
        for _ in self.passes():
            for part in np.array_split(rng.permutation(len(cut)), -(-len(cut) // self.batch_size)):
                _, loss = self.net.loss(*(a[part] for a in inputs))
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()

    @torch.no_grad()
    def estimate(self, x):
        """Estimates in windows one after another, all of them in one batch."""
        out, places = np.empty(x.shape), [(b, s) for b in range(len(x)) for s in self.starts(x.shape[1], self.window)]
        told = self.net.loss(*self._inputs(np.stack([x[b, s : s + self.window] for b, s in places])))[0].numpy()
        for (b, s), window in zip(places, told, strict=True):
            out[b, s : s + self.window] = window
        return self.unscaled(out)


LAG = 6  # steps: long enough that a change is more than the instrument's rounding


class CourseNet(nn.Module):
    """A bidirectional LSTM that reads interpolations, mask and gaps, and tells a correction and its scale."""

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


class Course(Network):
    """The course's own: starts from interpolation and corrects it, with its neighbours and both directions of time.

    Before the LSTM reads a series, every gap is filled by a straight line, and a second time along the channels most
    alike: the line runs through x_c − β x_p, and β x_p is added again (a bridge). It is trained on values taken from
    what it was given, anew each pass: some anywhere, and in most stretches what is missing at another time of the
    series, so that the gaps it learns on are like those it will meet. The loss is the absolute error of the correction,
    and the likelihood of its Laplace scale, from which `draws` draws. Where an instrument gives few different values,
    as wind in whole knots, the fill is the nearest of those that `fit` saw: that is where the median lies.
    """

    def __init__(
        self, *, seed=0, seconds=None, epochs=None, window=48, hidden=96, batch_size=16, learning_rate=4e-3, partners=2
    ):
        super().__init__(
            seed=seed,
            seconds=seconds,
            epochs=epochs,
            window=window,
            hidden=hidden,
            batch_size=batch_size,
            learning_rate=learning_rate,
        )
        self.partners = validate.positive_int("partners", partners)

    def _pair(self, z):
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
        z, rng = self.scaled(x), np.random.default_rng(self.seed)
        seen = ~np.isnan(z)
        self._pair(z)
        self.levels = [_levels(x[..., k]) for k in range(x.shape[2])]
        inputs = self._inputs(z[:1, : self.window])[1].shape[-1]
        self.net = CourseNet(inputs, self.hidden, x.shape[2])
        optimiser = torch.optim.AdamW(self.net.parameters(), lr=self.learning_rate, weight_decay=1e-2)
        for spent in self.passes():
            for group in optimiser.param_groups:
                group["lr"] = self.learning_rate * min(1, 20 * spent + 0.05) * (1 + np.cos(np.pi * spent)) / 2
            self._epoch(z, seen, rng, optimiser)
        self.net.eval()

    def _epoch(self, z, seen, rng, optimiser):
        removed = self._removed(seen, rng)
        line, inputs = self._inputs(np.where(removed, np.nan, z))
        offset = rng.integers(min(self.window, z.shape[1] - self.window + 1))
        starts = [(b, s) for b in range(len(z)) for s in range(offset, z.shape[1] - self.window + 1, self.window)]
        starts = rng.permutation(np.array(starts))

        def cut(a, part):
            return torch.tensor(np.stack([a[b, s : s + self.window] for b, s in part]), dtype=torch.float32)

        target = np.nan_to_num(z - line)
        for part in np.array_split(starts, -(-len(starts) // self.batch_size)):
            correction, scale = self.net(cut(inputs, part))
            hidden, error = cut(removed, part), (correction - cut(target, part)).abs()
            likelihood = error.detach() * torch.exp(-scale) + scale
            loss = ((error + 0.1 * likelihood) * hidden).sum() / hidden.sum().clamp(min=1)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
            optimiser.step()

    @torch.no_grad()
    def _tell(self, x):
        """Scaled estimate and Laplace scale; overlapping windows, averaged."""
        line, inputs = self._inputs(self.scaled(x))
        total, weight = np.zeros((2, *x.shape)), np.zeros((x.shape[1], 1))
        inside = np.minimum(np.arange(1, self.window + 1), np.arange(self.window, 0, -1))[:, None]
        for s in self.starts(x.shape[1], self.window // 2):
            part = slice(s, s + self.window)
            told = self.net(torch.tensor(inputs[:, part], dtype=torch.float32))
            total[:, :, part] += np.stack([told[0].numpy(), np.exp(told[1].numpy())]) * inside
            weight[part] += inside
        correction, scale = total / weight
        return line + correction, scale

    def estimate(self, x):
        """Line plus correction, on the instrument's levels."""
        return self._levelled(self.unscaled(self._tell(x)[0]))

    def _levelled(self, estimate):
        out = estimate.copy()
        for k, levels in enumerate(self.levels):
            if levels is not None:
                middles = (levels[1:] + levels[:-1]) / 2
                out[..., k] = levels[np.searchsorted(middles, estimate[..., k])]
        return out

    def draws(self, x, number, seed=0):
        """Return `number` filled copies of x, (number, *x.shape): each value from its own Laplace distribution.

        Values of one gap are drawn independently: right for each value's interval, too rough for sums over a gap.
        """
        x, cube = self.checked(x)
        rng = validate.generator("seed", seed)
        middle, scale = self._tell(cube)
        drawn = (middle + rng.laplace(0, scale) for _ in range(validate.positive_int("number", number)))
        return np.stack([self.merge(x, cube, self._levelled(self.unscaled(z))) for z in drawn])


def _levels(values):
    """The different values of a channel, sorted, or None where most of its values are seen fewer than four times."""
    levels, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    return levels if np.median(np.repeat(counts, counts)) >= 4 else None


def gru_d(**options):
    """Make a GRU-D fill; see `Network` for the options."""
    return Recurrent(GRUDNet, **options)


def brits(**options):
    """Make a BRITS fill; see `Network` for the options."""
    return Recurrent(BRITSNet, **options)
