"""Rules of a profile: each acts as it says, on rows that are read, left out or become nothing."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import entity, finance, load, record
from bricoop.domain.problem import Problem
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import DataRejectedError, UsageError
from bricoop.ingest.load import RowsRejectedError, load_file
from bricoop.ingest.prepared import process
from bricoop.ingest.prepared.crossing import packed_batch, unpacked_batch
from bricoop.ingest.prepared.supply import Batch
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.profile.patterns import accepted, date_fault, date_word, word_fault
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.query.ask import ask
from bricoop.query.question import Question
from bricoop.render.loading import write_result
from bricoop.render.profiles import write_profile
from conftest import Load

Run = Callable[..., LoadResult]

SOURCE = '[source]\nkey = "rules"\ntitle = "Rules"\ntier = 6\n'
PROJECTS = """
[[records]]
noun = "projects"
id = ["No"]
[records.fields]
key = { template = "m-{No}" }
name = "Name"
countries = "Country"
"""
MONEY = """
[[records]]
noun = "finance"
id = ["No"]
[records.fields]
project = { template = "m-{No}" }
kind = { constant = "commitment" }
currency = { constant = "USD" }
amount = { column = "Amount", number = true }
amount_usd = { column = "Amount", number = true }
"""
TWO = "No,Name,Country,Amount\nP1,Ports of the lake,Kenya,10\nP2,Road,Uganda,4\n"


def profile_text(*records: str, styles: str = "", before: str = "") -> str:
    """Return the text of a profile with some records."""
    return f'title = "t"\n{before}{SOURCE}[styles]\n{styles}\n{"".join(records)}'


def running(engine: Engine, folder: Path) -> Run:
    """Return what loads text by a profile's text."""

    def loaded(profile: str, text: str, **more: object) -> LoadResult:
        path, data = folder / "rules.toml", folder / "rules.csv"
        path.write_text(profile, encoding="utf-8")
        data.write_text(text, encoding="utf-8")
        made = profile_of(str(path))
        request = LoadRequest("", str(data), made.source, profile=made, form=made.form, **more)  # type: ignore[arg-type]
        return load_file(engine, request)

    return loaded


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    """Load text by a profile's text."""
    return running(engine, tmp_path)


def refused(run: Run, profile: str, text: str) -> list[Problem]:
    """Return what is wrong with text that is refused."""
    with pytest.raises(RowsRejectedError) as error:
        run(profile, text)
    return error.value.result.problems


def fields(engine: Engine, noun: str) -> list[dict[str, object]]:
    """Return the fields of every record of a noun of the source, in the order of the file."""
    with reading(engine) as connection:
        newest = select(load.c.source_id).order_by(load.c.id.desc()).limit(1).scalar_subquery()
        wanted = select(record.c.fields).where(record.c.noun == noun, record.c.source_id == newest)
        return [row.fields for row in connection.execute(wanted.order_by(record.c.id))]


def money_in(engine: Engine, country: str) -> int:
    """Return the sum of the money of projects in a country."""
    with reading(engine) as connection:
        question = Question("finance", filters={"country": (country,)}, columns=("amount_usd",))
        return sum(int(amount) for (amount,) in ask(connection, question).rows)


# Keys


@pytest.mark.parametrize("order", [(PROJECTS, MONEY), (MONEY, PROJECTS)])
def test_a_template_makes_the_same_key_for_a_project_and_its_money(
    engine: Engine, run: Run, order: tuple[str, str]
) -> None:
    result = run(profile_text(*order), TWO)
    assert result.records == {"projects": 2, "finance": 2}
    assert not result.created.counts
    assert (money_in(engine, "Kenya"), money_in(engine, "Uganda")) == (10, 4)
    with reading(engine) as connection:
        keys = connection.scalars(
            select(entity.c.key).join(finance, finance.c.entity_id == entity.c.id)
        )
        assert sorted(keys) == ["m-p1", "m-p2"]


def test_a_profile_of_another_file_finds_projects_by_its_template(engine: Engine, run: Run) -> None:
    run(profile_text(PROJECTS), TWO)
    run(profile_text(MONEY), TWO)
    assert money_in(engine, "Kenya") == 10
    (problem,) = refused(run, profile_text(MONEY), f"{TWO}P3,Dam,Kenya,5\n")
    assert (problem.line, problem.column, problem.value) == (4, "No", "P3")
    assert problem.rule == "means 'm-p3', which is the key of no project"
    assert problem.hint == "Did you mean: m-p1; m-p2?"


