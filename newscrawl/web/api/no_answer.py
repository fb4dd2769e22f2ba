"""The error of a question that has no answer."""

from __future__ import annotations

from newscrawl.errors import NewscrawlError


class NoAnswer(NewscrawlError):
    """There is no such article, version or page, or the question is wrong.

    *status* is that of HTTP: 404 for something missing, 409 for a cursor of another question
    or parameters that exclude each other, 422 for a wrong question, 503 for a failing model.
    """

    def __init__(self, message: str, status: int = 404) -> None:
        super().__init__(message)
        self.status = status
