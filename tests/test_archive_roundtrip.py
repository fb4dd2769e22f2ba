"""Any article at all comes back from the archive as it was saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl import Archive
from newscrawl.archive.schema.storable import storable
from newscrawl.article import (
    Agency,
    Article,
    Block,
    Dateline,
    Image,
    Link,
    LinkList,
    LiveBlogUpdate,
    SourceCredit,
)
from tests.archive_samples import MORNING, observation_at

TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=12)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))
DATES = st.none() | st.dates() | st.datetimes(timezones=ZONES)


def several(members: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(members, max_size=3).map(tuple)


def links_of(texts: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Link, ...]]:
    link = st.tuples(texts, st.none() | texts, st.booleans())
    return several(link).map(
        lambda rows: tuple(
            Link(text=text, url=url, is_cut=is_cut, position=rank)
            for rank, (text, url, is_cut) in enumerate(rows, 1)
        )
    )


def articles(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Article]:
    """Articles of every shape, with *texts* in every place."""
    maybe = st.none() | texts
    kinds = st.sampled_from(["related", "latest", "most_read", "section", "other"])
    image = st.builds(Image, url=maybe, caption=maybe, credit=maybe)
    fields: dict[str, st.SearchStrategy[Any]] = {
        "dateline": st.none()
        | st.builds(
            Dateline,
            raw=texts,
            place=maybe,
            agency=maybe,
            author=maybe,
            day=st.none() | st.dates(),
        ),
        "source_credit": st.none()
        | st.builds(
            SourceCredit,
            raw=texts,
            agencies=several(st.builds(Agency, name=texts, id=st.none() | st.just("afp"))),
        ),
        "date_published": DATES,
        "date_modified": DATES,
        "blocks": several(
            st.builds(Block, kind=st.sampled_from(["paragraph", "heading"]), text=texts)
        ),
        "main_image": st.none() | image,
        "images": several(image),
        "link_lists": several(
            st.builds(LinkList, heading=texts, kind=kinds, links=links_of(texts))
        ),
        "live_blog_updates": several(
            st.builds(
                LiveBlogUpdate,
                headline=maybe,
                date_published=DATES,
                date_published_raw=maybe,
                article_body=texts,
                url=maybe,
            )
        ),
        "is_accessible_for_free": st.none() | st.booleans(),
        "provenance": st.dictionaries(texts, texts, max_size=2),
    }
    fields |= dict.fromkeys(
        ("breadcrumbs", "authors", "keywords", "pages", "missing_pages"), several(texts)
    )
    fields |= dict.fromkeys(("url", "article_body", "page_kind"), texts)
    fields |= dict.fromkeys(
        ("canonical_url", "page_kind_reason", "headline", "alternative_headline"), maybe
    )
    fields |= dict.fromkeys(("description", "date_published_raw", "in_language"), maybe)
    return st.builds(Article, **fields)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """One archive that fills with what hypothesis thinks of."""
    with Archive(tmp_path_factory.mktemp("roundtrip") / "archive.db") as archive:
        archive.db.execute("PRAGMA synchronous = OFF")
        yield archive


def saved_id(archive: Archive, article: Article, key: str) -> int:
    seen = observation_at(MORNING, url=article.url)
    return archive.save(article, seen, site="any.example", key=key, run=None).article_id


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(article=articles(TEXT))
def test_article_comes_back_equal(archive: Archive, article: Article) -> None:
    count = archive.db.execute("SELECT count(*) FROM articles").fetchone()[0]
    assert archive.get(saved_id(archive, article, f"new {count}")) == article


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=articles(ANY_TEXT), second=articles(ANY_TEXT))
def test_last_of_two_readings_comes_back(
    archive: Archive, first: Article, second: Article
) -> None:
    count = archive.db.execute("SELECT count(*) FROM articles").fetchone()[0]
    saved_id(archive, first, f"two {count}")
    # Another extractor: the same one would not replace better values of the same text. No
    # missing pages: a part of an article does not replace the whole.
    second = attrs.evolve(second, extractor="another", missing_pages=())
    found = archive.get(saved_id(archive, second, f"two {count}"))
    assert found is not None
    expected = storable(second).as_dict() | {"url": storable(first).url}
    assert found.as_dict() == expected
    assert archive.db.execute("PRAGMA foreign_key_check").fetchall() == []
