"""What was gained: Hake's formula, its undefined case, and who and what is counted."""

from fractions import Fraction

import pytest

from rnn_course.questions import bank, class_gain, every_question, gain, learner_gain, normalised_gain
from rnn_course.questions.answers import Answer, note

QUESTIONS = every_question()


def keep(path, rights):
    """A file with `{key: (right before, right after)}`; None for a round that was left out."""
    for key, rounds in rights.items():
        question = QUESTIONS[key]
        wrong = next(option for option in question.options if not option.right)
        for which, right in zip(("before", "after"), rounds, strict=True):
            if right is not None:
                note(path, question, question.answer if right else wrong, which)


def of(gains, concept):
    [found] = [one for one in gains if one.concept == concept]
    return found


# ---- The formula -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before, after", [(0, 0), (0, 1), (Fraction(1, 5), Fraction(3, 5)), (Fraction(3, 4), 1), (0.5, 0.5)]
)
def test_the_gain_is_the_share_of_what_could_be_gained(before, after):
    """What is left wrong after, as a share of what was wrong before, is one minus the gain."""
    assert normalised_gain(before, after) == 1 - (1 - after) / (1 - before)


def test_less_right_than_before_is_a_negative_gain():
    assert normalised_gain(0.5, 0.25) == -0.5


@pytest.mark.parametrize("after", [0, 0.5, 1])
def test_where_all_was_right_before_it_is_undefined(after):
    assert normalised_gain(1, after) is None


@pytest.mark.parametrize("before, after, name", [(-0.1, 0, "before"), (0, 1.1, "after"), (50, 70, "before")])
def test_a_number_that_is_no_share_is_refused(before, after, name):
    with pytest.raises(ValueError, match=f"{name} is .* from 0 to 1"):
        normalised_gain(before, after)
    with pytest.raises(ValueError, match="before is nan"):
        normalised_gain(float("nan"), 0.5)


# ---- One learner -----------------------------------------------------------------------------------------------------


def test_a_learners_gain_by_concept(tmp_path):
    path = tmp_path / "mine.csv"
    gradients = [key for key, question in QUESTIONS.items() if question.concept == "gradients"]
    speed = [key for key, question in QUESTIONS.items() if question.concept == "speed"]
    keep(path, dict(zip(gradients, [(False, True), (False, False), (True, True), (False, True)], strict=False)))
    keep(path, {speed[0]: (True, True)})
    gains = learner_gain(path)
    assert [one.concept for one in gains] == ["gradients", "speed", "all"]
    assert of(gains, "gradients") == ("gradients", 1, 4, 0.25, 0.75) and of(gains, "gradients").gain == 2 / 3
    assert of(gains, "speed").gain is None
    assert of(gains, "all")[2:] == (5, 0.4, 0.8) and of(gains, "all").gain == pytest.approx(2 / 3)
    for shown in (repr(gains), gains._repr_html_()):
        assert "undefined" in shown and "0.67" in shown and bank.CONCEPTS["gradients"] in shown


def test_only_what_was_answered_both_times_counts(tmp_path):
    path = tmp_path / "mine.csv"
    one, two, three, _ = (question.key for question in bank.questions("text"))
    keep(path, {one: (False, True), two: (True, None), three: (None, False)})
    assert of(learner_gain(path), "all")[1:] == (1, 1, 0, 1)


def test_with_no_answers_it_says_so(tmp_path):
    gains = learner_gain(tmp_path / "none.csv")
    assert gains == [] and repr(gains) == gain.NOTHING_YET and gain.NOTHING_YET in gains._repr_html_()


# ---- A class ---------------------------------------------------------------------------------------------------------


def test_a_class_gains_what_its_means_gain(tmp_path):
    """The gain of means, over learners that count alike, however many questions each has answered."""
    one, two, three, four = (question.key for question in bank.questions("gpu_speed"))
    keep(tmp_path / "a.csv", {one: (False, True), two: (True, True), three: (False, True), four: (False, True)})
    keep(tmp_path / "b.csv", {one: (True, True), two: (None, True)})
    keep(tmp_path / "c.csv", {three: (True, None)})
    found = of(class_gain(tmp_path), "speed")
    assert found == ("speed", 2, 4, (0.25 + 1) / 2, 1) and found.gain == 1
    keep(tmp_path / "b.csv", {two: (False, False)})
    found = of(class_gain(tmp_path), "speed")
    assert found[3:] == ((0.25 + 0.5) / 2, 0.75) and found.gain == (0.75 - 0.375) / (1 - 0.375)


def test_a_class_without_files_or_with_a_file_of_another_kind_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"no file of answers \(.csv\) in it"):
        class_gain(tmp_path)
    keep(tmp_path / "a.csv", {"text-units": (False, True)})
    (tmp_path / "b.csv").write_text("name,mark\n")
    with pytest.raises(ValueError, match=r"b\.csv must begin with the row"):
        class_gain(tmp_path)


def test_a_concept_of_an_older_version_is_counted_under_its_own_name(tmp_path):
    rows = [Answer("old-one", "older", "right", "yes", "now", which) for which in ("before", "after")]
    (tmp_path / "a.csv").write_text("\n".join(map(",".join, [Answer._fields, *rows])) + "\n")
    assert [one.concept for one in class_gain(tmp_path)] == ["older", "all"]
