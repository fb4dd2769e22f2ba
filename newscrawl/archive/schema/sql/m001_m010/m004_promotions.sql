-- The headings of link lists, each once with the kind of its list.
CREATE TABLE headings (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    heading TEXT NOT NULL,
    UNIQUE (heading, kind)
);

-- A placement on a page that is no article (home, section): what a newspaper puts forward. The
-- view `placement` reckons the same for every page; here it is kept, because a home page is looked
-- at ten thousand times a year and a question about all of them must not read every look again.
-- Times are seconds since 1970 here, small and quick to subtract; the view has them as text.
CREATE TABLE promotions (
    id INTEGER PRIMARY KEY,
    page_id INTEGER NOT NULL REFERENCES urls (id),
    heading_id INTEGER NOT NULL REFERENCES headings (id),
    anchor_id INTEGER NOT NULL REFERENCES anchors (id),
    best_position INTEGER NOT NULL,
    worst_position INTEGER NOT NULL,
    -- The look before first_seen; NULL where there is none.
    not_before INTEGER,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    -- The look after last_seen; NULL while it still stands there.
    gone INTEGER
);
CREATE INDEX promotions_by_page ON promotions (page_id, gone);
CREATE INDEX promotions_by_anchor ON promotions (anchor_id);
