"""The network of the page and its mirror in NumPy: both against PyTorch, and both from the bytes of one file."""

import base64

import numpy as np
import pytest
from examples.character_model import a_network
from safetensors.numpy import save

from rnn_course.data.recorded import trained_file
from rnn_course.widgets.character_network import PARTS, CharacterNetwork
from rnn_course.widgets.kit import HERE
from rnn_course.widgets.modules import joined

torch = pytest.importorskip("torch")

# Sizes that all differ: symbols, hidden, embedding, layers.
KINDS = {"one-hot": (11, 5, None, 1), "one-hot, two layers": (7, 6, None, 2), "embedding": (13, 9, 4, 3)}
each = pytest.mark.parametrize("kind", KINDS)
IDS = [3, 0, 6, 6, 1, 5, 2, 4, 0, 3]
LETTERS = "\nabcdefghijklmnop"

RUN = """async ([text, data, ids]) => {
  const { LanguageNetwork, readSafetensors } =
    await import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
  const network = new LanguageNetwork(readSafetensors(bytes.buffer));
  let state = null;
  return ids.map(id => {
    state = network.step(state, id);
    const parts = Object.entries(state).map(([part, values]) => [part, [...values]]);
    return { ...Object.fromEntries(parts), logits: [...network.logits(state)] };
  });
}"""


def in_page(page, network, dtype, data=None):
    """What language.js makes of IDS, `{part or "logits": (steps, …)}`, from a file in this precision or from bytes."""
    text = base64.b64encode(data or network.to_bytes(dtype)).decode()
    steps = page.evaluate(RUN, [joined(HERE / "language.js"), text, IDS])
    return {part: np.array([step[part] for step in steps]) for part in steps[0]}


def in_numpy(network):
    """The same by CharacterNetwork."""
    state, steps = None, []
    for symbol in IDS:
        state = network.step(state, symbol)
        steps.append({**state, "logits": network.logits(state)})
    return {part: np.array([step[part] for step in steps]) for part in steps[0]}


def in_torch(network, dtype):
    """The states h of all layers and the logits by nn.LSTM, and C after the last step."""
    weights = {name: torch.tensor(np.asarray(value)).to(dtype) for name, value in network.tensors.items()}
    layers, hidden = network.layers, network.hidden
    embedding = weights.get("embedding.weight")
    x = torch.eye(len(network.symbols), dtype=dtype)[IDS] if embedding is None else embedding[IDS]
    lstm = torch.nn.LSTM(x.shape[1], hidden, layers, batch_first=True, dtype=dtype)
    lstm.load_state_dict({name[4:]: value for name, value in weights.items() if name.startswith("rnn.")})
    h, state = [], None
    with torch.no_grad():
        for x_t in x:
            top, state = lstm(x_t[None, None], state)
            h.append(state[0].flatten().numpy())
        top = torch.tensor(np.array(h))[:, -hidden:]
        if embedding is not None:
            top = top @ weights["projection.weight"].T + weights["projection.bias"]
        head = weights["head.weight"] if embedding is None else embedding
        return np.array(h), (top @ head.T + weights["head.bias"]).numpy(), state[1].flatten().numpy()


def make(kind, dtype=np.float64):
    symbols, hidden, embedding, layers = KINDS[kind]
    return a_network(LETTERS[:symbols], hidden, embedding, layers, seed=symbols, dtype=dtype)


def assert_agree(found, wanted, tolerance):
    h, logits, C = wanted
    np.testing.assert_allclose(found["h"], h, rtol=0, atol=tolerance)
    np.testing.assert_allclose(found["logits"], logits, rtol=0, atol=tolerance)
    np.testing.assert_allclose(found["C"][-1], C, rtol=0, atol=tolerance)


@each
def test_numpy_is_pytorch_in_float64(kind):
    network = make(kind)
    assert_agree(in_numpy(network), in_torch(network, torch.float64), 1e-12)


@pytest.mark.browser
@each
def test_the_page_is_pytorch_in_float64(page, kind):
    network = make(kind)
    assert_agree(in_page(page, network, np.float64), in_torch(network, torch.float64), 1e-9)


@pytest.mark.browser
@each
def test_the_page_is_pytorch_in_float32(page, kind):
    network = make(kind, np.float32)
    assert_agree(in_page(page, network, np.float32), in_torch(network, torch.float32), 1e-5)


@pytest.mark.browser
@each
def test_from_sixteen_bits_the_page_computes_in_double_precision(page, kind):
    """Each weight is exact as it was stored: what is lost is lost in the file."""
    network = make(kind, np.float16)
    found = in_page(page, network, np.float16)
    assert_agree(found, in_torch(network, torch.float64), 1e-9)
    ours = in_numpy(network)
    assert set(found) == {*PARTS, "logits"}
    for part in PARTS:
        np.testing.assert_allclose(found[part], ours[part], rtol=0, atol=1e-12, err_msg=part)


