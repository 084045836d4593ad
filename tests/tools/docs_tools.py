"""Blocks of the documents in docs/, and how the tests run them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from places import ROOT

from collector.cli import main as collector
from mockserver.cli import main as mockserver

DOCS = ROOT / "docs"
PROGRAMS: dict[str, click.Command] = {"collector": collector, "mockserver": mockserver}
_BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: the page it is on, its number there, its language, what it holds."""

    page: str
    number: int
    language: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page} block {self.number}"


def pages() -> list[Path]:
    """Every page of the documents that somebody wrote, in order."""
    made = {"_build", "_generated"}
    return sorted(path for path in DOCS.rglob("*.md") if not made.intersection(path.parts))


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of ``page``, in order; those with a directive (``{…}``) are left out."""
    name = page.relative_to(DOCS).as_posix()
    found = _BLOCK.findall(page.read_text("utf-8"))
    return [Block(name, number, *each) for number, each in enumerate(found, 1)]


def endpoints_of(page: str) -> list[tuple[str, str]]:
    """(method, path) of every path in the first column of a page's tables, optional parts in
    brackets."""
    found = []
    for line in (DOCS / page).read_text("utf-8").splitlines():
        if match := re.match(r"\| `(GET|POST|DELETE) ", line):
            for path in re.findall(r"`(?:[A-Z]+ )?(/[^`]+)`", line.split(" | ")[0]):
                found.append((match[1], path))
    return found


def commands(text: str) -> Iterator[list[str]]:
    """The command lines of ours in a block of shell, as words, without redirections.

    Three spaces begin a remark, as in the lists of ``--help``."""
    for line in text.replace("\\\n", " ").splitlines():
        for part in re.split(r"\s(?:&&|\|)\s", line):
            bare = re.sub(r"^(?:[A-Z_]+=\S+\s+)*", "", re.split(r"\s{3,}", part.strip())[0])
            if re.match(rf"(?:{'|'.join(PROGRAMS)})\s", bare):
                words = shlex.split(bare, comments=True)
                end = next((at for at, word in enumerate(words) if word in _ENDS), len(words))
                yield words[:end]


_ENDS = frozenset({">", ">>", ";", "&", "2>", "|", "&&"})


def understood(words: list[str]) -> None:
    """Raise ``click.UsageError`` unless command and options exist, what is required is given, and
    arguments fit in number.

    Values are converted, so a choice that is none is found; files need not be there."""
    command = PROGRAMS[words[0]]
    rest = words[1:]
    context = click.Context(command, info_name=words[0])
    while isinstance(command, click.Group):
        _, rest = _options(command, context, rest)
        if not rest:
            return
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None
        command, context = found, click.Context(found, info_name=name, parent=context)
    values, _ = _options(command, context, rest)
    if "help" in values or "h" in values:
        return
    for parameter in command.params:
        given = values.get(str(parameter.name))
        if parameter.required and not (isinstance(given, str | list | tuple) and given):
            raise click.MissingParameter(ctx=context, param=parameter)
        kind: click.ParamType = parameter.type
        if isinstance(kind, click.Choice | click.IntRange | click.FloatRange):
            for value in given if isinstance(given, list | tuple) else [given]:
                if isinstance(value, str):
                    kind(value, parameter, context)


def _options(
    command: click.Command, context: click.Context, words: list[str]
) -> tuple[dict[str, object], list[str]]:
    """Values by parameter, and the words that are left."""
    values, rest, _ = command.make_parser(context).parse_args(list(words))
    if rest and not isinstance(command, click.Group):
        raise click.UsageError(f"{context.command_path} takes no {rest}", context)
    return dict(values), rest
