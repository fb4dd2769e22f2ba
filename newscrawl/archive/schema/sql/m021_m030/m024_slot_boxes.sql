-- The slots of a home or section page on the screen, as a browser drew it on one visit: place from
-- the page's top left corner, and size, in CSS pixels. NULL if it was not visible. `number` counts
-- the slots of the page that lead to one address.
CREATE TABLE slot_boxes (
    page_id INTEGER NOT NULL REFERENCES urls (id),
    seen_at TEXT NOT NULL,
    url_id INTEGER NOT NULL REFERENCES urls (id),
    number INTEGER NOT NULL,
    x INTEGER,
    y INTEGER,
    width INTEGER,
    height INTEGER,
    row_digest INTEGER,
    PRIMARY KEY (page_id, seen_at, url_id, number)
) WITHOUT ROWID;
