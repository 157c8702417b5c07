"""Profile rules for styles of cells, for rows to skip, and rules that have no effect."""

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine

from bricoop.errors import DataRejectedError, UsageError
from bricoop.ingest.pipeline import RowsRejectedError
from bricoop.ingest.profile.parse import profile_of
from bricoop.render.profiles import write_profile
from support.profile_rules import MONEY, PROJECTS, TWO, Run, fields, profile_text, refused, running

pytestmark = pytest.mark.later_on_postgresql

if TYPE_CHECKING:
    from bricoop.domain.problem import Problem


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    """Load the text of a CSV file by the text of a profile."""
    return running(engine, tmp_path)


# Styles of a field, and units


def amounts(run: Run, engine: Engine, rule: str, *cells: str, styles: str = "") -> list[object]:
    """Return the amounts read from cells."""
    money = MONEY.replace('amount = { column = "Amount", number = true }', f"amount = {rule}")
    money = money.replace('amount_usd = { column = "Amount", number = true }', "")
    rows = "".join(f'{number},Road {number},Kenya,"{cell}"\n' for number, cell in enumerate(cells))
    run(profile_text(PROJECTS, money, styles=styles), f"No,Name,Country,Amount\n{rows}")
    return [record.get("amount") for record in fields(engine, "finance")]


UNITS = '{ M = "1000000", B = "1000000000", bn = "1000000000", "亿" = "100000000" }'


def test_units_in_cells_mean_what_is_declared(quick: Engine, tmp_path: Path) -> None:
    rule = f'{{ column = "Amount", number = true, signs = ["$"], units = {UNITS} }}'
    values = amounts(
        running(quick, tmp_path), quick, rule, "$7.0B", "50M", "1.2 bn", "3.5亿", "-2 M"
    )
    assert values == ["7000000000", "50000000", "1200000000", "350000000", "-2000000"]


@pytest.mark.parametrize("cell", ["50", "50m", "50 MB", "M50", "5 0M", "50bnM"])
def test_a_number_whose_unit_is_not_declared_is_refused(
    quick: Engine, tmp_path: Path, cell: str
) -> None:
    rule = f'{{ column = "Amount", number = true, units = {UNITS} }}'
    with pytest.raises(RowsRejectedError):
        amounts(running(quick, tmp_path), quick, rule, cell)


@pytest.mark.parametrize(
    ("rule", "styles"),
    [
        ('{ column = "Amount", number = true, units = { M = "1000000", "" = "1000" } }', ""),
        ('{ column = "Amount", number = true, multiply = "1000" }', 'units = { M = "1000000" }'),
        ('{ column = "Amount", number = true, multiply = "1000", units = { M = "1000000" } }', ""),
    ],
)
def test_numbers_without_a_unit_have_a_factor_of_their_own(
    quick: Engine, tmp_path: Path, rule: str, styles: str
) -> None:
    run = running(quick, tmp_path)
    assert amounts(run, quick, rule, "5", "5M", styles=styles) == ["5000", "5000000"]


def test_a_number_of_many_digits_is_multiplied_exactly(quick: Engine, tmp_path: Path) -> None:
    run = running(quick, tmp_path)
    rule = '{ column = "Amount", number = true, multiply = "3" }'
    cell = "0.111222333444555666777888999123"
    assert amounts(run, quick, rule, cell) == ["0.333667000333667000333666997369"]


def test_texts_are_deleted_before_a_template_is_filled(quick: Engine, tmp_path: Path) -> None:
    run = running(quick, tmp_path)
    rule = (
        'description = { template = "{Note} in {Country:country}", delete = [", Bank", " (old)"] }'
    )
    text = 'No,Name,Note,Country\n1,Road,"A, Bank",Kenya (old)\n2,Rail,", Bank",Kenya\n'
    projects = PROJECTS.replace('countries = "Country"', "")
    run(profile_text(f"{projects}{rule}\n"), text)
    first, second = fields(quick, "projects")
    assert (first["description"], second.get("description")) == ("A in Kenya", None)


def test_a_percent_sign_is_declared_for_a_field(quick: Engine, tmp_path: Path) -> None:
    run = running(quick, tmp_path)
    rule = '{ column = "Amount", number = true, signs = ["%"] }'
    assert amounts(run, quick, rule, "5.5%", "5") == ["5.5", "5"]
    rule = '{ column = "Amount", number = true, units = { "%" = "0.01" } }'
    assert amounts(run, quick, rule, "5.5%", "5%") == ["0.055", "0.05"]
    with pytest.raises(RowsRejectedError):
        amounts(run, quick, '{ column = "Amount", number = true }', "5.5%")


