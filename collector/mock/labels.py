"""What a scenario says items are about, held against what there is.

Protects a report from "no effect was found" where nothing could be found: a topic that no label
has, and ids that the site does not know, are refused before the run, by ``collector plan``,
``collector scenarios check``, ``collector run`` and ``collector dataset new`` alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path as FilePath

from collector.analysis.measures import Labels, measures
from collector.analysis.measures.mean_score import number as score
from collector.common.errors import UserError
from collector.labelfile import lines_of, read_label_file, read_labels
from collector.mock.mockworld import labels_of, topics_of, world_of
from collector.problems import BadFile, Path, Problem, did_you_mean
from collector.scenario.loader import Loaded
from collector.scenario.models import Scenario
from collector.scenario.reading import MOCK
from collector.scenario.steps import Repeat, Step

__all__ = ["check_labels", "declared_topics", "read_labels"]

#: So many ids are told one by one.
_MOST = 5
_OR_LATER = ", or labels: later if people label what was seen (docs/coding.md)"


def check_labels(
    loaded: Loaded,
    *,
    seed: int,
    bundled: bool,
    known: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """What weakens the labels of a scenario, a sentence each.

    :param bundled: the site is the mock that the run starts itself.
    :param known: topic by item id of a mock that runs already and shows its truth log.
    :raises UserError: labels that cannot be read, that no item of the site has, or that lack a
        topic that the scenario compares or follows.
    """
    it = loaded.scenario
    platform = it.platform
    declared = list(declared_topics(it))
    if not it.label_sources:
        _nothing_to_follow(loaded, declared)
        return ()
    if MOCK in it.label_sources and not bundled and known is None:
        _without_labels(loaded, declared)
    told: list[str] = []
    labels: set[str] = set()
    if (path := loaded.labels_path) is not None:
        file = read_label_file(path, platform)
        own = file.labels
        labels |= file.names
        if bundled:
            known = _world_labels(it, seed)
        if known is not None:
            told += _existing(path, own, known, lines_of(path, platform))
    if MOCK in it.label_sources and (bundled or known is not None):
        topics = {topic for topic, _ in declared} - labels
        if known is not None:
            labels |= set(known.values())
        else:
            labels |= _world_topics(it, seed, topics)
    told += _check_topics(loaded, declared, labels)
    _check_scores(loaded, labels)
    return tuple(told)


def _world_labels(scenario: Scenario, seed: int) -> dict[str, str]:
    """Topic by item id of the run's own mock."""
    return labels_of(world_of(scenario.snapshot(), seed), scenario.platform)


def _world_topics(scenario: Scenario, seed: int, asked: set[str]) -> set[str]:
    """The topics of the run's own mock; no world is built where those asked for are its own."""
    few = topics_of(scenario.snapshot())
    return set(few) if asked <= few else set(_world_labels(scenario, seed).values())


def _without_labels(loaded: Loaded, declared: Sequence[tuple[str, Path]]) -> None:
    """Topics mean nothing where there are no labels. Raises BadFile."""
    if loaded.labels_path is None and declared:
        topic, path = declared[0]
        does = "compares" if path[0] == "analysis" else "follows"
        raise loaded.problem(
            f"{does} the topic {topic!r}, but the scenario names no labels for this site",
            path,
            f"add labels: FILE.csv (columns video_id,label) to the scenario{_OR_LATER}; a mock that"
            " is served says its labels to a run that has its truth token (docs/mock.md)",
        )


def _nothing_to_follow(loaded: Loaded, declared: Sequence[tuple[str, Path]]) -> None:
    """Labels that are given after the run lead no puppet. Raises BadFile."""
    for topic, path in declared:
        if path[0] != "analysis":
            raise loaded.problem(
                f"follows the topic {topic!r}, but labels are given later, after the run",
                path,
                "let it follow by words, follow: {title: …}, or name labels that there are already",
            )


