"""Front pages as data: slots in zones, the same after a redesign, followed through the day."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from newscrawl import Archive, Page, extract
from newscrawl.article import LinkList
from newscrawl.errors import NotInArchive
from newscrawl.outcomes import Observation
from tests.command_line import run

HOME = "https://post.example/"
MORNING = dt.datetime(2026, 3, 1, 6, tzinfo=dt.UTC)
TITLES = (
    "Ferry runs at night for the first time",
    "Council pays for the old bridge",
    "Harbour opens its gates to the public",
    "Fishermen ask for a later curfew",
    "Storm closes the road along the coast",
    "School gets a new roof at last",
    "Library stays open on Sundays",
    "Market moves to the old square",
    "Choir wins a prize in the capital",
    "Lighthouse is painted red and white",
)
ZONES = [("lead", ""), ("grid", ""), ("strip", ""), ("most_read", "Most read")]
SIZES = (1, 4, 3, 2)


def link(number: int, inside: str = "") -> str:
    slug = TITLES[number].lower().replace(" ", "-")
    return f'<a href="/news/2026/03/{number}-{slug}">{inside or TITLES[number]}</a>'


def front_page(order: Sequence[int] = range(10), css: str = "tp") -> str:
    """A front page with a lead, a grid, a strip and the most read, whose classes are *css*."""
    lead, grid, strip, most = order[0], order[1:5], order[5:8], order[8:10]
    cards = "".join(
        f"""<article class="{css}-card">{link(n, f'<img src="/{n}.jpg">')}
        <span class="{css}-k">Harbour</span><h2>{link(n)}</h2></article>"""
        for n in grid
    )
    items = "".join(f'<div class="{css}-item">{link(n)}</div>' for n in strip)
    rows = "".join(f"<li>{link(n)}</li>" for n in most)
    hero = link(lead, f'<img src="/lead.jpg"><b>Harbour</b><h1>{TITLES[lead]}</h1>')
    menu = "".join(
        f'<li><a href="/{name}">{name}</a></li>' for name in ("News", "Sport", "Arts")
    )
    return f"""<html lang="en"><head><title>Tideway Post</title></head><body>
    <header><a href="/"><img src="/logo.svg" alt="Tideway Post"></a><nav><ul>{menu}</ul></nav>
    </header><main><section class="{css}-hero">{hero}<p>People had come to see it.</p></section>
    <section class="{css}-grid">{cards}</section><div class="{css}-strip">{items}</div>
    <aside class="{css}-side"><h3>Most read</h3><ol>{rows}</ol></aside></main>
    <footer><a href="/about">About us</a> <a href="/terms">Terms of use</a></footer></body>"""


def page_of_sections(order: Sequence[int] = range(10), css: str = "s") -> str:
    """The same zones as sections of articles and list items; each card has three links."""
    lead, grid, strip, most = order[0], order[1:5], order[5:8], order[8:10]

    def story(number: int, tag: str) -> str:
        picture = link(number, f'<img src="/{number}.jpg">')
        return f"""<article>{picture}<time>09:1{number}</time>
        <a class="{css}-k" href="/harbour">Harbour</a><{tag}>{link(number)}</{tag}>
        <p>By <a href="/author/ann-lee">Ann Lee of the Desk</a></p></article>"""

    items = "".join(f"<li><time>09:1{n}</time> {link(n)}</li>" for n in strip)
    rows = "".join(f"<div><span>{at}</span>{link(n)}</div>" for at, n in enumerate(most, 1))
    return f"""<html lang="en"><head><title>Tideway Post</title></head><body>
    <div class="{css}-top"><a href="/">Tideway Post</a><ul><li><a href="/news">News</a></li>
    <li><a href="/sport">Sport</a></li></ul></div><main>
    <section class="{css}-1">{story(lead, "h2")}</section>
    <section class="{css}-2">{"".join(story(n, "h3") for n in grid)}</section>
    <section class="{css}-3"><ul>{items}</ul></section>
    <section class="{css}-4"><h2>Most read <a href="/most-read">See all</a></h2>{rows}</section>
    </main></body></html>"""


def zones_in(markup: str) -> tuple[LinkList, ...]:
    return extract(Page(url=HOME, body=markup.encode())).link_lists


def test_every_story_is_a_slot_in_its_zone_and_order() -> None:
    zones = zones_in(front_page())
    assert [(zone.kind, zone.heading) for zone in zones] == ZONES
    assert [len(zone.links) for zone in zones] == list(SIZES)
    assert [one.text for zone in zones for one in zone.links] == list(TITLES)
    assert [one.position for zone in zones for one in zone.links] == [
        1,
        *range(1, 5),
        1,
        2,
        3,
        1,
        2,
    ]


@pytest.mark.parametrize("css", ["s", "x9"])
def test_other_design_has_the_same_zones(css: str) -> None:
    assert zones_in(page_of_sections(css=css)) == zones_in(front_page())


@pytest.mark.parametrize("css", ["tp", "x-7f3"])
@pytest.mark.parametrize("markup", [front_page, page_of_sections])
def test_slot_has_its_kicker_and_tells_whether_it_has_a_picture(
    markup: Callable[..., str], css: str
) -> None:
    slots = [slot for zone in zones_in(markup(css=css)) for slot in zone.links]
    assert [slot.kicker for slot in slots[:5]] == ["Harbour"] * 5
    assert [slot.kicker for slot in slots[5:]] == [None] * 5
    assert [slot.has_picture for slot in slots] == [True] * 5 + [False] * 5


@pytest.mark.parametrize(
    ("above", "kicker"),
    [
        ("<span>Harbour</span>", "Harbour"),
        ("<a href='/harbour'>Harbour and sea</a><time>09:15</time>", "Harbour and sea"),
        ("<p>ميناء</p>", "ميناء"),
        ("<span>2 hours ago</span>", None),
        ("<span>قبل ساعتين</span>", None),
        ("<span>3 March 2026</span>", None),
        ("<span>Photo: Ann Lee</span>", None),
        ("<span>12</span>", None),
        ("<p>People had come to see the ferry leave the harbour at night.</p>", None),
    ],
)
def test_kicker_is_the_topic_line_above_the_title(above: str, kicker: str | None) -> None:
    cards = "".join(
        f"<article><img src='/{n}.jpg'>{above}<h3>{link(n)}</h3></article>" for n in range(4)
    )
    (zone,) = zones_in(f"<main><section>{cards}</section></main>")
    assert [slot.kicker for slot in zone.links] == [kicker] * 4


def test_picture_may_be_a_background() -> None:
    style = "background-image: url(/1.jpg)"
    cards = "".join(
        f"<article><div style='{style}'></div><h3>{link(n)}</h3></article>" for n in range(4)
    )
    (zone,) = zones_in(f"<main><section>{cards}</section></main>")
    assert all(slot.has_picture for slot in zone.links)


def test_lead_may_be_one_link_without_a_heading() -> None:
    hero = link(0, f'<div><img src="/0.jpg"></div><div>{TITLES[0]}</div>')
    rest = page_of_sections().partition("</section>")[2]
    zones = zones_in(f"<main><section>{hero}</section>{rest}")
    assert [(zone.kind, len(zone.links)) for zone in zones] == list(
        zip((kind for kind, _ in ZONES), SIZES, strict=True)
    )


@pytest.mark.parametrize(
    "markup",
    [front_page(css="x9"), re.sub(r' class="[^"]*"', "", front_page())],
    ids=["renamed", "without"],
)
def test_zones_do_not_depend_on_class_names(markup: str) -> None:
    assert zones_in(markup) == zones_in(front_page())


def hours(count: int) -> dt.timedelta:
    return dt.timedelta(hours=count)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Twelve visits of a front page, an hour apart: each story moves one slot down an hour.

    From the sixth on, the page has another design.
    """
    archive = Archive(tmp_path / "archive.db")
    for visit in range(12):
        order = [(slot - visit) % 10 for slot in range(10)]
        markup = front_page(order) if visit < 6 else page_of_sections(order)
        seen = Observation(url=HOME, fetched_at=MORNING + hours(visit), outcome="source")
        archive.record_visit(seen, site="post", run=None, link_lists=zones_in(markup))
    return archive


