"""Tables of the archive for other programs."""
