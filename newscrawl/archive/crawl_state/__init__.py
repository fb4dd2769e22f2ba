"""State of crawls and imports between runs: frontier, sources, retries."""
