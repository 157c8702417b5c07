"""Loading files of published layouts by profiles."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from bricoop.db.check import check
from bricoop.db.engine import reading
from bricoop.db.headers import headers_of
from bricoop.db.schema import FACTS, country, entity, finance, load, organization, record
from bricoop.errors import (
    BricoopError,
    DataRejectedError,
    FileUnreadableError,
    NotFoundError,
    UsageError,
)
from bricoop.ingest.layouts.clean import BadValueError
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.profile.cell_parsers import number_parser
from bricoop.ingest.profile.model import NumberStyle
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.profile.profile_files import shipped
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.undo.undo_load import undo_load
from support.databases import mainly_sqlite
from support.records import raws
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

PROFILE = """
title = "Deals"
required = ["Deal", "Type"]
[source]
key = "deals"
title = "The deals"
tier = 5
[styles]
decimal = ","
thousands = "."
signs = ["€"]
dates = ["%d.%m.%Y", "%Y"]
empty = ["n/a"]
[controls]
unique = ["No"]
[maps.kinds]
"Sea port" = "port"
"Rail" = "railway"
[[records]]
noun = "projects"
id = ["No"]
[records.fields]
key = { template = "deal-{No}" }
name = { template = ["{Deal} of {Land:country}", "{Deal}"] }
kind = { column = "Type", map = "kinds" }
countries = { column = "Land" }
started = { column = "Begin", date = true, estimated = "Guess" }
financiers = { columns = ["Bank", "Second bank"], all = true, separator = ["|", " and "], whole = ["Bread and Butter Bank"] }
[[records]]
noun = "finance"
id = ["No"]
needs = ["amount"]
[records.fields]
project = { template = "deal-{No}" }
kind = { constant = "commitment" }
amount = { column = "Sum", number = true, multiply = "1000000" }
currency = { constant = "EUR", when = { "Sum" = "*" } }
"""
HEADER = "No,Deal,Type,Land,Begin,Guess,Bank,Second bank,Sum,Remark\n"
ROWS = (
    "1,Old Quay,Sea port,Griechenland,01.01.2016,yes,Bread and Butter Bank|Big Bank,Small Bank,"
    '"€ 1.740,5",seen\n'
    "2,New Line,rail,n/a,14.03.2017,no,Big Bank and Far Bank,,,\n"
)


def run(engine: Engine, folder: Path, profile: str, text: str) -> LoadResult:
    """Load the text of a CSV file by the text of a profile."""
    path, data = folder / "deals.toml", folder / "deals.csv"
    path.write_text(profile, encoding="utf-8")
    data.write_text(text, encoding="utf-8")
    parsed = profile_of(str(path))
    return load_file(engine, LoadRequest("", str(data), parsed.source, profile=parsed))


def dump(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Return every entity, record and fact."""
    with reading(engine) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in (entity, record, *FACTS)
        }


def test_a_row_becomes_records_of_several_nouns(engine: Engine, tmp_path: Path) -> None:
    result = run(engine, tmp_path, PROFILE, HEADER + ROWS)
    assert (result.counts.new, result.counts.read) == (2, 2)
    assert result.records == {"projects": 2, "finance": 1}
    with reading(engine) as connection:
        rows = {
            row.external_id: row
            for row in connection.execute(select(record).where(record.c.load_id == result.load_id))
            if row.noun == "projects"
        }
        amount = connection.execute(select(finance.c.amount, finance.c.currency)).one()
        assert all(outcome.violations == 0 for outcome in check(connection))
    assert rows["1"].fields == {
        "key": "deal-1", "name": "Old Quay of Greece", "kind": "port", "countries": ["GRC"],
        "started": "2016", "financiers": ["Bread and Butter Bank", "Big Bank", "Small Bank"],
    }  # fmt: skip
    cells = raws(engine, "projects")["1"]
    assert (cells["Remark"], cells["Sum"]) == ("seen", "€ 1.740,5")
    assert rows["2"].fields["started"] == "2017-03-14"
    assert rows["2"].fields["name"] == "New Line"
    assert rows["2"].fields["financiers"] == ["Big Bank", "Far Bank"]
    assert tuple(amount) == (Decimal(1740500000), "EUR")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("5", None),
        ("4", "4000000"),
        ("", "0"),
        ("n/a", "0"),
        (" 5 ", None),
    ],
)
def test_a_field_has_nothing_of_its_own_where_another_column_says_the_same(
    engine: Engine, tmp_path: Path, cell: str, expected: str | None
) -> None:
    added = (
        'adjusted_amount = { column = "Net", number = true, multiply = "1000000", '
        'unless = "Sum", blank = "0" }\n'
    )
    header = HEADER.replace("Remark", "Net")
    row = f"1,Old Quay,Sea port,Greece,2016,no,Big Bank,,5,{cell}\n"
    run(engine, tmp_path, PROFILE + added, header + row)
    with reading(engine) as connection:
        fields = connection.execute(
            select(record.c.fields).where(record.c.noun == "finance")
        ).scalar_one()
    assert fields.get("adjusted_amount") == expected


