"""Import of files into an archive, re-extraction of its evidence, and export as WACZ.

The same Page, `extract`, `normalize_article` and rules of acceptance as in a crawl; nothing is
fetched, and nothing here knows Scrapy. Workers read records and pages, one writer fills the
archive.
"""
