"""CPU time of each page of `newscrawl serve`, and the size of the largest.

    python -m bench.front [ARTICLES [FOLDER]]

(200,000 articles take an hour to make; an archive that is in FOLDER already is asked as it is;
`bench.api` adds edits and front pages to it.) Texts are random forms of known words, as
frequent as words are. Times are of the CPU, of all threads of the server, from the request to
the whole answer; each address is asked once, unless the name says otherwise. Linux alone counts
them.
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
from itertools import islice, pairwise
from pathlib import Path
from urllib.parse import urlencode

from bench.search import text_of_articles
from newscrawl import Archive, Article
from newscrawl.article import Agency, SourceCredit
from newscrawl.outcomes import Observation
from newscrawl.text.stems.lexicon import lexicon
from newscrawl.web.queries.questions import questions

START = datetime(2016, 1, 1, tzinfo=UTC)
SITES = tuple(f"site-{number}.example" for number in range(20))
AGENCIES = ("reuters", "afp", "dpa", "spa", "")
BATCH = 1_000
ASKED = 100


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
    with serving(archive) as (port, process):
        wait_until_idle(process)
        for name, addresses in kinds_of_pages(count):
            _report(name, port, process, addresses)


def kinds_of_pages(count: int) -> Iterator[tuple[str, list[str]]]:
    """Give the name and the addresses of each kind of page, with *count* articles."""
    chance = random.Random(6)
    words = sorted(lexicon().words)
    texts = list(text_of_articles(ASKED))
    known = Counter(word for text in texts for word in set(text.split()))
    common = [word for word, _count in known.most_common(20)]

    def at(path: str, **values: str) -> str:
        return f"{path}?{urlencode(values)}"

    def some(of: list[str]) -> str:
        return " ".join(chance.sample(of, k=chance.choice((1, 1, 2, 3))))

    typed = [some(words) for _ in texts]
    printed = [some(text.split()) for text in texts]
    articles = [f"/article/{chance.randint(1, count)}" for _ in range(ASKED)]
    homes = [f"https://{site}/" for site in SITES]
    yield "first page, first time", ["/"]
    yield "first page", ["/"] * 20
    yield "article", articles
    yield "captures", [at("/captures", url=f"https://{SITES[0]}/{20 * n}") for n in range(20)]
    yield "search: dictionary words", [at("/search", q=query) for query in typed]
    yield "search: words of the texts", [at("/search", q=query) for query in printed]
    yield "search: commonest words", [at("/search", q=query) for query in common]
    yield "search: site: alone", [at("/search", q=f"site:{site}") for site in SITES]
    yield (
        "search: range of months",
        [at("/search", q=word, **{"from": "2020-01", "to": "2022-06"}) for word in common],
    )
    yield "months of the results", [at("/search/months.svg", q=word) for word in common]
    yield "site", [f"/site/{site}" for site in SITES]
    for index in ("sites", "agencies", "authors", "places"):
        yield f"index: {index}", [f"/{index}"]
    yield "agency", [at("/agency", name=agency) for agency in AGENCIES[:-1]]
    yield "author", [at("/author", name=f"كاتب {number}") for number in range(20)]
    yield "list through time", [at("/placements", page=home) for home in homes]
    yield "front page", [at("/front-page", url=home) for home in homes]
    yield "questions, first time", ["/questions"]
    yield "questions", ["/questions"] * 5
    for name, question in questions().items():
        if question.group:
            yield f"question: {name}", [f"/question/{name}"]
    pairs = list(pairwise(common))[:10]
    yield "compare", [f"/compare?{urlencode({'q': pair}, doseq=True)}" for pair in pairs]
    yield (
        "compare: sites",
        [
            f"/compare?{urlencode({'q': [f'site:{site}' for site in pair]}, doseq=True)}"
            for pair in list(pairwise(SITES))[:5]
        ],
    )
    yield "runs", ["/runs"]
    yield "study, first time", ["/study"]
    yield "study", ["/study"] * 5


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


def wait_until_idle(process: int) -> None:
    """Wait until the server has read its tables."""
    before = -1.0
    while cpu_seconds(process) - before > 0.01:
        before = cpu_seconds(process)
        time.sleep(2)


def cpu_seconds(process: int) -> float:
    """Return the CPU time of all threads of *process*, ended ones too."""
    time.sleep(0.002)  # so that the thread which wrote the answer has ended its turn
    return time.clock_gettime((~process << 3) | 2)  # CPUCLOCK_SCHED of Linux


def _report(name: str, port: int, process: int, paths: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    times, largest = [], 0
    for path in paths:
        before = cpu_seconds(process)
        connection.request("GET", path)
        answer = connection.getresponse()
        largest = max(largest, len(answer.read()))
        times.append(1000 * (cpu_seconds(process) - before))
        if answer.status not in {200, 404}:
            print(f"{path}: {answer.status}", file=sys.stderr)
    p95 = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    print(
        f"{name:32} p50 {statistics.median(times):7.1f}  p95 {p95:7.1f} ms of CPU  "
        f"up to {largest / 1000:.0f} KB", flush=True
    )  # fmt: skip


if __name__ == "__main__":
    main()
