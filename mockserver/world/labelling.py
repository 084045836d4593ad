"""What items are about: their topics, with errors in them where a truth about the world says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.world.catalogue import Catalogue
from mockserver.world.ruling import Ruling
from mockserver.world.truthlog import TruthLog
from mockserver.world.truths import LabelErrors


def labels_of(catalogue: Catalogue) -> dict[str, str]:
    """Topic by id of the videos, channels and playlists that have one."""
    found = {video.id: video.topic for video in catalogue.videos.values()}
    found.update((channel.id, channel.topic) for channel in catalogue.channels.values())
    found.update((each.id, each.topic) for each in catalogue.playlists.values() if each.topic)
    return found


def mislabelled(labels: Mapping[str, str], ruling: Ruling, truth: TruthLog) -> dict[str, str]:
    """Item id → label, with the errors that the truths put in. An error of arms is in what the
    truth log says that those arms' puppets were shown, and no other's."""
    found = dict(labels)
    names = sorted(set(labels.values()))
    for number, errors in ruling.of(LabelErrors):
        shown = _shown_to(errors.arms, ruling, truth) if errors.arms else None
        for item, label in labels.items():
            if errors.topics and label not in errors.topics:
                continue
            if shown is not None and item not in shown:
                continue
            if ruling.toss(number, "unlabelled", item) < errors.unlabelled:
                found.pop(item, None)
            elif ruling.toss(number, "label", item) < errors.share and len(names) > 1:
                others = [name for name in names if name != label]
                place = ruling.toss(number, "instead", item)
                found[item] = others[int(place * len(others))]
    return found


def _shown_to(arms: Sequence[str], ruling: Ruling, truth: TruthLog) -> set[str]:
    """Items that puppets of these arms were shown, and puppets of no other arm."""
    mine: set[str] = set()
    others: set[str] = set()
    for visitor in truth.visitors():
        arm, _ = ruling.puppets.get(visitor, (None, None))
        seen = {row["item_id"] for row in truth.impressions(visitor=visitor)}
        (mine if arm in arms else others).update(seen)
    return mine - others
