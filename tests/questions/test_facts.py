"""What the questions say is right: each answer that can be computed, computed again, and the wrong ones beside it."""

import re

import numpy as np
import pytest
import torch

from rnn_course import data, language, missing
from rnn_course.cells import GRU, LSTM, LSTMState, SimpleRNN
from rnn_course.questions import every_question

QUESTIONS = every_question()


def rng(seed=0):
    return np.random.default_rng(seed)


def right(key):
    """The text of the right option."""
    return QUESTIONS[key].answer.text


def numbers(key):
    """The first number of each option's text, that of the right one first."""
    options = sorted(QUESTIONS[key].options, key=lambda option: not option.right)
    return [float(re.search(r"\d+(?:,\d{3})*(?:\.\d+)?", option.text)[0].replace(",", "")) for option in options]


# ---- Background ------------------------------------------------------------------------------------------------------


def test_skill():
    y = np.zeros((5, 1, 1))
    skill = data.scores(y, y + 12, baseline=y + 16).skill
    assert numbers("background-skill") == [skill, pytest.approx((16 - 12) / 12, abs=0.01), 12 / 16, 16 - 12]


def test_a_window_that_does_not_hold_the_answer():
    x = rng().normal(size=(4000, 12))
    x[:, 0] = rng(1).choice([-1.0, 1.0], 4000)
    error = {}
    for window in (11, 12):
        design = x[:, -window:]
        weights = np.linalg.lstsq(design[:2000], x[:2000, 0])[0]
        error[window] = ((design[2000:] @ weights - x[2000:, 0]) ** 2).mean()
    assert error[11] > 0.97 and error[12] < 1e-20 and "nothing" in right("background-window")


# ---- Equations -------------------------------------------------------------------------------------------------------


def test_which_line_gives_the_part_of_the_input():
    x_t, W_xh, works = rng().normal(size=(4, 3)), rng(1).normal(size=(5, 3)), []
    for option in QUESTIONS["equations-line"].options:
        code = re.match("`([^`]*)`", option.text)[1]
        try:
            works.append(eval(code, {"x_t": x_t, "W_xh": W_xh}).shape == (4, 5) and option.right)
        except ValueError:
            works.append(not option.right)
    assert all(works) and len(works) == 4
    cell = SimpleRNN(3, 5)
    cell.W_xh = W_xh
    assert np.allclose(np.arctanh(cell.step(x_t)[0]) - cell.b_h, x_t @ W_xh.T)


def test_what_a_test_with_zeros_does_not_see():
    x, H = rng().normal(size=(2, 9, 3)), 5

    def apart(change, quiet):
        """How far a changed cell is from the right one in PyTorch, both with the same first state."""
        cell, wrong = LSTM(3, H, seed=1), LSTM(3, H, seed=1)
        state = LSTMState(*(np.zeros((2, H)) if quiet else rng(2).normal(size=(2, H)) for _ in range(2)))
        cell.b = wrong.b = np.zeros(4 * H) if quiet else rng(3).normal(size=4 * H)
        first = change(wrong, state)
        h, _ = cell.to_torch()(torch.from_numpy(x), tuple(torch.from_numpy(part)[None] for part in state))
        return np.abs(h.detach().numpy() - wrong.forward(x, first)[0]).max()

    def other_bias(cell, state):
        cell.b_i, cell.b_f = cell.b_f.copy(), cell.b_i.copy()
        return state

    def no_state(cell, state):
        return None

    def other_gates(cell, state):
        for name in ("W_x", "W_h"):
            i, f = (getattr(cell, name + gate).copy() for gate in "if")
            setattr(cell, name + "i", f)
            setattr(cell, name + "f", i)
        return state

    def transposed(cell, state):
        cell.W_hi = cell.W_hi.T.copy()
        return state

    for change in (other_bias, no_state):
        assert apart(change, quiet=True) < 1e-12 and apart(change, quiet=False) > 1e-3
    for change in (other_gates, transposed):
        assert apart(change, quiet=True) > 1e-4
    assert "bias" in right("equations-zeros") and "first state" in right("equations-zeros")


def test_how_many_numbers_a_gru_trains():
    def trained(module):
        return sum(p.numel() for p in module.parameters())

    gru, lstm = torch.nn.GRU(10, 32), torch.nn.LSTM(10, 32)
    one_bias = trained(gru) - gru.bias_hh_l0.numel()
    assert numbers("equations-count") == [trained(gru), one_bias, trained(lstm), trained(torch.nn.RNN(10, 32))]


