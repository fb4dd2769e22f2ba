"""Who wrote an article: lists of names, degrees, pen names, and who did not write it."""

from __future__ import annotations

import json

import pytest

from newscrawl import Article, Page, extract
from newscrawl.formats.schema_org import news_article_from
from newscrawl.values.person_names import persons_in

PARAGRAPHS = "".join(
    f"<p>The {name} told the meeting that the crossing would be missed by everyone, and that"
    " nothing had been decided about the small boats and the pier yet.</p>"
    for name in ("pilot", "mayor", "harbour master", "baker")
)


def article(head: str = "", below: str = "", meta: str = "", lang: str = "en") -> Article:
    html = (
        f"<html lang={lang}><head><title>The ferry stops</title>{meta}</head><body><main>"
        f"<h1>The old ferry leaves the harbour</h1>{head}<article>{PARAGRAPHS}</article>{below}"
        "</main></body></html>"
    )
    kind = "text/html; charset=utf-8"
    return extract(Page(url="https://news.example/a", body=html.encode(), content_type=kind))


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ann Lee, Bob Ray, and Cy Poe", ("Ann Lee", "Bob Ray", "Cy Poe")),
        ("By Ann Lee, Bob Ray and Cy Poe", ("Ann Lee", "Bob Ray", "Cy Poe")),
        ("Ann Lee & Bob Ray", ("Ann Lee", "Bob Ray")),
        (
            "By Joe Poe Jr., Ann Lee, M.D., and Bob Ray",
            ("Joe Poe Jr.", "Ann Lee, M.D.", "Bob Ray"),
        ),
        ("Joe Poe, Jr.", ("Joe Poe Jr.",)),
        ("Ann Lee, PhD", ("Ann Lee, PhD",)),
        ("Von Jutta Kern, Paul Lindner", ("Jutta Kern", "Paul Lindner")),
        ("Par Jean Dupont et Zoé Martin", ("Jean Dupont", "Zoé Martin")),
        ("Erstellt von Jutta Kern", ("Jutta Kern",)),
        ("كتب: منى حسن ومحمد علي", ("منى حسن", "محمد علي")),
        ("Ann Lee, New York", ("Ann Lee",)),
        ("Ann Lee, Founder of Boats", ("Ann Lee",)),
        ("Posted on", ()),
        ("Jo says", ()),
        ("No Author", ()),
        ("The Harbour Newsroom", ()),
        ("The pilots saw the quay", ()),
        ("Gesponserte Inhalte", ()),
        ("Ludwig van der Meer", ("Ludwig van der Meer",)),
    ],
)
def test_names_of_persons(line: str, names: tuple[str, ...]) -> None:
    assert persons_in([line]) == names


def test_pen_name_is_one_only_where_it_stands_alone() -> None:
    assert persons_in(["By Maria"], pen_names=True) == ("Maria",)
    assert persons_in(["Maria & Jo"], pen_names=True) == ("Maria", "Jo")
    assert persons_in(["Maria of the Sea Shore Society"], pen_names=True) == ()
    assert persons_in(["harbour.example, Frankfurt, Germany"], pen_names=True) == ()


@pytest.mark.parametrize(
    "head",
    [
        "<aside class=sidebar><p>Written by</p><p>Ann Lee</p></aside>",
        "<div class=share><p>By Ann Lee</p></div>",
        "<header><span>| By</span> <p>Ann Lee |</p></header>",
    ],
)
def test_labelled_name_counts_wherever_it_stands_above_the_text(head: str) -> None:
    assert article(head).authors == ("Ann Lee",)


def test_unlabelled_name_in_a_sidebar_is_no_author() -> None:
    assert article("<aside class=sidebar><p>Ann Lee</p><p>3 May 2026</p></aside>").authors == ()


