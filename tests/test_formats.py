"""Every format, read back by a library that is not ours, equals the rows that were asked for."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import geojson
import openpyxl
import pyarrow as pa
import pytest
from openpyxl.utils.escape import unescape
from pyarrow import parquet

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.errors import UsageError
from bricoop.query.catalog import NOUNS, noun_of
from bricoop.query.execute import execute
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer, Question
from bricoop.render.row_formats import Format, Written, write_answer
from bricoop.render.values import as_text
from support.command_line import NEW_SOURCE, answer, run
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

PLACES = (
    "project,name,latitude,longitude,precision\n"
    "Gwadar Port,Gwadar,25.1264,62.3225,exact\n"
    "Gwadar Port,East bay,25.10,62.25,near\n"
    "Piraeus Port,Piraeus,37.95,23.63,exact\n"
)
MONEY = (
    "project,kind,financier,instrument,amount,currency,date,estimated\n"
    "Gwadar Port,commitment,China Development Bank,loan,1234567890123456.78,CNY,2019-12-31,yes\n"
    "Piraeus Port,pledge,,,0.1,USD,2019,no\nGwadar Port,pledge,,,7.27e9,USD,,\n"
)


@pytest.fixture(scope="module")
def enriched(standing: Standing) -> Iterator[str]:
    """A knowledge base that also knows places and money, on each of the two databases."""
    for noun, text in (("locations", PLACES), ("finance", MONEY)):
        result = run("--db", standing.address, "load", noun, "-", *NEW_SOURCE, stdin=text)
        assert result.exit_code == 0, result.stderr
    with standing.unwritten():
        yield standing.address


def rows_of(base: str, question: Question) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the names of the fields and the rows, as the library gives them."""
    engine = make_engine(parse_address(base))
    with reading(engine) as connection:
        result = execute(connection, question)
        rows = list(result.rows)
    engine.dispose()
    return [field.name for field in result.fields], rows


def sheet(path: Path, name: str) -> list[tuple[Any, ...]]:
    """Return the cells of a sheet."""
    return list(openpyxl.load_workbook(path)[name].iter_rows(values_only=True))


def in_cell(value: Any) -> Any:
    """Return what a cell of a workbook holds for a value."""
    if isinstance(value, list):
        return "; ".join(value) or None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        digits = str(Decimal(value).normalize().as_tuple().digits)
        return float(value) if digits.count(",") < 15 else as_text(value)
    return value


def made(fields: Sequence[Field], *rows: tuple[Any, ...]) -> Answer:
    """Return an answer that no noun has."""
    return Answer(noun_of("projects"), tuple(fields), iter(rows))


def test_workbooks_and_parquet_hold_the_rows_of_every_noun(enriched: str, tmp_path: Path) -> None:
    for noun in NOUNS:
        check_workbook(enriched, tmp_path / f"{noun.name}.xlsx", noun.name)
        check_parquet(enriched, tmp_path / f"{noun.name}.parquet", noun.name)


def check_workbook(enriched: str, path: Path, noun: str) -> None:
    """Look whether a workbook holds the rows of a noun as typed cells."""
    answer("--db", enriched, "query", noun, "-o", str(path))
    names, rows = rows_of(enriched, Question(noun))
    header, *cells = sheet(path, "Rows")
    assert list(header) == names
    assert cells == [tuple(map(in_cell, row)) for row in rows]
    book = openpyxl.load_workbook(path)
    page = book["Rows"]
    assert book.sheetnames == ["Rows", "Question", "Sources", "Files"]
    assert (page.freeze_panes, page["A1"].font.bold) == ("A2", True)
    assert page.auto_filter.ref == page.dimensions


def check_parquet(enriched: str, path: Path, noun: str) -> None:
    """Look whether a Parquet file holds the rows of a noun in types that lose nothing."""
    answer("--db", enriched, "query", noun, "-o", str(path))
    names, rows = rows_of(enriched, Question(noun))
    table = parquet.read_table(path)
    assert table.column_names == names
    assert list(zip(*table.to_pydict().values(), strict=True)) == rows
    kinds = {field.name: table.schema.field(field.name).type for field in noun_of(noun).usual}
    for field in noun_of(noun).usual:
        kind = kinds[field.name]
        assert not field.many or pa.types.is_list(kind)
        assert field.type is not Type.DECIMAL or kind == pa.decimal128(38, 9)
        assert field.type is not Type.MOMENT or kind == pa.timestamp("ms", tz="UTC")
    about = json.loads(parquet.read_metadata(path).metadata[b"bricoop.provenance"])
    assert (about["question"]["noun"], about["rows"]) == (noun, len(rows))
    assert about["question"]["columns"] == names


