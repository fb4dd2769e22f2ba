"""JSON that a template broke by quotes which it did not escape: `"headline": "The "big" day"`.

Templates paste a text between two quotes and forget that texts hold quotes as well. Where a
string may end is known: behind it stands a sign that can follow a string there, and no word.
"""

from __future__ import annotations

import re

from newscrawl.system.deferred import compiled_on_use

_SIGNS = re.compile(r'["{}\[\],:\\]')
_BEHIND_KEY = re.compile(r"\s{0,99}:")
_BEHIND_VALUE = compiled_on_use(
    r"\s{0,99}(?:[}\]]\s{0,99}(?:[,}\]]|$)"
    r'|,\s{0,99}"[^"\\]{1,80}"\s{0,99}:|,\s{0,99}[}\]]|$)'
)
_BEHIND_ENTRY = compiled_on_use(r'\s{0,99}(?:\]|,\s{0,99}(?:["{\[\d-]|true|false|null))')


def with_quotes_escaped(text: str) -> str:
    """Return JSON *text* with the quotes inside its strings escaped; all else as it was."""
    out: list[str] = []
    opened: list[str] = []
    at, is_key, in_string = 0, False, False
    for match in _SIGNS.finditer(text):
        start, sign = match.start(), match[0]
        if start < at:
            continue
        out.append(text[at:start])
        at = start + 1
        if in_string:
            if sign == "\\":
                sign, at = text[start : start + 2], start + 2
            elif sign == '"':
                in_string = not _may_end(text, at, is_key=is_key, inside=opened[-1:])
                sign = '\\"' if in_string else sign
        elif sign == '"':
            in_string = True
        else:
            is_key = _is_before_key(sign, opened)
        out.append(sign)
    return "".join([*out, text[at:]])


def _is_before_key(sign: str, opened: list[str]) -> bool:
    """Return whether the next string is a key, and keep in *opened* which brackets are open."""
    if sign in "{[":
        opened.append(sign)
    elif sign in "}]" and opened:
        opened.pop()
    return sign in "{," and opened[-1:] == ["{"]


def _may_end(text: str, at: int, *, is_key: bool, inside: list[str]) -> bool:
    """Return whether a string can end before *at*, judging by the text after it."""
    if is_key:
        return _BEHIND_KEY.match(text, at) is not None
    behind = _BEHIND_ENTRY if inside == ["["] else _BEHIND_VALUE
    return behind.match(text, at) is not None
