"""The lists of links around and in an article, found by their shape."""
