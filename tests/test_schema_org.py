"""An article as schema.org's NewsArticle."""

from __future__ import annotations

import json

from newscrawl.article import Article
from newscrawl.formats.schema_org import news_article_from
from tests.archive_samples import article_at


def test_every_part_has_its_property() -> None:
    article = article_at()
    fields = news_article_from(article)
    assert fields["headline"] == article.headline
    assert fields["author"][0] == {"@type": "Person", "name": article.authors[0]}
    assert article.dateline
    assert fields["locationCreated"]["name"] == article.dateline.place
    assert article.source_credit
    assert [one["name"] for one in fields["sourceOrganization"]] == [
        agency.name for agency in article.agencies
    ]
    assert fields["datePublished"] == "2026-03-01T10:30:00+04:00"
    assert fields["dateModified"] == "2026-03-02"
    assert json.loads(json.dumps(fields)) == fields


def test_what_was_not_found_is_left_out() -> None:
    fields = news_article_from(Article(url="https://x.example/1"))
    assert set(fields) == {"@context", "@type", "url"}
