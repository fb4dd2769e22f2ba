-- The entries of a live blog, a JSON array of objects; NULL for any other article.
ALTER TABLE versions ADD COLUMN live_blog_updates TEXT;
-- The addresses of the pages that the text was joined from, and of those that are not in it, as
-- JSON arrays; NULL for none.
ALTER TABLE versions ADD COLUMN pages TEXT;
ALTER TABLE versions ADD COLUMN missing_pages TEXT;
