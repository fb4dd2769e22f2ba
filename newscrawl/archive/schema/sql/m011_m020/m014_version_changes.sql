-- How each field of a version differs from the version that it follows, read in the same way.
CREATE TABLE version_changes (
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    follows_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    -- The share of the text that changed, 0 to 1, in letters.
    share REAL NOT NULL,
    -- The classes of the change, parted by spaces.
    classes TEXT NOT NULL,
    -- How it changed, with other fields as {names}: `{headline}` to `Site: {headline}`. NULL where
    -- it says nothing that could be true of another article.
    pattern TEXT,
    -- 1: the layout of the site changed, not the text.
    is_layout INTEGER NOT NULL,
    -- 1: that is so by this version alone, whatever other articles did.
    is_alone INTEGER NOT NULL,
    PRIMARY KEY (version_id, field)
) WITHOUT ROWID;
CREATE INDEX version_changes_by_pattern ON version_changes (pattern, field)
    WHERE pattern IS NOT NULL;
CREATE INDEX version_changes_by_follows ON version_changes (follows_id);
