"""Tests of files that replace older ones only when they are complete."""

from pathlib import Path

import pytest

from bricoop.atomic_files import PartialFile, discard_partial_files, is_replaceable, replacing


def test_a_complete_file_replaces_an_older_one(tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    target.write_text("old")
    with replacing(target) as path:
        path.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert [*tmp_path.iterdir()] == [target]


def test_an_incomplete_file_is_removed_and_the_older_one_stays(tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    target.write_text("old")

    def interrupted() -> None:
        with replacing(target) as path:
            path.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_text() == "old"
    assert [*tmp_path.iterdir()] == [target]


def test_a_symbolic_link_is_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "rows.csv", tmp_path / "link.csv"
    target.write_text("old")
    link.symlink_to(target)
    with replacing(link) as path:
        path.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_two_partial_files_of_one_target_do_not_overwrite_each_other(tmp_path: Path) -> None:
    first, second = (PartialFile(tmp_path / "rows.csv") for _ in range(2))
    first.path.write_text("first")
    second.path.write_text("second")
    first.complete()
    second.discard()
    assert (tmp_path / "rows.csv").read_text() == "first"
    assert [*tmp_path.iterdir()] == [tmp_path / "rows.csv"]


def test_an_end_without_cleanup_removes_partial_files_but_no_complete_ones(tmp_path: Path) -> None:
    complete, partial = (PartialFile(tmp_path / name) for name in ("a.csv", "b.csv"))
    complete.path.write_text("a")
    partial.path.write_text("b")
    complete.complete()
    discard_partial_files()
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_devices_are_not_replaced(tmp_path: Path) -> None:
    assert is_replaceable(tmp_path / "new.csv")
    assert not is_replaceable(Path("/dev/null"))
    assert PartialFile(Path("/dev/null")).path.parent != Path("/dev")
