"""A small internet for crawl tests: real-looking sites, names, ports and certificates."""
