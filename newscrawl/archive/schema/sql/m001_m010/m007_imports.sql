-- How far the import of each file is. Written with the rows that came out of it.
CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    -- Where it lay when it was last imported.
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    -- The SHA-256 of all its bytes.
    digest BLOB NOT NULL UNIQUE,
    -- The records that begin before this byte are in the archive.
    position INTEGER NOT NULL DEFAULT 0,
    is_complete INTEGER NOT NULL DEFAULT 0,
    run_id INTEGER REFERENCES runs (id)
);
CREATE INDEX imports_by_path ON imports (path);
-- The version that says what the same pages say as a newer extractor reads them. What was
-- superseded stays as a record of how it was read, and is in force no more.
ALTER TABLE versions ADD COLUMN superseded_by INTEGER REFERENCES versions (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