def test_geojson_has_a_feature_for_each_project_that_stands_somewhere(enriched: str) -> None:
    result = run("--db", enriched, "query", "projects", "--kind", "port", "-f", "geojson")
    collection = geojson.loads(result.stdout)
    assert collection.is_valid, collection.errors()
    assert collection.keys() == {"type", "features"}
    gwadar, piraeus = collection.features
    assert gwadar.id == gwadar.properties["key"] == "gwadar-port"
    assert gwadar.geometry == {
        "type": "MultiPoint", "coordinates": [[62.3225, 25.1264], [62.25, 25.1]],
    }  # fmt: skip
    assert [location["precision"] for location in gwadar.properties["locations"]] == [
        "exact",
        "near",
    ]
    assert {location["source"] for location in gwadar.properties["locations"]} == {"notes"}
    assert piraeus.geometry == {"type": "Point", "coordinates": [23.63, 37.95]}
    assert result.stderr == "Left out 2 rows without coordinates.\n"
    names, _ = rows_of(enriched, Question("projects"))
    assert list(gwadar.properties) == [*names, "locations"]


def test_geojson_has_a_feature_for_each_location(enriched: str, tmp_path: Path) -> None:
    path = tmp_path / "places.geojson"
    answer("--db", enriched, "query", "locations", "--columns", "name,precision", "-o", str(path))
    collection = geojson.loads(path.read_text(encoding="utf-8"))
    assert collection.is_valid
    assert [
        (feature.geometry.coordinates, feature.properties) for feature in collection.features
    ] == [
        ([62.3225, 25.1264], {"name": "Gwadar", "precision": "exact"}),
        ([62.25, 25.1], {"name": "East bay", "precision": "near"}),
        ([23.63, 37.95], {"name": "Piraeus", "precision": "exact"}),
    ]
    empty = ("query", "locations", "--name", "nowhere", "-f", "geojson")
    assert geojson.loads(answer("--db", enriched, *empty)).features == []


def test_what_has_no_place_is_on_no_map(sqlite_template: Path) -> None:
    for command in (("query", "countries"), ("diff", "5")):
        result = run("--db", str(sqlite_template), *command, "-f", "geojson")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "projects" in result.stderr
        assert "locations" in result.stderr


@pytest.mark.parametrize("format_", ["xlsx", "parquet"])
def test_bytes_go_through_a_pipe(sqlite_template: Path, tmp_path: Path, format_: str) -> None:
    command = [sys.executable, "-m", "bricoop", "--db", str(sqlite_template), "query", "links"]
    done = subprocess.run([*command, "-f", format_], capture_output=True, check=True)
    path = tmp_path / f"links.{format_}"
    path.write_bytes(done.stdout)
    rows = len(sheet(path, "Rows")) - 1 if format_ == "xlsx" else parquet.read_table(path).num_rows
    assert (rows, done.stderr) == (5, b"")


def test_bytes_go_to_a_full_disk_or_a_short_reader(sqlite_template: Path) -> None:
    command = [sys.executable, "-m", "bricoop", "--db", str(sqlite_template), "query", "links"]
    full = f"{' '.join(command)} -f xlsx"
    for script, code in ((f"{full} > /dev/full", 1), (f"set -o pipefail; {full} | head -c 1", 0)):
        done = subprocess.run(["bash", "-c", script], capture_output=True, check=False)  # noqa: S607
        assert (done.returncode, len(done.stderr.splitlines())) == (code, code)