def test_the_dialects_do_not_convert():
    x, after, before = rng().normal(size=(4, 9, 3)), GRU(3, 5, seed=6), GRU(3, 5, reset_after=False)
    after.b_hn = np.zeros(5)

    def apart():
        return np.abs(after.forward(x)[0] - before.forward(x)[0]).max()

    before.W_x, before.W_h, before.b = after.W_x, after.W_h, after.b
    found = [apart()]
    before.W_hn = after.W_hn.T.copy()
    found.append(apart())
    before.W_hn = after.W_hn
    for name in ("W_xz", "W_hz", "b_z"):
        setattr(before, name, -getattr(after, name))
    found.append(apart())
    assert min(found) > 1e-3 and right("equations-dialects").startswith("nothing")


# ---- Backpropagation through time ------------------------------------------------------------------------------------


def test_the_total_derivative():
    def h(w, steps=3):
        states = [0.0]
        for _ in range(steps):
            states.append(w * states[-1] + 1)
        return states

    assert h(0.5)[1:] == [1, 1.5, 1.75]
    total = (h(0.5 + 1e-6)[3] - h(0.5 - 1e-6)[3]) / 2e-6
    _, h_1, h_2, _ = h(0.5)
    assert numbers("bptt-total") == [pytest.approx(total), h_2, h_2 + h_1, 0.5**2]


def test_the_norm_of_the_gradient_is_made_by_the_last_steps():
    cell, x = SimpleRNN(3, 32, seed=3), rng(3).normal(size=(1, 100, 3))
    cell.W_hh *= 0.9 / np.abs(np.linalg.eigvals(cell.W_hh)).max()
    h, message, shares = cell.forward(x)[0][0], rng(4).normal(size=32), {}
    for t in reversed(range(1, 100)):
        delta = message * (1 - h[t] ** 2)
        shares[t + 1] = np.outer(delta, h[t - 1])
        message = delta @ cell.W_hh
    whole, last = sum(shares.values()), sum(shares[t] for t in range(81, 101))
    assert np.linalg.norm(whole - last) < 0.1 * np.linalg.norm(whole)
    assert 0 < np.linalg.norm(shares[5]) < 1e-3 * np.linalg.norm(whole)
    assert "the last steps" in right("bptt-norm")


def test_with_radius_1_5_a_product_may_grow_and_may_shrink():
    W = 1.5 * np.linalg.qr(rng().normal(size=(8, 8)))[0]
    assert np.allclose(np.abs(np.linalg.eigvals(W)), 1.5)
    cell, norms = SimpleRNN(8, 8), {}
    cell.W_xh, cell.W_hh, cell.b_h = np.eye(8), W, np.zeros(8)
    for strength in (0.0, 3.0):
        product = np.eye(8)
        for h in cell.forward(strength * rng(1).normal(size=(1, 100, 8)))[0][0]:
            product = np.diag(1 - h**2) @ W @ product
        norms[strength] = np.linalg.norm(product, 2)
    assert norms[0.0] > 1e15 and norms[3.0] < 1e-3 and "grows or shrinks" in right("bptt-radius")


# ---- LSTM gates ------------------------------------------------------------------------------------------------------

OPEN = 1000.0


def one_unit(i, f, o):
    """An LSTM of one unit whose gates are held by their biases; its candidate is tanh(x)."""
    cell = LSTM(1, 1)
    for value in cell.parameters.values():
        value[...] = 0
    cell.b_i, cell.b_f, cell.b_o, cell.W_xc = np.array([i]), np.array([f]), np.array([o]), np.ones((1, 1))
    return cell


def test_what_a_forget_gate_of_0_9_leaves():
    trace = one_unit(-OPEN, np.log(9), OPEN).trace(np.ones((1, 20, 1)), LSTMState(np.zeros((1, 1)), np.ones((1, 1))))
    assert np.isclose(trace.f[0, 0, 0], 0.9) and right("lstm_gates-left").startswith("about 0.12 ")
    assert numbers("lstm_gates-left")[0] == round(trace.C[0, -1, 0], 2)


def test_two_biases_of_one():
    lstm = torch.nn.LSTM(1, 4, batch_first=True)
    with torch.no_grad():
        for parameter in lstm.parameters():
            parameter.zero_()
        for bias in (lstm.bias_ih_l0, lstm.bias_hh_l0):
            bias[4:8] = 1.0
    f = LSTM.from_torch(lstm).trace(np.ones((1, 3, 1), np.float32)).f
    found = [float(said) for said in re.findall(r"\d\.\d+", right("lstm_gates-two"))]
    assert np.allclose(f, found[0], atol=0.005) and found[0] == found[1]
    assert abs(numbers("lstm_gates-two")[1] - 1 / (1 + np.exp(-1))) < 0.005


