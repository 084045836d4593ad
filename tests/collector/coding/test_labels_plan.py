"""Labels of one's own in a plan, a check and a dataset; labels that come later."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from label_files import ARMS, SEED, run, scenario, table

from collector.common.errors import UserError
from collector.datasets import DatasetSpec, build
from collector.mock.examine import examine
from collector.mock.labels import check_labels, declared_topics
from collector.scenario.loader import load_scenario
from collector.store import Store

# ---- the topics that a scenario names


@pytest.mark.parametrize("command", [["plan"], ["scenarios", "check"]])
def test_plan_and_check_read_the_file_too(tmp_path: Path, command: list[str]) -> None:
    table(tmp_path, "1.23E+10,music")
    told = run(*command, str(scenario(tmp_path)))
    assert told.exit_code == 2
    assert f"{tmp_path / 'labels.csv'}:2: '1.23E+10' is not an id" in told.stderr


@pytest.mark.parametrize("command", [["plan"], ["scenarios", "check"], ["run"], ["dataset"]])
def test_a_topic_that_no_label_is_is_refused_with_the_nearest(
    tmp_path: Path, command: list[str]
) -> None:
    file = str(scenario(tmp_path, labels="mock", analysis={"exposure": ["music", "sailing"]}))
    if command == ["dataset"]:
        told = run("dataset", "new", "--like", file, "--rows", "5", "--out", str(tmp_path / "o"))
    else:
        more = ["--driver", "http", "--out", str(tmp_path / "o")] if command == ["run"] else []
        told = run(*command, file, *more)
    assert told.exit_code == 2
    assert "own.yaml:7: analysis.exposure.1: no label is 'sailing'" in told.stderr
    assert "did you mean 'gaming'?" in told.stderr
    assert not (tmp_path / "o").exists()


def test_a_topic_that_is_followed_must_be_a_label_too(tmp_path: Path) -> None:
    steps = [{"visit": "home"}, {"repeat": {"times": 2, "steps": [{"follow": {"topic": "musik"}}]}}]
    path = scenario(tmp_path, labels="mock", arms={"a": {"steps": steps}})
    told = run("plan", str(path))
    assert told.exit_code == 2
    assert "arms.a.steps.1.repeat.steps.0.follow.topic: no label is 'musik'" in told.stderr
    assert "did you mean 'music'?" in told.stderr


def test_a_followed_topic_like_no_label_is_a_warning(tmp_path: Path) -> None:
    """It may be meant: the step is missing then, and nothing that builds on it is done."""
    steps = [{"visit": "home"}, {"follow": {"topic": "nosuchtopic"}}]
    path = scenario(tmp_path, labels="mock", arms={"a": {"steps": steps}})
    told = run("plan", str(path))
    assert told.exit_code == 0
    said = " ".join((told.stdout + told.stderr).split())
    assert "arms.a.steps.1.follow.topic: no label is 'nosuchtopic'" in said


def test_own_labels_stand_alone_unless_both_are_named(
    tmp_path: Path, topics: dict[str, str]
) -> None:
    video = next(item for item, topic in topics.items() if topic == "music" and len(item) == 11)
    table(tmp_path, f"{video},opera")
    alone = scenario(tmp_path, analysis={"exposure": ["opera", "music"]})
    assert "no label is 'music'" in run("plan", str(alone)).stderr
    for both in (["mock", "labels.csv"], ["labels.csv", "mock"]):
        path = scenario(tmp_path, labels=both, analysis={"exposure": ["opera", "music"]})
        assert run("plan", str(path)).exit_code == 0
    for none in (["mock"], ["a.csv", "b.csv"], [], ["mock", "labels.csv", "c.csv"], [1, "mock"]):
        assert "these are not labels" in run("plan", str(scenario(tmp_path, labels=none))).stderr


@pytest.mark.parametrize("later", ["mock", "labels.csv"])
def test_the_later_of_two_sources_wins_in_a_dataset(
    tmp_path: Path, topics: dict[str, str], later: str
) -> None:
    video = next(item for item, topic in topics.items() if topic == "music" and len(item) == 11)
    table(tmp_path, f"{video},opera")
    first = {"mock": "labels.csv", "labels.csv": "mock"}[later]
    path = scenario(tmp_path, labels=[first, later])
    out = tmp_path / "made"
    build(DatasetSpec(load_scenario(path), 20, out, processes=1))
    with Store(out / "store.db", readonly=True) as store:
        rows = {row["item_id"]: row for row in store.rows("SELECT * FROM labels")}
    assert rows[video]["label"] == {"mock": "music", "labels.csv": "opera"}[later]
    assert rows[video]["source"] == later
    assert rows.keys() >= topics.keys()


def test_a_dataset_with_own_labels_has_no_others(tmp_path: Path, topics: dict[str, str]) -> None:
    some = dict(list(topics.items())[:3])
    table(tmp_path, *(f"{item},opera" for item in some))
    out = tmp_path / "made"
    build(DatasetSpec(load_scenario(scenario(tmp_path)), 20, out, processes=1))
    with Store(out / "store.db", readonly=True) as store:
        rows = [(row["item_id"], row["label"]) for row in store.rows("SELECT * FROM labels")]
    assert sorted(rows) == sorted((item, "opera") for item in some)


def test_topics_need_labels_where_the_site_has_none(tmp_path: Path) -> None:
    for more in (
        {"analysis": {"exposure": ["music"]}},
        {"arms": {"a": {"steps": [{"visit": "home"}, {"follow": {"topic": "music"}}]}}},
    ):
        it = load_scenario(scenario(tmp_path, labels="mock", **more))
        assert [topic for topic, _ in declared_topics(it.scenario)] == ["music"]
        with pytest.raises(UserError, match="names no labels for this site"):
            check_labels(it, seed=SEED, bundled=False)
        assert check_labels(it, seed=SEED, bundled=True) == ()
        known = {"aaaaaaaaaaA": "sports"}
        if "arms" in more:  # what is followed in vain is a missing step, which is said before
            (told,) = check_labels(it, seed=SEED, bundled=False, known=known)
            assert "no label is 'music', so nothing can be followed" in told
        else:
            with pytest.raises(UserError, match="no label is 'music'"):
                check_labels(it, seed=SEED, bundled=False, known=known)
        assert check_labels(it, seed=SEED, bundled=False, known={"a": "music"}) == ()


# ---- addresses of other sites


def test_labels_may_come_later(tmp_path: Path) -> None:
    """What is compared is then anybody's word, on the mock and elsewhere; nothing has a label."""
    exposure = {"exposure": ["hoax"], "surfaces": ["home"], "control": "a"}
    for site in ("mock", "https://www.youtube.com"):
        path = scenario(tmp_path, site=site, labels="later", analysis=exposure)
        done = run("plan", str(path), "--json")
        assert done.exit_code == 0, done.stderr
        assert json.loads(done.stdout)["scenario"]["labels"] == "later"
        assert load_scenario(path).scenario.label_sources == ()
    path = scenario(tmp_path, analysis=exposure, labels="mock")
    assert "or labels: later" in run("plan", str(path)).stderr
    for labels in (["mock", "later"], []):
        done = run("plan", str(scenario(tmp_path, labels=labels)))
        assert done.exit_code == 2
        assert "own.yaml:3: labels: these are not labels" in done.stderr


