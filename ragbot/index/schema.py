"""The tables of a generation's library."""

TEXTS = """
CREATE TABLE sources (ordinal INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, facts TEXT NOT NULL);
CREATE TABLE documents (
    ordinal INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, source_id TEXT NOT NULL,
    path TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, sections TEXT NOT NULL,
    blocks TEXT NOT NULL, facts TEXT NOT NULL);
CREATE TABLE passages (
    ordinal INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, document INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, heading_path TEXT NOT NULL,
    anchor TEXT NOT NULL, table_header TEXT NOT NULL, subjects TEXT NOT NULL,
    facts TEXT NOT NULL);
CREATE TABLE statements (
    ordinal INTEGER PRIMARY KEY, passage INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL, subjects TEXT NOT NULL,
    facts TEXT NOT NULL);
CREATE TABLE names (
    ending TEXT NOT NULL, document INTEGER NOT NULL, dropped INTEGER NOT NULL,
    PRIMARY KEY (ending, document)) WITHOUT ROWID;
CREATE INDEX passages_of_document ON passages (document);
CREATE INDEX statements_of_passage ON statements (passage);
CREATE TABLE repeats (passage INTEGER PRIMARY KEY, voice INTEGER NOT NULL);
CREATE INDEX repeats_of_voice ON repeats (voice);
"""
TRAITS = """
CREATE TABLE assertions (
    statement INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, about TEXT NOT NULL,
    "values" TEXT NOT NULL, version TEXT NOT NULL);
CREATE TABLE outdated (statement INTEGER NOT NULL, name TEXT NOT NULL);
"""
"""What statements assert and outdate (ragbot.index.traits); an older index has no such tables."""

SCHEMA = TEXTS + TRAITS