def test_page_at_a_given_hour_is_the_one_that_readers_saw(archive: Archive) -> None:
    for visit in (0, 5, 6, 11):
        found = archive.front_page(HOME, MORNING + hours(visit) + dt.timedelta(minutes=20))
        assert [slot.rank for slot in found.slots] == list(range(1, 11))
        texts = [TITLES[(slot - visit) % 10] for slot in range(10)]
        assert [slot.text for slot in found.slots] == texts
        zones = [zone for (kind, heading), size in zip(ZONES, SIZES, strict=True)
                 for zone in [heading or kind] * size]  # fmt: skip
        assert [slot.zone for slot in found.slots] == zones
    assert archive.front_page(HOME).first_seen == MORNING + hours(11)
    with pytest.raises(NotInArchive):
        archive.front_page(HOME, MORNING - hours(1))


def test_story_is_followed_from_zone_to_zone(archive: Archive) -> None:
    rows = archive.db.execute(
        """SELECT kind, heading, best_position, worst_position, first_seen, last_seen, gone
        FROM promotion WHERE text = ? ORDER BY first_seen""",
        [TITLES[0]],
    ).fetchall()
    moments = [f"2026-03-01T{6 + visit:02}:00:00Z" for visit in range(12)]
    assert rows == [
        ("lead", "", 1, 1, moments[0], moments[0], moments[1]),
        ("grid", "", 1, 4, moments[1], moments[4], moments[5]),
        ("strip", "", 1, 3, moments[5], moments[7], moments[8]),
        ("most_read", "Most read", 1, 2, moments[8], moments[9], moments[10]),
        ("lead", "", 1, 1, moments[10], moments[10], moments[11]),
        ("grid", "", 1, 1, moments[11], moments[11], None),
    ]


