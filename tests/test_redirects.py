"""Redirects and identity: each article is stored once and requested once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import attrs
import pytest

from newscrawl import Archive
from tests.crawling import crawl, outcomes, rows
from tests.importing import HOST, HTML, Saying, imported, story, write_warc
from tests.odd_server import Answer, Asked, OddServer, article, odd_server, sitemap_of, text
from tests.test_sites_check import check

ELSEWHERE = "127.0.0.2"
OTHER = Saying(
    path="/",
    body=HTML.format(headline="الميناء الجديد", last="وقال العمدة إن الميناء مفتوح.")
    .replace("الجسر القديم", "الميناء")
    .replace("حجارة الجسر", "أرصفة الميناء")
    .encode(),
)
"""The page of another story."""
HOSTS = f"127.0.0.1,{ELSEWHERE}"
WHERE = {
    "slash": ("/news/{}", "/news/{}/"),
    "no-slash": ("/news/{}/", "/news/{}"),
    "index": ("/news/{}", "/news/{}/index.html"),
    "session": ("/news/{}", "/news/{};jsessionid=0A1B2C3D4E"),
    "tracking": ("/news/{}", "/news/{}?utm_source=feed"),
    "amp": ("/news/{}", "/news/{}/amp"),
    "capitals": ("/news/{}", "/News/{}"),
    "parameter": ("/news/{}", "/news/{}?lang=ar"),
    "order": ("/news/{}?b=2&a=1", "/news/{}?a=1&b=2"),
    "case-of-escape": ("/news/{}%2Cbridge", "/news/{}%2cbridge"),
}


@pytest.fixture
def server() -> Iterator[OddServer]:
    with odd_server() as server:
        server.answers["/"] = page()
        yield server


@pytest.fixture
def other() -> Iterator[OddServer]:
    """A server on another host."""
    with odd_server(ELSEWHERE) as other:
        yield other


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


def page(*paths: str, head: str = "") -> Answer:
    """Return a page that links to these addresses as to articles."""
    links = "".join(
        f"<h2><a href='{path}'>The ferry sails again on day {number}</a></h2>"
        for number, path in enumerate(paths)
    )
    return Answer(f"<html><head>{head}</head><body><main>{links}</main></body>".encode())


def long_article(day: str) -> Answer:
    """Return an article of six paragraphs."""
    more = "".join(f"<p>Passenger {name} of day {day} said so.</p>" for name in "ABC")
    body = article(f"The ferry sails: {day}").body
    return Answer(body.replace(b"</article>", more.encode() + b"</article>"))


def to(location: str, status: int = 301) -> Answer:
    return Answer(b"", status, (("Location", location),))


def slug(number: int) -> str:
    return f"2026/05/the-ferry-sails-on-day-{number}"


def crawl_site(archive: Path, server: OddServer, *arguments: str) -> list[str]:
    """Crawl the site; return the paths that were requested, without robots.txt and the like."""
    server.asked.clear()
    url = f"url={server.url}/"
    done = crawl(archive, "site", "-a", url, *arguments, private_hosts=HOSTS)
    assert done.returncode in {0, 4}, done.stderr
    assert "Traceback" not in done.stderr
    files = ("/robots.txt", "/.well-known/tdmrep.json", "/sitemap.xml", "/feed", "/rss.xml")
    return sorted(one.path for one in server.asked if one.path not in files)


def addresses(archive: Path) -> list[list[str]]:
    """Return the paths of the addresses of each article."""
    found: dict[int, list[str]] = {}
    for row in rows(archive, "SELECT article_id, url FROM address ORDER BY url"):
        found.setdefault(row["article_id"], []).append(path_of(row["url"]))
    return sorted(found.values())


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


@attrs.frozen
class Spellings:
    """A crawl of articles whose named address redirects to another spelling of it."""

    asked: list[str]
    """The paths that were requested."""
    stored: list[str]
    """The paths of the articles that were stored."""
    addresses: list[list[str]]
    """The paths of the addresses of each article."""
    outcomes: dict[str, str]
    """The outcome of each path."""


SPELT = {
    style: [form.format(slug(n)) for form in WHERE[style]] for n, style in enumerate(WHERE)
}
"""By style, the path that the home page names and the one to which it redirects."""
REFRESHES = {"0; url={}": f"/{slug(20)}", "2;URL='{}'": f"/{slug(21)}"}
LEAVING = f"/{slug(30)}"


@pytest.fixture(scope="module")
def spellings(tmp_path_factory: pytest.TempPathFactory) -> Spellings:
    archive = tmp_path_factory.mktemp("spellings") / "archive.db"
    with odd_server() as server:
        for named, final in SPELT.values():
            server.answers |= {named: to(final), final: long_article(named)}
        for form, named in REFRESHES.items():
            moved = Answer(b"<html><body>moved</body></html>")
            server.answers[named] = moved.with_header("Refresh", form.format(f"{named}/"))
            server.answers[f"{named}/"] = long_article(named)
        leaving = long_article(LEAVING).with_header("Refresh", "1; url=/next")
        linked = [*(named for named, _ in SPELT.values()), *REFRESHES.values(), LEAVING]
        server.answers |= {LEAVING: leaving, "/": page(*linked)}
        asked = crawl_site(archive, server)
        return Spellings(
            asked,
            [path_of(row["url"]) for row in rows(archive, "SELECT url FROM article")],
            addresses(archive),
            {path_of(url): outcome for url, outcome in outcomes(archive).items()},
        )


@pytest.mark.parametrize("style", WHERE)
def test_redirect_to_another_spelling_is_followed(spellings: Spellings, style: str) -> None:
    named, final = SPELT[style]
    assert [path for path in spellings.asked if path in {named, final}] == sorted(
        [named, final]
    )
    assert final in spellings.stored
    assert named not in spellings.stored
    assert sorted([named, final]) in spellings.addresses
    assert spellings.outcomes[named] == "redirect"


@pytest.mark.parametrize("form", REFRESHES)
def test_refresh_header_of_an_answer_without_text_is_followed(
    spellings: Spellings, form: str
) -> None:
    named, final = REFRESHES[form], f"{REFRESHES[form]}/"
    assert [path for path in spellings.asked if path in {named, final}] == [named, final]
    assert [named, final] in spellings.addresses
    assert spellings.outcomes[named] == "redirect"


def test_refresh_header_of_an_article_is_not_followed(spellings: Spellings) -> None:
    assert spellings.outcomes[LEAVING] == "stored"
    assert [LEAVING] in spellings.addresses
    assert "/next" not in spellings.asked


def test_nothing_but_the_named_addresses_is_requested(spellings: Spellings) -> None:
    paths = [*SPELT.values(), *([named, f"{named}/"] for named in REFRESHES.values())]
    assert spellings.asked == sorted(["/", LEAVING, *(path for pair in paths for path in pair)])
    assert len(spellings.stored) == len(paths) + 1


def test_known_redirect_costs_one_request_in_later_runs(
    server: OddServer, archive: Path
) -> None:
    pairs = [(f"/{slug(n)}", f"/{slug(n)}/") for n in range(4)]
    for (named, final), status in zip(pairs, (301, 302, 307, 308), strict=True):
        server.answers |= {named: to(final, status), final: long_article(named)}
    server.answers["/"] = page(*(named for named, _ in pairs))
    crawl_site(archive, server)
    assert crawl_site(archive, server) == ["/", *(final for _, final in pairs)]
    for named, final in pairs:
        server.answers |= {final: text("gone", 404), named: long_article(named)}
    assert crawl_site(archive, server) == ["/", *(path for pair in pairs for path in pair)]
    assert len(rows(archive, "SELECT url FROM article")) == len(pairs)


def test_temporary_redirect_to_another_page_is_requested_again(
    server: OddServer, archive: Path
) -> None:
    latest, first, second = f"/{slug(0)}", f"/{slug(1)}", f"/{slug(2)}"
    server.answers |= {
        "/": page(latest),
        latest: to(first, 302),
        first: article("The ferry sails"),
        second: article("The mayor opens the quay"),
    }
    crawl_site(archive, server)
    server.answers |= {"/": page(latest, "/2026/05/a-second-link"), latest: to(second, 302)}
    crawl_site(archive, server)
    stored = rows(archive, "SELECT headline FROM article ORDER BY id")
    assert [row["headline"] for row in stored] == [
        "The ferry sails",
        "The mayor opens the quay",
    ]


def test_source_that_redirects_costs_one_request_in_later_runs(
    server: OddServer, archive: Path
) -> None:
    link = "<link rel=alternate type=application/rss+xml href=/feed.xml>"
    item = f"<item><link>{server.url}/{slug(1)}</link></item>"
    server.answers |= {
        "/": page(head=link),
        "/feed.xml": to("/feed.xml/"),
        "/feed.xml/": text(f"<rss><channel>{item}</channel></rss>"),
        f"/{slug(1)}": article("The ferry sails"),
    }
    crawl_site(archive, server)
    assert crawl_site(archive, server) == ["/", f"/{slug(1)}", "/feed.xml/"]


def test_one_spelling_of_an_address_is_requested(server: OddServer, archive: Path) -> None:
    plain, slash = f"/{slug(1)}", f"/{slug(1)}/"
    server.answers |= {
        "/": page(plain, slash, f"{plain}?utm_source=home", f"{plain}?fbclid=1#top"),
        plain: article("The ferry sails"),
        slash: article("The ferry sails"),
    }
    assert crawl_site(archive, server) == ["/", plain]
    assert crawl_site(archive, server) == ["/", plain]


def test_other_spelling_is_requested_where_the_first_gives_nothing(
    server: OddServer, archive: Path
) -> None:
    plain, slash = f"/{slug(1)}", f"/{slug(1)}/"
    server.answers |= {"/": page(plain, slash), slash: article("The ferry sails")}
    assert crawl_site(archive, server) == ["/", plain, slash]
    assert [row["url"] for row in rows(archive, "SELECT url FROM article")] == [
        f"{server.url}{slash}"
    ]


def test_two_addresses_that_redirect_to_a_third_are_its_aliases(
    server: OddServer, archive: Path
) -> None:
    first, second, final = f"/{slug(1)}", f"/{slug(2)}", f"/{slug(3)}"
    server.answers |= {
        "/": page(first, second, final),
        first: to(final),
        second: to(final, 302),
        final: article("The ferry sails"),
    }
    assert crawl_site(archive, server) == ["/", first, second, final]
    assert addresses(archive) == [[first, second, final]]


@pytest.mark.parametrize(
    "form", ["/news/story;art26{}", "/show.php?pk_news={}", "/show.php?ncid=2{}", "/{}/amp"]
)
def test_articles_distinguished_by_a_doubtful_part_are_two(
    server: OddServer, archive: Path, form: str
) -> None:
    paths = [form.format(number) for number in (1, 2)]
    server.answers |= {
        path: article(f"The ferry sails on day {path[-1]} of {n}")
        for n, path in enumerate(paths)
    }
    server.answers["/sitemap.xml"] = sitemap_of(server, paths)
    assert crawl_site(archive, server) == sorted(["/", *paths])
    assert addresses(archive) == [[path] for path in paths]
    assert len(rows(archive, "SELECT id FROM article")) == 2


def test_forms_of_a_page_that_agree_are_one_article(server: OddServer, archive: Path) -> None:
    plain = f"/{slug(1)}"
    forms = [plain, f"{plain}/amp", f"{plain}?print=1", f"{plain}?pk_campaign=mail"]
    server.answers |= {path: article("The ferry sails") for path in forms}
    server.answers["/sitemap.xml"] = sitemap_of(server, forms)
    crawl_site(archive, server)
    assert addresses(archive) == [sorted(forms)]


@pytest.mark.parametrize("names", ["old", "new", "both"])
@pytest.mark.parametrize("is_edited", [False, True])
def test_moved_articles_stay_one(
    server: OddServer, archive: Path, names: str, is_edited: bool
) -> None:
    old = [f"/{slug(number)}" for number in range(4)]
    new = [f"/local/{number}-the-ferry-sails-again-today" for number in range(4)]
    server.answers |= {path: long_article(path[-1]) for path in old}
    server.answers["/sitemap.xml"] = sitemap_of(server, old)
    crawl_site(archive, server)
    late = b"<p>A late line was added to the text.</p></article>"
    for here, there in zip(old, new, strict=True):
        body = long_article(here[-1]).body
        server.answers[there] = Answer(body.replace(b"</article>", late) if is_edited else body)
        server.answers[here] = to(there)
    listed = {"old": old, "new": new, "both": [*new, *old]}[names]
    server.answers["/sitemap.xml"] = sitemap_of(server, listed)
    for _ in range(2):
        crawl_site(archive, server)
    assert addresses(archive) == [list(pair) for pair in zip(old, new, strict=True)]


def test_validators_of_the_old_address_are_not_sent_to_the_new_one(
    server: OddServer, archive: Path
) -> None:
    old, new = f"/{slug(1)}", f"/{slug(2)}"
    html = article("The ferry sails").body
    stamp = ("Last-Modified", "Sun, 17 May 2026 10:00:00 GMT")

    def write(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        is_known = "If-Modified-Since" in asked.headers
        handler.send_response(304 if is_known else 200)
        handler.send_header(*stamp)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", "0" if is_known else str(len(html)))
        handler.end_headers()
        handler.wfile.write(b"" if is_known else html)

    server.answers |= {"/": page(old), old: write}
    crawl_site(archive, server)
    server.answers |= {old: to(new), new: write}
    crawl_site(archive, server)
    assert outcomes(archive)[f"{server.url}{new}"] == "unchanged"
    assert addresses(archive) == [[old, new]]
    crawl_site(archive, server)
    assert [row["reason"] for row in rows(archive, "SELECT reason FROM observation")][-1:] != [
        "HTTP 304 unasked"
    ]


def test_deleted_articles_that_lead_to_another_one_keep_their_addresses(
    server: OddServer, archive: Path
) -> None:
    paths = [f"/{slug(number)}" for number in range(3)]
    server.answers |= {path: article(f"Day {path[-1]}", f"<p>{path}</p>") for path in paths}
    server.answers["/sitemap.xml"] = sitemap_of(server, paths)
    crawl_site(archive, server)
    before = addresses(archive)
    server.answers[paths[1]] = server.answers[paths[2]] = to(paths[0])
    crawl_site(archive, server)
    assert addresses(archive) == before


def feed_of(*items: str) -> Answer:
    return text(f"<rss><channel>{''.join(items)}</channel></rss>")


def test_guid_on_the_site_stands_in_for_a_link_to_a_redirector(
    server: OddServer, other: OddServer, archive: Path
) -> None:
    paths = [f"/{slug(number)}" for number in range(2)]
    server.answers |= {path: article(f"The ferry sails: {path[-1]}") for path in paths}
    server.answers["/"] = page(head="<link rel=alternate type=application/rss+xml href=/f.xml>")
    server.answers["/f.xml"] = feed_of(
        *(
            f"<item><link>{other.url}/r/{number}</link>"
            f"<guid isPermaLink='true'>{server.url}{path}</guid></item>"
            for number, path in enumerate(paths)
        )
    )
    assert crawl_site(archive, server) == ["/", *paths, "/f.xml"]
    assert other.asked == []


def test_links_to_a_redirector_are_followed(
    server: OddServer, other: OddServer, archive: Path
) -> None:
    paths = [f"/{slug(number)}" for number in range(4)]
    server.answers |= {path: article(f"The ferry sails: {path[-1]}") for path in paths}
    other.answers |= {f"/r/{path[-1]}": to(f"{server.url}{path}", 302) for path in paths}
    server.answers["/"] = page(head="<link rel=alternate type=application/rss+xml href=/f.xml>")
    server.answers["/f.xml"] = feed_of(
        *(f"<item><link>{other.url}/r/{path[-1]}</link></item>" for path in paths)
    )
    assert crawl_site(archive, server) == ["/", *paths, "/f.xml"]
    assert [len(urls) for urls in addresses(archive)] == [2, 2, 2, 2]


def test_links_to_another_site_are_recorded_and_one_is_tried(
    server: OddServer, other: OddServer, archive: Path
) -> None:
    links = [f"{other.url}/{slug(number)}" for number in range(4)]
    other.answers |= {path_of(url): article("Of another paper") for url in links}
    server.answers["/"] = page(head="<link rel=alternate type=application/rss+xml href=/f.xml>")
    server.answers["/f.xml"] = feed_of(*(f"<item><link>{url}</link></item>" for url in links))
    crawl_site(archive, server)
    assert rows(archive, "SELECT id FROM article") == []
    assert {url: outcomes(archive)[url] for url in links} == dict.fromkeys(links, "offsite")
    assert [one.path for one in other.asked if one.path.startswith("/2026")] == [
        path_of(links[0])
    ]
    other.asked.clear()
    crawl_site(archive, server)
    assert other.asked == []


@pytest.mark.parametrize(
    ("statuses", "is_same_path", "outcome"),
    [
        ((301, 308), True, "stored"),
        ((302,), True, "offsite"),
        ((301,), False, "offsite"),
    ],
)
def test_article_that_redirects_to_another_host(
    server: OddServer,
    other: OddServer,
    archive: Path,
    statuses: tuple[int, ...],
    is_same_path: bool,
    outcome: str,
) -> None:
    finals = {}
    for number, status in enumerate(statuses):
        here = f"/{slug(number)}"
        there = here if is_same_path else f"/{slug(number + 10)}"
        other.answers[there] = long_article(there)
        server.answers[here] = to(f"{other.url}{there}", status)
        finals[f"{server.url}{here}"] = f"{other.url}{there}"
    server.answers["/"] = page(*map(path_of, finals))
    crawl_site(archive, server)
    found = outcomes(archive)
    assert {found[url] for url in finals} == {"redirect"}
    assert {found[url] for url in finals.values()} == {outcome}
    moves = rows(archive, "SELECT url, final_url FROM observation WHERE outcome = 'redirect'")
    assert {row["url"]: row["final_url"] for row in moves} == finals
    is_stored = outcome == "stored"
    assert len(rows(archive, "SELECT id FROM article")) == is_stored * len(statuses)
    if is_stored:
        assert crawl_site(archive, server) == ["/"]
        assert {outcomes(archive)[url] for url in finals.values()} == {"unchanged"}


def test_named_addresses_are_requested_in_any_form(server: OddServer, archive: Path) -> None:
    articles = ["/about", "/news.asp?id=91"]
    others = ["/search?q=ferry", "/tag/ferry", "/video/8.jpg"]
    server.answers["/sitemap.xml"] = sitemap_of(server, [*articles, *others])
    server.answers |= {path: long_article(path) for path in articles}
    server.answers |= {path: page(f"/{slug(1)}") for path in others}
    assert crawl_site(archive, server) == ["/", *articles, *others]
    found = outcomes(archive)
    assert {path: found[f"{server.url}{path}"] for path in (*articles, *others)} == {
        **dict.fromkeys(articles, "stored"),
        **dict.fromkeys(others, "not_article"),
    }
    server.answers["/sitemap.xml"] = sitemap_of(server, [])
    assert set(articles) <= set(crawl_site(archive, server))


def test_home_page_of_a_sitemap_is_requested_once(server: OddServer, archive: Path) -> None:
    server.answers["/sitemap.xml"] = sitemap_of(server, ["/", f"/{slug(1)}"])
    server.answers[f"/{slug(1)}"] = article("The ferry sails")
    assert crawl_site(archive, server) == ["/", f"/{slug(1)}"]


def test_every_address_that_a_person_names_is_requested(
    server: OddServer, archive: Path
) -> None:
    plain, slash = f"/{slug(1)}", f"/{slug(1)}/"
    server.answers |= {plain: article("The ferry sails"), slash: article("The ferry sails")}
    urls = f"urls={server.url}{plain},{server.url}{slash}"
    assert crawl(archive, "articles", "-a", urls).returncode == 0
    found = outcomes(archive)
    assert {found[f"{server.url}{plain}"], found[f"{server.url}{slash}"]} == {
        "stored",
        "unchanged",
    }
    assert addresses(archive) == [[plain, slash]]


def test_redirect_to_itself_ends_after_one_request(server: OddServer, archive: Path) -> None:
    wall = f"/{slug(1)}"
    server.answers |= {"/": page(wall), wall: to(wall, 302)}
    assert crawl_site(archive, server) == ["/", wall]
    assert outcomes(archive)[f"{server.url}{wall}"] == "redirect_loop"


def test_redirect_in_a_circle_of_spellings_ends(server: OddServer, archive: Path) -> None:
    upper, lower = f"/{slug(1)}%2Ca", f"/{slug(1)}%2ca"
    server.answers |= {"/": page(upper), upper: to(lower), lower: to(lower)}
    assert crawl_site(archive, server) == sorted(["/", upper, lower])
    assert outcomes(archive)[f"{server.url}{upper}"] == "redirect_loop"


def test_raw_utf_8_in_a_location_is_followed(server: OddServer, archive: Path) -> None:
    final = f"/{slug(1)}-%D8%AC%D8%B3%D8%B1"

    def write(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        head = f"HTTP/1.1 301 Moved\r\nLocation: /{slug(1)}-جسر\r\nContent-Length: 0\r\n\r\n"
        handler.wfile.write(head.encode())

    server.answers |= {"/": page(f"/{slug(1)}"), f"/{slug(1)}": write}
    server.answers[final] = article("The ferry sails")
    crawl_site(archive, server)
    assert addresses(archive) == [[f"/{slug(1)}", final]]


def test_location_is_read_as_browsers_read_it(server: OddServer, archive: Path) -> None:
    locations = (
        "http://127%2E0%2E0%2E1:{port}/{slug}",
        "http:///127.0.0.1:{port}/{slug}",
        "http:\\\\127.0.0.1:{port}\\{slug}",
        "/{slug}#comments",
        "\t/{slug} ",
    )
    pairs = [(f"/{slug(n)}", f"/{slug(n)}-again") for n in range(len(locations))]
    for (named, final), location in zip(pairs, locations, strict=True):
        where = location.format(port=server.server_port, slug=final[1:])
        server.answers |= {named: to(where), final: long_article(named)}
    server.answers["/"] = page(*(named for named, _ in pairs))
    assert crawl_site(archive, server) == sorted(
        ["/", *(path for pair in pairs for path in pair)]
    )
    assert addresses(archive) == [list(pair) for pair in pairs]
    # The second run requests each article where it is.
    assert crawl_site(archive, server) == sorted(["/", *(final for _, final in pairs)])


def test_redirect_after_a_retry_is_followed_once(server: OddServer, archive: Path) -> None:
    first, final = f"/{slug(1)}", f"/{slug(2)}"
    server.answers |= {
        "/": page(first, final),
        first: [text("not ready", 503), to(final)],
        final: article("The ferry sails"),
    }
    assert crawl_site(archive, server) == ["/", first, first, final]
    assert addresses(archive) == [[first, final]]


def test_alias_that_becomes_another_page_is_another_article(tmp_path: Path) -> None:
    alias = "/news/1?pk_campaign=mail"
    sayings = [
        story(1),
        attrs.evolve(story(1, hours=1), path=alias),
        story(1, last="سطر آخر.", hours=2),
        attrs.evolve(OTHER, path=alias, at=story(1, hours=3).at),
    ]
    with Archive(tmp_path / "archive.db") as archive:
        imported(archive, write_warc(tmp_path / "a.warc.gz", sayings))
        found = archive.db.execute("SELECT id, versions FROM article ORDER BY id").fetchall()
    assert found == [(1, 2), (2, 1)]


@pytest.mark.parametrize(
    ("target", "is_site"), [("/", True), ("/ar/", True), ("/paper", False)]
)
def test_home_page_that_redirects_to_another_host(
    server: OddServer, other: OddServer, archive: Path, target: str, is_site: bool
) -> None:
    server.answers["/"] = to(f"{other.url}{target}", 302)
    other.answers |= {target: page(f"/{slug(1)}"), f"/{slug(1)}": article("The ferry sails")}
    done = crawl(archive, "site", "-a", f"url={server.url}/", private_hosts=HOSTS)
    assert len(rows(archive, "SELECT id FROM article")) == is_site
    assert (done.returncode == 0) == is_site
    assert ("a page of another site" in done.stderr) != is_site


def test_check_of_a_site_follows_redirects(server: OddServer) -> None:
    final = "/ar/"
    server.answers |= {
        "/": to(final, 302),
        final: page(
            f"/{slug(1)}", head="<link rel=alternate type=application/rss+xml href=/f>"
        ),
        f"/{slug(1)}": article("The ferry sails"),
        "/f": to("/f/"),
        "/f/": feed_of(f"<item><link>{server.url}/{slug(1)}</link></item>"),
    }
    seen = json.loads(check(f"{server.url}/", "--json").stdout)
    assert [(path_of(one["url"]), one["outcome"], one["found"]) for one in seen["sources"]] == [
        ("/ar/", "HTTP 200", 1),
        ("/f/", "HTTP 200", 1),
    ]


def moved(path: str, location: str, hours: int = 0) -> Saying:
    headers = (("Content-Type", "text/html"), ("Location", location))
    return attrs.evolve(
        story(0, hours=hours), path=path, status="301 Moved", headers=headers, body=b""
    )


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (2, 1, 0)])
@pytest.mark.parametrize("is_one_file", [True, False])
def test_imported_redirects_make_aliases(
    tmp_path: Path, order: tuple[int, ...], is_one_file: bool
) -> None:
    sayings = [
        story(1),
        moved("/news/1", "/new/1", hours=24),
        attrs.evolve(story(1, hours=25), path="/new/1"),
    ]
    chosen = [sayings[number] for number in order]
    files = [chosen] if is_one_file else [[one] for one in chosen]
    with Archive(tmp_path / "archive.db") as archive:
        for number, records in enumerate(files):
            imported(archive, write_warc(tmp_path / f"{number}.warc.gz", records))
        found = archive.db.execute(
            "SELECT article_id, url FROM address ORDER BY url"
        ).fetchall()
    assert found == [(1, f"{HOST}/new/1"), (1, f"{HOST}/news/1")]


def test_import_distinguishes_articles_by_doubtful_parts(tmp_path: Path) -> None:
    sayings = [attrs.evolve(story(n), path=f"/news/story;art26{n}") for n in (1, 2)]
    with Archive(tmp_path / "archive.db") as archive:
        assert imported(archive, write_warc(tmp_path / "a.warc.gz", sayings)).outcomes == {
            "stored": 2
        }


@pytest.mark.parametrize(
    "path", ["/news/1", "/news/1/", "/news/1/amp", "/news/1?pk_campaign=x"]
)
def test_withdrawn_article_does_not_come_back_at_another_address(
    tmp_path: Path, path: str
) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        imported(archive, write_warc(tmp_path / "a.warc.gz", [story(1)]))
        archive.withdraw(f"{HOST}/news/1", reason="a test")
        again = attrs.evolve(story(1, hours=1), path=path)
        imported(archive, write_warc(tmp_path / "b.warc.gz", [again]))
        assert archive.db.execute("SELECT count(*) FROM versions").fetchone() == (0,)
