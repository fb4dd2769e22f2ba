"""A page saved as a file, without the address that it was saved from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newscrawl import Page, extract
from tests.command_line import run

TEXT = "".join(
    f"<p>The council met for the {n} time, and nobody left before the end of it.</p>"
    for n in ("first", "second", "third", "fourth")
)
LINKS = "".join(
    f'<li><a href="/news/{n}">A story of the harbour, number {n}</a></li>' for n in (1, 2, 3)
)


def markup(head: str = "") -> bytes:
    return (
        f"<html><head><title>Council meets</title>{head}</head><body><article>"
        f"<h1>Council meets again</h1>{TEXT}</article>"
        f"<aside><h3>Most read</h3><ul>{LINKS}</ul></aside></body></html>"
    ).encode()


@pytest.mark.parametrize(
    ("head", "first"),
    [
        (
            '<link rel="canonical" href="https://news.example/a/1">',
            "https://news.example/news/1",
        ),
        (
            '<meta property="og:url" content="https://news.example/a">',
            "https://news.example/news/1",
        ),
        ('<base href="https://cdn.example/x/">', "https://cdn.example/news/1"),
        ('<link rel="canonical" href="/a/1">', None),
        ("", None),
    ],
    ids=["canonical", "og:url", "base", "relative canonical", "nothing"],
)
def test_links_start_from_the_address_that_the_page_names(head: str, first: str | None) -> None:
    article = extract(Page(url="file:///saved/page.html", body=markup(head)))
    (found,) = article.link_lists
    assert found.kind == "most_read"
    assert [link.text[-1] for link in found.links] == ["1", "2", "3"]
    assert found.links[0].url == first


def test_relative_links_of_a_page_with_an_address_are_absolute() -> None:
    article = extract(Page(url="https://port.example/1", body=markup()))
    assert article.link_lists[0].links[0].url == "https://port.example/news/1"


def test_extract_of_a_file_shows_its_link_lists(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(markup())
    done = run("extract", str(path), "--json")
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["link_lists"]
    assert [link["text"] for link in found["links"]] == [
        f"A story of the harbour, number {n}" for n in (1, 2, 3)
    ]
    assert found["links"][0]["url"] is None
