import re
from base64 import b64decode
from decimal import Decimal
from xml.etree.ElementTree import fromstring

from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets.reports.charts import HEIGHT, WIDTH, Trend, bars, image, inline, sparklines


def lines(shapes: str) -> list[list[tuple[float, float]]]:
    """Return the points of each line of values."""
    return [
        [(float(x), float(y)) for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", path)]
        for path in re.findall(r'<path d="([^"]+)"', shapes)
    ]


def test_a_period_without_data_is_a_gap_and_not_zero():
    (shapes,) = sparklines([Trend((5, 6, None, 7, 8))])
    before, after = lines(shapes)
    assert [len(before), len(after)] == [2, 2]
    highest = min(y for _, y in before + after)
    assert max(y for _, y in before + after) <= HEIGHT
    assert after[-1][1] == highest


def test_a_value_between_gaps_is_a_dot():
    (shapes,) = sparklines([Trend((None, 5, None, 7, None))])
    assert lines(shapes) == []
    assert shapes.count('class="dot"') == 2


def test_the_last_value_has_a_dot_and_the_target_a_dashed_line():
    (shapes,) = sparklines([Trend((1, 2, 3), 2)])
    assert shapes.count('class="dot"') == shapes.count('class="target"') == 1
    (line,) = lines(shapes)
    assert f'class="dot" d="M{line[-1][0]} {line[-1][1]}' in shapes


def test_nothing_is_drawn_of_nothing():
    assert sparklines([Trend(()), Trend((None, None), 3)]) == ["", ""]
    assert bars([None]) == inline("", "words") == image("", "words") == ""


def test_each_trend_is_drawn_in_its_own_span():
    small, large = sparklines([Trend((1, 2, 3)), Trend((10**12, 2 * 10**12, 3 * 10**12))])
    assert small == large


@settings(deadline=None)
@given(
    st.lists(
        st.lists(
            st.none() | st.decimals(-(10**20), 10**20, allow_nan=False, places=6), max_size=24
        ),
        max_size=8,
    )
)
def test_every_value_is_somewhere_inside_the_picture(rows):
    drawn = sparklines([Trend(tuple(row)) for row in rows])
    for row, shapes in zip(rows, drawn, strict=True):
        points = [p for line in lines(shapes) for p in line]
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
        known = sum(v is not None for v in row)
        assert len(points) + shapes.count('class="dot"') >= known


def test_words_of_a_picture_cannot_leave_their_place():
    (shapes,) = sparklines([Trend((Decimal(1), Decimal(2)))])
    picture = inline(shapes, '"><script>alert(1)</script>')
    assert "<script" not in picture
    words = fromstring(picture).get("aria-label")  # noqa: S314
    assert words == '"><script>alert(1)</script>'


def test_a_picture_for_markdown_is_whole_in_itself():
    (shapes,) = sparklines([Trend((1, 2), 3)])
    markdown = image(shapes, "a](b)|c\n<d>")
    label, encoded = re.fullmatch(
        r"!\[(.*)\]\(data:image/svg\+xml;base64,(.*)\)", markdown
    ).groups()
    assert not set(label) & set("[]|<>\n")
    svg = fromstring(b64decode(encoded))  # noqa: S314
    assert svg.get("width") == str(WIDTH)
    assert b"http" not in b64decode(encoded).replace(b"http://www.w3.org/2000/svg", b"")
