-- The tables of an archive. Tables are plural; the views that people query are in views.sql.
-- Times are UTC text, YYYY-MM-DDTHH:MM:SSZ. Everything that repeats (addresses, names, link
-- texts, whole link lists) is stored once and pointed at.

CREATE TABLE sites (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

-- Every address that was requested, linked or redirected to.
CREATE TABLE urls (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    -- 64 bits of the SHA-256 of its canonical form: equal for addresses of one page.
    key INTEGER NOT NULL
);
CREATE INDEX urls_by_key ON urls (key);

-- What read a page: version and a digest of code and resource tables.
CREATE TABLE extractors (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

-- One row per crawl or import.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    -- A random name by which two archives know the same run when they are merged.
    token TEXT NOT NULL UNIQUE,
    spider TEXT NOT NULL,
    site_id INTEGER REFERENCES sites (id),
    settings TEXT NOT NULL DEFAULT '{}',
    newscrawl TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    finish_reason TEXT,
    exit_status INTEGER,
    counts TEXT
);

-- One story of one site. Its address may change and multiply; (site, key) does not.
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    key TEXT NOT NULL,
    -- The address it was first read at.
    url_id INTEGER NOT NULL REFERENCES urls (id),
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    -- The version seen last; NULL once the article is withdrawn.
    version_id INTEGER REFERENCES versions (id) DEFERRABLE INITIALLY DEFERRED,
    withdrawn_at TEXT,
    withdrawn_reason TEXT,
    UNIQUE (site_id, key)
);
CREATE INDEX articles_by_url ON articles (url_id);
CREATE INDEX articles_by_version ON articles (version_id);

-- The addresses of an article, the first and its aliases.
CREATE TABLE addresses (
    url_id INTEGER NOT NULL REFERENCES urls (id),
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (url_id, article_id)
) WITHOUT ROWID;
CREATE INDEX addresses_by_article ON addresses (article_id);

-- Bodies stand apart from versions: a changed headline does not repeat the text.
CREATE TABLE bodies (
    id INTEGER PRIMARY KEY,
    article_body TEXT NOT NULL,
    -- JSON [[kind, text], …]; NULL where each line of the body is a paragraph.
    blocks TEXT
);

