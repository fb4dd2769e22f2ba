"""Charts of answers: Vega-Lite specifications rendered to SVG and PNG, without a browser.

A list chart has a row for each row of the answer (its labels may be equal, its rows are not); a
time chart has months or days on its x axis. A month without a row is a gap in a line, since
nothing is known of it. Their sizes are known before they are drawn, so that a page can keep the
place free.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import attrs
import vl_convert

from newscrawl.web.display.facets import month_after
from newscrawl.web.display.formatting import isolated, plain
from newscrawl.web.display.palette import COLORS, GREY, INK, LINE, PAPER, SINGLE
from newscrawl.web.queries.questions import Answer, Chart

_FONT = "Vazirmatn, Noto Sans, Noto Sans Arabic, DejaVu Sans, sans-serif"
_TIMES = {"day": "utcyearmonthdate", "month": "utcyearmonth"}
_FORMATS = {"day": "%Y-%m-%d", "month": "%Y-%m"}
_MOMENTS = ("first_seen", "last_seen")
_TIME_AXIS: dict[str, Any] = {
    "labelOverlap": True,
    "labelSeparation": 12,
    "labelAngle": 0,
    "tickCount": 8,
}
_WIDE, _NARROW = 760, 340
_TIME_HEIGHT, _ROW, _NARROW_ROW, _AROUND = 300, 26, 44, 64
_LONGEST_LABEL = {False: 42, True: 34}
"""Characters of a label in a wide and in a narrow chart."""
_HALF_TIME = 34
_LABEL_MARGIN = 40
"""Space beside the labels of a list: the reader's fonts may be wider than the measured one."""


@attrs.frozen(kw_only=True)
class Style:
    """The style of a chart: theme, width, side at which its labels stand."""

    is_dark: bool = False
    is_narrow: bool = False
    """For a telephone: labels stand above their bars."""
    is_rtl: bool = False


@attrs.frozen(kw_only=True)
class Drawing:
    """An answer with all that its chart needs besides: labels of columns and fixed colours."""

    chart: Chart
    answer: Answer
    names: Mapping[str, str]
    """The labels of the columns."""
    colors: Mapping[str, str] = attrs.field(factory=dict)
    """The colour of each value of the column `chart.color`; others are grey."""


def draws(chart: Chart | None, answer: Answer) -> bool:
    """Tell whether there is anything to draw."""
    return chart is not None and bool(answer.rows)


def svg_of(drawing: Drawing, style: Style) -> str:
    """Return the chart as SVG."""
    _register_fonts()
    text: str = vl_convert.vegalite_to_svg(specification(drawing, style))
    return text


def start_renderer() -> None:
    """Draw a small picture, so that no reader waits for the renderer to start (.6 s)."""
    answer = Answer(("month", "articles"), (("2026-01", 1),))
    chart = Chart(mark="bar", x="month", y="articles")
    svg_of(Drawing(chart=chart, answer=answer, names={"month": "", "articles": ""}), Style())


def png_of(drawing: Drawing, style: Style) -> bytes:
    """Return the chart as PNG at twice its size."""
    _register_fonts()
    picture: bytes = vl_convert.vegalite_to_png(specification(drawing, style), scale=2)
    return picture


def vega_of(drawing: Drawing, style: Style) -> str:
    """Return the chart as a Vega specification that answers the pointer, as JSON.

    An entry of the legend shows its series alone, and a range of time can be dragged: the
    signal `range_x` holds it in pixels. `usermeta` names the columns.
    """
    made = specification(drawing, style)
    if drawing.chart.x in _TIMES:
        _make_interactive(made, drawing.chart)
    compiled = vl_convert.vegalite_to_vega(made)
    return json.dumps(compiled, ensure_ascii=False)


def _make_interactive(made: dict[str, Any], chart: Chart) -> None:
    select = {"type": "interval", "encodings": ["x"], "zoom": False}
    made["params"] = [{"name": "range", "select": select}]
    made["usermeta"] = {"x": chart.x, "y": chart.y, "color": chart.color, "mark": chart.mark}
    made["mark"]["clip"] = True
    if chart.color and chart.color != "rank":
        one = {"type": "point", "fields": [chart.color]}
        made["params"].append({"name": "pick", "select": one, "bind": "legend"})
        made["encoding"]["opacity"] = {"condition": {"param": "pick", "value": 1}, "value": 0.1}


