"""Opt-outs of a page: from archiving, from mining, from training. Pure.

Read are X-Robots-Tag and `<meta name=robots>`, also where they name us, and the TDM Reservation
Protocol (W3C community group report of 10 May 2024): a page goes before a header, a header
before the file /.well-known/tdmrep.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from urllib.parse import urlsplit

import attrs

from newscrawl.ingest.usage_statements import (
    AGENT,
    DIRECTIVES,
    POLICY,
    RESERVATION,
    ROBOTS_TAG,
    page_opt_outs,
    page_statements,
)
from newscrawl.outcomes import Statement
from newscrawl.page import Page

OPT_OUTS = MappingProxyType(
    {
        "noarchive": "no copy of the page may be shown to others",
        "tdm": "the rights of text and data mining are reserved (TDMRep)",
        "noai": "the page is not for the training of models",
        "noimageai": "its pictures are not for the training of models",
        "ai-train": "the page is not for training (Content-Signal, Content-Usage)",
        "ai-input": "the page is not for answers of models (Content-Signal)",
        "search": "the page is not for search (Content-Signal, Content-Usage)",
        "bots": "the page is not for automated processing (Content-Usage)",
        "ai-robots": "robots.txt closes the page to robots that gather texts for AI",
        "rsl": "a licence says to whom the page is licensed (RSL)",
    }
)
"""The known opt-outs, and the meaning of each."""

OBEYED = "noarchive,tdm"
"""The opt-outs that are obeyed by default."""

TDMREP_PATH = "/.well-known/tdmrep.json"
MAX_TDMREP = 256 * 1024
"""Bytes of a tdmrep.json that are read."""

_MAX_RULES = 1_000
# Directives that have a colon themselves; any other name before one is that of a robot.
_WITH_VALUES = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")


@attrs.frozen(kw_only=True)
class TdmRule:
    """One rule of a tdmrep.json."""

    location: str
    """The pattern of paths that it is for, as in robots.txt."""
    is_reserved: bool
    policy: str | None = None
    """The address of the terms, if it names one."""

    def as_json(self) -> dict[str, object]:
        """Return the rule as it stands in a tdmrep.json."""
        rule = {"location": self.location, RESERVATION: int(self.is_reserved)}
        return rule if self.policy is None else rule | {POLICY: self.policy}


def opt_outs_of(
    page: Page,
    headers: Sequence[tuple[str, str]],
    *,
    statements: Sequence[Statement] | None = None,
    is_reserved: bool = False,
    robots: Mapping[str, str] = MappingProxyType({}),
) -> tuple[str, ...]:
    """Return the opt-outs of *page*, each with its source: `noarchive (meta)`.

    *headers* are those of the answer, *statements* the `page_statements` of both if they are
    known; *is_reserved* is the rule of tdmrep.json for the page, and *robots* are the opt-outs
    in the robots.txt of its host, each with its line.
    """
    if statements is None:
        statements = page_statements(page, headers)
    found = dict(robots)
    found |= page_opt_outs(statements)
    found |= dict.fromkeys(_robots_words(headers), "X-Robots-Tag")
    metas = page.head_tags.metas
    for name, content in metas:
        if name in {"robots", AGENT}:
            found |= dict.fromkeys(_words(content), "meta")
    reserved = {"header": _reserves(headers), "meta": _reserves(metas)}
    said = [place for place, is_said in reserved.items() if is_said is not None]
    place = said[-1] if said else "tdmrep.json"
    if reserved.get(place, is_reserved):
        found["tdm"] = place
    return tuple(f"{word} ({found[word]})" for word in OPT_OUTS if word in found)


def refusal(opt_outs: Iterable[str], obeyed: frozenset[str]) -> str | None:
    """Return the first of *opt_outs* that is *obeyed*; None if the page may be stored."""
    return next((text for text in opt_outs if text.partition(" ")[0] in obeyed), None)


def parse_tdmrep(body: bytes) -> tuple[TdmRule, ...] | None:
    """Return the rules of a tdmrep.json; None where *body* is none.

    A broken rule costs itself.
    """
    try:
        rules = json.loads(body[:MAX_TDMREP].decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(rules, list):
        return None
    found = (_rule(rule) for rule in rules[:_MAX_RULES])
    return tuple(rule for rule in found if rule)


def path_and_query(url: str) -> str:
    """Return the path of *url* with its query, for the rules of robots.txt and tdmrep.json."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def tdm_statements(rules: Iterable[TdmRule]) -> tuple[Statement, ...]:
    """Return the rules of a tdmrep.json as statements."""
    return tuple(
        Statement(signal="tdm", stated_in="tdmrep.json", words=json.dumps(rule.as_json()))
        for rule in rules
    )


def is_reserved(path: str, rules: Iterable[TdmRule]) -> bool:
    """Return whether *rules* reserve *path*, with its query; the longest match decides."""
    matching = (rule for rule in rules if _matches(rule.location, path))
    best = max(matching, key=lambda rule: len(rule.location), default=None)
    return best is not None and best.is_reserved


def _rule(value: object) -> TdmRule | None:
    if not isinstance(value, dict):
        return None
    location, reservation = value.get("location"), value.get(RESERVATION)
    if not isinstance(location, str) or reservation not in {0, 1, "0", "1"}:
        return None
    policy = value.get(POLICY)
    return TdmRule(
        location=location[:500],
        is_reserved=str(int(reservation)) == "1",
        policy=policy[:500] if isinstance(policy, str) else None,
    )


def _matches(pattern: str, path: str) -> bool:
    """Return whether *path* begins like *pattern*: * stands for anything, $ for the end."""
    is_whole = pattern.endswith("$")
    parts = pattern.removesuffix("$").split("*")
    if not path.startswith(parts[0]):
        return False
    rest = path[len(parts[0]) :]
    for number, part in enumerate(parts[1:], 2):
        if is_whole and number == len(parts):
            return rest.endswith(part)
        at = rest.find(part)
        if at < 0:
            return False
        rest = rest[at + len(part) :]
    return not is_whole or not rest


def _robots_words(headers: Sequence[tuple[str, str]]) -> Iterable[str]:
    for name, value in headers:
        if name.lower() != ROBOTS_TAG:
            continue
        robot, colon, directives = value[:2000].partition(":")
        robot = robot.strip().lower()
        is_named = bool(colon) and "," not in robot and robot not in _WITH_VALUES
        if not is_named:
            yield from _words(value[:2000])
        elif robot in {AGENT, "*"}:
            yield from _words(directives)


def _words(directives: str) -> list[str]:
    words = re.split(r"[\s,]", directives[:2000].lower())
    return [word for word in words if word in DIRECTIVES]


def _reserves(pairs: Iterable[tuple[str, str]]) -> bool | None:
    """Return whether the last reservation among *pairs* reserves rights; None without one."""
    values = [value.strip() for name, value in pairs if name.lower() == RESERVATION]
    return values[-1] == "1" if values else None
