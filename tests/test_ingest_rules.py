"""Rules of profiles for fields, dates, rows without records and control totals."""

from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine

from bricoop.domain.cell_choice import accepted
from bricoop.domain.limits import LIST_VALUES
from bricoop.domain.problem import Origin
from bricoop.errors import DataRejectedError, UsageError
from bricoop.ingest.layouts.clean import BadValueError
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.profile.cell_parsers import number_parser
from bricoop.ingest.profile.model import NumberStyle
from bricoop.ingest.profile.patterns import date_fault, date_parser, word_fault
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.sources import SourceSpec
from bricoop.render.loading import write_notes, write_result
from support.profile_rules import (
    MONEY,
    PROJECTS,
    TWO,
    Run,
    fields,
    money_in,
    profile_text,
    refused,
    running,
)

if TYPE_CHECKING:
    from bricoop.domain.problem import Problem
    from bricoop.ingest.request import LoadResult

pytestmark = pytest.mark.later_on_postgresql


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    """Load the text of a CSV file by the text of a profile."""
    return running(engine, tmp_path)


# Rules of fields


def test_a_profile_refuses_a_name_without_a_visible_character(
    quick: Engine, tmp_path: Path
) -> None:
    run = running(quick, tmp_path)
    (problem,) = refused(run, profile_text(PROJECTS), "No,Name,Country\n1,\u200b,Kenya\n")
    assert (problem.column, problem.rule) == ("Name", "has no visible character")


EACH = """
[[records]]
noun = "organizations"
id = ["Agency"]
each = ["Agency"]
separator = ";"
[records.fields]
name = "Agency"
"""


@pytest.mark.parametrize(
    "rules", [PROJECTS + 'financiers = { column = "Agency", separator = ";" }\n', PROJECTS + EACH]
)
def test_a_list_of_too_many_values_is_refused_with_its_cell(
    quick: Engine, tmp_path: Path, rules: str
) -> None:
    run = running(quick, tmp_path)
    header = "No,Name,Country,Agency\n"
    many = ";".join(f"Agency {number}" for number in range(LIST_VALUES.value + 1))
    (problem,) = refused(run, profile_text(rules), f"{header}1,Park,Kenya,{many}\n")
    assert (problem.column, problem.rule) == (
        "Agency",
        "has 10,001 values, and a cell may hold at most 10,000",
    )


def test_each_new_name_of_a_cell_is_looked_at_once(quick: Engine, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    slips = ";".join(f"Agency {number} and CDB" for number in range(400))
    path.write_text(f"name,financiers,contractors\nPark,{slips},Builder and CDB\n")
    source = SourceSpec("many", title="Many", tier=5)
    result = load_file(quick, LoadRequest("projects", str(path), source))
    columns = [note.column for note in result.row_notes if "and CDB" in note.value]
    assert columns == ["financiers"] * 400 + ["contractors"]


@pytest.mark.parametrize("styles", ["", 'empty = ["n/a"]'])
def test_deleted_texts_are_taken_out_of_plain_lists(engine: Engine, run: Run, styles: str) -> None:
    rule = 'financiers = { column = "Agency", separator = ";", delete = [", Government Agency"] }\n'
    text = (
        "No,Name,Country,Agency\n"
        '1,Alpha Park,Belarus,"Exim Bank of China, Government Agency;Bank X, Government Agency"\n'
        '2,Beta Park,Egypt,", Government Agency"\n'
    )
    run(profile_text(PROJECTS + rule, styles=styles), text)
    financiers = [record.get("financiers") for record in fields(engine, "projects")]
    assert financiers == [["Exim Bank of China", "Bank X"], None]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("*m", ["$50M"]),
        ("$*", ["$50M", "$7.0B"]),
        ("*.*", ["$7.0B", "1.2 bn"]),
        ("*", ["$50M", "$7.0B", "1.2 bn", "n.a", ""]),
        ("$50M", ["$50M"]),
    ],
)
def test_patterns_of_words_know_beginnings_and_ends(pattern: str, words: list[str]) -> None:
    every = ["$50M", "$7.0B", "1.2 bn", "n.a", ""]
    test = accepted([pattern])
    assert [word for word in every if test(word.casefold())] == (
        [*words, "n.a"] if pattern == "*.*" else words
    )
    assert not word_fault(pattern)


