-- What is known of each feed, sitemap, home and section page of a site, for the next crawl.
CREATE TABLE sources (
    site_id INTEGER NOT NULL REFERENCES sites (id),
    url_id INTEGER NOT NULL REFERENCES urls (id),
    -- home, section, page, feed or sitemap.
    role TEXT NOT NULL,
    -- The source that named it; NULL where a person, robots.txt or a guess did.
    parent_id INTEGER REFERENCES urls (id),
    -- By what plan and code it was last read to its end: only the same may pass it over.
    reader TEXT,
    etag TEXT,
    last_modified TEXT,
    -- The SHA-256 of the body that was last read, 32 bytes.
    digest BLOB,
    -- The date that an index of sitemaps stated for it.
    stated TEXT,
    -- How many articles, or parts of an index, it named.
    found INTEGER NOT NULL DEFAULT 0,
    -- When it was last read or answered 304, and when it was last different from before.
    read_at TEXT,
    changed_at TEXT,
    -- When the crawl that read it ended, with all asked for that it named.
    kept_at TEXT,
    -- Failures in a row that may pass (503, a timeout), and that may not (404, not XML).
    soft_failures INTEGER NOT NULL DEFAULT 0,
    hard_failures INTEGER NOT NULL DEFAULT 0,
    -- It is not asked for before this time.
    next_at TEXT,
    PRIMARY KEY (site_id, url_id)
) WITHOUT ROWID;

-- Addresses that were asked for as articles and gave none, to be tried again.
CREATE TABLE misses (
    site_id INTEGER NOT NULL REFERENCES sites (id),
    -- What the address is known by, e.g. `article:news.example/1`.
    key TEXT NOT NULL,
    url TEXT NOT NULL,
    tries INTEGER NOT NULL,
    -- NULL where it is given up.
    next_at TEXT,
    PRIMARY KEY (site_id, key)
) WITHOUT ROWID;
