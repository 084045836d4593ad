"""A run whose manifest or plan somebody edited: one sentence with file and key, and exit code 2."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from one_visit import SCENARIO

from collector.cli import main
from collector.common.errors import UserError
from collector.contract.layout import RunDir
from collector.contract.options import RunOptions
from collector.manifestshape import _Options

WRONG = (3, "x", [3], {"x": 3}, None, True, ["x"], [{}], {"x": {}}, -1.5, [None])
#: Members of the manifest that nothing reads, but to print them: any value may stand there.
FREE = ("format", "environment.", "spacing.", "recordings.", "options.mock_options.")
#: Members that may be ``null`` as well.
NULLABLE = {
    "labels", "labels_sha256", "mock_port", "blocks.0.skew_ms", "skew_ms.median", "skew_ms.p95",
    "skew_ms.largest", "skew_ms.starts", "options.out",
}  # fmt: skip
#: What reads a manifest.
CALLS = {
    "review": "review {run}",
    "compare": "compare {run} {run} --out {out}",
    "report": "report {run}",
    "figures": "figures {run} --out {out}",
    "notebook": "report {run} --json",
    "pack": "pack {run} --out {out}",
    "dossier": "dossier {run} --law dsa40 --out {out}",
    "submit": "submit {run} --submit-to http://127.0.0.1:9",
    "resume": "run --resume {run}",
    "repeat": "run --repeat {run} --out {out}",
    "replay": "replay {run}",
    "snapshots": "profiles lineage {run}",
}
Member = tuple[str | int, ...]


@pytest.fixture(scope="module", name="kept")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was taken up once: its manifest has every member that there is."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "one.yaml").write_text(SCENARIO)
    run = folder / "run"
    done = collector("run", folder / "one.yaml", "--driver", "http", "--out", run)
    assert done.exit_code == 0, done.output
    assert collector("run", "--resume", run).exit_code == 0
    return run


@pytest.fixture(name="run")
def _run(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "run"))


def collector(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def members(value: Any, path: Member = ()) -> Iterator[tuple[Member, Any]]:
    """Every member of a document; of a list its first, of many keys alike the first."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for name in value:
            yield from members(value[name], (*path, name))
    elif isinstance(value, list) and value:
        yield from members(value[0], (*path, 0))


def edited(document: Any, path: Member, value: Any) -> bytes:
    document = copy.deepcopy(document)
    at = document
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    return json.dumps(document).encode()


def kind(value: Any) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def dotted(path: Member) -> str:
    return ".".join(map(str, path))


def test_every_member_of_a_manifest_has_its_type(run: Path) -> None:
    """Whatever is edited is refused with the file and the key, or is nothing that is read."""
    there = RunDir(run)
    whole = json.loads(there.manifest.read_bytes())
    for path, value in members(whole):
        if dotted(path).startswith(FREE):
            continue
        wrong = [each for each in WRONG if kind(each) != kind(value)]
        if value is None or dotted(path) in NULLABLE:
            # Some values are right; a list of numbers never is.
            wrong = [[3]]
        for each in wrong:
            there.manifest.write_bytes(edited(whole, path, each))
            with pytest.raises(UserError) as refused:
                there.read_manifest()
            assert refused.value.place == str(there.manifest), (path, each)
            assert str(refused.value).startswith(f"{there.manifest}: {path[0]}"), (path, each)
            assert refused.value.fix, (path, each)


@pytest.mark.parametrize("name", CALLS)
def test_a_command_refuses_it(run: Path, tmp_path: Path, name: str) -> None:
    """Exit code 2 and one sentence, of whichever command reads the file."""
    whole = json.loads((run / "manifest.json").read_bytes())
    for path, wrong in (("environment",), 3), (("resumed", 0), "x"), (("seeds", "master"), [7]):
        (run / "manifest.json").write_bytes(edited(whole, path, wrong))
        words = [each.format(run=run, out=tmp_path / "out") for each in CALLS[name].split()]
        refused = collector(*words)
        assert refused.exit_code == 2, (refused.output, refused.exception)
        assert refused.stderr.startswith(f"error: {run / 'manifest.json'}: {dotted(path)}: must be")
        assert "\n  fix: put the file back" in refused.stderr


@pytest.mark.parametrize("lacks", ["run", "plan_hash", "started", "versions"])
@pytest.mark.parametrize("how", ["--resume", "--repeat"])
def test_a_manifest_without_what_is_needed_is_refused(
    run: Path, tmp_path: Path, how: str, lacks: str
) -> None:
    whole = json.loads((run / "manifest.json").read_bytes())
    del whole[lacks]
    (run / "manifest.json").write_text(json.dumps(whole))
    out = ["--out", str(tmp_path / "again")] if how == "--repeat" else []
    refused = collector("run", how, run, *out)
    assert refused.exit_code == 2, (refused.output, refused.exception)
    assert refused.stderr.startswith(f"error: {run / 'manifest.json'}: {lacks}: is missing")


@pytest.mark.parametrize("how", ["review", "pack", "resume", "repeat", "dossier"])
def test_an_edited_plan_is_no_traceback(run: Path, tmp_path: Path, how: str) -> None:
    """Whatever is wrong in it: refused, or told as another plan than was registered."""
    whole = json.loads((run / "plan.json").read_bytes())
    words = [each.format(run=run, out=tmp_path / "out") for each in CALLS[how].split()]
    for number, (path, value) in enumerate(members(whole)):
        wrong = [each for each in WRONG if kind(each) != kind(value)][number % 5 :: 5]
        if how != "review":  # reads as much of it as all others
            wrong = wrong[:1] if len(path) < 3 else []
        for each in wrong:
            (run / "plan.json").write_bytes(edited(whole, path, each))
            done = collector(*words)
            assert isinstance(done.exception, SystemExit), (path, each, done.exc_info)
            assert done.exit_code in (1, 2), (path, each, done.output)


def test_the_options_are_those_that_a_run_writes() -> None:
    assert RunOptions().to_dict().keys() <= _Options.model_fields.keys()