def _check_topics(
    loaded: Loaded, declared: Sequence[tuple[str, Path]], labels: Iterable[str]
) -> list[str]:
    """What is said of a topic that is followed and like no label at all: its step is missing where
    nothing of that topic is offered. A slip of the pen, and an outcome, are refused (BadFile)."""
    there = sorted(set(labels))
    if not there:
        return []
    line_of = loaded.document.line_of if loaded.document is not None else lambda path: None
    problems = [
        Problem(
            f"no label is {topic!r}",
            ".".join(map(str, path)),
            line_of(path),
            did_you_mean(topic, there) + (_OR_LATER if path[0] == "analysis" else ""),
        )
        for topic, path in declared
        if topic not in there
    ]
    vain = [
        problem
        for problem in problems
        if not problem.path.startswith("analysis.") and not problem.fix.startswith("did you mean")
    ]
    if len(vain) < len(problems):
        raise BadFile(loaded.place, problems)
    return [f"{each.path}: {each.message}, so nothing can be followed" for each in vain]


def _check_scores(loaded: Loaded, labels: Iterable[str]) -> None:
    """A mean of labels that are words is not a number. Raises BadFile."""
    known = measures()
    for at, name in enumerate(loaded.scenario.analysis.outcomes or ()):
        if name in known and known[name].labels is Labels.NUMERIC:
            words = sorted(label for label in set(labels) if score(label) is None)
            if words:
                raise loaded.problem(
                    f"{name} needs labels that are numbers, and {words[0]!r} is not a number",
                    ("analysis", "outcomes", at),
                    "name labels: FILE.csv alone, with a score a video (columns video_id,label), or"
                    " declare exposure-share",
                )


def _existing(
    path: FilePath, own: Mapping[str, str], known: Mapping[str, str], lines: Mapping[str, int]
) -> Iterator[str]:
    """How many of the ids there are; ids in other letters than the site's are refused."""
    strange = [item for item in own if item not in known]
    by_letters = {item.lower(): item for item in known} if strange else {}
    problems = [
        Problem(
            f"there is no {item!r}, but there is {by_letters[item.lower()]!r}",
            line=lines.get(item),
            fix="take the ids as the site has them; a and A are two letters to it",
        )
        for item in strange
        if item.lower() in by_letters
    ]
    if problems:
        raise BadFile(str(path), problems[:_MOST])
    if strange and len(strange) == len(own):
        raise BadFile(
            str(path),
            [
                Problem(
                    f"none of its {len(own)} ids is in this world",
                    line=lines.get(strange[0]),
                    fix="take ids of the world of this seed (GET /_truth/labels has them)",
                )
            ],
        )
    if strange:
        some = ", ".join(f"{item} (line {lines.get(item)})" for item in strange[:_MOST])
        more = f" and {len(strange) - _MOST} more" if len(strange) > _MOST else ""
        yield (
            f"labels: {len(own) - len(strange)} of {len(own)} ids of {path.name} are in this world;"
            f" these are not: {some}{more}"
        )


def declared_topics(scenario: Scenario) -> Iterator[tuple[str, Path]]:
    """Every topic that is compared or followed, with the place in the file."""
    for number, topic in enumerate(scenario.analysis.exposure):
        yield topic, ("analysis", "exposure", number)
    parts: dict[Path, Sequence[Step]] = {("before",): scenario.before, ("after",): scenario.after}
    parts |= {("arms", name, "steps"): arm.steps for name, arm in scenario.arms.items()}
    for prefix, steps in parts.items():
        for path, step in _placed(steps, prefix):
            topics = getattr(step, "topic", None) or ()
            for topic in [topics] if isinstance(topics, str) else topics:
                yield topic, (*path, "topic")


def _placed(steps: Sequence[Step], prefix: Path) -> Iterator[tuple[Path, Step]]:
    for number, step in enumerate(steps):
        path = (*prefix, number, step.kind)
        if isinstance(step, Repeat):
            yield from _placed(step.steps, (*path, "steps"))
        else:
            yield path, step


def check_site(scenario: Scenario, *, bundled: bool) -> None:
    """A known answer can be given to the run's own mock only. Raises UserError."""
    if scenario.mock is not None and not bundled:
        raise UserError(
            "world, recommender and faults can be set on the bundled mock only, and this run's"
            " site is another",
            place="mock",
            fix="use --site mock, or set them where the site is served: mockserver serve --world …",
        )
