"""How fast `newscrawl serve` answers: first page, search and article, and how large they are.

    python -m bench.front [ARTICLES [FOLDER]]

(200,000 articles take some minutes to make; an archive that is in FOLDER already is asked as
it is.) Texts are random forms of known words, as frequent as words are. Half of the searches
are of words from a dictionary, half of words as they come in the texts: most of those are in
thousands of articles. Times are of the clock, from the request to the whole answer, over one
connection on this machine; each search is asked once.
"""

from __future__ import annotations

import http.client
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from bench.search import text_of_articles
from newscrawl import Archive, Article
from newscrawl.article import Agency, SourceCredit
from newscrawl.outcomes import Observation
from newscrawl.text.stems.lexicon import lexicon

START = datetime(2016, 1, 1, tzinfo=UTC)
SITES = tuple(f"site-{number}.example" for number in range(20))
AGENCIES = ("reuters", "afp", "dpa", "spa", "")
BATCH = 1_000
ASKED = 200


def main() -> None:
    """Make the archive if it is not there, serve it, ask, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(sys.argv[2] if len(sys.argv) > 2 else folder) / "front.db"
        if not archive.exists():
            fill(archive, count)
        print(f"{count} articles, {archive.stat().st_size / 1e6:.0f} MB")
        _measure(archive, count)


def fill(path: Path, count: int) -> None:
    """Make an archive of *count* articles at *path*."""
    texts = text_of_articles(count)
    with Archive(path) as archive:
        run = archive.start_run("bench", None, {})
        for first in range(0, count, BATCH):
            with archive.transaction():
                for number, text in enumerate(islice(texts, BATCH), first):
                    saved(archive, number, text, run)
        archive.finish_run(run, "finished", 0, {})


def saved(
    archive: Archive, number: int, text: str, run: int, later: timedelta = timedelta(0)
) -> None:
    """Save article *number*, as seen *later* than it was published."""
    site = SITES[number % len(SITES)]
    url = f"https://{site}/{number}"
    words = text.split()
    published = START + timedelta(minutes=25 * number)
    agency = AGENCIES[number % len(AGENCIES)]
    credit = SourceCredit(raw=agency, agencies=(Agency(name=agency, id=agency),))
    article = Article(
        url=url,
        headline=" ".join(words[:9]),
        article_body="\n".join(
            " ".join(words[at : at + 40]) for at in range(0, len(words), 40)
        ),
        date_published=published,
        authors=(f"كاتب {number % 500}",),
        breadcrumbs=(f"قسم {number % 9}",),
        source_credit=credit if agency else None,
        in_language="ar",
    )
    seen = Observation(url=url, fetched_at=published + later, outcome="stored", status=200)
    archive.save(article, seen, site=site, key=url, run=run)


def _measure(archive: Path, count: int) -> None:
    chance = random.Random(6)
    words = sorted(lexicon().words)
    typed = [
        " ".join(chance.choices(words, k=chance.choice((1, 1, 2, 3)))) for _ in range(ASKED)
    ]
    printed = [
        " ".join(chance.sample(text.split(), k=chance.choice((1, 2, 3))))
        for text in text_of_articles(ASKED)
    ]
    words_of_texts = Counter(
        word for text in text_of_articles(ASKED) for word in set(text.split())
    )
    common = [word for word, _count in words_of_texts.most_common(20)]
    articles = [f"/article/{chance.randint(1, count)}" for _ in range(ASKED)]
    with serving(archive) as (port, _process):
        _report("first page, first time", port, ["/"])
        _report("first page", port, ["/"] * ASKED)
        _report("article", port, articles)
        _report("search, dictionary words", port, ["/search?q=" + quote(q) for q in typed])
        _report("search, words of the texts", port, ["/search?q=" + quote(q) for q in printed])
        _report("search, commonest words", port, [f"/search?q={quote(q)}" for q in common])
        _report("a site", port, [f"/site/{site}" for site in SITES])
        _report("an index", port, ["/sites", "/agencies", "/authors", "/places"])
        _report("questions", port, ["/questions"] * 5)


@contextmanager
def serving(archive: Path) -> Iterator[tuple[int, int]]:
    """Serve *archive* until the block ends: the port, and the id of the process."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    program = "from newscrawl.cli import main; main()"
    command = [sys.executable, "-c", program, "serve", str(archive), "--no-browser"]
    with subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL) as server:
        try:
            _wait(port)
            yield port, server.pid
        finally:
            server.terminate()


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def _report(name: str, port: int, paths: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    times, largest = [], 0
    for path in paths:
        start = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        largest = max(largest, len(answer.read()))
        times.append(1000 * (time.perf_counter() - start))
        if answer.status != 200:
            print(f"{path}: {answer.status}", file=sys.stderr)
    p95 = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    middle = statistics.median(times)
    print(f"{name:28} p50 {middle:7.1f} ms  p95 {p95:7.1f} ms  up to {largest / 1000:.0f} KB")


if __name__ == "__main__":
    main()
