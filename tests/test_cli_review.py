"""`bricoop review` on a terminal: keys decide, are committed at once, and can be taken back."""

import re
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bricoop.cli.run_review import run_review
from bricoop.db.engine import reading, writing
from bricoop.db.ids import acquire_write_lock
from bricoop.db.schema import decision
from bricoop.db.schema import load as load_table
from bricoop.db.waiting import announce_waits
from bricoop.domain.references import parse_reference
from bricoop.domain.vocabularies import Relation
from bricoop.identity.match_request import MatchRequest
from bricoop.identity.proposals import Tier
from bricoop.identity.record_decisions import DecisionSession, NewDecision, record_decisions
from bricoop.identity.review.begin import ReviewRequest, begin_project_review
from bricoop.identity.reviewer import source_of_decisions
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.interruption import INTERRUPTED, last_words
from bricoop.query.execute import execute
from bricoop.query.question import Question
from bricoop.render.review.screen import review_screen
from support.command_line import run
from support.damages import failed
from support.loading import Load
from support.processes import HANGS
from support.state import state
from support.terminal_program import Terminal, TerminalProgram

pytestmark = pytest.mark.later_on_postgresql

#: One work in each country, which two sources name otherwise.
WORKS = [
    ("Kenya", "Kuriba Railway"), ("Ghana", "Gola Bridge"), ("Angola", "Zuma Airport"),
    ("Rwanda", "Tolo Port"), ("Malawi", "Pemba Road"), ("Uganda", "Mabo Hospital"),
    ("Zambia", "Lusi Stadium"), ("Togo", "Orsha Dam"),
]  # fmt: skip
SAME = ("same-deal", "same-project")
ME = ("--reviewer", "Équipe Nord")


def rows(source: str, name: str) -> str:
    lines = (
        f"{source}{number},{name.format(*work.split())},{country}"
        for number, (country, work) in enumerate(WORKS)
    )
    return "\n".join(("id,name,countries", *lines))


@pytest.fixture
def two_sources(engine: Engine, load: Load) -> Engine:
    """Two sources with the same eight works, and money for them."""
    for source, name in (("a", "{0} {1}"), ("b", "{1} of {0}")):
        load("projects", rows(source, name), source=source)
    for source, name in (("a", "{0} {1}"), ("b", "{1} of {0}")):
        works = [name.format(*work.split()) for _, work in WORKS]
        money = (f"{source}{number},{work},commitment,{(8 - number) * 10**7},2011"
                 for number, work in enumerate(works))  # fmt: skip
        load("finance", "\n".join(("id,project,kind,amount_usd,date", *money)), source=source)
    return engine


def decisions(engine: Engine) -> list[tuple[str, str, str]]:
    columns = (decision.c.left_ref, decision.c.right_ref, decision.c.relation)
    with reading(engine) as connection:
        rows = connection.execute(select(*columns).order_by(decision.c.id))
        return [(first.replace("/projects/", "."), second.replace("/projects/", "."), relation)
                for first, second, relation in rows]  # fmt: skip


def joined(engine: Engine, *sources: str) -> list[object]:
    """Return the keys of the projects that some sources describe."""
    question = Question("projects", {}, ("key", "sources"))
    with reading(engine) as connection:
        rows = execute(connection, question).rows
        return [key for key, described_by in rows if described_by == [*sources]]