@pytest.mark.parametrize("pattern", ["a*b", "*a*b", "**"])
def test_patterns_that_nothing_matches_are_refused(run: Run, pattern: str) -> None:
    assert word_fault(pattern)
    rule = f'kind = {{ constant = "port", when = {{ Country = "{pattern}" }} }}\n'
    with pytest.raises(UsageError, match="when"):
        run(profile_text(PROJECTS + rule), TWO)


def test_endings_of_words_choose_between_units(engine: Engine, run: Run) -> None:
    money = (
        MONEY.split("amount =", maxsplit=1)[0]
        + """
amount_usd = [
  { column = "Amount", number = true, multiply = "1000000", when = { Amount = "*M" } },
  { column = "Amount", number = true, multiply = "1000000000", when = { Amount = "*B" } },
]
"""
    )
    run(
        profile_text(PROJECTS, money, styles='signs = ["$", "M", "B"]'),
        "No,Name,Country,Amount\n1,Rail,Kenya,$50M\n2,Dam,Angola,$7.0B\n",
    )
    assert (money_in(engine, "Kenya"), money_in(engine, "Angola")) == (50_000_000, 7_000_000_000)


def test_a_record_that_a_row_does_not_have_has_no_faults(engine: Engine, run: Run) -> None:
    money = MONEY.replace('id = ["No"]', 'id = ["No"]\nneeds = ["amount"]')
    dated = money + 'date = { column = "When", date = true }\n'
    header = "No,Name,Country,Amount,When\n"
    run(profile_text(PROJECTS, dated), f"{header}1,Road,Kenya,,soon\n2,Dam,Kenya,5,2019-01-02\n")
    assert [record["amount"] for record in fields(engine, "finance")] == ["5"]
    problems = refused(run, profile_text(PROJECTS, dated), f"{header}1,Road,Kenya,x,soon\n")
    # An invalid needed field is an error; only a missing one means that there is no record.
    assert {problem.column for problem in problems} == {"Amount", "When"}


# Dates


def test_dates_that_two_patterns_read_differently_are_refused(engine: Engine, run: Run) -> None:
    dated = PROJECTS + 'started = { column = "S", date = true }\n'
    styles = 'dates = ["%d/%m/%Y", "%m/%d/%Y"]'
    header = "No,Name,Country,S\n"
    (problem,) = refused(
        run, profile_text(dated, styles=styles), f"{header}1,Mix Dam,Kenya,03/04/2018\n"
    )
    assert problem.rule == "may be 2018-04-03 (%d/%m/%Y) or 2018-03-04 (%m/%d/%Y)"
    text = f"{header}1,A,Kenya,03/25/2018\n2,B,Kenya,25/03/2018\n3,C,Kenya,03/03/2018\n"
    run(profile_text(dated, styles=styles), text)
    assert [record["started"] for record in fields(engine, "projects")] == [
        "2018-03-25", "2018-03-25", "2018-03-03",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "span", "day"),
    [
        ("31-Dec-68", "1931-2030", "1968-12-31"),
        ("31-Dec-30", "1931-2030", "2030-12-31"),
        ("31-Dec-31", "1931-2030", "1931-12-31"),
        ("29-Feb-00", "1950-2049", "2000-02-29"),
        ("01-Jan-99", "2000-2099", "2099-01-01"),
    ],
)
def test_years_of_two_digits_lie_in_declared_hundred_years(cell: str, span: str, day: str) -> None:
    assert date_parser(["%d-%b-%y", "%Y"], span)(cell) == day


@pytest.mark.parametrize(
    ("patterns", "span"),
    [
        (["%d-%b-%y"], ""),
        (["%d-%b-%y"], "1931-2031"),
        (["%d-%b-%y"], "0001-0100"),
        (["%d-%b-%y"], "later"),
        (["%x"], ""),
        (["%d.%m."], ""),
    ],
)
def test_patterns_of_dates_that_leave_the_year_open_are_faults(
    patterns: list[str], span: str
) -> None:
    assert date_fault(patterns, span)
    assert not date_fault(["%Y-%m-%d", "%b %Y"], "")


def test_years_of_two_digits_need_a_declaration(run: Run) -> None:
    dated = PROJECTS + 'started = { column = "S", date = true }\n'
    with pytest.raises(UsageError, match="two_digit_years"):
        run(profile_text(dated, styles='dates = ["%d-%b-%y"]'), "No,Name,Country,S\n")


