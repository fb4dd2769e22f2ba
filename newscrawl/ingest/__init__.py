"""Rules that a crawl and an import share. Nothing here knows Scrapy."""