@pytest.mark.parametrize("href", ["/people/prince", "/author/prince"])
def test_linked_person_of_the_story_is_no_author(href: str) -> None:
    text = PARAGRAPHS.replace("The pilot", f'The pilot <a href="{href}">Prince</a>')
    html = (
        f"<title>The ferry</title><main><h1>The old ferry</h1><article>{text}</article></main>"
    )
    assert extract(Page(url="https://news.example/a", body=html.encode())).authors == ()
    assert persons_in(["Maria"]) == ()
    assert persons_in(["admin", "reuters", "AFP"], pen_names=True) == ()


@pytest.mark.parametrize(
    "head",
    [
        "<p>March 3, 2026 | By Ann Lee</p>",
        "<p>Published March 3, 2026 at 9:15 a.m. by Ann Lee</p>",
        "<div><span>03.03.2026, 10:09</span> <span>Von Ann Lee</span></div>",
        "<p>Ann Lee / 03.03.2026 / 09:30</p>",
        "<p>Ann Lee | Senior Writer | March 3, 2026</p>",
        "<div class=byline><div>Ann Lee</div><time datetime=2026-03-03>3 March</time></div>",
        "<div class=byline><span>By</span><b>Ann Lee</b><i>Harbour correspondent</i></div>",
        "<div><p>Written by</p><p>Ann Lee</p></div>",
        "<p>Text <a href='/author/ann-lee'>Ann Lee</a></p>",
        "<p class=byline>By Ann Lee</p><p class=byline>Edited by Bob Ray</p>",
    ],
)
def test_byline_in_any_company_is_read(head: str) -> None:
    assert article(head).authors == ("Ann Lee",)


def test_arabic_byline_behind_a_date_is_read() -> None:
    found = article("<div>الثلاثاء 3 مارس 2026 - 14:05 | كتب: سعاد الخطيب</div>", lang="ar")
    assert found.authors == ("سعاد الخطيب",)
    assert str(found.date_published).startswith("2026-03-03 14:05")


def test_reader_below_the_text_is_no_author() -> None:
    comment = (
        "<section class=comments><h2>Comments</h2><div class=comment-author>Bob Ray</div>"
        "<p>What a pity, I liked that boat so much.</p></section>"
    )
    assert article(below=comment).authors == ()


def test_photographer_in_a_caption_is_no_author() -> None:
    figure = "<figure><img src=a.jpg><figcaption itemprop=author>Bob Ray</figcaption></figure>"
    assert article(figure).authors == ()


def test_outlet_that_json_ld_names_gives_way_to_the_byline() -> None:
    data = {
        "@type": "NewsArticle",
        "headline": "The old ferry leaves the harbour",
        "author": {"@type": "Organization", "name": "HARBOUR POST"},
    }
    meta = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    found = article("<div class=article-byline><div>Ann Lee, Bob Ray</div></div>", meta=meta)
    assert found.authors == ("Ann Lee", "Bob Ray")


def test_card_of_twitter_names_the_author_where_nothing_else_does() -> None:
    meta = (
        '<meta name="twitter:label1" content="Written by">'
        '<meta name="twitter:data1" content="Ann Lee">'
    )
    found = article(meta=meta)
    assert (found.authors, found.provenance["authors"]) == (("Ann Lee",), "meta:twitter:data1")


def test_json_ld_with_quotes_in_its_strings_is_read() -> None:
    script = (
        '{"@type":"NewsArticle","headline":"Ferry "Alma" stops","description":"She said "no",'
        ' and left","datePublished":"2026-03-04T09:15:00+02:00",'
        '"author":{"@type":"Person","name":"Ann Lee"}}'
    )
    found = article(meta=f'<script type="application/ld+json">{script}</script>')
    assert found.authors == ("Ann Lee",)
    assert str(found.date_published) == "2026-03-04 09:15:00+02:00"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<p class=byline>By the Harbour Team</p>", "the Harbour Team"),
        ("<span class=author>Redaktion</span> <time>3 May 2026</time>", "Redaktion"),
        ("<p class=author>von <b>Redaktion Hafen</b> am 3. Mai 2026</p>", "Redaktion Hafen"),
        ("<p>By <a rel=author href=/u/7>IWB</a></p>", "IWB"),
        ("<p>by <a href=/author/harbour-society>Harbour Society</a></p>", "Harbour Society"),
        ("<p class=byline>بقلم: فريق المرفأ</p>", "فريق المرفأ"),
    ],
)
def test_team_in_the_byline_is_the_author_where_no_person_is(head: str, name: str) -> None:
    assert article(head).authors == (name,)


