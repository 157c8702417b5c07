"""The seeds compared with the paper: quotations are verbatim, descriptions are our own words."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.full_fields import full_fields
from bricoop.db.schema import entity, record, source
from bricoop.errors import NotFoundError
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import LAYOUTS
from bricoop.lookup.entities import find_entity

pytestmark = [pytest.mark.reads, pytest.mark.later_on_postgresql]

PAPER = "manufacturing-cooperation-paper"
#: Texts with which the paper's sections begin; what stands before the first blank is the locator.
HEADINGS = (
    "Abstract:", "1 Introduction", "2 The significance of", "2.1 Moving toward",
    "2.2 Improving manufacturing", "2.3 Improving the core", "2.4 Diversifying",
    "3 Opportunities and challenges", "3.1 Policy communication", "3.1.1 Extensive agreement",
    "3.1.2 Synergy between", "3.1.3 The Belt and Road", "3.2 Facility interconnection",
    "3.2.1 The manufacturing", "3.2.2 Facility interconnection", "3.2.3 Manufacturing facility",
    "3.3 Unimpeded trade", "3.3.1 Active capacity", "3.3.2 Development opportunities",
    "3.4 Financing circulation", "3.4.1 Financing circulation", "3.4.2 Opportunities for",
    "3.5 Common aspirations", "4 Prospects",
)  # fmt: skip
OWN_WORDS = ("description", "statement", "note", "indicator")
LONGEST_RUN = 7


class Claim(NamedTuple):
    """One record of the paper: its noun, id, place, printed words and fields."""

    noun: str
    external_id: str
    locator: str
    stated: str | None
    fields: dict[str, Any]


@pytest.fixture(scope="session")
def sections(shared: Path) -> dict[str, str]:
    """The text of each section of the paper, heading included, with single blanks."""
    printed = (shared / "seed_document.txt").read_text(encoding="utf-8")
    # A gap in a symbol font splits 14000 and 300000; page breaks and line ends split the rest.
    text = " ".join(printed.replace("\uf020", "").split())
    starts, after = [], 0
    for heading in HEADINGS:
        starts.append(text.index(heading, after))
        after = starts[-1] + len(heading)
    ends = [*starts[1:], len(text)]
    names = [heading.split()[0].rstrip(":") for heading in HEADINGS]
    return {name: text[begin:end] for name, begin, end in zip(names, starts, ends, strict=True)}


@pytest.fixture
def claims(engine: Engine) -> list[Claim]:
    """All records from the paper's load files."""
    columns = (record.c.noun, record.c.external_id, record.c.locator, record.c.stated_name)
    statement = (
        select(*columns, full_fields(record).label("fields"))
        .join(source, source.c.id == record.c.source_id)
        .where(source.c.key == PAPER)
    )
    with reading(engine) as connection:
        return [Claim(*row) for row in connection.execute(statement)]


def words(text: str) -> list[str]:
    """Return the words of a text, without case, apostrophes and punctuation."""
    return re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", text.lower()))


def runs(text: str, length: int) -> Iterator[tuple[str, ...]]:
    """Yield all sequences of `length` consecutive words of a text."""
    sequence = words(text)
    for start in range(len(sequence) - length + 1):
        yield tuple(sequence[start : start + length])


def test_every_place_is_a_section_of_the_paper(
    claims: list[Claim], sections: dict[str, str]
) -> None:
    assert claims
    assert [claim for claim in claims if claim.locator not in sections] == []


def test_every_printed_name_and_figure_stands_in_its_section(
    claims: list[Claim], sections: dict[str, str]
) -> None:
    printed = [claim for claim in claims if claim.stated]
    assert {claim.noun for claim in printed} >= {"projects", "policies", "statistics", "countries"}
    astray = [claim for claim in printed if str(claim.stated) not in sections[claim.locator]]
    assert astray == []


