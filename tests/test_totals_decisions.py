"""Money of several sources counts once, as decisions say what is one deal, project or part."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.query.execute import execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from bricoop.report.blocks import KeyFigures
from bricoop.report.kinds import report as report_of
from bricoop.report.request import Request
from bricoop.report.sections import Report
from bricoop.totals.breakdown import breakdown
from bricoop.totals.classify import Counting
from bricoop.totals.rows import listed, marked_rows
from bricoop.totals.rule import Parents
from bricoop.totals.total import total
from support.decided_money import Example, Money, counting_in, load_examples
from support.loading import Load
from support.standing import Standing, stood_up
from support.totals import adds_up

pytestmark = pytest.mark.later_on_postgresql

EXAMPLES = {
    "a deal of two sources, and a tranche of a third": Example(
        "Kenya",
        (
            Money("a", "k1", "Lake Kuri Road", "100"),
            Money("b", "k2", "Road to Lake Kuri", "90"),
            Money("c", "k3", "Kuri Highway", "70"),
        ),
        ("a/k1 same-deal b/k2", "c:k3 same-project a:k1"),
        {"a/k1": "same-deal"},
    ),
    "loads joined two sources by name, and a decision a third": Example(
        "Mali",
        (
            Money("a", "m1", "Kuri Dam", "10"),
            Money("a", "m2", "Kuri Dam", "5"),
            Money("b", "m3", "Kuri Dam", "7"),
            Money("c", "m4", "Kuri Weir", "3"),
        ),
        ("c:m4 same-project a:m1",),
        {"a/m1": "other-sources", "a/m2": "other-sources"},
    ),
    "loads joined by name what a decision parted": Example(
        "Laos",
        (Money("a", "l1", "Orsha Hub", "20"), Money("b", "l2", "Orsha Hub", "30")),
        ("a:l1 different b:l2",),
        {},
    ),
    "one source states a deal twice": Example(
        "Ghana",
        (
            Money("a", "10", "Clinic", "50"),
            Money("a", "9", "Hospital", "40"),
            Money("a", "g3", "School", "60", counted="no"),
            Money("a", "g4", "Schools", "65"),
            Money("a", "g5", "Bridge", "70"),
            Money("a", "g6", "Bridges", "75"),
            Money("b", "g7", "River Bridge", "77"),
        ),
        (
            "a/10 same-deal a/9", "a/g3 same-deal a/g4", "a/g5 same-deal a/g6",
            "b/g7 same-deal a/g6",
        ),
        {"a/10": "duplicates", "a/g3": "duplicates", "a/g5": "duplicates", "a/g6": "same-deal"},
    ),
    "parts of a better source": Example(
        "Peru",
        (
            Money("a", "p1", "Credit Line", "100"),
            Money("b", "p2", "Pier", "30"),
            Money("c", "p3", "Quay", "20"),
            Money("a", "p4", "Crane", "1"),
        ),
        ("b/p2 part-of a/p1", "c:p3 phase-of a:p1", "a:p4 financed-under a:p1"),
        {"a/p1": "parents"},
    ),
    "a whole of the best source, which states a part as well": Example(
        "Chad",
        (
            Money("b", "t1", "Rail Programme", "500"),
            Money("a", "t2", "Northern Line", "200"),
            Money("b", "t3", "Southern Line", "150"),
        ),
        ("a:t2 part-of b:t1", "b:t3 part-of b:t1"),
        {"a/t2": "parents"},
    ),
    "a deal that is a part of another one of its project": Example(
        "Togo",
        (
            Money("a", "o1", "Port Lome", "40"),
            Money("b", "o2", "Harbour of Lome", "90"),
            Money("a", "o3", "Port Lome", "8"),
        ),
        ("a:o1 same-project b:o2", "a/o1 part-of b/o2"),
        {"a/o1": "parents"},
    ),
    "wholes in a circle": Example(
        "Benin",
        (
            Money("a", "x1", "Depot", "1"),
            Money("b", "x2", "Yard", "2"),
            Money("c", "x3", "Shed", "4"),
            Money("b", "x4", "Gate", "8"),
        ),
        ("a:x1 part-of b:x2", "b:x2 part-of c:x3", "c:x3 part-of a:x1", "b:x4 part-of a:x1"),
        {"a/x1": "parents"},
    ),
    "decisions that do not hold": Example(
        "Egypt",
        (
            Money("a", "e1", "Cairo Tower", "11"),
            Money("b", "e2", "Tower of Cairo", "12"),
            Money("a", "e3", "Nile Barrage", "13"),
            Money("b", "e4", "Barrage", "14"),
            Money("a", "e5", "Suez Tunnel", "15"),
            Money("b", "e6", "Tunnel", "16"),
        ),
        (
            "a/e1 part-of b/e2 rule:test@1", "a/e1 different b/e2 me",
            "a/e3 part-of b/e4 me", "a/e3 different b/e4 you",
            "a/e5 part-of b/e6 me", "a/e5 unsure b/e6 me",
        ),
        {},
    ),
    "a deal that counts elsewhere still covers its project": Example(
        "Niger",
        (
            Money("a", "n1", "Refinery", "100"),
            Money("b", "n2", "Oil Works", "95"),
            Money("c", "n3", "Refinery", "60"),
        ),
        ("a/n1 same-deal b/n2",),
        {"a/n1": "same-deal", "c/n3": "other-sources"},
    ),
    "what does not count silences nothing": Example(
        "Sudan",
        (
            Money("b", "s1", "Dam of Meroe", "50", kind="pledge"),
            Money("a", "s2", "Meroe Dam", "45"),
            Money("b", "s3", "Plant", ""),
            Money("a", "s4", "Factory", "6"),
            Money("b", "s5", "Canals", "9", date="2013"),
            Money("a", "s6", "Irrigation", "8", date="2012"),
        ),
        ("b/s1 same-deal a/s2", "b/s3 same-deal a/s4", "b/s5 same-deal a/s6"),
        {"b/s1": "pledges", "b/s3": "no-amount", "a/s6": "same-deal"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def examples(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standing]:
    """A knowledge base with all examples."""
    with stood_up(request, tmp_path_factory.mktemp("examples")) as standing:
        load_examples(standing.load, tuple(EXAMPLES.values()))
        with standing.unwritten():
            yield standing


def steps(engine: Engine, counting: Counting) -> dict[str, str | None]:
    """Return the step of each row, by its source and id."""
    with reading(engine) as connection:
        adds_up(total(connection, counting))
        return {f"{row.source}/{row.id}": row.step for row in marked_rows(connection, counting)}


def left_out(engine: Engine, counting: Counting) -> dict[str, str]:
    """Return the steps of the rows that do not count."""
    return {row: step for row, step in steps(engine, counting).items() if step}


@pytest.mark.parametrize("name", EXAMPLES)
def test_money_of_added_sources_counts_once(examples: Standing, name: str) -> None:
    example = EXAMPLES[name]
    counting = counting_in(example.country)
    assert left_out(examples.engine, counting) == example.steps
    with reading(examples.engine) as connection:
        result = total(connection, counting)
        (figure,) = result.figures
        amounts = {f"{row.source}/{row.id}": row.amount for row in example.money}
        right = sum(int(amounts[row] or 0) for row in amounts.keys() - example.steps.keys())
        assert figure.amount == right
        for fall in figure.falls:
            rows = [row for row, step in example.steps.items() if step == fall.step]
            assert fall.rows == len(rows)
            assert fall.amount == sum(Decimal(amounts[row] or 0) for row in rows)
            assert len(list(listed(connection, counting, fall.step).rows)) == len(rows)
        shares = breakdown(connection, counting, "year")
        assert sum(share.amount for share in shares) == right


def test_each_source_has_a_figure_without_what_it_states_twice(examples: Standing) -> None:
    alone = counting_in("Ghana", add=False)
    assert left_out(examples.engine, alone) == {
        "a/10": "duplicates", "a/g3": "duplicates", "a/g5": "duplicates",
    }  # fmt: skip
    with reading(examples.engine) as connection:
        figures = {figure.source: figure.amount for figure in total(connection, alone).figures}
    assert figures == {"a": 40 + 65 + 75, "b": 77}
    for country in ("Kenya", "Mali", "Peru", "Chad"):
        assert left_out(examples.engine, counting_in(country, add=False)) == {}


def test_every_source_counts_if_the_rule_says_so(examples: Standing) -> None:
    for example in EXAMPLES.values():
        for add in (False, True):
            marked = left_out(examples.engine, counting_in(example.country, "all", add=add))
            assert set(marked.values()) <= {"no-amount"}


@pytest.mark.parametrize(
    ("country", "first", "right"),
    [
        ("Kenya", "a", {"b/k2": "same-deal"}),
        ("Mali", "a", {"b/m3": "other-sources"}),
        ("Peru", "a", {"b/p2": "parents", "c/p3": "parents"}),
        ("Peru", "c", {"a/p1": "parents"}),
        ("Chad", "a", {"b/t1": "parents"}),
        ("Togo", "a", {"b/o2": "parents"}),
    ],
)
def test_a_rule_names_the_source_that_speaks(
    examples: Standing, country: str, first: str, right: dict[str, str]
) -> None:
    counting = counting_in(country)
    counting = replace(counting, rule=replace(counting.rule, sources=(first,)))
    assert left_out(examples.engine, counting) == right


@pytest.mark.parametrize(
    ("country", "side", "sources", "right"),
    [
        ("Peru", "parts", "added", {"a/p1"}),
        ("Peru", "whole", "added", {"b/p2", "c/p3", "a/p4"}),
        # Whole, parts and amounts are from one source, where sources have figures of their own.
        ("Peru", "parts", "apart", {"a/p1"}),
        ("Peru", "whole", "apart", {"a/p4"}),
        ("Chad", "parts", "apart", {"b/t1"}),
        ("Chad", "whole", "apart", {"b/t3"}),
        ("Togo", "whole", "added", {"a/o1"}),
        ("Togo", "parts", "added", {"b/o2"}),
        ("Benin", "whole", "added", {"b/x4"}),
        ("Benin", "parts", "added", {"a/x1"}),
        ("Egypt", "parts", "added", set()),
    ],
)
def test_a_rule_names_the_side_of_a_whole_that_counts(
    examples: Standing, country: str, side: str, sources: str, right: set[str]
) -> None:
    counting = counting_in(country, add=sources == "added")
    rule = replace(counting.rule, parents=Parents(side))
    marked = left_out(examples.engine, replace(counting, rule=rule))
    assert {row for row, step in marked.items() if step == "parents"} == right


@pytest.mark.parametrize(
    ("add", "rule", "number"), [(True, "signed", 1), (False, "signed", 0), (True, "all", 0)]
)
def test_wholes_in_a_circle_are_noted(
    examples: Standing, *, add: bool, rule: str, number: int
) -> None:
    with reading(examples.engine) as connection:
        notes = total(connection, counting_in("Benin", rule, add=add)).notes
    circles = [note for note in notes if "3 projects name each other as their wholes" in note]
    assert len(circles) == number


def test_a_deal_is_paired_within_the_rows_of_the_question(examples: Standing) -> None:
    in_2012 = counting_in("Sudan", year="2012")
    assert "a/s6" not in left_out(examples.engine, in_2012)


@pytest.mark.parametrize(
    ("country", "rule", "words"),
    [
        (
            "Kenya",
            "signed",
            "with 2 decisions on what is the same or a part. Projects that they name",
        ),
        ("Peru", "signed", "with 3 decisions on"),
        ("Laos", "signed", "with 1 decision on"),
        # Of three pairs, one is contested, one undecided, and of one a person overruled the rule,
        # but it would not be one project anyway.
        ("Egypt", "signed", "with no decisions on"),
        ("Kenya", "all", "every row of each counts by this rule"),
    ],
)
def test_a_note_says_how_many_decisions_were_used(
    examples: Standing, country: str, rule: str, words: str
) -> None:
    with reading(examples.engine) as connection:
        notes = total(connection, counting_in(country, rule)).notes
    assert words in notes[0]
    assert ("bricoop match proposes pairs" in notes[0]) == (rule == "signed")


@pytest.mark.parametrize(
    ("country", "by", "add", "words"),
    [
        ("Kenya", ("kind",), True, "1 row states a deal"),
        ("Kenya", ("kind",), False, None),
        ("Ghana", ("kind",), True, "4 rows state deals"),
        ("Ghana", ("kind",), False, "3 rows state deals"),
        ("Ghana", ("source",), True, "3 rows"),
        ("Mali", ("kind",), True, None),
    ],
)  # fmt: skip
def test_sums_of_groups_note_deals_that_they_add_twice(
    examples: Standing, country: str, by: tuple[str, ...], *, add: bool, words: str | None
) -> None:
    grouping = Grouping(by, ("sum:amount_usd",), add_sources=add)
    question = Question("finance", {"country": (country,)}, grouping=grouping)
    with reading(examples.engine) as connection:
        notes = [
            note for note in execute(connection, question).notes if "too, by decisions" in note
        ]
        counts = replace(question, grouping=replace(grouping, measures=("count",)))
        assert not any("by decisions" in note for note in execute(connection, counts).notes)
    assert len(notes) == (words is not None)
    how = "bricoop total --add-sources" if add and by != ("source",) else "bricoop total"
    assert words is None or notes[0].startswith(words)
    assert words is None or notes[0].endswith(f": {how} counts each deal once.")


def test_a_project_is_named_as_the_whole_by_the_key_that_it_had(engine: Engine, load: Load) -> None:
    load("projects", "key,name,parent\nline,Line,\nbridge,Bridge,line\n", source="a", tier=5)
    head = "id,project,kind,amount_usd\n"
    load("finance", f"{head}1,line,commitment,100\n2,bridge,commitment,70\n", source="a", tier=5)
    load("projects", "id,key,name\n1,main-line,Main Line\n", source="b", tier=4)
    counting = Counting(Question("finance"), replace(counting_in("Kenya").rule, parents=Parents.PARTS),
                     counting_in("Kenya").base)  # fmt: skip
    assert left_out(engine, counting) == {"a/1": "parents"}
    load("decisions", "left,right,relation,reviewer,decided_at\na/projects/line,b/projects/1,"
         "same-project,me,2026-11-01\n", source="mine")  # fmt: skip
    assert left_out(engine, counting) == {"a/1": "parents"}


def test_the_report_on_a_project_counts_a_deal_of_several_sources_once(
    engine: Engine, load: Load
) -> None:
    example = EXAMPLES["a deal of two sources, and a tranche of a third"]
    load_examples(load, (example,))
    with reading(engine) as connection:
        request = Request("project", ("Lake Kuri Road",))
        signed = report_of(connection, request)
        every = report_of(connection, replace(request, rule="all"))
    assert [figure.value for figure in money_of(signed).figures] == [Decimal(160)]
    assert "rows of several sources state one deal. It counts once" in str(signed)
    # By this rule, every row of every source counts.
    assert [figure.value for figure in money_of(every).figures] == [100, 90, 70]


def money_of(report: Report) -> KeyFigures:
    """Return the key figures of the section on money."""
    (section,) = (section for section in report.sections if section.name == "money")
    (figures,) = (block for block in section.parts if isinstance(block, KeyFigures))
    return figures
