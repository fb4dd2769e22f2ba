"""The publisher's name: stated in structured data, else printed in the header or the title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from newscrawl.generic.fields.description_and_language import is_home_word
from newscrawl.generic.fields.headlines.site_name import LONGEST_SITE, SiteName, bare
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.linked_data import text_of
from newscrawl.html.tree import Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.normalize import squeeze
from newscrawl.text.urls import bare_host_of, leads_home

MOST_LINKS = 80
"""The link home of a header is among the first links of a page."""
_SLOGAN = re.compile(r"\s[|»–—]\s|\s?[|｜]\s?")
_TITLE_END = compiled_on_use(r"\s[|–—:·•»›-]{1,2}\s|\s?[|｜ㅣ：]\s?")
_LOGO = re.compile(r"(?i)(?:^|\s)(?:logo|home ?page|home|website|شعار|لوجو)(?=\s|$)")
_LOGO_MARK = compiled_on_use(r"logo|brand|masthead|site-?(?:title|name)")
_UNSEEN = dict.fromkeys([0x00AD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0xFEFF])
"""Marks of direction and other characters that nobody sees."""
_ADDRESS = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+/?")


def publisher_of(structured_data: StructuredData) -> tuple[str | None, str]:
    """Return the publisher's name and the rule.

    A stated name that is written as one comes before an address or a word in small letters,
    and what is stated comes before what is printed.
    """
    named = [(rule, name) for rule, text in _stated(structured_data) if (name := _name(text))]
    proper = ((rule, name) for rule, name in named if _is_proper(name))
    rule, name = next(proper, named[0] if named else ("", ""))
    if not name:
        rule, name = _printed(structured_data)
    return name or None, rule


def _stated(structured_data: StructuredData) -> Iterator[tuple[str, str]]:
    """Yield the rule of each place that may name the publisher, and its text."""
    yield "meta:og:site_name", structured_data.meta("og:site_name") or ""
    yield "jsonld", _json_ld_name(structured_data)
    for name in ("application-name", "apple-mobile-web-app-title"):
        yield f"meta:{name}", structured_data.meta(name) or ""


def _json_ld_name(structured_data: StructuredData) -> str:
    """Return the name of the article's publisher, whom the JSON-LD may name by an id alone."""
    for value in structured_data.values("publisher"):
        name = text_of(value) if isinstance(value, str) else ""
        if isinstance(value, Mapping):
            same = (
                item for item in structured_data.objects if item.get("@id") == value.get("@id")
            )
            named = next((item for item in (value, *same) if item.get("name")), {})
            name = text_of(named.get("name"))
        if name and "://" not in name:
            return name
    return ""


def _printed(structured_data: StructuredData) -> tuple[str, str]:
    """Return the rule and the name that the title ends with or the logo in the header has.

    A name in the title is the publisher's where a link home or the host has it as well.
    """
    host = bare_host_of(structured_data.page.url)
    logos = list(_links_home(structured_data.tree.root, host))
    names = frozenset(bare(name) for name, _ in logos)
    site = SiteName(names, bare(host.rpartition(".")[0]).replace(" ", ""))
    ends = _TITLE_END.split(structured_data.tree.title)[1:]
    end = next((name for end in reversed(ends) if site.is_name(name := _name(end))), "")
    if end:
        return "title", end
    return "header", next((name for name, is_logo in logos if is_logo), "")


def _links_home(root: Node, host: str) -> Iterator[tuple[str, bool]]:
    """Yield the text of each link home in the header, or its picture's; and if it is a logo."""
    for anchor in islice(root.tagged("a"), MOST_LINKS):
        href = anchor.attributes.get("href") or "#"
        if not leads_home(href) or bare_host_of(href) not in {"", host}:
            continue
        name = _name(anchor.text() or _title_of(anchor))
        if name and not is_home_word(name):
            parts = (*anchor.iter(), anchor.parent or anchor)
            yield name, any(_LOGO_MARK.search(part.class_and_id.lower()) for part in parts)


def _title_of(anchor: Node) -> str:
    """Return the words of the first picture in a link without text, else its title."""
    picture = next((part for part in anchor.iter() if part.tag == "img"), None)
    alt = picture.attributes.get("alt", "") if picture is not None else ""
    return alt or anchor.attributes.get("title", "")


def _name(text: str) -> str:
    """Return *text* without a slogan or the word logo; the empty string for no name."""
    if len(text) > 4 * LONGEST_SITE:
        return ""
    seen = squeeze(text.translate(_UNSEEN))
    name = _LOGO.sub("", _SLOGAN.split(seen, maxsplit=1)[0]).strip(" -–|:")
    return name if len(bare(name)) > 1 and len(name) <= LONGEST_SITE else ""


def _is_proper(name: str) -> bool:
    """Return whether *name* looks like a name: no address, and not all in lower case."""
    return not _ADDRESS.fullmatch(name) and not (name.isascii() and name.islower())
