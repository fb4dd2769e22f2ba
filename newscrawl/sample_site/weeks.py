"""Two sample newspapers over two weeks, as the answers that a crawler got from them.

`content/weeks.toml` says what they print, change and take back. Every page has the time of its
visit, so that an import of the answers makes an archive with edits, a deletion, copies of wire
texts and front pages that move, without waiting for two weeks.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

import attrs

from newscrawl.sample_site.markup import fill
from newscrawl.sample_site.stories import content

_LATEST, _MOST_READ, _PROMOTED = 6, 5, 3
_LOSS_A_DAY = 9
"""Points that a story loses a day among the most read."""
_REVISITS = (0, 8, 24, 48, 96, 168)
"""Hours after its first visit at which an article is visited again, besides after edits."""
_PRINTED_AFTER = dt.timedelta(minutes=50)


@attrs.frozen(kw_only=True)
class Answer:
    """One answer of a newspaper."""

    url: str
    at: dt.datetime
    status: int
    body: bytes


def hosts() -> tuple[str, ...]:
    """Return the hosts of the newspapers."""
    return tuple(paper["host"] for paper in content("weeks")["paper"])


def all_answers() -> Iterator[Answer]:
    """Yield every answer, in the order of the visits."""
    plan = content("weeks")
    first = dt.datetime.fromisoformat(plan["first_visit"])
    seen: dict[tuple[str, int], int] = {}
    for hour in range(0, 24 * plan["days"], plan["hours_between_visits"]):
        at = first + dt.timedelta(hours=hour)
        for paper in plan["paper"]:
            yield _answer(paper, "", at, _home(paper, hour))
            for number, story in enumerate(_printed(paper, hour)):
                found = seen.setdefault((paper["key"], story["id"]), hour)
                if _is_visited(story, hour, hour - found, plan["hours_between_visits"]):
                    later = at + dt.timedelta(seconds=20 * (number + 1))
                    yield _story_answer(paper, story, hour, later)


def _story_answer(
    paper: Mapping[str, Any], story: Mapping[str, Any], hour: int, at: dt.datetime
) -> Answer:
    path = f"news/{story['id']}"
    if hour >= story.get("gone", hour + 1):
        body = _page(paper, "404", "<h1>404</h1><p>الصفحة غير موجودة</p>")
        return _answer(paper, path, at, body, status=404)
    return _answer(paper, path, at, _story_page(paper, story, hour))


def _is_visited(story: Mapping[str, Any], hour: int, age: int, step: int) -> bool:
    """Tell whether the crawl visits a story: at growing intervals, and soon after a change."""
    changes = [edit["hour"] for edit in story.get("edits", ())]
    changes += [story["gone"]] if "gone" in story else []
    return age in _REVISITS or any(0 <= hour - change < step for change in changes)


def _printed(paper: Mapping[str, Any], hour: int) -> list[Mapping[str, Any]]:
    """Return the stories that the paper has printed by *hour*, the newest first."""
    stories = [
        story
        for story in content("weeks")["story"]
        if story["papers"].get(paper["key"], hour + 1) <= hour
    ]
    return sorted(stories, key=lambda story: -story["papers"][paper["key"]])


def _headline(paper: Mapping[str, Any], story: Mapping[str, Any], hour: int) -> str:
    headline: str = story.get("headlines", {}).get(paper["key"], story["headline"])
    for edit in _edits(story, hour):
        headline = edit.get("headline", headline)
    return headline


def _edits(story: Mapping[str, Any], hour: int) -> Sequence[Mapping[str, Any]]:
    return [edit for edit in story.get("edits", ()) if edit["hour"] <= hour]


def _home(paper: Mapping[str, Any], hour: int) -> bytes:
    """Return the front page: newest stories, what the editor chose, and the most read."""
    stories = [one for one in _printed(paper, hour) if hour < one.get("gone", hour + 1)]
    shown = [one for one in stories if not one.get("hidden")]
    chosen = [one for one in shown if one.get("promoted")][:_PROMOTED]

    def points(story: Mapping[str, Any]) -> float:
        age = (hour - story["papers"][paper["key"]]) / 24
        return float(story["popularity"] - _LOSS_A_DAY * age)

    read = sorted(stories, key=points, reverse=True)[:_MOST_READ]
    main = "".join(
        _list(paper, paper[name], listed, hour)
        for name, listed in (
            ("promoted", chosen),
            ("latest", shown[:_LATEST]),
            ("most_read", read),
        )
        if listed
    )
    return _page(paper, paper["name"], main)


def _list(
    paper: Mapping[str, Any], heading: str, stories: Sequence[Mapping[str, Any]], hour: int
) -> str:
    links = "".join(
        f'<li><a href="/news/{story["id"]}">{escape(_headline(paper, story, hour))}</a></li>'
        for story in stories
    )
    return f'<section class="block"><h3>{escape(heading)}</h3><ul>{links}</ul></section>'


def _story_page(paper: Mapping[str, Any], story: Mapping[str, Any], hour: int) -> bytes:
    key, headline = paper["key"], _headline(paper, story, hour)
    first = dt.datetime.fromisoformat(content("weeks")["first_visit"])
    published = first + dt.timedelta(hours=story["papers"][key]) - _PRINTED_AFTER
    noted = [edit["hour"] for edit in _edits(story, hour) if edit.get("noted")]
    modified = first + dt.timedelta(hours=noted[-1]) if noted else None
    paragraphs = _paragraphs(paper, story, hour)
    author = story.get("author", "")
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": headline,
        "datePublished": published.isoformat(),
        "inLanguage": "ar",
    }
    if modified:
        data["dateModified"] = modified.isoformat()
    if author:
        data["author"] = {"@type": "Person", "name": author}
    main = (
        f'<nav class="breadcrumbs"><a href="/">الرئيسية</a> » <a href="/">'
        f"{escape(story['section'])}</a></nav><article><h1>{escape(headline)}</h1>"
        f'<p class="byline">{escape(author)}</p>'
        f'<time datetime="{published.isoformat()}">{published:%Y-%m-%d %H:%M}</time>'
        f'<div class="entry-content">{"".join(f"<p>{escape(one)}</p>" for one in paragraphs)}'
        "</div></article>"
    )
    aside = _latest_beside(paper, story, hour)
    head = f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    return _page(paper, headline, main, head=head, aside=aside)


def _latest_beside(paper: Mapping[str, Any], story: Mapping[str, Any], hour: int) -> str:
    newest = [one for one in _printed(paper, hour) if one["id"] != story["id"]]
    shown = [one for one in newest if not one.get("hidden")][:_LATEST]
    return _list(paper, paper["latest"], shown, hour) if shown else ""


def _paragraphs(paper: Mapping[str, Any], story: Mapping[str, Any], hour: int) -> list[str]:
    """Return the text with dateline and credit; an uncredited wire text has neither."""
    key = paper["key"]
    paragraphs = _text(story, hour).split("\n\n")[: story.get("kept", {}).get(key)]
    if key in story.get("uncredited", ()):
        return paragraphs
    source = story.get("agency", paper["name"])
    paragraphs[0] = f"{story['place']} ـ {source}: {paragraphs[0]}"
    return [*paragraphs, f"المصدر: {source}"] if "agency" in story else paragraphs


def _text(story: Mapping[str, Any], hour: int) -> str:
    text: str = story["text"].strip()
    for edit in _edits(story, hour):
        for old, new in edit.get("replace", ()):
            text = text.replace(old, new)
    return text


def _page(
    paper: Mapping[str, Any], title: str, main: str, *, head: str = "", aside: str = ""
) -> bytes:
    text = fill(
        "press.html",
        language="ar",
        direction="rtl",
        title=escape(title),
        site=escape(paper["name"]),
        head=head,
        body_class="single" if head else "page",
        navigation="".join(f'<li><a href="/">{escape(one)}</a></li>' for one in _sections()),
        main=main,
        aside=aside,
        footer='<li><a href="/about/">من نحن</a></li>',
        rights="جميع الحقوق محفوظة",
        notice="صحيفة متخيلة، كُتبت لتجربة newscrawl.",
    )
    return text.encode("utf-8")


@cache
def _sections() -> tuple[str, ...]:
    return tuple(dict.fromkeys(story["section"] for story in content("weeks")["story"]))


def _answer(
    paper: Mapping[str, Any], path: str, at: dt.datetime, body: bytes, *, status: int = 200
) -> Answer:
    return Answer(url=f"https://{paper['host']}/{path}", at=at, status=status, body=body)
