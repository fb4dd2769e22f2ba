"""The pages of `newscrawl serve`: a module for each kind, with its routes in `PAGES`."""
