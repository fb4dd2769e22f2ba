"""Forms of `newscrawl serve --coder`: they write the study file, and lead back to a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from newscrawl.errors import NotInArchive, StudyError, UsageError
from newscrawl.study.coding.codebook import set_codes
from newscrawl.study.selections import (
    add_note,
    add_tags,
    collect,
    delete_note,
    delete_search,
    leave_out,
    remove_tag,
    save_search,
)
from newscrawl.study.study_articles import StudyArticle
from newscrawl.study.study_file import StudyFile
from newscrawl.web.display.interface_language import LANGUAGES
from newscrawl.web.queries.archive_reader import archive_path, in_thread
from newscrawl.web.queries.study_reader import named_article, writer_of
from newscrawl.web.rendering import NotThere
from newscrawl.web.security import FORMS
from newscrawl.web.study.study_page import overview, refused

MOST_BYTES = 2_000_000
"""Most bytes of a form: a note of the greatest length in any script."""
WRITE_SECONDS = 40.0
"""Time limit of a change: longer than it may wait for another program that writes."""
_VARIABLE = "variable:"
_COMMA = ","
Form = Mapping[str, str]
ArticleForm = Callable[[StudyFile, StudyArticle, Form, str], object]


def _save_code(study: StudyFile, article: StudyArticle, form: Form, coder: str) -> None:
    texts = {
        name.removeprefix(_VARIABLE): value
        for name, value in form.items()
        if name.startswith(_VARIABLE)
    }
    set_codes(study, article, texts, coder)


def _save_tags(study: StudyFile, article: StudyArticle, form: Form, coder: str) -> None:
    names = form.get("tags", "").replace("،", _COMMA).split(_COMMA)
    add_tags(study, article, [name for name in names if name.strip()], coder)


_OF_ARTICLE: Mapping[str, ArticleForm] = {
    "code": _save_code,
    "tag": _save_tags,
    "note": lambda study, article, form, coder: add_note(
        study, article, form.get("text", ""), coder
    ),
    "delete-note": lambda study, _article, form, coder: delete_note(
        study, _number(form.get("note", "")), coder
    ),
    "untag": lambda study, article, form, _coder: remove_tag(
        study, article, form.get("tag", "")
    ),
    "collect": lambda study, article, form, coder: collect(
        study, form.get("collection", ""), [article], coder
    ),
    "leave": lambda study, article, form, _coder: leave_out(
        study, form.get("collection", ""), article
    ),
}
"""Forms of the page of an article, by their `do`."""
_OF_SEARCH: Mapping[str, Callable[[StudyFile, Form, str], object]] = {
    "save-search": lambda study, form, coder: save_search(
        study, form.get("name", ""), form.get("q", ""), coder
    ),
    "delete-search": lambda study, form, _coder: delete_search(study, form.get("name", "")),
}
_READ_ONLY = "The study is only read here: start newscrawl serve with --coder NAME.\n"
_TOO_LARGE = "The form is too large.\n"
_NOT_OURS = "This form is out of date, or comes from another site: reload the page.\n"


async def study_page(datasette: Datasette, request: Request) -> Response:
    """Show the study; carry out the form of a POST."""
    if request.method in {"GET", "HEAD"}:
        return await overview(datasette, request)
    writer = writer_of(datasette)
    if request.method != "POST" or writer is None:
        return Response.text(_READ_ONLY, status=405, headers={"allow": "GET, HEAD"})
    body = await _body(request)
    if body is None:
        return Response.text(_TOO_LARGE, status=413)
    form = form_from(body)
    if not writer.has_token(form.get("token", "")):
        return Response.text(_NOT_OURS, status=403)
    return await _answer(datasette, request, form, writer.coder)


async def _answer(datasette: Datasette, request: Request, form: Form, coder: str) -> Response:
    try:
        place = await _carry_out(datasette, form, coder)
    except NotInArchive as error:
        raise NotThere("no_such_article") from error
    except (UsageError, StudyError) as error:
        status = 400 if isinstance(error, UsageError) else 503
        return await refused(datasette, request, error, status=status)
    return Response.redirect(place, status=303)


async def _carry_out(datasette: Datasette, form: Form, coder: str) -> str:
    """Change the study as *form* says; return the address of the page to show.

    Raises UsageError if the form is not known or a value is wrong, StudyError if the study file
    cannot be written, and NotInArchive if its article is gone.
    """
    action = form.get("do", "")
    path = Path(archive_path(datasette))
    if action in _OF_SEARCH:

        def change_searches() -> None:
            with StudyFile(path) as opened:
                _OF_SEARCH[action](opened, form, coder)

        await in_thread(change_searches, WRITE_SECONDS)
        return _address(FORMS, form)
    if action not in _OF_ARTICLE:
        raise UsageError(f"there is no form {action!r}")
    number = _number(form.get("article", ""))
    article = await named_article(datasette, number)

    def change() -> None:
        with StudyFile(path) as opened:
            _OF_ARTICLE[action](opened, article, form, coder)

    await in_thread(change, WRITE_SECONDS)
    return f"{_address(f'/article/{number}', form)}#study"


def form_from(body: bytes) -> dict[str, str]:
    """Return the fields of a URL-encoded form, the first of each name."""
    text = body.decode("ascii", "replace")
    try:
        fields: dict[str, Any] = parse_qs(text, keep_blank_values=True, max_num_fields=1_000)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


async def _body(request: Request) -> bytes | None:
    """Return the body of *request*; None if it is too large."""
    body, has_more = b"", True
    while has_more:
        message = await request.receive()
        body += message.get("body", b"")
        has_more = message.get("more_body", False)
        if len(body) > MOST_BYTES:
            return None
    return body


def _number(text: str) -> int:
    """Return an id. Raises UsageError if *text* is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise UsageError(f"{text[:40]!r} is no number")
    return int(text)


def _address(path: str, form: Form) -> str:
    lang = form.get("lang")
    return f"{path}?{urlencode({'lang': lang})}" if lang in LANGUAGES else path


PAGES: tuple[tuple[str, Any], ...] = ((rf"^{FORMS}$", study_page),)
