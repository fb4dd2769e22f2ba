-- The stylesheets, images and fonts that a page, or a stylesheet among them, names, by their
-- addresses; also the target of one that redirects.
CREATE TABLE page_requisites (
    page_id INTEGER NOT NULL REFERENCES urls (id),
    url_id INTEGER NOT NULL REFERENCES urls (id),
    PRIMARY KEY (page_id, url_id)
) WITHOUT ROWID;
CREATE INDEX page_requisites_by_url ON page_requisites (url_id);
-- The same bytes at several addresses are stored once.
CREATE INDEX observations_of_requisites ON observations (digest) WHERE outcome = 'requisite';
