"""Embeds of other services in a text: videos, posts of social networks, recordings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from urllib.parse import urlsplit

from newscrawl.generic.body.article_node import Outline
from newscrawl.html.blocks import Absolute, Embed
from newscrawl.html.tree import Node
from newscrawl.resources import read_toml

MOST_EMBEDS = 200
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original", "data-url")
_POSTS = ("data-instgrm-permalink", "cite", "data-href", "data-permalink")
_ELSEWHERE = frozenset(
    (
        *("navigation", "consent", "form", "hidden", "comments", "advert", "share", "header"),
        *("newsletter", "related", "teasers", "aside", "sidebar"),
    )
)


def embeds_of(outline: Outline, body: Sequence[Node], absolute: Absolute) -> tuple[Embed, ...]:
    """Return what other services show between the lines of the *body* or right below them."""
    if not body:
        return ()
    root, last = body[0].page[0], body[-1]
    end = (last.parent or last).end
    found: dict[str, Embed] = {}
    nodes = (node for tag in ("iframe", "audio", "blockquote") for node in root.tagged(tag))
    for node in sorted(nodes, key=lambda node: node.index):
        if not body[0].index <= node.index < end or len(found) == MOST_EMBEDS:
            continue
        url = next(_addresses(node, absolute), None)
        if url and not outline.flags_above(node) & _ELSEWHERE:
            found.setdefault(url, Embed(node.index, url))
    return tuple(found.values())


def _addresses(node: Node, absolute: Absolute) -> Iterator[str]:
    """Yield the addresses of what *node* embeds, the best first."""
    if node.tag == "blockquote":
        yield from _addresses_of_post(node, absolute)
        return
    for name in _SOURCES:
        url = absolute(node.attributes.get(name) or "")
        if url and (node.tag == "audio" or _is_of_service(url)):
            yield url


def _addresses_of_post(node: Node, absolute: Absolute) -> Iterator[str]:
    """Yield the address of a post of a social network, as its code for other pages names it."""
    if _table()["posts"]["classes"].isdisjoint(node.class_and_id.lower().split()):
        return
    stated = (node.attributes.get(name) or "" for name in _POSTS)
    links = [part.attributes.get("href") or "" for part in node.iter() if part.tag == "a"]
    for href in (*stated, *reversed(links)):
        if url := absolute(href):
            yield url


def _is_of_service(url: str) -> bool:
    """Return whether *url* is a player or a post of a service, and no advert or counter."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    for service in _table()["services"]["addresses"]:
        name, _, path = service.partition("/")
        is_host = host == name or host.endswith(f".{name}")
        if is_host and parts.path.lower().startswith(f"/{path}"):
            return True
    return False


@cache
def _table() -> dict[str, dict[str, frozenset[str]]]:
    """Return the services whose players and posts are embeds."""
    table = read_toml("pages/embeds")
    return {
        group: {name: frozenset(words) for name, words in values.items()}
        for group, values in table.items()
    }
