-- The places that datelines name: GeoNames id, English name, and those known of the rest. A
-- country has no coordinates.
CREATE TABLE places (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    name_ar TEXT,
    name_fr TEXT,
    country TEXT NOT NULL,
    latitude REAL,
    longitude REAL,
    row_digest INTEGER
);

-- A place of a dateline as printed; place_id is NULL if several places have the name.
CREATE TABLE place_names (
    printed TEXT PRIMARY KEY,
    place_id INTEGER REFERENCES places (id),
    row_digest INTEGER
);
