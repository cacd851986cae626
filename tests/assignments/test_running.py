"""A submission runs to its end whatever it does, what came before a fault is answered, and nothing is left."""

import os
import textwrap
import time

import numpy as np
import pytest
from boxes import QUICK, contents, engine_or_skip, left_running

from rnn_course.assignments.running import Call, Process, run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")
X = np.arange(6.0).reshape(2, 3)
DOUBLE = "def double(x):\n    return 2 * x"
ONE = Call("double", {"x": X})


@pytest.fixture(params=["limits", "bubblewrap"])
def engine(request):
    return engine_or_skip(request.param)


@pytest.fixture
def tried(engine, tmp_path):
    """Runs cells and calls in a box of the engine."""

    def tried(cells, calls=(ONE,), names=(), **limits):
        cells = [textwrap.dedent(cell) for cell in cells]
        return run(cells, list(calls), engine, contents(tmp_path / "code"), QUICK._replace(**limits), names)

    return tried


def right(answer):
    np.testing.assert_array_equal(answer["results"][""], 2 * X)
    return True


def test_cells_run_in_their_order_and_a_function_is_called_with_fresh_arguments(tried):
    ran = tried(
        ["import numpy as np\nk = 3", "k += 1", "def f(x, W):\n    W['b'] += k\n    x[:] = 0\n    return x + W['b']"],
        [Call("f", {"x": X, "W": {"b": np.ones(3)}})] * 2,
    )
    assert not ran.errors
    for answer in ran.answers:
        np.testing.assert_array_equal(answer["results"][""], np.full((2, 3), 5.0))
        assert answer["written"] == ["x", "W"]


def test_results_with_names_and_values_without_a_call(tried):
    ran = tried(
        ["size = 7\ndef f(x):\n    return {'h': x, 'C': x + 1}"],
        [Call("f", {"x": X}, ("h", "C"), True), Call("size", None), Call("nowhere", {})],
    )
    np.testing.assert_array_equal(ran.answers[0]["results"]["C"], X + 1)
    assert ran.answers[1]["results"][""] == 7
    assert ran.answers[2] == {"absent": True}


def test_texts_are_read_and_what_is_none_is_blank(tried):
    ran = tried(["who, number = 'ann', 42\ndef f(x):\n    return x"], [], names=["who", "number", "f", "nobody"])
    assert ran.texts == {"who": "ann", "number": "42", "f": "", "nobody": ""}


def test_an_error_in_a_cell_is_told_and_the_next_one_runs(tried):
    ran = tried(["y = 1\n1 / 0", "raise SystemExit('bye')", "def broken(:", "y += 1", DOUBLE])
    assert {k: error["error"].partition(":")[0] for k, error in ran.errors.items()} == {
        0: "ZeroDivisionError",
        1: "SystemExit",
        2: "SyntaxError",
    }
    assert ran.errors[0]["line"] == "1 / 0"
    assert right(ran.answers[0])


def test_pictures_and_bars_are_stubs_and_an_answer_in_the_same_cell_survives(tried):
    cell = """
        import matplotlib.pyplot as plt
        from IPython.display import HTML
        from tqdm.auto import tqdm
        from checks import check
        figure, axes = plt.subplots(1, 2)
        axes[0].plot([1, 2]); plt.show(); display(HTML("x")); print(input("who?"))
        total = sum(k for k in tqdm(range(4)))
        check("double", ...)
        def double(x):
            return x * (total - 4)
    """
    ran = tried([cell])
    assert not ran.errors
    assert right(ran.answers[0])


def test_the_course_and_what_else_is_installed_are_not_there(engine, tried):
    if engine == "limits":
        pytest.skip("no walls: what is installed is found")
    absent = ["rnn_course", "torch", "scipy", "sklearn", "pip"]
    ran = tried([f"import {name}" for name in absent] + [DOUBLE])
    assert [error["error"] for error in ran.errors.values()] == [
        f"ModuleNotFoundError: No module named '{name}'" for name in absent
    ]


@pytest.mark.parametrize(
    "ends", ["import os; os._exit(0)", "import os; os.kill(os.getpid(), 9)", "import ctypes; ctypes.string_at(0)"]
)
def test_a_process_that_dies_is_started_again_without_that_cell(tried, ends):
    ran = tried([DOUBLE, ends, "z = 3"], [ONE, Call("z", None)])
    assert list(ran.errors) == [1] and ran.errors[1]["error"].startswith("Its process ended.")
    assert right(ran.answers[0]) and ran.answers[1]["results"][""] == 3


