"""`bricoop profiles new`: a profile proposed from a file, which says what it does not know."""

import csv
import json
import re
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
from bricoop.ingest.profile.propose.shipped import shipped_layout
from bricoop.ingest.profile.sample import read_sample
from support.examples import examples
from test_cli import answer, run

PARKS = """No;Park;Country;Status;Start;Cost (USD m);URL
1;Orsha Park;Belarus;completed;31.12.2015;12,5;https://example.org/1
2;Suez Park;Egypt; Sudan;Under construction;01.02.2016;1.200,25;https://example.org/2
3;Lagos Park;Nigeria;planned;;;
"""


def proposal(path: Path, *options: str) -> str:
    """Propose a profile for a file, and return it."""
    text = answer("profiles", "new", str(path), *options)
    path.with_suffix(".toml").write_text(text, encoding="utf-8")
    return text


def check(path: Path) -> str:
    """Check a file by the profile that was proposed for it, and return what it would yield."""
    return answer("profiles", "check", str(path.with_suffix(".toml")), str(path))


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


def test_what_may_be_read_in_two_ways_is_left_to_the_user(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        'Name,Country,Date,Amount (EUR)\nA,Kenya,03/04/2015,"1,234"\nB,Mali,05/06/2016,"2,500"\n',
        encoding="utf-8",
    )
    text = proposal(path)
    assert 'Check: "1,234" may be thousands or decimals' in text
    assert 'Check: is the day or the month first in "03/04/2015"?' in text
    assert '# ["%d/%m/%Y"]\n# ["%m/%d/%Y"]\n# announced = ' in text
    assert "\nannounced" not in text
    assert profile_of(str(path.with_suffix(".toml"))).styles.dates == ("%Y-%m-%d",)
    refused = run("profiles", "check", str(path.with_suffix(".toml")), str(path))
    assert (refused.exit_code, "'1,234' is no number" in refused.stderr) == (3, True)
    path.write_text("Name,Date,Amount (EUR)\nA,13/04/2015,1.5\nB,05/06/2016,1234.25\n", "utf-8")
    proposal(path)
    assert profile_of(str(path.with_suffix(".toml"))).styles.dates == ("%d/%m/%Y",)
    assert "2 finance rows" in check(path)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "Id,Name,Value\n1,A,$7 dozen\n2,B,$50\n",
            'Check: nobody knows what "dozen" beside the am',
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
def test_what_is_not_known_is_said(tmp_path: Path, rows: str, said: str) -> None:
    path = tmp_path / "it.csv"
    path.write_text(rows, encoding="utf-8")
    assert said in proposal(path)
    assert not [
        rule
        for rule in profile_of(str(path.with_suffix(".toml"))).records
        if rule.noun == "finance"
    ]


