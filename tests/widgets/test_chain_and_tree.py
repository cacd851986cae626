"""Chain and tree: NumPy against PyTorch and automatic differentiation, its JavaScript, and its page in Chromium."""

import json
import re

import numpy as np
import pytest
from examples.chain_and_tree import EXPRESSIONS, a_network, an_explorer
from explorables import (
    frames,
    mount,
    put,
    state,
    traits,
    tried,
)

from rnn_course.data.expressions import SYMBOLS, draw_expression, tokens, value, write
from rnn_course.widgets import ChainAndTree

# ---- The numbers -----------------------------------------------------------------------------------------------


def test_the_tree_is_the_equation_and_the_chain_is_pytorchs_rnn():
    torch = pytest.importorskip("torch")
    for k, tree in enumerate(EXPRESSIONS):
        network = a_network(4, k).double()
        now = ChainAndTree(tree, network).compute()

        def state_of(part, network=network):
            if isinstance(part, int):
                return torch.tanh(network.W_x[:, part] + network.b)
            left, right = (W @ state_of(side) for W, side in zip(network.W_children, part[1:], strict=True))
            return torch.tanh(network.W_x[:, SYMBOLS.index(part[0])] + left + right + network.b)

        wanted = state_of(tree).detach().numpy()
        np.testing.assert_allclose(now["tree"]["h"][-1], wanted, rtol=0, atol=1e-12)

        rnn = torch.nn.RNN(len(SYMBOLS), 4, batch_first=True, dtype=torch.float64)
        with torch.no_grad():
            rnn.weight_ih_l0.copy_(network.W_x)
            rnn.weight_hh_l0.copy_(network.W_children[0])
            rnn.bias_ih_l0.copy_(network.b)
            rnn.bias_hh_l0.zero_()
            x = torch.eye(len(SYMBOLS), dtype=torch.float64)[[SYMBOLS.index(token) for token in tokens(tree)]]
            wanted = rnn(x[None])[0][0].numpy()
        np.testing.assert_allclose(now["chain"]["h"], wanted, rtol=0, atol=1e-12)


def test_what_arrives_is_the_norm_of_the_jacobian_by_automatic_differentiation():
    torch = pytest.importorskip("torch")
    explorer = an_explorer(4, seed=3)
    W_x, W, b = (torch.tensor(np.array(explorer.parameters[name])) for name in ("W_x", "W_children", "b"))
    now = explorer.compute()
    for shape in ("tree", "chain"):
        nodes = explorer.expressions[0][shape]
        for digit, arrives in zip(nodes["digits"], now[shape]["arrives"], strict=True):

            def end(nudge, digit=digit, nodes=nodes):
                """The last state when so much is added to the state of the digit."""
                h = []
                for n, (label, pair) in enumerate(zip(nodes["label"], nodes["children"], strict=True)):
                    below = sum((W[k] @ h[child] for k, child in enumerate(pair) if child >= 0), torch.zeros(4))
                    h.append(torch.tanh(W_x[:, label] + below + b) + (nudge if n == digit else 0))
                return h[-1]

            jacobian = torch.autograd.functional.jacobian(end, torch.zeros(4, dtype=torch.float64))
            assert arrives == pytest.approx(float(torch.linalg.matrix_norm(jacobian)), rel=1e-10)


def levels_above(tree, place=()):
    """How many operators stand above each digit, in reading order."""
    if isinstance(tree, int):
        return [len(place)]
    return levels_above(tree[1], (*place, 0)) + levels_above(tree[2], (*place, 1))


def test_steps_are_levels_of_the_tree_and_places_in_the_text():
    for k, tree in enumerate(EXPRESSIONS):
        now, text = an_explorer(0, expression=k).compute(), tokens(tree)
        assert now["tree"]["distance"] == levels_above(tree)
        assert now["chain"]["distance"] == [len(text) - 1 - t for t, token in enumerate(text) if token.isdigit()]
        assert max(now["tree"]["round"]) == 1 + max(levels_above(tree))
        assert now["chain"]["round"] == list(range(1, len(text) + 1))
        assert now["tree"]["h"] is now["chain"]["arrives"] is None
        nodes = an_explorer(0).expressions[k]["tree"]
        assert [text[place] for place in nodes["place"]] == [SYMBOLS[label] for label in nodes["label"]]
        assert nodes["says"][-1].endswith(f" = {value(tree)}".replace("-", "−"))


