"""Tests of the detection of points that cannot lie in their country."""

import pytest

from bricoop.domain.boundaries import contains, distance_to
from bricoop.domain.point_in_country import doubt

KENYA, FIJI = {"KEN": "Kenya"}, {"FJI": "Fiji"}


@pytest.mark.parametrize(
    ("latitude", "longitude", "countries"),
    [
        (-1.29, 36.82, KENYA),
        (-4.7, 39.9, KENYA),
        (-18.1, 178.4, FIJI),
        (-17.0, -179.9, FIJI),
        (18.3, -66.0, {"USA": "United States", "PRI": "Puerto Rico"}),
        (21.3, -157.9, {"USA": "United States"}),
        (66.0, -170.5, {"RUS": "Russia"}),
        (48.9, 2.3, {"KEN": "Kenya", "FRA": "France"}),
        # Near the diagonal, exchanged coordinates may lie in the same country.
        (9.05, 7.49, {"NGA": "Nigeria"}),
        (7.49, 9.05, {"NGA": "Nigeria"}),
        (30.04, 31.24, {"EGY": "Egypt"}),
        (9.3, 13.4, {"CMR": "Cameroon"}),
        (12.4, 9.3, {"CMR": "Cameroon", "NGA": "Nigeria"}),
        (48.9, 2.3, {}),
        (48.9, 2.3, {"XYZ": "a country without an outline"}),
    ],
)
def test_a_point_in_or_near_a_country_is_not_doubted(
    latitude: float, longitude: float, countries: dict[str, str]
) -> None:
    assert doubt(latitude, longitude, countries) is None


@pytest.mark.parametrize(
    ("latitude", "longitude", "countries", "rule", "hint"),
    [
        (36.82, -1.29, KENYA, "lies 4,800 km outside Kenya", "exchanged: -1.29, 36.82 lies in"),
        (
            13.4,
            9.3,
            {"CMR": "Cameroon"},
            "lies 500 km outside Cameroon",
            "exchanged: 9.3, 13.4 lies in Cameroon",
        ),
        (
            3.4,
            6.45,
            {"NGA": "Nigeria"},
            "lies 100 km outside Nigeria",
            "exchanged: 6.45, 3.4 lies in Nigeria",
        ),
        (1.29, -36.82, KENYA, "lies 7,800 km outside Kenya", "minus seems to be missing"),
        (-18.1, -100.0, FIJI, "km outside Fiji", "another place"),
        (
            10.0,
            20.0,
            {"KEN": "Kenya", "FRA": "France"},
            "outside Kenya and France",
            "another place",
        ),
        (0.0, 0.0, {}, "is a point in the sea", "Leave it out"),
        (0.0, 0.0, KENYA, "is a point in the sea", "Leave it out"),
    ],
)
def test_a_point_far_outside_is_doubted_with_what_may_have_happened(
    latitude: float, longitude: float, countries: dict[str, str], rule: str, hint: str
) -> None:
    result = doubt(latitude, longitude, countries)
    assert result is not None
    assert rule in result.rule
    assert hint in result.hint


def test_distances_do_not_go_the_long_way_round_the_globe() -> None:
    result = doubt(-17.0, 174.0, FIJI)
    assert result is not None
    assert result.rule == "lies 200 km outside Fiji"


def test_boundaries_tell_what_lies_within_them_and_how_far_off() -> None:
    assert contains("KEN", -1.29, 36.82)
    assert not contains("KEN", 36.82, -1.29)
    # Lesotho is a hole in South Africa.
    assert contains("LSO", -29.5, 28.2)
    assert not contains("ZAF", -29.5, 28.2)
    assert not contains("XYZ", 0, 0)
    assert 120 < distance_to("KEN", -1.29, 36.82) < 130