def test_where_both_columns_say_nothing_there_is_nothing(engine: Engine, tmp_path: Path) -> None:
    profile = PROFILE.replace('needs = ["amount"]\n', "") + (
        'adjusted_amount = { column = "Net", number = true, unless = "Sum", blank = "0" }\n'
    )
    header = HEADER.replace("Remark", "Net")
    run(engine, tmp_path, profile, header + "1,Old Quay,Sea port,Greece,2016,no,Big Bank,,,\n")
    with reading(engine) as connection:
        fields = connection.execute(
            select(record.c.fields).where(record.c.noun == "finance")
        ).scalar_one()
    assert "adjusted_amount" not in fields


def test_the_same_file_again_changes_nothing_and_undo_leaves_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    before = dump(engine)
    first = run(engine, tmp_path, PROFILE, HEADER + ROWS)
    after = dump(engine)
    again = run(engine, tmp_path, PROFILE, HEADER + ROWS)
    assert (again.counts.unchanged, again.counts.read) == (2, 2)
    assert dump(engine) == after
    edited = run(engine, tmp_path, PROFILE, HEADER + ROWS.replace("1.740,5", "1.741,5"))
    assert (edited.counts.changed, edited.counts.unchanged) == (1, 1)
    with reading(engine) as connection:
        assert connection.execute(select(finance.c.amount)).scalar_one() == 1741500000
    for result in (edited, again, first):
        assert result.load_id is not None
        undo_load(engine, result.load_id)
    assert dump(engine) == before


@pytest.mark.parametrize(
    ("old", "new", "column", "rule"),
    [
        ("Sea port", "Sea prot", "Type", "is not known to the profile"),
        ('"€ 1.740,5"', '"1,740.5"', "Sum", "is not a number in this layout's style"),
        ('"€ 1.740,5"', "1.74", "Sum", "is not a number in this layout's style"),
        ("14.03.2017", "3/14/2017", "Begin", "is not a date in the format of this layout"),
        ("Griechenland", "Griechenlnd", "Land", "is not a known country or region"),
        (
            ",seen",
            ",seen,more",
            "",
            "stands beyond the header: the row has 11 cells, the header 10",
        ),
        ("2,New", "1,New", "No", "is already the id of line 2"),
        (",seen", ",se\0en", "Remark", "has a NUL character"),
    ],
)
def test_what_is_not_as_declared_is_refused_with_its_place(
    engine: Engine, tmp_path: Path, old: str, new: str, column: str, rule: str
) -> None:
    before = dump(engine)
    with pytest.raises(RowsRejectedError) as caught:
        run(engine, tmp_path, PROFILE, HEADER + ROWS.replace(old, new))
    problems = [(problem.column, problem.rule) for problem in caught.value.result.problems]
    assert any(name == column and text.startswith(rule) for name, text in problems)
    assert dump(engine) == before


