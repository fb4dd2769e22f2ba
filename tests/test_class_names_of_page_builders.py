"""Class names that page builders give to every part of a text say nothing of it."""

from __future__ import annotations

import pytest

from newscrawl import Page, extract
from newscrawl.generic.body.furniture import role_of_class_and_id

PARAGRAPH = "The council opened the bridge on Monday, and {0} people crossed it by noon. " * 3


@pytest.mark.parametrize(
    ("names", "role"),
    [
        ("elementor-element elementor-widget elementor-widget-heading", ""),
        ("elementor-widget-wrap elementor-element-populated", ""),
        ("elementor-element elementor-element-3ad9f1 e-flex", ""),
        ("field field--name-body field--label-hidden field__item", ""),
        ("elementor-widget elementor-widget-sidebar", "sidebar"),
        ("elementor-widget elementor-widget-wp-widget-archives", "sidebar"),
        ("widget widget-text", "sidebar"),
        ("ad-300x250", "advert"),
        ("block-ad3", "advert"),
        ("hidden", "hidden"),
    ],
)
def test_role_of_class_names(names: str, role: str) -> None:
    assert role_of_class_and_id(names) == role


def test_sections_of_a_page_builder_are_text() -> None:
    """Each heading and each paragraph is a widget with a number of its own."""
    parts = "".join(
        f'<div class="elementor-element elementor-element-5{at}ad9c elementor-widget '
        f'elementor-widget-heading"><div class="elementor-widget-container">'
        f'<h2 class="elementor-heading-title">Section {at}</h2></div></div>'
        f'<div class="elementor-element elementor-element-7{at}be1f elementor-widget '
        f'elementor-widget-text-editor"><div class="elementor-widget-container">'
        f"<p>{PARAGRAPH.format(at)}</p></div></div>"
        for at in range(1, 7)
    )
    page = (
        "<html><head><title>Bridge opens</title></head><body><main><h1>Bridge opens</h1>"
        f'<div class="elementor-widget-wrap">{parts}</div></main></body></html>'
    )
    body = extract(Page(url="https://news.example/bridge", body=page.encode())).article_body
    assert body is not None
    assert [f"Section {at}" in body for at in range(1, 7)] == [True] * 6
