-- Which rules read this very page. The version keeps those of its last reading only, and drift
-- must be seen where it began.
ALTER TABLE observations ADD COLUMN provenance_id INTEGER REFERENCES provenances (id);

-- How requests ended, counted without reading them.
CREATE INDEX observations_by_outcome ON observations (site_id, outcome);
