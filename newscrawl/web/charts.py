"""Charts of answers: Vega-Lite specifications rendered to SVG and PNG, without a browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import vl_convert

from newscrawl.web.display import plain
from newscrawl.web.questions import Answer, Chart

# Okabe and Ito's eight colours, distinguishable with colour blindness
# (https://jfly.uni-koeln.de/color/); grey replaces their black, to be visible on black.
COLORS = (
    *("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#8A8F94"),
)
_INK = {False: "#1d1f21", True: "#e8e6e1"}
_PAPER = {False: "#fdfcf9", True: "#17191b"}
_LINE = {False: "#dcd8cf", True: "#363a3e"}
_FONT = "Noto Sans, Noto Sans Arabic, DejaVu Sans, sans-serif"
_TIMES = {"day": "utcyearmonthdate", "month": "utcyearmonth"}
_MOMENTS = ("first_seen", "last_seen")
_TIME_AXIS: dict[str, Any] = {"labelOverlap": True, "labelAngle": 0}
_LONGEST_LABEL = 60


def draws(chart: Chart | None, answer: Answer) -> bool:
    """Tell whether there is anything to draw."""
    return chart is not None and bool(answer.rows)


def svg_of(
    chart: Chart, answer: Answer, names: Mapping[str, str], *, is_dark: bool = False
) -> str:
    """Return *answer* as SVG; *names* are the labels of its columns on the axes."""
    text: str = vl_convert.vegalite_to_svg(specification(chart, answer, names, is_dark=is_dark))
    return text


def png_of(chart: Chart, answer: Answer, names: Mapping[str, str]) -> bytes:
    """Return *answer* as PNG at twice the size, on a light background."""
    picture: bytes = vl_convert.vegalite_to_png(specification(chart, answer, names), scale=2)
    return picture


def specification(
    chart: Chart, answer: Answer, names: Mapping[str, str], *, is_dark: bool = False
) -> dict[str, Any]:
    """Return the Vega-Lite specification with its data inline."""
    encoding: dict[str, Any] = {
        "x": _axis(chart.x, names),
        "y": _axis(chart.y, names) | _order(chart),
    }
    if chart.x2:
        encoding["x2"] = {"field": chart.x2}
    if chart.color:
        encoding["color"] = _color(chart.color, names)
    is_time = chart.x in _TIMES
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": [_cleaned(record) for record in answer.records()]},
        "mark": _mark(chart),
        "encoding": encoding,
        "width": 640,
        "height": 260 if is_time else {"step": 22},
        "background": _PAPER[is_dark],
        "config": _config(is_dark=is_dark),
    }


def _mark(chart: Chart) -> dict[str, Any]:
    if chart.mark == "line":
        return {"type": "line", "point": True}
    # An article seen once has a span of length zero: only its stroke is visible.
    return {"type": "bar", "stroke": COLORS[0], "strokeWidth": 1.5 * (chart.mark == "span")}


def _axis(column: str, names: Mapping[str, str]) -> dict[str, Any]:
    title = {"field": column, "title": names.get(column, column)}
    if column in _TIMES:
        shown = "%Y-%m-%d" if column == "day" else "%Y-%m"
        axis = _TIME_AXIS | {"format": shown}
        return title | {"type": "temporal", "timeUnit": _TIMES[column], "axis": axis}
    if column in _MOMENTS:
        axis = _TIME_AXIS | {"format": "%Y-%m-%d %H:%M", "tickCount": 5, "title": None}
        return title | {"type": "temporal", "scale": {"type": "utc"}, "axis": axis}
    if column in {"articles", "edits", "requests", "hours", "texts", "share"}:
        return title | {"type": "quantitative", "axis": {"tickMinStep": 1, "tickCount": 5}}
    return title | {"type": "nominal", "axis": {"title": None, "labelLimit": 360}}


def _order(chart: Chart) -> dict[str, Any]:
    """Return the setting that keeps the rows of a list in the order of the answer."""
    is_list = chart.x not in _TIMES
    return {"sort": None} if is_list else {}


def _color(column: str, names: Mapping[str, str]) -> dict[str, Any]:
    title = {"field": column, "title": names.get(column, column)}
    if column == "rank":
        legend = {"tickMinStep": 1, "format": "d"}
        scale = {"scheme": "blues", "reverse": True}
        return title | {"type": "quantitative", "scale": scale, "legend": legend}
    return title | {
        "type": "nominal",
        "sort": None,
        "scale": {"range": list(COLORS)},
        "legend": {"labelLimit": 220},
    }


def _cleaned(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: plain(value, _LONGEST_LABEL) if isinstance(value, str) else value
        for name, value in record.items()
    }


def _config(*, is_dark: bool) -> dict[str, Any]:
    ink, line = _INK[is_dark], _LINE[is_dark]
    words = {"labelColor": ink, "titleColor": ink, "labelFontSize": 12, "titleFontSize": 12}
    return {
        "font": _FONT,
        "view": {"stroke": None},
        "axis": words | {"gridColor": line, "domainColor": line, "tickColor": line},
        "legend": words,
        "bar": {"color": COLORS[0]},
        "line": {"color": COLORS[0]},
    }
