"""The body of an article: its part of the page, and the role of each line in it."""
