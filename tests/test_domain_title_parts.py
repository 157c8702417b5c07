"""Titles taken apart: giver, verb, money, what is given, receiver, phase and remarks."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.domain.project_kinds.short_names import short_name
from bricoop.domain.project_kinds.title_parts import TitleParts, title_parts

_EMPTY = TitleParts((), "", "", "", "", "", "", "", "", ())


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "[Suspended] Exim Bank provides RMB 1.2 billion concessional loan — via ETCA — for Phase 2 of the Lake Road Project (Linked to Project ID#7)",
            {"marks": ("Suspended",), "giver": "Exim Bank", "verb": "provides", "money": "RMB 1.2 billion concessional loan", "delivered": "Lake Road Project", "phase": "Phase 2", "tails": ("Linked to Project ID#7", "via ETCA")},
        ),
        (
            "Chinese Embassy donates masks and gloves to the Ministry of Roads in May 2020",
            {"giver": "Chinese Embassy", "verb": "donates", "delivered": "masks and gloves", "receiver": "the Ministry of Roads", "tails": ("in May 2020",)},
        ),
        (
            "Bank provides grant to South Sudan for the construction of a bridge",
            {"giver": "Bank", "verb": "provides", "money": "grant", "delivered": "construction of a bridge", "receiver": "South Sudan"},
        ),
        (
            "Embassy donates desks worth 12 million naira to a school",
            {"giver": "Embassy", "verb": "donates", "worth": "12 million naira", "delivered": "desks", "receiver": "a school"},
        ),
        (
            "Company donates FCFA 5 million worth of rice to Tsévié",
            {"giver": "Company", "verb": "donates", "worth": "FCFA 5 million", "delivered": "rice", "receiver": "Tsévié"},
        ),
        (
            "China loans Kenya $66m for a bypass",
            {"giver": "China", "verb": "loans", "money": "$66m", "delivered": "bypass", "receiver": "Kenya"},
        ),
        (
            "China and Togo sign agreement on a port",
            {"giver": "China and Togo", "verb": "sign", "money": "agreement", "delivered": "port"},
        ),
        (
            "Group pledges to fund and build a stadium",
            {"giver": "Group", "verb": "build", "delivered": "a stadium"},
        ),
        (
            "Embassy donates supplies to assist with drought",
            {"giver": "Embassy", "verb": "donates", "delivered": "supplies", "purpose": "assist with drought"},
        ),
        (
            "Government PROVIDES a hospital WITH beds",
            {"giver": "Government", "verb": "provides", "delivered": "beds", "receiver": "a hospital"},
        ),
        (
            "Government gives Chad with $3 million to drill wells",
            {"giver": "Government", "verb": "gives", "money": "$3 million", "delivered": "wells", "receiver": "Chad"},
        ),
        ("Drugs purchased for Liberia", {"delivered": "Drugs purchased for Liberia"}),
        ("Freight train service", {"delivered": "Freight train service"}),
        ("Ring road, funded by several banks", {"delivered": "Ring road, funded by several banks"}),
        ("Ring Road (Phase III)", {"delivered": "Ring Road", "phase": "Phase III"}),
        (
            "La Chine accorde un prêt de 3 millions d'euros au Togo pour la rocade",
            {"giver": "La Chine", "verb": "accorde", "money": "un prêt de 3 millions d'euros", "receiver": "Togo", "delivered": "la rocade"},
        ),
        (
            "China dona ambulancias al hospital",
            {"giver": "China", "verb": "dona", "delivered": "ambulancias", "receiver": "hospital"},
        ),
        (
            "A China doa computadores à escola",
            {"giver": "A China", "verb": "doa", "delivered": "computadores", "receiver": "escola"},
        ),
        (
            "El banco otorga un crédito de 20 millones de dólares para la represa",
            {"giver": "El banco", "verb": "otorga", "money": "un crédito de 20 millones de dólares", "delivered": "la represa"},
        ),
        (
            "中国向老挝提供5亿元优惠贷款用于水电站",
            {"giver": "中国", "verb": "提供", "receiver": "老挝", "money": "5亿元优惠贷款用于", "delivered": "水电站"},
        ),
        ("", {}),
    ],
)  # fmt: skip
def test_parts(title: str, expected: dict[str, Any]) -> None:
    assert title_parts(title) == _EMPTY._replace(**expected)


@given(st.text(max_size=200))
def test_any_title_is_taken_apart(title: str) -> None:
    read = title_parts(title)
    assert title_parts(f" \n{title}\t ") == read
    assert len(read.delivered) <= len(title)


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Exim Bank lends $5 million for the Lake Line Railway (link to project #31 and #47)", "Lake Line Railway"),
        ("Exim Bank lends $5 million for the Lake Line Railway (portion of #54)", "Lake Line Railway"),
        ("The Bank provides EUR 3 million loan for construction of the Hill Bridge", "Hill Bridge"),
        ("The Embassy donates 100 desks and chairs to the Lake School in Togo in May 2020", "100 desks and chairs for Lake School in Togo"),
        # A sum is no name, and neither are goods that nobody is said to receive.
        ("Exim Bank issues second loan for $500 million USD for Light Rail Network", None),
        ("The Embassy donates medical supplies of various kinds in May 2020", None),
        ("The Embassy donates RMB 5 million and RMB 3 million worth of drugs to South Sudan", None),
        ("Hill Bridge and Lake Line Railway of the Coast Region", None),
    ],
)  # fmt: skip
def test_the_short_name_is_what_is_delivered(title: str, short: str | None) -> None:
    assert short_name(title) == short


@given(st.text(max_size=300))
def test_a_short_name_is_shorter_than_any_title(title: str) -> None:
    short = short_name(title)
    assert short is None or 3 <= len(short) < len(title)