def test_command_prints_the_page_of_an_hour(archive: Archive) -> None:
    asked = ("front-page", HOME, "--at", "2026-03-01T07:30", "-d", archive.path)
    printed = json.loads(run(*asked, "--json").stdout)
    assert [slot["text"] for slot in printed["slots"]][:2] == [TITLES[9], TITLES[0]]
    assert printed["gone"] == "2026-03-01T08:00:00+00:00"
    text = run(*asked).stdout
    assert text.index("lead") < text.index(TITLES[9]) < text.index("grid")
    assert f"Harbour  {TITLES[9]}" in text
    refused = run("front-page", HOME, "--at", "noon", "-d", archive.path)
    assert (refused.returncode, "--at is a time" in refused.stderr) == (2, True)


def test_article_page_has_no_zones() -> None:
    text = "<p>The ferry ran at night for the first time, and people came to see it.</p>" * 5
    page = f"<article><h1>{TITLES[0]}</h1>{text}</article>" + front_page()
    found = extract(Page(url=f"{HOME}news/2026/03/ferry-runs", body=page.encode()))
    assert not {zone.kind for zone in found.link_lists} & {"lead", "grid", "strip", "list"}


@pytest.mark.parametrize("picture", ["", "style='background-image:url(/0.jpg)'"])
def test_linked_title_of_the_lead_is_no_heading_of_the_next_zone(picture: str) -> None:
    cards = "".join(f"<div class='col'><h3>{link(n)}</h3></div>" for n in range(1, 7))
    lead = f"<div class='hero' {picture}><h2>{link(0)}</h2></div>"
    zones = zones_in(f"<main>{lead}<div class='row'>{cards}</div></main>")
    assert [(zone.kind, zone.heading, len(zone.links)) for zone in zones] == [
        ("lead", "", 1),
        ("strip", "", 6),
    ]


@pytest.mark.parametrize(
    ("above", "zone"),
    [
        (f"<div class='x'>{link(9)}</div>", ("strip", "")),
        (f"<div><b>Live</b><ul><li>{link(8)}</li><li>{link(9)}</li></ul></div>",
         ("section", "Live")),
    ],
    ids=["alert", "ticker"],
)  # fmt: skip
def test_line_above_the_lead_does_not_take_its_place(above: str, zone: tuple[str, str]) -> None:
    markup = page_of_sections((0, 1, 2, 3, 4, 5, 6, 5, 6, 5))
    zones = zones_in(markup.replace("<main>", f"<main>{above}"))
    assert [(one.kind, one.heading) for one in zones[:3]] == [zone, *ZONES[:2]]
    assert [one.text for one in zones[1].links] == [TITLES[0]]
    assert len(zones[2].links) == 4


