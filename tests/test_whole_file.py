"""Files that appear whole: no link laid beside them is followed, no device replaced."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from newscrawl.system.whole_file import unfinished_beside, whole_file
from tests.command_line import refusal, run
from tests.importing import imported_archive, story


def test_file_appears_at_the_end_of_the_block(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with whole_file(target) as file:
        file.write(b"one")
        assert not target.exists()
    assert target.read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_error_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")
    with pytest.raises(TypeError), whole_file(target) as file:
        file.writelines([b"half", "no bytes"])  # type: ignore[list-item]
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    with whole_file(tmp_path / "out.csv") as file:
        file.write(b"one")
    usual = (tmp_path / "usual").stat().st_mode
    assert (tmp_path / "out.csv").stat().st_mode == usual


def test_each_unfinished_file_has_a_name_of_its_own(tmp_path: Path) -> None:
    names = {unfinished_beside(tmp_path / ("ب" * 120)).name for _ in range(20)}
    assert len(names) == 20


@pytest.mark.parametrize(
    "options", [("--format", "csv", "-o"), ("--wacz",)], ids=["table", "wacz"]
)
def test_export_follows_no_link_laid_beside_its_file(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    database = imported_archive(tmp_path, [story(1)])
    prey = tmp_path / "prey"
    prey.write_bytes(b"precious")
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / "table"
    (tmp_path / "out" / ".table.unfinished").symlink_to(prey)
    target.symlink_to(prey)
    done = run("export", "-d", database, *options, target)
    assert done.returncode == 0, done.stderr
    assert prey.read_bytes() == b"precious"
    assert target.is_file()
    assert not target.is_symlink()


@pytest.mark.parametrize("options", [("--format", "csv", "-o"), ("--wacz",)])
def test_export_writes_into_a_pipe_and_leaves_it_there(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    database = imported_archive(tmp_path, [story(1)])
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()), daemon=True)
    reader.start()
    done = run("export", "-d", database, *options, pipe)
    assert done.returncode == 0, done.stderr
    reader.join(30)
    assert len(received[0]) > 500
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("name", ["loop", "a" * 300])
def test_place_that_cannot_be_is_one_line(tmp_path: Path, name: str) -> None:
    path, out = imported_archive(tmp_path, [story(1)]), tmp_path / name
    if name == "loop":
        out.symlink_to(out)
    said = refusal(run("export", "--format", "csv", "-o", out, "--archive", path))
    assert "Too many levels" in said or "too long" in said
    done = run("backup", out, "--archive", path)  # which replaces a link that leads nowhere
    assert (done.returncode, done.stderr.count("\n")) == ((0, 0) if name == "loop" else (1, 1))


def test_export_over_a_hard_link_of_the_archive_is_refused(tmp_path: Path) -> None:
    path, out = imported_archive(tmp_path, [story(1)]), tmp_path / "out.csv"
    out.hardlink_to(path)
    done = run("export", "--format", "csv", "-o", out, "--archive", path)
    assert "is the archive; write to another file" in done.stderr


def test_evidence_is_written_to_a_device(tmp_path: Path) -> None:
    database = imported_archive(tmp_path, [story(1)])
    done = run("evidence", story(1).url, "-d", database, "-o", "/dev/null")
    assert done.returncode == 0, done.stderr
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_share_without_modes_and_fsync_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    target = tmp_path / "articles.csv"
    target.write_bytes(b"old")
    for name in ("chmod", "chown", "fsync"):
        monkeypatch.setattr(os, name, refuse)
    with whole_file(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_file_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, synced = tmp_path / "state.json", []
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(os.fstat(number).st_size))
    with whole_file(target) as file:
        file.write(b"whole")
        assert not target.exists()
    assert synced == [5]


def test_disk_that_fails_to_keep_a_file_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    target = tmp_path / "state.json"
    target.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"), whole_file(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"old"
