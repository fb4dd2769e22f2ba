"""Pages in bulk, out of files: import into an archive, and reading what it keeps once more.

The same Page, `extract`, `normalize_article` and verdict as in a crawl; nothing is fetched, and
nothing here knows Scrapy. Workers read records and pages, one writer fills the archive.
"""
