"""Bylines in Chinese, Japanese and Korean, where no space parts the label from the name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from newscrawl.system.deferred import compiled_on_use

_LETTERS = "\u3005\u3040-\u30ff\u3400-\u9fff"
_NAME = rf"[{_LETTERS}]{{2,17}}(?![{_LETTERS}])(?!\s?[:：])"
"""Letters of one name, or of several that `和` joins, up to the next sign that is no colon."""
LONGEST_HAN, LONGEST_KANA = 4, 8
_LABEL = (
    r"作者|文字|撰文|采写|采访|採訪|撰稿|執筆|取材・文|取材|筆者|著者|ライター|記者|记者"
    r"|文|寫|글|작성자"
)
_LABELLED = (
    rf"(?:^|[\s|｜／/（(【\[])(?:本报|本報|特约|特約)?(?:{_LABEL})\s?"
    rf"(?:[:：／/｜|・]|\s(?=[{_LETTERS}]{{2,4}}(?:\s|$)))\s?"
    rf"(?P<names>{_NAME}(?:\s?[、,，\s]\s?{_NAME})*)"
)
_BARE = (
    r"(?:記者|记者)\s?(?P<names>[\u3400-\u9fff]{2,4})\s?[／/]"
    r"(?=[\u3400-\u9fff]{2,6}(?:報導|报道|報道|电|電))"
)
_KOREAN = (
    r"(?:^|[\s=\]|/])(?P<names>[가-힣]{2,4})\s(?:선임|수습|인턴|전문)?\s?기자(?=\s|$|[=|/(\[])"
)
_KOREAN_LABEL = r"(?:^|\s)(?:글|작성자|기자)\s?[:：]\s?(?P<names>[가-힣]{2,4})(?=\s|$)"
_BETWEEN = compiled_on_use(r"[、,，\s]+|(?<=..)[和与與](?=..)")
_NO_PERSON = compiled_on_use(
    r"[社报報网網部局站室团團台刊院会會]$|编辑|編輯|編集|記者|记者"
    r"|通讯|通信|综合|綜合|来源|來源|评论员|評論員"
)
_KANA = re.compile("[\u3040-\u30ff]")
_MAY_BE_CJK = re.compile("[^\0-\u303f]")
"""Letters behind those of the scripts with spaces."""


def cjk_writers(line: str) -> tuple[str, ...]:
    """Return the writers that *line* names in Chinese, Japanese or Korean."""
    if not _MAY_BE_CJK.search(line):
        return ()
    found = [
        name
        for pattern in _patterns()
        for match in pattern.finditer(line)
        for name in _names(match["names"], is_japanese="・" in match[0])
    ]
    return tuple(dict.fromkeys(found))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Return the forms of bylines. Ranges of so many letters take 10 ms to compile."""
    return tuple(map(re.compile, (_LABELLED, _BARE, _KOREAN_LABEL, _KOREAN)))


def _names(text: str, *, is_japanese: bool) -> Iterator[str]:
    """Yield the names in *text*, but for desks and papers."""
    for name in _BETWEEN.split(text.strip()):
        longest = LONGEST_KANA if is_japanese or _KANA.search(name) else LONGEST_HAN
        if 1 < len(name) <= longest and not _NO_PERSON.search(name):
            yield name