def test_a_file_of_another_layout_is_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(
        DataRejectedError, match="lacks columns that the layout deals needs: Type, Sum"
    ):
        run(
            engine, tmp_path, PROFILE, HEADER.replace("Type", "Kind").replace("Sum", "Total") + ROWS
        )
    with pytest.raises(DataRejectedError, match="Did you mean: Tpye"):
        run(engine, tmp_path, PROFILE, HEADER.replace("Type", "Tpye") + ROWS)
    cgit = ",".join(profile_of("cgit").required)
    with pytest.raises(DataRejectedError, match="The profile cgit reads this layout"):
        run(engine, tmp_path, PROFILE, f"{cgit}\n")
    with pytest.raises(DataRejectedError, match="columns twice: Deal"):
        run(engine, tmp_path, PROFILE, HEADER.replace("Remark", "Deal") + ROWS)
    with pytest.raises(DataRejectedError, match="is empty"):
        run(engine, tmp_path, PROFILE, "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Deals"\n', "", "title is missing"),
        ('unique = ["No"]', "unique = [1]", "controls.unique[1] is a whole number; it must be text"),
        ('unique = ["No"]', 'sums = { Sum = "x" }', "controls.sums.Sum is 'x', which is not a number"),
        ('unique = ["No"]', 'filled = { Sum = "5%" }', "controls.filled.Sum is text; it must be a num"),
        ("[styles]", '[file]\ndelimiter = ""\n[styles]', "file.delimiter is not right: '' is no"),
        ("[styles]", '[file]\nquote = "ab"\n[styles]', "file.quote is not right: 'ab' is not a quote"),
        ("tier = 5", 'tier = "5"', "source.tier is text; it must be a whole number"),
        ('kind = { column = "Type"', 'kin = { column = "Type"',
         "records[1].fields.kin is not a field of projects. Did you mean: kind"),
        ('map = "kinds"', 'map = "kind"',
         "records[1].fields.kind.map names a map that is not there: 'kind'. Did you mean: kinds"),
        ('column = "Type"', 'colum = "Type"',
         "records[1].fields.kind.colum is not a known key. Did you mean: column"),
        ('noun = "finance"', 'noun = "money"', "records[2].noun is 'money', which is not a noun"),
        ('{ column = "Land" }', "{}", "records[1].fields.countries needs exactly one of column"),
        ("[controls]", "[columns]\nNo = 7\n[controls]", "columns.No is a whole number; it must be"),
        ("[controls]", "[contrals]", "contrals is not a known key. Did you mean: controls"),
    ],
)  # fmt: skip
def test_a_broken_profile_is_refused_with_its_key(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = tmp_path / "deals.toml"
    path.write_text(PROFILE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        profile_of(str(path))
    assert message in str(caught.value)


def test_shipped_profiles_are_whole_and_an_unknown_one_names_them() -> None:
    assert shipped() == ("bri-documents", "cari", "cgit", "crs", "gcdf3", "gcdf3-adm1", "gcof1")
    for name in shipped():
        assert profile_of(name).about
    with pytest.raises(NotFoundError, match="gcdf3"):
        profile_of("gcdf4")
    with pytest.raises(NotFoundError) as caught:
        profile_of("parks")
    assert caught.value.closest == shipped()


def test_a_file_that_is_no_profile_is_told_from_a_name_that_is_none(tmp_path: Path) -> None:
    notes = tmp_path / "deals.txt"
    notes.write_text("title", encoding="utf-8")
    for named, message, hint in (
        (str(tmp_path / "deals.toml"), "There is no file", "bricoop profiles"),
        ("gcdf3.toml", "There is no file gcdf3.toml.", "called gcdf3, without .toml"),
        (str(notes), "its name does not end in .toml", "Rename it"),
    ):
        with pytest.raises(FileUnreadableError) as caught:
            profile_of(named)
        assert (message in caught.value.message, hint in caught.value.hint) == (True, True)


def load_shared(engine: Engine, path: Path, name: str, variant: str = "") -> LoadResult:
    """Load a published file."""
    profile = profile_of(name)
    request = LoadRequest(
        "", str(path), profile.source, profile=profile, variant=variant, form=profile.form
    )
    return load_file(engine, request)


def test_the_sample_of_gcdf_keeps_every_cell_and_every_cent(engine: Engine, shared: Path) -> None:
    path = shared / "data" / "gcdf3_africa_sample.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    result = load_shared(engine, path, "gcdf3")
    assert (result.counts.new, result.counts.read) == (len(rows), len(rows))
    areas = load_shared(engine, shared / "data" / "gcdf3_africa_adm1.csv", "gcdf3-adm1")
    assert areas.counts.new == 794
    with reading(engine) as connection:
        total = connection.execute(select(func.sum(finance.c.amount_usd_constant))).scalar_one()
        counted = connection.execute(
            select(func.count()).select_from(finance).where(finance.c.counted.is_(True))
        ).scalar_one()
        assert all(outcome.violations == 0 for outcome in check(connection))
    stored = raws(engine, "projects")
    for row in rows:
        assert stored[row["AidData Record ID"]] == {k: v for k, v in row.items() if v.strip()}
    column = "Amount (Constant USD 2021)"
    exact = sum(Decimal(row[column]).quantize(Decimal("0.000001")) for row in rows if row[column])
    assert total == exact
    assert counted == sum(row["Recommended For Aggregates"] == "Yes" for row in rows)


@mainly_sqlite
def test_the_workbook_of_gcdf_says_what_the_csv_says(engine: Engine, shared: Path) -> None:
    def stored_rows() -> dict[str, list[str]]:
        with reading(engine) as connection:
            fields = select(record.c.noun, record.c.external_id, record.c.fields)
            contents = {
                table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
                for table in (entity, *FACTS)
            }
            contents["fields"] = sorted(repr(tuple(row)) for row in connection.execute(fields))
        return contents

    first = load_shared(engine, shared / "data" / "gcdf3_africa_sample.xlsx", "gcdf3")
    of_workbook = stored_rows()
    assert first.load_id is not None
    undo_load(engine, first.load_id)
    load_shared(engine, shared / "data" / "gcdf3_africa_sample.csv", "gcdf3")
    of_csv = stored_rows()
    assert of_workbook == of_csv
    # The files differ only in how carriage returns are encoded.
    again = load_shared(engine, shared / "data" / "gcdf3_africa_sample.xlsx", "gcdf3")
    assert again.changed_fields == {"projects": {"Description": 10}}


def test_a_number_of_another_style_is_refused_with_what_reads_it() -> None:
    styles = profile_of("cgit").variants["continental"].numbers
    with pytest.raises(BadValueError) as caught:
        number_parser(styles)("$1,740")
    assert caught.value.hint == "--variant english reads it."
    with pytest.raises(BadValueError) as caught:
        number_parser(NumberStyle())("1,740")
    assert caught.value.hint == "Set decimal, thousands or signs of the field, or of [styles]."


def test_the_investment_tracker_needs_its_style_and_keeps_its_sum(
    engine: Engine, shared: Path
) -> None:
    path = shared / "data" / "cgit_2005_2025.csv"
    with pytest.raises(BricoopError, match="--variant: english, continental"):
        load_shared(engine, path, "cgit")
    with pytest.raises(RowsRejectedError):
        load_shared(engine, path, "cgit", "continental")
    result = load_shared(engine, path, "cgit", "english")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        cells = [row["Millions"] for row in csv.DictReader(stream)]
    assert result.counts.new == len(cells)
    with reading(engine) as connection:
        total = connection.execute(select(func.sum(finance.c.amount_usd))).scalar_one()
    assert total == sum(int(cell.strip(" $").replace(",", "")) for cell in cells) * 1_000_000


def test_the_cooperation_documents_are_one_agreement_a_country(
    engine: Engine, shared: Path
) -> None:
    result = load_shared(engine, shared / "data" / "bri_cooperation_years.csv", "bri-documents")
    assert (result.counts.new, result.problem_count) == (152, 0)
    with reading(engine) as connection:
        name = connection.execute(
            select(entity.c.name).where(entity.c.key == "bri-document-dominican-republic")
        ).scalar_one()
        profile = connection.execute(
            select(load.c.profile).where(load.c.id == result.load_id)
        ).scalar_one()
    assert name == "Belt and Road cooperation document of China and Dominican Republic"
    assert profile == "bri-documents"


def test_words_that_no_map_knows_are_left_out_and_named(engine: Engine, tmp_path: Path) -> None:
    profile = PROFILE.replace('map = "kinds" }', 'map = "kinds", unmapped = "drop" }')
    result = run(engine, tmp_path, profile, HEADER + ROWS.replace("Sea port", "Sea prot"))
    assert result.notes == (
        "Type: the profile does not know 'Sea prot', which is left out of kind.",
    )


def test_of_several_rules_the_first_that_gives_a_value_is_taken(
    engine: Engine, tmp_path: Path
) -> None:
    rules = (
        '[{ constant = "mine", when = { "Type" = ["rail*"] } }, { column = "Type", map = "kinds" }]'
    )
    profile = PROFILE.replace('{ column = "Type", map = "kinds" }', rules)
    run(engine, tmp_path, profile, HEADER + ROWS)
    with reading(engine) as connection:
        records = connection.scalars(
            select(record.c.fields).where(record.c.external_id.in_(["1", "2"]))
        )
        assert {fields["kind"] for fields in records if "financiers" in fields} == {"port", "mine"}


def test_the_type_of_an_agency_stands_behind_its_origin(africa: Standing) -> None:
    with reading(africa.engine) as connection:
        rows = connection.execute(
            select(entity.c.name, organization.c.kind, country.c.alpha3)
            .join(organization, organization.c.id == entity.c.id)
            .outerjoin(country, country.c.id == organization.c.country_id)
        )
        kinds = {row.name: (row.kind, row.alpha3) for row in rows}
    assert kinds["Government of Malawi"] == ("government", "MWI")
    assert kinds["China Railway 14th Bureau Group Co., Ltd. (CRCC14)"] == (
        "state-owned-enterprise",
        "CHN",
    )


def test_the_cells_of_a_value_are_those_that_were_read(engine: Engine, tmp_path: Path) -> None:
    profile = PROFILE.replace(
        'started = { column = "Begin", date = true, estimated = "Guess" }',
        'started = [{ column = "Begin", date = true }, { columns = ["Remark", "Guess"] }]',
    )
    rows = "1,One,rail,,01.01.2016,2017,,,,2018\n2,Two,rail,,,2017,,,,2018\n"
    result = run(engine, tmp_path, profile, HEADER + rows)
    with reading(engine) as connection:
        header = headers_of(connection, [(result.load_id or 0, "projects")])
        statement = select(record).where(record.c.load_id == result.load_id)
        records = {row.external_id: row for row in connection.execute(statement)}
    cells = [
        columns.read_from(records[number].raw, "started")
        for columns in header.values()
        for number in "12"
    ]
    assert cells == [{"Begin": "01.01.2016"}, {"Remark": "2018"}]
    assert [records[number].fields["started"] for number in "12"] == ["2016-01-01", "2018"]
