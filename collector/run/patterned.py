"""Labels of a run that hang on titles and channels: who gets them, and when.

During the run a puppet that follows a topic asks the patterns for what is on its page. When a run
ends, everything that was shown gets its label in the store, where reports, views and exports look.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from collector.common.model import Platform
from collector.labelfile import read_label_file
from collector.labelpatterns import LabelPatterns, by_pattern
from collector.scenario.plan import Plan
from collector.store import Store

_SHOWN = """
SELECT DISTINCT i.item_id, i.title, i.channel_name, i.channel_href, l.source
FROM impressions i LEFT JOIN labels l ON l.item_id = i.item_id
WHERE i.item_id <> '' ORDER BY i.item_id
"""


def patterns_of(plan: Plan, labels_path: Path | None) -> LabelPatterns:
    """The patterns of a plan's own file of labels; no rows where it has none.

    :raises BadFile: the file cannot be used.
    """
    named = [Path(source).name for source in plan.label_sources]
    own = next((n for n, s in enumerate(plan.label_sources) if s != "mock"), None)
    if labels_path is None or own is None:
        return LabelPatterns()
    found = read_label_file(labels_path, Platform(plan.platform)).patterns
    source = by_pattern(named[own])
    return replace(found, source=source, over=(*named[:own], source))


def label_shown(store: Store, patterns: LabelPatterns) -> int:
    """Label what was shown and has no label that counts more; how many items that were."""
    if not patterns.rows:
        return 0
    found = patterns.labels(row for row in store.rows(_SHOWN) if patterns.free(row["source"]))
    store.add_labels(found, source=patterns.source)
    return len(found)
