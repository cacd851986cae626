"""The networks of the alignment, in the page and in NumPy: both against PyTorch, from the bytes of one file."""

import base64
import json
import math

import numpy as np
import pytest
from examples.alignment import a_file
from safetensors.numpy import load, save

from rnn_course.widgets.kit import HERE
from rnn_course.widgets.modules import joined
from rnn_course.widgets.pair_networks import LIMIT, PairNetworks

torch = pytest.importorskip("torch")

from rnn_course import attention, data  # noqa: E402
from rnn_course.models import CausalModel, EncoderDecoder  # noqa: E402
from rnn_course.models.self_attention import SelfAttention  # noqa: E402

# Sizes that all differ: symbols read 9, written 7, and of the networks hidden 5, width 4; width 12, heads 3, layers 2.
SYMBOLS_X, SYMBOLS_Y = "\nabcdefgh", "\n123456"
NETWORKS = ("dot", "none", "rotary", "no_positions")
each = pytest.mark.parametrize("name", NETWORKS)
TEXTS = {"one": [3], "five": [4, 1, 8, 8, 2], "eleven": [1, 7, 3, 5, 5, 2, 8, 6, 4, 1, 3]}
CASES = [("one", ()), ("five", ()), ("five", (1, 2)), ("eleven", (0, 4, 10)), ("eleven", ())]
of_texts = pytest.mark.parametrize(("text", "hidden"), CASES)


def made(name, seed):
    if name in ("dot", "none"):
        return EncoderDecoder(9, 7, 5, 4, None if name == "none" else "dot", seed=seed)
    return CausalModel(16, 7, 12, ("attention",) * 2, 3, "none" if name == "no_positions" else name, seed=seed)


@pytest.fixture(scope="module")
def models():
    """Models in float64 with every weight random, of norms and biases too, and large enough that answers differ."""
    found = {name: made(name, seed).double() for seed, name in enumerate(NETWORKS)}
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for model in found.values():
            for value in model.parameters():
                value.copy_(torch.randn(value.shape, generator=generator, dtype=torch.float64))
    return found


@pytest.fixture(scope="module")
def file(models, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "pairs.safetensors"
    attention.save_models(path, models, SYMBOLS_X, SYMBOLS_Y, dtype=torch.float64)
    return path.read_bytes()


# ---- What PyTorch writes ---------------------------------------------------------------------------------------------


def masked(hidden):
    """`SelfAttention._softmax` where no place but itself looks at one of `hidden`; the positions are in q and k."""

    def softmax(self, q, k, at_q, at_k):
        scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[3])
        unseen = at_q[:, None] < at_k
        unseen[:, list(hidden)] = True
        unseen[range(len(at_q)), range(len(at_q))] = False
        return scores.masked_fill(unseen, -math.inf).softmax(3)

    return softmax


def by_encoder_decoder(model, ids, hidden):
    x = torch.tensor([ids])
    seen = torch.tensor([[k not in hidden for k in range(len(ids))]])
    written, _ = model.write(x, seen=seen, limit=LIMIT)
    logits, alpha = model(x, written, seen=seen)
    layers = np.zeros((0, 0, written.shape[1], len(ids))) if alpha is None else alpha.detach().numpy()[:, None]
    return written[0].tolist(), logits[0].softmax(1).detach().numpy(), layers


def by_causal_model(model, ids, hidden, monkeypatch):
    monkeypatch.setattr(SelfAttention, "_softmax", masked(hidden))
    text, symbols_x = [*ids, len(SYMBOLS_X)], len(SYMBOLS_X)
    while len(text) <= len(ids) + LIMIT:
        symbol = int(model(torch.tensor([text]))[0][0, -1].argmax())
        text.append(symbols_x + symbol)
        if symbol == 0:
            break
    x, from_bar = torch.tensor([text[:-1]]), slice(len(ids), None)
    p = model(x)[0][0, from_bar].softmax(1).detach().numpy()
    alpha = np.stack([layer[0, :, from_bar, : len(ids)].detach().numpy() for layer in model.weights(x)])
    return [symbol - symbols_x for symbol in text[len(ids) + 1 :]], p, alpha


def by_torch(model, ids, hidden, monkeypatch):
    if isinstance(model, EncoderDecoder):
        return by_encoder_decoder(model, ids, hidden)
    return by_causal_model(model, ids, hidden, monkeypatch)


def assert_same(found, wanted):
    ids, p, alpha = wanted
    assert list(found[0]) == ids
    np.testing.assert_allclose(found[1], p, rtol=0, atol=1e-9)
    if not len(alpha):
        assert np.size(found[2]) == 0
    else:
        np.testing.assert_allclose(found[2], alpha, rtol=0, atol=1e-9)


@each
@of_texts
def test_numpy_is_pytorch(models, file, monkeypatch, name, text, hidden):
    ids = TEXTS[text]
    network = PairNetworks.from_bytes(file).networks[name]
    found = network.write(ids, hidden)
    assert_same(found, by_torch(models[name], ids, hidden, monkeypatch))
    assert found.alpha.shape == (*network.shape, len(found.ids), len(ids))