# ---- The page --------------------------------------------------------------------------------------------------


def boxes(root, which="", within=""):
    frames(root.page)
    return root.locator(f"{within}.rnn-step{which}").count()


@pytest.mark.browser
def test_both_shapes_take_their_steps_together(page):
    explorer = an_explorer(step=1)
    root = mount(page, explorer)
    tree, chain = (f"[data-chart={shape}] " for shape in ("tree", "chain"))
    sentences = root.locator(".rnn-reach p")
    assert boxes(root, within=tree) == 9 and boxes(root, within=chain) == 17
    assert boxes(root, ".rnn-current", tree) == 5 == root.locator(f"{tree}.rnn-bar").count()
    assert boxes(root, ".rnn-current", chain) == 1 == root.locator(f"{chain}.rnn-bar").count()
    following = root.get_by_role("button", name="Next")
    following.click()
    assert boxes(root, ".rnn-current", tree) == 2 and root.locator(f"{tree}.rnn-bar").count() == 7
    assert sentences.nth(0).text_content() == "Step 2 of 4 in the tree: (2 × 3) = 6; (1 + 5) = 6."
    for _ in range(2):
        following.press("ArrowRight")
    frames(page)
    assert sentences.nth(0).text_content() == "Step 4 of 4 in the tree: ((2 × 3) + (4 − (1 + 5))) = 4."
    assert sentences.nth(1).text_content() == "Step 4 of 17 in the chain: it takes in “×”."
    following.press("ArrowRight")
    frames(page)
    assert sentences.nth(0).text_content() == "The tree is done: it took 4 steps."
    assert root.locator(f"{tree}.rnn-bar").count() == 9 and root.locator(f"{chain}.rnn-bar").count() == 5
    root.get_by_label("Steps taken").press("End")
    following.press("ArrowRight")  # the end
    frames(page)
    assert state(page)["step"] == 17 and root.locator(f"{chain}.rnn-bar").count() == 17
    assert "it takes in “)”, and this last state is all that is left" in sentences.nth(1).text_content()
    root.get_by_role("button", name="Previous").click()
    assert state(page)["step"] == 16
    root.get_by_label("Choose one").select_option("(6 × 9)")
    assert boxes(root, within=tree) == 3 and boxes(root, within=chain) == 5
    root.get_by_role("button", name="Reset").click()
    assert boxes(root, within=tree) == 9 and state(page) == explorer.initial
    assert explorer.initial["step"] == 4  # it opens with the tree done, and the chain at its beginning


@pytest.mark.browser
def test_the_bars_are_the_states_of_the_unit(page):
    explorer = an_explorer(step=17, unit=2, seed=5)
    root, now = mount(page, explorer), explorer.compute()
    frames(page)
    tallest = max(np.abs(now[shape]["h"][:, 2]).max() for shape in ("tree", "chain"))
    for shape, room in (("tree", 11.5), ("chain", 14)):
        bars = root.locator(f"[data-chart={shape}] .rnn-bar").all()
        heights = [float(bar.get_attribute("height")) for bar in bars]
        h = np.abs(now[shape]["h"][:, 2])
        np.testing.assert_allclose(np.array(heights) / room, h / tallest, atol=0.06)
    assert f"the tallest is {tallest:.3g}" in root.locator(".rnn-lead .rnn-legend").text_content()


@pytest.mark.browser
def test_bars_of_small_states_can_be_told_apart_and_stay_as_the_steps_go_on(page):
    explorer = an_explorer(step=2)
    explorer.parameters = {name: (np.array(values) / 100).tolist() for name, values in explorer.parameters.items()}
    root = mount(page, explorer)

    def heights():
        frames(page)
        return root.locator(".rnn-bar").evaluate_all("all => all.map(bar => Number(bar.getAttribute('height')))")

    early = root.locator("[data-chart=chain] .rnn-bar").first.evaluate("bar => bar.outerHTML")
    root.get_by_label("Steps taken").press("End")
    assert max(heights()) > 11
    assert root.locator("[data-chart=chain] .rnn-bar").first.evaluate("bar => bar.outerHTML") == early


