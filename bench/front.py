"""CPU time of each page of `newscrawl serve`, and the size of the largest.

    python -m bench.front [ARTICLES [FOLDER [NAME …]]]

(200,000 articles take an hour to make; an archive that is in FOLDER already is asked as it is;
`bench.api` adds edits and front pages to it. One article is visited on 1,000 days. A study
file is made beside it: a collection of 2,000 articles, 400 of them coded by two coders, with
notes and tags.) With a NAME, only the
kinds of pages whose name begins so are asked. Texts are random forms of known words, as
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
from newscrawl.study.coding.codebook import Variable, add_variable, set_codes
from newscrawl.study.selections import add_note, add_tags, collect, save_search
from newscrawl.study.study_articles import StudyArticle
from newscrawl.study.study_file import StudyFile
from newscrawl.system.project import study_path
from newscrawl.text.stems.lexicon import lexicon
from newscrawl.web.api.counts import FACETS
from newscrawl.web.queries.questions import questions

START = datetime(2016, 1, 1, tzinfo=UTC)
SITES = tuple(f"site-{number}.example" for number in range(20))
AGENCIES = ("reuters", "afp", "dpa", "spa", "")
BATCH = 1_000
ASKED = 100
TABLES = ("article", "version", "promotion", "observation", "articles", "versions", "agencies")
"""Views and tables whose first page in Datasette is asked for."""
COLLECTED = 2_000
CODED = 400
VISITED_DAYS = 1_000


def main() -> None:
    """Make the archive if it is not there, serve it, ask, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(sys.argv[2] if len(sys.argv) > 2 else folder) / "front.db"
        if not archive.exists():
            fill(archive, count)
        if not study_path(archive).exists():
            revisit(archive, count)
            fill_study(archive, count)
        print(f"{count} articles, {archive.stat().st_size / 1e6:.0f} MB")
        _measure(archive, count, tuple(sys.argv[3:]) or ("",))


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


def revisit(path: Path, count: int) -> None:
    """Visit the first article of the archive of *count* articles at *path* on 1,000 days."""
    text = next(text_of_articles(count))
    with Archive(path) as archive:
        run = archive.start_run("bench", None, {})
        with archive.transaction():
            for day in range(1, VISITED_DAYS + 1):
                saved(archive, 0, text, run, timedelta(days=day))
        archive.finish_run(run, "finished", 0, {})


def fill_study(path: Path, count: int) -> None:
    """Make a study file beside the archive of *count* articles at *path*."""
    chance = random.Random(5)
    numbers = chance.sample(range(count), min(COLLECTED, count))
    articles = [_named(number) for number in numbers]
    with StudyFile(path) as study:
        for level in ("nominal", "ordinal"):
            values = {str(value): f"قيمة {value}" for value in range(1, 6)}
            add_variable(study, Variable(name=level, level=level, values=values))
        collect(study, "sample", articles, "one")
        save_search(study, "search", "مكناس", "one")
        for article in articles[:CODED]:
            add_tags(study, article, [f"tag {chance.randint(1, 30)}"], "one")
            add_note(study, article, "ملاحظة", "one")
            for coder in ("one", "other"):
                texts = {name: str(chance.randint(1, 5)) for name in ("nominal", "ordinal")}
                set_codes(study, article, texts, coder)


def _named(number: int) -> StudyArticle:
    """Return article *number* as a study file names it."""
    site = SITES[number % len(SITES)]
    url = f"https://{site}/{number}"
    return StudyArticle(site=site, key=url, url=url, text_sha256="0" * 64)


def _measure(archive: Path, count: int, beginnings: tuple[str, ...]) -> None:
    with serving(archive) as (port, process):
        wait_until_idle(process)
        for name, addresses in kinds_of_pages(count):
            if not name.startswith(beginnings):
                continue
            _report(name, port, process, addresses)


def kinds_of_pages(count: int) -> Iterator[tuple[str, list[str]]]:
    """Give the name and the addresses of each kind of page, with *count* articles."""
    chance = random.Random(6)
    texts = list(text_of_articles(ASKED))
    known = Counter(word for text in texts for word in set(text.split()))
    common = [word for word, _count in known.most_common(20)]
    articles = [f"/article/{chance.randint(1, count)}" for _ in range(ASKED)]
    yield "first page, first time", ["/"]
    yield "first page", ["/"] * 20
    yield "article", articles
    yield from _searches(chance, texts, common)
    yield from _counts(common)
    yield from _pages_of_names()
    yield from _pages_of_visits()
    yield from _feeds_and_tables(common)
    yield from _questions()
    yield from _comparisons(common)
    yield "runs", ["/runs"]
    yield from _study()


