"""The profiles of two lists of Chinese loans, CARI and GCOF 1.0: their records, and exact sums."""

import csv
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from bricoop.db.check import check
from bricoop.db.engine import reading
from bricoop.db.schema import country, entity, finance, organization, record
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.profile.profile_files import links_table
from bricoop.ingest.profile.sectors import read_links
from bricoop.ingest.request import LoadRequest, LoadResult
from support.records import raws
from support.totals import total_of

pytestmark = pytest.mark.later_on_postgresql

#: Rows as the trackers might have them; nothing in them is real.
LOAN = {
    "Loan ID": "CM.901", "Status": "Signed", "Year": "2009", "Country": "Cameroon",
    "Borrower": "Government", "Lender": "Eximbank", "Finance Type": "PEBC", "USD (M)": "97",
    "Interest Rate": "2", "Libor Rate": "", "Grace Period": "3.5", "Term": "20",
    "Purpose": "Example Water Works", "Sector": "Water",
    "Contractor": "Example Builder Co.; Ltd. (EBC); Second Builder", "Resource Security": "Oil",
    "Narratives": "NARRATIVE: Signed; then begun.",
}  # fmt: skip
OFFICIAL = {
    "project_id": "901.0", "recommended_for_research": "True", "umbrella": "0.0", "year": "2009.0",
    "funding_agency": "Example Export Bank, Government Agency",
    "implementing_agency": "Builder Co., Ltd. , State-Owned Company; Plain Builder",
    "recipient_condensed": "Cameroon", "title": "Loan for waterworks", "description": "Pipes.",
    "status": "Implementation", "flow": "Export credits", "flow_class": "OOF-like",
    "intent": "Mixed", "amount": "52000000.5", "currency": "USD", "usd_defl_2014": "70569136.95",
    "usd_current": "52000000.5", "crs_sector_code": "140.0",
    "sources": "https://example.org/a, Media Report, including Wikileaks; https://example.org/b, Other",
    "cofinancing_agency": "World Bank, Multilateral",
    "recipient_agencies": "Ministry of Water, Government Agency; Example Utility, Private Sector",
    "start_actual": "2010-03-02", "end_actual": "2012-01-01", "end_planned": " ",
    "year_uncertain": "False", "recipient_oecd_name": "Cameroon", "recipient_iso3": "CMR",
    "interest_rate": "2.0", "maturity": "20.0", "grace_period": " ", "grant_element": "21.52",
    "location_details": "North",
}  # fmt: skip


def load(
    engine: Engine, folder: Path, name: str, row: dict[str, str], *changes: dict[str, str]
) -> LoadResult:
    """Load rows in a layout, each with some cells of its own."""
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(row))
        writer.writeheader()
        writer.writerows(row | change for change in changes)
    return load_path(engine, path, name)


def load_path(engine: Engine, path: Path, name: str, rejects: Path | None = None) -> LoadResult:
    """Load a file by a profile."""
    profile = profile_of(name)
    request = LoadRequest("", str(path), profile.source, profile=profile, rejects=rejects)
    return load_file(engine, request)


def fields_of(engine: Engine, load_id: int | None, noun: str) -> list[dict[str, object]]:
    """Return the fields of the records of a load."""
    statement = select(record.c.fields).where(record.c.load_id == load_id, record.c.noun == noun)
    with reading(engine) as connection:
        return list(connection.scalars(statement.order_by(record.c.id)))


def organizations(engine: Engine, names: Iterable[str]) -> dict[str, tuple[str | None, str | None]]:
    """Return the kind and the country of organizations."""
    statement = (
        select(entity.c.name, organization.c.kind, country.c.alpha3)
        .join(organization, organization.c.id == entity.c.id)
        .outerjoin(country, country.c.id == organization.c.country_id)
        .where(entity.c.name.in_(names))
    )
    with reading(engine) as connection:
        return {name: (kind, code) for name, kind, code in connection.execute(statement)}


def sound(engine: Engine) -> bool:
    """Return whether the knowledge base is consistent."""
    with reading(engine) as connection:
        return all(outcome.violations == 0 for outcome in check(connection))


