"""The screenshot of a page that a browser has drawn. A failure costs the picture alone."""

from __future__ import annotations

from typing import Any

from scrapy import Request

HIGHEST = 10_000
"""The most pixels of a page, from its top, that a screenshot shows."""
LARGEST = 10 * 2**20
"""The largest screenshot that is stored, in bytes."""
_MILLISECONDS = 15_000
_META = "playwright_page_methods"


def ask_for_picture(request: Request) -> None:
    """Have the browser take a screenshot of the page of *request* once it is drawn."""
    from scrapy_playwright.page import PageMethod  # noqa: PLC0415 (an extra)

    request.meta.setdefault(_META, []).append(PageMethod(_take))


def picture_of(request: Request) -> bytes | None:
    """Return the screenshot (PNG) of the page of *request*; None if there is none."""
    methods = request.meta.get(_META) or ()
    found = next((one.result for one in methods if one.method is _take), None)
    is_picture = isinstance(found, bytes) and len(found) <= LARGEST
    return bytes(found) if is_picture and found is not None else None


async def _take(page: Any) -> bytes | None:
    from playwright.async_api import Error  # noqa: PLC0415

    try:
        width = page.viewport_size["width"]
        box = await page.locator("html").bounding_box(timeout=_MILLISECONDS)
        height = min(max(box["height"], page.viewport_size["height"]), HIGHEST)
        clip = {"x": 0, "y": 0, "width": width, "height": height}
        picture: bytes = await page.screenshot(
            full_page=True, clip=clip, timeout=_MILLISECONDS, animations="disabled"
        )
    except (Error, TypeError, KeyError):
        return None
    return picture
