"""Labels of one's own: read as they were meant, or refused with the line, before anything runs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.common.errors import UserError
from collector.common.model import Platform
from collector.datasets import DatasetSpec, build
from collector.export.text import safe_cell
from collector.labelfile import read_labels
from collector.mock.examine import examine
from collector.mock.labels import check_labels, declared_topics
from collector.scenario.loader import Loaded, load_scenario
from collector.store import Store
from mockserver.world import World

SEED = 7
ARMS: dict[str, Any] = {
    "a": {"twins": 2, "steps": [{"visit": "home"}]},
    "b": {"twins": 2, "steps": [{"search": "x"}]},
}


@pytest.fixture(scope="module")
def topics() -> dict[str, str]:
    """What the bundled mock of the seed says."""
    world = World.build(seed=SEED)
    found = world.labels()
    world.close()
    return found


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def table(tmp_path: Path, *rows: str, head: str = "video_id,label") -> Path:
    path = tmp_path / "labels.csv"
    path.write_text("".join(f"{line}\n" for line in (head, *rows)), "utf-8")
    return path


def scenario(tmp_path: Path, **more: Any) -> Path:
    """A scenario beside the labels, a key a line."""
    data = {
        "name": "t",
        "seed": SEED,
        "labels": "labels.csv",
        "before": [{"visit": "home"}, {"consent": "reject"}],
        "arms": ARMS,
        "after": [{"visit": "home"}],
        **more,
    }
    path = tmp_path / "own.yaml"
    path.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in data.items()))
    return path


@pytest.mark.parametrize(
    ("written", "item"),
    [
        ("dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        (" dQw4w9WgXcQ ", "dQw4w9WgXcQ"),
        ("-hostDSH013", "-hostDSH013"),
        ("'-hostDSH013", "-hostDSH013"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("http://youtube.localhost:8000/watch?v=dQw4w9WgXcQ&t=3s", "dQw4w9WgXcQ"),
        ("www.youtube.com/watch?list=PLabcdefgh&v=dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", "dQw4w9WgXcQ"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://www.youtube.com/embed/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("UC1234567890123456789012", "UC1234567890123456789012"),
        ("https://www.youtube.com/channel/UC1234567890123456789012", "UC1234567890123456789012"),
        ("https://www.youtube.com/@someone/videos", "/@someone"),
        ("https://www.youtube.com/playlist?list=PLabcdefghij", "PLabcdefghij"),
    ],
)
def test_what_names_an_item_is_read_as_its_id(tmp_path: Path, written: str, item: str) -> None:
    assert read_labels(table(tmp_path, f"{written},music")) == {item: "music"}


@pytest.mark.parametrize(
    "written",
    ["1.23E+10", "1,23E+10", "dQw4w9WgXc", "dQw4w9WgXcQQ", "https://example.org/", "a b c d e f",
     "https://www.youtube.com/watch", "http://[x", "=HYPERLINK(1)", "not-an-id", "🎵"],
)  # fmt: skip
def test_what_is_no_id_is_refused_with_its_line(tmp_path: Path, written: str) -> None:
    path = table(tmp_path, "dQw4w9WgXcQ,music", f'"{written}",music')
    with pytest.raises(UserError, match="is not an id") as refused:
        read_labels(path)
    assert refused.value.place == f"{path}:3"
    assert refused.value.fix
    if "E+" in written:
        assert "spreadsheet" in refused.value.fix


def test_two_labels_for_one_item_are_refused_with_both_lines(tmp_path: Path) -> None:
    rows = ("dQw4w9WgXcQ,music", "https://youtu.be/dQw4w9WgXcQ,sports")
    with pytest.raises(UserError, match=r":3: .*'sports' here and 'music' in line 2"):
        read_labels(table(tmp_path, *rows))
    same = table(tmp_path, "dQw4w9WgXcQ,music", "dQw4w9WgXcQ,music")
    assert read_labels(same) == {"dQw4w9WgXcQ": "music"}


@pytest.mark.parametrize(
    ("head", "rows", "said"),
    [
        ("video_id;label", ["dQw4w9WgXcQ;music"], "parted by semicolons"),
        ("video_id\tlabel", ["dQw4w9WgXcQ\tmusic"], "parted by tabs"),
        ("id,topic", ["dQw4w9WgXcQ,music"], "the columns are id, topic"),
        ("dQw4w9WgXcQ,music", [], "the columns are dQw4w9WgXcQ, music"),
        ("", [], "the columns are missing"),
        ("video_id,item_id,label", [], "video_id and item_id"),
        ("video_id,label,score", [], "label and score"),
        ("video_id,label,label", [], "label twice"),
    ],
)
def test_a_table_of_another_shape_is_refused_at_its_first_line(
    tmp_path: Path, head: str, rows: list[str], said: str
) -> None:
    path = table(tmp_path, *rows, head=head)
    with pytest.raises(UserError, match=said) as refused:
        read_labels(path)
    assert refused.value.place == f"{path}:1"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("dQw4w9WgXcQ,", "without id or label"),
        (",music", "without id or label"),
        ("dQw4w9WgXcQ", "1 cells, not 2"),
        ("dQw4w9WgXcQ,music,sports", "3 cells, not 2"),
        ('dQw4w9WgXcQ,"a\u0007b"', "is not a label"),
        (f"dQw4w9WgXcQ,{'x' * 101}", "is not a label"),
    ],
)
def test_a_row_that_means_nothing_is_refused_with_its_line(
    tmp_path: Path, row: str, said: str
) -> None:
    path = table(tmp_path, "aQw4w9WgXcQ,music", "", row)
    with pytest.raises(UserError, match=said) as refused:
        read_labels(path)
    assert refused.value.place == f"{path}:4"


def test_all_that_is_wrong_is_said_at_once_up_to_a_point(tmp_path: Path) -> None:
    path = table(tmp_path, *(f"bad{n},x" for n in range(50)))
    with pytest.raises(UserError) as refused:
        read_labels(path)
    assert "line 2: 'bad0' is not an id" in str(refused.value)
    assert "and 30 more lines" in str(refused.value)


def test_an_empty_table_and_one_that_is_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no label"):
        read_labels(table(tmp_path))
    path = tmp_path / "labels.csv"
    path.write_bytes("video_id,label\na,ä\n".encode("utf-16"))
    with pytest.raises(UserError, match="UTF-8"):
        read_labels(path)


def test_ids_in_small_letters_are_noticed(tmp_path: Path, topics: dict[str, str]) -> None:
    videos = [item for item in topics if len(item) == 11][:40]
    rows = [f"{item.lower()},x" for item in videos]
    with pytest.raises(UserError, match="not one capital letter"):
        read_labels(table(tmp_path, *rows))
    assert len(read_labels(table(tmp_path, f"{videos[0]},x", *rows[1:]))) == 40


def test_scores_are_numbers(tmp_path: Path) -> None:
    head = "video_id,score"
    path = table(tmp_path, "dQw4w9WgXcQ,-0.5", "aQw4w9WgXcQ,'-1", "bQw4w9WgXcQ,1e-3", head=head)
    assert list(read_labels(path).values()) == ["-0.5", "-1", "1e-3"]
    for bad in ("good", "nan", "inf", "1,5"):
        with pytest.raises(UserError, match=r"is not a score|cells"):
            read_labels(table(tmp_path, f"dQw4w9WgXcQ,{bad}", head=head))


def test_ids_of_a_feed(tmp_path: Path) -> None:
    rows = (
        "https://www.facebook.com/permalink.php?story_fbid=123456789&id=987654321,left",
        "8585811569,right",
    )
    found = read_labels(table(tmp_path, *rows), Platform.FACEBOOK)
    assert found == {"123456789": "left", "8585811569": "right"}
    with pytest.raises(UserError, match="is not an id"):
        read_labels(table(tmp_path, "8.58E+09,x"), Platform.FACEBOOK)


def test_what_an_export_writes_is_read_back_to_the_last_id(
    tmp_path: Path, topics: dict[str, str]
) -> None:
    """One id in 64 begins with a dash, which a spreadsheet would run."""
    assert any(item.startswith("-") for item in topics)
    path = tmp_path / "labels.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["item_id", "label", "source"])
        rows.writerows(
            [safe_cell(item), safe_cell(topic), "mock"] for item, topic in topics.items()
        )
    assert read_labels(path) == topics


def test_the_labels_of_a_dataset_make_the_round_trip(tmp_path: Path) -> None:
    out = tmp_path / "made"
    build(DatasetSpec(load_scenario("quick"), 40, out, processes=1))
    with Store(out / "store.db", readonly=True) as store:
        there = {row["item_id"]: row["label"] for row in store.rows("SELECT * FROM labels")}
    assert read_labels(out / "csv/labels.csv") == there


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


# ---- ids against the world


def loaded(tmp_path: Path, *rows: str) -> Loaded:
    table(tmp_path, *rows)
    return load_scenario(scenario(tmp_path))


def test_how_many_ids_exist_is_said(tmp_path: Path, topics: dict[str, str]) -> None:
    there = list(topics)[:3]
    (said,) = examine(loaded(tmp_path, *(f"{item},x" for item in there), "aaaaaaaaaaA,x"))
    assert "3 of 4 ids of labels.csv are in this world" in said
    assert "aaaaaaaaaaA (line 5)" in said
    assert examine(loaded(tmp_path, *(f"{item},x" for item in there))) == ()


def test_ids_of_another_world_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"labels.csv:2: none of its 2 ids is in this world"):
        examine(loaded(tmp_path, "aaaaaaaaaaA,x", "bbbbbbbbbbB,x"))


def test_an_id_in_other_letters_is_refused_with_the_right_one(
    tmp_path: Path, topics: dict[str, str]
) -> None:
    one, other = [item for item in topics if len(item) == 11 and item != item.swapcase()][:2]
    with pytest.raises(UserError, match=rf"labels.csv:3: there is no '{one.swapcase()}'.*'{one}'"):
        examine(loaded(tmp_path, f"{other},x", f"{one.swapcase()},x"))


def test_on_a_site_that_is_not_known_ids_are_not_judged(tmp_path: Path) -> None:
    site = "http://127.0.0.1:9"
    assert examine(loaded(tmp_path, "aaaaaaaaaaA,x"), site=site) == ()


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
