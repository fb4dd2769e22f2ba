-- Sketches of the texts that articles show now, by which copies of one agency text are found.
CREATE TABLE sketches (
    version_id INTEGER PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    -- The way of sketching; where another one is in use, the sketch is made anew.
    method TEXT NOT NULL,
    -- Since when the article has this text, where it said something else before; else NULL.
    since TEXT,
    is_compared INTEGER NOT NULL DEFAULT 0,
    -- 32-bit numbers, signed, little-endian, in ascending order.
    numbers BLOB NOT NULL
);
CREATE INDEX sketches_by_article ON sketches (article_id);
CREATE INDEX sketches_to_compare ON sketches (version_id) WHERE NOT is_compared;

-- Which texts have a number in their sketch. Without a foreign key, which would need an index of
-- its own as large as the table: `forget_sketch` deletes by the numbers in the sketch.
CREATE TABLE sketch_numbers (
    number INTEGER NOT NULL,
    site_id INTEGER NOT NULL,
    version_id INTEGER NOT NULL,
    PRIMARY KEY (number, site_id, version_id)
) WITHOUT ROWID;

-- Two texts of different sites of which one is a copy of the other, as compared word by word.
CREATE TABLE copy_pairs (
    -- The shorter text.
    version_id INTEGER NOT NULL REFERENCES sketches (version_id) ON DELETE CASCADE,
    -- The longer one.
    other_version_id INTEGER NOT NULL REFERENCES sketches (version_id) ON DELETE CASCADE,
    -- How much of each is in the other, 0 to 1.
    share REAL NOT NULL,
    other_share REAL NOT NULL,
    -- Where in the longer text the shared words begin and end, 0 to 1.
    starts REAL NOT NULL,
    ends REAL NOT NULL,
    PRIMARY KEY (version_id, other_version_id)
) WITHOUT ROWID;
CREATE INDEX copy_pairs_by_other ON copy_pairs (other_version_id);

-- The clusters that the pairs make. A cluster's number is the least id of its articles.
CREATE TABLE copies (
    version_id INTEGER PRIMARY KEY REFERENCES sketches (version_id) ON DELETE CASCADE,
    cluster_id INTEGER NOT NULL
);
CREATE INDEX copies_by_cluster ON copies (cluster_id);

-- The highest version that was looked at for sketches.
CREATE TABLE sketch_states (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