def test_the_texts_tell_networks_and_hiding_apart(file):
    """Else the comparisons would hold for anything: answers end and do not, and hiding changes what is written."""
    networks = PairNetworks.from_bytes(file).networks
    answers = {(name, *case): networks[name].write(TEXTS[case[0]], case[1]) for name in NETWORKS for case in CASES}
    assert len({tuple(answer.ids) for answer in answers.values()}) > 8
    assert {answer.ids[-1] == 0 for answer in answers.values()} == {True, False}
    for name in ("dot", "rotary", "no_positions"):
        before, after = answers[name, "eleven", ()], answers[name, "eleven", (0, 4, 10)]
        assert abs(before.p[0] - after.p[0]).max() > 1e-3
        assert not after.alpha[..., [0, 4, 10]].any() and before.alpha[..., [0, 4, 10]].all()
    unchanged = answers["none", "eleven", ()], answers["none", "eleven", (0, 4, 10)]
    np.testing.assert_array_equal(*(answer.p for answer in unchanged))


# ---- In the page -----------------------------------------------------------------------------------------------------

RUN = """async ([text, data, name, ids, hidden]) => {
  const { pairNetworks, readSafetensors } =
    await import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
  const { networks } = pairNetworks(readSafetensors(bytes.buffer));
  const { ids: written, p, alpha } = networks[name].write(ids, new Set(hidden));
  const list = value => typeof value === 'number' ? value : Array.from(value, list);
  return [written, list(p), list(alpha)];
}"""


def in_page(page, data, name, ids, hidden):
    """Ids, p and α as `Written` has them, of pairs.js."""
    text = base64.b64encode(data).decode()
    ids, p, alpha = page.evaluate(RUN, [joined(HERE / "pairs.js"), text, name, ids, list(hidden)])
    alpha = np.array(alpha, dtype=float)  # (steps, layers, heads, places)
    return ids, np.array(p), alpha.transpose(1, 2, 0, 3) if alpha.ndim == 4 else alpha


@pytest.mark.browser
@each
@of_texts
def test_the_page_is_numpy(page, file, name, text, hidden):
    ids = TEXTS[text]
    found = PairNetworks.from_bytes(file).networks[name].write(ids, hidden)
    assert_same(in_page(page, file, name, ids, hidden), found)


@pytest.mark.browser
@each
def test_from_sixteen_bits_the_page_computes_in_double_precision(page, file, name):
    header = json.loads(file[8 : 8 + int.from_bytes(file[:8], "little")])["__metadata__"]
    halves = save({part: value.astype(np.float16) for part, value in load(file).items()}, header)
    found = PairNetworks.from_bytes(halves).networks[name].write(TEXTS["eleven"], (3,))
    assert_same(in_page(page, halves, name, TEXTS["eleven"], (3,)), found)


@pytest.mark.browser
def test_erf_has_all_its_digits(page):
    x = [*np.linspace(-7, 7, 281), 1e-9, -1e-300, 0.0]
    script = """async ([text, x]) => {
      const { erf } = await import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
      return x.map(erf);
    }"""
    found = page.evaluate(script, [joined(HERE / "pairs.js"), x])
    np.testing.assert_allclose(found, [math.erf(value) for value in x], rtol=1e-14, atol=0)


# ---- Where nothing is left to see, and files -------------------------------------------------------------------------


@each
def test_where_all_is_hidden_no_place_of_the_text_has_weight(file, name):
    found = PairNetworks.from_bytes(file).networks[name].write([4, 1, 8], (0, 1, 2))
    assert np.isfinite(found.p).all() and not found.alpha.any()


def with_settings(data, **changed):
    """The bytes of a file in which settings of all networks stand otherwise."""
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
    settings = {name: own | changed for name, own in json.loads(header["settings"]).items()}
    return save(load(data), header | {"settings": json.dumps(settings)})


def test_what_is_no_such_file_is_refused():
    whole = a_file()
    assert set(PairNetworks.from_bytes(whole).networks) == set(NETWORKS)
    with pytest.raises(ValueError, match="damaged or not"):
        PairNetworks.from_bytes(b"no such thing at all")
    with pytest.raises(ValueError, match=r"no 'settings', .* attention\.save_models"):
        PairNetworks.from_bytes(save({"a": np.zeros(2)}, {"symbols_x": "\na", "symbols_y": "\na"}))
    for changed, told in [
        ({"attention": "additive"}, "attention='additive', it must be None or 'dot'"),
        ({"mixers": ["attention", "gru"]}, "other mixers than attention or a window"),
        ({"window": 4}, "other mixers than attention or a window"),
        ({"positions": "alibi"}, "positions='alibi', they must be 'rotary' or 'none'"),
    ]:
        with pytest.raises(ValueError, match=told):
            PairNetworks.from_bytes(with_settings(whole, **changed))


# ---- The networks that ship ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", ["dates", "reversal"])
def test_the_course_brings_networks_that_are_small_and_right(task):
    path = data.recorded.trained_file(task)
    if not path.exists():
        pytest.skip(f"{path.name} is not among the models yet")
    held = path.read_bytes()
    pairs = PairNetworks.from_bytes(held)
    assert len(held) <= 2_000_000 and set(pairs.networks) == set(NETWORKS)
    assert {value.dtype for value in load(held).values()} == {np.dtype(np.float16)}
    rng = np.random.default_rng(5)
    drawn = data.date_task(100, "test", rng) if task == "dates" else data.reversal_task(100, 1, 20, rng)
    trained = attention.load_trained(task)
    for name, network in pairs.networks.items():
        right = [
            "".join(pairs.symbols_y[k] for k in network.write([pairs.symbols_x.index(c) for c in x]).ids[:-1]) == y
            for x, y in drawn.texts()
        ]
        assert abs(np.mean(right) - attention.right(trained.models[name], drawn).mean()) <= 0.02, name
        assert task != "dates" or name not in ("dot", "rotary") or np.mean(right) >= 0.95
