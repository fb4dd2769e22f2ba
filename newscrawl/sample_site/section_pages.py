"""The pages that are not stories: home, sections with paging, and the odd ones out."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from newscrawl.sample_site.markup import frame, teasers
from newscrawl.sample_site.newspaper import Newspaper
from newscrawl.sample_site.stories import Section

LOGIN = (
    '<form method="post" action="/login/"><label>البريد <input name="user"></label> '
    '<label>كلمة السر <input type="password" name="password"></label> '
    "<button>دخول</button></form>"
)


def home_page(paper: Newspaper) -> str:
    """Return the home page: the newest story at the top, then four of each section."""
    lead = paper.by_id[2061]
    parts = [f'<section class="lead">{teasers([lead], utm=True)}</section>']
    for section in paper.sections:
        stories = [story for story in paper.pages_of(section)[0] if story is not lead]
        title = f'<h3><a href="/{section.key}/">{escape(section.title)}</a></h3>'
        parts.append(f'<section class="block">{title}{teasers(stories)}</section>')
    parts.append(f'<ul class="more-links">{_odd_links(paper)}</ul>')
    title = "صحيفة يومية من المرفأ"
    return frame(paper, paper.sections[0], title=title, main="\n".join(parts))


def section_page(paper: Newspaper, section: Section, number: int) -> str | None:
    """Return that page of a section, counted from 1; None behind the last one."""
    pages = paper.pages_of(section)
    if not 1 <= number <= len(pages):
        return None
    words = paper.words(section.language)
    links = []
    if number > 1:
        links.append(
            f'<a rel="prev" href="{section_path(section, number - 1)}">{words["previous"]}</a>'
        )
    if number < len(pages):
        links.append(
            f'<a rel="next" href="{section_path(section, number + 1)}">{words["next"]}</a>'
        )
    main = f"<h1>{escape(section.title)}</h1>{teasers(pages[number - 1])}"
    paging = f'<div class="pagination">{" ".join(links)}</div>'
    return frame(paper, section, title=section.title, main=main + paging)


def section_path(section: Section, number: int) -> str:
    """Return the address of that page of *section*."""
    return f"/{section.key}/" if number == 1 else f"/{section.key}/page/{number}/"


def other_page(paper: Newspaper, row: Mapping[str, Any]) -> str:
    """Return one of the pages that are not articles."""
    main = f"<h1>{escape(row['title'])}</h1>"
    if "list" in row:
        main += teasers(paper.by_id[key] for key in row["list"])
    main += "\n".join(_part(part) for part in row.get("text", "").strip().split("\n"))
    return frame(paper, paper.sections[0], title=row["title"], main=main)


def _part(line: str) -> str:
    if line == "[login]":
        return LOGIN
    if line.startswith("[image] "):
        caption = escape(line.removeprefix("[image] "))
        picture = '<img src="/images/lantern.png" alt="">'
        return f"<figure>{picture}<figcaption>{caption}</figcaption></figure>"
    return f"<p>{escape(line)}</p>" if line else ""


def _odd_links(paper: Newspaper) -> str:
    site = paper.site
    rows = [(row["path"], row["title"]) for row in site["page"]]
    rows += [
        ("/go/2061", "عاجل"),
        ("/loop/one", "أرشيف"),
        (site["missing"][0]["path"], "خبر محذوف"),
    ]
    return "".join(
        f'<li><a href="{escape(path)}">{escape(text)}</a></li>' for path, text in rows
    )
