"""A body that only the state of a script holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl import Article, Page, extract

URL = "https://news.example/a/1"
HEADLINE = "Town library moves to the old mill by the river"
LINES = (
    "The council decided on Tuesday to move the town library to the old mill by the river.",
    "The mayor said that nobody would lose a job, and readers asked for longer opening hours.",
    "The head of the library promised to look into that before the end of the summer holidays.",
    "Work on the roof of the mill begins in May, and the books are to follow in the autumn.",
)
MARKUP = "".join(f"<p>{line}</p>" for line in LINES)
OTHER = "".join(
    f"<p>Quite another story of the harbour, part {n}, in full.</p>" for n in range(20)
)
DRAWN = f"<script>{'draw();' * 400}</script>"


def read(script: str, printed: str = "") -> Article:
    head = f'<title>{HEADLINE}</title><meta property="og:title" content="{HEADLINE}">'
    body = f"<h1>{HEADLINE}</h1>{printed}" if printed else '<div id="root"></div>'
    page = f"<!DOCTYPE html><html><head>{head}</head><body>{body}{script}{DRAWN}</body></html>"
    return extract(Page(url=URL, body=page.encode()))


def next_data(value: Any) -> str:
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(value)}</script>'


def flight(value: Any) -> str:
    text = f"T{len(MARKUP.encode()):x},{MARKUP}"
    rows = f'1:"$Sreact.fragment"\n2:{text}3:{json.dumps(value)}\n'
    half = len(rows) // 2
    pushes = (json.dumps([1, part]) for part in (rows[:half], rows[half:]))
    return "".join(f"<script>self.__next_f.push({push})</script>" for push in pushes)


def nuxt(_: Any) -> str:
    flat = [["Reactive", 1], {"article": 2}, {"title": 3, "body": 4}, HEADLINE, MARKUP, [5]]
    return f'<script id="__NUXT_DATA__" type="application/json">{json.dumps(flat)}</script>'


def arc(_: Any) -> str:
    elements: list[dict[str, Any]] = [{"type": "text", "content": line} for line in LINES]
    elements.insert(1, {"type": "image", "caption": "The mill in its present state, in March."})
    elements.insert(2, {"type": "header", "content": "Longer hours"})
    content = {"headlines": {"basic": HEADLINE}, "content_elements": elements}
    return f"<script>Fusion.globalContent={json.dumps(content)};Fusion.x={{a:1}}</script>"


def apollo(_: Any) -> str:
    blocks = [{"type": "p", "children": [{"type": "text", "data": line}]} for line in LINES]
    store = {
        "ROOT_QUERY": {"article": {"__ref": "Article:1"}},
        "Article:1": {"headline": HEADLINE, 'body({"size":1})': {"__ref": "Body:1"}},
        "Body:1": {"json": blocks},
    }
    return f"<script>window.__APOLLO_STATE__ = {json.dumps(store)};</script>"


def query(_: Any) -> str:
    block = {"_type": "block", "children": [{"_type": "span", "text": LINES[0]}]}
    rich = [block, *({"nodeType": "paragraph", "content": [{"value": x}]} for x in LINES[1:])]
    data = {"queries": [{"state": {"data": {"url": URL, "body": rich}}}]}
    return (
        f"<script>window.__REACT_QUERY__ = JSON.parse({json.dumps(json.dumps(data))})</script>"
    )


STATES: dict[str, Callable[[Any], str]] = {
    "next": lambda story: next_data({"props": {"pageProps": {"story": story}}}),
    "flight": lambda story: flight(["$", "$L1", None, story | {"body": "$2"}]),
    "nuxt": nuxt,
    "arc": arc,
    "apollo": apollo,
    "react query": query,
}


@pytest.mark.parametrize("name", STATES)
def test_text_in_the_state_of_a_script_is_the_body(name: str) -> None:
    article = read(STATES[name]({"title": HEADLINE, "body": MARKUP}))
    lines = [block.text for block in article.blocks if block.kind == "paragraph"]
    assert lines == list(LINES)
    assert article.page_kind == "article"
    assert article.provenance["article_body"] == "script_data"
    assert not article.is_body_cut


def test_printed_beginning_goes_on_in_the_script() -> None:
    script = next_data({"title": HEADLINE, "body": MARKUP})
    article = read(script, f"<article><p>{LINES[0]}</p><p>{LINES[1][:60]}</p></article>")
    assert article.article_body == "\n".join(LINES)


def test_printed_beginning_goes_on_in_the_linked_data() -> None:
    data = {"@type": "NewsArticle", "headline": HEADLINE, "articleBody": "\n".join(LINES)}
    linked = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    article = read(linked, f"<article><p>{LINES[0]}</p></article>")
    assert article.article_body == "\n".join(LINES)
    assert article.provenance["article_body"] == "jsonld"


def test_printed_text_stays_where_the_script_holds_another() -> None:
    article = read(next_data({"title": HEADLINE, "body": OTHER}), f"<p>{LINES[0]}</p>")
    assert "harbour" not in article.article_body


def test_text_of_another_story_in_the_state_is_no_body() -> None:
    related = [{"title": "Harbour is dredged again this year", "body": OTHER}]
    article = read(next_data({"title": HEADLINE, "body": "", "related": related}))
    assert article.article_body == ""


def test_text_that_is_not_free_is_no_body() -> None:
    data = {"@type": "NewsArticle", "headline": HEADLINE, "isAccessibleForFree": False}
    linked = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    assert read(linked + next_data({"title": HEADLINE, "body": MARKUP})).article_body == ""


def test_cut_text_says_so() -> None:
    cut = MARKUP.replace(LINES[3], "Work on the roof of the mill begins in …")
    assert read(next_data({"title": HEADLINE, "body": cut})).is_body_cut


HOSTILE = {
    "deep": '{"title":' * 50_000,
    "deep lists": f'{{"title":"{HEADLINE}","body":{"[" * 900}{"]" * 900}}}',
    "huge number": f'{{"title":"{HEADLINE}","body":{"9" * 10_000}}}',
    "wrong types": f'{{"title":["{HEADLINE}",null],"body":{{"type":[1],"content":{{"a":1}}}}}}',
    "no JSON": "var a = {b: 1}; a = {" * 2_000,
    "itself": json.dumps(
        [["Reactive", 1], {"title": 2, "body": 3}, HEADLINE, [3, 1], "x" * 900]
    ),
    "lone surrogate": f'{{"title":"{HEADLINE}","body":"<p>\\ud800 {"word " * 99}</p>"}}',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", ["application/json", "text/javascript"])
def test_hostile_state_never_raises(name: str, kind: str) -> None:
    start = "" if "json" in kind else "window.__STATE__ = "
    article = read(f'<script type="{kind}">{start}{HOSTILE[name]}{" " * 400}</script>')
    article.article_body.encode()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(HEADLINE) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["title", "body", "content", "type", "children", "text", "__ref"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None)
@given(values)
def test_state_of_any_shape_never_raises(value: Any) -> None:
    script = json.dumps(value).replace("</", "<\\/")
    read(f'<script type="application/json">{script}{" " * 400}</script>')
