"""The live crawl: the only part of newscrawl that knows Scrapy."""