@pytest.mark.parametrize(
    "head",
    [
        "<p class=author>Share</p>",
        "<p class=byline>Full bio</p>",
        "<p class=byline>By Reuters</p>",
        "<p class=byline>dpa, unserer Redaktion</p>",
        "<p class=author>Editor</p>",
        "<p class=author>admin</p>",
        "<p class=byline>3 May 2026</p>",
        "<p class=byline>HR Strategy</p>",
        "<p>The Harbour Team</p>",
        "<p><a href=/people/boats-of-2019>Boats that sank in 2019: all names</a></p>",
    ],
)
def test_labels_agencies_and_sections_in_a_byline_are_no_authors(head: str) -> None:
    assert article(head).authors == ()


def test_outlet_that_only_metadata_name_is_no_author() -> None:
    meta = '<meta name=author content="The Harbour Post">'
    assert article(meta=meta).authors == ()
    assert article("<p>The Harbour Post</p>", meta=meta).authors == ("The Harbour Post",)


def test_person_comes_before_a_team() -> None:
    head = "<p class=byline>By the Harbour Team</p><p>Words by Ann Lee</p>"
    assert article(head).authors == ("Ann Lee",)


def test_team_is_an_organization_in_json_ld() -> None:
    found = article("<p class=byline>By the Harbour Team</p>")
    assert news_article_from(found)["author"] == [
        {"@type": "Organization", "name": "the Harbour Team"}
    ]


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ("Efe Yılmaz", ("Efe Yılmaz",)),
        ("By Tass Morgan", ("Tass Morgan",)),
        ("By Sid Lee", ("Sid Lee",)),
        ("EFE Madrid", ()),
        ("By TASS", ()),
    ],
)
def test_given_name_that_is_an_agency_s_too_is_a_person(
    byline: str, author: tuple[str, ...]
) -> None:
    assert article(f'<p class="byline">{byline}</p>').authors == author


@pytest.mark.parametrize(
    ("url", "head", "name"),
    [
        ("https://ann.lee.example/a", "", "Ann Lee"),
        ("https://ann.example/a", "<meta property=og:site_name content='Ann Lee'>", "Ann Lee"),
    ],
)
def test_writer_whose_name_the_site_has_keeps_it(url: str, head: str, name: str) -> None:
    data = {"@type": "BlogPosting", "author": {"@type": "Person", "name": name}}
    script = f"<script type=application/ld+json>{json.dumps(data)}</script>"
    html = f"{head}{script}<article><h1>The old ferry</h1>{PARAGRAPHS}</article>"
    assert extract(Page(url=url, body=html.encode())).authors == (name,)


@pytest.mark.parametrize("name", ["Morgan & Morgan", "Publishing System", "Harbour CMS"])
def test_firms_and_publishing_systems_in_metadata_are_no_authors(name: str) -> None:
    meta = f"<meta name=dc.creator content='{name}'><meta name=author content='{name}'>"
    assert article(meta=meta).authors == ()


@pytest.mark.parametrize(
    ("head", "below"),
    [
        ("<p class=documentAuthor>erstellt von <a href=/x/7>Ann Lee</a> –</p>", ""),
        ("<div class=tags><p>Contributors: Ann Lee</p></div>", ""),
        ("", "<p class=post-author>This post was written by Ann Lee, Head of Boats</p>"),
        ("<h4 class='vcard author'>vom <span>Ann Lee</span></h4>", ""),
    ],
)
def test_marks_and_labels_of_writers_are_known(head: str, below: str) -> None:
    assert article(head, below=below).authors == ("Ann Lee",)


def test_team_behind_a_date_is_the_author() -> None:
    assert article("<p>January 20th, 2025 by Harbour Team</p>").authors == ("Harbour Team",)


