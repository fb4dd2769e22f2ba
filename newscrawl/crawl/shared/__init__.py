"""One crawl by several machines: what waits is in a Redis that all of them share."""