def test_organizations_are_known_by_the_template_of_their_keys(engine: Engine, run: Run) -> None:
    organizations = """
[[records]]
noun = "organizations"
id = ["Bank"]
[records.fields]
key = { template = "bank-{Bank}" }
name = { template = "Bank of {Bank}" }
"""
    projects = f'{PROJECTS}financiers = {{ template = "bank-{{Bank}}", add = ["Far Fund"] }}\n'
    result = run(
        profile_text(organizations, projects), "No,Name,Country,Bank\n1,Road,Kenya,Kisumu\n"
    )
    assert [list(names) for names in result.created.names.values()] == [["Far Fund"]]
    with reading(engine) as connection:
        rows = ask(
            connection,
            Question("projects", columns=("financiers",), filters={"country": ("Kenya",)}),
        )
        assert [row for (row,) in rows.rows] == [["Far Fund", "Bank of Kisumu"]]


LONG = "A very long name of a project in a country that has very many of them and number "


@pytest.mark.parametrize(
    ("template", "rows", "refused_lines"),
    [
        ("d-{No}", ("A-1", "A/1", "A 1", "1.0", "1-0"), [3, 4, 6]),
        ("d-{No}", (f"{LONG * 2}1", f"{LONG * 2}2"), [3]),
        ("d-{No}", ("???", "!!!"), [3]),
        ("d-{No}-{Name}", ("1-2,3", "1,2-3"), [3]),
        ("d-{No}", ("A-1", "B-1"), []),
        ("d-{Name}", ("1,Road", "2,Road"), []),
        ("d-{No}-{#}", ("A-1", "A/1"), []),
        ("D {No}", ("A-1", "A/1"), [3]),
    ],
)
def test_different_cells_that_become_one_key_are_refused(
    quick: Engine, tmp_path: Path, template: str, rows: tuple[str, ...], refused_lines: list[int]
) -> None:
    run = running(quick, tmp_path)
    records = (one.replace("m-{No}", template) for one in (PROJECTS, MONEY))
    profile = profile_text(*records).replace('id = ["No"]', 'id = ["No", "Name"]')
    lines = "".join(f"{row if ',' in row else f'{row},Road'},,5\n" for row in rows)
    text = f"No,Name,Country,Amount\n{lines}"
    if not refused_lines:
        assert run(profile, text).counts.new == len(rows)
        return
    problems = refused(run, profile, text)
    assert [one.line for one in problems if one.rule.startswith("becomes the key")] == refused_lines
    assert problems[0].column == "No"
    assert "which line 2 has for another value" in problems[0].rule


def test_a_key_in_other_letters_is_noted(quick: Engine, tmp_path: Path) -> None:
    profile = profile_text(PROJECTS).replace("m-{No}", "m-{Name}")
    result = running(quick, tmp_path)(profile, "No,Name,Country\n1,Lake Road,\n2,Lake ROAD,\n")
    (note,) = result.row_notes
    assert (note.line, note.column, note.value) == (3, "Name", "Lake ROAD")
    assert (
        note.rule == "becomes the key 'm-lake-road', which line 2 has for the same in other letters"
    )


def test_a_row_that_is_there_already_keeps_its_key_from_new_ones(
    quick: Engine, tmp_path: Path
) -> None:
    run, profile = running(quick, tmp_path), profile_text(PROJECTS)
    run(profile, "No,Name,Country\nA-1,Road,\n")
    for text in ("A-1,Road,\nA/1,Dam,\n", "A/1,Dam,\nA-1,Road,\n"):
        (problem,) = refused(run, profile, f"No,Name,Country\n{text}")
        assert problem.line == 3


@pytest.mark.parametrize(
    ("noun", "header", "rest"),
    [
        ("finance", "project,kind", ",pledge"),
        ("locations", "project,latitude,longitude,precision", ",1,2,exact"),
        ("participations", "project,organization,role", ",A Bank,funding"),
    ],
)
def test_rows_about_projects_name_them_or_give_a_key_that_is_known(
    load: Load, noun: str, header: str, rest: str
) -> None:
    load("projects", "key,name\nkaruma-dam,Karuma Hydropower\nx-12,Line\ny-12,Dam\n")
    for wrong in ("karuma-dan", "x-13", "12345"):
        with pytest.raises(RowsRejectedError) as error:
            load(noun, f"{header}\n{wrong}{rest}\n")
        (problem,) = error.value.result.problems
        assert problem.rule == "is the key of no project"
        assert ("karuma-dam" in problem.hint) == (wrong == "karuma-dan")
    with pytest.raises(RowsRejectedError, match="refused"):
        load(noun, f"{header}\nDam; Road{rest}\n")
    right = ("karuma-dam", "Karuma Hydropower", "X-12", "karuma hydropower", "Y/12", "port")
    result = load(noun, f"{header}\n" + "".join(f"{one}{rest}\n" for one in right[2:]))
    assert result.counts.new == 4
    assert result.created.names[EntityKind.PROJECT] == ["Y/12", "port"]


# Rules that act