def test_units_beside_amounts_are_proposed_with_their_factors(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("Id,Name,Value\n1,A,$7.0B\n2,B,$50M\n3,C,$1\n", encoding="utf-8")
    assert 'units = { "B" = 1000000000, "M" = 1000000, "" = 1 }' in proposal(path)
    assert "3 finance rows" in check(path)
    assert profile_of(str(path.with_suffix(".toml"))).styles.numbers.signs == ("$",)


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
    refused = run("profiles", "check", str(toml), str(path))
    assert "has columns twice: Table 3. Chinese deals. Rename one of them; or" in refused.stderr
    assert "--header-row" in refused.stderr


def test_a_file_of_another_layout_leads_to_what_the_profile_needs(tmp_path: Path) -> None:
    path, other = tmp_path / "d 3.csv", tmp_path / "other.csv"
    path.write_text("No,Project\n1,Port\n2,Road\n", encoding="utf-8")
    proposal(path)
    other.write_text("Nr,Title\n1,Port\n", encoding="utf-8")
    toml = str(path.with_suffix(".toml"))
    refused = run("profiles", "check", toml, str(other))
    assert f"`bricoop profiles show '{toml}'` lists what it needs." in refused.stderr
    assert answer("profiles", "show", toml)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_missing_delimiter_is_named(tmp_path: Path, mark: str) -> None:
    path, other = tmp_path / "deals.csv", tmp_path / "other.csv"
    path.write_text("No,Project\n1,Port\n2,Road\n", encoding="utf-8")
    proposal(path)
    other.write_text(path.read_text("utf-8").replace(",", mark), encoding="utf-8")
    refused = run("profiles", "check", str(path.with_suffix(".toml")), str(other))
    assert f"is delimiter = {json.dumps(mark)} missing under [file]?" in refused.stderr


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


MOTHBALLED = (
    'few of its words are known ("mothballed", "rumoured"); '
    "a map says what they mean, see [maps.NAME]."
)


def test_a_column_that_looks_like_something_and_is_left_out_has_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(
        "No,Project,Signed,Born,Cost,Value (EUR),Status\n"
        "1,Park,Q3 2015,03/04/2015,EUR 7,about 9 to 12,mothballed\n"
        "2,Port,spring,05/06/2015,EUR 8,12 or more,rumoured\n",
        encoding="utf-8",
    )
    comments = [line for line in proposal(path).splitlines() if "is left out" in line]
    assert [line.split(" and is left out: ") for line in comments] == [
        [
            '# Check: "Signed" looks like a date',
            '"Q3 2015" is no date that is written in a known way.',
        ],
        [
            '# Check: "Born" looks like a date',
            '"03/04/2015" may be read in two ways, or dates are written in several ways.',
        ],
        [
            '# Check: "Value (EUR)" looks like an amount',
            '"about 9 to 12" among its cells is no number.',
        ],
        [
            '# Check: "Status" looks like a kind or a status',
            MOTHBALLED,
        ],
    ]


def test_years_as_columns_become_rows_whose_amounts_identify_nothing(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text(
        "Country,Lender,2013,2014,2015\nKenya,CDB,$1m,$2m,\nMali,Exim,$3m,,$4m\n", encoding="utf-8"
    )
    proposal(path)
    profile = profile_of(str(path.with_suffix(".toml")))
    assert profile.unpivot is not None
    assert (profile.unpivot.columns, profile.unpivot.name) == (("2013..2015",), "Year")
    assert [rule.id for rule in profile.records] == [
        ("Country", "Lender"), ("Country", "Lender", "Year"),
    ]  # fmt: skip
    assert "2 projects 4 finance rows" in " ".join(check(path).split())


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
    refused = run("profiles", "check", str(toml), str(path))
    hint = "If the row is a total or a footer, leave it out: of the file, or with [[skip]]"
    assert refused.stderr.count(hint) == 2
    assert "Did you mean" not in refused.stderr
    marked = ("# [[skip]]", "# when = ", "# because = ")
    lines = [
        line.removeprefix("# ") if line.startswith(marked) else line for line in text.splitlines()
    ]
    toml.write_text("\n".join(lines), encoding="utf-8")
    assert "2 rows left out by a rule: total or footer." in check(path)


def fields_of(path: Path, noun: str) -> dict[str, Any]:
    """Return the last rule of each field of a record in the profile proposed for a file."""
    records = profile_of(str(path.with_suffix(".toml"))).records
    return {rule.name: rule for one in records if one.noun == noun for rule in one.fields}


def test_amounts_of_several_currencies_are_told_by_their_signs(tmp_path: Path) -> None:
    path = tmp_path / "mix.csv"
    path.write_text(
        "No;Project;Millions\n1;Park;US$ 12,5\n2;Zone;€ 1.200,25\n3;Port;7,5 £\n", "utf-8"
    )
    proposal(path)
    assert "3 finance rows" in check(path)
    finance = next(
        one for one in profile_of(str(path.with_suffix(".toml"))).records if one.noun == "finance"
    )
    currencies = [rule for rule in finance.fields if rule.name == "currency"]
    assert [(rule.constant, dict(rule.when)) for rule in currencies] == [
        ("USD", {"Millions": ("US$*",)}),
        ("EUR", {"Millions": ("€*",)}),
        ("GBP", {"Millions": ("*£",)}),
    ]
    assert fields_of(path, "finance")["amount_usd"].when == {"Millions": ("US$*",)}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("US$ 1,5 € 1,5 7,5", "some amounts have no sign of a currency"),
        ("US$ 1,5 € 1,5 ¥ 7,5", 'nobody knows which currency "¥" beside the amounts means'),
        ("$ 1,5 HK$ 3,5 1,5 HK$", '"$" and "hk$" cannot be told apart'),
    ],
)
def test_signs_that_do_not_tell_the_currency_are_left_to_the_user(
    tmp_path: Path, cells: str, reason: str
) -> None:
    path = tmp_path / "mix.csv"
    amounts = re.findall(r"\S+ \d,\d|\d,\d(?: HK\$)?", cells)
    rows = [f"{number};Project {number};{cell}" for number, cell in enumerate(amounts)]
    path.write_text("\n".join(["No;Project;Millions", *rows]), "utf-8")
    assert f"# Check: {reason}. Complete this record" in proposal(path)