def test_a_field_is_written_otherwise_than_the_rest(quick: Engine, tmp_path: Path) -> None:
    records = (
        PROJECTS.replace('countries = "Country"', "")
        + """
description = { column = "Note", empty = [] }
announced = { column = "A", date = true }
started = { column = "B", date = true, dates = ["%d.%m.%Y"], empty = ["0"] }
completed = { column = "C", date = true, dates = ["%d.%m.%y"], two_digit_years = "1950-2049" }
"""
    )
    money = MONEY.replace(
        'amount_usd = { column = "Amount", number = true }',
        'amount_usd = { column = "Euro", number = true, decimal = ",", thousands = "." }',
    )
    styles = 'empty = ["-"]\ndates = ["%Y/%m/%d"]\nthousands = ","'
    text = (
        "No,Name,Note,A,B,C,Amount,Euro\n"
        '1,Road,-,2019/01/02,01.02.2019,03.02.99,"1,740.5","1.740,5"\n'
        "2,Rail,-,-,0,-,-,-\n"
    )
    run = running(quick, tmp_path)
    profile = profile_text(records, money, styles=styles)
    run(profile, text)
    first, second = fields(quick, "projects")
    del first["key"], second["key"]
    assert first == {
        "name": "Road", "description": "-", "announced": "2019-01-02", "started": "2019-02-01",
        "completed": "1999-02-03",
    }  # fmt: skip
    assert second == {"name": "Rail", "description": "-"}
    assert [record.get("amount_usd") for record in fields(quick, "finance")] == ["1740.5", None]
    assert run(profile, text).counts.unchanged == 2


