-- The article that this one was joined to, as its site redirected it there, and when that was
-- seen. Its versions, visits and addresses are that one's.
ALTER TABLE articles ADD COLUMN moved_to INTEGER REFERENCES articles (id);
ALTER TABLE articles ADD COLUMN moved_at TEXT;
CREATE INDEX articles_by_move ON articles (moved_to) WHERE moved_to IS NOT NULL;