def test_a_loan_becomes_a_project_its_money_and_its_borrower(
    engine: Engine, tmp_path: Path
) -> None:
    result = load(engine, tmp_path, "cari", LOAN, {})
    assert result.records == {"projects": 1, "finance": 1, "organizations": 1}
    assert fields_of(engine, result.load_id, "projects") == [{
        "key": "cari-cm-901", "name": "Example Water Works", "status": "committed",
        "countries": ["CMR"], "sector": "140", "links": ["facility"], "links_basis": "by-rule",
        "announced": "2009", "financiers": ["Export-Import Bank of China"],
        "receivers": ["Government of Cameroon"], "description": "Signed; then begun.",
        "contractors": ["Example Builder Co. Ltd. (EBC)", "Second Builder"],
    }]  # fmt: skip
    assert fields_of(engine, result.load_id, "finance") == [{
        "project": "cari-cm-901", "kind": "commitment", "instrument": "loan",
        "financier": "Export-Import Bank of China", "amount": "97000000", "currency": "USD",
        "amount_usd": "97000000", "date": "2009", "maturity": "20", "grace_period": "3.5",
        "interest_rate": "2", "collateral": "Oil",
    }]  # fmt: skip
    lender, borrower = "Export-Import Bank of China", "Government of Cameroon"
    assert organizations(engine, [lender, borrower]) == {
        lender: ("policy-bank", "CHN"), borrower: ("government", "CMR"),
    }  # fmt: skip
    assert raws(engine, "projects", result.load_id) == {
        "CM.901": {name: cell for name, cell in LOAN.items() if cell}
    }
    assert sound(engine)


@pytest.mark.parametrize(
    ("changed", "noun", "expected"),
    [
        ({"Purpose": ""}, "projects", {"name": "Loan CM.901 of 2009, purpose unknown"}),
        ({"Purpose": "Unallocated"}, "projects", {"name": "Loan CM.901 of 2009, purpose unknown"}),
        ({"Purpose": "Unknown (tools)"}, "projects",
         {"name": "Loan CM.901 of 2009 (Unknown (tools))"}),
        ({"Country": "Regional", "Borrower": "Example Bank"}, "projects",
         {"countries": ["Africa"], "receivers": ["Example Bank"]}),
        ({"Country": "Regional", "Borrower": "Example Bank"}, "organizations",
         {"name": "Example Bank", "country": None, "kind": None}),
        ({"Borrower": "Example Power (EP) (SOE)"}, "organizations",
         {"name": "Example Power (EP)", "country": "CMR", "kind": "state-owned-enterprise"}),
        ({"Lender": "MixedCN: China Eximbank; CDB and ICBC"}, "finance",
         {"financier": ["Export-Import Bank of China", "China Development Bank",
                        "Industrial and Commercial Bank of China"]}),
        ({"Lender": "Other CN Financing: Example Bank Co.; Ltd."}, "finance",
         {"financier": "Example Bank Co. Ltd."}),
        ({"Sector": "Defense"}, "projects", {"sector": None, "links": None}),
        ({"Finance Type": ""}, "finance", {"instrument": "loan"}),
        ({"USD (M)": "NaN"}, "finance", {"amount": None, "amount_usd": None, "currency": None}),
        ({"Interest Rate": "Am", "Term": "20?"}, "finance",
         {"interest_rate": None, "maturity": None}),
    ],
)  # fmt: skip
def test_each_case_of_a_loan_is_read_as_it_is_meant(
    engine: Engine, tmp_path: Path, changed: dict[str, str], noun: str, expected: dict[str, object]
) -> None:
    # A second row with an amount, as a file without amounts is refused.
    others = [{"Loan ID": f"ZM.{number}"} for number in range(200)]
    result = load(engine, tmp_path, "cari", LOAN, changed, *others)
    fields = fields_of(engine, result.load_id, noun)[0]
    assert {name: fields.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("column", "cell"),
    [("Status", "Planned"), ("Finance Type", "Swap"), ("Sector", "Space"), ("USD (M)", "1,5")],
)
def test_a_word_that_no_map_of_loans_has_is_refused(
    engine: Engine, tmp_path: Path, column: str, cell: str
) -> None:
    with pytest.raises(RowsRejectedError) as caught:
        load(engine, tmp_path, "cari", LOAN, {column: cell})
    assert {problem.column for problem in caught.value.result.problems} == {column}


def test_the_links_of_loans_are_those_of_the_table() -> None:
    rules = {rule.name: rule.map for rule in profile_of("cari").records[0].fields}
    table = {"": "", **read_links(links_table())}
    # Of a part of a category, such as 321, the link is that of the category.
    by_table = {
        word: table.get(code, table.get(f"{code[:2]}0")) for word, code in rules["sector"].items()
    }
    assert rules["links"] == by_table