def test_links_under_the_title_of_a_story_are_related_and_it_keeps_its_picture() -> None:
    lead = f"""<section><article>{link(0, '<img src="/0.jpg">')}<span>Harbour</span>
    <h1>{link(0)}</h1><p>People came.</p><ul><li>{link(8)}</li><li>{link(9)}</li></ul>
    </article></section>"""
    rest = page_of_sections((0, 1, 2, 3, 4, 5, 6, 7, 5, 6)).partition("</section>")[2]
    first, related, grid, strip, _ = zones_in(f"<main>{lead}{rest}")
    assert [one.kind for one in (first, related, grid, strip)] == [
        "lead",
        "related",
        "grid",
        "strip",
    ]
    (story,) = first.links
    assert (story.kicker, story.has_picture) == ("Harbour", True)
    assert [one.text for one in related.links] == [TITLES[8], TITLES[9]]
    assert len(strip.links) == 3


def test_sponsored_card_in_a_grid_is_no_story_of_it_and_no_heading() -> None:
    brand = "<a href='https://brand.example/x'>"
    paid = f"""<article><span>Sponsored</span>{brand}<img src='/x.jpg'></a>
    <h3>{brand}Why our harbour paint is the best</a></h3></article>"""
    end_of_grid = '</section>\n    <section class="s-3">'
    markup = page_of_sections().replace(end_of_grid, paid + end_of_grid)
    zones = zones_in(markup)
    assert [(zone.kind, zone.heading) for zone in zones] == [
        *ZONES[:2],
        ("sponsored", ""),
        *ZONES[2:],
    ]


@pytest.mark.parametrize(
    "author",
    [
        "<div class='author'><a href='/p/ann-lee'>Ann Lee</a></div>",
        "<a href='/author/ann-lee'>Ann Lee</a>",
        "<a rel='author' href='/ann-lee'>Ann Lee</a>",
    ],
)
def test_author_above_the_title_is_no_kicker(author: str) -> None:
    cards = "".join(f"<article>{author}<h3>{link(n)}</h3></article>" for n in range(4))
    (zone,) = zones_in(f"<main><section><h2>Opinion</h2>{cards}</section></main>")
    assert [slot.kicker for slot in zone.links] == [None] * 4


def test_title_of_one_word_is_a_story() -> None:
    cards = "".join(
        f"""<article><img src='/{n}.jpg'>
        <h3><a href='/news/2026/03/{n}-x-y'>{title}</a></h3></article>"""
        for n, title in enumerate(("Strike!", "Fire", "Tax up", "Otter back"))
    )
    (zone,) = zones_in(f"<main><section>{cards}</section></main>")
    assert [slot.text for slot in zone.links] == ["Strike!", "Fire", "Tax up", "Otter back"]


def test_heading_of_one_section_is_not_that_of_the_next() -> None:
    items = "".join(f"<div>{link(n)}</div>" for n in range(3))
    cards = "".join(f"<article><h3>{link(n)}</h3></article>" for n in range(3, 7))
    markup = f"<section><h2>Harbour</h2>{items}</section><section>{cards}</section>"
    zones = zones_in(f"<main>{markup}</main>")
    assert [(zone.heading, len(zone.links)) for zone in zones] == [("Harbour", 3), ("", 4)]


def test_links_to_comments_are_no_stories() -> None:
    comments = "".join(
        f'<div><a href="/news/2026/03/{n}-x-y#comment-{n}">Tom on {TITLES[n]}</a></div>'
        for n in range(7, 10)
    )
    markup = page_of_sections().replace("</main>", f"<h2>On our stories</h2>{comments}</main>")
    assert zones_in(markup) == zones_in(page_of_sections())


def test_name_of_the_site_is_no_lead() -> None:
    logo = "<img src='/logo.png'><h1>The Tideway Post of the harbour</h1>"
    name = f"<div><a href='/'>{logo}</a></div>"
    rest = page_of_sections()
    assert zones_in(rest.replace("<main>", f"<main>{name}")) == zones_in(rest)
