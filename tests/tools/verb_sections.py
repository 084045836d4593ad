"""The sections of the verbs in ``docs/scenario.md``, made of their classes.

``python tests/tools/verb_sections.py`` writes them into the page; a test holds the two equal. A
section is the class's docstring as Markdown: what is indented below ``::`` is YAML, and its example
line heads the first such block that does not have it.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Mapping

from places import ROOT

from collector.scenario.steps import STEPS
from collector.scenario.verb import Step

PAGE = ROOT / "docs" / "scenario.md"
BEGIN = (
    "<!-- made of the verbs' classes by tests/tools/verb_sections.py: edit their docstrings -->\n"
)
END = "<!-- what follows is written by hand -->\n"
#: ``::``, a blank line, and what is indented below.
_BLOCK = re.compile(r"^::\n\n((?:(?: .*)?\n)+)", re.MULTILINE)


def section(cls: type[Step]) -> str:
    """One verb's section, its heading included."""
    told = inspect.cleandoc(cls.__doc__ or "").replace("``", "`") + "\n"
    blocks = [textwrap.dedent(block).strip() for block in _BLOCK.findall(told)]
    if not any(cls.example in map(str.strip, block.splitlines()) for block in blocks):
        blocks[:1] = ["\n".join([cls.example, *blocks[:1]])]
    text = _BLOCK.sub("", told).strip()
    return "\n\n".join(
        [f"### {cls.verb_name()}", text, *(f"```yaml\n{block}\n```" for block in blocks)]
    )


def page_with(text: str, verbs: Mapping[str, type[Step]] = STEPS) -> str:
    """The page with the sections of these verbs in the place of those that it has."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    made = "\n\n".join(section(cls) for cls in verbs.values())
    return f"{before}{BEGIN}\n{made}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text("utf-8")), "utf-8")
