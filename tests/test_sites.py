"""The walk over declared sites, ours and the user's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newscrawl.errors import LayoutError
from newscrawl.layouts.catalogue import all_sites, declare_sites, site_for, site_named
from newscrawl.layouts.site import Site, Sources
from newscrawl.text.urls import clean_url, host_of
from tools.site_table import document


def site(**changes: Any) -> Site:
    return Site(**{"name": "shams", "title": "شمس", "hosts": ("shams.example",), **changes})


@pytest.fixture
def own_sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a user's module that declares two sites."""
    module = tmp_path / "my_news_sites.py"
    module.write_text(
        "from newscrawl.layouts.site import Site\n"
        "ONE = Site(name='one', title='One', hosts=('one.example',))\n"
        "OTHERS = (Site(name='sport_one', title='Sport', hosts=('sport.one.example',)),)\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    declare_sites([module.stem])
    return module.stem


def test_the_users_modules_are_walked(own_sites: str) -> None:
    assert {"one", "sport_one"} <= {found.name for found in all_sites()}
    assert {"one", "sport_one"} <= {found.name for found in all_sites((own_sites,))}


@pytest.mark.usefixtures("own_sites")
def test_the_longest_host_that_fits_wins() -> None:
    found = {url: site_for(url) for url in ("https://m.one.example/1", "sport.one.example")}
    assert [one and one.name for one in found.values()] == ["one", "sport_one"]
    assert site_for("https://two.example/") is None


def test_sites_are_sorted_and_named_once() -> None:
    names = [found.name for found in all_sites(())]
    assert names == sorted(set(names))
    assert site_named("no_such_site") is None


def test_a_missing_module_is_a_layout_error() -> None:
    with pytest.raises(LayoutError, match="no_such_module_of_mine"):
        all_sites(("no_such_module_of_mine",))


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("name='a', hosts=('a.example',)", "name='a', hosts=('b.example',)", "another site"),
        ("name='a', hosts=('a.example',)", "name='b', hosts=('a.example',)", "two sites"),
    ],
)
def test_two_sites_do_not_share_a_name_or_a_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, second: str, message: str
) -> None:
    name = f"twins_{message.replace(' ', '_')}"
    lines = [f"A = Site(title='A', {first})", f"B = Site(title='B', {second})"]
    text = "\n".join(["from newscrawl.layouts.site import Site", *lines])
    (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(LayoutError, match=message):
        all_sites((name,))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Shams Daily"},
        {"hosts": ()},
        {"hosts": "shams.example"},
        {"hosts": ("https://shams.example",)},
        {"zone": "Africa/Nowhere"},
        {"article_urls": "/news/"},
        {"article_urls": ("/news/(",)},
    ],
)
def test_a_wrong_site_fails_where_it_is_written(wrong: dict[str, Any]) -> None:
    with pytest.raises(LayoutError):
        site(**wrong)


def test_article_urls_tell_articles_from_other_addresses() -> None:
    with_patterns = site(article_urls=(r"/news/\d+",))
    assert with_patterns.is_article_url("https://shams.example/news/12-title")
    assert not with_patterns.is_article_url("https://shams.example/about")
    assert site().is_article_url("https://shams.example/about") is None


def test_sources_are_true_when_any_is_named() -> None:
    assert not Sources()
    assert Sources(feeds=("https://shams.example/rss",))


def test_catalogue_is_documented() -> None:
    written = (Path(__file__).parent.parent / "docs" / "sites.md").read_text("utf-8")
    assert written == document(), "python -m tools.site_table > docs/sites.md"


def test_candidates_are_addresses_with_a_source_and_no_spiders() -> None:
    page = (Path(__file__).parent.parent / "docs" / "candidates.md").read_text("utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| http")]
    homes = [row[0].removeprefix("| ") for row in rows]
    assert len(homes) == len({host_of(home) for home in homes}) >= 70
    for home, row in zip(homes, rows, strict=True):
        assert clean_url("", home) == home
        assert row[-1].startswith("[source](https://github.com/")
        assert site_for(home) is None
