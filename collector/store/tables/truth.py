"""What the mock says that it served and was told."""

from __future__ import annotations

from collections.abc import Mapping

from collector.store.columns import Table, integer, json_text, real, text

TABLES: Mapping[str, Table] = {
    "truth_impressions": Table(
        "What the mock says it served (empty on a real site).",
        {
            "seq": integer("Number in the mock's log."),
            "time": text("When it was served, on the mock's clock."),
            "puppet": text("The puppet it was served to; empty if it was no puppet of the run."),
            "load": text("The site's id of the page load.", required=True),
            "surface": text("The list.", required=True),
            "context": text("What the list depends on: video, query or channel."),
            "slot": integer("Place in the list, from 1.", required=True),
            "kind": text("Kind of item."),
            "item_id": text("The item."),
            "topic": text("Its topic."),
            "title": text("Its title."),
            "score": real("The recommender's score."),
            "parts": json_text("the parts of the score."),
            "lang": text("Language of the page."),
            "extra": json_text("everything else the log says of it."),
        },
        ("seq",),
        (("load", "surface", "slot"), ("puppet",)),
    ),
    "truth_pages": Table(
        "The pages that the mock sent, and what they were.",
        {
            "seq": integer("Number in the mock's log."),
            "time": text("When it was sent, on the mock's clock."),
            "puppet": text("The puppet; empty if it was no puppet of the run."),
            "load": text("The site's id of the page load.", required=True),
            "path": text(
                "Path and query; in a run as captured, without the viewer, and empty for a page"
                " that was not."
            ),
            "kind": text("Kind of page."),
            "status": text("The status it should be read as."),
            "lang": text("Language of the page."),
        },
        ("seq",),
        (("load",),),
    ),
    "truth_watches": Table(
        "What the mock says was watched: one row a playback, from its watch beacons.",
        {
            "seq": integer("Number in the mock's log."),
            "time": text("When it began, on the mock's clock."),
            "puppet": text("The puppet; empty if it was no puppet of the run."),
            "load": text("The site's id of the page load."),
            "video_id": text("The video.", required=True),
            "seconds": real("Media seconds reported, advertising left out.", required=True),
            "extra": json_text("everything else the beacons said."),
        },
        ("seq",),
        (("puppet", "video_id"),),
    ),
}
