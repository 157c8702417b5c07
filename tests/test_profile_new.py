"""`bricoop profiles new` proposes a profile for a file, and lists what it cannot decide."""

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.profile.candidates import _SORTS, left_over
from bricoop.ingest.profile.headings import heading_words
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.profile.propose.proposal import proposed
from bricoop.ingest.profile.propose.shipped import options_for, shipped_layout
from bricoop.ingest.profile.sample import read_sample
from support.command_line import answer, run
from support.examples import examples
from support.proposing import check, check_refusal, proposal

PARKS = """No;Park;Country;Status;Start;Cost (USD m);URL
1;Orsha Park;Belarus;completed;31.12.2015;12,5;https://example.org/1
2;Suez Park;Egypt; Sudan;Under construction;01.02.2016;1.200,25;https://example.org/2
3;Lagos Park;Nigeria;planned;;;
"""


def test_a_proposed_profile_reads_its_file(tmp_path: Path) -> None:
    path = tmp_path / "parks.csv"
    path.write_text(PARKS.replace("; Sudan", ""), encoding="utf-8")
    text = proposal(path)
    assert check(path).split() == [
        "3", "rows", "of", str(path), "would", "become:", "3", "projects", "2", "finance", "rows",
    ]  # fmt: skip
    profile = profile_of(str(path.with_suffix(".toml")))
    projects, finance = profile.records
    rules = {rule.name: rule for rule in projects.fields}
    assert (projects.id, rules["name"].columns, rules["countries"].columns) == (
        ("No",), ("Park",), ("Country",),
    )  # fmt: skip
    assert rules["status"].map == {
        "completed": "completed", "Under construction": "implementation", "planned": "pledged",
    }  # fmt: skip
    assert (rules["started"].columns, rules["source_urls"].columns) == (("Start",), ("URL",))
    assert (profile.styles.numbers.decimal, profile.styles.numbers.thousands) == (",", ".")
    assert (profile.styles.dates, profile.form.delimiter) == (("%d.%m.%Y",), ";")
    money = {rule.name: rule for rule in finance.fields}
    assert (money["amount_usd"].columns, money["amount_usd"].multiply) == (
        ("Cost (USD m)",), "1000000",
    )  # fmt: skip
    assert finance.needs == ("amount_usd",)
    assert "# Check: which of pledge, commitment" in text


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (
            "Id,Name,Value\n1,A,$7 dozen\n2,B,$50\n",
            'Check: it is not known what "dozen" beside the am',
        ),
        ("Id,Name,Value\n1,A,7\n2,B,50\n", "Check: nothing says in which currency the amounts are"),
        (
            "Name,Country\nA,Kenya\nB,Atlantis\nC,Mali\n",
            'Check: not known as countries: "Atlantis"',
        ),
        ("Name,Kind\nA,port\nB,port\nC,castle\n", '# "castle" = ""'),
        ("Name,X\nA,n/a\nB,1\n", 'empty = ["n/a"]'),
    ],
)
def test_what_is_not_known_is_said(tmp_path: Path, rows: str, text: str) -> None:
    path = tmp_path / "it.csv"
    path.write_text(rows, encoding="utf-8")
    assert text in proposal(path)
    assert not [
        rule
        for rule in profile_of(str(path.with_suffix(".toml"))).records
        if rule.noun == "finance"
    ]


def test_encoding_delimiter_and_header_are_found(tmp_path: Path) -> None:
    path = tmp_path / "projets.csv"
    text = (
        "Projets\n\nNom\tPays\tCoût (EUR)\nLigne à vapeur\tMali\t1 000\nPont\tSénégal\t2 500,50\n"
    )
    path.write_bytes(text.encode("cp1252"))
    proposal(path)
    form = profile_of(str(path.with_suffix(".toml"))).form
    assert (form.encoding, form.delimiter, form.header_row) == ("windows-1252", "\t", 3)
    assert "2 finance rows" in check(path)