# Rows without records


def test_rows_are_counted_as_records_where_they_are_one_each(run: Run) -> None:
    def said(result: "LoadResult") -> str:
        out = StringIO()
        write_result(result, out)
        return out.getvalue()

    alike = run(profile_text(PROJECTS, MONEY), TWO)
    assert ": 2 projects read from " in said(alike)
    assert "Also read from these rows: 2 finance rows." in said(alike)
    needy = PROJECTS.replace('id = ["No"]', 'id = ["No"]\nneeds = ["name"]')
    fewer = run(profile_text(needy), TWO + "P3,,Uganda,7\n")
    assert ": 3 rows read from " in said(fewer)
    assert "Records read from these rows: 2 projects." in said(fewer)


def test_notes_are_in_the_order_of_their_lines_after_those_on_the_file(run: Run) -> None:
    result = run(profile_text(PROJECTS), TWO)
    origin = Origin("deals.csv")
    notes = [origin.note(line, "Name", "x", f"is note {line}") for line in (314, 163, 551)]
    out = StringIO()
    write_notes(
        replace(result, file="deals.csv", notes=("All.",), row_notes=notes, row_note_count=3), out
    )
    lines = out.getvalue().splitlines()
    assert lines[0] == "Note: deals.csv: All."
    assert [line.rsplit(maxsplit=1)[1] for line in lines[1:]] == ["163.", "314.", "551."]


@pytest.mark.parametrize("text", ["NaN", "Am", "not known"])
def test_a_word_in_a_column_of_numbers_is_perhaps_empty(text: str) -> None:
    with pytest.raises(BadValueError) as refused:
        number_parser(NumberStyle())(text)
    assert f'empty = ["{text}"]' in refused.value.hint


def test_problems_show_cells_as_rules_see_them() -> None:
    assert Origin("deals.csv").problem(2, "Currency", " D", "is wrong").value == "D"


def test_cells_under_no_name_are_noted(run: Run) -> None:
    text = "No,Name,,Country,\nP1,Ports of the lake,,Kenya,\nP2,Road,x,Uganda,\n"
    (note, _) = sorted(run(profile_text(PROJECTS), text).notes)
    assert note == (
        "Column 3 has no name: its cells, such as 'x' on line 3, are kept in the records, "
        "but no field can be read from them."
    )
    assert "Column" not in "".join(run(profile_text(PROJECTS), text.replace("x", " ")).notes)


def test_every_row_of_a_file_is_counted(run: Run, tmp_path: Path) -> None:
    needy = PROJECTS.replace('id = ["No"]', 'id = ["No"]\nneeds = ["name"]')
    text = "No,Name,Country\n1,Alpha Plant,India\n2,,India\n3,,India\n4,Beta Plant,India\n"
    seen: list[Problem] = []
    result = run(profile_text(needy), text, sink=seen.append)
    counts = result.counts
    assert (counts.read, counts.new, counts.nothing) == (4, 2, 2)
    assert result.nothing == {"no name": 2}
    assert [(problem.line, problem.rule) for problem in seen] == [
        (3, "produced no record: no name"),
        (4, "produced no record: no name"),
    ]
    again = run(profile_text(needy), text.replace("Alpha", "Gamma") + "5,,Nowhere,\n")
    assert (again.counts.changed, again.counts.unchanged, again.counts.nothing) == (1, 1, 3)
    rejects = tmp_path / "rejects.csv"
    seen.clear()
    left = run(profile_text(needy), f"{text}6,Dam,Nowhere\n", rejects=rejects, sink=seen.append)
    counts = left.counts
    assert (counts.read, counts.written, counts.rejected, counts.nothing) == (5, 2, 1, 2)
    assert len(seen) == 3


def test_rows_whose_records_others_made_are_counted_too(run: Run) -> None:
    listed = PROJECTS.replace('id = ["No"]', 'id = ["No"]\neach = ["No"]')
    text = "No,Name,Country\nA|B,Road,Kenya\nA,Road,Kenya\n,Dam,Kenya\n"
    result = run(profile_text(listed), text)
    assert result.records == {"projects": 2}
    assert (result.counts.read, result.counts.new, result.counts.nothing) == (3, 1, 2)
    assert result.nothing == {"earlier rows made its records": 1, "no No": 1}


