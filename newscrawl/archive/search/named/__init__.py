"""Things that a query names: their other names, and the articles of a study."""