def test_labels_that_come_later_lead_nobody(tmp_path: Path) -> None:
    """A topic can be followed only if somebody knows it at that moment."""
    arms = ARMS | {"b": {"twins": 2, "steps": [{"search": "x"}, {"follow": {"topic": "music"}}]}}
    done = run("plan", str(scenario(tmp_path, labels="later", arms=arms)))
    assert done.exit_code == 2
    assert "arms.b.steps.1.follow.topic: follows the topic 'music', but labels" in done.stderr
    assert "follow: {title: …}" in done.stderr


def test_visits_to_other_sites_are_warned_of_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "name: t\nbefore:\n  - visit: https://www.youtube.com/watch?v=dQw4w9WgXcQ\n"
        "  - visit: https://example.org/page\narms:\n  a: {steps: [capture]}\n"
    )
    told = run("plan", str(path))
    assert told.exit_code == 0
    (said,) = [line for line in told.stderr.splitlines() if "another site" in line]
    assert said.startswith("warning: before.1.visit: line 4: https://example.org/page")
    assert "another site" not in run("plan", "quick").stderr
    assert examine(load_scenario(path), site="https://example.org") == ()


@pytest.mark.parametrize(
    ("platform", "address"),
    [
        ("youtube", "https://youtu.be/dQw4w9WgXcQ"),
        ("facebook", "https://www.facebook.com/elpais/"),
        ("facebook", "https://m.facebook.com/elpais/"),
    ],
)
def test_the_sites_own_addresses_are_no_other_sites(
    platform: str, address: str, tmp_path: Path
) -> None:
    """The puppets take them to whatever site runs."""
    path = tmp_path / "own.yaml"
    path.write_text(
        f"name: t\nplatform: {platform}\narms: {{a: {{steps: [visit: '{address}']}}}}\n"
    )
    assert "another site" not in run("plan", str(path)).stderr
    path.write_text(path.read_text("utf-8").replace(address, "https://consent.youtube.com/x"))
    assert "another site" in run("plan", str(path)).stderr


def test_rows_of_other_sites_in_a_guardoni_file_are_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text(
        "title,url,urltag,watchFor\nhome,https://www.youtube.com/,h,\n"
        "tok,https://www.tiktok.com/@x/video/1,t,\n"
    )
    told = run("scenarios", "check", str(path)).stdout
    (said,) = [line for line in told.splitlines() if "another site" in line]
    assert said.strip().startswith("row 3, url: https://www.tiktok.com/")