def test_dollars_of_a_file_with_currencies_are_nominal_dollars(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("No,Project,Amount,Currency\n1,A,1.5,USD\n2,B,2.5,EUR\n", "utf-8")
    proposal(path)
    dollars = fields_of(path, "finance")["amount_usd"]
    assert (dollars.columns, dollars.when) == (("Amount",), {"Currency": ("USD",)})


TERMS = """No,Title,amount,currency,usd_current,usd_defl_2014,umbrella,interest_rate,Grace Period,flow
1,Port,2000,CNY,300,400,0.0,2.5%,5,Loan
2,Road,,,,,1.0,,,Grant
3,Dam,70,USD,70,80,0.0,1%,3,Loan
"""


def test_dollars_and_terms_of_loans_beside_amounts_are_proposed(tmp_path: Path) -> None:
    path = tmp_path / "gcof.csv"
    path.write_text(TERMS, encoding="utf-8")
    proposal(path)
    assert "2 finance rows" in check(path)
    money = fields_of(path, "finance")
    assert {name: rule.columns for name, rule in money.items() if rule.columns} == {
        "amount": ("amount",), "currency": ("currency",), "amount_usd": ("usd_current",),
        "amount_usd_constant": ("usd_defl_2014",), "umbrella": ("umbrella",),
        "interest_rate": ("interest_rate",), "grace_period": ("Grace Period",),
        "instrument": ("flow",),
    }  # fmt: skip
    assert (money["price_year"].constant, money["price_year"].when) == (
        "2014", {"usd_defl_2014": ("*",)},
    )  # fmt: skip
    assert money["umbrella"].map == {"0.0": "no", "1.0": "yes"}


def test_cells_that_name_no_one_organization_are_told(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text(
        "No;Project;Borrower;Funder\n1;A;Government;Exim, Government Agency\n"
        '2;B;Kenya Railways;"CDB, State-owned Bank; Exim, Government Agency"\n'
        "3;C;Government;Exim, Government Agency\n",
        encoding="utf-8",
    )
    text = proposal(path)
    assert '# Check: "Government" names no one organization.' in text
    assert "# Check: is this the kind of an organization, and no part of its name?" in text
    who = fields_of(path, "projects")
    assert dict(who["receivers"].style) == {"empty": ("Government",)}
    assert who["financiers"].delete == (", Government Agency", ", State-owned Bank")
    assert "2 new organizations named in cells" in check(path)


def test_an_amount_in_words_is_named_and_no_date(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        "Project,Amount (US$ m),Start date\nPort,2667,June 2015\nRoad,1560,Mar-2016\n"
        "Dam,approx. 331,Q1 2017\n",
        encoding="utf-8",
    )
    text = proposal(path)
    assert (
        '# Check: these are no numbers, and refused until they are corrected: "approx. 331".'
        in text
    )
    assert fields_of(path, "finance")["amount_usd"].columns == ("Amount (US$ m)",)
    assert '"Start date" looks like a date and is left out: "Q1 2017" is no date' in text
    path.write_text(path.read_text("utf-8").replace("Q1 2017", "Apr-2017"), encoding="utf-8")
    path.with_suffix(".toml").unlink()
    proposal(path)
    styles = profile_of(str(path.with_suffix(".toml"))).styles
    assert styles.dates == ("%B %Y", "%b-%Y")


def test_the_most_exact_date_is_proposed_with_the_year_where_it_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "dates.csv"
    path.write_text(
        "No,Project,Commitment Year,Commitment Date (MM/DD/YYYY),Planned Start Date,Amount (USD)\n"
        "1,A,2015,03/04/2015,2015-01-01,5\n2,B,2016,,2016-01-01,6\n",
        encoding="utf-8",
    )
    proposal(path)
    assert "2 finance rows" in check(path)
    (first, *_) = profile_of(str(path.with_suffix(".toml"))).records
    announced = [rule.columns[0] for rule in first.fields if rule.name == "announced"]
    assert announced == ["Commitment Date (MM/DD/YYYY)", "Commitment Year"]
    assert "started" not in fields_of(path, "projects")
    assert profile_of(str(path.with_suffix(".toml"))).styles.dates == ("%m/%d/%Y", "%Y")


def test_projects_are_not_called_as_their_banks_are(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text(
        "Country,Partner bank,2018,2019\nKenya,Exim,US$ 1,2\nMali,Exim,3,4\n", encoding="utf-8"
    )
    assert "# Check: no column looks like the name of a project." in proposal(path)
    assert fields_of(path, "projects")["financiers"].columns == ("Partner bank",)
    path.write_text("Country,Purpose\nKenya,Port\nMali,Road\n", encoding="utf-8")
    path.with_suffix(".toml").unlink()
    assert '# Check: is "Purpose" what the projects are called?' in proposal(path)


@pytest.mark.parametrize(
    "head",
    [
        ["Country,2018,,2019,", ",Loans,Grants,Loans,Grants"],
        ["Country,2018,2018,2019,2019", "Country,Loans,Grants,Loans,Grants"],
    ],
)
def test_two_header_rows_are_found_and_their_years_become_rows(
    tmp_path: Path, head: list[str]
) -> None:
    path = tmp_path / "two.csv"
    path.write_text("\n".join([*head, "Kenya,$5m,$6m,$7m,$8m", "Mali,$1m,,$2m,"]), "utf-8")
    assert "# Check: are the first 2 rows the header, joined?\nheader_rows = 2\n" in proposal(path)
    profile = profile_of(str(path.with_suffix(".toml")))
    assert profile.unpivot is not None
    assert profile.unpivot.columns == ("2018 Loans", "2018 Grants", "2019 Loans", "2019 Grants")
    instrument = fields_of(path, "finance")["instrument"]
    assert instrument.map["2019 Grants"] == "grant"
    assert "6 finance rows" in check(path)


def test_what_stands_beside_years_is_their_currency_and_factor(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text("Project,usd_m_2018,usd_m_2019\nPort,1,2\nRoad,3,\n", encoding="utf-8")
    proposal(path)
    assert "3 finance rows" in check(path)
    money = fields_of(path, "finance")
    assert (money["amount_usd"].multiply, money["currency"].constant) == ("1000000", "USD")
    assert money["date"].delete == ("usd_m_",)
    path.write_text("Project,usd_m_2018,usd_m_2019,usd_k_2018,usd_k_2019\nPort,1,2,3,4\n", "utf-8")
    path.with_suffix(".toml").unlink()
    assert "# Check: nothing says in which currency the amounts are." in proposal(path)


def test_a_table_in_chinese_is_proposed_for(tmp_path: Path) -> None:
    path = tmp_path / "cn.csv"
    path.write_text(
        "序号,项目名称,国家,金额\uff08亿美元\uff09,签约日期,状态\n1,雅万高铁,印度尼西亚,60,2015年10月,已完工\n"
        "2,蒙内铁路,肯尼亚,38.04,2014年5月,在建\n",
        encoding="utf-8",
    )
    proposal(path)
    assert "2 finance rows" in check(path)
    money, projects = fields_of(path, "finance"), fields_of(path, "projects")
    assert (money["amount_usd"].multiply, money["currency"].constant) == ("100000000", "USD")
    assert (money["date"].columns, projects["name"].columns) == (("签约日期",), ("项目名称",))
    assert projects["status"].map == {"已完工": "completed", "在建": "implementation"}


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("bri-documents", "bri_cooperation_years.csv"), ("cgit", "cgit_2005_2025.csv"),
        ("gcdf3", "gcdf3_africa_sample.csv"), ("gcdf3-adm1", "gcdf3_africa_adm1.csv"),
        ("crs", "crs_2022_sample.csv"), ("", "gcof1_africa.csv"),
    ],
)  # fmt: skip
def test_the_layout_of_a_profile_of_bricoop_is_recognized(
    shared: Path, name: str, file: str
) -> None:
    with (shared / "data" / file).open(encoding="utf-8-sig", newline="") as stream:
        assert shipped_layout(next(csv.reader(stream))) == name


def test_whoever_has_a_published_file_is_told_of_its_profile(shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_bytes((shared / "data" / "bri_cooperation_years.csv").read_bytes())
    made = run("profiles", "new", str(path))
    assert "# Check: this is the layout of bri-documents, a profile that comes with" in made.stdout
    assert f"bricoop load --profile bri-documents {path}" in made.stderr


LEFT = {
    "Signed on": ("dates", ["2015-01-31", "2016-02-28", "2017-03-31"], "finance.date"),
    "Built in": ("years", ["2015", "2016", "2017"], "projects.announced or projects.started"),
    "Tenor": ("numbers", ["15", "20.5", "12"], "finance.maturity"),
    "Budget (USD)": ("numbers", ["$5", "$7", "$9"], "finance.amount_usd"),
    "Where it is": ("countries", ["Kenya", "Mali", "Ghana"], "projects.countries"),
    "Home country": ("countries of others than the project", ["China"] * 3, "organizations.country"),
    "Document": ("web addresses", [f"https://example.org/{n}" for n in "abc"], "projects.source_urls"),
    "Remarks B": ("long texts", [f"{n} {'word ' * 40}" for n in "abc"], "finance.note"),
    "Parent project ID": ("ids or codes", ["P1", "P2", "P3"], "projects.parent or projects.key"),
    "Is an umbrella": ("yes or no", ["yes", "no", "no"], "finance.umbrella"),
    "Guarantor": ("texts", ["Bank A", "Bank B", "Bank C"], "projects.guarantors"),
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
    made = run("profiles", "new", str(path))
    assert (
        '\n# "Tenor": numbers; perhaps finance.maturity.\n# "Colour": texts; no field'
        in made.stdout
    )
    assert made.stderr.splitlines() == [
        'In no field: "Tenor": numbers; perhaps finance.maturity.',
        "In no field: 2 more columns; the comments of the profile list them.",
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
    found = answer("profiles", "check", str(profile), str(shared / "data" / name))
    assert f"would become: {records}" in " ".join(found.split())


def written(path: Path, *lines: str) -> Path:
    """Write a file of some lines, and return it."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_marks_that_only_thousands_have_are_read_as_such(tmp_path: Path) -> None:
    amounts = ["$1,740 ", "$500 ", "$670 ", "$4,200 ", "$12,821 ", "$130 "]
    path = written(tmp_path / "it.csv", "Name,Millions",
                   *(f'P{place},"{amount}"' for place, amount in enumerate(amounts)))  # fmt: skip
    assert '# Check: "1,740" is read as thousands; numbers below 1000 have no mark.' in proposal(
        path
    )
    assert "6 finance rows" in check(path)
    # Nothing tells that where larger numbers have no mark, or all have one.
    for other in (["1740", "500", "670", "1,740", "4,200", "12,821"], ["1,740", "4,200", "12,821"]):
        rows = (f'P{place},"${amount}"' for place, amount in enumerate(other))
        path = written(tmp_path / "other.csv", "Name,Millions", *rows)
        assert '# Check: "1,740" may be thousands or decimals.' in proposal(path)


def test_words_that_are_no_countries_are_mapped_by_the_user(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Name,Country", "A,Kenia", "B,Kenya", "C,Keenya", "D,Nowhere",
                   "E,Mali", "F,Ghana", 'G,"Africa, regional"')  # fmt: skip
    text = proposal(path)
    assert '"Keenya" = ""  # "Kenya"?\n"Nowhere" = ""\n' in text
    assert '"Africa, regional" = ""' not in text
    assert "7 projects" in check(path)


def test_namibia_is_a_country(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Name,ISO", "A,KE", "B,NA", "C,ML", "D,GH")
    assert "empty" not in proposal(path)
    assert fields_of(path, "projects")["countries"].columns == ("ISO",)
    assert 'empty = ["NA"]' in proposal(written(path, "Name,ISO,X", "A,KE,NA", "B,NA,a", "C,ML,b"))


def test_who_invests_gives_the_money(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Name,Investor,Value (USD)", "A,One Works,500000",
                   'B,"One Works, Two Works",250000', "C,Two Works,125000")  # fmt: skip
    text = proposal(path)
    assert '# Check: does "One Works, Two Works" name several? Then add separator = ", ",' in text
    money = fields_of(path, "finance")
    assert (money["kind"].constant, money["financier"].columns) == ("investment", ("Investor",))


def test_an_amount_beside_a_word_that_is_no_currency_is_left_out(tmp_path: Path) -> None:
    rows = [f"P{number},{number}00000,CNY,50000" for number in range(10)]
    path = written(tmp_path / "it.csv", "Name,Amount,Currency,USD", *rows, "Q,5,D,7")
    assert (
        '# Check: these are no currencies, and amounts beside them are left out: "D".'
        in proposal(path)
    )
    assert "11 finance rows" in check(path)


def test_small_amounts_may_be_millions(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Name,Amount (USD)", "A,5.25", "B,1250")
    assert "# Check: all are small. Are they millions?" in proposal(path)
    path = written(path, "Name,Amount (USD)", "A,5.25", "B,1250000")
    assert "# Check: all are small." not in proposal(path)


def test_a_year_of_an_agreement_for_each_country_is_proposed_as_agreements(tmp_path: Path) -> None:
    path = written(tmp_path / "it.csv", "Country,Memorandum signed", "Kenya,2017", "Mali,2019")
    proposal(path)
    assert "2 agreements" in check(path)
    assert fields_of(path, "agreements")["signed"].columns == ("Memorandum signed",)
