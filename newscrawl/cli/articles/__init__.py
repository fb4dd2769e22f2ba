"""Commands that find and show articles: search, versions, copies, counts."""
