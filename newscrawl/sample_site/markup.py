"""The newspaper's pages as HTML: two templates, their lists, and an AMP page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import unquote

from newscrawl.article import LinkList
from newscrawl.sample_site.newspaper import UTM, Newspaper, address
from newscrawl.sample_site.stories import Picture, Section, Story

RTL = frozenset({"ar"})


@cache
def template(name: str) -> Template:
    """Return one of the files in `templates/`."""
    path = files("newscrawl.sample_site") / "templates" / name
    return Template(path.read_text("utf-8"))


def fill(name: str, /, **values: str) -> str:
    """Return that template with *values*, which are markup already."""
    return template(name).substitute(values)


def story_page(paper: Newspaper, story: Story, base: str) -> str:
    """Return the page of *story* as its section's template prints it."""
    name = story.section.template
    lists = paper.link_lists(story, base)
    words = paper.words(story.section.language)
    parts = {
        "home": escape(words["home"]),
        "section": escape(story.section.title),
        "section_path": f"/{story.section.key}/",
        "headline": escape(story.as_typed(story.headline)),
        "printed_date": escape(story.printed_date),
        "share": escape(words["share"]),
        "picture": _figure(story.picture, words["photo"]) if name == "press" else _photo(story),
        "body": story_body(paper, story),
        "related": _box(lists[0], name),
    }
    if name == "press":
        main = fill("press_article.html", **parts, **_press_parts(paper, story))
    else:
        main = fill("tables_article.html", **parts, **_tables_parts(story))
    aside = "\n".join(_box(block, name) for block in lists[1:])
    head = metadata(paper, story, base) if name == "press" else ""
    return frame(paper, story.section, title=story.headline, main=main, aside=aside, head=head)


def frame(
    paper: Newspaper,
    section: Section,
    *,
    title: str,
    main: str,
    aside: str = "",
    head: str = "",
) -> str:
    """Return a whole page of *section*'s template around *main*."""
    cell = "<li>{}</li>" if section.template == "press" else "<td>{}</td>"
    links = [f'<a href="/{each.key}/">{escape(each.title)}</a>' for each in paper.sections]
    return fill(
        f"{section.template}.html",
        language=section.language,
        **({"charset": section.charset} if section.template == "tables" else {}),
        direction="rtl" if section.language in RTL else "ltr",
        title=escape(title),
        site=escape(paper.site["name"]),
        head=head,
        body_class=f"section-{section.key} {'single' if head else 'page'}",
        navigation="\n".join(cell.format(link) for link in links),
        main=main,
        aside=aside,
        footer='<li><a href="/about/">من نحن</a></li>',
        rights=escape(paper.words(section.language)["rights"]),
        notice=escape(paper.site["notice"]),
    )


def amp_page(paper: Newspaper, story: Story, base: str) -> str:
    """Return the AMP page of *story*."""
    return fill(
        "amp.html",
        language=story.section.language,
        direction="rtl" if story.section.language in RTL else "ltr",
        headline=escape(story.headline),
        canonical=address(base, story.path),
        printed_date=escape(story.printed_date),
        image=f"/images/{story.picture.name}.png",
        caption=escape(story.picture.caption),
        body=story_body(paper, story),
        site=escape(paper.site["name"]),
    )


def story_body(paper: Newspaper, story: Story) -> str:
    """Return the text of *story* with the boxes that stand in it."""
    words = paper.words(story.section.language)
    out, figures = [], 2
    if story.dateline_form == "line" and story.dateline and story.section.template == "press":
        out.append(f'<p class="dateline"><strong>{escape(story.dateline.raw)}</strong></p>')
    for piece in story.pieces:
        text = escape(story.as_typed(piece.text), quote=False)
        if piece.kind == "figure":
            out.append(_figure(story.inner_picture(figures, piece.text), words["photo"]))
            figures += 1
        elif piece.kind == "read_also":
            out.append(_read_also(paper.by_id[int(piece.text)], words["read_also"]))
        else:
            out.append(_block(piece.kind, text))
    if story.credit:
        _add_credit(out, story)
    if story.section.charset != "utf-8":  # the oldest pages set a paragraph by two line breaks
        out = [part.replace("<p>", "").replace("</p>", "<br><br>") for part in out]
    return "\n".join(out)


def _block(kind: str, text: str) -> str:
    if kind == "list":
        return "<ul>{}</ul>".format("".join(f"<li>{item}</li>" for item in text.split("\n")))
    tag = {"heading": "h2", "quote": "blockquote"}.get(kind, "p")
    return f"<{tag}>{text}</{tag}>"


def _add_credit(out: list[str], story: Story) -> None:
    """Print the credit in its own line, its own element, or behind the last sentence."""
    raw = escape(story.credit.raw if story.credit else "", quote=False)
    if story.credit_form == "inline":
        out[-1] = out[-1].removesuffix("</p>") + f" {raw}</p>"
    elif story.credit_form == "element":
        out.append(f'<div class="source">{raw}</div>')
    else:
        out.append(f"<p>{raw}</p>")


def _read_also(other: Story, label: str) -> str:
    link = f'<a href="{escape(other.path)}">{escape(other.headline)}</a>'
    return f'<div class="read-also"><strong>{escape(label)}</strong> {link}</div>'


