CREATE TABLE IF NOT EXISTS lists (
    pool TEXT NOT NULL, id TEXT NOT NULL, entity TEXT NOT NULL, created TEXT NOT NULL, modified TEXT NOT NULL,
    edit INTEGER NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL, key TEXT NOT NULL, parent TEXT NOT NULL DEFAULT '',
    level INTEGER NOT NULL, active INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (pool, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS lists_key ON lists (pool, key);
CREATE INDEX IF NOT EXISTS lists_order ON lists (entity, key);
CREATE INDEX IF NOT EXISTS lists_modified ON lists (entity, modified);
CREATE INDEX IF NOT EXISTS lists_parent ON lists (pool, parent);
CREATE TABLE IF NOT EXISTS txns (
    id TEXT PRIMARY KEY, entity TEXT NOT NULL, number INTEGER NOT NULL, created TEXT NOT NULL, modified TEXT NOT NULL,
    edit INTEGER NOT NULL, day TEXT NOT NULL, who TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS txns_modified ON txns (entity, modified);
CREATE INDEX IF NOT EXISTS txns_day ON txns (entity, day);
CREATE TABLE IF NOT EXISTS deleted (
    kind TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, created TEXT NOT NULL, deleted TEXT NOT NULL, name TEXT
);
CREATE INDEX IF NOT EXISTS deleted_when ON deleted (kind, entity, deleted);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS recovery (app TEXT PRIMARY KEY, set_id TEXT NOT NULL, answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS grants (app TEXT PRIMARY KEY, access TEXT NOT NULL, user TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS extensions (
    owner TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, objects TEXT NOT NULL, PRIMARY KEY (owner, name)
);
CREATE TABLE IF NOT EXISTS extension_values (
    owner TEXT NOT NULL, name TEXT NOT NULL, target TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (owner, name, target)
);
