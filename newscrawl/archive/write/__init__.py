"""Writing articles and observations, always inside an open transaction."""
