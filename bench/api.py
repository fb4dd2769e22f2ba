"""CPU time that an answer of the JSON API takes, for each of its questions.

    python -m bench.api [ARTICLES [FOLDER]]

The archive is that of `bench.front`, with a second version of each hundredth article and the
lists of twenty home pages. Times are of the CPU, of all threads of `newscrawl serve`, from the
request to the whole answer, each question asked once; Linux alone counts them.
"""

from __future__ import annotations

import http.client
import json
import random
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

from bench.front import (
    AGENCIES,
    SITES,
    START,
    cpu_seconds,
    fill,
    saved,
    serving,
    wait_until_idle,
)
from bench.search import text_of_articles
from newscrawl import Archive
from newscrawl.archive.search.hits import SORTS
from newscrawl.article import Link, LinkList
from newscrawl.outcomes import Observation
from newscrawl.text.stems.lexicon import lexicon

ASKED = 100
EDITED = 100
"""Each article with a number that this divides has a second version."""
VISITS = 60


def main() -> None:
    """Make the archive if it is not there, serve it, ask, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[2] if len(sys.argv) > 2 else folder) / "front.db"
        if not path.exists():
            fill(path, count)
        with Archive(path) as archive:
            if not archive.db["promotions"].count:
                _edit(archive, count)
                _visit_home_pages(archive, count)
            texts = _some_texts(archive)
        print(f"{count} articles, {path.stat().st_size / 1e6:.0f} MB")
        with serving(path) as (port, process):
            wait_until_idle(process)
            for name, addresses in questions(count, texts):
                _report(name, port, process, addresses)


def _edit(archive: Archive, count: int) -> None:
    run = archive.start_run("bench", None, {})
    with archive.transaction():
        for number, text in enumerate(text_of_articles(count)):
            if number % EDITED == 0:
                saved(archive, number, f"{text} كلمة جديدة", run, timedelta(days=1))
    archive.finish_run(run, "finished", 0, {})


def _visit_home_pages(archive: Archive, count: int) -> None:
    run = archive.start_run("bench", None, {})
    for place, site in enumerate(SITES):
        page = f"https://{site}/"
        with archive.transaction():
            for visit in range(VISITS):
                links = tuple(
                    Link(text=f"خبر {number}", url=f"{page}{number}", position=position)
                    for position, number in enumerate(
                        range(place + visit * len(SITES), count, count // 30), 1
                    )
                )
                seen = Observation(
                    url=page, fetched_at=START + timedelta(hours=visit), outcome="source",
                    status=200,
                )  # fmt: skip
                lists = (LinkList(heading="الأكثر قراءة", kind="most_read", links=links),)
                archive.record_visit(seen, site=site, run=run, link_lists=lists)
    archive.finish_run(run, "finished", 0, {})


def _some_texts(archive: Archive) -> list[str]:
    rows = archive.db.execute(
        """SELECT b.article_body FROM articles AS a JOIN versions AS v ON v.id = a.version_id
        JOIN bodies AS b ON b.id = v.body_id
        WHERE a.id % (SELECT max(1, max(id) / ?) FROM articles) = 1""",
        [ASKED],
    )
    return [text for (text,) in rows]


def questions(count: int, texts: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Give the name and the addresses of each kind of question.

    The archive has *count* articles, some with *texts*.
    """
    chance = random.Random(6)
    words = sorted(lexicon().words)
    common = Counter(word for text in texts for word in set(text.split()))
    most = [word for word, _count in common.most_common(20)]

    def typed(known: list[str]) -> str:
        return " ".join(chance.choices(known, k=chance.choice((1, 1, 2, 3))))

    def search(queries: Iterable[str], **rest: object) -> list[str]:
        return ["/search?" + urlencode({"q": query} | rest) for query in queries]

    printed = [
        " ".join(chance.sample(text.split(), chance.choice((1, 2, 3)))) for text in texts
    ]
    dictionary = [typed(words) for _ in range(ASKED)]
    yield "search: dictionary words", search(dictionary)
    yield "search: words of the texts", search(printed)
    yield "search: commonest words", search(most)
    for sort in SORTS[1:]:
        yield f"search: commonest, {sort}", search(most, sort=sort)
    yield "search: dictionary, each text", search(dictionary, each="text")
    yield (
        "search: site: and a word",
        search(
            f"site:{chance.choice(SITES)} {word}"
            for word in (*most, *(q.split()[0] for q in printed))
        ),
    )
    yield "search: site: alone", search(f"site:{site}" for site in SITES)
    yield "search: agency names", search((*AGENCIES[:-1], "رويترز", "France-Presse"))
    yield (
        "search: agency: and a word",
        search(f"agency:{chance.choice(AGENCIES[:-1])} {word}" for word in most),
    )
    yield "search: after: and a word", search(f"after:2024 {word}" for word in most)
    yield (
        "search: NEAR",
        search(f"NEAR({a} {b}, 10)" for a, b in pairwise(most)),
    )
    yield (
        "search: names",
        search(
            ("Guterres", "غوتيريش", "Erdogan", "محمد", "Mohammed", "Cairo", "مكناس", "NATO")
        ),
    )
    articles = [f"/articles/{chance.randint(1, count)}" for _ in range(ASKED)]
    yield "article", articles
    yield "versions", [f"{article}/versions" for article in articles]
    yield (
        "edits",
        [f"/articles/{1 + EDITED * n}/edits" for n in range(min(ASKED, count // EDITED))],
    )
    yield "front pages", ["/front-pages", *(f"/front-pages?limit={n}" for n in range(1, 19))]
    pages = [f"https://{site}/" for site in SITES]
    yield "front page, now", ["/front-page?" + urlencode({"url": page}) for page in pages]
    yield (
        "front page, at a time",
        [
            "/front-page?" + urlencode({"url": page, "at": "2016-01-02T06:00:00Z"})
            for page in pages
        ],
    )


def _report(name: str, port: int, process: int, addresses: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    times = []
    for address in addresses:
        before = cpu_seconds(process)
        status = _status(connection, address)
        times.append(1000 * (cpu_seconds(process) - before))
        if status not in {200, 404}:
            print(f"{address}: {status}", file=sys.stderr)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"{name:32} p50 {statistics.median(times):7.1f}  p95 {p95:7.1f}  "
        f"most {max(times):7.1f} ms of CPU", flush=True
    )  # fmt: skip


def _status(connection: http.client.HTTPConnection, address: str) -> int:
    connection.request("GET", f"/api/v1{address}")
    answer = connection.getresponse()
    json.loads(answer.read())
    return answer.status


if __name__ == "__main__":
    main()