def test_an_output_gate_that_is_shut():
    x = rng().normal(size=(1, 60, 1))
    trace = one_unit(OPEN, OPEN, -OPEN).trace(x, LSTMState(np.zeros((1, 1)), np.ones((1, 1))))
    assert (trace.h == 0).all() and np.allclose(trace.C, 1 + np.cumsum(np.tanh(x), axis=1))
    assert right("lstm_gates-shut") == "C goes on adding up what comes, and h is zero"


def test_the_derivative_along_the_cell_is_more_than_f():
    cell, x_t = LSTM(2, 4, seed=2), rng().normal(size=(1, 2))
    o, C = rng(1).uniform(0.3, 0.9, 4), rng(2).normal(size=4)

    def after(C):
        return cell.step(x_t, LSTMState((o * np.tanh(C))[None], C[None]))[1].C[0]

    nudges = 1e-6 * np.eye(4)
    whole = np.stack([(after(C + nudge) - after(C - nudge)) / 2e-6 for nudge in nudges], axis=1)
    now = cell.equations(x_t, (o * np.tanh(C))[None], C[None])
    for claimed in (now["f"], np.ones((1, 4)), now["f"] + now["i"]):
        assert np.abs(whole - np.diag(claimed[0])).max() > 0.01
    assert "h_{t−1}" in right("lstm_gates-jacobian")


# ---- Speed -----------------------------------------------------------------------------------------------------------


def test_the_moments_of_a_wavefront():
    moment = np.zeros((4, 101), int)
    for layer in range(1, 4):
        for t in range(1, 101):
            moment[layer, t] = 1 + max(moment[layer - 1, t], moment[layer, t - 1])
    assert numbers("gpu_speed-wave") == [moment.max(), 3 * 100, 100, 3]


def test_which_half_format_loses_a_small_gradient():
    small = torch.tensor(1e-8)
    assert small.half() == 0 != small.bfloat16() and torch.tensor(3.1e-8).half() != 0 == torch.tensor(2.9e-8).half()
    assert right("gpu_speed-half").startswith("float16")


def test_composition_is_associative_and_two_tanhs_are_not_one():
    h, (f, g, k) = np.linspace(-2, 2, 9), (lambda h, a=a: np.tanh(a * h + 0.3) for a in (2.0, -1.5, 0.7))

    def composed(first, second):
        return lambda h: second(first(h))

    assert np.array_equal(composed(composed(f, g), k)(h), composed(f, composed(g, k))(h))
    # tanh(a h + b) has an inverse that is a line; that of two tanhs is none
    bent = np.arctanh(composed(f, g)(h))
    assert np.abs(np.diff(bent, 2)).max() > 0.1


# ---- Missing data ----------------------------------------------------------------------------------------------------


def test_how_many_rows_are_complete():
    x = rng().normal(size=(20000, 5))
    kept, _ = missing.drop(missing.take(x, missing.mcar(x, 0.2, seed=0)))
    assert abs(len(kept) / len(x) - 0.8**5) < 0.02 and abs(0.8**5 - 1 / 3) < 0.01
    assert right("missing_data-rows").startswith("a third") and round(1 / 0.2**5, -3) == 3000


def test_what_the_mean_leaves_of_the_variance():
    x = rng().normal(size=(20000, 1))
    gappy = missing.take(x, missing.mcar(x, 0.36, seed=0))
    filled = missing.METHODS["mean"]().fit(gappy).fill(gappy)
    left = filled.var() / x.var()
    said = {option.name: option.text for option in QUESTIONS["missing_data-mean"].options}
    assert abs(left - 0.64) < 0.02 and said["right"].startswith("64 %")
    assert round(100 * 0.64**0.5) == 80 and round(100 * 0.64**2) == 41
    assert [text[:4] for text in said.values() if text[0].isdigit()] == ["80 %", "41 %", "64 %"]


def test_a_difference_in_a_seen_channel_tells_mcar_from_the_others_and_not_these_two():
    both = rng().normal(size=(5000, 1)) + 0.5 * rng(1).normal(size=(5000, 2))
    removals = {
        "MCAR": missing.mcar(both, 0.3, seed=1),
        "MAR": missing.mar(both, 0.3, given=1, seed=1),
        "MNAR": missing.mnar(both, 0.3, seed=1),
    }
    told = {}
    for name, removed in removals.items():
        gone = removed[:, 0]
        told[name] = both[gone, 1].mean() - both[~gone, 1].mean()
    assert abs(told["MCAR"]) < 0.1 and min(told["MAR"], told["MNAR"]) > 0.5
    assert "not MCAR" in right("missing_data-test")


