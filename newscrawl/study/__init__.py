"""Studies: the articles of a query as a package to publish, and its repetition."""