def test_wide_files_with_line_breaks_in_cells_are_sampled(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    columns = ["Name", *(f"A rather long heading of column {number}" for number in range(60))]
    rows = [[name, *["one; two\nthree; four"] * 60] for name in ("Port", "Road", "Dam")]
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([columns, *rows])
    proposal(path)
    assert "3 projects" in check(path)


def test_the_header_below_a_merged_title_is_found(tmp_path: Path) -> None:
    path, book = tmp_path / "deals.xlsx", openpyxl.Workbook()
    rows: list[list[Any]] = [
        ["Table 3. Chinese deals"], [], ["No", "Project", "Host", "Amount (US$ m)"],
        [1, "Port", "Kenya", 2667], [2, "Road", "Mali", 3],
    ]  # fmt: skip
    for row in rows:
        book.worksheets[0].append(row)
    book.worksheets[0].merge_cells("A1:D1")
    book.save(path)
    assert "header_row = 3\n" in proposal(path)
    assert "2 finance rows" in check(path)
    toml = path.with_suffix(".toml")
    toml.write_text(toml.read_text("utf-8").replace("header_row = 3\n", ""), "utf-8")
    refused = check_refusal(path)
    assert "has columns twice: Table 3. Chinese deals. Rename one of them; or" in refused
    assert "--header-row" in refused


def test_a_file_of_another_layout_leads_to_what_the_profile_needs(tmp_path: Path) -> None:
    path, other = tmp_path / "d 3.csv", tmp_path / "other.csv"
    path.write_text("No,Project\n1,Port\n2,Road\n", encoding="utf-8")
    proposal(path)
    other.write_text("Nr,Title\n1,Port\n", encoding="utf-8")
    toml = str(path.with_suffix(".toml"))
    refused = check_refusal(other, path.with_suffix(".toml"))
    assert f"`bricoop profiles show '{toml}'` lists what it needs." in refused
    assert answer("profiles", "show", toml)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_missing_delimiter_is_named(tmp_path: Path, mark: str) -> None:
    path, other = tmp_path / "deals.csv", tmp_path / "other.csv"
    path.write_text("No,Project\n1,Port\n2,Road\n", encoding="utf-8")
    proposal(path)
    other.write_text(path.read_text("utf-8").replace(",", mark), encoding="utf-8")
    refused = check_refusal(other, path.with_suffix(".toml"))
    assert f"is delimiter = {json.dumps(mark)} missing under [file]?" in refused
    word = {";": "semicolon", "\t": "tab"}[mark]
    text = f"{path.with_suffix('.toml').read_text('utf-8')}[file]\ndelimiter = {word!r}\n"
    (tmp_path / "word.toml").write_text(text, encoding="utf-8")
    assert "2 projects" in check(other, tmp_path / "word.toml")


def test_a_sheet_is_proposed_for(tmp_path: Path) -> None:
    path, book = tmp_path / "deals.xlsx", openpyxl.Workbook()
    sheets: dict[str, list[list[Any]]] = {
        "Notes": [["nothing"]],
        "Deals": [
            ["Deals of the year"],
            ["Deal ID", "Project name", "Recipient", "US$ million"],
            [1, "Port", "Kenya", 12.5],
            [2, "Road", "Mali", 3],
        ],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(path)
    assert run("profiles", "new", str(path)).exit_code == 3
    text = proposal(path, "--sheet", "Deals")
    assert 'sheet = "Deals"\nheader_row = 2\n' in text
    assert "2 finance rows" in check(path)


def test_texts_of_a_file_act_neither_in_a_terminal_nor_in_the_profile(tmp_path: Path) -> None:
    path = tmp_path / "evil.csv"
    path.write_text('Id {x,"a\x1b[31m\u202e"" = 1","Country: y"\n1,x,Kenya\n2,y,Mali\n', "utf-8")
    text = proposal(path)
    assert not set(text) & set("\x1b\u202e")
    assert "2 projects" in check(path)
    piped = run("profiles", "new", "-", stdin="a,b\n")
    assert (piped.exit_code, "Name a file" in piped.stderr) == (2, True)
    for content, code in ((b"", 3), (b"\x00\x01\x02", 3)):
        path.write_bytes(content)
        assert run("profiles", "new", str(path)).exit_code == code


DEALS = """No;Project;Host;Lender;Signed;Millions;State
1;Orsha Park;Belarus;China Development Bank;31.12.2015;US$ 12,5;Under construction
2;Suez Zone;Egypt;China Eximbank;01.02.2016;US$ 1.200,25;Completed
3;Lagos Port;Nigeria;n/a;2019;n/a;Planned
"""


def test_money_dates_and_states_of_the_documented_file_are_proposed(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(DEALS, encoding="utf-8")
    text = proposal(path)
    profile = profile_of(str(path.with_suffix(".toml")))
    projects, finance = profile.records
    rules = {rule.name: rule for rule in projects.fields}
    assert (rules["status"].columns, rules["announced"].columns) == (("State",), ("Signed",))
    assert profile.styles.dates == ("%d.%m.%Y", "%Y")
    assert '# Check: dates are written in several ways here: ["%d.%m.%Y", "%Y"].' in text
    assert {rule.name: rule.columns for rule in finance.fields}["amount_usd"] == ("Millions",)
    assert "2 finance rows" in check(path)


def test_totals_and_footers_are_told_from_rows_and_offered_to_be_skipped(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text(
        "Country,Project,Type,2015,2016,2017,Total\nKenya,SGR,railway,100,200,,300\n"
        "Kenya,Lamu,port,50,60,70,180\nTotal,,,150,260,70,480\nSource: ministry,,,,,,\n",
        encoding="utf-8",
    )
    text = proposal(path)
    profile = profile_of(str(path.with_suffix(".toml")))
    assert [rule.id for rule in profile.records] == [("Project",)]
    assert (profile.skip, profile.unpivot) == ((), None)
    assert '# when = { "Country" = ["Total", "Source:*"] }' in text
    assert '# [unpivot]\n# columns = "2015..2017"' in text
    toml = path.with_suffix(".toml")
    refused = check_refusal(path)
    hint = "If the row is a total or a footer, leave it out: of the file, or with [[skip]]"
    assert refused.count(hint) == 2
    assert "Did you mean" not in refused
    marked = ("# [[skip]]", "# when = ", "# because = ")
    lines = [
        line.removeprefix("# ") if line.startswith(marked) else line for line in text.splitlines()
    ]
    toml.write_text("\n".join(lines), encoding="utf-8")
    assert "2 rows left out by a rule: total or footer." in check(path)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("bri-documents", "bri_cooperation_years.csv"), ("cgit", "cgit_2005_2025.csv"),
        ("gcdf3", "gcdf3_africa_sample.csv"), ("gcdf3-adm1", "gcdf3_africa_adm1.csv"),
        ("crs", "crs_2022_sample.csv"), ("gcof1", "gcof1_africa.csv"),
        ("cari", "cari_loans_2021.csv"),
    ],
)  # fmt: skip
def test_the_layout_of_a_profile_of_bricoop_is_recognized(
    shared: Path, name: str, file: str
) -> None:
    with (shared / "data" / file).open(encoding="utf-8-sig", newline="") as stream:
        assert shipped_layout(next(csv.reader(stream))) == name


@pytest.mark.parametrize(
    ("amount", "variant"), [("$1,740", "english"), ("$1.740", "continental"), ("740", "english")]
)
def test_the_profile_of_a_published_file_is_named_with_its_variant(
    tmp_path: Path, amount: str, variant: str
) -> None:
    required = profile_of("cgit").required
    path = tmp_path / "deals.csv"
    cells = [f'"{amount}"' if name == "Millions" else "x" for name in required]
    path.write_text(f"{','.join(required)}\n{','.join(cells)}\n", encoding="utf-8")
    sample = read_sample(str(path), None, None, None)
    assert options_for("cgit", sample) == f"--profile cgit --variant {variant}"


def test_whoever_has_a_published_file_is_told_of_its_profile(shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_bytes((shared / "data" / "bri_cooperation_years.csv").read_bytes())
    result = run("profiles", "new", str(path))
    assert (
        "# Check: this is the layout of bri-documents, a profile that comes with" in result.stdout
    )
    assert f"bricoop load --profile bri-documents {path}" in result.stderr


LEFT = {
    "Signed on": ("dates", ["2015-01-31", "2016-02-28", "2017-03-31"], "finance.date"),
    "Built in": ("years", ["2015", "2016", "2017"], "projects.announced or projects.started"),
    "Tenor": ("numbers", ["15", "20.5", "12"], "finance.maturity"),
    "Budget (USD)": ("numbers", ["$5", "$7", "$9"], "finance.amount_usd"),
    "Where it is": ("countries", ["Kenya", "Mali", "Ghana"], "projects.countries"),
    "Home country": ("countries of others", ["China"] * 3, "organizations.country"),
    "Document": ("web addresses", [f"https://example.org/{n}" for n in "abc"], "projects.source_urls"),
    "Remarks B": ("long text", [f"{n} {'word ' * 40}" for n in "abc"], "finance.note"),
    "Parent project ID": ("ids or codes", ["P1", "P2", "P3"], "projects.parent or projects.key"),
    "Is an umbrella": ("yes or no", ["yes", "no", "no"], "finance.umbrella"),
    "Guarantor": ("text", ["Bank A", "Bank B", "Bank C"], "projects.guarantors"),
    "Industry": ("words that repeat", ["mining"] * 3, "projects.sector or projects.kind"),
    "Colour": ("words that repeat", ["red"] * 3, ""),
}  # fmt: skip


@pytest.mark.parametrize("heading", LEFT)
def test_a_column_that_is_left_over_has_the_fields_that_it_may_fit(heading: str) -> None:
    sort, cells, fields = LEFT[heading]
    (column,) = left_over({heading: cells}, {heading: heading_words(heading)})
    assert column.sort == sort
    assert " or ".join(column.fields).startswith(fields)
    assert bool(column.fields) is bool(fields)


def test_columns_without_a_field_are_listed_with_what_they_may_be(tmp_path: Path) -> None:
    path = tmp_path / "it.csv"
    path.write_text("Id,Name,Tenor,Colour,Where\n1,A,15,red,x y\n2,B,20,red,z\n", "utf-8")
    result = run("profiles", "new", str(path))
    assert (
        '\n# "Tenor": contains numbers; may be finance.maturity.\n# "Colour": contains text; no'
        in result.stdout
    )
    assert result.stderr.splitlines() == [
        'Not assigned to any field: "Tenor": contains numbers; may be finance.maturity.',
        "Not assigned to any field: 2 more columns; the comments of the profile list them.",
    ]


def test_every_field_that_is_offered_can_be_loaded() -> None:
    offered = {field for sort in _SORTS for _, field in sort.fields}
    for noun, _, name in (field.partition(".") for field in sorted(offered)):
        assert name in {column.name for column in layout_of(noun).columns}


CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
) | st.sampled_from(
    [
        "Kenya",
        "2019",
        "1,234.5",
        "03/04/2015",
        "$5",
        "completed",
        "x;y",
        "n/a",
        "https://a.b",
        "€ 7",
        "²",
        "Exim, Government Agency",
        "{x}",
        "%",
        "2013",
        "2014",
        "Total",
        "Source: x",
        "*",
    ]
)


HEADS = CELLS | st.sampled_from(
    [
        "Id",
        "Name",
        "Country",
        "Date",
        "2015",
        "2016",
        "Amount (USD m)",
        "Status",
        "Lat",
        "Long",
        "Currency",
        "Amount",
        "USD 2014 constant",
        "Lender",
        "2015 Loans",
        "2016 Loans",
        "Flow",
        "",
        "Interest rate",
        "Umbrella",
        "Sector code",
        "End planned",
    ]
)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(HEADS, min_size=1, max_size=6), st.lists(st.lists(CELLS, max_size=6), max_size=5))
def test_whatever_is_proposed_is_a_profile(
    tmp_path_factory: pytest.TempPathFactory, head: list[str], rows: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("new")
    path, profile = folder / "any.csv", folder / "any.toml"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["A name", *head], *([["x", *row] for row in rows])])
    profile.write_text(proposed(read_sample(str(path), None, None, None)).text, encoding="utf-8")
    assert profile_of(str(profile)).records[0].noun == "projects"


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("bri_cooperation_years.csv", "152 agreements"),
        ("cgit_2005_2025.csv", "2,396 projects 2,396 finance rows"),
        ("crs_2022_sample.csv", "3,952 projects 2,902 finance rows"),
        ("gcdf3_africa_adm1.csv", "794 projects 794 locations"),
        ("gcdf3_africa_sample.csv", "1,243 projects 642 finance rows"),
        ("gcdf3_africa_sample.xlsx", "1,243 projects 642 finance rows"),
        ("gcof1_africa.csv", "2,820 projects 1,709 finance rows"),
    ],
)
def test_real_files_load_by_what_is_proposed(
    shared: Path, tmp_path: Path, name: str, records: str
) -> None:
    profile = tmp_path / "it.toml"
    profile.write_text(answer("profiles", "new", str(shared / "data" / name)), encoding="utf-8")
    output = check(shared / "data" / name, profile)
    assert f"would become: {records}" in " ".join(output.split())
