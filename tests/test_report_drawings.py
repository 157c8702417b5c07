"""Tests of charts and maps in reports: lines, legends, frames and marks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.render.reports import charts, maps
from bricoop.render.reports.clusters import clusters, labels
from bricoop.render.reports.frames import country_box, frame_of
from bricoop.render.reports.page import page_of
from bricoop.render.reports.svg import svg_of
from bricoop.report.blocks import Chart, ChartKind, Map, Point, Series, Shade
from support.long_report import long_report


def test_no_two_lines_look_alike() -> None:
    series = tuple(Series(f"Source {number}", (number, number)) for number in range(9))
    chart = Chart("money", "Money", ChartKind.LINES, "Year", ("2018", "2019"), series)
    encoding = charts.spec_of(chart, 952)["encoding"]
    looks = zip(
        encoding["color"]["scale"]["range"],
        map(str, encoding["strokeDash"]["scale"]["range"]),
        strict=True,
    )
    assert len(set(looks)) == len(series)
    drawing = svg_of(charts.spec_of(chart, 952), "d")
    assert drawing.count('stroke-dasharray="7,4"') >= 3


def test_the_label_of_a_mark_has_no_number_besides_that_of_its_places() -> None:
    points = [Point(-1.3, 36.8, "x", "exact", name) for name in ("Nairobi", "Nairobi", "Kiambu")]
    (mark,) = clusters(points, frame_of(["KEN"], [], 952))
    assert (len(mark.points), mark.label) == (3, "Nairobi and others")


def test_a_line_is_broken_where_a_year_has_no_figure() -> None:
    (_, chart) = long_report(rows=1).sections[0].parts
    assert isinstance(chart, Chart)
    spec = charts.spec_of(chart, 952)
    (missing,) = [value for value in spec["data"]["values"] if value["value"] is None]
    assert missing["category"] == "2016"
    page = page_of(long_report(rows=1), paper=True)
    drawing = page[page.index("<figure>") : page.index("</svg>")]
    strokes = re.findall(
        r'aria-roledescription="line mark"[^>]*|<path[^>]*stroke-width="2.5"[^>]*>', drawing
    )
    assert any(stroke.count("M") == 2 for stroke in strokes), "a single stroke across the gap"


def test_one_country_alone_has_no_legend() -> None:
    assert maps.steps((Shade("KEN", "Kenya", 37),)) == []
    assert len(maps.steps((Shade("KEN", "Kenya", 37), Shade("BLR", "Belarus", 1)))) == 2


@pytest.mark.parametrize("code", ["KEN", "AGO", "BLR", "CHL", "FJI", "RUS", "GMB", "USA"])
@pytest.mark.parametrize("width", [340, 952])
def test_a_map_shows_a_country_whole_with_all_its_places(code: str, width: int) -> None:
    box = country_box(code)
    assert box is not None
    assert box.east - box.west < 200
    cities = [(box.west - 2, box.south), (box.east, box.north)]
    frame = frame_of([code], cities, width)
    corners = [(box.west, box.south), (box.east, box.north), *cities]
    for longitude, latitude in corners:
        x, y = frame.pixel(longitude, latitude)
        assert -1 <= x <= frame.width + 1, (longitude, x)
        assert -1 <= y <= frame.height + 1, (latitude, y)


def test_places_without_a_country_have_a_frame_of_their_own() -> None:
    frame = frame_of([], [(36.8, -1.3)], 952)
    assert frame.pixel(36.8, -1.3) == pytest.approx((952 / 2, frame.height / 2), abs=1)
    assert frame_of(["XYZ"], [], 952).height > 0


POSITIONS = st.lists(
    st.tuples(st.floats(-60, 70), st.floats(-180, 180)), min_size=1, max_size=60
)  # fmt: skip


@given(POSITIONS)
def test_each_place_is_in_one_mark_and_marks_are_apart(
    positions: list[tuple[float, float]],
) -> None:
    points = [Point(latitude, longitude, "x", "exact") for latitude, longitude in positions]
    frame = frame_of([], [(point.longitude, point.latitude) for point in points], 952)
    marks = clusters(points, frame)
    assert sum(len(mark.points) for mark in marks) == len(points)
    for index, mark in enumerate(marks):
        for other in marks[:index]:
            assert (mark.x - other.x) ** 2 + (mark.y - other.y) ** 2 >= 20**2 - 1e-6
    named = [*labels(marks, frame)]
    assert len(named) == len({id(label.cluster) for label in named})
    for index, label in enumerate(named):
        left, top, right, bottom = label.box
        assert 0 <= left < right <= frame.width
        for earlier in named[:index]:
            x, y, end, low = earlier.box
            assert right <= x or end <= left or bottom <= y or low <= top


def test_drawings_are_small_enough_to_share_a_page_of_paper() -> None:
    bars = Chart("n", "N", ChartKind.BARS, "Kind", ("port", "road"), (Series("n", (1, 2)),))
    paper, screen = (charts.spec_of(bars, width)["height"]["step"] for width in (672, 952))
    assert paper < screen
    page = page_of(long_report(rows=1), paper=True)
    figure = page[page.index('<figure class="map">') :]
    # The list of places may be long; outside of the figure it may start on another page.
    assert '<ul class="places">' not in figure[: figure.index("</figure>")]
    assert '<ul class="places">' in figure


def test_places_at_one_spot_are_one_mark_with_their_number() -> None:
    (places,) = long_report(rows=1).sections[1].parts
    assert isinstance(places, Map)
    assert maps.is_clustered(places, 952)
    page = page_of(long_report(rows=1))
    assert maps.CLUSTERED in page
    drawing = page[page.index('id="map"') :]
    assert ">4</text>" in drawing
    assert ">Nairobi</text>" in drawing
