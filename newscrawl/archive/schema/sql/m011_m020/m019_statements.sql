-- What a site states about the use of its pages by machines, each statement once, word for word.
CREATE TABLE statements (
    site_id INTEGER NOT NULL REFERENCES sites (id),
    -- content-signal, content-usage, ai-robots, rsl, tdm or robots.
    signal TEXT NOT NULL,
    -- robots.txt, tdmrep.json, header, meta or link.
    stated_in TEXT NOT NULL,
    words TEXT NOT NULL,
    -- The file, or the page at which it was seen last.
    url_id INTEGER NOT NULL REFERENCES urls (id),
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    row_digest INTEGER,
    PRIMARY KEY (site_id, signal, stated_in, words)
) WITHOUT ROWID;

-- Where another archive has a capture, and its digest in the index there; NULL for own visits.
ALTER TABLE observations ADD COLUMN source_url TEXT;
ALTER TABLE observations ADD COLUMN source_digest TEXT;

-- Addresses that the Internet Archive is to save, or has saved, by Save Page Now.
CREATE TABLE saves (
    url_id INTEGER PRIMARY KEY REFERENCES urls (id),
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    queued_at TEXT NOT NULL,
    -- waiting, sent, saved or failed.
    state TEXT NOT NULL,
    -- The id of the save request there.
    job TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    -- It is not requested before this time.
    next_at TEXT NOT NULL,
    -- The time of the capture there.
    saved_at TEXT,
    reason TEXT
);
CREATE INDEX saves_by_state ON saves (state, next_at);
