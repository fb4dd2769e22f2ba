"""Display filters for archived text, so that it cannot move or hide the page."""

from __future__ import annotations

import datetime as dt
import re
from unicodedata import bidirectional
from urllib.parse import quote

from markupsafe import Markup, escape

from newscrawl.text.urls import readable_url

LINE = 300
"""Length at which text on one line is cut, in characters."""
TEXT = 200_000
"""Length at which long text is cut, in characters."""

STAMP = "%Y%m%d%H%M%S"
"""Form of a time in the address of a capture: 20261130080910."""
_IN_ADDRESS = ":/?&=%@!$'()*+,;~[]"
_SNIPPET = 2_000

# C0 and C1 without tab and newline; marks, embeddings, overrides and isolates (UAX #9 §2);
# invisible characters; lone surrogates, which UTF-8 cannot encode; noncharacters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\uffff\ud800-\udfff]"
)
_LONG_WORD = re.compile(r"\S{200,}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def clean(text: object, longest: int = TEXT) -> str:
    """Return *text* without control and bidi characters, cut with an ellipsis at *longest*."""
    raw = "" if text is None else str(text)
    cleaned = _UNSEEN.sub("", raw[: longest * 2])
    is_cut = len(raw) > longest * 2 or len(cleaned) > longest
    return cleaned[:longest].rstrip() + "…" if is_cut else cleaned


def plain(text: object, longest: int = LINE) -> str:
    """Return *text* as one line for an attribute or a title."""
    return " ".join(clean(text, longest).split())


def direction(text: object, default: str = "ltr") -> str:
    """Return `rtl` or `ltr` by the first letter of *text*; *default* without a letter."""
    kinds = (bidirectional(char) for char in plain(text))
    first = next((kind for kind in kinds if kind in {"L", "R", "AL"}), "")
    return {"": default, "L": "ltr"}.get(first, "rtl")


def swatch(color: str | None) -> Markup:
    """Return a square of *color*, as charts have it for a name; nothing without one."""
    if color is None:
        return Markup("")
    return Markup(
        '<svg class="swatch" viewBox="0 0 8 8" aria-hidden="true">'
        '<rect width="8" height="8" fill="{}"/></svg>'
    ).format(color)


def isolated(text: str) -> str:
    """Return *text* for a picture, isolated from the text around it, in its own direction.

    SVG has no automatic direction: an Arabic text is given its own, so that its ellipsis and
    its punctuation stand at its end.
    """
    return f"\u2067{text}\u2069" if direction(text) == "rtl" else text


def shown(text: object, longest: int = LINE) -> Markup:
    """Return *text* as one line in `<bdi>`, isolated from the text direction around it."""
    return Markup("<bdi>{}</bdi>").format(plain(text, longest))


def printed(text: object) -> Markup:
    """Return a long text with its line breaks, escaped; very long words may be broken.

    A browser shapes a word again for each line that it takes: a word of 200,000 letters took
    half a minute.
    """
    escaped = str(escape(clean(text, TEXT)))
    return Markup(_LONG_WORD.sub(_with_breaks, escaped))  # noqa: S704 -- escaped


def lines(text: object) -> list[Markup]:
    """Return the lines of a long text that are not empty, each as `printed` returns it."""
    return [printed(line) for line in clean(text, TEXT).splitlines() if line.strip()]


def _with_breaks(word: re.Match[str]) -> str:
    parts = re.findall(r"(?:&#?\w+;|[^&]){1,200}", word[0])
    return "<wbr>".join(parts)


def outward(url: object, text: object = None) -> Markup:
    """Return a link to the web; an address that is not http or https becomes plain text."""
    address = plain(url, 4_000)
    label = shown(text or readable_url(address), 120)
    if not address.lower().startswith(("http://", "https://")):
        return label
    return Markup('<a href="{}" rel="noopener nofollow" dir="auto">{}</a>').format(
        address, label
    )


def replay_path(url: str, captured_at: dt.datetime) -> str:
    """Return the address on this server of the capture of *url* at a time, as it looked."""
    stamp = captured_at.astimezone(dt.UTC).strftime(STAMP)
    return f"/replay/{stamp}/{quote(url, safe=_IN_ADDRESS)}"


def marked(text: str, spans: tuple[tuple[int, int], ...]) -> Markup:
    """Return *text*, escaped, with `<mark>` around the *spans* (start, end).

    It is cut at 2,000 characters, which no snippet of the search reaches.
    """
    is_cut, text = len(text) > _SNIPPET, text[:_SNIPPET]
    pieces, at = [], 0
    for start, end in spans:
        pieces += [escape(clean(text[at:start])), Markup("<mark>")]
        pieces += [escape(clean(text[start:end])), Markup("</mark>")]
        at = end
    return Markup("").join([*pieces, escape(clean(text[at:])), "…" if is_cut else ""])


def number(value: object) -> str:
    """Return a number with a narrow no-break space between thousands, and – for None."""
    return "–" if value is None else f"{value:,}".replace(",", "\u202f")


def hours(value: float) -> str:
    """Return a number of hours: whole from ten on, else to a tenth."""
    return number(round(value)) if value >= 10 else f"{value:.1f}".removesuffix(".0")


def day(value: object) -> str:
    """Return the day of a date or time of the archive."""
    return plain(value, 40)[:10]


def minute(value: object) -> str:
    """Return a time of the archive to the minute, with its zone; a plain day is unchanged."""
    if isinstance(value, dt.datetime) and value.tzinfo is dt.UTC:
        return f"{value:%Y-%m-%d %H:%M} UTC"
    text = plain(value, 40)
    if not _TIME.match(text):
        return text
    zone = "" if len(text) < 20 else " UTC" if text.endswith("Z") else f" {text[19:]}"
    return text[:16].replace("T", " ") + zone
