"""`bricoop same`, `different` and `split`: what is one, and what is not, decided by hand."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import deal_member, decision
from bricoop.ingest.undo.undo_load import undo_load
from support.command_line import answer, run
from support.damages import failed
from support.loading import Load
from support.state import state
from support.trackers import MONEY, decided, load_trackers, rows_of, sources_by_key

pytestmark = pytest.mark.later_on_postgresql

APART = {"kuri-highway": ["c"], "lake-kuri-road": ["a"], "road-to-lake-kuri": ["b"]}


@pytest.fixture
def trackers(load: Load) -> None:
    """Load three sources that name one road differently."""
    load_trackers(load)


@pytest.mark.usefixtures("trackers")
@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("a/projects/1", "b/projects/b1"),
        ("lake-kuri-road", "Road to Lake Kuri"),
        ("lake kuri", "b/projects/b1"),
    ],
)
def test_two_are_one_whatever_they_are_called(
    engine: Engine, knowledge_base: str, name: str, other: str
) -> None:
    before = state(engine)
    messages = decided(knowledge_base, "same", name, other, "--why", "the same route")
    number = load_of_decisions(engine)
    if name == "lake kuri":
        # It is the beginning of a name that one project has.
        assert messages.startswith("Recorded: a/projects/1 same-project b/projects/b1.\n")
    assert messages == (
        "Recorded: a/projects/1 same-project b/projects/b1.\n"
        "road-to-lake-kuri: Road to Lake Kuri\n"
        "  b/projects/b1: Road to Lake Kuri\n"
        "  a/projects/1: Lake Kuri Road\n"
        f"To undo this: bricoop undo {number}\n"
    )
    with reading(engine) as connection:
        row = connection.execute(select(decision)).one()
        assert (row.reviewer, row.why) == ("me", "the same route")
    assert sources_by_key(knowledge_base) == {
        "road-to-lake-kuri": ["a", "b"],
        "kuri-highway": ["c"],
    }
    undo_load(engine, number)
    assert state(engine) == before


def load_of_decisions(engine: Engine) -> int:
    """Return the load of the newest decision."""
    with reading(engine) as connection:
        return connection.scalars(
            select(decision.c.load_id).order_by(decision.c.id.desc()).limit(1)
        ).one()


@pytest.mark.usefixtures("trackers")
def test_the_reviewer_may_be_in_the_environment(
    knowledge_base: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRICOOP_REVIEWER", "Ana")
    answer("--db", knowledge_base, "same", "a/projects/1", "c/projects/c1")
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1", "--reviewer", "Bo",
            "--source", "both")  # fmt: skip
    with reading(engine) as connection:
        reviewers = connection.scalars(select(decision.c.reviewer).order_by(decision.c.id)).all()
    assert list(reviewers) == ["Ana", "Bo"]


@pytest.mark.usefixtures("trackers")
@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("same", "a/projects/1", "b/projects/b1", "--reviewer", ""), 2, "'--reviewer': it is empty"),
        (("same", "a/projects/1", "b/projects/b1", "--reviewer", "rule:x"), 2, "the name of a rule"),
        (("same", "a/projects/9", "b/projects/b1"), 4, "No record is known as 'a/projects/9'."),
        (("same", "nothing", "b/projects/b1"), 4, "is known as 'nothing'"),
        (("same", "x" * 5000, "b/projects/b1"), 4, f"is known as '{'x' * 200}…'."),
        (("same", "organization:nobody", "b/projects/b1"), 4, "No organization is known as 'nobody'"),
        (("same", "lake-kuri-road", "a/projects/1"), 2, "mean the same project: a/projects/1."),
        (("different", "lake-kuri-road", "a/projects/1"), 2, "mean the same project: Lake Kuri Ro"),
        (("same", "a/projects/1", "a/projects/1"), 2, "a/projects/1 is the same project on both sides"),
        (("same", "lake-kuri-road", "b/projects/b1", "--relation", "same"), 2, "is not a relation of"),
        (("same", "lake-kuri-road", "b/projects/b1", "--relation", "different"), 2, "relation"),
        (("same", "lake-kuri-road", "b/projects/b1", "--relation", "same-deal"), 2, "no record of fi"),
        (("split", "lake-kuri-road"), 2, "is one row only, a/projects/1."),
        (("split", "lake-kuri-road", "b/projects/b1"), 2, "b/projects/b1 is not one with Lake Kuri"),
        (("same", "lake-kuri-road", "China Eximbank"), 2, "is a project, and "),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused(
    engine: Engine, load: Load, knowledge_base: str, words: tuple[str, ...], code: int, message: str
) -> None:
    load("organizations", "name,country\nChina Eximbank,China\n", source="a", tier=5)
    assert message in decided(knowledge_base, *words, code=code)
    with reading(engine) as connection:
        assert connection.scalar(select(decision.c.id)) is None


PAIR = ("a/projects/1", "b/projects/b1")


@pytest.mark.usefixtures("trackers")
@pytest.mark.parametrize("command", ["same", "different"])
def test_who_decides_the_same_again_changes_nothing(
    engine: Engine, knowledge_base: str, command: str
) -> None:
    decided(knowledge_base, command, *PAIR, "--why", "the route")
    number = load_of_decisions(engine)
    before = state(engine)
    relation = {"same": "same-project"}.get(command, command)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for words in (PAIR, PAIR[::-1], (*PAIR, "--why", "the route"), (*PAIR, "--reviewer", " ME")):
        messages = decided(knowledge_base, command, *words, code=2)
        assert (
            messages.partition(" ")[2]
            .lstrip("ME ")
            .startswith(
                f"me has decided so already: a/projects/1 {relation} b/projects/b1, decided on {today}"
                f" (load {number}). Nothing was written;"
            )
            or "ME" in messages
        )
    assert state(engine) == before
    messages = decided(knowledge_base, command, *PAIR, "--why", "another reason")
    assert f"This replaces what me decided before: a/projects/1 {relation} b/projects" in messages


@pytest.mark.usefixtures("trackers")
def test_a_decision_on_what_has_changed_since_is_no_repetition(
    load: Load, knowledge_base: str
) -> None:
    decided(knowledge_base, "same", *PAIR)
    load(
        "projects",
        "id,name,countries,started\nb1,Road to Lake Kuri,Kenya,2015\n",
        source="b",
        tier=4,
    )
    assert "This replaces what me decided before" in decided(knowledge_base, "same", *PAIR)


@pytest.mark.usefixtures("trackers")
def test_an_earlier_decision_that_is_replaced_is_named(engine: Engine, knowledge_base: str) -> None:
    decided(knowledge_base, "same", *PAIR, "--relation", "part-of")
    number = load_of_decisions(engine)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    messages = decided(knowledge_base, "same", *PAIR[::-1], "--relation", "part-of")
    assert messages.splitlines()[1] == (
        "This replaces what me decided before: a/projects/1 part-of b/projects/b1, decided on "
        f"{today} (load {number})."
    )
    assert "This replaces" not in decided(
        knowledge_base, "different", *PAIR, "--reviewer", "another"
    )


@pytest.mark.parametrize("joins", ["rule", "name", "person"])
@pytest.mark.parametrize("quorum", [1, 2])
def test_a_person_confirms_what_is_one_already(
    load: Load, knowledge_base: str, joins: str, quorum: int
) -> None:
    other = "Lake Kuri Road" if joins == "name" else "Road to Lake Kuri"
    load("projects", "id,name,countries\n1,Lake Kuri Road,Kenya\n", source="a", tier=5)
    load("projects", f"id,name,countries\nb1,{other},Kenya\n", source="b", tier=4)
    if joins == "rule":
        head = "left,right,relation,reviewer,decided_at\n"
        row = "a/projects/1,b/projects/b1,same-project,rule:strong@1,2026-11-01\n"
        load("decisions", head + row, source="rules")
    if joins == "person":
        decided(knowledge_base, "same", *PAIR, "--reviewer", "ana")
    answer("--db", knowledge_base, "decisions", "quorum", str(quorum))
    messages = decided(knowledge_base, "same", *PAIR, "--reviewer", "bo")
    assert messages.startswith("Recorded: a/projects/1 same-project b/projects/b1.\n")
    # Who confirms a rule parts nothing, however many must agree.
    (sources,) = sources_by_key(knowledge_base).values()
    assert sources == ["a", "b"]
    listed = {
        row["reviewer"]: row["status"] for row in rows_of(knowledge_base, "decisions", "list")
    }
    assert listed.pop("bo") == ("waits" if joins == "name" and quorum == 2 else "holds")
    before = {"rule": "overruled" if quorum == 1 else "holds"}.get(joins, "holds")
    assert list(listed.values()) == [before]
    if joins != "name":
        profile = json.loads(answer("--db", knowledge_base, "show", "lake kuri road", "-f", "json"))
        assert [member.get("reviewer") for member in profile["members"]] == [None, "bo"]
    if joins == "person":
        decided(knowledge_base, "different", *PAIR, "--reviewer", "ana")
        assert len(sources_by_key(knowledge_base)) == 2
    assert failed(knowledge_base) == []


@pytest.mark.usefixtures("trackers")
def test_a_person_says_that_what_a_rule_joined_is_a_part(load: Load, knowledge_base: str) -> None:
    head = "left,right,relation,reviewer,decided_at\n"
    row = "a/finance/1,b/finance/b1,same-deal,rule:strong@1,2026-11-01\n"
    load("finance", MONEY.format("1", "Lake Kuri Road", 5), source="a", tier=5)
    load("finance", MONEY.format("b1", "Road to Lake Kuri", 5), source="b", tier=4)
    load("decisions", head + row, source="rules")
    assert len(sources_by_key(knowledge_base)) == 2
    messages = decided(knowledge_base, "same", *PAIR, "--relation", "part-of")
    assert messages.startswith("Recorded: a/projects/1 part-of b/projects/b1.\n"), messages
    assert sources_by_key(knowledge_base) == APART
    assert failed(knowledge_base) == []


@pytest.mark.usefixtures("trackers")
def test_who_parts_what_another_joined_is_told_that_they_disagree(knowledge_base: str) -> None:
    decided(knowledge_base, "same", " a/projects/1 ", PAIR[1], "--reviewer", "ana")
    messages = decided(knowledge_base, "different", *PAIR, "--reviewer", "bo")
    assert messages.splitlines()[1] == (
        "Reviewers disagree on them (ana: same-project, bo: different)."
    )
    assert sources_by_key(knowledge_base) == APART


@pytest.mark.usefixtures("trackers")
def test_two_without_a_common_country_are_joined_with_a_remark(knowledge_base: str) -> None:
    messages = decided(knowledge_base, "same", "a/projects/1", "b/projects/b2")
    assert messages.splitlines()[1] == (
        "They share no country: Lake Kuri Road is in Kenya, and Hub at Orsha is in Belarus."
    )
    assert "share no country" not in decided(knowledge_base, "same", *PAIR)
    assert "share no country" not in decided(knowledge_base, "different", PAIR[0], "a/projects/2")


@pytest.mark.usefixtures("trackers")
def test_two_that_are_one_by_a_decision_are_parted_again(
    engine: Engine, knowledge_base: str
) -> None:
    before = state(engine)
    decided(knowledge_base, "same", "lake-kuri-road", "road-to-lake-kuri")
    # Both names mean the same project now, and tell which of its rows is meant.
    messages = decided(knowledge_base, "different", "Lake Kuri Road", "Road to Lake Kuri")
    assert messages.startswith("Recorded: a/projects/1 different b/projects/b1.\nThis replaces ")
    assert messages.splitlines()[2].startswith("lake-kuri-road: ")
    assert sources_by_key(knowledge_base) == APART
    assert state(engine) == before


@pytest.mark.usefixtures("trackers")
def test_different_names_all_three_of_what_is_one_through_a_third(
    engine: Engine, knowledge_base: str
) -> None:
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1")
    decided(knowledge_base, "same", "b/projects/b1", "c/projects/c1")
    joined = state(engine)
    messages = decided(knowledge_base, "different", "a/projects/1", "kuri-highway", code=2)
    for words in ("a/projects/1 and c/projects/c1", "through b/projects/b1", "`bricoop split`"):
        assert words in messages
    assert state(engine) == joined
    messages = decided(knowledge_base, "split", "road-to-lake-kuri", "kuri-highway")
    assert messages.startswith("Recorded 2 decisions.\n")
    assert sources_by_key(knowledge_base) == {
        "road-to-lake-kuri": ["a", "b"],
        "kuri-highway": ["c"],
    }
    assert failed(knowledge_base) == []
    undo_load(engine, load_of_decisions(engine))
    assert state(engine) == joined


@pytest.mark.usefixtures("trackers")
def test_all_members_are_parted(engine: Engine, knowledge_base: str) -> None:
    before = state(engine)
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1", "--reviewer", "Ana")
    decided(knowledge_base, "same", "b/projects/b1", "c/projects/c1", "--reviewer", "Ana")
    messages = decided(knowledge_base, "split", "lake-kuri-road", "--reviewer", "Bo")
    # Ana still thinks otherwise, so the pairs that she joined are contested, and not joined.
    assert messages.startswith("Recorded 3 decisions.\n")
    assert sources_by_key(knowledge_base) == APART
    assert state(engine) == before
    assert failed(knowledge_base) == []


def test_rows_of_equal_names_are_parted_and_one_of_three_leaves(
    engine: Engine, load: Load, knowledge_base: str
) -> None:
    for source, tier in (("a", 5), ("b", 4), ("c", 6)):
        load("projects", f"id,name,countries\n{source}1,Kuri Dam,Kenya\n", source=source, tier=tier)
        load("finance", MONEY.format(f"{source}1", "Kuri Dam", tier), source=source, tier=tier)
    before = state(engine)
    messages = decided(knowledge_base, "split", "kuri-dam", "c/finance/c1")
    assert messages.startswith("Recorded 2 decisions.\nc-c1: Kuri Dam\n  c/projects/c1: Kuri Dam\n")
    assert sources_by_key(knowledge_base) == {"c-c1": ["c"], "kuri-dam": ["a", "b"]}
    decided(knowledge_base, "different", "a/projects/a1", "b/projects/b1")
    assert sources_by_key(knowledge_base) == {"a-a1": ["a"], "c-c1": ["c"], "kuri-dam": ["b"]}
    assert failed(knowledge_base) == []
    # What leaves may be joined with one of the others again.
    decided(knowledge_base, "same", "c-c1", "a-a1")
    assert sorted(map(len, sources_by_key(knowledge_base).values())) == [1, 2]
    for _ in range(3):
        undo_load(engine, load_of_decisions(engine))
    assert state(engine) == before


@pytest.mark.usefixtures("trackers")
def test_the_money_of_both_is_one_deal(engine: Engine, load: Load, knowledge_base: str) -> None:
    money = MONEY.format("1", "Lake Kuri Road", 5) + "9,Lake Kuri Road,pledge,7,USD,2012\n"
    load("finance", money, source="a", tier=5)
    load("finance", MONEY.format("m2", "Road to Lake Kuri", 6), source="b", tier=4)
    words = ("same", "lake-kuri-road", "road-to-lake-kuri", "--relation", "same-deal")
    messages = decided(knowledge_base, *words, code=2)
    assert "Lake Kuri Road has 2 records of finance: a/finance/1 (Lake Kuri Road |" in messages
    assert "a/finance/9 (" in messages
    messages = decided(knowledge_base, *words[:1], "a/finance/1", *words[2:])
    assert messages.startswith("Recorded: a/finance/1 same-deal b/finance/m2.\n")
    assert sources_by_key(knowledge_base)["road-to-lake-kuri"] == ["a", "b"]
    with reading(engine) as connection:
        assert len(connection.execute(select(deal_member)).all()) == 2
    messages = decided(knowledge_base, *words[:1], "a/finance/1", *words[2:], code=2)
    assert "me has decided so already: a/finance/1 same-deal b/finance/m2, decided" in messages
    words = ("same", "a/finance/1", "a/finance/1", "--relation", "same-deal")
    assert "are the same deal: a/finance/1." in decided(knowledge_base, *words, code=2)
    # A deal of one project is parted with the project.
    decided(knowledge_base, "different", "lake-kuri-road", "b/projects/b1")
    assert sources_by_key(knowledge_base) == APART
    with reading(engine) as connection:
        assert connection.execute(select(deal_member)).all() == []
    assert failed(knowledge_base) == []


def test_deals_that_are_different_do_not_become_one_through_a_third(
    engine: Engine, load: Load, knowledge_base: str
) -> None:
    for source in ("a", "b", "c"):
        load("projects", f"id,name,countries\n{source}1,Kuri Dam,Kenya\n", source=source)
        load("finance", MONEY.format(f"{source}1", "Kuri Dam", 5), source=source)
    load("decisions", "left,right,relation,reviewer,decided_at\n"
         "a/finance/a1,b/finance/b1,same-deal,me,2026-11-01\n"
         "a/finance/a2,c/finance/c1,same-deal,me,2026-11-01\n", source="mine")  # fmt: skip
    load("finance", MONEY.format("a2", "Kuri Dam", 6), source="a")
    load("decisions", "left,right,relation,reviewer,decided_at\n"
         "a/finance/a1,a/finance/a2,different,me,2026-11-01\n", source="mine")  # fmt: skip
    words = ("b/finance/b1", "c/finance/c1", "--relation", "same-deal")
    messages = decided(knowledge_base, "same", *words, code=2)
    assert "would make a/finance/a1 and a/finance/a2 one, through b/finance/b1 and c/" in messages
    with reading(engine) as connection:
        assert len(connection.execute(select(deal_member)).all()) == 4
    assert failed(knowledge_base) == []


def test_organizations_are_one_and_are_parted(
    engine: Engine, load: Load, knowledge_base: str
) -> None:
    load("projects", "id,name,countries,financiers\n1,Lake Kuri Road,Kenya,Kuri Lending House\n"
         "2,Orsha Hub,Belarus,KLH\n3,Orsha Port,Belarus,K.L. House\n", source="a")  # fmt: skip
    load("organizations", "name,aliases,country\nBank One,B One; First Bank,Kenya\n", source="a")
    before = state(engine)
    messages = decided(knowledge_base, "same", "KLH", "kuri-lending-house")
    assert messages.startswith(
        "Recorded: organization:klh same organization:kuri lending house.\nklh: "
    )
    decided(knowledge_base, "same", "organization:K.L. House", "KLH")
    listed = run("--db", knowledge_base, "decisions", "list", "-f", "csv").stdout
    assert ",K.L. House," in listed or ",KLH," in listed, listed
    # They are one through the third name, and somebody may say so of just these two.
    decided(knowledge_base, "same", "K.L. House", "Kuri Lending House")
    messages = decided(knowledge_base, "same", "K.L. House", "klh", code=2)
    assert "me has decided so already" in messages
    words = ("B One", "First Bank")
    assert "they are names of it in its sources" in decided(
        knowledge_base, "different", *words, code=2
    )
    assert "mean the same organization" in decided(knowledge_base, "same", *words, code=2)
    decided(knowledge_base, "same", "Kuri Lending House", "First Bank", "--relation", "part-of")
    messages = decided(knowledge_base, "split", "klh", "K.L. House")
    assert messages.startswith("Recorded 2 decisions.\nThis replaces what me decided before: ")
    assert "\nk-l-house: K.L. House\n" in messages
    decided(knowledge_base, "split", "klh")
    assert state(engine) == before
    assert failed(knowledge_base) == []


def test_names_of_one_organization_are_no_two(load: Load, knowledge_base: str) -> None:
    load("organizations", "name,aliases,country\nBank One,B One,Kenya\n", source="a")
    head = "left,right,relation,reviewer,decided_at\n"
    load("decisions", head + "organization:bank one,organization:b one,different,me,2026\n")
    assert failed(knowledge_base) == []