def _figure(picture: Picture, photo: str) -> str:
    credit = (
        f' <span class="credit">{photo}: {escape(picture.credit)}</span>'
        if picture.credit
        else ""
    )
    return (
        f'<figure><img src="/images/{picture.name}.png" alt="{escape(picture.caption)}">'
        f"<figcaption>{escape(picture.caption)}{credit}</figcaption></figure>"
    )


def _photo(story: Story) -> str:
    """Return the picture in a table, as the old template sets it, its alt text unescaped."""
    picture = story.picture
    return (
        f'<table class="photo"><tr><td>'
        f'<img src="/images/{picture.name}.png" alt="{picture.caption}">'
        f'</td></tr><tr><td class="caption">{escape(picture.caption)}</td></tr></table>'
    )


def _box(block: LinkList, name: str) -> str:
    """Return a headed list of links; addresses stay relative, so that any port will do."""
    items = [
        f'<a href="{escape(_href(link.url or "", name))}">{escape(link.text)}</a>'
        for link in block.links
    ]
    if name == "press":
        rows = "".join(f"<li>{item}</li>" for item in items)
        head = f"<h3>{escape(block.heading)}</h3>"
        return f'<section class="widget {block.kind}">{head}<ul>{rows}</ul></section>'
    rows = "".join(f"<div>» {item}</div>" for item in items)
    return (
        f'<div class="newsbox"><div class="boxtitle">{escape(block.heading)}</div>{rows}</div>'
    )


def _href(url: str, name: str) -> str:
    """Return the path of *url*: percent-encoded as WordPress does, or raw as the old site."""
    path = "/" + url.split("/", 3)[3]
    return path if name == "press" else unquote(path)


def _press_parts(paper: Newspaper, story: Story) -> dict[str, str]:
    words = paper.words(story.section.language)
    tags = " ".join(
        f'<a rel="tag" href="/tag/{word}/">{escape(word)}</a>' for word in story.keywords
    )
    has_name = bool(story.authors) and story.dateline_form != "byline"
    byline = f"{words['by']} {story.byline}" if has_name else story.byline or ""
    standfirst = (
        f'<p class="standfirst">{escape(story.standfirst)}</p>' if story.standfirst else ""
    )
    return {
        "id": str(story.id),
        "standfirst": standfirst,
        "byline": f'<span class="byline">{escape(byline)}</span> ' if byline else "",
        "datetime": f' datetime="{story.published.isoformat()}"',
        "tags": f'<div class="tags">{escape(words["tags"])}: {tags}</div>',
        "newsletter": escape(words["newsletter"]),
    }


def _tables_parts(story: Story) -> dict[str, str]:
    line = story.dateline.raw if story.dateline and story.dateline_form == "line" else ""
    return {
        "kicker": f'<div class="kicker">{escape(story.kicker)}</div>' if story.kicker else "",
        "dateline": f'<div class="coring">{escape(line)}</div>' if line else "",
    }


def teasers(stories: Iterable[Story], *, utm: bool = False) -> str:
    """Return cards that lead to *stories*, as home and section pages show them."""
    tail = UTM if utm else ""
    return "\n".join(
        f'<article class="card"><h2><a href="{escape(story.path + tail)}">'
        f"{escape(story.headline)}</a></h2>"
        f"<p>{escape(story.standfirst or story.picture.caption)}</p></article>"
        for story in stories
    )


def metadata(paper: Newspaper, story: Story, base: str) -> str:
    """Return the elements that stand in the head of *story*'s page."""
    url = address(base, story.path)
    amp = f'<link rel="amphtml" href="{url}amp/">\n' if story.has_amp else ""
    metas = {
        "og:type": "article",
        "og:title": f"{story.headline} - {paper.site['name']}",
        "og:url": url,
        "og:site_name": paper.site["name"],
        "og:image": f"{base}/images/{story.picture.name}.png",
        "article:published_time": story.published.isoformat(),
        "article:section": story.section.title,
    }
    lines = [
        f'<meta property="{name}" content="{escape(text)}">' for name, text in metas.items()
    ]
    if story.standfirst:
        lines.append(f'<meta name="description" content="{escape(story.standfirst)}">')
    graph = json.dumps(_linked_data(paper, story, base), ensure_ascii=False).replace(
        "<", "\\u003c"
    )
    script = f'<script type="application/ld+json">{graph}</script>'
    return f'<link rel="canonical" href="{url}">\n{amp}' + "\n".join([*lines, script])


def _linked_data(paper: Newspaper, story: Story, base: str) -> dict[str, Any]:
    outlet = {"@type": "Organization", "name": paper.site["name"], "url": f"{base}/"}
    article = {
        "@type": "NewsArticle",
        "mainEntityOfPage": address(base, story.path),
        "headline": story.headline,
        "datePublished": story.published.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in story.authors] or [outlet],
        "publisher": outlet,
        "image": f"{base}/images/{story.picture.name}.png",
        "keywords": ", ".join(story.keywords),
        "inLanguage": story.section.language,
    }
    if story.modified:
        article["dateModified"] = story.modified.isoformat()
    return {
        "@context": "https://schema.org",
        "@graph": [{**outlet, "@type": "WebSite"}, article],
    }
