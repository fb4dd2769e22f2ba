"""Facts about all articles of an archive, held in the memory of a server."""
