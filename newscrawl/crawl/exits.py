"""How a crawl ended, as the exit status of `scrapy crawl` tells it. The one place for the numbers."""

from __future__ import annotations

COMPLETE = 0
"""All that was wanted was asked for."""
FAILED = 1
"""The site could not be read, or the archive could not be written."""
USAGE = 1
"""A spider argument, setting or file is wrong; nothing was asked for."""
PARTIAL = 3
"""The run ended early: a limit, a stop."""
NOTHING_FOUND = 4
"""No article was found where there used to be some."""
LOCKED = 75
"""Another run holds the site (EX_TEMPFAIL: try again later)."""