@pytest.mark.parametrize(
    "head",
    [
        (
            "<div class=authors><div class=author-card><div class=name>Ann Lee</div><div"
            " class=title>Senior Reporter</div></div><div class=author-card><div class=name>Bob"
            " Ray</div><div class=title>Data Editor</div></div></div>"
        ),
        "<p>By Ann Lee<br>Bob Ray</p>",
        "<div>Ann Lee (now); Bob Ray (earlier)</div>",
        "<div class=byline>By Ann Lee and Bob Ray, Harbour Safety</div>",
    ],
)
def test_all_authors_of_a_box_or_line_are_read(head: str) -> None:
    assert article(head).authors == ("Ann Lee", "Bob Ray")


@pytest.mark.parametrize(
    "head",
    [
        "<div class=byline>In Leeds By Ann Lee</div>",
        "<div class=byline>By Ann Lee <a href='https://x.example/ann'>@annlee</a></div>",
        "<span class=author>By <i itemprop=name>Ann Lee</i> On 5/7/18 at 10:00 AM EDT</span>",
        "<div class=byline>By Ann Lee | Translated from the French by Bob Ray</div>",
        (
            "<div data-component=byline-block><time>2 hours ago</time><div><span>Ann Lee</span>"
            "<span>Harbour reporter</span></div></div>"
        ),
        "<div><i class='fa fa-user'></i> Ann Lee <i class='fa fa-eye'></i> 1532</div>",
        "<div><a href='/@ann'>Ann Lee</a><span>Follow</span><span>6 min read</span></div>",
        "<p>Ann Lee</p><p>Translation: Bob Ray</p>",
        "<p>by ann lee</p>",
        "<div>Ann Lee<br>Correspondent<br>Leeds - 3 March 2026</div>",
        (
            "<p>The pilots will learn of a new harbour before the summer, said the mayor.</p>"
            "<p>By Ann Lee</p><p>3 March 2026</p>"
        ),
    ],
)
def test_byline_with_other_words_around_it_names_its_writer(head: str) -> None:
    assert article(head).authors == ("Ann Lee",)


@pytest.mark.parametrize(
    "part",
    [
        "<blockquote><p>So it was.</p><cite class=author>Ann Lee</cite></blockquote>",
        "<div class=quote-author>Ann Lee</div>",
        "<div class=image-byline>Ann Lee / Reuters</div>",
        "<div class=byline>By our correspondent</div>",
        "<div class=byline>Staff Clinician</div>",
        "<p>Additional reporting by Ann Lee</p>",
        "<div>Translation: Ann Lee</div>",
    ],
)
def test_person_who_did_not_write_is_no_author(part: str) -> None:
    assert article(part).authors == ()


def test_editor_behind_the_reporter_below_the_text_is_no_author() -> None:
    found = article(below="<p>Reporting by Ann Lee; Editing by Bob Ray</p>")
    assert found.authors == ("Ann Lee",)


def test_printed_byline_replaces_a_stated_name_that_is_nowhere_printed() -> None:
    stated = '{"@type": "NewsArticle", "author": {"@type": "Person", "name": "Cy Poe"}}'
    meta = f'<script type="application/ld+json">{stated}</script>'
    assert article("<div class=byline>By Ann Lee</div>", meta=meta).authors == ("Ann Lee",)


def test_given_and_family_name_make_a_name() -> None:
    stated = '{"@type": "NewsArticle", "author": {"givenName": "Ann", "familyName": "Lee"}}'
    meta = f'<script type="application/ld+json">{stated}</script>'
    assert article(meta=meta).authors == ("Ann Lee",)


@pytest.mark.parametrize(
    "below",
    [
        (
            "<div class=author-bio><h3>Ann Lee</h3><p>Ann Lee writes about tides and owns a"
            " dog.</p></div>"
        ),
        "<p>Posted by <span itemprop=author>Ann Lee</span> at 6:20 PM</p>",
    ],
)
def test_author_below_the_text_is_read(below: str) -> None:
    assert article(below=below).authors == ("Ann Lee",)
