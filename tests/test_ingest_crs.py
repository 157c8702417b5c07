"""The profile of the OECD's Creditor Reporting System: records of its rows, and exact sums."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, select

from bricoop.db.check import check
from bricoop.db.engine import reading
from bricoop.db.schema import country, entity, finance, organization, participation, record
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import UsageError
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.profile.required_columns import needed_by
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.undo.undo_load import undo_load
from support.databases import mainly_sqlite
from support.records import raws

pytestmark = pytest.mark.later_on_postgresql

#: A row as a donor might report it; nothing in it is real.
ROW = {
    "year": "2021", "donor_code": "4", "donor_name": "France", "agency_code": "3",
    "agency_name": "Agency for Wells", "crs_id": "2021A00001", "recipient_code": "298",
    "recipient_name": "Africa, regional", "flow_code": "13", "finance_type": "421",
    "aid_type": "C01", "bilateral_multilateral": "1", "usd_commitment": "1.25",
    "usd_disbursement": "0.000006", "purpose_code": "14030", "purpose_name": "Wells",
    "project_title": "Wells for all", "short_description": "WELLS", "long_description": "Deep wells.",
    "channel_code": "22000", "channel_name": "Donor country-based NGO",
    "channel_reported_name": "Friends of Water", "channel_parent_category": "22000",
    "commitment_date": "2021-12-31", "gender": "1",
}  # fmt: skip
#: The columns that are used, as the older files name them.
OLDER = [
    "Year", "DonorCode", "DonorName", "AgencyCode", "AgencyName", "CrsID", "ProjectNumber",
    "InitialReport", "RecipientCode", "RecipientName", "RegionCode", "RegionName",
    "IncomegroupCode", "IncomegroupName", "FlowCode", "FlowName", "Bi_Multi", "Category",
    "Finance_t", "Aid_t", "USD_Commitment", "USD_Disbursement", "USD_Received",
    "ShortDescription", "ProjectTitle", "PurposeCode", "PurposeName", "SectorCode", "SectorName",
    "ChannelCode", "ChannelName", "ChannelReportedName", "ParentChannelCode", "LongDescription",
    "CommitmentDate",
]  # fmt: skip


def load(engine: Engine, folder: Path, *changes: dict[str, str]) -> LoadResult:
    """Load rows in the layout, each with some cells of its own."""
    path = folder / "crs.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(ROW))
        writer.writeheader()
        writer.writerows(ROW | change for change in changes)
    return load_path(engine, path)


def load_path(engine: Engine, path: Path) -> LoadResult:
    """Load a file by the profile."""
    profile = profile_of("crs")
    return load_file(engine, LoadRequest("", str(path), profile.source, profile=profile))


def fields_of(engine: Engine, load_id: int | None, noun: str) -> list[dict[str, object]]:
    """Return the fields of the records of a load."""
    statement = select(record.c.fields).where(record.c.load_id == load_id, record.c.noun == noun)
    with reading(engine) as connection:
        return list(connection.scalars(statement.order_by(record.c.id)))


def test_a_row_becomes_a_project_its_money_and_its_parties(engine: Engine, tmp_path: Path) -> None:
    result = load(engine, tmp_path, {})
    assert result.records == {"projects": 1, "finance": 2, "organizations": 1, "participations": 0}
    (project,) = fields_of(engine, result.load_id, "projects")
    assert project == {
        "key": "crs-4-2021a00001-298-14030", "name": "Wells for all", "countries": ["Africa"],
        "sector": "14030", "links": ["facility"], "links_basis": "by-rule", "announced": "2021",
        "financiers": ["Agency for Wells (France)"], "implementers": ["Friends of Water"],
        "description": "Deep wells.",
    }  # fmt: skip
    money = fields_of(engine, result.load_id, "finance")
    assert [
        (fields["kind"], fields["amount"], fields["amount_usd"], fields["date"]) for fields in money
    ] == [
        ("commitment", "1250000", "1250000", "2021"),
        ("disbursement", "6", "6", "2021"),
    ]
    assert money[0]["instrument"] == "loan"
    with reading(engine) as connection:
        agency = connection.execute(
            select(organization.c.kind, country.c.alpha3)
            .join(entity, entity.c.id == organization.c.id)
            .outerjoin(country, country.c.id == organization.c.country_id)
            .where(entity.c.name == "Agency for Wells (France)")
        ).one()
        projects = connection.scalar(
            select(func.count()).select_from(entity).where(entity.c.key.startswith("crs-"))
        )
        assert all(result.violations == 0 for result in check(connection))
    assert list(raws(engine, "projects", result.load_id).values()) == [ROW]
    assert tuple(agency) == (None, "FRA")
    # The money found the project by its id, capital letter and all.
    assert projects == 1


@pytest.mark.parametrize(
    ("changed", "noun", "expected"),
    [
        ({"recipient_name": "Kenya"}, "projects", {"countries": ["KEN"]}),
        ({"recipient_name": "Netherlands Antilles"}, "projects", {"countries": None}),
        ({"commitment_date": "2021-03-14"}, "projects", {"announced": "2021-03-14"}),
        ({"commitment_date": "2021-01-01 00:00:00"}, "projects", {"announced": "2021"}),
        ({"project_title": ""}, "projects", {"name": "WELLS"}),
        ({"purpose_code": "43010"}, "projects", {"links": None}),
        ({"channel_reported_name": ""}, "projects", {"implementers": None}),
        ({"channel_reported_name": "Gouvernement central"}, "projects", {"implementers": None}),
        ({"finance_type": "610"}, "finance", {"instrument": "debt-relief"}),
        ({"finance_type": "9999"}, "finance", {"instrument": None}),
        ({"agency_name": ""}, "finance", {"financier": "France, agency not named"}),
        ({"donor_name": "EU Institutions"}, "organizations", {"country": None}),
        (
            {"donor_name": "UNICEF", "agency_name": "UNICEF", "bilateral_multilateral": "4"},
            "organizations",
            {"name": "UNICEF", "kind": "multilateral", "country": None},
        ),
        (
            {"channel_code": "12001", "channel_parent_category": "12000", "recipient_name": "Mali",
             "channel_reported_name": "Ministry of Finance"},
            "participations",
            {"organization": "Ministry of Finance (Mali)", "role": "implementing"},
        ),
    ],
)  # fmt: skip
def test_each_case_is_read_as_it_is_meant(
    engine: Engine, tmp_path: Path, changed: dict[str, str], noun: str, expected: dict[str, object]
) -> None:
    result = load(engine, tmp_path, changed)
    fields = fields_of(engine, result.load_id, noun)[0]
    assert {name: fields.get(name) for name in expected} == expected


def test_nothing_is_paid_where_nothing_or_nought_is_reported(
    engine: Engine, tmp_path: Path
) -> None:
    nought = {"usd_commitment": "0", "usd_disbursement": ""}
    assert load(engine, tmp_path, nought).records["finance"] == 0


def test_rows_of_one_activity_are_one_project_and_keep_their_money(
    engine: Engine, tmp_path: Path
) -> None:
    more = {"year": "2022", "usd_commitment": "2"}
    first = load(engine, tmp_path, {}, more, more)
    again = load(engine, tmp_path, {}, more, more)
    assert (first.counts.new, again.counts.unchanged) == (3, 3)
    with reading(engine) as connection:
        totals = totals_by_year(connection)
        assert totals == {"2021": 1250000, "2022": 4000000}
        projects = select(func.count()).select_from(entity).where(entity.c.key.like("crs-%"))
        assert connection.scalar(projects.where(entity.c.kind == EntityKind.PROJECT)) == 1
    assert first.load_id is not None
    assert again.load_id is not None
    with pytest.raises(UsageError, match="it is not recorded which ones"):
        undo_load(engine, first.load_id)
    undo_load(engine, again.load_id)
    with reading(engine) as connection:
        assert totals_by_year(connection) == totals
    undo_load(engine, first.load_id)
    with reading(engine) as connection:
        assert connection.scalar(projects) == 0
        assert totals_by_year(connection) == {}


def totals_by_year(connection: Connection) -> dict[str | None, Decimal | None]:
    """Return the committed dollars of each year."""
    per_year = connection.execute(
        select(finance.c.date, func.sum(finance.c.amount_usd).label("total"))
        .where(finance.c.kind == "commitment")
        .group_by(finance.c.date)
    )
    return {row.date: row.total for row in per_year}


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"usd_commitment": "1,25"}, "usd_commitment"),
        ({"purpose_code": "81110"}, "purpose_code"),
        ({"recipient_name": "Atlantis"}, "recipient_name"),
        ({"crs_id": ""}, "crs_id"),
        ({"commitment_date": "31.12.2021"}, "commitment_date"),
    ],
)
def test_what_is_not_as_declared_is_refused(
    engine: Engine, tmp_path: Path, changed: dict[str, str], column: str
) -> None:
    with pytest.raises(RowsRejectedError) as caught:
        load(engine, tmp_path, changed)
    assert column in {problem.column for problem in caught.value.result.problems}


def test_an_older_header_has_the_columns_under_their_names_here() -> None:
    profile = profile_of("crs")
    assert set(needed_by(profile)) <= set(profile.named(OLDER))
    assert set(needed_by(profile)) <= set(profile.named([name.lower() for name in OLDER]))
    assert profile.named(list(ROW)) == list(ROW)
    assert profile.named(["crs_id", "CrsID", "Remark"]) == ["crs_id", "crs_id", "Remark"]


def test_a_file_of_an_older_edition_says_the_same_and_keeps_its_header(
    engine: Engine, tmp_path: Path
) -> None:
    older = {profile_of("crs").named([name])[0]: name for name in OLDER}
    row = {older.get(name, name): cell for name, cell in ROW.items()}
    path = tmp_path / "older.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(row))
        writer.writeheader()
        writer.writerow(row)
    first = load_path(engine, path)
    assert list(raws(engine, "projects", first.load_id).values()) == [row]
    fields = fields_of(engine, first.load_id, "finance")
    assert fields_of(engine, load(engine, tmp_path, {}).load_id, "finance") == fields


@mainly_sqlite
def test_the_sample_keeps_every_cell_and_every_cent(engine: Engine, shared: Path) -> None:
    path = shared / "data" / "crs_2022_sample.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    result = load_path(engine, path)
    assert (result.counts.new, result.counts.read) == (len(rows), len(rows))
    assert EntityKind.PROJECT not in result.created.counts
    with reading(engine) as connection:
        columns = (finance.c.kind, func.count(), func.sum(finance.c.amount_usd))
        totals = {
            kind: (number, total)
            for kind, number, total in connection.execute(select(*columns).group_by(finance.c.kind))
        }
        roles = Counter(connection.scalars(select(participation.c.role)))
        assert all(result.violations == 0 for result in check(connection))
    stored = raws(engine, "projects", result.load_id).values()
    expected = [{name: cell for name, cell in row.items() if cell.strip()} for row in rows]
    assert sorted(map(repr, stored)) == sorted(map(repr, expected))
    for kind, column in (("commitment", "usd_commitment"), ("disbursement", "usd_disbursement")):
        amounts = [Decimal(row[column]) for row in rows if row[column] and Decimal(row[column])]
        assert totals[kind] == (len(amounts), sum(amounts) * 1000000)
    assert roles["funding"] >= len(rows)