-- Which rule found each field, once per combination.
CREATE TABLE provenances (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE
);
CREATE TABLE provenance_fields (
    provenance_id INTEGER NOT NULL REFERENCES provenances (id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (provenance_id, field)
) WITHOUT ROWID;

-- What an article said from one time on. The digest is of what is printed: headlines,
-- description, dateline, credit and body; anything else is kept as last read (amendments).
CREATE TABLE versions (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    -- Why it differs from the one before: first, publisher, extractor or undecided.
    cause TEXT NOT NULL CHECK (cause IN ('first', 'publisher', 'extractor', 'undecided')),
    extractor_id INTEGER NOT NULL REFERENCES extractors (id),
    provenance_id INTEGER NOT NULL REFERENCES provenances (id),
    list_set_id INTEGER REFERENCES list_sets (id),
    body_id INTEGER NOT NULL REFERENCES bodies (id),
    canonical_url TEXT,
    page_kind TEXT NOT NULL,
    page_kind_reason TEXT,
    headline TEXT,
    alternative_headline TEXT,
    description TEXT,
    dateline_raw TEXT,
    dateline_place TEXT,
    dateline_agency TEXT,
    dateline_author TEXT,
    dateline_day TEXT,
    -- UTC where a time is known, the plain day where only that is.
    date_published TEXT,
    date_published_local TEXT,
    date_published_precision TEXT,
    date_published_zone TEXT,
    date_published_zone_origin TEXT,
    date_published_raw TEXT,
    date_modified TEXT,
    date_modified_local TEXT,
    date_modified_precision TEXT,
    date_modified_raw TEXT,
    source_credit TEXT,
    in_language TEXT,
    is_accessible_for_free INTEGER
);
CREATE INDEX versions_by_article ON versions (article_id, first_seen);
CREATE INDEX versions_by_date ON versions (date_published);
CREATE INDEX versions_by_body ON versions (body_id);

-- A field other than the text that changed, and what it had been.
CREATE TABLE amendments (
    id INTEGER PRIMARY KEY,
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    seen_at TEXT NOT NULL,
    field TEXT NOT NULL,
    was TEXT NOT NULL,
    extractor_id INTEGER NOT NULL REFERENCES extractors (id)
);
CREATE INDEX amendments_by_version ON amendments (version_id);

CREATE TABLE authors (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE version_authors (
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    author_id INTEGER NOT NULL REFERENCES authors (id),
    PRIMARY KEY (version_id, position)
) WITHOUT ROWID;
CREATE INDEX version_authors_by_author ON version_authors (author_id);

-- A supplier of news as printed, and the agency it is (afp), where that is known.
CREATE TABLE agencies (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    code TEXT NOT NULL DEFAULT '',
    UNIQUE (name, code)
);
CREATE TABLE version_agencies (
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    agency_id INTEGER NOT NULL REFERENCES agencies (id),
    PRIMARY KEY (version_id, position)
) WITHOUT ROWID;
CREATE INDEX version_agencies_by_agency ON version_agencies (agency_id);

CREATE TABLE keywords (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE version_keywords (
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    keyword_id INTEGER NOT NULL REFERENCES keywords (id),
    PRIMARY KEY (version_id, position)
) WITHOUT ROWID;
CREATE INDEX version_keywords_by_keyword ON version_keywords (keyword_id);

-- The breadcrumbs, outermost first.
CREATE TABLE sections (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE version_sections (
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    section_id INTEGER NOT NULL REFERENCES sections (id),
    PRIMARY KEY (version_id, position)
) WITHOUT ROWID;
CREATE INDEX version_sections_by_section ON version_sections (section_id);

-- Position 0 is a main image that is not among the pictures of the text.
CREATE TABLE images (
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    is_main INTEGER NOT NULL,
    url TEXT,
    caption TEXT,
    credit TEXT,
    PRIMARY KEY (version_id, position)
);

-- A link as printed: where it leads and in what words. Stored once, however often it is shown.
CREATE TABLE anchors (
    id INTEGER PRIMARY KEY,
    url_id INTEGER REFERENCES urls (id),
    text TEXT NOT NULL,
    is_cut INTEGER NOT NULL
);
CREATE INDEX anchors_by_url ON anchors (url_id, text);

-- A headed list with these links in this order; the digest is of all of it.
CREATE TABLE link_lists (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    heading TEXT NOT NULL,
    kind TEXT NOT NULL
);
CREATE TABLE links (
    link_list_id INTEGER NOT NULL REFERENCES link_lists (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    anchor_id INTEGER NOT NULL REFERENCES anchors (id),
    PRIMARY KEY (link_list_id, position)
) WITHOUT ROWID;
CREATE INDEX links_by_anchor ON links (anchor_id);

-- All the lists that a page showed at one time, in order.
CREATE TABLE list_sets (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE
);
CREATE TABLE list_set_lists (
    list_set_id INTEGER NOT NULL REFERENCES list_sets (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    link_list_id INTEGER NOT NULL REFERENCES link_lists (id),
    PRIMARY KEY (list_set_id, position)
) WITHOUT ROWID;
CREATE INDEX list_set_lists_by_list ON list_set_lists (link_list_id);

-- An unbroken row of looks at one page that found the same lists (NULL: none).
CREATE TABLE showings (
    url_id INTEGER NOT NULL REFERENCES urls (id),
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    list_set_id INTEGER REFERENCES list_sets (id),
    PRIMARY KEY (url_id, first_seen)
) WITHOUT ROWID;
CREATE INDEX showings_by_list_set ON showings (list_set_id);

-- Files that hold pages as received (WARC).
CREATE TABLE evidence_files (
    id INTEGER PRIMARY KEY,
    -- Relative to the folder of the archive.
    path TEXT NOT NULL UNIQUE
);

-- One request and what came of it.
CREATE TABLE observations (
    id INTEGER PRIMARY KEY,
    run_id INTEGER REFERENCES runs (id),
    site_id INTEGER NOT NULL REFERENCES sites (id),
    url_id INTEGER NOT NULL REFERENCES urls (id),
    fetched_at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    status INTEGER,
    final_url_id INTEGER REFERENCES urls (id),
    etag TEXT,
    last_modified TEXT,
    content_type TEXT,
    size INTEGER,
    -- The SHA-256 of the body, 32 bytes.
    digest BLOB,
    article_id INTEGER REFERENCES articles (id),
    version_id INTEGER REFERENCES versions (id),
    extractor_id INTEGER REFERENCES extractors (id),
    list_set_id INTEGER REFERENCES list_sets (id),
    evidence_file_id INTEGER REFERENCES evidence_files (id),
    evidence_offset INTEGER,
    evidence_length INTEGER,
    evidence_record TEXT
);
CREATE INDEX observations_by_url ON observations (url_id, fetched_at);
CREATE INDEX observations_by_run ON observations (run_id);
CREATE INDEX observations_by_article ON observations (article_id)
    WHERE article_id IS NOT NULL;
CREATE INDEX observations_by_version ON observations (version_id) WHERE version_id IS NOT NULL;