@pytest.mark.parametrize(
    ("name", "row", "id_column", "title"),
    [("cari", LOAN, "Loan ID", "Purpose"), ("gcof1", OFFICIAL, "project_id", "title")],
)
def test_rows_of_equal_names_stay_projects_of_their_own(
    engine: Engine, tmp_path: Path, name: str, row: dict[str, str], id_column: str, title: str
) -> None:
    rows = [{id_column: str(number), title: "Barracks"} for number in (7, 8, 9)]
    first = load(engine, tmp_path, name, row, *rows)
    again = load(engine, tmp_path, name, row, *rows, {id_column: "10", title: "Barracks"})
    assert (first.counts.new, again.counts.unchanged, again.counts.new) == (3, 3, 1)
    with reading(engine) as connection:
        projects = select(entity.c.key).where(entity.c.key.startswith(f"{name}-"))
        keys = set(connection.scalars(projects))
        money = connection.execute(select(func.count(finance.c.entity_id.distinct()))).scalar_one()
    assert (keys, money) == ({f"{name}-{number}" for number in (7, 8, 9, 10)}, 4)
    assert sound(engine)


def test_an_official_row_becomes_a_project_its_money_and_its_parties(
    engine: Engine, tmp_path: Path
) -> None:
    result = load(engine, tmp_path, "gcof1", OFFICIAL, {})
    assert fields_of(engine, result.load_id, "projects") == [{
        "key": "gcof1-901", "name": "Loan for waterworks", "status": "implementation",
        "countries": ["CMR"], "sector": "140", "links": ["facility"], "links_basis": "by-rule",
        "started": "2010-03-02", "completed": "2012", "located": True, "description": "Pipes.",
        "financiers": ["Example Export Bank", "World Bank"],
        "implementers": ["Builder Co., Ltd.", "Plain Builder"],
        "source_urls": ["https://example.org/a", "https://example.org/b"],
    }]  # fmt: skip
    assert fields_of(engine, result.load_id, "finance") == [{
        "project": "gcof1-901", "kind": "commitment", "instrument": "export-credit",
        "financier": "Example Export Bank", "amount": "52000000.5", "currency": "USD",
        "amount_usd": "52000000.5", "amount_usd_constant": "70569136.95", "price_year": 2014,
        "date": "2009", "counted": True, "umbrella": False, "maturity": "20",
        "interest_rate": "2", "grant_element": "21.52",
    }]  # fmt: skip
    parties = fields_of(engine, result.load_id, "participations")
    assert [(fields["organization"], fields["role"]) for fields in parties] == [
        ("Ministry of Water (Cameroon)", "receiving"), ("Example Utility", "receiving"),
    ]  # fmt: skip
    expected = {
        "Example Export Bank": ("government", "CHN"), "World Bank": ("multilateral", None),
        "Builder Co., Ltd.": ("state-owned-enterprise", None), "Plain Builder": (None, None),
        "Ministry of Water (Cameroon)": ("government", "CMR"),
        "Example Utility": ("private-enterprise", None),
    }  # fmt: skip
    assert organizations(engine, expected) == expected
    stored = raws(engine, "projects", result.load_id)
    assert stored == {"901": {name: cell for name, cell in OFFICIAL.items() if cell.strip()}}
    assert sound(engine)


@pytest.mark.parametrize(
    ("changed", "noun", "expected"),
    [
        ({"project_id": "902", "umbrella": "1", "year": "2010", "crs_sector_code": "210"},
         "finance", {"project": "gcof1-902", "umbrella": True, "date": "2010"}),
        ({"amount": " ", "currency": "", "usd_current": " ", "usd_defl_2014": " "}, "finance",
         {"amount": None, "amount_usd": None, "amount_usd_constant": None, "price_year": None}),
        ({"amount": "1,234,567.25"}, "finance", {"amount": "1234567.25"}),
        ({"currency": " D", "recipient_iso3": "NAM"}, "finance", {"currency": "NAD"}),
        ({"status": "Pipeline: Pledge", "year_uncertain": "True"}, "finance",
         {"kind": "pledge", "date_estimated": True}),
        ({"flow": "Strategic/Supplier Credit"}, "finance", {"instrument": None}),
        ({"flow": "Vague TBD"}, "finance", {"instrument": "unspecified"}),
        ({"funding_agency": "Bank A, Government Agency; Bank B, State-owned Company"}, "finance",
         {"financier": ["Bank A", "Bank B"]}),
        ({"crs_sector_code": "700.0"}, "projects", {"sector": "700", "links": ["people"]}),
        ({"crs_sector_code": "420.0"}, "projects", {"sector": "420", "links": None}),
        ({"recipient_iso3": "BRN; Africa, regional; ", "recipient_condensed": "Africa, regional",
          "recipient_oecd_name": "Brunei; Africa, regional; Asia, regional"}, "projects",
         {"countries": ["BRN", "Africa", "Asia"]}),
        ({"recipient_iso3": "SDN; SSD", "recipient_oecd_name": "Sudan; "}, "projects",
         {"countries": ["SDN", "SSD"]}),
    ],
)  # fmt: skip
def test_each_case_of_an_official_row_is_read_as_it_is_meant(
    engine: Engine, tmp_path: Path, changed: dict[str, str], noun: str, expected: dict[str, object]
) -> None:
    others = [{"project_id": str(number)} for number in range(1000, 1004)]
    result = load(engine, tmp_path, "gcof1", OFFICIAL, changed, *others)
    fields = fields_of(engine, result.load_id, noun)[0]
    assert {name: fields.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("column", "cell"),
    [("flow", "Swap"), ("status", "Planned"), ("umbrella", "2.0"), ("currency", "D")],
)
def test_a_cell_of_an_official_row_that_means_nothing_is_refused(
    engine: Engine, tmp_path: Path, column: str, cell: str
) -> None:
    with pytest.raises(RowsRejectedError) as caught:
        load(engine, tmp_path, "gcof1", OFFICIAL, {column: cell})
    assert {problem.column for problem in caught.value.result.problems} == {column}