@pytest.mark.browser
def test_the_present_step_has_its_frame_on_the_way_too(page):
    root = mount(page, an_explorer(step=1, digit=1))
    frames(page)
    frame = root.locator("[data-chart=tree] .rnn-frame")
    assert frame.count() == 1  # of five nodes of this step one is on the way
    [around, box] = [part.bounding_box() for part in (frame, root.locator("[data-chart=tree] .rnn-current.rnn-on-way"))]
    assert around["x"] < box["x"] - 1 and around["width"] > box["width"] + 2 and around["height"] > box["height"] + 2
    assert root.locator(".rnn-legend .rnn-frame").count() == 1
    root.get_by_role("button", name="Next").click()
    root.get_by_label("Follow the digit").press("End")  # whose operator is computed now
    frames(page)
    assert frame.count() == 1 and root.locator("[data-chart=chain] .rnn-frame").count() == 0


# ---- What the reader types -------------------------------------------------------------------------------------

REFUSED = {
    "1": "it has 0 operators, 1 to 4 can be shown.",
    "1+2+3+4+5+6": "it has 5 operators, 1 to 4 can be shown.",
    "12 + 3": "between “1” and “2” an operator is wanted; a number has one digit.",
    "2(3 + 4)": "between “2” and “(” an operator is wanted; a number has one digit.",
    "(1 + 2": "a bracket is opened and not closed.",
    "1 + 2)": "a bracket is closed that was not opened.",
    "1 + ": "it ends where a digit or an opening bracket is wanted.",
    "− 3 + 1": "where “−” stands, a digit or an opening bracket is wanted.",
    "(1 + )": "where “)” stands, a digit or an opening bracket is wanted.",
    "3 / 4": "“/” is none of the digits 0 to 9, + − × and brackets.",
    "3 + ²": "“²” is none of the digits 0 to 9, + − × and brackets.",
    "1 + 𝟚": "“𝟚” is none of the digits 0 to 9, + − × and brackets.",
    "   ": "it ends where a digit or an opening bracket is wanted.",
    "(" * 30 + "1 + 2" + ")" * 30: "it has 65 characters, at most 60 can be read.",
}
READ = """async ([esm, texts]) => {
  const { readExpression } = await window.load(esm);
  return texts.map(readExpression);
}"""


@pytest.mark.browser
def test_the_page_reads_and_describes_what_python_does(page):
    explorer, rng = an_explorer(), np.random.default_rng(7)
    mount(page, explorer)
    trees = [draw_expression(1 + k % 4, rng) for k in range(60)]
    texts = [write(tree) for tree in trees] + [write(tree).replace("×", "*").replace("−", "-") for tree in trees]
    texts += ["".join(tokens(tree, brackets=False)) for tree in trees] + ["((9)) −8·7"]
    for text, theirs in zip(texts, page.evaluate(READ, [explorer._esm, texts]), strict=True):
        explorer.typed = text
        assert theirs == {"expression": json.loads(json.dumps(explorer.shown))}, text


@pytest.mark.browser
def test_both_sides_refuse_in_the_same_words(page):
    explorer = an_explorer()
    mount(page, explorer)
    for theirs, (text, sentence) in zip(page.evaluate(READ, [explorer._esm, [*REFUSED]]), REFUSED.items(), strict=True):
        assert theirs == {"refusal": sentence}, text
        with pytest.raises(ValueError, match=re.escape(sentence)):
            explorer.typed = text
    assert explorer.typed == ""


