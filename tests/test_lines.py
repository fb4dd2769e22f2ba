"""Lines with their roles: values, which no step of reading changes."""

from __future__ import annotations

import pytest

from newscrawl import Page
from newscrawl.generic.body.lines import body_of, roles_in, with_role
from newscrawl.generic.body.roles import classify_lines
from newscrawl.generic.fields.description_and_language import standfirst_of
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.generic.fields.suppliers.dateline_and_credit import credit_of
from newscrawl.html.text_lines import text_lines_of

TEXT = "The council decided on Tuesday to move the town library to the old mill by the river."
PAGE = f"""<article><h1>Library moves</h1>
<div class="standfirst"><p>The books go to the mill by May.</p></div>
<p>{TEXT}</p><p>Nobody loses a job, the mayor said, and {TEXT.lower()}</p>
<p>The work begins in May and ends in autumn. (Reuters)</p></article>"""


def test_roles_are_given_and_the_lines_stay() -> None:
    page = Page(url="https://news.example/a/1", body=PAGE.encode())
    structured_data = StructuredData(page)
    text_lines = text_lines_of([structured_data.tree.root])
    texts = [text_line.text for text_line in text_lines]
    lines = classify_lines(text_lines, [""] * len(text_lines), headline="library moves")
    before = roles_in(lines)
    assert before == ("headline", "", "", "", "")
    apart, standfirst, rule = standfirst_of(lines, structured_data)
    cut, credit, _ = credit_of(apart, ())
    assert (standfirst, rule) == ("The books go to the mill by May.", "standfirst")
    assert credit is not None
    assert roles_in(cut) == ("headline", "standfirst", "", "", "")
    assert body_of(cut)[-1].text == "The work begins in May and ends in autumn."
    assert roles_in(lines) == before
    assert [text_line.text for text_line in text_lines] == texts


def test_line_cannot_be_changed() -> None:
    tree = Page(url="https://news.example/a/1", body=PAGE.encode()).tree
    (first, *_) = lines = classify_lines(text_lines_of([tree.root]), [""] * 5, headline="")
    with pytest.raises(
        AttributeError
    ):  # FrozenInstanceError is one; compiled code has no other
        first.role = "caption"  # type: ignore[misc]
    assert with_role(lines, 0, "caption")[0].role == "caption"
    assert lines[0].role == ""