def test_sectors_have_names(knowledge_base: str) -> None:
    rows = "name,sector\nRoad,21020\nClinic,12230\nUnknown,99910\nBare,\n"
    result = run("--db", knowledge_base, "load", "projects", "-", *NEW_SOURCE, stdin=rows)
    assert result.exit_code == 0, result.stderr
    command = ("--db", knowledge_base, "query", "projects", "--source", "notes", "--sort", "name")
    assert answer(*command, "--columns", "sector", "--labels", "-f", "csv").splitlines() == [
        "sector,sector_label", ",", "12230,Basic health infrastructure", "21020,Road transport",
        "99910,99910",
    ]  # fmt: skip
    groups = answer(*command[:6], "--group-by", "sector", "--where", "sector is not empty")
    assert [line.rpartition(" ")[0].strip() for line in groups.splitlines()[1:]] == [
        "12230 Basic health infrastructure", "21020 Road transport", "99910",
    ]  # fmt: skip
    assert "21020 Road transport" in answer("--db", knowledge_base, "show", "Road")


@pytest.mark.parametrize("format_", [Format.JSON, Format.CSV, Format.PARQUET, Format.XLSX])
def test_labels_stand_beside_codes(enriched: str, tmp_path: Path, format_: Format) -> None:
    path = tmp_path / f"out.{format_.value}"
    command = ("query", "financiers", "--columns", "kind,roles", "--name", "development bank")
    answer("--db", enriched, *command, "--labels", "-o", str(path))
    bank, roles = "state-owned-commercial-bank", ["financier"]
    _, rows = rows_of(
        enriched, Question("financiers", {"name": ("development bank",)}, ("kind", "roles"))
    )
    bank, roles = rows[0]
    if format_ is Format.PARQUET:
        first = parquet.read_table(path).to_pylist()[0]
    elif format_ is Format.XLSX:
        first = dict(zip(*sheet(path, "Rows")[:2], strict=True))
    else:
        text = path.read_text(encoding="utf-8")
        read = (
            json.loads(text) if format_ is Format.JSON else list(csv.DictReader(io.StringIO(text)))
        )
        first = read[0]
    joined = roles if format_ in {Format.PARQUET, Format.JSON} else "; ".join(roles)
    assert list(first) == ["kind", "kind_label", "roles", "roles_label"]
    assert (first["kind"], first["roles"]) == (bank, joined)
    assert first["kind_label"] == bank.replace("-", " ")


def test_fields_that_no_noun_has_are_written_by_their_types(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    fields = [
        Field("region", ""), Field("sum", "", Type.DECIMAL), Field("n", "", Type.INTEGER),
        Field("mean", "", Type.FLOAT), Field("last", "", Type.MOMENT), Field("is", "", Type.YES_NO),
        Field("sums", "", Type.DECIMAL, many=True),
    ]  # fmt: skip
    row = ("x", Decimal("0.1"), 3, 0.1 + 0.2, moment, True, [Decimal(1), Decimal("2.5")])
    for format_ in Format:
        if format_ is Format.GEOJSON:
            continue
        path = tmp_path / f"made.{format_.value}"
        mode = {} if format_.writing.binary else {"encoding": "utf-8"}
        with path.open("wb" if format_.writing.binary else "w", **mode) as out:  # type: ignore[call-overload]
            assert write_answer(made(fields, row, ("y", *(None,) * 6)), format_, out) == Written(2)
    _, first, empty = sheet(tmp_path / "made.xlsx", "Rows")
    assert first == (
        "x",
        0.1,
        3,
        "0.30000000000000004",
        moment.replace(tzinfo=None),
        True,
        "1; 2.5",
    )
    assert empty == ("y", *(None,) * 6)
    assert parquet.read_table(tmp_path / "made.parquet").to_pylist()[0]["sum"] == Decimal("0.1")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "0.000000001"], pa.decimal128(38, 9)),
        (["-12345678901234567890123456789.5"], pa.decimal128(38, 9)),
        (["0.0000000000001", "12"], pa.decimal128(38, 13)),
        (["123456789012345678901234567890123.45"], pa.decimal128(38, 2)),
        (["7e60", "0.5"], pa.string()),
        (["1e30", "0.000000000001"], pa.string()),
    ],
)
def test_decimals_take_the_type_that_loses_no_digit(
    tmp_path: Path, values: list[str], kind: pa.DataType
) -> None:
    exact = [Decimal(value) for value in values]
    rows = [(value,) for value in exact]
    with (tmp_path / "x").open("wb") as out:
        write_answer(made([Field("sum", "", Type.DECIMAL)], (None,), *rows), Format.PARQUET, out)
    table = parquet.read_table(tmp_path / "x")
    assert table.schema.field("sum").type == kind
    read = [None if text is None else Decimal(text) for text in table["sum"].to_pylist()]
    assert read == [None, *exact]


