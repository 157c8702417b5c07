"""Preparing rows: matching headers, cleaning cells, and reporting all problems of a row."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.domain.problem import Origin, Problem
from bricoop.errors import DataRejectedError, NotFoundError
from bricoop.ingest.layouts import clean
from bricoop.ingest.layouts.answers import AnswerColumns
from bricoop.ingest.layouts.clean import BadValueError, language
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import LAYOUTS, layout_of
from bricoop.ingest.readers.table import SourceRow
from bricoop.ingest.transform.prepare import Preparer
from bricoop.ingest.transform.validate import PreparedRow
from bricoop.query.catalog import NOUNS
from support.places import TwoPlaces


def preparer(noun: str, header: str) -> Preparer:
    """Return a preparer of a file with a header."""
    return Preparer(layout_of(noun), Origin("in.csv"), header.split(","), TwoPlaces())


def prepare(noun: str, header: str, *cells: str) -> PreparedRow:
    """Prepare a valid row."""
    prepared = preparer(noun, header).prepare(SourceRow(2, cells))
    assert isinstance(prepared, PreparedRow), prepared
    return prepared


def problems(noun: str, header: str, *cells: str) -> list[Problem]:
    """Return the problems of a row."""
    faults = preparer(noun, header).prepare(SourceRow(7, cells))
    assert isinstance(faults, list)
    return faults


def test_empty_cells_are_absent_and_cells_are_stripped() -> None:
    row = prepare("projects", "name,kind,status,locator", " Orsha  Hub ", "", "  ", " 3.2 ")
    assert row.fields == {"name": "Orsha  Hub"}
    assert row.locator == "3.2"
    assert list(row.raw) == [" Orsha  Hub ", "", "  ", " 3.2 "]


def test_a_header_may_be_written_with_capitals_and_blanks() -> None:
    row = prepare("projects", "Name, Stated Name ", "Orsha Hub", "Orsha hub")
    assert row.fields == {"name": "Orsha Hub", "stated_name": "Orsha hub"}
    assert row.stated_name == "Orsha hub"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("kind", "lacks the columns that projects need: name"),
        ("name,contry", "contry"),
        (
            "Project Name,Type",
            "and has columns that projects do not have: Project Name (did you mean name?), Type",
        ),
        ("name,financers", "did you mean financiers?"),
        ("name,kind,kind,Name", "several columns of the same name: kind, name"),
        ("name;kind", "separated by semicolons"),
        ("name\tkind", "separated by tabs"),
        ("", "it has no header"),
    ],
)
def test_a_wrong_header_is_refused(header: str, message: str) -> None:
    with pytest.raises(DataRejectedError) as caught:
        preparer("projects", header)
    assert message in str(caught.value)
    assert "in.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("noun", "column", "value", "rule", "hint"),
    [
        ("projects", "description", "a\0b", "has a NUL character", "Remove it"),
        ("projects", "started", "14.3.2019", "is not a date", "Write 2019-03-14."),
        ("projects", "started", "3/4/2019", "is not a date", "Write 2019-04-03 or 2019-03-04."),
        ("projects", "started", "2019/3/14", "is not a date", "Write 2019-03-14."),
        ("projects", "started", "June 2015", "is not a date", "Write 2015-06."),
        ("projects", "started", "3 May 2015", "is not a date", "Write 2015-05-03."),
        ("projects", "started", "soon", "is not a date", "Dates are 2019, 2019-03 or 2019-03-14."),
        ("projects", "started", "20140301", "is not a date", "Write 2014-03-01."),
        ("projects", "started", "20149999", "is not a date", "Dates are 2019, 2019-03 or 2019-03-14."),
        ("projects", "started", "12.2014", "is not a date", "Write 2014-12."),
        ("projects", "started", "2014年3月", "is not a date", "Write 2014-03."),
        ("projects", "started", "2014年3月5日", "is not a date", "Write 2014-03-05."),
        ("projects", "started", "Q1 2015", "is not a date", "Write 2015, or a month"),
        ("projects", "started", "TBD", "is not a date", "Leave the cell empty"),
        ("projects", "started", "0", "is not a date", "Leave the cell empty"),
        ("statistics", "period", "2015-Q2", "is not a period", "Write 2015-04..2015-06."),
        ("finance", "amount", "n/a", "not a plain number", "Leave the cell empty"),
        ("finance", "amount", "N.A.", "not a plain number", "Leave the cell empty"),
        ("statistics", "period", "2019/20", "is not a period", "Write 2019..2020."),
        ("statistics", "period", "2013-2018", "is not a period", "Write 2013..2018."),
        ("statistics", "period", "14.3.2019", "is not a period", "Write 2019-03-14."),
        ("projects", "started", "2019-02-29", "is not a calendar day", "2019-03-14"),
        ("statistics", "period", "2018..2013", "before it begins", "2013..2018"),
        ("statistics", "period", "..", "open on both sides", "2013..2018"),
        ("statistics", "value", "1.740", "may be a thousand times more", "7.27e9"),
        ("statistics", "value", "1,740", "thousands marks", "Write 1740."),
        ("statistics", "value", "7,1", "not a plain number", "Write 7.1, with a decimal point."),
        ("statistics", "value", "5%", "not a plain number", "Write 5 where the column is in percent, and 0.05"),
        ("statistics", "value", "5m", "not a plain number", "alone, in digits, without words"),
        ("statistics", "value", "about 5", "plain number", "Write 5 here, and about in the column qualifier."),
        ("statistics", "value", "over 5.5", "plain number", "Write 5.5 here, and more-than in"),
        ("finance", "amount", "about 5", "not a plain number", "alone, in digits"),
        ("statistics", "value", "9" * 41, "more than 40 digits", "7.27e9"),
        ("statistics", "price_base", "real", "not a price base", "constant-2021"),
        ("statistics", "qualifier", "circa", "is not a known qualifier", "more-than"),
        ("finance", "amount_usd", "9000000000001", "9 trillion", "unit"),
        ("finance", "currency", "RMB", "is not a currency code of ISO 4217", "Write CNY."),
        ("finance", "estimated", "perhaps", "neither yes nor no", "yes or no"),
        ("finance", "price_year", "21", "not a year", "four digits"),
        ("finance", "price_year", "x", "not a whole number", "digits"),
        ("locations", "latitude", "90.5", "beyond 90 degrees", "WGS 84"),
        ("locations", "longitude", "-180.5", "beyond 180 degrees", "WGS 84"),
        ("projects", "countries", "Belarus; Atlantis", "is no place", "Belarus?"),
        ("projects", "countries", "Belarus, Central Asia", "is no place", "by semicolons: Belarus; Central Asia."),
        ("projects", "sector", "210 Health", "is not a DAC CRS code", "three digits"),
        ("finance", "interest_rate", "%", "not a plain number", "plain"),
        ("projects", "links", "facility/trade and people", "not a known link", "facility; trade; people."),
        ("projects", "source_tiers", "1, 2", "not a whole number", "by semicolons: 1; 2."),
        ("projects", "links", "facility; roads", "is not a known link", "facility"),
        ("projects", "sector", "2104", "not a DAC CRS code", "21030"),
        ("projects", "sector", "Transport", "not a DAC CRS code", "Did you mean: 210 Transport and storage?"),
        ("projects", "sector", "water", "not a DAC CRS code", "140 Water"),
        ("finance", "interest_rate", "5%%", "is not", "Write 5."),
        ("countries", "alpha2", "BLR", "not a code of 2 letters", "ISO 3166-1"),
        ("countries", "numeric", "12", "not a code of 3 digits", "leading zeros"),
        ("links", "position", "6", "is not 1 to 5", ""),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_with_its_line_column_value_rule_and_hint(
    noun: str, column: str, value: str, rule: str, hint: str
) -> None:
    problem = only_problem(noun, column, value)
    assert (problem.file, problem.line, problem.column, problem.value) == (
        "in.csv",
        7,
        column,
        value,
    )
    assert rule in problem.rule
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("French", "Write fr."), ("FR", "Write fr."), ("zh_Hant", "Write zh-Hant."),
        ("pt_br", "Write pt-BR."), ("xx", "Write a code of ISO 639, such as"),
        ("Klingon", "Write a code of ISO 639, such as"),
    ],
)  # fmt: skip
def test_a_language_is_a_code(cell: str, hint: str) -> None:
    for code in ("fr", "zh-Hant", "yue"):
        assert language(code, TwoPlaces()) == code
    with pytest.raises(BadValueError) as refused:
        language(cell, TwoPlaces())
    assert refused.value.hint.startswith(hint)


def only_problem(noun: str, column: str, value: str) -> Problem:
    """Return the only problem of a row whose other cells are valid."""
    right = {
        "name": "Orsha", "subject": "Orsha", "project": "Orsha", "indicator": "length",
        "value": "5", "kind": "pledge", "latitude": "5", "longitude": "5", "precision": "near",
        "code": "trade",
    }  # fmt: skip
    needed = [name for name in layout_of(noun).required if name != column]
    cells = [value, *(right[name] for name in needed)]
    (problem,) = problems(noun, ",".join([column, *needed]), *cells)
    return problem


def test_everything_that_is_wrong_with_a_row_is_said_at_once() -> None:
    header = "name,kind,countries,started,completed,sector"
    faults = problems("projects", header, "", "castle", "Atlantis", "2019", "2010", "x")
    assert [problem.column for problem in faults] == [
        "kind",
        "countries",
        "sector",
        "name",
        "completed",
    ]


@pytest.mark.parametrize(
    ("amount", "column", "value"),
    [("amount", "currency", "renminbi"), ("amount_usd_constant", "price_year", "21")],
)
def test_a_bad_cell_is_not_called_missing_as_well(amount: str, column: str, value: str) -> None:
    header = f"project,kind,{amount},{column}"
    (problem,) = problems("finance", header, "Orsha", "pledge", "5", value)
    assert (problem.column, problem.value) == (column, value)


def test_a_bad_cell_under_a_capital_header_is_one_problem() -> None:
    header = "Project,Latitude,Longitude,Precision"
    (problem,) = problems("locations", header, "Orsha", "north", "5", "near")
    assert problem.column == "Latitude"


def test_a_row_that_is_too_short_or_too_long_is_refused_whole() -> None:
    (short,) = problems("projects", "name,kind,status", "Orsha", "port")
    assert "2 cells, the header 3" in short.rule
    (long,) = problems("projects", "name,kind", "Orsha", "port", "extra")
    assert ("3 cells, the header 2" in long.rule, long.value) == (True, "extra")


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("Source: Ministry", "It looks like a footer. Leave it out of the file."),
        ("Total (3 projects)", "It looks like a total. Leave it out of the file."),
        ("Source of the Nile Bridge", "Is a separator missing, or one too many outside quotes?"),
        ("Orsha\nport", "Does a quote close too late?"),
    ],
)
def test_a_short_row_that_is_no_data_is_called_so(cell: str, hint: str) -> None:
    (short,) = problems("projects", "name,kind,status", cell)
    assert (short.rule, short.hint) == ("the row has 1 cell, the header 3", hint)


def test_empty_cells_beyond_the_header_are_no_fault() -> None:
    assert prepare("projects", "name,kind", "Orsha", "port", "", " ").fields["kind"] == "port"


def test_a_cell_under_an_empty_header_is_refused() -> None:
    (problem,) = problems("projects", "name,", "Orsha", "stray")
    assert (problem.value, problem.rule) == ("stray", "has no header above it")


@pytest.mark.parametrize(("guarded", "meant"), [("'=1+1", "=1+1"), ("'-x", "-x"), ("'@a", "@a")])
def test_the_guard_before_a_formula_is_taken_off_and_kept_in_the_raw_cells(
    guarded: str, meant: str
) -> None:
    row = prepare("projects", "name", guarded)
    assert row.fields["name"] == meant
    assert list(row.raw) == [guarded]


def test_an_apostrophe_that_guards_nothing_stays() -> None:
    assert prepare("projects", "name", "'s-Hertogenbosch").fields["name"] == "'s-Hertogenbosch"


def test_lists_lose_their_repeats_and_empty_parts_and_keep_their_order() -> None:
    row = prepare("projects", "name,countries,links", "X", "Central Asia;BY;; Belarus ;", "trade")
    assert row.fields["countries"] == ["Central Asia", "BLR"]
    assert row.fields["links"] == ["trade"]


def test_a_vocabulary_is_read_by_code_or_label_in_any_case() -> None:
    for cell in ("industrial-park", "Industrial Park", "INDUSTRIAL_PARK"):
        assert prepare("projects", "name,kind", "X", cell).fields["kind"] == "industrial-park"


@pytest.mark.parametrize(
    ("noun", "column", "cell", "value"),
    [
        ("projects", "links", "unimpeded trade; 资金融通", ["trade", "finance"]),
        ("projects", "links", "People-to-People Bonds", ["people"]),
        ("projects", "sector", "210 Transport and storage", "210"),
        ("finance", "interest_rate", "2%", "2"),
        ("finance", "grant_element", "25.5 %", "25.5"),
    ],
)
def test_what_answers_print_is_read(noun: str, column: str, cell: str, value: object) -> None:
    subject, kind = ("project", "pledge") if noun == "finance" else ("name", "road")
    row = prepare(noun, f"{subject},kind,{column}", "X", kind, cell)
    assert row.fields[column] == value


def test_an_id_is_the_rows_own_or_made_of_what_tells_it_apart() -> None:
    header = "id,subject,indicator,value,unit,period"
    given_id = prepare("statistics", header, "r1", "Belarus", "Trade", "5", "USD", "2018")
    made_id = prepare("statistics", header, "", "Belarus", "Trade", "5", "USD", "2018")
    other_value = prepare("statistics", header, "", "belarus", "trade", "6", "usd", "2018")
    other_year = prepare("statistics", header, "", "Belarus", "Trade", "5", "USD", "2019")
    assert given_id.external_id == "r1"
    assert made_id.external_id == other_value.external_id
    assert made_id.external_id != other_year.external_id


def test_the_digest_follows_the_content_and_not_the_place_in_the_file() -> None:
    first = preparer("projects", "name,kind").prepare(SourceRow(2, ("X", "port")))
    two = preparer("projects", "name,kind").prepare(SourceRow(9, ("X", "port")))
    three = preparer("projects", "name,kind").prepare(SourceRow(2, ("X", "road")))
    assert isinstance(first, PreparedRow)
    assert isinstance(two, PreparedRow)
    assert isinstance(three, PreparedRow)
    assert first.digest == two.digest != three.digest


@given(st.text(min_size=1))
def test_whatever_stands_in_a_cell_is_a_value_or_a_problem(cell: str) -> None:
    for layout in LAYOUTS:
        header = [column.name for column in layout.columns]
        maker = Preparer(layout, Origin("in.csv"), header, TwoPlaces())
        prepared = maker.prepare(SourceRow(2, [cell] * len(header)))
        assert isinstance(prepared, PreparedRow) or all(
            problem.line == 2 and problem.rule for problem in prepared
        )


def test_a_load_file_of_an_unknown_kind_gets_the_nearest_one() -> None:
    with pytest.raises(NotFoundError) as caught:
        layout_of("project")
    assert caught.value.hint == "Did you mean: projects?"


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.noun)
def test_every_column_of_an_answer_is_read_or_left_out(layout: Layout) -> None:
    noun = next((candidate for candidate in NOUNS if candidate.name == layout.noun), None)
    known = {column.name: column for column in layout.columns}
    answered = [field.name for field in noun.fields] if noun else [*known]
    answered += [f"{field.name}_label" for field in noun.fields if field.coded] if noun else []
    columns = AnswerColumns(layout.noun, answered, known)
    assert set(columns.names) <= {"", *known}
    assert {*layout.required} <= {*columns.names}


def cleaned(cleaner: clean.Cleaner, cell: str) -> str:
    """Return the value of a cell with its doubts, or the rule that it breaks."""
    places = TwoPlaces()
    try:
        return f"{cleaner(cell, places)} {places.doubts}"
    except BadValueError as error:
        return error.rule


@given(text=st.from_regex(r"[0-9]{1,14}(\.[0-9]{1,8})?", fullmatch=True))
def test_plain_numbers_are_cleaned_as_all_others(text: str) -> None:
    cleaners = clean.decimal, clean.dollars
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clean, "_CANONICAL", re.compile("(?!)"))
        expected = [cleaned(cleaner, text) for cleaner in cleaners]
    assert [cleaned(cleaner, text) for cleaner in cleaners] == expected


def test_numbers_that_may_be_thousands_are_refused() -> None:
    for cleaner in (clean.decimal, clean.dollars):
        assert cleaned(cleaner, "1.745").startswith("may be a thousand times more")
