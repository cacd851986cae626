"""A gradebook is known by its header."""

import platform_exports as made

from rnn_course.assignments.gradebooks import canvas, export, folder, moodle, platforms


def test_each_gradebook_is_recognised(tmp_path):
    rows = [("12", "A", "", "", "100.00", "Yes", "-")]
    for language in made.MOODLE_HEADERS:
        assert platforms.of(export.read(made.worksheet(tmp_path / "m.csv", rows, language))) is moodle
    assert platforms.of(export.read(made.canvas(tmp_path / "c.csv"))) is canvas
    (tmp_path / "r.csv").write_text("id,name,score\ns101,A,\ns102,B,\n")
    assert platforms.of(export.read(tmp_path / "r.csv")) is folder


def test_every_platform_reads_a_class_and_its_submissions():
    for platform in platforms.COLLECTED.values():
        assert callable(platform.students) and callable(platform.submissions) and platform.NAME
    for platform in platforms.RETURNED.values():
        assert callable(platform.feedback_path)
