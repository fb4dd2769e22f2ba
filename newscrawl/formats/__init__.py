"""Forms of an article for other programs, and the first bytes of file formats."""