def test_each_key_decides_a_pair_and_back_takes_it_back(
    two_sources: Engine, knowledge_base: str
) -> None:
    before = state(two_sources)
    command = ("--db", knowledge_base, "review", "--order", "money", *ME)
    with TerminalProgram(*command) as program:
        first = program.wait_for("1 of 8 · strong", "Kuriba Railway", "Railway of Kuriba")
        assert (len(first), max(map(len, first)) <= 80) == (24, True)
        assert [line.split() for line in first if "amounts" in line] == [
            ["amounts", "USD", "80,000,000", "USD", "80,000,000"]
        ]
        for number, (keys, work) in enumerate(
            zip(("y", "p", "tl", "hr", "fl", "n", "u"), WORKS, strict=False)
        ):
            assert work[1].split()[0] in " ".join(program.wait_for(f"{number + 1} of 8"))
            program.press(keys[0])
            if len(keys) > 1:
                program.wait_for("l the left one r the right one")
                program.press(keys[1])
        program.wait_for(
            "8 of 8", "1 same deal, 1 same project, 1 part of, 1 phase of, 1 financed under, "
        )
        # Each is there as soon as the next pair is on the screen.
        every = decisions(two_sources)
        program.press("b")
        program.wait_for("7 of 8", "Taken back: unsure.")
        assert decisions(two_sources) == every[:-1]
        program.press("s")
        program.wait_for("8 of 8", "1 different, 1 skipped")
        program.press("n")
        program.wait_for("That was the last pair.")
        program.press("q")
        assert program.wait_for_end() == 0
        assert program.settings_now() == program.settings
        assert (
            "Équipe Nord decided 7 of 8 pairs: 1 same deal, 1 same project,"
            in program.after_screens
        )
        load_id = int(program.after_screens.rpartition(" ")[2])
        assert program.after_screens.endswith(f"To take this back: bricoop undo {load_id}")
    assert decisions(two_sources) == [
        ("a/finance/a0", "b/finance/b0", "same-deal"), ("a.a1", "b.b1", "same-project"),
        ("a.a2", "b.b2", "part-of"), ("b.b3", "a.a3", "phase-of"),
        ("a.a4", "b.b4", "financed-under"), ("a.a5", "b.b5", "different"),
        ("a.a7", "b.b7", "different"),
    ]  # fmt: skip
    assert joined(two_sources, "a", "b") == ["bridge-of-gola", "kuriba-railway"]
    assert failed(knowledge_base) == []
    undo_load(two_sources, load_id)
    assert (decisions(two_sources), state(two_sources)) == ([], before)


@pytest.fixture
def three_sources(engine: Engine, load: Load) -> Engine:
    """Three sources that name one road differently; two of them are judged different."""
    for source, name in (("a", "Kuriba Road"), ("b", "Road of Kuriba"), ("c", "Kuriba Way Road")):
        load("projects", f"id,name,countries\n{source}1,{name},Kenya\n", source=source)
    text = (
        "left,right,relation,reviewer,decided_at\na/projects/a1,b/projects/b1,different,me,2026\n"
    )
    load("decisions", text, source="mine")
    return engine


def test_what_would_make_one_of_what_is_different_is_said_and_the_pair_stays(
    three_sources: Engine, knowledge_base: str
) -> None:
    with TerminalProgram("--db", knowledge_base, "review", *ME) as program:
        # What another reviewer has settled is not asked again.
        program.wait_for("1 of 2", "c c1")
        program.press("p")
        program.wait_for("2 of 2", "1 same project")
        program.press("y")
        program.wait_for("b b1 has no money, so it is no deal: p decides", "2 of 2")
        program.press("p")
        text = " ".join(program.wait_for("This would make"))
        for name in (
            "a/projects/a1 (Kuriba Road)", "b/projects/b1 (Road of Kuriba)",
            "c/projects/c1 (Kuriba Way Road)", "me judged them different", "2 of 2",
        ):  # fmt: skip
            assert name in text
        program.press("w")
        program.wait_for("Features", "2 of 2")
        program.resize(140, 50)
        program.send(signal.SIGWINCH)
        lines = program.wait_for("Where it is stated", "projects.csv", "line 2", lines=50)
        assert max(map(len, lines)) > 80
        # Ctrl-Z gives the terminal back; here no shell is there to stop the program.
        program.send(signal.SIGTSTP)
        program.wait_until(lambda: program.times_opened == 2)
        program.press("x")
        program.wait_for("Unknown key: x.")
        program.press("\x03")
        assert program.wait_for_end() == 130
        assert program.settings_now() == program.settings
        assert program.after_screens.startswith(
            "Interrupted, but what was decided before is in load "
        )
    assert decisions(three_sources)[1:] == [("a.a1", "c.c1", "same-project")]
    assert joined(three_sources, "a", "c") == ["kuriba-road"]
    again = run("--db", knowledge_base, "undo", program.after_screens.rpartition(" ")[2])
    assert again.exit_code == 0
    assert joined(three_sources, "a", "c") == []


