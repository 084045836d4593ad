"""The ytTREX tables of the mock's database (times are ISO 8601 UTC, ids 40 hex digits)."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS yttrex_supporters (
    public_key TEXT PRIMARY KEY,
    user_token TEXT NOT NULL UNIQUE,
    pseudonym TEXT NOT NULL,
    version TEXT NOT NULL,
    creation_time TEXT NOT NULL,
    last_activity TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS yttrex_htmls (
    id TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL UNIQUE,
    metadata_id TEXT NOT NULL,
    public_key TEXT NOT NULL,
    href TEXT NOT NULL,
    nature TEXT,
    blang TEXT,
    client_time TEXT,
    saving_time TEXT NOT NULL,
    size INTEGER NOT NULL,
    incremental INTEGER,
    place INTEGER NOT NULL,
    research_tag TEXT,
    experiment_id TEXT,
    status TEXT NOT NULL,
    parser TEXT NOT NULL,
    problem TEXT,
    html BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS yttrex_htmls_page ON yttrex_htmls (metadata_id);
CREATE INDEX IF NOT EXISTS yttrex_htmls_time ON yttrex_htmls (saving_time);
CREATE TABLE IF NOT EXISTS yttrex_metadata (
    id TEXT PRIMARY KEY,
    public_key TEXT NOT NULL,
    type TEXT NOT NULL,
    video_id TEXT,
    title TEXT,
    author_name TEXT,
    query TEXT,
    login INTEGER,
    saving_time TEXT NOT NULL,
    seen INTEGER NOT NULL,
    research_tag TEXT,
    experiment_id TEXT,
    form TEXT NOT NULL CHECK (form IN ('reference', 'documented')),
    doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS yttrex_metadata_time ON yttrex_metadata (saving_time);
CREATE INDEX IF NOT EXISTS yttrex_metadata_owner ON yttrex_metadata (public_key, saving_time);
CREATE INDEX IF NOT EXISTS yttrex_metadata_video ON yttrex_metadata (video_id, saving_time);
CREATE INDEX IF NOT EXISTS yttrex_metadata_tagged ON yttrex_metadata (research_tag, saving_time);
CREATE INDEX IF NOT EXISTS yttrex_metadata_joined ON yttrex_metadata (experiment_id, saving_time);
CREATE TABLE IF NOT EXISTS yttrex_related (
    metadata_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    video_id TEXT NOT NULL,
    as_seen TEXT NOT NULL,
    PRIMARY KEY (metadata_id, place)
);
CREATE INDEX IF NOT EXISTS yttrex_related_video ON yttrex_related (video_id);
CREATE INDEX IF NOT EXISTS yttrex_related_seen ON yttrex_related (as_seen);
CREATE TABLE IF NOT EXISTS yttrex_leaves (
    id TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL UNIQUE,
    metadata_id TEXT NOT NULL,
    public_key TEXT NOT NULL,
    href TEXT NOT NULL,
    selector_name TEXT NOT NULL,
    nature TEXT,
    blang TEXT,
    client_time TEXT,
    saving_time TEXT NOT NULL,
    offset_top INTEGER,
    offset_left INTEGER,
    sponsored_name TEXT,
    sponsored_site TEXT,
    research_tag TEXT,
    experiment_id TEXT,
    html TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS yttrex_leaves_page ON yttrex_leaves (metadata_id);
CREATE TABLE IF NOT EXISTS yttrex_experiments (
    id TEXT PRIMARY KEY,
    steps TEXT NOT NULL,
    since TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS yttrex_handshakes (
    public_key TEXT NOT NULL,
    experiment_id TEXT NOT NULL,
    status TEXT NOT NULL,
    since TEXT NOT NULL,
    doc TEXT NOT NULL
);
"""