# Rules without effect


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ('{ column = "X", multiply = "5" }', "multiply"),
        ('{ constant = "a", number = true }', "number"),
        ('{ column = "X", unmapped = "keep" }', "unmapped"),
        ('{ column = "X", without = ["a "] }', "without"),
        ('{ column = "X", separator = ";" }', "separator"),
        ('{ column = "X", whole = ["a"] }', "whole"),
        ('{ columns = ["X", "Y"], all = true }', "all"),
        ('{ column = "X", add = ["a"] }', "add"),
        ('{ column = "X", estimated = "Y" }', "estimated"),
        ('{ column = "X", only_year = ["01-01"] }', "only_year"),
        ('{ constant = "X", delete = ["a"] }', "delete"),
        ('{ template = "{X}", map = { a = "b" } }', "map"),
        ('{ constant = "a", blank = "b" }', "blank"),
        ('{ columns = ["X", "Y"], unless = "Z" }', "unless"),
        ('{ column = "X", as_key = true }', "as_key"),
        ('{ column = "X", signs = ["$"] }', "signs"),
        ('{ column = "X", units = { M = "1" } }', "units"),
        ('{ column = "X", decimal = "," }', "decimal"),
        ('{ column = "X", dates = ["%Y"] }', "dates"),
        ('{ column = "X", two_digit_years = "1950-2049" }', "two_digit_years"),
        ('{ column = "X", date = true, two_digit_years = "1950-2049" }', "two_digit_years"),
        ('{ constant = "a", empty = ["b"] }', "empty"),
        ('{ column = "X", number = true, date = true }', "number"),
        ('{ column = "X", number = true, decimal = ",", thousands = "," }', "thousands"),
        ('{ column = "X", number = true, signs = ["M", "B"] }', "units"),
        ('{ column = "X", date = true, dates = ["%d.%m.%y"] }', "two_digit_years"),
        ('{ column = "X", number = true, units = { "5" = "1" } }', "units"),
        ('{ column = "X", number = true, units = { M = "0" } }', "units"),
    ],
)
def test_a_rule_that_cannot_act_is_refused_by_its_key(tmp_path: Path, rule: str, key: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(profile_text(f"{PROJECTS}description = {rule}\n"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"records\[1\]\.fields\.description") as error:
        profile_of(str(path))
    assert key in f"{error.value.message} {error.value.hint}"


def test_a_separator_of_lists_needs_lists(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    records = PROJECTS.replace('id = ["No"]', 'id = ["No"]\nseparator = ";"')
    path.write_text(profile_text(records), encoding="utf-8")
    with pytest.raises(UsageError, match=r"records\[1\]\.separator works only together with each"):
        profile_of(str(path))


def test_what_a_field_says_of_its_style_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    rule = f'sector = {{ column = "S", number = true, units = {UNITS}, empty = ["-"] }}\n'
    path.write_text(profile_text(PROJECTS + rule), encoding="utf-8")
    out = StringIO()
    write_profile(profile_of(str(path)), out)
    text = " ".join(out.getvalue().split())
    assert "units: M times 1000000, B times 1000000000" in text
    assert "empty: '-'" in text


# Rows skipped by a rule


TAGGED = (
    "No,Name,Country,Amount\n#id,#name,#country,#value\n1,Road,Kenya,5\n2,Dam,Kenya,6\n"
    "Total,,,11\n,Source: the ministry\n"
)
SKIP = """
[[skip]]
when = { No = "#*" }
because = "tags"
[[skip]]
when = { No = ["total", ""], Country = "" }
[controls]
rows = 2
sums = { Amount = "11" }
filled = { Country = 1.0 }
"""


def test_rows_are_left_out_by_rules_and_counted(run: Run, tmp_path: Path) -> None:
    seen: list[Problem] = []
    profile = profile_text(SKIP, PROJECTS, MONEY)
    result = run(profile, TAGGED, sink=seen.append)
    assert result.skipped == {"tags": 1, "No is 'total' or '' and Country is ''": 2}
    assert (result.counts.read, result.counts.new, result.counts.skipped) == (5, 2, 3)
    assert [(problem.line, problem.rule) for problem in seen][:1] == [
        (2, "was left out by a rule: tags")
    ]
    again = run(profile, TAGGED)
    assert (again.counts.unchanged, again.counts.skipped) == (2, 3)
    out = StringIO()
    write_profile(profile_of(str(tmp_path / "rules.toml")), out)
    assert out.getvalue().startswith("rules: t\n\nsource: rules\n")
    assert "rows left out: tags, where No is '#*'\n" in out.getvalue()


CONTINENTAL = 'number = true, decimal = ",", thousands = "."'
PER_CURRENCY = (
    f'[{{ column = "Amount", {CONTINENTAL}, when = {{ Country = "Kenya" }} }}, '
    '{ column = "Amount", number = true, multiply = 1000000 }]'
)


@pytest.mark.parametrize(
    ("rule", "cells", "total", "wrong"),
    [
        (f'{{ column = "Amount", {CONTINENTAL} }}', ("1.200,50", "2,25"), "1202.75", ""),
        (f'{{ column = "Amount", {CONTINENTAL} }}', ("1.200", "1"), "2.2", "1201"),
        (PER_CURRENCY, ("1.200,50", "2.25"), "1202.75", ""),
        ('{ column = "Amount", number = true, empty = ["-"] }', ("7", "-"), "7", ""),
        ('{ column = "Amount", number = true, units = { k = 1000 } }', ("7k", "2k"), "9000", ""),
        ('{ constant = "1" }', ("7", "x"), "8", "7"),
    ],
)
def test_a_sum_is_of_the_numbers_that_fields_read(
    quick: Engine, tmp_path: Path, rule: str, cells: tuple[str, str], total: str, wrong: str
) -> None:
    money = MONEY.split("amount =", maxsplit=1)[0] + f"amount = {rule}\n"
    controls = f'[controls]\nsums = {{ Amount = "{total}" }}\n'
    text = f'No,Name,Country,Amount\n1,Road,Kenya,"{cells[0]}"\n2,Dam,Uganda,"{cells[1]}"\n'
    run, profile = running(quick, tmp_path), profile_text(controls, PROJECTS, money)
    if not wrong:
        assert run(profile, text).counts.new == 2
        return
    (problem,) = refused(run, profile, text)
    assert (problem.column, problem.value) == ("Amount", wrong)
    left_out = "; it leaves out 'x' on line 3" if "x" in cells else ""
    assert problem.rule == f"is the sum, and the profile promises {total}{left_out}"


def test_rules_that_leave_rows_out_name_columns_that_are_there(run: Run) -> None:
    skip = '[[skip]]\nwhen = { Nr = "x" }\n'
    with pytest.raises(DataRejectedError, match="lacks columns that the layout rules needs: Nr"):
        run(profile_text(skip, PROJECTS), TWO)
    with pytest.raises(UsageError, match=r"skip\[1\]\.when\.No"):
        run(profile_text(skip.replace('Nr = "x"', 'No = "a*b"'), PROJECTS), TWO)