def test_a_function_that_ends_its_process_costs_its_own_answers_alone(tried):
    ran = tried([DOUBLE, "def ends(x):\n    import os\n    os._exit(1)"], [Call("ends", {"x": X})] * 2 + [ONE])
    assert all("died" in answer for answer in ran.answers[:2])
    assert right(ran.answers[2])


def test_a_process_that_always_dies_is_given_up(tried):
    ran = tried(["import os; os._exit(0)"] * 9)
    assert ran.answers == [{"unusable": "It was not run. Its process had been ended before: Its process ended."}]


def test_what_never_ends_is_ended(tried):
    ran = tried([DOUBLE, "while True: pass"], seconds=2)
    assert "2 seconds" in ran.errors[1]["error"] and ran.errors[1]["ended"]
    assert right(ran.answers[0])
    ran = tried(["def double(x):\n    while True: pass"], [ONE, ONE], seconds=2)
    assert all("2 seconds" in answer["died"] for answer in ran.answers)
    ran = tried([DOUBLE, *["while True: pass"] * 4], seconds=2)
    assert sorted(ran.errors) == [1, 2, 3] and "It was not run." in ran.answers[0]["unusable"]


def test_too_much_memory_and_too_many_processes_cost_the_cell_alone(tried):
    many = """
        import os, time
        for _ in range(60):
            if os.fork() == 0:
                time.sleep(20)
                os._exit(0)
        time.sleep(20)
    """
    held = """
        import numpy as np, os, time
        for _ in range(3):
            if os.fork() == 0:
                held = np.ones(30_000_000)
                time.sleep(20)
                os._exit(0)
        time.sleep(20)
    """
    ran = tried([DOUBLE, "import numpy as np\nx = np.ones(10**11)", many, held])
    assert ran.errors[1]["error"].startswith(
        ("MemoryError", "numpy._core._exceptions._ArrayMemoryError", "_ArrayMemoryError")
    )
    # what the children share is counted for each, so that they may be too large before they are too many
    assert any(part in ran.errors[2]["error"] for part in ("processes at once", "of memory", "BlockingIOError"))
    assert "of memory" in ran.errors[3]["error"]
    assert right(ran.answers[0])


def test_what_is_printed_goes_nowhere(tried):
    cell = "import os\nfor _ in range(500):\n    os.write(1, b'\\xff' * 1_000_000)\nprint('Right.' * 10_000_000)"
    ran = tried([cell, DOUBLE])
    assert not ran.errors and right(ran.answers[0])


@pytest.mark.parametrize(
    "message",
    [
        "b'\\xff' * 4000",
        "(5).to_bytes(8, 'little') + b'12345'",
        "(10**15).to_bytes(8, 'little')",
        "len(J).to_bytes(8, 'little') + J",
    ],
)
def test_what_is_said_in_the_place_of_an_answer_earns_nothing(tried, message):
    header = '{"tree": {"dict": [["results", {"array": 0}]]}, "arrays": [["<f8", [1000000, 1000000]]]}'
    cell = f"""
        import os
        J = {header.encode()!r}
        def double(x):
            for fd in range(3, 40):
                try:
                    os.write(fd, {message})
                except OSError:
                    pass
            return x
    """
    ran = tried([cell, "def other(x):\n    return 2 * x"], [ONE, Call("other", {"x": X})])
    assert "results" not in ran.answers[0] and "said what it should not" in ran.answers[0]["died"]
    assert right(ran.answers[1])


def test_an_answer_larger_than_may_be_is_not_taken(tried):
    ran = tried(["import numpy as np\ndef double(x):\n    return np.zeros(200_000)"])
    assert "1600000 bytes were announced" in ran.answers[0]["died"]


def test_no_process_and_no_file_of_a_submission_is_left(engine, tried, tmp_path):
    if engine == "limits":
        pytest.skip("no walls: a child may go on")
    before = set(os.listdir("/tmp"))
    cell = """
        import os, shutil, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(100)
            os._exit(0)
        open("planted", "w").write("x"); os.symlink("/etc/passwd", "link")
        shutil.rmtree("/tmp", ignore_errors=True)
    """
    ran = tried([cell, DOUBLE])
    assert not ran.errors and right(ran.answers[0])
    assert not left_running(tmp_path / "code")
    assert not {"planted", "link"} & (set(os.listdir("/tmp")) - before)


def test_a_box_that_is_ended_while_it_starts_leaves_nothing(engine, tmp_path):
    made = contents(tmp_path / "code")
    for delay in np.linspace(0, 0.02, 60):
        with Process(engine, made, QUICK, time.monotonic() + 30):
            time.sleep(delay)
    assert not left_running(tmp_path / "code", 2)
