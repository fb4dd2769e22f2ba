"""Full-text search: query language, index and results."""
