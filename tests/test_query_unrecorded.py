"""Notes on rows that a question leaves out only because a filtered field is empty."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bricoop
from bricoop.db.engine import reading
from bricoop.query.question import Question
from bricoop.totals.card import card_of
from bricoop.totals.parse import counting_of
from support.command_line import answer, run
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

PROJECTS = (
    "id,name,kind,status,countries,links,started\n1,Aport,port,completed,Kenya,trade,2015\n"
    "2,Bport,port,,Kenya,,\n3,Cyard,,completed,Mali,trade,2019-12-31\n"
    "4,Droad,,completed,,facility,2020\n5,Epark,,,,,\n"
)
FINANCE = (
    "id,project,kind,amount,currency,amount_usd,date,instrument,counted,financier,maturity\n"
    "1,Aport,commitment,5,USD,5,2015,loan,yes,CDB,20\n2,Bport,commitment,7,USD,7,,loan,,,\n"
    "3,Cyard,pledge,,,,2016,,no,CDB,\n"
)


@pytest.fixture(scope="module")
def base(standing: Standing) -> Iterator[bricoop.KnowledgeBase]:
    """An open knowledge base with a few projects and some money."""
    standing.load("projects", PROJECTS)
    standing.load("finance", FINANCE)
    with standing.unwritten(), bricoop.open(standing.address) as opened:
        yield opened


CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("projects", {"kind": "port"}, ["3 rows kind"]),
    ("projects", {"kind": "port", "status": "completed"}, ["2 rows kind", "1 row status"]),
    ("projects", {"kind": ["port", "road"], "country": "Kenya"}, []),
    ("projects", {"country": "Mali"}, ["2 rows country"]),
    ("projects", {"countries": "Mali"}, ["2 rows country"]),
    ("projects", {"region": "Africa", "kind": "port"}, ["1 row kind"]),
    ("projects", {"link": "facility"}, ["2 rows link"]),
    ("projects", {"started": "..2019"}, ["2 rows started date"]),
    ("projects", {"year": 2015, "kind": "port"}, ["1 row year"]),
    (
        "projects",
        {"where": "started >= 2010 and kind = port"},
        ["1 row started date", "2 rows kind"],
    ),
    ("projects", {"where": "kind = port or status = completed"}, ["1 row kind", "1 row status"]),
    ("projects", {"where": "not kind != port"}, ["3 rows kind"]),
    ("projects", {"where": "not (status = cancelled or kind != port)"}, ["3 rows kind"]),
    # Negated conditions and `is empty` leave out no rows without a value.
    ("projects", {"kind": "!port"}, []),
    ("projects", {"where": "kind != port"}, []),
    ("projects", {"where": "kind is empty"}, []),
    ("projects", {"where": "not kind = port"}, []),
    ("projects", {"kind": ["port", "!road"]}, ["3 rows kind"]),
    # Fields that are never empty.
    ("projects", {"name": "port"}, []),
    ("projects", {"search": "aport"}, []),
    ("finance", {"date": 2015}, ["1 row date"]),
    ("finance", {"counted": True}, ["1 row value for counted"]),
    ("finance", {"kind": "commitment", "maturity": "10.."}, ["1 row maturity"]),
    ("finance", {"financier": "CDB"}, ["1 row financier"]),
    ("finance", {"amount_usd": "6.."}, ["1 row amount usd"]),
    ("finance", {"link": "trade", "project_kind": "port"}, ["1 row link", "1 row project kind"]),
    ("finance", {"currency": "USD"}, ["1 row currency"]),
]


@pytest.mark.parametrize(("noun", "filters", "expected"), CASES)
def test_rows_without_a_filtered_field_are_counted(
    base: bricoop.KnowledgeBase, noun: str, filters: dict[str, Any], expected: list[str]
) -> None:
    notes = base.query(noun, source="notes", **filters).notes
    sentences = []
    for line in expected:
        number, rows, label = line.split(" ", 2)
        verbs = ("matches", "has") if rows == "row" else ("match", "have")
        sentences.append(
            f"{number} more {rows} {verbs[0]} everything else and {verbs[1]} no {label}."
        )
    assert list(notes) == sentences


def test_order_limit_columns_and_groups_change_nothing(base: bricoop.KnowledgeBase) -> None:
    expected = ("3 more rows match everything else and have no kind.",)
    limited = base.query("projects", source="notes", kind="port", limit=1, columns="name")
    assert limited.notes == expected
    assert limited.group("status").notes == expected


def test_a_condition_alone_has_nothing_else_to_match(base: bricoop.KnowledgeBase) -> None:
    (note,) = base.query("finance", currency="USD").notes
    assert note == "1 more row has no currency."


def test_every_surface_says_it(
    standing: Standing, base: bricoop.KnowledgeBase, tmp_path: Path
) -> None:
    del base
    command = ("--db", standing.address, "query", "projects", "--source", "notes", "--kind", "port")
    note = "3 more rows match everything else and have no kind.\n"
    for more in ((), ("--count",), ("-f", "json"), ("-f", "csv"), ("--group-by", "status")):
        assert run(*command, *more).stderr == note
    assert isinstance(json.loads(answer(*command, "-f", "json")), list)
    none = run(*command, "--status", "cancelled")
    assert none.stderr == (
        "No rows. 1 more row matches everything else and has no status. "
        "Without --status there are 2 rows.\n"
    )
    output = tmp_path / "x.csv"
    answer(*command, "-o", str(output), "--provenance")
    provenance = json.loads(output.with_name("x.csv.provenance.json").read_text(encoding="utf-8"))
    assert provenance["notes"] == [note.strip()]


def test_totals_and_cards_say_it(standing: Standing, base: bricoop.KnowledgeBase) -> None:
    note = "1 more row matches everything else and has no financier."
    filters = {"source": ("notes",), "financier": ("CDB",)}
    counting = counting_of(Question("finance", filters), "signed", "nominal")
    assert base.total("signed", base="nominal", source="notes", financier="CDB").notes == (note,)
    with reading(standing.engine) as connection:
        assert card_of(connection, counting)["notes"] == [note]
    result = run(
        "--db", standing.address, "total", "--source", "notes", "--financier", "CDB", "--base",
        "nominal",
    )  # fmt: skip
    assert result.stderr == f"{note}\n"


def test_a_value_that_no_row_has_is_answered_with_the_closest(
    standing: Standing, base: bricoop.KnowledgeBase
) -> None:
    del base
    command = ("--db", standing.address, "query", "finance", "--source", "notes")
    none = run(*command, "--currency", "MYR").stderr
    assert none.startswith("No rows. No row has currency 'MYR'. 1 more row")
    # A value that other rows have is not reported as a mistake.
    assert "No row has" not in run(*command, "--currency", "usd", "--kind", "guarantee").stderr
    near = "No row has subregion 'Eastern Afrika'. Did you mean: Eastern Africa"
    beyond = run(*command, "--currency", "zz..")
    assert (beyond.exit_code, beyond.stderr.startswith("No rows. 1 more row")) == (0, True)
    condition = ("--where", "subregion = Eastern Afrika", "--count")
    counted = run("--db", standing.address, "query", "countries", *condition)
    assert (counted.stdout, counted.stderr[: len(near)]) == ("0\n", near)


@pytest.mark.parametrize(
    ("question", "refusal"),
    [
        (
            Question("finance", {"currency": ("RMB",)}),
            "The currency 'RMB' is not a currency code of ISO 4217. Write CNY.",
        ),
        (
            Question("finance", where=("currency != 'CFA'",)),
            "The currency 'CFA' is not a currency code of ISO 4217. Write XOF or XAF.",
        ),
        (
            Question("finance", {"kind": ("loan",)}),
            "There is no kind 'loan'. 'loan' is an instrument: --instrument loan. One of: pledge, ",
        ),
        (
            Question("finance", {"instrument": ("pledge",)}),
            "There is no instrument 'pledge'. 'pledge' is a kind: --kind pledge. One of: grant, ",
        ),
        (
            Question("projects", where=("status = port",)),
            "There is no status 'port'. 'port' is a kind: kind = port. One of: pledged, ",
        ),
        (
            Question("projects", {"year": ("2013-2018",)}),
            "The year '2013-2018' is not a date. Write 2013, 2013..2018, 2013.. or ..2018.",
        ),
    ],
)
def test_what_no_field_or_another_field_has_is_refused(
    base: bricoop.KnowledgeBase, question: Question, refusal: str
) -> None:
    with base.snapshot() as state, pytest.raises(bricoop.BricoopError) as refused:
        state.count(question)
    assert str(refused.value).startswith(refusal)


@pytest.mark.parametrize(
    ("question", "note"),
    [
        (
            Question("projects", {"country": ("Africa", "Kenya")}),
            (
                "'Africa' means the region as named in sources, not the countries in it; for those, "
                "use --region Africa."
            ),
        ),
        (
            Question("finance", where=("not country = 'South of Sahara'",)),
            "'South of Sahara' means the region as named in sources, not the countries in it.",
        ),
        (
            Question("projects", {"country": ("!Africa",)}),
            "'Africa' means the region as named in sources, not the countries in it.",
        ),
        (Question("projects", {"region": ("Africa",)}), ""),
        (Question("organizations", {"country": ("Kenya",)}), ""),
    ],
)
def test_a_region_in_place_of_a_country_is_said_to_be_one(
    base: bricoop.KnowledgeBase, question: Question, note: str
) -> None:
    with base.snapshot() as state:
        sentences = [
            sentence for sentence in state.unrecorded(question) if "as named in sources" in sentence
        ]
    assert sentences == [note] * bool(note)


def test_codes_are_found_in_any_case(base: bricoop.KnowledgeBase) -> None:
    assert (
        base.query("finance", currency="usd").count()
        == base.query("finance", currency="USD").count()
        > 0
    )
    assert base.query("countries", where="alpha3 = ken", all=True).count() == 1


def test_of_no_rows_it_is_said_which_condition_leaves_them_out(
    standing: Standing, base: bricoop.KnowledgeBase
) -> None:
    command = (
        "--db",
        standing.address,
        "query",
        "projects",
        "--source",
        "notes",
        "--country",
        "Mali",
    )
    output = run(*command, "--kind", "port").stderr
    assert "Without --country there are 2 rows; without --kind there is 1 row." in output
    total = run(
        "--db",
        standing.address,
        "total",
        "--source",
        "notes",
        "--year",
        "1999",
        "--financier",
        "CDB",
    )
    assert "No finance rows match this question (rule signed, version 1)." in total.stdout
    assert "Without --year there are 2 rows." in total.stderr
    with base.snapshot() as state:
        question = Question("finance", {"source": ("notes",)}, where=("amount > 99999",))
        assert state.wider(question) == "Without --where 'amount > 99999' there are 3 rows."
        question = Question("finance", {"year": ("1999",)}, where=("amount > 99999",))
        assert (
            state.wider(question)
            == "Nothing matches --year 1999 or --where 'amount > 99999' by itself."
        )
        question = Question("projects", {"kind": ("airport",), "source": ("notes",)})
        assert state.wider(question) == "Without --kind there are 5 rows."
        assert state.wider(Question("finance", {"source": ("notes",)})) == ""


@pytest.mark.parametrize(
    "filters",
    [{"source": "cooperation"}, {"source": "!cooperation"}, {"where": "not sources = cooperation"}],
)
def test_a_source_named_in_part_is_named_in_full(
    standing: Standing, base: bricoop.KnowledgeBase, filters: dict[str, Any]
) -> None:
    key = "manufacturing-cooperation-paper"
    (title,) = (row.name for row in base.query("sources", key=key))
    expected = f"'cooperation' is read as the source {key}: {title}."
    assert expected in base.query("projects", **filters).notes
    assert base.query("projects", source=key).notes == ()
    if filters == {"source": "cooperation"}:
        searched = run("--db", standing.address, "search", "port", "--source", "cooperation")
        assert f"{expected}\n" in searched.stderr
