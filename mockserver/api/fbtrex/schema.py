"""The fbTREX tables of the mock's database (times are ISO 8601 UTC, ids 40 hex digits).

Every row that comes from somebody bears the number of that supporter: a supporter is a key pair and
the account that it declared. Ids are unique within a supporter only: two people who declare the
same account number, or whose posts have the same bytes, never share or overwrite a row.
"""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS fbtrex_supporters (
    supporter INTEGER PRIMARY KEY,
    public_key TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_token TEXT NOT NULL UNIQUE,
    pseudo TEXT NOT NULL,
    version TEXT NOT NULL,
    key_time TEXT NOT NULL,
    last_activity TEXT NOT NULL,
    demo INTEGER NOT NULL DEFAULT 0,
    UNIQUE (public_key, user_id)
);
CREATE TABLE IF NOT EXISTS fbtrex_timelines (
    supporter INTEGER NOT NULL,
    id TEXT NOT NULL,
    start_time TEXT NOT NULL,
    geoip TEXT NOT NULL,
    nonfeed INTEGER NOT NULL DEFAULT 0,
    tag_id TEXT,
    implied INTEGER NOT NULL DEFAULT 0,
    saving_time TEXT NOT NULL,
    PRIMARY KEY (supporter, id)
);
CREATE INDEX IF NOT EXISTS fbtrex_timelines_time ON fbtrex_timelines (supporter, start_time);
CREATE TABLE IF NOT EXISTS fbtrex_impressions (
    supporter INTEGER NOT NULL,
    id TEXT NOT NULL,
    timeline_id TEXT NOT NULL,
    impression_order INTEGER NOT NULL,
    impression_time TEXT NOT NULL,
    visibility TEXT NOT NULL CHECK (visibility IN ('public', 'private')),
    html_id TEXT,
    kind TEXT,
    came_from TEXT,
    PRIMARY KEY (supporter, id)
);
CREATE INDEX IF NOT EXISTS fbtrex_impressions_of
    ON fbtrex_impressions (supporter, timeline_id, impression_order);
CREATE INDEX IF NOT EXISTS fbtrex_impressions_time ON fbtrex_impressions (impression_time);
CREATE TABLE IF NOT EXISTS fbtrex_htmls (
    supporter INTEGER NOT NULL,
    id TEXT NOT NULL,
    impression_id TEXT NOT NULL,
    timeline_id TEXT NOT NULL,
    saving_time TEXT NOT NULL,
    parser TEXT NOT NULL,
    problem TEXT,
    html BLOB NOT NULL,
    PRIMARY KEY (supporter, impression_id)
);
CREATE INDEX IF NOT EXISTS fbtrex_htmls_id ON fbtrex_htmls (supporter, id);
CREATE TABLE IF NOT EXISTS fbtrex_summaries (
    supporter INTEGER NOT NULL,
    impression_id TEXT NOT NULL,
    id TEXT NOT NULL,
    timeline_id TEXT NOT NULL,
    impression_time TEXT NOT NULL,
    impression_order INTEGER NOT NULL,
    semantic_id TEXT,
    nature TEXT,
    source TEXT,
    person INTEGER NOT NULL DEFAULT 0,
    doc TEXT NOT NULL,
    PRIMARY KEY (supporter, impression_id)
);
CREATE INDEX IF NOT EXISTS fbtrex_summaries_time
    ON fbtrex_summaries (supporter, impression_time, impression_order);
CREATE INDEX IF NOT EXISTS fbtrex_summaries_text ON fbtrex_summaries (semantic_id);
CREATE INDEX IF NOT EXISTS fbtrex_summaries_source ON fbtrex_summaries (source);
CREATE TABLE IF NOT EXISTS fbtrex_labels (
    semantic_id TEXT PRIMARY KEY,
    lang TEXT NOT NULL,
    time TEXT NOT NULL,
    textsize INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS fbtrex_labels_lang ON fbtrex_labels (lang, time);
CREATE TABLE IF NOT EXISTS fbtrex_semantics (
    semantic_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    label TEXT NOT NULL,
    lang TEXT NOT NULL,
    title TEXT NOT NULL,
    spot TEXT NOT NULL,
    wp TEXT NOT NULL,
    confidence REAL NOT NULL,
    time TEXT NOT NULL,
    PRIMARY KEY (semantic_id, place)
);
CREATE INDEX IF NOT EXISTS fbtrex_semantics_label ON fbtrex_semantics (lang, label);
CREATE TABLE IF NOT EXISTS fbtrex_accesses (
    supporter INTEGER NOT NULL,
    body TEXT NOT NULL,
    time TEXT NOT NULL,
    PRIMARY KEY (supporter, body)
);
CREATE TABLE IF NOT EXISTS fbtrex_anomalies (supporter INTEGER NOT NULL, time TEXT NOT NULL);
"""
