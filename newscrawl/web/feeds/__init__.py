"""Feeds of the archive: Atom, RSS and JSON Feed."""