@pytest.mark.browser
def test_an_expression_of_ones_own_is_typed_and_refused_with_a_sentence(page):
    explorer = an_explorer()
    root = mount(page, explorer)
    field, alert = root.get_by_label("Or type your own"), root.get_by_role("alert")
    chosen = root.get_by_label("Choose one")
    field.focus()
    page.keyboard.type("7 * (1 + 2")
    assert alert.text_content() == "This cannot be read: a bracket is opened and not closed."
    assert field.get_attribute("aria-invalid") == "true" and state(page)["typed"] != "7 * (1 + 2"
    page.keyboard.type(")")
    explorer.typed = "7 * (1 + 2)"
    assert alert.text_content() == "" and state(page)["typed"] == explorer.typed
    assert boxes(root, within="[data-chart=tree] ") == 5 and boxes(root, within="[data-chart=chain] ") == 9
    assert chosen.locator("option:checked").text_content() == "(7 × (1 + 2))"
    now = explorer.compute()
    rows = root.locator("tbody tr").evaluate_all("rows => rows.map(row => [...row.children].map(c => c.textContent))")
    assert [row[3:] for row in rows] == [
        [said(a), said(b)] for a, b in zip(now["tree"]["arrives"], now["chain"]["arrives"], strict=True)
    ]
    chosen.select_option("(6 × 9)")
    assert (state(page)["typed"], state(page)["expression"], field.input_value()) == ("", 2, "")
    field.fill("9 + ")
    root.get_by_role("button", name="Reset").click()
    assert (field.input_value(), alert.text_content(), state(page)) == ("", "", explorer.initial)


@pytest.mark.browser
def test_what_the_buttons_say_holds(page):
    explorer = an_explorer(digit=2)
    root, seen = mount(page, explorer), {}
    for label, _, where in tried(page, root):
        now = put(explorer, where).compute()
        seen[label] = {shape: (max(now[shape]["round"]), now[shape]["distance"]) for shape in now} | {"where": where}
    assert list(seen) == ["Step by step", "The last digit", "Balanced", "Leaning left"]
    assert seen["Step by step"]["where"]["step"] == 1
    last = seen["The last digit"]
    assert last["where"]["digit"] == 4 and last["chain"][1] == sorted(last["chain"][1], reverse=True)
    assert seen["Balanced"]["tree"] == (3, [2, 2, 2, 2]) and seen["Balanced"]["where"]["step"] == 3
    assert seen["Leaning left"]["tree"][1][0] == 4 == seen["Leaning left"]["where"]["step"] - 1
    assert seen["Leaning left"]["chain"][1][0] == 12


@pytest.mark.browser
def test_the_way_of_a_digit_is_marked_and_its_row_says_how_long_it_is(page):
    explorer = an_explorer(digit=3)
    root = mount(page, explorer)
    now = explorer.compute()
    frames(page)
    for shape in ("tree", "chain"):
        assert root.locator(f"[data-chart={shape}] path.rnn-way").count() == now[shape]["distance"][3]
        assert boxes(root, ".rnn-on-way", f"[data-chart={shape}] ") == 1 + now[shape]["distance"][3]
    rows = root.locator("tbody tr").evaluate_all("rows => rows.map(row => [...row.children].map(c => c.textContent))")
    assert [row[0] for row in rows] == ["2", "3", "4", "▸ 1", "5"]
    assert [[int(row[1]), int(row[2])] for row in rows] == np.transpose(
        [now["tree"]["distance"], now["chain"]["distance"]]
    ).tolist()
    for row, tree, chain in zip(rows, now["tree"]["arrives"], now["chain"]["arrives"], strict=True):
        assert row[3:] == [said(tree), said(chain)]
    for shape, share, digit in (("tree", 0.15, 0), ("chain", 0.8, 4)):
        box = root.locator(f"[data-chart={shape}] svg").bounding_box()
        page.mouse.click(box["x"] + share * box["width"], box["y"] + 20)
        assert state(page)["digit"] == digit


TO_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def said(number):
    """A number as the page writes it in three digits."""
    if number < 1e-3:
        mantissa, exponent = f"{number:.1e}".split("e")
        return f"{mantissa}·10{str(int(exponent)).translate(TO_SUPERSCRIPTS)}"
    return f"{float(f'{number:.3g}'):g}"


