"""The headline, the kicker above it, and the name of the site, which is neither."""
