"""Properties of any page: an article or a named refusal, the same each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl import Article, Page, extract
from newscrawl.errors import ExtractionError
from newscrawl.extraction.explain import explain
from newscrawl.formats.markdown import markdown_from
from newscrawl.formats.schema_org import news_article_from
from newscrawl.ingest.joined_pages import first_page, join_pages

URL = "https://news.example/a/story"
PROSE = "<p>The council met on Tuesday, heard what had been said, and nobody left early.</p>"
UPDATE = '{"@type":"BlogPosting","headline":"h","datePublished":"%s","articleBody":"<p>x</p>"}'
SECOND = (
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Another story of'
    ' the town","url":"/a/2","hasPart":[{"isAccessibleForFree":"False"},3]}</script>'
)
PIECES = st.sampled_from(
    [
        "<article>",
        "</article>",
        "<h1>Mill becomes a library</h1>",
        "<h2>Another story of the town</h2>",
        "<div class='story'>",
        "</div>",
        PROSE,
        PROSE * 6,
        "<p>By Ann Lee</p>",
        "<p>بقلم: سعاد المرابط</p>",
        "<p>Subscribe to continue reading</p>",
        "<div class='paywall'>هذا المحتوى للمشتركين فقط</div>",
        "<time datetime='2026-05-17T10:00:00+02:00'>10:00</time>",
        "<span>٢٥:٩٩</span>",
        "<h3>11.30 Uhr</h3>",
        "<a href='/a/story/2'>2</a> <a href='/a/story/3'>3</a>",
        "<a href='?page=9'>9</a>",
        "<a href='?page=-1'>next</a>",
        "<a rel=next href='http://[::1'>next</a>",
        "<link rel=next href='/a/story-2.html'>",
        "<h3>Comments</h3>",
        "<h3>Most read</h3><a href='/b/1'>A story of the sea</a><a href='/b/2'>And of fish</a>",
        SECOND,
        '<script type="application/ld+json">{"@type":"LiveBlogPosting","liveBlogUpdate":['
        + UPDATE % "2026-05-17"
        + ","
        + UPDATE % "25 o'clock"
        + ",null]}</script>",
        '<script type="application/ld+json">{"@type":"Article","articleBody":"'
        + "A line.\\n" * 40
        + '"}</script>',
        "<script>" + "draw();" * 100 + "</script>",
    ]
)


def outcome(body: bytes, content_type: str | None = None) -> Article | str:
    try:
        return extract(Page(url=URL, body=body, content_type=content_type))
    except ExtractionError as error:
        return error.reason


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=40))
def test_any_page_reads_alike_each_time_and_in_every_form(pieces: list[str]) -> None:
    body = "".join(pieces).encode("utf-8", "surrogatepass")
    article = outcome(body)
    again = outcome(body)
    assert article == again
    if isinstance(article, Article) and isinstance(again, Article):
        assert dict(article.provenance) == dict(again.provenance)
        assert explain(Page(url=URL, body=body)).article == article
        json.dumps(article.as_dict()).encode()
        json.dumps(news_article_from(article)).encode()
        markdown_from(article)
        assert first_page(article)
        assert join_pages([article], ()).article_body == article.article_body


JSON_LD_NAMES = st.sampled_from(
    [
        "@id",
        "@type",
        "@graph",
        "@value",
        "url",
        "headline",
        "name",
        "author",
        "creator",
        "publisher",
        "datePublished",
        "dateModified",
        "image",
        "logo",
        "caption",
        "creditText",
        "contentUrl",
        "articleBody",
        "articleSection",
        "keywords",
        "isPartOf",
        "hasPart",
        "item",
        "itemListElement",
        "mainEntityOfPage",
        "liveBlogUpdate",
        "isAccessibleForFree",
        "inLanguage",
        "description",
    ]
)
JSON_LD_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["NewsArticle", "LiveBlogPosting", "Person", "https://news.example/a"]),
    lambda values: (
        st.lists(values, max_size=3) | st.dictionaries(JSON_LD_NAMES, values, max_size=6)
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(JSON_LD_NAMES, JSON_LD_VALUES, min_size=1, max_size=10))
def test_structured_values_of_any_json_type_are_tolerated(described: dict[str, object]) -> None:
    described["@type"] = described.get("@type") or "NewsArticle"
    script = json.dumps(described).replace("<", "")
    head = f'<script type="application/ld+json">{script}</script>'
    article = outcome(f"{head}<h1>Mill becomes a library</h1>{PROSE * 6}".encode())
    assert isinstance(article, Article | str)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=2_000), st.sampled_from(["utf-8", "utf-16", "cp1256", "latin-1"]))
def test_any_text_dump_is_read(text: str, encoding: str) -> None:
    article = outcome(text.encode(encoding, "replace"), "text/plain")
    assert isinstance(article, Article)
    assert article.page_kind in {"article", "empty"}


def test_extraction_changes_nothing_of_its_page() -> None:
    page = Page(url=URL, body=f"<h1>Mill becomes a library</h1>{PROSE * 4}".encode())
    first, second = extract(page), extract(page)
    assert first == second
    assert (page.url, page.content_type, page.fetched_at) == (URL, None, None)


def mixed(number: int) -> bytes:
    """Return a page that has all at once: live entries, pages, a wall and a second article."""
    entries = "".join(
        f"<div class=e><time>1{hour}:05</time><p>Entry {number} of hour {hour}: the council"
        " met, heard what had been said, and nobody left before the end.</p></div>"
        for hour in range(4)
    )
    return (
        f"<html><body><article><h1>Story {number} of the mill and the library</h1>"
        f"<p>By Ann Lee</p>{PROSE * (number + 3)}{entries}<a href='/a/story/2'>2</a>"
        f"</article><article><h1>Another story of the town</h1>{PROSE.replace('T', 't') * 6}"
        "</article><p>Subscribe to continue reading</p></body></html>"
    ).encode()


def test_threads_read_alike() -> None:
    alone = [outcome(mixed(number)) for number in range(6)]
    found: dict[int, Article | str] = {}

    def read(number: int) -> None:
        found[number] = outcome(mixed(number))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(6)] == alone


def test_order_of_sets_does_not_show(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(mixed(1))
    code = (
        "import json, sys; from newscrawl import Page, extract;"
        f"page = Page(url={URL!r}, body=open(sys.argv[1], 'rb').read());"
        "print(json.dumps(extract(page).as_dict()))"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code, str(path)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0])["missing_pages"]
