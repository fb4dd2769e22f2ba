-- The slot of a story on a home or section page: the topic line above it, and whether a picture
-- stands with it. NULL on the lists of articles, and on pages read before.
ALTER TABLE links ADD COLUMN kicker TEXT;
ALTER TABLE links ADD COLUMN has_picture INTEGER;