def test_a_line_over_the_whole_series_knows_what_comes_after_the_window():
    gappy = np.array([[0.0], [1.0], [np.nan], [np.nan], [4.0]])
    other = gappy.copy()
    other[4] = 10.0
    line = missing.METHODS["linear"]().fit(gappy)
    whole, inside = (np.abs(line.fill(gappy[part])[:4] - line.fill(other[part])[:4]).max() for part in
                     (slice(None), slice(4)))  # fmt: skip
    assert whole > 1 and inside == 0 and "comes after" in right("missing_data-before")


# ---- Text ------------------------------------------------------------------------------------------------------------


def test_perplexity_of_two_halves():
    bits = np.repeat([1.0, 3.0], 50)
    halves = [language.perplexity(half) for half in (bits[:50], bits[50:])]
    wanted = [language.perplexity(bits), np.mean(halves), bits.mean(), np.prod(halves)]
    assert numbers("text-perplexity") == pytest.approx(wanted)


def test_bits_of_a_subword_and_of_its_characters():
    assert right("text-units").endswith(f"{4 / 3:.2f} bits") and 4 / 3 < 2


def test_temperature_one_half():
    p = np.array([0.8, 0.2])
    sharp, flat = (language.reshaped(p, T)[0] for T in (0.5, 2.0))
    found = [round(100 * value) for value in (sharp, flat, p[0])]
    said = [option.text for option in QUESTIONS["text-temperature"].options]
    assert right("text-temperature").startswith(f"{found[0]} %") and 0 < language.reshaped(p, 0.5)[1]
    assert [text.split(" %")[0] for text in said[:3]] == [str(found[k]) for k in (1, 0, 2)]


# ---- Attention -------------------------------------------------------------------------------------------------------


def test_a_score_of_zero_is_not_hidden():
    scores = np.array([-2.0, 1.0, 0.0])  # the last one is to be hidden
    weights = np.exp(scores) / np.exp(scores).sum()
    assert weights[2] > weights[0] > 0 and np.isclose(weights[2] * np.exp(scores).sum(), 1)
    assert right("attention-mask").startswith("more than none")


def test_the_gradient_of_the_mean_over_all():
    # losses (w − y)²/2 with gradients w − y: 24 of them 1 and 8 of them 5
    w, y = torch.tensor(0.0, requires_grad=True), torch.tensor([-1.0] * 24 + [-5.0] * 8)
    ((w - y) ** 2 / 2).mean().backward()
    assert numbers("attention-mean") == [w.grad.item(), (1 + 5) / 2, (8 * 1 + 24 * 5) / 32, 1 + 5]


def test_the_longer_training_of_one_vector():
    from rnn_course import attention

    note = attention.load_trained("dates").note["none"]
    assert note["updates"] == 3000 and note["right"] > 0.95 and "3,000" in QUESTIONS["attention-vector"].text


# ---- Frequent questions ----------------------------------------------------------------------------------------------


def test_what_is_kept_for_the_next_step():
    _, state = torch.nn.LSTM(32, 32, batch_first=True)(torch.ones(1, 100, 32))
    lstm, attention = sum(part.numel() for part in state), 2 * 100 * 32
    assert right("faq-kept").startswith(f"{lstm} and {attention:,}:")


def test_a_forecast_that_lags_correlates_with_a_series_that_drifts():
    walk = rng(1).normal(size=1000).cumsum()
    truth, last = walk[1:], walk[:-1]
    assert np.corrcoef(truth, last)[0, 1] > 0.95 and round(0.95**2, 1) == 0.9
    arrays = (part.reshape(-1, 1, 1) for part in (truth, last, last))
    assert data.scores(*arrays).skill == 0


def test_a_step_on_zeros_moves_the_state_and_does_not_empty_it():
    cell, x = LSTM(3, 5, seed=1), rng().normal(size=(2, 4, 3))
    before = cell.forward(x)[1]
    padded = cell.forward(np.pad(x, [(0, 0), (0, 40), (0, 0)]))[1]
    assert np.abs(padded.C - before.C).max() > 0.01 and np.abs(padded.C).max() > 0.01
    assert right("faq-padding").startswith("they move it")


def test_the_order_of_windows_leaves_the_gradient_and_the_order_in_them_does_not():
    cell, x = SimpleRNN(1, 4, seed=1), rng().normal(size=(30, 22, 1))

    def gradient(x):
        h, _ = cell.forward(x)
        return cell.backward(grad_state=h[:, -1]).parameters["W_h"]

    assert np.allclose(gradient(x), gradient(rng(1).permutation(x)), rtol=0, atol=1e-12)
    assert np.abs(gradient(x) - gradient(rng(1).permuted(x, axis=1))).max() > 1e-3
    assert right("faq-shuffle").startswith("of the training windows")