def test_a_profile_refuses_a_name_without_a_visible_character(
    quick: Engine, tmp_path: Path
) -> None:
    run = running(quick, tmp_path)
    (problem,) = refused(run, profile_text(PROJECTS), "No,Name,Country\n1,\u200b,Kenya\n")
    assert (problem.column, problem.rule) == ("Name", "has no visible character")


@pytest.mark.parametrize("styles", ["", 'empty = ["n/a"]'])
def test_deleted_texts_are_taken_out_of_plain_lists(engine: Engine, run: Run, styles: str) -> None:
    rule = 'financiers = { column = "Agency", separator = ";", delete = [", Government Agency"] }\n'
    text = (
        "No,Name,Country,Agency\n"
        '1,Alpha Park,Belarus,"Exim Bank of China, Government Agency;Bank X, Government Agency"\n'
        '2,Beta Park,Egypt,", Government Agency"\n'
    )
    run(profile_text(PROJECTS + rule, styles=styles), text)
    found = [one.get("financiers") for one in fields(engine, "projects")]
    assert found == [["Exim Bank of China", "Bank X"], None]


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
    assert [one["amount"] for one in fields(engine, "finance")] == ["5"]
    problems = refused(run, profile_text(PROJECTS, dated), f"{header}1,Road,Kenya,x,soon\n")
    # What is needed and wrong is not what is needed and missing.
    assert {one.column for one in problems} == {"Amount", "When"}


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
    assert [one["started"] for one in fields(engine, "projects")] == [
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
    assert date_word(["%d-%b-%y", "%Y"], span)(cell) == day


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


# Rows that become nothing


def test_rows_are_counted_as_records_where_they_are_one_each(run: Run) -> None:
    def said(result: LoadResult) -> str:
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
    assert [(one.line, one.rule) for one in seen] == [
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
    with pytest.raises(DataRejectedError, match=r"No row of .* became a record"):
        run(profile_text(needy), "No,Name,Country,Amount\n1,,Kenya,\n", complete=True)


def test_what_became_nothing_crosses_from_the_second_process() -> None:
    batch = Batch([], [], [], 0.5, nothing=[(3, "no name")])
    assert unpacked_batch(bytearray(packed_batch(batch))).nothing == [(3, "no name")]


@pytest.mark.parametrize("is_worthwhile", [True, False])
def test_both_ways_of_reading_count_the_same(
    run: Run, monkeypatch: pytest.MonkeyPatch, *, is_worthwhile: bool
) -> None:
    if is_worthwhile:
        monkeypatch.setattr(process, "_WORTHWHILE", 0)
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


# Styles of a field, and units


def amounts(run: Run, engine: Engine, rule: str, *cells: str, styles: str = "") -> list[object]:
    """Return the amounts that are read of some cells."""
    money = MONEY.replace('amount = { column = "Amount", number = true }', f"amount = {rule}")
    money = money.replace('amount_usd = { column = "Amount", number = true }', "")
    rows = "".join(f'{number},Road {number},Kenya,"{cell}"\n' for number, cell in enumerate(cells))
    run(profile_text(PROJECTS, money, styles=styles), f"No,Name,Country,Amount\n{rows}")
    return [one.get("amount") for one in fields(engine, "finance")]


UNITS = '{ M = "1000000", B = "1000000000", bn = "1000000000", "亿" = "100000000" }'


def test_units_in_cells_mean_what_is_declared(quick: Engine, tmp_path: Path) -> None:
    rule = f'{{ column = "Amount", number = true, signs = ["$"], units = {UNITS} }}'
    found = amounts(
        running(quick, tmp_path), quick, rule, "$7.0B", "50M", "1.2 bn", "3.5亿", "-2 M"
    )
    assert found == ["7000000000", "50000000", "1200000000", "350000000", "-2000000"]


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
    assert [one.get("amount_usd") for one in fields(quick, "finance")] == ["1740.5", None]
    assert run(profile, text).counts.unchanged == 2


# Rules that cannot act


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
        ('{ template = "{X}", delete = ["a"] }', "delete"),
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
    with pytest.raises(UsageError, match=r"records\[1\]\.separator acts only beside each"):
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


# Rows that are left out by a rule


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
    assert [(one.line, one.rule) for one in seen][:1] == [(2, "was left out by a rule: tags")]
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
    with pytest.raises(DataRejectedError, match="lacks columns of the layout rules: Nr"):
        run(profile_text(skip, PROJECTS), TWO)
    with pytest.raises(UsageError, match=r"skip\[1\]\.when\.No"):
        run(profile_text(skip.replace('Nr = "x"', 'No = "a*b"'), PROJECTS), TWO)


def test_rows_left_out_by_a_rule_cross_from_the_second_process(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_WORTHWHILE", 0)
    result = run(profile_text(SKIP, PROJECTS, MONEY), TAGGED)
    assert (result.counts.read, result.counts.skipped) == (5, 3)
