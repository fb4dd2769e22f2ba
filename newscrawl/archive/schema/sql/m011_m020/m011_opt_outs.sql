-- What the page asks of machines, and where: `noarchive (meta), tdm (header)`; NULL for nothing.
ALTER TABLE observations ADD COLUMN opt_outs TEXT;

-- What the tdmrep.json of a host reserves, as a JSON array of rules as read; empty for none.
CREATE TABLE reservations (
    -- Scheme, host and port.
    origin TEXT PRIMARY KEY,
    read_at TEXT NOT NULL,
    rules TEXT NOT NULL
) WITHOUT ROWID;
