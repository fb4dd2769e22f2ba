"""Feeds, sitemaps and listing pages, and the choice of the next requests. Nothing fetches."""
