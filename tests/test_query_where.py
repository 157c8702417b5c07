"""The condition language: its grammar, and its results on both databases."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.errors import AmbiguousNameError, BricoopError, NotFoundError, UsageError
from bricoop.query.conditions.parser import OPERATORS, And, Comparison, Not, Or, parse
from bricoop.query.execute import count, execute
from bricoop.query.question import Question
from support.loading import Load
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

PROJECTS = (
    "id,name,name_zh,kind,status,countries,links,financiers,sector,announced,started,completed\n"
    "1,Alpha Railway,阿尔法铁路,railway,pledged,Kenya,facility,CDB,210,2010,,\n"
    "2,Beta Port,,port,completed,Kenya; Mali,facility; trade,,21040,2011-05,2012,2015\n"
    "3,Gamma,,,,Mali,,CDB; ICBC,,2013,,2013-05\n"
    "4,Trinidad and Tobago's Delta,,,operation,,trade,,,,2013-02-01,\n"
)
FINANCE = (
    "project,kind,instrument,financier,amount,currency,amount_usd,date,maturity,umbrella\n"
    "Alpha Railway,commitment,loan,ICBC,1000000000.5,CNY,150000000.000001,2012-03,20,no\n"
    "Beta Port,pledge,grant,CDB,40,USD,40,2020,,yes\nGamma,commitment,loan,,,,,,7.5,\n"
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("started >= 2013", Comparison("started", ">=", ("2013",))),
        ("Started>=2013", Comparison("Started", ">=", ("2013",))),
        ("kind = port, power plant", Comparison("kind", "=", ("port", "power plant"))),
        ("kind != port", Not(Comparison("kind", "=", ("port",)))),
        ("name !~ 'a, b'", Not(Comparison("name", "~", ("a, b",)))),
        ('name = "He said ""no"""', Comparison("name", "=", ('He said "no"',))),
        ("name ~ Côte d'Ivoire", Comparison("name", "~", ("Côte d'Ivoire",))),
        ("amount-usd IS NOT Empty", Not(Comparison("amount_usd", "empty", ()))),
        (
            "a = 1 or b = 2 and not c = 3",
            Or(
                (
                    Comparison("a", "=", ("1",)),
                    And((Comparison("b", "=", ("2",)), Not(Comparison("c", "=", ("3",))))),
                )
            ),
        ),
        (
            "(a = 1 or b = 2) and c is empty",
            And(
                (
                    Or((Comparison("a", "=", ("1",)), Comparison("b", "=", ("2",)))),
                    Comparison("c", "empty", ()),
                )
            ),
        ),
    ],
)
def test_conditions_are_read(text: str, meant: Any) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "name of a field is expected at the end"),
        ("started", "or `is empty` is expected at the end"),
        ("started >>", "a value is expected after 'started >', not '>'"),
        ("started =", "a value is expected at the end"),
        ("= 3", "name of a field is expected at the beginning, not '='"),
        ("name = 'open", "a quote is opened and never closed"),
        ("(a = 1", "closing bracket is expected at the end"),
        ("a = 1)", "`and`, `or` or the end is expected after 'a = 1', not ')'"),
        ("name = Trinidad and Tobago", "need quotes"),
        ("a is full", "`empty` is expected"),
        ("(" * 60 + "a = 1", "nested more than 15 levels deep"),
    ],
)
def test_what_does_not_follow_the_grammar_is_refused_with_its_place(
    text: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert message in str(caught.value)


@given(
    st.from_regex(r"[a-z_]{1,12}", fullmatch=True).filter(lambda name: name != "not"),
    st.sampled_from(OPERATORS),
    st.lists(st.text(), min_size=1, max_size=3),
)
def test_any_value_can_be_quoted(field: str, operator: str, values: list[str]) -> None:
    quoted = ", ".join('"' + value.replace('"', '""') + '"' for value in values)
    meant = Comparison(
        field, operator.removeprefix("!") if operator != "!=" else "=", tuple(values)
    )
    parsed = parse(f"{field} {operator} {quoted}")
    assert parsed == (Not(meant) if operator.startswith("!") else meant)


@given(st.integers(1000, 10**15), st.sampled_from([">=", "="]))
def test_a_comma_between_thousands_is_in_doubt_and_one_before_a_space_is_not(
    number: int, operator: str
) -> None:
    grouped = f"{number:,}"
    doubtful = parse(f"kind = port, road and amount {operator} {grouped} or started = 2013,2014")
    assert isinstance(doubtful, Or)
    assert isinstance(doubtful.conditions[0], And)
    assert [
        getattr(condition, "doubtful", "") for condition in doubtful.conditions[0].conditions
    ] == [
        "",
        grouped,
    ]
    assert doubtful.conditions[1] == Comparison("started", "=", ("2013", "2014"))
    apart = parse(f"amount {operator} {grouped.replace(',', ', ')}")
    assert apart == Comparison("amount", operator, tuple(grouped.split(",")))


@given(st.text())
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    with suppress(UsageError):
        assert parse(text) == parse(f" {text}\t")


def fill(load: Load) -> None:
    """Load the rows that the tests query."""
    load("projects", PROJECTS, source="mine")
    load("finance", FINANCE, source="mine")


@pytest.fixture(scope="module")
def filled(standing: Standing) -> Iterator[Engine]:
    """A knowledge base with the rows that the tests query."""
    fill(standing.load)
    with standing.unwritten():
        yield standing.engine


def names(engine: Engine, noun: str, column: str, where: str, **filters: str) -> list[str]:
    """Return a column of the rows of a source for which a condition holds."""
    all_filters = {"source": ("mine",), **{name: (value,) for name, value in filters.items()}}
    with reading(engine) as connection:
        rows = execute(
            connection, Question(noun, all_filters, (column,), where=(where,) if where else ())
        )
        return [str(row[0])[:5] for row in rows.rows]


ON_PROJECTS = [
    ("kind = port", ["Beta "]),
    ("kind != port", ["Alpha", "Gamma", "Trini"]),
    ("kind is empty", ["Gamma", "Trini"]),
    ("kind is not empty and not status = completed", ["Alpha"]),
    ("country = KEN", ["Alpha", "Beta "]),
    ("countries = Кения", ["Alpha", "Beta "]),
    ("country_names != Kenya", ["Gamma", "Trini"]),
    ("country is empty", ["Trini"]),
    ("links is not empty", ["Alpha", "Beta ", "Trini"]),
    ("link = unimpeded trade", ["Beta ", "Trini"]),
    ("region = Western Africa", ["Beta ", "Gamma"]),
    ("region is empty", ["Trini"]),
    ("financiers = ICBC, CDB", ["Alpha", "Beta ", "Gamma"]),
    ("financier is empty", ["Trini"]),
    ("name = 阿尔法铁路", ["Alpha"]),
    ("name = Beta", []),
    ("name ~ beta", ["Beta "]),
    ("name = 'trinidad and tobago''s delta'", ["Trini"]),
    ("name < c", ["Alpha", "Beta "]),
    ("started = 2013", ["Trini"]),
    ("started >= 2012", ["Beta ", "Trini"]),
    ("started > 2012", ["Trini"]),
    ("started < 2013", ["Beta "]),
    ("completed <= 2013", ["Gamma"]),
    ("announced = 2011..2013", ["Beta ", "Gamma"]),
    ("announced ~ -05", ["Beta "]),
    ("year = 2012", ["Beta "]),
    ("year >= 2013", ["Beta ", "Gamma", "Trini"]),
    ("year < 2011", ["Alpha"]),
    ("sector = 21040", ["Beta "]),
    ("sector = 210", ["Alpha", "Beta "]),
    ("sector = 21020", []),
    ("sector = 210..215", ["Alpha", "Beta "]),
    ("sector = transport", ["Alpha", "Beta "]),
    ("sector = water transport", ["Beta "]),
    ("sector != 'Transport and storage'", ["Gamma", "Trini"]),
    ("sector = rail, health", []),
    ("sector ~ transport", ["Alpha", "Beta "]),
    ("sector ~ water", ["Beta "]),
    ("sector > 210", ["Beta "]),
    ("status = operation or (kind = port and sector ~ 04)", ["Beta ", "Trini"]),
    ("source = mine and description is empty", ["Alpha", "Beta ", "Gamma", "Trini"]),
]


def test_conditions_on_projects(filled: Engine) -> None:
    results = [(where, names(filled, "projects", "name", where)) for where, _ in ON_PROJECTS]
    assert results == ON_PROJECTS


ON_MONEY = [
    ("currency = us..", ["Beta "]),
    ("currency = cn..cnz", ["Alpha"]),
    ("currency >= usa", ["Beta "]),
    ("amount_usd = 40", ["Beta "]),
    ("amount_usd = 150000000.000001", ["Alpha"]),
    ("amount_usd = 150000000.0000009", []),
    ("amount_usd > 150000000.0000009", ["Alpha"]),
    ("amount_usd >= 150000000.0000011", []),
    ("amount_usd < 150000000.0000011", ["Alpha", "Beta "]),
    ("amount_usd = 1e6..", ["Alpha"]),
    ("amount_usd = ..1e6", ["Beta "]),
    ("amount = 1000000000.5", ["Alpha"]),
    ("amount > 39.5", ["Alpha", "Beta "]),
    ("amount = 30..50, 1e9..", ["Alpha", "Beta "]),
    ("amount is empty", ["Gamma"]),
    ("maturity >= 7.5", ["Alpha", "Gamma"]),
    ("maturity = 7.5", ["Gamma"]),
    ("maturity < 20", ["Gamma"]),
    ("umbrella = yes", ["Beta "]),
    ("umbrella != yes", ["Alpha", "Gamma"]),
    ("umbrella is empty", ["Gamma"]),
    ("instrument = loan", ["Alpha", "Gamma"]),
    ("financier = ICBC", ["Alpha"]),
    ("date > 2012", ["Beta "]),
    ("year is empty", ["Gamma"]),
    ("year is not empty", ["Alpha", "Beta "]),
    ("country is empty", []),
    ("link is empty", ["Gamma"]),
    ("link = trade", ["Beta "]),
    ("amount = 40, 100", ["Beta "]),
    ("sector = 210..", ["Alpha", "Beta "]),
    ("status = completed, pledged", ["Alpha", "Beta "]),
    ("project_kind != port", ["Alpha", "Gamma"]),
    ("project_kind is empty", ["Gamma"]),
    ("region = Africa", ["Alpha", "Beta ", "Gamma"]),
    ("region = eastern africa", ["Alpha", "Beta "]),
    ("subregion = Western Africa", ["Beta ", "Gamma"]),
    ("amount = '40','100'", ["Beta "]),
    ("project_key ~ beta", ["Beta "]),
]


def test_conditions_on_money(filled: Engine) -> None:
    results = [(where, names(filled, "finance", "project", where)) for where, _ in ON_MONEY]
    assert results == ON_MONEY


def test_a_filter_of_any_field_and_what_is_not_wanted(filled: Engine) -> None:
    assert names(filled, "projects", "name", "", country="!Mali") == ["Alpha", "Trini"]
    assert names(filled, "projects", "name", "", sector="210..") == ["Alpha", "Beta "]
    assert names(filled, "projects", "name", "", status="! completed") == [
        "Alpha",
        "Gamma",
        "Trini",
    ]
    assert names(filled, "finance", "project", "", amount_usd="1e6..") == ["Alpha"]
    with reading(filled) as connection:
        both = Question("projects", {"country": ("Kenya", "!Mali")}, ("name",))
        assert [row[0] for row in execute(connection, both).rows] == ["Alpha Railway"]
        assert count(connection, both) == 1


UNFIT: list[tuple[str, str, type[BricoopError], str]] = [
    ("projects", "strated = 2013", UsageError, "Did you mean: started"),
    ("projects", "kind = railwy", UsageError, "Did you mean: railway"),
    ("projects", "country = Kenyaa", NotFoundError, "Kenya"),
    ("projects", "region = Afrika", NotFoundError, "Africa"),
    ("finance", "sector = 210 and sectr = 2", UsageError, "Did you mean: sector"),
    ("finance", "sector = 21", UsageError, "Write three digits"),
    ("projects", "sector = helth", NotFoundError, "120 Health"),
    ("projects", "sector = polic", AmbiguousNameError, "Use the code"),
    ("finance", "status = done", UsageError, "There is no status 'done'"),
    ("projects", "link = f", AmbiguousNameError, "link-finance"),
    ("projects", "started > soon", UsageError, "Write 2013, 2013-05"),
    ("projects", "started = soon", UsageError, "2013..2018"),
    ("projects", "year > soon", UsageError, "four digits"),
    ("projects", "country < Kenya", UsageError, "< cannot be used"),
    ("finance", "amount = 1.740", UsageError, "thousand times more"),
    ("finance", "amount = 1,740 or", UsageError, "name of a field"),
    (
        "finance",
        "amount = 1,000",
        UsageError,
        "1000 or several numbers. Write 1000, or with spaces: 1, 000",
    ),
    ("finance", "amount > 12,345,678.5 and kind = pledge", UsageError, "Write 12345678.5"),
    ("finance", "maturity != 5,100", UsageError, "Write 5100"),
    ("finance", "note = ''", UsageError, "--where 'note is empty'"),
    ("finance", "note ~ ' '", UsageError, "no value to look for"),
    ("finance", "name is empty", UsageError, "cannot be filtered by an empty name"),
    ("finance", "colour is empty", UsageError, "no field or filter 'colour'"),
    ("projects", "status < completed", UsageError, "a code, and codes have no order"),
    ("projects", "kind >= port", UsageError, "Write kind = with one or more of: "),
    ("finance", "amount = lots", UsageError, "not a plain number"),
    ("finance", "amount = ..", UsageError, "a range with no ends"),
    ("finance", "amount ~ 7", UsageError, "is not text"),
    ("finance", "amount > 1e30", UsageError, "is too large"),
    ("finance", "counted = maybe", UsageError, "neither yes nor no"),
    ("finance", "counted > yes", UsageError, "neither yes nor no"),
]


def test_what_does_not_fit_is_refused(filled: Engine) -> None:
    for noun, where, error, message in UNFIT:
        with reading(filled) as connection, pytest.raises(error) as caught:
            count(connection, Question(noun, where=(where,)))
        assert message in str(caught.value), where


def test_a_filter_without_a_value_is_refused(filled: Engine) -> None:
    for value in ("", " ", "!", "! "):
        for name in ("country", "name", "sector", "year"):
            with reading(filled) as connection, pytest.raises(UsageError) as caught:
                count(connection, Question("projects", {name: ("Kenya", value)}))
            assert f"For rows without one: --where '{name} is empty'" in str(caught.value)


def test_places_may_be_of_projects_without_country_or_link(engine: Engine, load: Load) -> None:
    fill(load)
    load(
        "locations",
        "project,latitude,longitude,precision\nGamma,1,2,near\nNobody knows,3,4,near\n",
        source="mine",
    )
    for where, expected in (
        ("country is empty", ["Nobod"]),
        ("country is not empty", ["Gamma"]),
        ("link is empty", ["Gamma", "Nobod"]),
    ):
        assert names(engine, "locations", "project", where) == expected


HOSTILE = ["'; DROP TABLE entity; --", '" OR 1=1', "%x", "_x", "\\x", "💣", "a" * 1_000]


def test_hostile_values_are_only_values(filled: Engine) -> None:
    for text in HOSTILE:
        quoted = '"' + text.replace('"', '""') + '"'
        for field in ("name", "description", "sector", "key"):
            conditions = [f"{field} {operator} {quoted}" for operator in ("=", "~", ">=")]
            if field == "sector":
                with reading(filled) as connection, pytest.raises(NotFoundError, match="sector"):
                    list(execute(connection, Question("projects", where=(conditions.pop(0),))).rows)
            with reading(filled) as connection:
                assert (
                    list(execute(connection, Question("projects", where=tuple(conditions))).rows)
                    == []
                )
    assert len(names(filled, "projects", "name", "")) == 4


def test_a_nul_is_refused(filled: Engine) -> None:
    with reading(filled) as connection, pytest.raises(UsageError, match="NUL"):
        count(connection, Question("projects", where=('name = "\x00"',)))