def note_svg(text: str, style: Style) -> str:
    """Return a picture of one line of text, in place of a chart without data."""
    width, height = _NARROW if style.is_narrow else _WIDE, 80
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><text x="{width // 2}" y="45" text-anchor="middle" '
        f'font-family="{_FONT}" font-size="14" fill="{INK[style.is_dark]}">{escape(text)}'
        "</text></svg>"
    )


def size_of(chart: Chart, answer: Answer, style: Style | None = None) -> tuple[int, int]:
    """Return width and height of a chart in pixels."""
    if chart.x in _TIMES:
        return (
            _NARROW if style is not None and style.is_narrow else _WIDE,
            _TIME_HEIGHT,
        )
    return list_size(len({row for row, _record in _rows(chart, answer)}), style)


def list_size(rows: int, style: Style | None = None) -> tuple[int, int]:
    """Return width and height of a list chart with that number of rows, in pixels."""
    is_narrow = style is not None and style.is_narrow
    step = _NARROW_ROW if is_narrow else _ROW
    return _NARROW if is_narrow else _WIDE, _AROUND + step * max(rows, 1)


def narrow_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size that a chart of this *size* has when it is narrow, in pixels."""
    height = size[1]
    if height != _TIME_HEIGHT:
        height = _AROUND + (height - _AROUND) // _ROW * _NARROW_ROW
    return _NARROW, height


def specification(drawing: Drawing, style: Style) -> dict[str, Any]:
    """Return the Vega-Lite specification with its data inline."""
    width, height = size_of(drawing.chart, drawing.answer, style)
    is_time = drawing.chart.x in _TIMES
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": _padding(style, is_time=is_time),
        "background": PAPER[style.is_dark],
        "config": _config(is_dark=style.is_dark),
        **(_over_time(drawing, style) if is_time else _as_list(drawing, style)),
    }


def _padding(style: Style, *, is_time: bool) -> dict[str, int]:
    padding = {"left": 4, "right": 14, "top": 22 if is_time else 4, "bottom": 4}
    if not is_time:
        # A time at the other end of the axis stands half outside it.
        padding["left" if style.is_rtl else "right"] = _HALF_TIME
        if not style.is_narrow:
            padding["right" if style.is_rtl else "left"] = _LABEL_MARGIN
    return padding


def _over_time(drawing: Drawing, style: Style) -> dict[str, Any]:
    chart = drawing.chart
    records = [dict(record) for record in drawing.answer.records()]
    if chart.mark == "line":
        records += _unknown_months(chart, records)
    encoding: dict[str, Any] = {
        "x": _time_axis(chart.x, drawing.names),
        "y": _number_axis(drawing, chart.y, is_vertical=True),
        "tooltip": _tooltip(chart, drawing.names),
    }
    if chart.color:
        encoding["color"] = _color(drawing, chart.color, is_narrow=style.is_narrow)
    if chart.mark == "line":
        mark: dict[str, Any] = {"type": "line", "point": {"size": 30}, "strokeWidth": 2}
        mark["invalid"] = "break-paths-filter-domains"
    else:
        mark = {"type": "bar"}
    return {"data": {"values": [_cleaned(one) for one in records]}, "mark": mark} | {
        "encoding": encoding
    }


def _row_axis(side: str) -> dict[str, Any]:
    """Return the axis of the rows of a list, at this *side*."""
    bare = {"title": None, "ticks": False, "domain": False, "labelPadding": 8}
    return bare | {"labelExpr": "labels[datum.value]", "labelLimit": 330, "orient": side}


def _as_list(drawing: Drawing, style: Style) -> dict[str, Any]:
    chart, length = drawing.chart, _LONGEST_LABEL[style.is_narrow]
    rows = list(_rows(chart, drawing.answer))
    labels = {row: _label(chart, record, length) for row, record in rows}
    values = [_cleaned(record) | {"row": row} for row, record in rows]
    encoding = _list_encoding(drawing, style)
    shared = {
        "params": [{"name": "labels", "value": [labels[row] for row in sorted(labels)]}],
        "data": {"values": values},
    }
    bar: dict[str, Any] = {"type": "bar", "strokeWidth": 1.5}
    # A link seen once has a span of length zero: only its stroke is visible.
    if chart.mark == "span":
        bar |= {"cornerRadiusEnd": 0, "stroke": SINGLE}
    else:
        bar |= {"cornerRadiusEnd": 2, "stroke": None}
    if not style.is_narrow:
        return shared | {"mark": bar, "encoding": encoding}
    return shared | {"layer": _labelled_bars(bar, encoding, is_right=style.is_rtl)}


def _list_encoding(drawing: Drawing, style: Style) -> dict[str, Any]:
    chart = drawing.chart
    axis = _row_axis("right" if style.is_rtl else "left")
    encoding: dict[str, Any] = {
        "x": _list_axis(drawing, style),
        "y": {
            "field": "row",
            "type": "ordinal",
            "axis": None if style.is_narrow else axis,
        },
        "tooltip": _tooltip(chart, drawing.names),
    }
    if chart.x2:
        encoding["x2"] = {"field": chart.x2}
    if chart.color:
        encoding["color"] = _color(drawing, chart.color, is_narrow=style.is_narrow)
    return encoding


def _list_axis(drawing: Drawing, style: Style) -> dict[str, Any]:
    """Return the axis of the bars; of numbers it is mirrored on right-to-left pages."""
    chart = drawing.chart
    if chart.mark == "span":
        return _moment_axis(drawing, chart.x)
    axis = _number_axis(drawing, chart.x)
    if not style.is_rtl:
        return axis
    mirrored = {"scale": {"reverse": True}, "axis": axis["axis"] | {"titleAlign": "right"}}
    return axis | mirrored


def _labelled_bars(
    bar: Mapping[str, Any], encoding: Mapping[str, Any], *, is_right: bool
) -> list[dict[str, Any]]:
    """Return the layers of a narrow list: bars, with their labels above them."""
    label: dict[str, Any] = {"type": "text", "baseline": "middle", "yOffset": -12}
    label |= {"align": "right" if is_right else "left", "fontSize": 13}
    label |= {"x": {"expr": "width"} if is_right else 0}
    once: list[dict[str, Any]] = [
        {"aggregate": [], "groupby": ["row"]},
        {"calculate": "labels[datum.row]", "as": "label"},
    ]
    text = {"field": "label", "type": "nominal"}
    return [
        {"mark": {**bar, "height": 12, "yOffset": 8}, "encoding": dict(encoding)},
        {"transform": once, "mark": label, "encoding": {"y": encoding["y"], "text": text}},
    ]


def _rows(chart: Chart, answer: Answer) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each record with the number of its row in the chart, in the answer's order."""
    numbers: dict[tuple[Any, ...], int] = {}
    for at, record in enumerate(answer.records()):
        key = tuple(record[name] for name in chart.row) if chart.row else (at,)
        yield numbers.setdefault(key, len(numbers)), record


