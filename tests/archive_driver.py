"""A program that saves without end and says what was acknowledged, until it is killed."""

from __future__ import annotations

import sys
from pathlib import Path

from newscrawl import Archive
from tests.archive_samples import MORNING, SITE, article_at, hours, observation_at


def save_until_killed(path: Path, start: int) -> None:
    """Save three visits of each numbered article, the last one edited; print each number."""
    with Archive(path) as archive:
        archive.checkpoint_in_thread()  # as crawls and imports do
        number = start
        while True:
            url = f"https://{SITE}/{number}"
            for at, headline in enumerate(("عنوان", "عنوان", "عنوان آخر")):
                seen = observation_at(MORNING + hours(at), url)
                article = article_at(url, headline=headline)
                archive.save(article, seen, site=SITE, key=str(number), run=None)
                sys.stdout.write(f"{number} {at}\n")
                sys.stdout.flush()
            number += 1


if __name__ == "__main__":
    save_until_killed(Path(sys.argv[1]), int(sys.argv[2]))
