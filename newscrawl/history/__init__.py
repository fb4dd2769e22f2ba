"""Earlier captures of pages, out of the Wayback Machine, Common Crawl, pywb and index files.

An index lists captures (`cdx`, `indexes`), a plan says which of them the archive lacks
(`plan`), a store holds their bytes (`stores`), and a run fetches them one by one and writes
each at its capture time (`collection`). Nothing here knows Scrapy.
"""
