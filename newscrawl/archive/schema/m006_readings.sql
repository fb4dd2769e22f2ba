-- Which rules read this very page. The version keeps those of its last reading only, and drift
-- must be seen where it began.
ALTER TABLE observations ADD COLUMN provenance_id INTEGER REFERENCES provenances (id);
