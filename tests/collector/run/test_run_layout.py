"""A run's directory: made where nothing is, refused where something is."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.contract.layout import OutRefused, RunDir, default_out, new_run, open_run


def test_a_new_run_gets_its_folders_and_private_profiles(tmp_path: Path) -> None:
    run = new_run(tmp_path / "a" / "run")
    assert run.evidence.is_dir()
    assert run.profiles.stat().st_mode & 0o777 == 0o700


def test_an_empty_directory_is_as_good_as_none(tmp_path: Path) -> None:
    assert new_run(tmp_path).root == tmp_path


def test_a_directory_of_somebody_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutRefused, match="not empty"):
        new_run(tmp_path, remake_demo=True)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutRefused, match="file"):
        new_run(tmp_path / "out")


def test_a_run_is_never_overwritten(tmp_path: Path) -> None:
    new_run(tmp_path).write_manifest({"scenario": "quick", "purpose": "run"})
    with pytest.raises(OutRefused, match="already holds a run of scenario 'quick'"):
        new_run(tmp_path, remake_demo=True)


def test_only_a_demo_is_made_anew_and_only_by_a_demo(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    run.write_manifest({"scenario": "quick", "purpose": "demo"})
    (run.evidence / "ab").mkdir()
    with pytest.raises(OutRefused):
        new_run(tmp_path)
    assert list(new_run(tmp_path, remake_demo=True).evidence.iterdir()) == []
    assert RunDir(tmp_path).read_manifest() is None


def test_a_manifest_of_another_program_makes_no_run(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"format": "something/1", "purpose": "demo"}')
    with pytest.raises(OutRefused):
        new_run(tmp_path, remake_demo=True)
    with pytest.raises(OutRefused, match="not the directory of a run"):
        open_run(tmp_path)


def test_the_default_directory_takes_the_first_free_number(tmp_path: Path) -> None:
    assert default_out("quick", tmp_path) == tmp_path / "quick-1"
    (tmp_path / "quick-1").mkdir()
    assert default_out("quick", tmp_path) == tmp_path / "quick-2"