@pytest.mark.browser
def test_without_a_network_the_shapes_alone_are_shown(page):
    root = mount(page, an_explorer(0, drawn=1))
    assert boxes(root) == 3 + 5 and root.locator(".rnn-bar").count() == 0
    assert root.locator("thead th").all_text_contents() == ["digit", "steps, tree", "steps, chain"]
    assert root.locator("select").count() == 1


@pytest.mark.browser
def test_says_what_it_shows(page):
    root = mount(page, an_explorer(step=3, digit=2))
    sentence = "From the 4 to the end: 2 steps in the tree, 8 steps in the chain."
    for label, shape in zip(root.locator("svg[role=img]").all(), ("tree", "chain"), strict=True):
        text = label.get_attribute("aria-label")
        assert f"as a {shape}" in text and sentence in text and "(4 − (1 + 5)) = −2" in text
    page.wait_for_function("(text) => document.querySelector('[role=status]').textContent.includes(text)", arg=sentence)


# ---- The Python side -------------------------------------------------------------------------------------------


def test_traits_carry_every_bit():
    explorer = an_explorer()
    sent = json.loads(json.dumps(traits(explorer)))
    assert {"expressions", "parameters", "initial", "ranges", "whole", "choices", *explorer.state} == set(sent) - {
        "tabbable",
        "tooltip",
    }
    assert sent["expressions"] == explorer.expressions and sent["parameters"] == explorer.parameters


def test_reset_goes_back_to_the_first_state():
    explorer = an_explorer()
    first = explorer.state
    explorer.expression, explorer.typed, explorer.step, explorer.digit, explorer.unit = 2, "1 + 2", 5, 1, 2
    assert all(explorer.state[name] != setting for name, setting in first.items())
    explorer.reset()
    assert explorer.state == first == explorer.initial


def test_later_training_does_not_reach_it():
    torch = pytest.importorskip("torch")
    network = a_network(3, 1)
    explorer = ChainAndTree(("+", 1, 2), network)
    before = explorer.compute()["tree"]["h"]
    with torch.no_grad():
        network.b += 1
    np.testing.assert_array_equal(explorer.compute()["tree"]["h"], before)
    assert repr(explorer) == "ChainAndTree((1 + 2))"


BAD = {
    "empty": (([],), ValueError, "expressions is empty"),
    "digit": ((("+", 1, 12),), ValueError, "expressions[0] has the part 12, it must be a digit from 0 to 9"),
    "truth": ((("+", 1, True),), ValueError, "expressions[0] has the part True"),
    "operator": (([("+", 1, 2), ("/", 1, 2)],), ValueError, "expressions[1] has the part ('/', 1, 2)"),
    "text": (("1 + 2",), ValueError, "expressions[0] has the part '1 + 2'"),
    "none": ((3,), ValueError, "expressions[0] has 0 operators, 1 to 4 can be shown"),
    "many": ((("+", 1, ("+", 1, ("+", 1, ("+", 1, ("+", 1, 1))))),), ValueError, "expressions[0] has 5 operators"),
    "network": ((("+", 1, 2), "gru"), TypeError, "network is a str, it must be a RecursiveNetwork or None"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_arguments_are_named(case):
    arguments, error, sentence = BAD[case]
    with pytest.raises(error, match=re.escape(sentence)):
        ChainAndTree(*arguments)


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ((10, 4, 3), "network has input_size=10, expressions want 15"),
        ((15, 4, 3, 1), "network has children=1, expressions want 2"),
        ((15, 9, 3), "network has hidden_size=9, at most 8 can be shown"),
    ],
)
def test_networks_that_do_not_fit_are_named(sizes, sentence):
    pytest.importorskip("torch")
    from rnn_course.models import RecursiveNetwork

    with pytest.raises(ValueError, match=sentence):
        ChainAndTree(("+", 1, 2), RecursiveNetwork(*sizes))


@pytest.mark.parametrize(("name", "setting"), [("expression", 3), ("unit", 3), ("unit", -1)])
def test_controls_out_of_range_are_refused(name, setting):
    with pytest.raises(ValueError, match=f"{name} is {setting}, it must be from 0 to 2"):
        setattr(an_explorer(), name, setting)
