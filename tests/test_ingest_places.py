"""Names of countries in all usual spellings, and recipients that are regions."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import entity, entity_country, entity_region
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.resolve.known_places import KnownPlaces
from bricoop.ingest.sources import SourceSpec

pytestmark = pytest.mark.later_on_postgresql

SPELLINGS = Path(__file__).parent / "data" / "country-spellings.csv"
SEEDED = Path(__file__).resolve().parents[1] / "seeds" / "oecd-dac" / "regions.csv"


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_usual_spelling_is_the_right_country(engine: Engine) -> None:
    with reading(engine) as connection:
        known_places = KnownPlaces(connection)
    wrong = [
        (row["spelling"], row["alpha3"], code)
        for row in rows_of(SPELLINGS)
        if (code := known_places.find(row["spelling"])) != row["alpha3"]
    ]
    assert wrong == []


@pytest.mark.parametrize("mark", ["; ", ";", "\uff1b", "|", " / ", "+", "\n", "\t"])
def test_two_places_are_not_taken_for_one(engine: Engine, mark: str) -> None:
    with reading(engine) as connection:
        known_places = KnownPlaces(connection)
    pairs = [
        ("Congo", "Angola"),
        ("Sudan", "South Sudan"),
        ("Hong Kong", "China"),
        ("Asia", "Iran"),
    ]
    assert [known_places.find(mark.join(pair)) for pair in pairs] == [None] * 4
    assert known_places.find("Hong Kong, China") == "HKG"
    assert known_places.find(f"Burma{mark}Myanmar") == "MMR"


def test_a_list_is_read_as_both_and_its_note_quotes_the_name_meant(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "two.csv"
    path.write_text("name,countries\nDam,Congo; Angola\n", encoding="utf-8")
    result = load_file(
        engine, LoadRequest("projects", str(path), SourceSpec("two", title="Two", tier=7))
    )
    assert [(note.value, note.rule) for note in result.row_notes] == [
        ("Congo", "is taken for Congo (COG)")
    ]
    with reading(engine) as connection:
        named = select(entity.c.name).join(
            entity_country, entity_country.c.country_id == entity.c.id
        )
        dam = select(entity.c.id).where(entity.c.name == "Dam").scalar_subquery()
        of_dam = named.where(entity_country.c.entity_id == dam).order_by(entity.c.name)
        assert connection.scalars(of_dam).all() == ["Angola", "Congo"]
    path.write_text("name,country\nBank,Sudan; South Sudan\n", encoding="utf-8")
    with pytest.raises(RowsRejectedError) as caught:
        load_file(
            engine, LoadRequest("organizations", str(path), SourceSpec("two", title="Two", tier=7))
        )
    (problem,) = caught.value.result.problems
    assert (problem.line, problem.column, problem.value) == (2, "country", "Sudan; South Sudan")
    assert problem.hint.startswith("Did you mean: South Sudan; Sudan")


def test_every_region_of_the_dac_is_known_and_takes_no_name_of_a_country(engine: Engine) -> None:
    with reading(engine) as connection:
        known_places = KnownPlaces(connection)
        countries = {
            row.name.casefold()
            for row in connection.execute(select(entity.c.kind, entity.c.name))
            if row.kind == EntityKind.COUNTRY
        }
    for row in rows_of(SEEDED):
        for name in (row["name"], row["stated_name"], *filter(None, row["aliases"].split("; "))):
            assert known_places.code(name) == row["name"]
            assert name.casefold() not in countries
    assert known_places.code("Micronesia") == "FSM"
    # The paper's regions and the DAC's are the same ones.
    assert known_places.code("Central Asia, regional") == known_places.code("Central Asia")
    assert known_places.code("Bilateral, unspecified") == known_places.code("developing countries")


def test_real_spellings_are_the_countries_that_their_codes_say(
    engine: Engine, shared: Path
) -> None:
    with reading(engine) as connection:
        known_places = KnownPlaces(connection)
    data = shared / "data"
    pairs = {
        *((row["Recipient"], row["Recipient ISO-3"]) for row in rows_of(data / "gcdf3_africa_sample.csv")),
        *((row["recipient_name"], row["recipient_iso3_code"]) for row in rows_of(data / "crs_2022_sample.csv")),
    }  # fmt: skip
    for name, code in pairs:
        known = known_places.code(name)
        assert known == code or not known_places.is_country(known)


GCDF = {
    "AidData Record ID": "7", "Recommended For Aggregates": "Yes", "Umbrella": "No", "Title": "Seat",
    "Status": "Completion", "Recipient": "Africa, regional", "Recipient ISO-3": "",
    "Amount (Constant USD 2021)": "5",
}  # fmt: skip


@pytest.mark.parametrize(
    ("recipient", "code", "region", "country"),
    [
        ("Africa, regional", "", "Africa", ""),
        ("Multi-Region", "", "Developing countries", ""),
        ("Kenya", "KEN", "", "Kenya"),
        # The code has the first word.
        ("Congo", "COD", "", "Democratic Republic of the Congo"),
    ],
)
def test_a_recipient_without_a_code_is_a_region(
    engine: Engine, tmp_path: Path, recipient: str, code: str, region: str, country: str
) -> None:
    load_gcdf(engine, tmp_path, {"Recipient": recipient, "Recipient ISO-3": code})
    with reading(engine) as connection:
        named = select(entity.c.name)
        of_regions = named.join(entity_region, entity_region.c.region_id == entity.c.id)
        of_countries = named.join(entity_country, entity_country.c.country_id == entity.c.id)
        here = select(entity.c.id).where(entity.c.key == "gcdf3-7").scalar_subquery()
        regions = connection.scalars(of_regions.where(entity_region.c.entity_id == here)).all()
        countries = connection.scalars(of_countries.where(entity_country.c.entity_id == here)).all()
    assert (regions, countries) == ([region] * bool(region), [country] * bool(country))


def test_a_recipient_that_nobody_knows_is_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(RowsRejectedError) as caught:
        load_gcdf(engine, tmp_path, {"Recipient": "Atlantis, regional"})
    assert caught.value.result.problems[0].rule.startswith("is not a known country or region")
    with pytest.raises(RowsRejectedError) as caught:
        load_gcdf(engine, tmp_path, {"Recipient": "Regional"})
    assert caught.value.result.problems[0].hint.startswith("It does not say which.")


def load_gcdf(engine: Engine, folder: Path, changed: dict[str, str]) -> None:
    """Load one row in the layout of GCDF."""
    profile = profile_of("gcdf3")
    header = dict.fromkeys(
        (
            name
            for record in profile.records
            for rule in record.fields
            for name in (*rule.columns, rule.estimated, *rule.when)
            if name
        ),
        "",
    ) | dict.fromkeys(("Funding Agencies Type",), "")
    path = folder / "gcdf.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(header | GCDF))
        writer.writeheader()
        writer.writerow(header | GCDF | changed)
    load_file(engine, LoadRequest("", str(path), profile.source, profile=profile))