@pytest.mark.browser
def test_every_number_of_sixteen_bits_is_read(page):
    script = """async text => {
      const { fromHalf } = await import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
      return Array.from({ length: 65536 }, (_, k) => fromHalf(k));
    }"""
    found = page.evaluate(script, joined(HERE / "language.js"))
    np.testing.assert_array_equal(found, np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float64))


UNTRAINED = """async ([text, data, seed]) => {
  const { LanguageNetwork, readSafetensors } =
    await import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
  const { tensors } = new LanguageNetwork(readSafetensors(bytes.buffer)).untrained(seed);
  return Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, [...values]]));
}"""


@pytest.mark.browser
@each
def test_an_untrained_network_has_the_same_weights_in_the_page(page, kind):
    network = make(kind)
    data = base64.b64encode(network.to_bytes()).decode()
    found = page.evaluate(UNTRAINED, [joined(HERE / "language.js"), data, 4])
    ours = network.untrained(4).tensors
    assert found.keys() == ours.keys()
    for name, values in ours.items():
        np.testing.assert_array_equal(found[name], values.ravel(), err_msg=name)


def test_an_untrained_network_is_as_training_begins():
    """Uniform within ±1/√hidden, forget gates open by a bias of one, rows of an embedding of length about one."""
    network = a_network(LETTERS, hidden=30, embedding=20).untrained(0)
    for name, values in network.tensors.items():
        wide = {"embedding.weight": None, "head.bias": 20}.get(name, 30)
        if name.startswith("rnn.bias"):
            assert (values[30:60] == (name == "rnn.bias_ih_l0")).all()
            values = np.delete(values, slice(30, 60))
        if wide:
            assert 0.8 / np.sqrt(wide) < np.abs(values).max() <= 1 / np.sqrt(wide), name
    assert abs(np.linalg.norm(network.tensors["embedding.weight"], axis=1).mean() - 1) < 0.15
    assert not np.array_equal(network.untrained(1).tensors["head.bias"], network.tensors["head.bias"])


@pytest.mark.browser
def test_a_table_that_serves_twice_has_either_of_its_names(page):
    """PyTorch lists a shared parameter once, under the name that came first."""
    network = make("embedding")
    tensors = {name.replace("embedding.weight", "head.weight"): value for name, value in network.tensors.items()}
    for names in (tensors, {**tensors, **network.tensors}):
        again = CharacterNetwork(names, network.symbols)
        assert again.tensors.keys() == network.tensors.keys()
    wanted = in_page(page, network, np.float64)
    data = save(tensors, {"symbols": "".join(network.symbols)})
    found = in_page(page, network, np.float64, data)
    np.testing.assert_array_equal(found["logits"], wanted["logits"])
    weights = page.evaluate(UNTRAINED, [joined(HERE / "language.js"), base64.b64encode(data).decode(), 4])
    np.testing.assert_array_equal(weights["embedding.weight"], network.untrained(4).tensors["embedding.weight"].ravel())


# ---- The file --------------------------------------------------------------------------------------------------------


def test_a_file_gives_the_network_back():
    network = make("embedding")
    again = CharacterNetwork.from_bytes(network.to_bytes(np.float64))
    assert again.symbols == network.symbols and again.units == network.units == 27
    for name, value in network.tensors.items():
        np.testing.assert_array_equal(again.tensors[name], value)
    assert CharacterNetwork.from_bytes(network.to_bytes()).tensors["head.bias"].dtype == np.float16


def test_what_is_no_network_is_refused():
    network = make("one-hot")
    with pytest.raises(ValueError, match="damaged or not"):
        CharacterNetwork.from_bytes(b"no such thing at all")
    with pytest.raises(ValueError, match="symbols are 3, the network has 11"):
        CharacterNetwork(network.tensors, "abc")
    for lacking in ("rnn.bias_hh_l0", "head.weight"):
        rest = {name: value for name, value in network.tensors.items() if name != lacking}
        with pytest.raises(ValueError, match=f"no tensor '{lacking}'"):
            CharacterNetwork(rest, network.symbols)


@pytest.mark.parametrize("name", ["state_of_the_union", "tang_verse"])
def test_a_network_that_the_course_brings_is_small_and_known(name):
    path = trained_file(name)
    if not path.exists():
        pytest.skip(f"{path.name} is not among the models yet")
    data = path.read_bytes()
    network = CharacterNetwork.from_bytes(data)
    assert len(data) <= 2_000_000 and network.symbols[0] == "\n"
    assert {value.dtype for value in network.tensors.values()} == {np.dtype(np.float16)}
