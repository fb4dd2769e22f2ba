"""Where a site tells what it has: feeds, sitemaps and listing pages, read without fetching."""
