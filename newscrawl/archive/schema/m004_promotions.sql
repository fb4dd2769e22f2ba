-- A placement on a page that is no article (home, section): what a newspaper puts forward. The
-- view `placement` reckons the same for every page; here it is kept, because a home page is looked
-- at ten thousand times a year and a question about all of them must not read every look again.
CREATE TABLE promotions (
    id INTEGER PRIMARY KEY,
    page_id INTEGER NOT NULL REFERENCES urls (id),
    kind TEXT NOT NULL,
    heading TEXT NOT NULL,
    anchor_id INTEGER NOT NULL REFERENCES anchors (id),
    best_position INTEGER NOT NULL,
    worst_position INTEGER NOT NULL,
    -- The look before first_seen; NULL where there is none.
    not_before TEXT,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    -- The look after last_seen; NULL while it still stands there.
    gone TEXT
);
CREATE INDEX promotions_by_page ON promotions (page_id, gone);
CREATE INDEX promotions_by_anchor ON promotions (anchor_id);
