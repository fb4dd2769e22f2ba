-- The times for which an article was gone from the address at which it had been seen last: after
-- the visit at last_seen, and at every visit from first_missed to last_missed. Derived from the
-- observations of the article, and rebuilt with them.
CREATE TABLE absences (
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    last_seen TEXT NOT NULL,
    first_missed TEXT NOT NULL,
    last_missed TEXT NOT NULL,
    -- The first visit that saw it again; NULL while it is gone.
    back_at TEXT,
    -- not_found (404), removed (410), soft_404 or redirect.
    reason TEXT NOT NULL,
    -- Where a redirect led.
    target_id INTEGER REFERENCES urls (id),
    PRIMARY KEY (article_id, first_missed)
) WITHOUT ROWID;
CREATE INDEX absences_by_time ON absences (first_missed);

-- 1: so many articles were missing that the site itself was broken; NULL: not judged yet.
ALTER TABLE runs ADD COLUMN is_broken INTEGER;
