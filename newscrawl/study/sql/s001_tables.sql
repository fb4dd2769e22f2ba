-- The study file, schema 1. Times are UTC, `YYYY-MM-DDTHH:MM:SSZ`.

-- The articles that the study speaks of, by their names in any archive.
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    key TEXT NOT NULL,
    -- The address it was first read at: shown once the article is gone from the archive.
    url TEXT NOT NULL,
    UNIQUE (site, key)
);

CREATE TABLE searches (
    name TEXT PRIMARY KEY,
    query TEXT NOT NULL,
    coder TEXT NOT NULL,
    saved_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE collections (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    coder TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE collection_articles (
    collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    coder TEXT NOT NULL,
    added_at TEXT NOT NULL,
    PRIMARY KEY (collection_id, article_id)
) WITHOUT ROWID;
CREATE INDEX collection_articles_by_article ON collection_articles (article_id);

CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    coder TEXT NOT NULL,
    text TEXT NOT NULL,
    written_at TEXT NOT NULL
);
CREATE INDEX notes_by_article ON notes (article_id);

CREATE TABLE tags (
    article_id INTEGER NOT NULL REFERENCES articles (id),
    tag TEXT NOT NULL,
    coder TEXT NOT NULL,
    tagged_at TEXT NOT NULL,
    PRIMARY KEY (article_id, tag)
) WITHOUT ROWID;
CREATE INDEX tags_by_tag ON tags (tag);

-- The codebook. `level` is the level of measurement (Stevens 1946).
CREATE TABLE variables (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    level TEXT NOT NULL CHECK (level IN ('nominal', 'ordinal', 'interval')),
    description TEXT NOT NULL,
    -- The range of an interval variable; NULL for no bound.
    minimum REAL,
    maximum REAL,
    created_at TEXT NOT NULL
);

-- The values of nominal and ordinal variables, in their order.
CREATE TABLE permitted_values (
    variable_id INTEGER NOT NULL REFERENCES variables (id) ON DELETE CASCADE,
    value TEXT NOT NULL,
    label TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (variable_id, value)
) WITHOUT ROWID;

-- One code for an article, variable and coder: `value` of nominal and ordinal variables,
-- `number` of interval ones. A variable or value with codes cannot be deleted.
CREATE TABLE codes (
    article_id INTEGER NOT NULL REFERENCES articles (id),
    variable_id INTEGER NOT NULL REFERENCES variables (id),
    coder TEXT NOT NULL,
    value TEXT,
    number REAL,
    coded_at TEXT NOT NULL,
    -- SHA-256 of the texts that were coded, as in the table `digest` of a package.
    text_sha256 TEXT NOT NULL,
    PRIMARY KEY (article_id, variable_id, coder),
    FOREIGN KEY (variable_id, value) REFERENCES permitted_values (variable_id, value),
    CHECK ((value IS NULL) <> (number IS NULL))
) WITHOUT ROWID;
CREATE INDEX codes_by_value ON codes (variable_id, value);
