-- A page of a place, and the list of places, read the versions that have a dateline.
CREATE INDEX versions_by_place ON versions (dateline_place) WHERE dateline_place IS NOT NULL;
