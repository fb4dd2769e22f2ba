"""Citations of an archived article: BibTeX, RIS and CSL JSON with capture time and digest."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import attrs

from newscrawl.archive import Capture, Version
from newscrawl.archive.schema.storable import utc_text
from newscrawl.article import Article
from newscrawl.text.urls import host_of
from newscrawl.web.display.formatting import plain

KINDS = {
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json; charset=utf-8",
}
"""The formats with their media types."""
_LONGEST = 1_000
_LONGEST_NOTE = 12_000
# Characters with a meaning in TeX (The TeXbook, chapter 7); the backslash first.
_TEX = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "{}&%$#_"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@attrs.frozen(kw_only=True)
class ArchiveCopy:
    """The place of the cited version in the archive, for a page that is gone from its site."""

    archive: str
    """The name of the archive."""
    version: str
    """The permalink of the version: a path on its server if only this machine reaches it."""
    capture: str | None
    """The address of the capture as it looked; None if no evidence is stored."""
    first_seen: dt.datetime
    """The time from which the version was seen (UTC), which its key has."""


def citation(
    form: str,
    article: Article,
    capture: Capture | None,
    key: str,
    copy: ArchiveCopy | None = None,
) -> str:
    """Return the citation of *article* in the format *form*, one of KINDS.

    *key* is its `citation_key`.
    *capture* is the response it was read from; None if no evidence is stored.
    *copy* is its place in the archive.
    """
    note = "; ".join([*_note(capture), *_copy_note(copy)])
    if form == "bib":
        return _bibtex(article, note, capture, key)
    if form == "ris":
        return _ris(article, note, capture, key)
    return _csl(article, note, capture, key, copy)


def citation_key(article_id: int, versions: Sequence[Version], number: int) -> str:
    """Return the key of version *number*, which no other version of the archive has.

    It has the time from which the version was seen, since numbers change when earlier versions
    are added: `newscrawl-4-20260301T063000Z`. A later reading of the same page ends in -2, -3 …
    """
    first_seen = versions[number - 1].first_seen
    reading = sum(one.first_seen == first_seen for one in versions[:number])
    suffix = f"-{reading}" if reading > 1 else ""
    return f"newscrawl-{article_id}-{first_seen:%Y%m%dT%H%M%SZ}{suffix}"


def citation_metadata(article: Article) -> list[tuple[str, str]]:
    """Return the names and values of `<meta>` in which Zotero finds a newspaper article.

    They are those of Highwire Press, which Google Scholar documents
    (https://scholar.google.com/intl/en/scholar/inclusion.html#indexing); the address is that of
    the newspaper, since an archive on one machine cannot be cited. They have no name for a
    newspaper: without the type of Dublin Core, Zotero takes the article for a journal's.
    """
    rows = [
        ("DC.type", "newspaperArticle"),
        ("citation_title", plain(article.headline, _LONGEST)),
        *(("citation_author", plain(name, _LONGEST)) for name in article.authors),
        ("citation_publication_date", _day(article).replace("-", "/")),
        ("citation_journal_title", _publisher(article)),
        ("citation_public_url", article.url),
        ("citation_language", article.in_language or ""),
    ]
    return [(name, value) for name, value in rows if value]


def _bibtex(article: Article, note: str, capture: Capture | None, key: str) -> str:
    fields = {
        "title": f"{{{_tex(article.headline)}}}",
        "author": " and ".join(f"{{{_tex(name)}}}" for name in article.authors),
        "date": _day(article),
        "organization": _tex(_publisher(article)),
        "url": article.url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C"),
        "urldate": _seen(capture),
        "note": _tex(note, _LONGEST_NOTE),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@online{{{key},\n{''.join(lines)}}}\n"


def _ris(article: Article, note: str, capture: Capture | None, key: str) -> str:
    rows = [
        ("TY", "NEWS"),
        ("ID", key),
        ("TI", plain(article.headline, _LONGEST)),
        *(("AU", plain(name, _LONGEST)) for name in article.authors),
        ("DA", _day(article).replace("-", "/")),
        ("T2", _publisher(article)),
        ("UR", plain(article.url, 4_000)),
        ("Y2", _seen(capture).replace("-", "/")),
        ("N1", note),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {text}\r\n" for tag, text in rows if text or tag == "ER")


def _csl(
    article: Article, note: str, capture: Capture | None, key: str, copy: ArchiveCopy | None
) -> str:
    entry: dict[str, Any] = {
        "id": key,
        "type": "article-newspaper",
        "title": plain(article.headline, _LONGEST),
        "author": [{"literal": plain(name, _LONGEST)} for name in article.authors],
        "container-title": _publisher(article),
        "issued": _parts(_day(article)),
        "accessed": _parts(_seen(capture)),
        "URL": article.url,
        "language": article.in_language,
        "archive": copy.archive if copy else None,
        "archive_location": copy.version if copy else None,
        "note": note,
    }
    kept = {name: value for name, value in entry.items() if value}
    return json.dumps([kept], ensure_ascii=False, indent=1) + "\n"


def _note(capture: Capture | None) -> list[str]:
    if capture is None:
        return []
    parts = [f"Captured {utc_text(capture.fetched_at)} (UTC)"]
    parts += [f"SHA-256 {capture.sha256}"] if capture.sha256 else []
    record = capture.evidence.record_id
    return [*parts, *([f"WARC-Record-ID {record}"] if record else [])]


def _copy_note(copy: ArchiveCopy | None) -> list[str]:
    if copy is None:
        return []
    seen = f"This version first seen {utc_text(copy.first_seen)} (UTC), as in the key"
    place = f"Archive copy in newscrawl archive {plain(copy.archive)}: {copy.version}"
    return [seen, place, *([f"Capture: {copy.capture}"] if copy.capture else [])]


def _tex(text: str | None, longest: int = _LONGEST) -> str:
    return "".join(_TEX.get(sign, sign) for sign in plain(text, longest))


def _publisher(article: Article) -> str:
    return plain(article.publisher, _LONGEST) or host_of(article.url)


def _day(article: Article) -> str:
    return article.date_published.isoformat()[:10] if article.date_published else ""


def _seen(capture: Capture | None) -> str:
    return capture.fetched_at.date().isoformat() if capture else ""


def _parts(day: str) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[int(part) for part in day.split("-")]]} if day else None


def version_links(versions: Sequence[Version]) -> dict[int, dict[str, str]]:
    """Return the parameter of the page of each version, by its number.

    A version that was read again has its time from the first reading on: its number tells
    the readings apart.
    """
    last = {one.first_seen: one.number for one in versions}
    return {
        one.number: {"at": utc_text(one.first_seen)}
        if last[one.first_seen] == one.number
        else {"version": str(one.number)}
        for one in versions
    }


def permalink(number: int, versions: Sequence[Version], shown: int) -> str:
    """Return the address on this server of version *shown* of the article *number*."""
    return f"/article/{number}?{urlencode(version_links(versions)[shown], safe=':')}"
