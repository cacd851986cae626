"""What is put into a box, and the words that start it."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest
from boxes import contents

from rnn_course.assignments import box


def test_the_code_in_the_box_runs_without_the_course(tmp_path):
    folder = box.pack(tmp_path)
    assert not [path for path in folder.iterdir() if "rnn_course" in path.read_text("utf8").split('"""', 2)[2]]
    numpy = str(next(iter(box.packages(["numpy"]).values())).parent)
    program = (
        f"import sys; sys.path[:0] = [{str(folder)!r}, {numpy!r}]; import worker; print('rnn_course' in sys.modules)"
    )
    words = [sys.executable, "-I", "-S", "-c", program]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == "False\n"


def test_packages_come_with_what_they_require_and_without_what_starts_by_itself():
    found = box.packages(["scikit-learn"])
    assert {"sklearn", "scipy", "numpy", "joblib", "threadpoolctl.py"} <= found.keys()
    assert not [name for name in found if name.endswith(".pth") or name.startswith(("rnn_course", "__editable__"))]
    assert all(path.exists() for path in found.values())
    alone = box.packages(["numpy"])
    assert "numpy" in alone and not {"scipy", "sklearn"} & alone.keys()


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(ValueError, match="packages names 'no-such-thing', which is not installed"):
        box.packages(["numpy", "no-such-thing"])


def test_versions_are_those_that_are_installed():
    assert box.versions(["numpy"])["numpy"] == importlib.metadata.version("numpy")


def test_an_engine_that_is_none_is_refused(tmp_path):
    with pytest.raises(
        ValueError, match="engine is 'chroot', it must be one of 'bubblewrap', 'podman', 'docker', 'limits'"
    ):
        box.start("chroot", contents(tmp_path / "code"), box.Limits())


@pytest.mark.parametrize("engine", ["podman", "docker"])
def test_a_container_has_no_network_no_rights_and_limits(tmp_path, engine):
    (tmp_path / "data.csv").write_text("1")
    limits = box.Limits(memory=123_000_000, processes=17, disk=5_000_000)
    made = box.start(engine, contents(tmp_path / "code", {"data.csv": tmp_path / "data.csv"}), limits)
    line = " ".join(made.words)
    for wanted in [
        f"{engine} run --rm --init --pull=never --log-driver none --name {box.IMAGE}-",
        "--network none --ipc none --read-only --cap-drop ALL",
        "--security-opt no-new-privileges --user 65534:65534",
        "--memory 123000000 --memory-swap 123000000 --pids-limit 17",
        "--tmpfs /tmp:rw,noexec,nosuid,nodev,size=5000000,mode=1777",
        f"--volume {tmp_path / 'code'}:/box:ro,z --volume {tmp_path / 'data.csv'}:/tmp/data.csv:ro,z",
    ]:
        assert wanted in line
    assert ("--read-only-tmpfs=false" in made.words) == (engine == "podman")  # docker has no such option
    assert made.last_words[:2] == (engine, "kill") and made.last_words[2] in made.words


def test_the_image_is_what_a_container_is_started_from(tmp_path):
    recipe = (Path(box.__file__).parent / "Containerfile").read_text("utf8")
    steps = [line.split(maxsplit=1) for line in recipe.splitlines() if line and not line.startswith("#")]
    assert [word for word, _ in steps] == ["ARG", "FROM", "ARG", "RUN", "USER", "WORKDIR"]
    said = {word: rest for word, rest in steps}
    words = box.start("podman", contents(tmp_path / "code"), box.Limits()).words
    assert said["FROM"] == "python:${PYTHON}-slim"  # no registry: that is the engine's setting
    assert "--target /packages ${PACKAGES}" in said["RUN"] and "sys.path += ['/packages']" in words[-1]
    assert said["USER"] == words[words.index("--user") + 1] and said["WORKDIR"] == words[words.index("--workdir") + 1]
    assert f"--tag {box.IMAGE} " in recipe and box.IMAGE in words
    assert words[words.index(box.IMAGE) + 1] == "/usr/local/bin/python"  # PATH leads nowhere


def test_the_code_can_be_read_by_the_user_of_a_container(tmp_path):
    (tmp_path / "code").mkdir(mode=0o700)
    folder = contents(tmp_path / "code").code
    assert folder.stat().st_mode & 0o5 == 0o5 and all(path.stat().st_mode & 0o4 for path in folder.iterdir())


def test_two_containers_have_two_names(tmp_path):
    packed = contents(tmp_path / "code")
    assert len({box.start("docker", packed, box.Limits()).last_words for _ in range(2)}) == 2