def test_a_decision_that_is_refused_or_taken_back_is_not_there(three_sources: Engine) -> None:
    terminal = Terminal()
    with reading(three_sources) as connection:
        begun = begin_project_review(connection, ReviewRequest(MatchRequest(), "you"))
    session = DecisionSession(three_sources, "you", source_of_decisions("you"))

    def user() -> None:
        for keys, texts in (
            ("p", ("1 of 2",)),
            ("p", ("2 of 2", "1 same project")),
            ("b", ("2 of 2", "This would make a/projects/a1 (Kuriba Road)")),
            ("q", ("1 of 2", "Taken back: same project.")),
        ):
            terminal.wait_for(*texts)
            terminal.press(keys)

    with terminal.with_user(user):
        review = run_review(three_sources, begun.views, begun.review, session)
    assert (review.decided, session.load_id) == (0, None)
    assert len(decisions(three_sources)) == 1
    assert terminal.settings_now() == terminal.settings
    terminal.close()
    assert last_words() == (INTERRUPTED, 130)


def test_waiting_and_records_that_are_gone_are_shown_in_the_screen(
    two_sources: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    with reading(two_sources) as connection:
        begun = begin_project_review(connection, ReviewRequest(MatchRequest(), "you"))
        loads = connection.scalars(select(load_table.c.id).order_by(load_table.c.id)).all()
    session = DecisionSession(two_sources, "you", source_of_decisions("you"))
    announce_waits(two_sources, print)

    def user() -> None:
        terminal.wait_for("1 of 8")
        with ExitStack() as writer:
            acquire_write_lock(writer.enter_context(writing(two_sources)))
            terminal.press("n")
            terminal.wait_for("1 of 8", "Another process", "y same deal")
        lines = terminal.wait_for("2 of 8", "1 different")
        assert "Another process" not in " ".join(lines)
        for load_id in (loads[-1], loads[-3]):
            undo_load(two_sources, load_id)
        terminal.press("n")
        terminal.wait_for("That was the last pair.", "Left out: 7 pairs", "1 different")
        terminal.press("q")

    with terminal.with_user(user):
        review = run_review(two_sources, begun.views, begun.review, session)
    terminal.close()
    assert (review.decided, len(decisions(two_sources))) == (1, 1)
    assert "Another" not in capsys.readouterr().out


def test_a_closed_terminal_ends_the_review_and_keeps_what_was_decided(
    three_sources: Engine, knowledge_base: str
) -> None:
    with TerminalProgram("--db", knowledge_base, "review", *ME) as program:
        program.wait_for("1 of 2")
        program.press("n")
        program.wait_for("2 of 2")
        program.close()
        assert program.process.wait(HANGS) == 129
    assert decisions(three_sources)[1:] == [("a.a1", "c.c1", "different")]


def pairs_of(engine: Engine, reviewer: str, **options: Any) -> list[tuple[str, str]]:
    """Return the sources of the pairs that a reviewer is asked about."""
    request = ReviewRequest(MatchRequest(), reviewer, **options)
    with reading(engine) as connection:
        pairs = begin_project_review(connection, request).review.pairs
    return [(pair.left_ref.source, pair.right_ref.source) for pair in pairs]


def test_what_was_decided_is_not_asked_again(three_sources: Engine) -> None:
    """`me` judged that a and b are different."""
    assert set(pairs_of(three_sources, "you")) == {("a", "c"), ("b", "c")}
    refs = [parse_reference(f"{source}/projects/{source}1") for source in "abc"]
    spec = source_of_decisions("me")
    # Others may decide what one is unsure about.
    unsure = NewDecision(refs[2], refs[1], Relation.UNSURE)
    record_decisions(three_sources, [unsure], "me", spec)
    assert pairs_of(three_sources, "me") == [("a", "c")]
    assert set(pairs_of(three_sources, "you")) == {("a", "c"), ("b", "c")}
    assert pairs_of(three_sources, "you", tiers=(Tier.SAME_MONEY,)) == []
    # What is one with c is different from b as c is.
    record_decisions(three_sources, [NewDecision(refs[0], refs[2], Relation.SAME_DEAL)], "me", spec)
    assert pairs_of(three_sources, "you") == []


def test_what_has_changed_since_is_asked_again(two_sources: Engine, load: Load) -> None:
    """What was one deal is looked at again; the new decision takes the place of the earlier one."""
    money, text = "{0}/finance/{0}{1}", "left,right,relation,reviewer,decided_at,left_seen\n"
    for number, relation in enumerate(("same-deal", "same-deal", "different")):
        refs = [money.format(source, number) for source in "ab"]
        text += f"{','.join(refs)},{relation},you,2026,Work | KEN | 2010 | USD 1\n"
    load("decisions", text, source="decisions-of-you")
    assert (len(joined(two_sources, "a", "b")), len(pairs_of(two_sources, "you"))) == (2, 8)
    with reading(two_sources) as connection:
        begun = begin_project_review(connection, ReviewRequest(MatchRequest(), "you"))
    session = DecisionSession(two_sources, "you", source_of_decisions("you"))
    terminal = Terminal()

    def user() -> None:
        for number in range(1, 9):
            text = " ".join(terminal.wait_for(f"{number} of 8 "))
            again = {"same deal by you": "n", "different by you": "p"}
            keys = [key for words, key in again.items() if f"look again: {words}" in text]
            terminal.press(keys[0] if keys else "s")
            if keys:
                terminal.wait_for("Replaced what you decided before: a/finance/a", "on 2026 (load")
        terminal.wait_for("That was the last pair.")
        terminal.press("q")

    with terminal.with_user(user):
        review = run_review(two_sources, begun.views, begun.review, session)
    terminal.close()
    assert review.counts == {"same project": 1, "different": 2, "skipped": 5}
    assert len(joined(two_sources, "a", "b")) == 1
    assert len(pairs_of(two_sources, "you")) == 5


def test_a_rule_leaves_the_pair_to_decide(three_sources: Engine, load: Load) -> None:
    text = "left,right,relation,reviewer,decided_at\nb/projects/b1,c/projects/c1,different,rule:test@1,2026\n"
    load("decisions", text, source="rules")
    assert ("b", "c") in pairs_of(three_sources, "you")


def test_a_review_of_nothing_says_so(three_sources: Engine, knowledge_base: str) -> None:
    del three_sources
    command = ("--db", knowledge_base, "review", "--left", "a", "--right", "b", *ME)
    with TerminalProgram(*command) as program:
        assert program.wait_for_end() == 0
        assert program.screen == []
        assert program.after_screens.endswith(
            "1 pair was decided before, and left out. There are no pairs to review."
        )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (ME, "A review needs a terminal, for input and output. `bricoop match -f csv` lists pairs"),
        ((), "A decision needs a reviewer. Name yourself with --reviewer or BRICOOP_REVIEWER."),
        (
            (*ME, "--tier", "strong", "--tier", "sure"),
            "There is no tier 'sure'. Tiers: strong, likely, possible, same-money.",
        ),
    ],
)
def test_a_review_needs_a_terminal_and_a_reviewer(
    knowledge_base: str, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], message: str
) -> None:
    monkeypatch.delenv("BRICOOP_REVIEWER", raising=False)
    result = run("--db", knowledge_base, "review", *options)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {message}")


def test_the_documentation_shows_the_first_screen(engine: Engine, load: Load) -> None:
    page = Path(__file__).parents[1] / "docs" / "matching.md"
    text = page.read_text(encoding="utf-8")
    files = dict(re.findall(r"```csv (\w+)\.csv\n(.*?)```", text, re.DOTALL))
    for name, title in (("loans", "A list of loans"), ("news", "A list of news")):
        load("projects", files[name], source=name, title=title)
        load("finance", files[f"{name}_money"], source=name, title=title)
    request = ReviewRequest(MatchRequest("loans", "news"), "Équipe Nord")
    with reading(engine) as connection:
        begun = begin_project_review(connection, request)
        view = begun.views.of(connection, begun.review.pair)
    lines = review_screen(begun.review, view, 80, 16).lines
    screen = "\n".join(line.plain.rstrip() for line in lines)
    assert f"```text\n{screen}\n```" in text, screen
