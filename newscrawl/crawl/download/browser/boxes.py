"""The place and size on the screen of the links of a page that a browser has drawn.

They are measured in a world of their own, which the scripts of the page cannot reach. A failure
costs the places alone.
"""

from __future__ import annotations

import asyncio
from typing import Any

from scrapy import Request

from newscrawl.outcomes import Box, DrawnLink

VIEWPORT = {"width": 1280, "height": 720}
"""The size of the window in which pages are drawn, in CSS pixels."""
MOST_LINKS = 2000
"""The most links of a page that are measured, from its start."""
FARTHEST = 1_000_000
"""The largest place or size that is taken for one, in CSS pixels."""
LONGEST_ADDRESS = 2000
"""The longest address of a link that is measured, in characters."""
LONGEST_TEXT = 300
"""The most characters of the text of a link that are read."""
_MILLISECONDS = 3000
_SECONDS = 5
_VALUES = 3
_SIDES = 4
_META = "playwright_page_methods"
_SCRIPT = """(most, longestAddress, longestText) => {
  // An element may have the name of a property of its form or of the document: none is read.
  const parentOf = Object.getOwnPropertyDescriptor(Node.prototype, "parentElement").get;
  const textOf = Object.getOwnPropertyDescriptor(Node.prototype, "textContent").get;
  const up = (one) => parentOf.call(one);
  const rectOf = (one) => Element.prototype.getBoundingClientRect.call(one);
  const holds = (one, other) => other && Node.prototype.contains.call(one, other);
  const isOuter = (one) => one instanceof HTMLBodyElement || one instanceof HTMLHtmlElement ||
    Element.prototype.matches.call(one, "main, [role=main]");
  const isArea = (rect) => rect.width > 1 && rect.height > 1;
  const addressOf = (link) => link.href.split("#", 1)[0];

  // The largest block around a link that holds no link to another address.
  const cardOf = (link, own, before, after) => {
    let card = own;
    for (let one = up(link); one && !isOuter(one); one = up(one)) {
      if (holds(one, before) || holds(one, after)) break;
      const rect = rectOf(one);
      if (isArea(rect)) card = rect;
    }
    return card;
  };

  // A slide of a carousel lies beside the window that its box leaves open.
  const isClipped = (link, rect) => {
    for (let one = up(link); one && !isOuter(one); one = up(one)) {
      const { overflowX, overflowY } = getComputedStyle(one);
      if (overflowX === "visible" && overflowY === "visible") continue;
      const hole = rectOf(one);
      const isBeside = rect.right <= hole.left + 1 || rect.left >= hole.right - 1;
      const isBelow = rect.bottom <= hole.top + 1 || rect.top >= hole.bottom - 1;
      if (overflowX !== "visible" && isBeside) return true;
      if (["hidden", "clip"].includes(overflowY) && isBelow) return true;
    }
    return false;
  };

  // The place of a link, by its contents if it has no area; nothing if it is not visible.
  const placeOf = (link) => {
    const range = new Range();
    range.selectNodeContents(link);
    const rect = [rectOf(link), range.getBoundingClientRect()].find(isArea);
    const box = getComputedStyle(link).display === "contents" ? up(link) : link;
    const options = { opacityProperty: true, visibilityProperty: true };
    const isVisible = rect && Element.prototype.checkVisibility.call(box, options) &&
      rect.right + scrollX > 0 && rect.left + scrollX < innerWidth &&
      rect.bottom + scrollY > 0 && !isClipped(link, rect);
    return isVisible ? rect : null;
  };

  const found = Document.prototype.querySelectorAll.call(document, "a[href]");
  const links = [...found].filter((one) => one instanceof HTMLAnchorElement).slice(0, most);
  const after = Array(links.length);
  for (let at = links.length - 2; at >= 0; at--) {
    const isSame = addressOf(links[at]) === addressOf(links[at + 1]);
    after[at] = isSame ? after[at + 1] : links[at + 1];
  }
  let before;
  return links.map((link, at) => {
    if (at && addressOf(links[at - 1]) !== addressOf(link)) before = links[at - 1];
    const own = placeOf(link);
    const rect = own && cardOf(link, own, before, after[at]);
    return [
      link.href.slice(0, longestAddress + 1),
      textOf.call(link).slice(0, 9 * longestText).split(/\\s+/).join(" ").slice(0, longestText),
      rect && [rect.left + scrollX, rect.top + scrollY, rect.width, rect.height],
    ];
  });
}"""
_CALL = f"({_SCRIPT})({MOST_LINKS}, {LONGEST_ADDRESS}, {LONGEST_TEXT})"


def ask_for_boxes(request: Request) -> None:
    """Have the browser measure the links on the page of *request* once it is drawn."""
    from scrapy_playwright.page import PageMethod  # noqa: PLC0415 (an extra)

    request.meta.setdefault(_META, []).append(PageMethod(_measure))


def drawn_links(request: Request) -> tuple[DrawnLink, ...]:
    """Return the links of the page of *request* in page order; none if not measured."""
    methods = request.meta.get(_META) or ()
    found = next((one.result for one in methods if one.method is _measure), None)
    rows = found[:MOST_LINKS] if isinstance(found, list) else []
    return tuple(link for row in rows if (link := _link_from(row)) is not None)


async def _measure(page: Any) -> Any:
    from playwright.async_api import Error  # noqa: PLC0415 (an extra)

    try:
        return await asyncio.wait_for(_run_apart(page), _SECONDS)
    except (Error, TimeoutError, TypeError, KeyError):
        return None


async def _run_apart(page: Any) -> Any:
    """Run the script beside those of the page: https://chromedevtools.github.io/devtools-protocol."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Page.getFrameTree")
    frame = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "newscrawl"}
    world = await session.send("Page.createIsolatedWorld", frame)
    done = await session.send(
        "Runtime.evaluate",
        {
            "expression": _CALL,
            "contextId": world["executionContextId"],
            "returnByValue": True,
            "timeout": _MILLISECONDS,
        },
    )
    await session.detach()
    return done["result"].get("value")


def _link_from(row: object) -> DrawnLink | None:
    """Return the link of one row of the script; None if it is none of the web."""
    if not isinstance(row, list) or len(row) != _VALUES:
        return None
    url, text, rect = row
    if not isinstance(url, str) or not isinstance(text, str) or len(url) > LONGEST_ADDRESS:
        return None
    if not url.startswith(("http://", "https://")):
        return None
    return DrawnLink(url=url, text=text[:LONGEST_TEXT].strip(), box=_box_from(rect))


def _box_from(rect: object) -> Box | None:
    """Return *rect* (left, top, width and height) in whole pixels; None if it is no place."""
    if not isinstance(rect, list) or len(rect) != _SIDES or not all(map(_is_length, rect)):
        return None
    x, y, width, height = map(round, rect)
    return Box(x=x, y=y, width=width, height=height) if width > 0 and height > 0 else None


def _is_length(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) <= FARTHEST
