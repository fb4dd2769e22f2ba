-- 64 bits of the BLAKE2b of the row's other values (newscrawl/archive/schema/row_digests.py), in each table
-- but those that a digest of their content covers (addresses, links and their lists, provenances),
-- those of a crawl under way, and the search index.
ALTER TABLE absences ADD COLUMN row_digest INTEGER;
ALTER TABLE addresses ADD COLUMN row_digest INTEGER;
ALTER TABLE agencies ADD COLUMN row_digest INTEGER;
ALTER TABLE amendments ADD COLUMN row_digest INTEGER;
ALTER TABLE articles ADD COLUMN row_digest INTEGER;
ALTER TABLE authors ADD COLUMN row_digest INTEGER;
ALTER TABLE bodies ADD COLUMN row_digest INTEGER;
ALTER TABLE copies ADD COLUMN row_digest INTEGER;
ALTER TABLE copy_pairs ADD COLUMN row_digest INTEGER;
ALTER TABLE evidence_files ADD COLUMN row_digest INTEGER;
ALTER TABLE extractors ADD COLUMN row_digest INTEGER;
ALTER TABLE headings ADD COLUMN row_digest INTEGER;
ALTER TABLE images ADD COLUMN row_digest INTEGER;
ALTER TABLE imports ADD COLUMN row_digest INTEGER;
ALTER TABLE keywords ADD COLUMN row_digest INTEGER;
ALTER TABLE observations ADD COLUMN row_digest INTEGER;
ALTER TABLE promotions ADD COLUMN row_digest INTEGER;
ALTER TABLE runs ADD COLUMN row_digest INTEGER;
ALTER TABLE sections ADD COLUMN row_digest INTEGER;
ALTER TABLE showings ADD COLUMN row_digest INTEGER;
ALTER TABLE sites ADD COLUMN row_digest INTEGER;
ALTER TABLE sketches ADD COLUMN row_digest INTEGER;
ALTER TABLE version_agencies ADD COLUMN row_digest INTEGER;
ALTER TABLE version_authors ADD COLUMN row_digest INTEGER;
ALTER TABLE version_changes ADD COLUMN row_digest INTEGER;
ALTER TABLE version_keywords ADD COLUMN row_digest INTEGER;
ALTER TABLE version_sections ADD COLUMN row_digest INTEGER;
ALTER TABLE versions ADD COLUMN row_digest INTEGER;