@pytest.mark.parametrize(
    ("ids", "cell", "rule"),
    [
        ('"No", "Agency"', "CDB;CDB; CDB", ""),
        ('"No"', "CDB;CDB", ""),
        ('"No"', "CDB;Exim", "has several values, whose records would have the same id"),
    ],
)
def test_each_place_of_a_list_has_an_id(
    quick: Engine, tmp_path: Path, ids: str, cell: str, rule: str
) -> None:
    run = running(quick, tmp_path)
    rules = profile_text(PROJECTS, EACH.replace('id = ["Agency"]', f"id = [{ids}]"))
    text = f"No,Name,Country,Agency\n1,Park,Kenya,{cell}\n"
    if rule:
        (problem,) = refused(run, rules, text)
        assert (problem.line, problem.column, problem.rule) == (2, "Agency", rule)
    else:
        assert run(rules, text).records == {"projects": 1, "organizations": 1}


def test_records_of_a_row_with_one_id_are_refused(quick: Engine, tmp_path: Path) -> None:
    run = running(quick, tmp_path)
    by_type = MONEY.replace('id = ["No"]', 'id = ["Type", "No"]')
    loans = MONEY.replace('id = ["No"]', 'id = ["No"]\nlabel = "loan"').replace(
        '"Amount"', '"Loan"'
    )
    rules = profile_text(PROJECTS, by_type, loans)
    header = "No,Name,Country,Type,Amount,Loan\n"
    (problem,) = refused(run, rules, f"{header}1,Port,Kenya,grant,3,4\n2,Road,Kenya,loan,5,6\n")
    assert (problem.line, problem.column, problem.value) == (3, "Type", "loan")
    assert "2 records of finance with the same id, 'loan|2'" in problem.rule
    assert run(rules, f"{header}1,Port,Kenya,grant,3,4\n").records == {"projects": 1, "finance": 2}


def test_a_row_without_its_first_record_counts_by_its_others(run: Run) -> None:
    needy = PROJECTS.replace('id = ["No"]', 'id = ["No"]\nneeds = ["kind"]')
    other = """
[[records]]
noun = "organizations"
id = ["Name"]
[records.fields]
name = "Name"
"""
    result = run(profile_text(needy, other), TWO)
    assert (result.counts.read, result.counts.new, result.counts.nothing) == (2, 2, 0)
    again = run(profile_text(needy, other), TWO)
    assert (again.counts.unchanged, again.counts.new) == (2, 0)


def test_a_complete_file_of_nothing_takes_nothing_away(run: Run) -> None:
    needy = PROJECTS.replace('id = ["No"]', 'id = ["No"]\nneeds = ["name"]')
    run(profile_text(needy), TWO)
    with pytest.raises(DataRejectedError, match=r"No row of .* produced a record"):
        run(profile_text(needy), "No,Name,Country,Amount\n1,,Kenya,\n", complete=True)


def test_rows_without_records_are_counted_in_every_batch(run: Run) -> None:
    needy = PROJECTS.replace('id = ["No"]', 'id = ["No"]\nneeds = ["name"]')
    rows = "".join(f"{n},{'' if n % 3 else f'Plant {n}'},India\n" for n in range(6000))
    result = run(profile_text(needy), "No,Name,Country\n" + rows)
    assert (result.counts.read, result.counts.new, result.counts.nothing) == (6000, 2000, 4000)


# Controls


@pytest.mark.parametrize(("share", "holds"), [("0.75", True), ("0.5", True), ("0.76", False)])
def test_a_control_of_filled_cells_needs_its_share_of_rows(
    run: Run, share: str, *, holds: bool
) -> None:
    controls = f"[controls]\nfilled = {{ Country = {share} }}\n"
    text = "No,Name,Country\n1,A,Kenya\n2,B,Kenya\n3,C,Kenya\n4,D,\n"
    if holds:
        assert run(profile_text(controls, PROJECTS), text).counts.new == 4
        return
    (problem,) = refused(run, profile_text(controls, PROJECTS), text)
    assert (problem.line, problem.column, problem.value) == (0, "Country", "")
    assert problem.rule == "has a value in 3 of 4 rows, and the profile promises 76%"
