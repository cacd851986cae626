"""What the tests of checks share: a verdict that refuses or accepts, and the mistakes that a check knows."""

from rnn_course.exercises.verdict import judge_function


def refused(verdict, sentence):
    assert not verdict.passed and sentence in verdict.message, verdict
    assert repr(verdict).startswith("Not yet. ") and "Not yet" in verdict._repr_markdown_()


def accepted(verdict):
    assert verdict.passed, verdict
    assert repr(verdict).startswith("Right. ")


def catalogue(monkeypatch, module, check, answer):
    """The mistakes that a check hands to `judge_function`, and its reference."""
    seen = {}

    def capture(answer, reference, cases, mistakes=(), tolerance=1e-9):
        seen.update(reference=reference, mistakes=mistakes)
        return judge_function(answer, reference, cases, mistakes, tolerance)

    with monkeypatch.context() as patched:
        patched.setattr(module, "judge_function", capture)
        check(answer)
    return list(seen["mistakes"]), seen["reference"]
