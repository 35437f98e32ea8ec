"""Draws small charts: pygal works out where lines and bars go, the page's style how they look.

What is kept of pygal's drawing is its geometry. Its own style sheet, script and tooltips would
weigh six kilobytes a chart, know nothing of a dark page, and are taken out.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any, Final
from xml.etree.ElementTree import Element

import pygal

WIDTH, HEIGHT = 120, 32
_SVG: Final = "{http://www.w3.org/2000/svg}"
_POINT: Final = re.compile(r"([-\d.]+) ([-\d.]+)")
_NUMBER: Final = re.compile(r"[-\d.]+")
_SERIES: Final = re.compile(r"series serie-(\d+)")
_FRAME: Final = (0.0, 1.0)
_DRAWN: Final = frozenset({"path", "rect", "circle"})
# On its own an image knows no page: its colours are read on light and on dark.
_IMAGE_STYLE: Final = (
    "<style>path{fill:none;stroke:#3b82f6;stroke-width:1.6}"
    ".dot{stroke-width:4;stroke-linecap:round}"
    ".target{stroke:#94a3b8;stroke-width:1;stroke-dasharray:3 2}</style>"
)

Number = Decimal | float


@dataclass(frozen=True, slots=True)
class Trend:
    """What a trend line shows: the values in order, None where there is none."""

    values: tuple[Number | None, ...]
    target: Number | None = None


def sparklines(trends: Sequence[Trend]) -> list[str]:
    """Return the shapes of each trend: gaps stay gaps, the target is a dashed line.

    The shapes are of a view box of WIDTH to HEIGHT; `inline` and `image` make a picture of them.
    A chart costs pygal milliseconds and a series a fraction of one, so that all trends of one
    length are series of one chart, each brought to its own span from 0 to 1.
    """
    drawn = [""] * len(trends)
    lengths: dict[int, list[int]] = {}
    for index, trend in enumerate(trends):
        if any(v is not None for v in trend.values):
            lengths.setdefault(len(trend.values), []).append(index)
    for indices in lengths.values():
        for index, shapes in zip(indices, _together([trends[i] for i in indices]), strict=True):
            drawn[index] = shapes
    return drawn


def _together(trends: Sequence[Trend]) -> Iterator[str]:
    """Yield the shapes of trends of one length."""
    chart = pygal.Line(
        **_bare(WIDTH, HEIGHT), margin=3, allow_interruptions=True, range=(0, 1), dots_size=1.5
    )
    scaled = [_scaled(trend) for trend in trends]
    length = len(trends[0].values)
    for level in _FRAME:
        chart.add("frame", [level] * length, show_dots=True)
    for values, _ in scaled:
        chart.add("value", values, show_dots=_lonely(values))
    shapes: dict[int, list[Element]] = {}
    for shape, series in _shapes(chart):
        shapes.setdefault(series, []).append(shape)
    # Targets lie between the frame's lines: a series for each would double what pygal has to do.
    bottom, top = (_dots(shapes[number]) for number in range(len(_FRAME)))
    (left, low), (right, _), (_, high) = bottom[0], bottom[-1], top[0]
    for index, (_, target) in enumerate(scaled):
        aim = ""
        if target is not None:
            y = f"{float(low) + (float(high) - float(low)) * target:.1f}"
            aim = f'<path class="target" d="M{left} {y}L{right} {y}"/>'
        yield aim + _trend(shapes.get(len(_FRAME) + index, []))


def _trend(shapes: Sequence[Element]) -> str:
    # A dot is a line without length: its round ends stay round however the picture is stretched.
    lines = [path.get("d", "").split(",") for path in shapes if path.tag == "path"]
    dots = _dots(shapes)
    if lines and not dots:
        x, y = lines[-1][-1].split()
        dots = [(x, y)]
    return "".join(f'<path d="M{p[0]}L{" ".join(p[1:])}"/>' for p in lines) + "".join(
        f'<path class="dot" d="M{x} {y}h.01"/>' for x, y in dots
    )


def _dots(shapes: Sequence[Element]) -> list[tuple[str, str]]:
    return [(s.get("cx", "0"), s.get("cy", "0")) for s in shapes if s.tag == "circle"]


def _scaled(trend: Trend) -> tuple[list[float | None], float | None]:
    """Return values and target between 0 and 1; what is all the same lies in the middle."""
    known = [float(v) for v in (*trend.values, trend.target) if v is not None]
    low, span = min(known), max(known) - min(known)

    def scaled(value: Number | None) -> float | None:
        if value is None:
            return None
        return (float(value) - low) / span if span else 0.5

    return [scaled(v) for v in trend.values], scaled(trend.target)


def _lonely(values: Sequence[float | None]) -> bool:
    """Return whether a value has gaps on both sides, so that no line is drawn to it."""
    known = {i for i, v in enumerate(values) if v is not None}
    return any({i - 1, i + 1}.isdisjoint(known) for i in known)


def bars(values: Sequence[Number | None], width: int = 400, height: int = 80) -> str:
    """Return the shapes of one bar for every value, in a view box of the size given."""
    if not any(v is not None for v in values):
        return ""
    chart = pygal.Bar(**_bare(width, height), margin=0, spacing=0, range=(0, _top(values)))
    chart.add("value", [_plain(v) for v in values])
    return "".join(
        "<rect "
        + " ".join(f'{k}="{shape.get(k, "0")}"' for k in ("x", "y"))
        + f' width="{float(shape.get("width", 0)):.1f}"'
        + f' height="{max(float(shape.get("height", 0)), 1):.1f}"/>'
        for shape, _ in _shapes(chart)
        if shape.tag == "rect"
    )


def inline(shapes: str, words: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> str:
    """Return a picture for a page, which colours it; `words` is what is read out instead."""
    if not shapes:
        return ""
    box = f'viewBox="0 0 {size[0]} {size[1]}" preserveAspectRatio="none"'
    return f'<svg {box} role="img" aria-label="{escape(words)}">{shapes}</svg>'


def image(shapes: str, words: str) -> str:
    """Return a picture as Markdown, whole in itself."""
    if not shapes:
        return ""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f"{_IMAGE_STYLE}{shapes}</svg>"
    )
    label = re.sub(r"[\[\]|\\<>\n]", " ", words)
    return f"![{label}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


def _bare(width: int, height: int) -> dict[str, Any]:
    return {
        "width": width,
        "height": height,
        "css": [],
        "js": [],
        "show_legend": False,
        "show_x_labels": False,
        "show_y_labels": False,
        "show_x_guides": False,
        "show_y_guides": False,
    }


def _shapes(chart: Any) -> list[tuple[Element, int]]:
    """Return what a chart draws and of which series, placed in the whole picture."""
    shapes: list[tuple[Element, int]] = []
    for plot in chart.render_tree().iter():
        if plot.get("class") not in {"plot", "plot overlay"}:
            continue
        shift = [float(v) for v in _NUMBER.findall(plot.get("transform", "0 0"))]
        for group in plot:
            series = _SERIES.match(group.get("class", ""))
            if series is None:
                continue
            number = int(series[1])
            shapes += [
                (_placed(name, shape, shift), number)
                for shape in group.iter()
                if (name := str(shape.tag).removeprefix(_SVG)) in _DRAWN
            ]
    return shapes


def _placed(name: str, shape: Element, shift: Sequence[float]) -> Element:
    """Return a shape with the shift of the plot in its coordinates, to a tenth of a point."""
    placed = Element(name, dict(shape.attrib))
    for keys, by in ((("x", "cx"), shift[0]), (("y", "cy"), shift[-1])):
        for key in keys:
            if key in placed.attrib:
                placed.set(key, f"{float(placed.attrib[key]) + by:.1f}")
    if "d" in placed.attrib:
        points = _POINT.findall(placed.attrib["d"])
        shifted = (f"{float(x) + shift[0]:.1f} {float(y) + shift[-1]:.1f}" for x, y in points)
        placed.set("d", ",".join(shifted))
    return placed


def _plain(value: Number | None) -> float | None:
    return None if value is None else float(value)


def _top(values: Sequence[Number | None]) -> float:
    return max(*(float(v) for v in values if v is not None), 0.0, 1e-9)
