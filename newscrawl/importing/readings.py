"""Readings: each record as the row and the article that a crawl would store. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from newscrawl.archive.write.prepared_articles import Prepared, prepare_article
from newscrawl.article import Article
from newscrawl.errors import WarcError
from newscrawl.formats.content_type import media_type
from newscrawl.ingest.acceptance import (
    DOUBTFUL_PAGES,
    challenge_reason,
    challenger,
    doubtful_pages,
    is_cut,
    kind_of,
    may_be_page,
    problem_of,
    read_article,
    refresh_target,
    rejection_of,
)
from newscrawl.ingest.joined_pages import first_page
from newscrawl.ingest.opt_outs import OBEYED, opt_outs_of
from newscrawl.ingest.opt_outs import refusal as obeyed_opt_out
from newscrawl.ingest.usage_statements import page_statements
from newscrawl.limits import LARGEST_PAGE
from newscrawl.outcomes import REDIRECTS, Evidence, Observation, Outcome
from newscrawl.page import Page
from newscrawl.system.environment import use_environment, variable
from newscrawl.text.normalize_article import normalize_article
from newscrawl.text.urls import clean_url, redirect_target
from newscrawl.warc.records import Record, Reference, read_record

_SHOWN_DATE = 40
"""The longest text of a bad date that is printed whole, in characters."""
_SOURCES = {"home": "home", "listing": "section"}


@attrs.frozen(kw_only=True)
class Policy:
    """Settings by which pages are judged."""

    obeyed: frozenset[str] = frozenset()
    """Names of the opt-outs that are obeyed."""
    doubtful: str = DOUBTFUL_PAGES[0]
    """Treatment of pages that may be no article: NEWSCRAWL_DOUBTFUL_PAGES."""

    @classmethod
    def of_environment(cls) -> Policy:
        """Return the policy that environment variables set."""
        obeyed = variable("NEWSCRAWL_OBEY_OPT_OUTS", OBEYED).split(",")
        return cls(
            obeyed=frozenset(map(str.strip, obeyed)),
            doubtful=doubtful_pages(variable("NEWSCRAWL_DOUBTFUL_PAGES")),
        )


@attrs.frozen(kw_only=True)
class Task:
    """A record to be read."""

    file: Path
    """The file that is opened."""
    offset: int
    """Offset of the record in it."""
    length: int
    """Its length in the file."""
    evidence_file: str | None
    """Name of the file in the archive; None for a temporary copy."""
    source: Path | None = None
    """The imported file, where the opened one is a copy of a part of it."""
    policy: Policy = attrs.field(factory=Policy)
    """The settings by which its page is judged."""
    is_stored: bool = False
    """True if its article is going to be stored: it is prepared for that."""
    is_guessed: bool = False
    """True if the place is a guess: reading finds out whether a whole record is there."""


@attrs.frozen(kw_only=True)
class Reading:
    """The result of reading one record."""

    observation: Observation | None = None
    """The row that a crawl would write, `stored` for an article; None if it is no page."""
    article: Article | None = None
    """The article on the page, normalised; None if it could not be read."""
    skipped: str | None = None
    """The kind of a record that is no page."""
    damage: str | None = None
    """Description of damage in the record."""
    given_up: str | None = None
    """Address and reason of a page that ended or blocked its worker: it may be read later."""
    prepared: Prepared | None = None
    """Values for storing the article, where that is going to be done."""
    same_as: Reference | None = None
    """Of a revisit: the capture that showed the same."""


def reading_of(task: Task) -> Reading:
    """Read the record of *task*. Never raises."""
    use_environment()  # the process may be a new one
    try:
        record = read_record(task.file, task.offset, task.length, max_size=LARGEST_PAGE)
        return _reading_from(task, record)
    except WarcError as error:
        return _damaged(task, str(error))
    except Exception as error:  # one record that breaks us must not cost the others
        return _unreadable(task, f"{type(error).__name__}: {error}"[:200])


def unread(task: Task, reason: str) -> Reading:
    """Return the reading of a record whose page ended or blocked its worker.

    Its headers are read here, and its page is not.
    """
    try:
        record = read_record(task.file, task.offset, task.length, max_size=LARGEST_PAGE)
        url = clean_url(record.url, record.url)
        if url is None or record.date is None:
            return _unreadable(task, reason)
        seen = _observation(record, url, record.date, _evidence(task, record))
    except WarcError as error:
        return _damaged(task, str(error))
    except Exception as error:  # one record that breaks us must not cost the others
        return _unreadable(task, f"{type(error).__name__}: {error}"[:200])
    row = attrs.evolve(seen, outcome=Outcome.ERROR, reason=reason)
    return Reading(observation=row, given_up=f"{url}: the page was given up: {reason}")


def _reading_from(task: Task, record: Record) -> Reading:
    url = clean_url(record.url, record.url)
    if url is None or record.kind not in _JUDGED:
        return Reading(skipped=record.kind if url else "no web address")
    if record.date is None:
        return _unreadable(task, _why_no_date(record))
    if not _may_be_page(record):
        return Reading(skipped=_content_type(record))
    seen = _observation(record, url, record.date, _evidence(task, record))
    if record.kind == "revisit":
        return _unchanged(record, seen)
    return _answered(task, record, seen)


def _why_no_date(record: Record) -> str:
    if not record.stated_date:
        return "the record has no date"
    text = record.stated_date
    shown = text if len(text) <= _SHOWN_DATE else f"{text[:_SHOWN_DATE]}…"
    return f"the date of the record is unreadable or out of range: {shown!r}"


def _unreadable(task: Task, reason: str) -> Reading:
    return _damaged(task, f"{task.file} at byte {task.offset}: {reason}")


def _damaged(task: Task, damage: str) -> Reading:
    """Return *damage* as a reading that names the imported file, and not a copy."""
    if task.evidence_file is None and task.source is not None:
        damage = damage.replace(str(task.file), f"{task.source}, unpacked,")
    return Reading(damage=damage)


def _may_be_page(record: Record) -> bool:
    """Return whether the record holds or refers to a page; others leave no row."""
    return record.kind == "revisit" or may_be_page(record.body, _content_type(record))


def _content_type(record: Record) -> str:
    return media_type(record.header("content-type"))


def _evidence(task: Task, record: Record) -> Evidence | None:
    if task.evidence_file is None:
        return None
    return Evidence(
        file=task.evidence_file,
        offset=task.offset,
        length=task.length,
        record_id=record.record_id,
    )


def _observation(
    record: Record, url: str, fetched_at: dt.datetime, evidence: Evidence | None
) -> Observation:
    return Observation(
        url=url,
        outcome=Outcome.STORED,
        status=record.status,
        fetched_at=fetched_at,
        etag=_short(record.header("etag")),
        last_modified=_short(record.header("last-modified")),
        content_type=_short(record.header("content-type")),
        size=len(record.body),
        digest=hashlib.sha256(record.body).hexdigest(),
        evidence=evidence,
    )


def _short(value: str | None) -> str | None:
    return value[:500] if value else None


def _unchanged(record: Record, seen: Observation) -> Reading:
    """Return the reading of a revisit record: the page is unchanged."""
    is_304 = record.status == 304
    same = attrs.evolve(
        seen,
        outcome=Outcome.UNCHANGED,
        reason="HTTP 304" if is_304 else "the same content as before",
        size=None,
        digest=None,
    )
    same_as = record.refers_to
    if same_as is not None:
        same_as = (clean_url(same_as[0], same_as[0]) or same_as[0], same_as[1])
    return Reading(observation=same, same_as=same_as)


def _answered(task: Task, record: Record, seen: Observation) -> Reading:
    """Judge an answer as a crawl does."""
    refusal = _refusal(record)
    if refusal is not None:
        outcome, reason = refusal
        target = record.header("location") if outcome == Outcome.REDIRECT else None
        final_url = redirect_target(seen.url, target.encode()) if target else None
        row = attrs.evolve(seen, outcome=outcome, reason=reason, final_url=final_url)
        return Reading(observation=row)
    page = Page(
        url=seen.url,
        body=record.body,
        fetched_at=seen.fetched_at,
        content_type=record.header("content-type"),
    )
    header = record.header("refresh") or ""
    target = refresh_target(page, header) if not page.is_plain_text else None
    if target is not None:
        final_url = clean_url(seen.url, target)
        return Reading(
            observation=attrs.evolve(seen, outcome=Outcome.REDIRECT, final_url=final_url)
        )
    statements = page_statements(page, record.headers)
    opt_outs = opt_outs_of(page, record.headers, statements=statements)
    seen = attrs.evolve(seen, opt_outs=opt_outs, statements=statements)
    opted_out = obeyed_opt_out(seen.opt_outs, task.policy.obeyed)
    if opted_out is not None:
        row = attrs.evolve(seen, outcome=Outcome.OPTED_OUT, reason=opted_out, evidence=None)
        return Reading(observation=row)
    read = _read(page, seen, task.policy.doubtful)
    return _prepared(read) if task.is_stored else read


def _prepared(reading: Reading) -> Reading:
    """Prepare an article that is stored as it was read, not joined with others."""
    seen, article = reading.observation, reading.article
    if seen is None or article is None or article.missing_pages:
        return reading
    if seen.outcome != Outcome.STORED:
        return reading
    prepared = prepare_article(article)
    return attrs.evolve(reading, article=prepared.article, prepared=prepared)


def _refusal(record: Record) -> tuple[Outcome, str | None] | None:
    """Return outcome and reason where an answer is no page to be read."""
    status = record.status
    service = challenger(status, record.header("cf-mitigated") or "", record.body)
    if service is not None:
        return Outcome.BLOCKED, challenge_reason(service, status)
    if status is not None and status in REDIRECTS:
        return Outcome.REDIRECT, None
    if status is not None and not 200 <= status < 300:
        return Outcome.HTTP_ERROR, f"HTTP {status}"
    return record.problem or problem_of(record.body, _content_type(record), status)


def _read(page: Page, seen: Observation, doubtful: str) -> Reading:
    found = read_article(page)
    if not isinstance(found, Article):
        outcome, reason = found
        return Reading(observation=attrs.evolve(seen, outcome=outcome, reason=reason))
    article = normalize_article(found)
    if found.missing_pages:  # it is judged when its pages are joined
        first = first_page(found)
        if first != found.url:
            reason = f"a later page of {first}"
            seen = attrs.evolve(seen, outcome=Outcome.CONTINUATION, reason=reason[:300])
        return Reading(observation=seen, article=article)
    judged = _judged(article, seen, doubtful)
    if judged.outcome == Outcome.STORED and is_cut(page.body):
        reason = "the page ends in its middle"
        judged = attrs.evolve(judged, outcome=Outcome.TRUNCATED, reason=reason)
    return Reading(observation=judged, article=article)


def _judged(article: Article, seen: Observation, doubtful: str) -> Observation:
    """Judge *article* as a crawl does; what is certainly a home or section page is a source."""
    is_certain = article.page_kind_certainty == "certain"
    role = _SOURCES.get(article.page_kind) if is_certain else None
    if role is not None and article.link_lists:
        is_home = not urlsplit(seen.url).path.strip("/")
        role = "home" if is_home else role
        return attrs.evolve(seen, outcome=Outcome.SOURCE, reason=role, kind=role)
    rejection = rejection_of(article, doubtful)
    if rejection is None:
        return seen
    outcome, reason = rejection
    return attrs.evolve(seen, outcome=outcome, reason=reason[:300], kind=kind_of(article))


_JUDGED = frozenset({"response", "resource", "conversion", "revisit"})
