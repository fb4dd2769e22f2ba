"""The metadata of the newer template: canonical address, Open Graph and JSON-LD."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from newscrawl.sample_site.newspaper import Newspaper, address
from newscrawl.sample_site.stories import Story


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
