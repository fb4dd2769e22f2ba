from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import Page
from newscrawl.html.charset import decode

# Written for these tests.
ARABIC = (
    "افتتحت البلدية صباح اليوم مكتبة جديدة قرب الميناء، وقال المدير إن القاعة تتسع لمئة قارئ."
)
OTHERS = {
    "cp1255": "ראש העירייה אמר אתמול כי הספרייה החדשה תיפתח לקהל בשבוע הבא",
    "cp1251": "Мэр заявил вчера, что новая библиотека откроется на следующей неделе",
    "koi8-r": "Мэр заявил вчера, что новая библиотека откроется на следующей неделе",
    "cp1253": "Ο δήμαρχος είπε χθες ότι η νέα βιβλιοθήκη θα ανοίξει σε μία εβδομάδα",
    "cp1252": "Le maire a annoncé hier que la médiathèque, très attendue, ouvrirait bientôt",
    "cp1254": "Başkan dün yeni kütüphanenin gelecek hafta açılacağını söyledi",
    "cp1250": "Burmistrz oświadczył wczoraj, że nowa książnica zostanie otwarta",
}
HTML = "text/html; charset="


def page_of(text: str, charset: str | None = None, padding: int = 0) -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    head = " " * padding + (meta if charset else "")
    return f"<html><head>{head}</head><body><p>{text}</p></body></html>"


KINDS = {
    "right label": (page_of(ARABIC).encode("cp1256"), HTML + "windows-1256", "cp1256"),
    "meta only": (page_of(ARABIC, "windows-1256").encode("cp1256"), "text/html", "cp1256"),
    "no label": (page_of(ARABIC).encode("cp1256"), None, "cp1256"),
    "late meta": (page_of(ARABIC, "windows-1256", 5000).encode("cp1256"), None, "cp1256"),
    "windows-1256 as utf-8": (page_of(ARABIC).encode("cp1256"), HTML + "utf-8", "cp1256"),
    "utf-8 as windows-1256": (page_of(ARABIC).encode(), HTML + "windows-1256", "utf-8"),
    "utf-8 as latin-1": (page_of(ARABIC).encode(), HTML + "iso-8859-1", "utf-8"),
    "bom": (b"\xef\xbb\xbf" + page_of(ARABIC).encode(), HTML + "windows-1256", "utf-8"),
    "utf-16": (page_of(ARABIC).encode("utf-16"), HTML + "utf-16", "utf-16-le"),
    "iso-8859-6": (page_of(ARABIC).encode("iso8859-6"), HTML + "iso-8859-6", "iso8859-6"),
    "unknown label": (page_of(ARABIC).encode(), HTML + "x-none", "utf-8"),
    "utf-7 label": (page_of(ARABIC).encode(), HTML + "utf-7", "utf-8"),
    "stray bytes": (
        page_of(ARABIC).encode().replace(b"<p>", b"<p>\xff\xe3\x80"),
        HTML + "utf-8",
        "utf-8",
    ),
    "windows-1256 as latin-1": (
        page_of(ARABIC).encode("cp1256"),
        HTML + "iso-8859-1",
        "cp1256",
    ),
    "iso-8859-6 as utf-8": (page_of(ARABIC).encode("iso8859-6"), HTML + "utf-8", "iso8859-6"),
    "utf-16 without a mark": (page_of(ARABIC).encode("utf-16-le"), None, "utf-16-le"),
    "utf-16 in name only": (page_of(ARABIC).encode("cp1256"), HTML + "utf-16", "cp1256"),
    "a label that is no charset": (page_of(ARABIC).encode(), HTML + "rot13", "utf-8"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_decode_reads_every_kind_of_label(kind: str) -> None:
    body, content_type, encoding = KINDS[kind]
    decoded = decode(body, content_type)
    assert ARABIC in decoded.text.replace("\ufffd", "")
    assert decoded.encoding == encoding
    assert decoded.reason


@pytest.mark.parametrize("label", [None, "right", "utf-8", "iso-8859-1"])
@pytest.mark.parametrize("encoding", OTHERS)
def test_decode_knows_other_alphabets(encoding: str, label: str | None) -> None:
    body = page_of(OTHERS[encoding]).encode(encoding)
    content_type = HTML + (encoding if label == "right" else label) if label else None
    assert OTHERS[encoding] in decode(body, content_type).text


def test_decode_believes_a_multibyte_label() -> None:
    assert decode("联通".encode("gbk"), HTML + "gbk").text == "联通"


def test_page_records_how_it_was_decoded() -> None:
    page = Page(url="https://news.example/", body=KINDS["no label"][0])
    assert ARABIC in page.text
    assert page.decoded.reason == "letters of ar, no label"


@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "windows-1256", "utf-16", "x"]))
def test_decode_never_raises(body: bytes, label: str | None) -> None:
    assert isinstance(decode(body, HTML + label if label else None).text, str)


@given(st.text(max_size=200), st.sampled_from([None, "utf-8", "windows-1256", "iso-8859-1"]))
def test_valid_utf8_is_read_as_utf8(text: str, label: str | None) -> None:
    if "\x00" in text or text.startswith("\ufeff"):
        return
    body = text.encode("utf-8", "replace")
    assert decode(body, HTML + label if label else None).text == body.decode()