def test_every_entity_and_every_figure_is_given_as_printed(claims: list[Claim]) -> None:
    assert [claim for claim in claims if claim.noun != "findings" and not claim.stated] == []


def test_every_figure_is_the_printed_one(claims: list[Claim]) -> None:
    scales = {"billion": 10**9, "trillion": 10**12}
    written = {"three": 3, "Three": 3, "four": 4, "five": 5}
    figures = [claim for claim in claims if claim.noun == "statistics"]
    assert len(figures) > 20
    for claim in figures:
        stated = str(claim.stated)
        number_match = re.search(r"[\d.]+", stated)
        number = number_match[0] if number_match else str(written[stated.split(maxsplit=1)[0]])
        scale = next((by for word, by in scales.items() if word in stated), 1)
        exact = float(number) * scale
        assert float(claim.fields["value"]) == pytest.approx(exact), claim.external_id


def test_no_sentence_of_ours_is_the_papers(claims: list[Claim], sections: dict[str, str]) -> None:
    text = " ".join(sections.values())
    theirs = set(runs(text, LONGEST_RUN + 1))
    copied = [
        (claim.external_id, " ".join(run))
        for claim in claims
        for name in OWN_WORDS
        for run in runs(claim.fields.get(name, ""), LONGEST_RUN + 1)
        if run in theirs
    ]
    assert copied == []


def test_every_number_of_the_paper_is_a_figure_a_date_or_part_of_a_name(
    claims: list[Claim], sections: dict[str, str]
) -> None:
    for locator, text in sections.items():
        body = text.split(" ", 1)[1]
        numbers = re.findall(r"\d[\d.,]*(?<![.,])%?", re.sub(r"\[[\d,]+\]", "", body))
        here = [claim for claim in claims if claim.locator == locator]
        accounted = " ".join(
            str(value) for claim in here for value in (claim.stated, *claim.fields.values())
        )
        lost = [number for number in numbers if number.rstrip("%") not in accounted]
        assert lost == [], locator


@pytest.mark.parametrize(
    ("misprint", "key"),
    [
        ("Guadal Port", "gwadar-port"),
        ("Hanbantota Port", "hambantota-port"),
        ("Tanzania-2050 Strategy", "kazakhstan-2050-strategy"),
        ("China Import and Export Bank", "export-import-bank-of-china"),
        ("Indonesian Manufacturing 4.0", "making-indonesia-4-0"),
        (
            "China–Egyptian Suez Economic and Trade Cooperation Zone",
            "china-egypt-teda-suez-zone",
        ),
        ("policy communication", "link-policy"),
        ("facility interconnection", "link-facility"),
        ("financing circulation", "link-finance"),
        ("common aspirations of the people", "link-people"),
    ],
)
def test_what_the_paper_prints_means_the_right_thing(
    engine: Engine, misprint: str, key: str
) -> None:
    with reading(engine) as connection:
        assert find_entity(connection, misprint).key == key


def test_no_misprint_is_shown_as_a_name(engine: Engine) -> None:
    with reading(engine) as connection:
        names = set(connection.scalars(select(entity.c.name)))
    assert "Gwadar Port" in names
    assert not any(
        word in name for name in names for word in ("Guadal", "Hanbantota", "Tanzania-2050")
    )


@pytest.mark.parametrize(
    "layout", [candidate for candidate in LAYOUTS if candidate.describes_entity]
)
def test_the_names_of_a_template_are_those_of_one_thing_or_invented(
    engine: Engine, layout: Layout
) -> None:
    example = {column.name: column.example for column in layout.columns}
    assert layout.kind is not None
    with reading(engine) as connection:
        if example["name"].startswith("Example"):
            for column in ("name", "stated_name", "name_zh"):
                with pytest.raises(NotFoundError):
                    find_entity(connection, example[column], [layout.kind])
            return
        keys = {
            find_entity(connection, example[column], [layout.kind]).key
            for column in ("name", "stated_name", "name_zh")
        }
    assert len(keys) == 1
