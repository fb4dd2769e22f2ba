"""Statements of a publisher about the use of its pages by machines, word for word. Pure.

- robots.txt: `Content-Signal` (https://contentsignals.org/), `Content-Usage` (IETF AI
  preferences, draft-ietf-aipref-attach), `License` (RSL 1.0, https://rslstandard.org/rsl), and
  the rules for robots that gather texts for AI.
- Headers and pages: `X-Robots-Tag` and robots metas with a word of OPT_OUTS, `Content-Usage`,
  TDMRep, and links to RSL licences.
- /.well-known/tdmrep.json: its rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain

import attrs

from newscrawl.formats.content_type import media_type
from newscrawl.outcomes import Statement
from newscrawl.page import HeadTags, Page
from newscrawl.resources import read_toml

MAX_STATEMENTS = 200
"""Most statements of one robots.txt or page."""
_LONGEST = 500
AGENT = "newscrawl"
"""The name that robots.txt, headers and metas use for this crawler alone."""
DIRECTIVES = frozenset({"noarchive", "noai", "noimageai"})
"""The words of `X-Robots-Tag` and of robots metas that are about use."""
ROBOTS_TAG, RESERVATION, POLICY = "x-robots-tag", "tdm-reservation", "tdm-policy"
"""Names of headers in small letters; the last two are names of metas, too."""
_MAX_LINES = 20_000
_RSL = "application/rsl+xml"
_NO = frozenset({"no", "n"})
_MEANINGS = {
    "content-signal": {"search": "search", "ai-input": "ai-input", "ai-train": "ai-train"},
    "content-usage": {
        "search": "search",
        "train-ai": "ai-train",
        "train-genai": "ai-train",
        "ai-train": "ai-train",
        "ai": "ai-train",
        "bots": "bots",
    },
}
"""Preferences by their names, and the opt-out that a `no` to one of them is."""
_PREFERENCE = re.compile(r"([a-z][a-z0-9-]*)\s*=\s*([a-z]+)", re.IGNORECASE)
_LINE = re.compile(r"\s*([A-Za-z-]{1,40})\s*:\s*(.*)")
_LICENCE_LINK = re.compile(r"<([^<>]*)>([^<]*)")


@attrs.frozen(kw_only=True)
class _Preference:
    """One preference of robots.txt for all robots, or for this one."""

    signal: str
    path: str
    opt_outs: tuple[str, ...]
    """The opt-outs that its line makes, none where it allows all that it names."""
    is_ours: bool
    """True if it stands in a group that names newscrawl."""


@attrs.frozen(kw_only=True)
class RobotsStatements:
    """Statements of a robots.txt, and the opt-outs that they make for a path."""

    statements: tuple[Statement, ...] = ()
    preferences: tuple[_Preference, ...] = attrs.field(default=(), repr=False)
    closed: tuple[str, ...] = attrs.field(default=(), repr=False)
    """Beginnings of paths that are closed to robots for AI."""

    def opt_outs_for(self, path: str) -> dict[str, str]:
        """Return the opt-outs of a *path*, with its query, each with its place."""
        found: dict[str, str] = {}
        for signal, name in (
            ("content-signal", "Content-Signal"),
            ("content-usage", "Content-Usage"),
        ):
            found |= dict.fromkeys(self._refused(signal, path), f"robots.txt {name}")
        if any(one.signal == "rsl" for one in self.statements):
            found["rsl"] = "robots.txt License"
        if any(path.startswith(start) for start in self.closed):
            found["ai-robots"] = "robots.txt"
        return found

    def _refused(self, signal: str, path: str) -> Iterable[str]:
        """Return the opt-outs of the lines whose path is the longest that fits *path*."""
        lines = [one for one in self.preferences if one.signal == signal]
        # A group that names a robot goes before the one for all (RFC 9309, 2.2.1).
        lines = [one for one in lines if one.is_ours] or lines
        # Each fitting path begins *path*: those of equal length are the same path.
        fitting = (one.path for one in lines if path.startswith(one.path))
        longest = max(fitting, key=len, default=None)
        return chain.from_iterable(one.opt_outs for one in lines if one.path == longest)


def parse_robots_statements(text: str) -> RobotsStatements:
    """Return the statements of a robots.txt; lines that state nothing are left out."""
    statements: dict[Statement, None] = {}
    preferences: list[_Preference] = []
    closed: dict[str, None] = {}
    for agents, lines in _groups(text):
        if any(agent.lower() in _ai_robots() for agent in agents):
            closed |= dict.fromkeys(_closed_paths(lines))
        found = (*_ai_robot_statements(agents, lines), *_group_statements(agents, lines))
        statements |= dict.fromkeys(found)
        preferences += _preferences(agents, lines)
    return RobotsStatements(
        statements=tuple(statements)[:MAX_STATEMENTS],
        preferences=tuple(preferences)[:MAX_STATEMENTS],
        closed=tuple(closed)[:MAX_STATEMENTS],
    )


def page_statements(page: Page, headers: Sequence[tuple[str, str]]) -> tuple[Statement, ...]:
    """Return the statements of a page and of the header of its answer."""
    found = [*_header_statements(headers), *_page_statements(page)]
    return tuple(dict.fromkeys(found))[:MAX_STATEMENTS]


def stating_tags(tags: HeadTags) -> HeadTags:
    """Return those of *tags* that may state something about the use of their page."""
    metas = tuple(meta for meta in tags.metas if meta[0] in _STATING_METAS)
    return HeadTags(metas, tuple(link for link in tags.links if _is_licence(link)))


def page_opt_outs(statements: Iterable[Statement]) -> dict[str, str]:
    """Return the opt-outs that statements of a page make by preferences and licences."""
    found: dict[str, str] = {}
    for one in statements:
        if one.signal == "content-usage":
            _, _, value = one.words.partition(":")
            found |= dict.fromkeys(_refused("content-usage", value), one.stated_in)
        elif one.signal == "rsl":
            found["rsl"] = one.stated_in
    return found


Lines = Sequence[tuple[str, str]]
_RULES = frozenset({"allow", "disallow"})


@cache
def _ai_robots() -> frozenset[str]:
    names = read_toml("names/ai_robots")["robots"]
    return frozenset(name.lower() for name in names)


def _groups(text: str) -> Iterator[tuple[list[str], list[tuple[str, str]]]]:
    """Yield the robots of each group, as written, with the lines that follow their names."""
    agents: list[str] = []
    lines: list[tuple[str, str]] = []
    for line in text.lstrip("\ufeff").splitlines()[:_MAX_LINES]:
        found = _LINE.fullmatch(line.partition("#")[0].rstrip())
        if found is None:
            continue
        name, value = found[1], found[2].strip()
        if name.lower() != "user-agent":
            lines.append((name, value))
            continue
        if lines:
            yield agents, lines
            agents, lines = [], []
        agents = [*agents, value]
    yield agents, lines


def _closed_paths(lines: Lines) -> Iterator[str]:
    for name, value in lines:
        if name.lower() == "disallow" and value:
            yield value.partition("*")[0].rstrip("$")


def _ai_robot_statements(agents: Sequence[str], lines: Lines) -> Iterator[Statement]:
    rules = [f"{name}: {value}" for name, value in lines if name.lower() in _RULES]
    for agent in agents if rules else ():
        if agent.lower() in _ai_robots():
            words = "; ".join((f"User-agent: {agent}", *rules[:5]))
            yield _statement("ai-robots", "robots.txt", words)


def _group_statements(agents: Sequence[str], lines: Lines) -> Iterator[Statement]:
    for name, value in lines:
        if name.lower() == "license":
            yield _statement("rsl", "robots.txt", f"{name}: {value}")
        elif name.lower() in _MEANINGS:
            words = f"{name}: {value}"
            if not _is_for_all(agents):
                words = f"User-agent: {', '.join(agents)}; {words}"
            yield _statement(name.lower(), "robots.txt", words)


def _preferences(agents: Sequence[str], lines: Lines) -> Iterator[_Preference]:
    """Yield the preferences of a group that concerns this robot.

    A path may stand before those of Content-Usage.
    """
    is_ours = AGENT in map(str.lower, agents)
    for name, value in lines if is_ours or _is_for_all(agents) else ():
        signal = name.lower()
        path, preferences = "/", value
        if signal == "content-usage" and value.startswith("/"):
            path, _, preferences = value.partition(" ")
        if signal in _MEANINGS:
            yield _Preference(
                signal=signal,
                path=path.partition("*")[0],
                opt_outs=_refused(signal, preferences),
                is_ours=is_ours,
            )


def _is_for_all(agents: Sequence[str]) -> bool:
    return not agents or "*" in agents


def _refused(signal: str, value: str) -> tuple[str, ...]:
    """Return the opt-outs that the preferences in *value* are."""
    meanings = _MEANINGS[signal]
    return tuple(
        meanings[name.lower()]
        for name, answer in _PREFERENCE.findall(value)
        if name.lower() in meanings and answer.lower() in _NO
    )


def _header_statements(headers: Sequence[tuple[str, str]]) -> Iterator[Statement]:
    for name, value in headers:
        signal = _HEADERS.get(name.lower())
        if signal is not None and (signal != "robots" or _speaks_of_use(value)):
            yield _statement(signal, "header", f"{name}: {value}")
        elif name.lower() == "link":
            for target, parameters in _LICENCE_LINK.findall(value[:4000]):
                if "license" in parameters.lower() and _RSL in parameters.lower():
                    yield _statement("rsl", "header", f"{name}: <{target}>{parameters}")


_HEADERS = {
    ROBOTS_TAG: "robots",
    "content-usage": "content-usage",
    "content-signal": "content-signal",
    RESERVATION: "tdm",
    POLICY: "tdm",
}
_STATING_METAS = frozenset({"robots", AGENT, RESERVATION, POLICY})
_OF_USE = re.compile(rf"\b(?:{'|'.join(sorted(DIRECTIVES))})\b", re.IGNORECASE)


def _speaks_of_use(value: str) -> bool:
    return _OF_USE.search(value) is not None


def _page_statements(page: Page) -> Iterator[Statement]:
    for name, content in page.head_tags.metas:
        if name in {"robots", AGENT} and _speaks_of_use(content):
            yield _statement("robots", "meta", f"{name}: {content}")
        elif name in {RESERVATION, POLICY}:
            yield _statement("tdm", "meta", f"{name}: {content}")
    for link in page.head_tags.links:
        if _is_licence(link):
            yield _statement("rsl", "link", link.get("href", ""))


def _is_licence(link: Mapping[str, str]) -> bool:
    """Return whether a `<link>` with these attributes names an RSL licence."""
    relation = link.get("rel", "").lower().split()
    return "license" in relation and media_type(link.get("type")) == _RSL


def _statement(signal: str, stated_in: str, words: str) -> Statement:
    text = " ".join(words.split())[:_LONGEST]
    return Statement(signal=signal, stated_in=stated_in, words=text)
