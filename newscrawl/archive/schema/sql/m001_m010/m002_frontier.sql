-- What an unfinished crawl of a site still has to ask for, and what it has asked for already.
-- A crawl that ends complete leaves no row.
CREATE TABLE frontier_urls (
    site_id INTEGER NOT NULL REFERENCES sites (id),
    -- What was asked for, as JSON: only the same command goes on with it.
    plan TEXT NOT NULL,
    -- What the address is known by, e.g. `article:news.example/1`.
    key TEXT NOT NULL,
    url TEXT NOT NULL,
    role TEXT NOT NULL,
    priority INTEGER NOT NULL,
    is_done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (site_id, plan, key)
) WITHOUT ROWID;