def test_numbers_of_a_workbook_keep_their_digits_or_are_texts(tmp_path: Path) -> None:
    numbers = ["0.1", "123456789012345", "1234567890123456", "7.27e18", "1e400", "-0.00000012345",
               "999999999999999e-3", "5e-324", "1740"]  # fmt: skip
    rows = [(Decimal(number),) for number in numbers]
    with (tmp_path / "x.xlsx").open("wb") as out:
        write_answer(made([Field("sum", "", Type.DECIMAL)], *rows), Format.XLSX, out)
    cells = [cell for (cell,) in sheet(tmp_path / "x.xlsx", "Rows")[1:]]
    for cell, (exact,) in zip(cells, rows, strict=True):
        assert Decimal(str(cell)) == exact
    assert [number for number, cell in zip(numbers, cells, strict=True) if isinstance(cell, str)] == [
        "1234567890123456", "1e400",
    ]  # fmt: skip


def test_a_text_is_never_a_formula_a_link_or_markup(tmp_path: Path) -> None:
    texts = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-x", "https://x.org", "internal:A1", "007",
             "<r><t>a</t></r>", '<r></is></c><c r="Z9"><f>1+1</f></c></r>', "_x0041_", "_x005F_x0041_",
             "a\rb", "a\n\tb", "é\u200f", "1e5", "TRUE", "x" * 32_767]  # fmt: skip
    escapes = {"\x01\x1f": r"\u0001\u001f", "é\u202e": r"é\u202e"}
    path = tmp_path / "x.xlsx"
    with path.open("wb") as out:
        fields = [Field("text", ""), Field("texts", "", many=True)]
        write_answer(
            made(fields, *((text, [text]) for text in (*texts, *escapes))), Format.XLSX, out
        )
    page = openpyxl.load_workbook(path)["Rows"]
    read = [[unescape(cell.value) for cell in row] for row in page.iter_rows(min_row=2)]
    assert read == [[text, text] for text in (*texts, *escapes.values())]
    assert {cell.data_type for row in page.iter_rows() for cell in row} == {"s"}
    assert [cell.quotePrefix for cell in page["A"][1:6]] == [True, True, True, True, False]


def test_what_a_sheet_cannot_hold_is_refused_whole(sqlite_template: Path, tmp_path: Path) -> None:
    base, path = tmp_path / "kb.sqlite", tmp_path / "out.xlsx"
    base.write_bytes(sqlite_template.read_bytes())
    path.write_text("older", encoding="utf-8")
    row = f"name,description\nX,{'y' * 33_000}\n"
    assert run("--db", str(base), "load", "projects", "-", *NEW_SOURCE, stdin=row).exit_code == 0
    command = ("--db", str(base), "query", "projects", "--source", "notes", "-o", str(path))
    refused = run(*command)
    assert (refused.exit_code, path.read_text(encoding="utf-8")) == (2, "older")
    assert refused.stderr == (
        "Error: Row 1 has a text of 33,000 characters; a cell of a workbook holds at most 32,767. Leave "
        "its column out with --columns, or use CSV, NDJSON or Parquet.\n"
    )
    answer(*command, "--columns", "name")
    assert {file.name for file in tmp_path.iterdir()} == {"kb.sqlite", "out.xlsx"}


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        yield from ((None,) for _ in range(1_048_576))

    many = Answer(noun_of("projects"), (Field("x", ""),), rows())
    with (tmp_path / "x").open("wb") as out, pytest.raises(UsageError, match=r"1,048,575.*CSV"):
        write_answer(many, Format.XLSX, out)
    assert (tmp_path / "x").stat().st_size == 0


def test_parquet_without_its_library_says_what_to_install(sqlite_template: Path) -> None:
    code = "import sys; sys.modules['pyarrow'] = None; from bricoop.__main__ import main; main()"
    command = ("--db", str(sqlite_template), "query", "links", "-f", "parquet")
    done = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "Error: Parquet needs pyarrow, which is not installed. Install it: pip install 'bricoop[parquet]'.\n"
    )