def test_a_number_that_is_not_whole_stays_as_it_is(engine: Engine, tmp_path: Path) -> None:
    result = load(engine, tmp_path, "gcof1", OFFICIAL, {"project_id": "901.5"})
    assert list(raws(engine, "projects", result.load_id)) == ["901.5"]


def test_a_copy_without_decimals_is_the_same_edition(engine: Engine, tmp_path: Path) -> None:
    load(engine, tmp_path, "gcof1", OFFICIAL, {})
    plain = {"project_id": "901", "umbrella": "0", "year": "2009", "crs_sector_code": "140"}
    again = load(engine, tmp_path, "gcof1", OFFICIAL, plain)
    assert (again.counts.new, again.counts.changed) == (0, 1)
    with reading(engine) as connection:
        assert connection.execute(select(func.sum(finance.c.amount))).scalar_one() == Decimal(
            "52000000.5"
        )


#: Loans and export credits to Cameroon of the years that both trackers have.
FILTERS = {
    "country": ("Cameroon",), "year": ("2000..2014",), "instrument": ("loan", "export-credit"),
}  # fmt: skip


def test_the_official_finance_keeps_every_row_and_every_cent(engine: Engine, shared: Path) -> None:
    path = shared / "data" / "gcof1_africa.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = {row["project_id"].removesuffix(".0"): row for row in csv.DictReader(stream)}
    result = load_path(engine, path, "gcof1")
    assert (result.counts.new, result.counts.read) == (2820, 2820)
    stored = raws(engine, "projects", result.load_id)
    assert stored == {
        key: {name: cell for name, cell in row.items() if cell.strip()} for key, row in rows.items()
    }
    with reading(engine) as connection:
        sums = connection.execute(
            select(func.sum(finance.c.amount_usd), func.sum(finance.c.amount_usd_constant))
        ).one()
        instruments = Counter(connection.scalars(select(finance.c.instrument)))
        counted = select(func.count()).where(finance.c.counted.is_(True))
        assert connection.execute(counted).scalar_one() == 2390
    for total, column in zip(sums, ("usd_current", "usd_defl_2014"), strict=True):
        cells = [cell for row in rows.values() if (cell := row[column].strip())]
        assert total == sum(Decimal(cell).quantize(Decimal("0.000001")) for cell in cells)
    assert instruments["export-credit"] == 42
    assert instruments["loan"] == 700
    (cameroon,) = total_of(engine, "all", filters={**FILTERS, "source": ("gcof1",)}).figures
    assert (cameroon.all_rows, cameroon.rows) == (34, 33)
    assert cameroon.amount == Decimal("4586406402.2291")
    assert sound(engine)


def test_the_loans_keep_every_million(engine: Engine, shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "cari_loans_2021.csv"
    result = load_path(engine, path, "cari", tmp_path / "rejects.csv")
    # Quotes inside the cells of some rows are not written twice.
    assert (result.counts.read, result.counts.new, result.counts.rejected) == (1143, 1127, 16)
    stored = raws(engine, "projects", result.load_id)
    expected = sum(int(row["USD (M)"]) for row in stored.values() if row["USD (M)"] != "NaN")
    with reading(engine) as connection:
        total = connection.execute(select(func.sum(finance.c.amount_usd))).scalar_one()
        projects = select(func.count()).where(entity.c.key.startswith("cari-"))
        unnamed = projects.where(entity.c.name.endswith("purpose unknown"))
        assert connection.execute(projects).scalar_one() == 1127
        assert connection.execute(unnamed).scalar_one() == 75
    assert total == expected * 1_000_000
    (cameroon,) = total_of(engine, "all", filters={**FILTERS, "source": ("cari",)}).figures
    assert (cameroon.rows, cameroon.amount) == (30, Decimal(3_344_000_000))
    assert sound(engine)
