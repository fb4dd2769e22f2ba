"""One crawl by several machines, with its waiting requests in a Redis that all share."""
