"""What people or files say that items are about."""

from __future__ import annotations

from collections.abc import Mapping

from collector.store.columns import Column, Table, integer, text

TABLES: Mapping[str, Table] = {
    "labels": Table(
        "What an item is about, as the run itself knew it; never changed by a later import.",
        {
            "item_id": text("Video or channel id."),
            "label": text("Topic.", required=True),
            "source": text("Where the label comes from: `mock`, a file, a coder.", required=True),
        },
        ("item_id",),
        (("label",),),
    ),
    "label_versions": Table(
        "Labels that were given after the run: one row an import. The newest is in force.",
        {
            "version": integer("Number of the version, from 1."),
            "made": text("When it was brought in.", required=True),
            "coders": text("JSON: who coded, in the order of their sheets.", required=True),
            "files": text(
                "JSON: the sheets: coder, file name, SHA-256; `adjudicates` of the one that"
                " settles.",
                required=True,
            ),
            "codebook": text("JSON: the labels with their definitions, or the scale of scores."),
            "agreement": text("JSON: how far the coders agree; empty with one coder."),
            "sha256": text("Of item and label of all resolved items, sorted.", required=True),
        },
        ("version",),
    ),
    "codings": Table(
        "One row an item and coder: what it is about, as somebody said after the run.",
        {
            "version": Column(
                "INTEGER", "The version.", required=True, references="label_versions(version)"
            ),
            "coder": text(
                "Who said so; `resolved`: what the coders (or who settled it) say together.",
                required=True,
            ),
            "item_id": text("Video, post, playlist or channel id.", required=True),
            "label": text("Topic or score; empty: looked at, and none given."),
            "unsure": integer("1 if the coder was not sure.", required=True),
            "note": text("The coder's note."),
            "file_sha256": text("SHA-256 of the sheet; empty for `resolved`."),
        },
        ("version", "coder", "item_id"),
    ),
}
