"""An observation together with the answer that it is of. Nothing here needs Scrapy."""

from __future__ import annotations

import attrs

from newscrawl.outcomes import Observation
from newscrawl.warc import Exchange

REQUISITE = "requisite"
"""Role of a request for a stylesheet, image or font of a page."""


@attrs.frozen(kw_only=True)
class Answered(Observation):
    """An observation on its way to the archive, with the exchange that it is of."""

    exchange: Exchange | None = attrs.field(default=None, repr=False)
    """None if nothing came, or no evidence is stored."""
    role: str = "robots"
    """Role of the request: article, or the kind of source."""

    def without_exchange(self) -> Observation:
        """Return the plain observation."""
        names = [field.name for field in attrs.fields(Observation)]
        return Observation(**{name: getattr(self, name) for name in names})
