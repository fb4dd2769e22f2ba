-- Where a page names an agency: dateline, byline, source_credit, jsonld or meta.
ALTER TABLE version_agencies ADD COLUMN found_in TEXT NOT NULL DEFAULT 'source_credit';
-- The publisher's name: as a page states it, and as the site's last page did.
ALTER TABLE versions ADD COLUMN publisher TEXT;
ALTER TABLE sites ADD COLUMN publisher TEXT;
-- Lists between the paragraphs of a text.
ALTER TABLE link_lists ADD COLUMN is_inside_body INTEGER NOT NULL DEFAULT 0;