def _label(chart: Chart, record: Mapping[str, Any], length: int) -> str:
    label = plain(record[chart.y], length)
    if chart.beside and record[chart.beside]:
        label = f"{plain(record[chart.y], length // 2)} · {_short(record[chart.beside])}"
    return isolated(label)


def _short(url: str) -> str:
    """Return an address without its scheme, cut."""
    return plain(url.partition("://")[2].rstrip("/") or url, 28)


def _unknown_months(
    chart: Chart, records: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield a record without a value for each month of a line that has no row.

    The months are those between the first and the last of all lines.
    """
    known = {(record[chart.x], record.get(chart.color or "")) for record in records}
    months = sorted({str(month) for month, _line in known})
    lines = sorted({line for _month, line in known}, key=str)
    for month in _between(months[0], months[-1]) if months else ():
        for one in lines:
            if (month, one) not in known:
                name = {chart.color: one} if chart.color else {}
                yield {chart.x: month, chart.y: None} | name


def _between(first: str, last: str) -> Iterator[str]:
    while first <= last:
        yield first
        first = month_after(first)


def _time_axis(column: str, names: Mapping[str, str]) -> dict[str, Any]:
    axis = _TIME_AXIS | {"format": _FORMATS[column], "title": None}
    field = {"field": column, "title": names.get(column, column), "type": "temporal"}
    return field | {"timeUnit": _TIMES[column], "axis": axis}


def _moment_axis(drawing: Drawing, column: str) -> dict[str, Any]:
    axis = _TIME_AXIS | {"tickCount": 4, "title": None}
    axis |= {"format": "%Y-%m-%d" if _days(drawing) > 4 else "%m-%d %H:%M"}
    return {"field": column, "type": "temporal", "scale": {"type": "utc"}, "axis": axis}


def _days(drawing: Drawing) -> int:
    """Return the number of days that the spans of a chart cover."""
    records = drawing.answer.records()
    last = max(record[drawing.chart.x2 or drawing.chart.x] for record in records)
    first = min(record[drawing.chart.x] for record in records)
    return (dt.date.fromisoformat(last[:10]) - dt.date.fromisoformat(first[:10])).days


def _number_axis(drawing: Drawing, column: str, *, is_vertical: bool = False) -> dict[str, Any]:
    names = drawing.names
    axis: dict[str, Any] = {"tickCount": _ticks(drawing, column), "titleAnchor": "start"}
    if is_vertical:  # its title stands above it, as words are read
        axis |= {"titleAngle": 0, "titleAlign": "left", "titleBaseline": "bottom"}
        axis |= {"titleX": -20, "titleY": -8}
    title = {"field": column, "title": names.get(column, column)}
    return title | {"type": "quantitative", "axis": axis}


def _ticks(drawing: Drawing, column: str) -> int:
    """Return the number of ticks: five, or fewer where they would divide a whole one."""
    sums: dict[Any, float] = {}
    for at, record in enumerate(drawing.answer.records()):
        # Bars of one month stand on each other, those of a list beside each other.
        key = record[drawing.chart.x] if column == drawing.chart.y else at
        sums[key] = sums.get(key, 0) + (record[column] or 0)
    return max(1, min(5, int(max(sums.values(), default=1))))


def _color(drawing: Drawing, column: str, *, is_narrow: bool) -> dict[str, Any]:
    title = {"field": column, "title": drawing.names.get(column, column)}
    legend: dict[str, Any] = {"orient": "bottom", "labelLimit": 220, "titleOrient": "left"}
    ranks = {record[column] for record in drawing.answer.records()}
    if column == "rank" and len(ranks) == 1:  # a gradient would look like several
        only = legend | {"symbolType": "square"}
        return title | {"type": "nominal", "scale": {"range": [COLORS[0]]}, "legend": only}
    if column == "rank":
        scale: dict[str, Any] = {"range": ["#0072B2", "#9CCBE8"]}
        legend |= {"tickMinStep": 1, "format": "d", "gradientLength": 120}
        return title | {"type": "quantitative", "scale": scale, "legend": legend}
    found = {str(record[column]) for record in drawing.answer.records()}
    domain = [value for value in drawing.colors if value in found]
    domain += sorted(found - set(domain))
    colors = [drawing.colors.get(value, GREY) for value in domain]
    legend |= {"columns": 2 if is_narrow else 4, "title": None, "symbolType": "square"}
    scale = {"domain": domain, "range": colors}
    return title | {"type": "nominal", "scale": scale, "legend": legend}


def _tooltip(chart: Chart, names: Mapping[str, str]) -> list[dict[str, Any]]:
    shown = [chart.y, chart.beside, chart.color, chart.x, chart.x2]
    return [_tip(name, names) for name in dict.fromkeys(shown) if name]


def _tip(column: str, names: Mapping[str, str]) -> dict[str, Any]:
    tip = {"field": column, "title": names.get(column, column)}
    if column in _TIMES:
        shown = {"format": _FORMATS[column], "formatType": "time"}
        return tip | {"type": "temporal", "timeUnit": _TIMES[column]} | shown
    if column in _MOMENTS:
        return tip | {"type": "temporal", "format": "%Y-%m-%d %H:%M", "formatType": "time"}
    return tip | {"type": "nominal"}


def _cleaned(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: plain(value, 120) if isinstance(value, str) else value
        for name, value in record.items()
    }


def _config(*, is_dark: bool) -> dict[str, Any]:
    ink, line = INK[is_dark], LINE[is_dark]
    words = {"labelColor": ink, "titleColor": ink, "labelFontSize": 12, "titleFontSize": 12}
    words |= {"titleFontWeight": "normal"}
    return {
        "font": _FONT,
        "view": {"stroke": None},
        "axis": words | {"gridColor": line, "domainColor": line, "tickColor": line},
        "axisX": {"grid": False},
        "legend": words,
        "bar": {"color": SINGLE},
        "line": {"color": SINGLE},
        "text": {"color": ink},
        "scale": {"bandPaddingInner": 0.3},
    }


@cache
def _register_fonts() -> None:
    """Let PNG pictures have Arabic letters on a machine without an Arabic font."""
    vl_convert.register_font_directory(str(files("newscrawl.web.display").joinpath("fonts")))
