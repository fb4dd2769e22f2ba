-- Certainty of the page kind: `doubtful`, or NULL for certain.
ALTER TABLE versions ADD COLUMN page_kind_certainty TEXT;
-- 1: the body is only the beginning of the text; NULL where nothing says so.
ALTER TABLE versions ADD COLUMN is_body_cut INTEGER;
