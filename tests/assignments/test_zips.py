"""A zip that is handed out holds what it should, and whoever unpacks it can read it."""

import io
import zipfile

from rnn_course.assignments.zips import zipped


def test_a_zip_holds_its_parts_readable_and_is_the_same_each_time():
    parts = {"b/ä.txt": b"one", "a": b""}
    made = zipped(parts)
    assert made == zipped(parts)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {info.filename: archive.read(info) for info in archive.infolist()} == parts
        assert {info.external_attr >> 16 for info in archive.infolist()} == {0o644}
