-- The programs that write the archive just now. Whatever ends cleanly takes its row away; one
-- that is left by a dead program means an unclean stop. Written with the first change.
CREATE TABLE openings (
    -- Also the name of the lock file that the program holds as long as it lives.
    token TEXT PRIMARY KEY,
    opened_at TEXT NOT NULL,
    -- The run that the program has begun.
    run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL
) WITHOUT ROWID;

CREATE INDEX observations_by_evidence ON observations (evidence_file_id, evidence_offset)
    WHERE evidence_file_id IS NOT NULL;