def _at(path: str, **values: str) -> str:
    return f"{path}?{urlencode(values)}"


def _searches(
    chance: random.Random, texts: list[str], common: list[str]
) -> Iterator[tuple[str, list[str]]]:
    words = sorted(lexicon().words)

    def some(of: list[str]) -> str:
        return " ".join(chance.sample(of, k=chance.choice((1, 1, 2, 3))))

    def months(first: str, last: str, query: str = "") -> str:
        return _at("/search", q=query, **{"from": first, "to": last})

    yield "search: dictionary words", [_at("/search", q=some(words)) for _ in texts]
    yield "search: words of the texts", [_at("/search", q=some(text.split())) for text in texts]
    yield "search: commonest words", [_at("/search", q=word) for word in common]
    yield "search: newest first", [_at("/search", q=word, sort="date") for word in common]
    yield "search: site: alone", [_at("/search", q=f"site:{site}") for site in SITES]
    pairs = zip(SITES, common, strict=True)
    yield "search: site: and a word", [_at("/search", q=f"site:{s} {w}") for s, w in pairs]
    yield "search: range of months", [months("2020-01", "2022-06", word) for word in common]
    yield (
        "search: range of months alone",
        [months(f"{year}-01", f"{year + 2}-06") for year in range(2016, 2024)],
    )
    yield "months of the results", [_at("/search/months.svg", q=word) for word in common]


def _counts(common: list[str]) -> Iterator[tuple[str, list[str]]]:
    for by in ("site", "month", "author"):
        name = f"API: commonest words by {by}"
        yield name, [_at("/api/v1/counts", q=word, by=by) for word in common]
    yield "API: all articles by facet", [_at("/api/v1/counts", by=by) for by in FACETS]


def _pages_of_names() -> Iterator[tuple[str, list[str]]]:
    yield "site", [f"/site/{site}" for site in SITES]
    for index in ("sites", "agencies", "authors", "places"):
        yield f"index: {index}", [f"/{index}"]
    yield "agency", [_at("/agency", name=agency) for agency in AGENCIES[:-1]]
    yield "author", [_at("/author", name=f"كاتب {number}") for number in range(20)]


def _pages_of_visits() -> Iterator[tuple[str, list[str]]]:
    homes = [f"https://{site}/" for site in SITES]
    yield "list through time", [_at("/placements", page=home) for home in homes]
    yield "front page", [_at("/front-page", url=home) for home in homes]
    first = f"https://{SITES[0]}/"
    yield "captures", [_at("/captures", url=f"{first}{20 * n}") for n in range(1, 21)]
    yield "calendar of 1,000 captures", [_at("/captures", url=f"{first}0")] * 5


def _feeds_and_tables(common: list[str]) -> Iterator[tuple[str, list[str]]]:
    for kind in ("edits", "deletions"):
        yield f"feed: {kind}", [f"/feed/{kind}.atom"]
    yield "feed: site", [f"/feed/site/{site}.atom" for site in SITES]
    yield "feed: search", [_at("/feed/search.atom", q=word) for word in common]
    yield "tables", ["/archive"] * 5
    for table in TABLES:
        yield f"table: {table}", [f"/archive/{table}"] * 3


def _questions() -> Iterator[tuple[str, list[str]]]:
    yield "questions, first time", ["/questions"]
    yield "questions", ["/questions"] * 5
    for name, question in questions().items():
        if question.group:
            yield f"question: {name}", [f"/question/{name}"]
        if "site" in question.asks:
            of_sites = [_at(f"/question/{name}", site=site) for site in SITES[:5]]
            yield f"question of a site: {name}", of_sites


def _comparisons(common: list[str]) -> Iterator[tuple[str, list[str]]]:
    sites = [f"site:{site}" for site in SITES[:6]]
    for name, queries in (("compare", common[:11]), ("compare: sites", sites)):
        pairs = [urlencode({"q": pair}, doseq=True) for pair in pairwise(queries)]
        yield name, [f"/compare?{pair}" for pair in pairs]
        yield f"{name}, picture", [f"/compare.svg?{pair}" for pair in pairs]


def _study() -> Iterator[tuple[str, list[str]]]:
    yield "study, first time", ["/study"]
    yield "study", ["/study"] * 5
    yield "study: collection", [_at("/study/articles", collection="sample")] * 5
    yield "study: tag", [_at("/study/articles", tag=f"tag {n}") for n in range(1, 21)]


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
