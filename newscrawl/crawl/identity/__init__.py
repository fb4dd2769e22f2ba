"""A signed identity of the crawler: keys, HTTP message signatures, and the files to publish."""
