"""Undoing a load leaves the knowledge base exactly as if the load had never happened."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import entity
from bricoop.db.schema import load as loads
from bricoop.errors import NotFoundError, UsageError
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.execute import execute
from bricoop.query.question import Question
from support.contents import contents_of
from support.load_steps import Step, load_step
from support.loading import Load
from support.profile_rules import profile_text, running
from support.state import state

pytestmark = pytest.mark.later_on_postgresql

#: A file with rows that a rule leaves out, rows that become several records, and others none.
YEARS = profile_text(
    '[[skip]]\nwhen = { No = ["Total"] }\n',
    '[unpivot]\ncolumns = "2000..2002"\nname = "Year"\nvalue = "Money"\n',
    """
[[records]]
noun = "finance"
id = ["No", "Year"]
[records.fields]
project = "Name"
kind = { constant = "disbursement" }
currency = { constant = "USD" }
financier = "Lender"
amount = { column = "Money", number = true }
date = "Year"
""",
)
MONEY = (
    "No,Name,Lender,2000,2001,2002\n1,Orsha Hub,CDB,5,6,7\n2,Lida Hub,CDB,,8,\n3,Brest Hub,CDB,,,\n"
    "Total,,,5,14,7\n"
)

ONE = "id,name,countries,financiers\n1,Orsha Hub,Belarus,Bank of Minsk; Bank of Brest\n"
TWO = "id,name,countries,contractors\n9,Lida Hub,Belarus,Bank of Minsk\n8,Orsha Hub,Belarus,CDB\n"


def load_id(result: Any) -> int:
    """Return the id of a load that was written."""
    assert result.load_id is not None
    return int(result.load_id)


def test_what_a_load_wrote_goes_with_all_that_it_named(engine: Engine, load: Load) -> None:
    before = state(engine)
    number = load_id(load("projects", ONE))
    assert state(engine) != before
    result = undo_load(engine, number)
    assert (result.removed, result.restored, result.dropped) == (1, 0, 3)
    assert state(engine) == before
    with reading(engine) as connection:
        assert "notes" not in [row[0] for row in execute(connection, Question("sources")).rows]
        assert number not in [row[0] for row in execute(connection, Question("loads")).rows]


def test_what_a_load_changed_returns(engine: Engine, load: Load) -> None:
    load("projects", ONE)
    before = state(engine)
    changed = ONE.replace("Bank of Brest", "Bank of Grodno").replace("Orsha Hub", "Orsha Port")
    number = load_id(load("projects", changed))
    assert state(engine) != before
    assert undo_load(engine, number).restored == 1
    assert state(engine) == before


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_loads_that_share_names_come_off_in_either_order(
    engine: Engine, load: Load, order: tuple[int, int]
) -> None:
    before = state(engine)
    numbers = [load_id(load("projects", ONE, source="one", tier=2)),
               load_id(load("projects", TWO, source="two", tier=3))]  # fmt: skip
    undo_load(engine, numbers[order[0]])
    state(engine)
    undo_load(engine, numbers[order[1]])
    assert state(engine) == before


def test_without_the_first_load_the_second_says_what_it_would_have_said(
    engine: Engine, load: Load
) -> None:
    alone = load_id(load("projects", TWO, source="two"))
    expected = state(engine)
    undo_load(engine, alone)
    first = load_id(load("projects", ONE, source="one"))
    load("projects", TWO, source="two")
    undo_load(engine, first)
    assert state(engine)["entity"] == expected["entity"]
    assert state(engine)["participation"] == expected["participation"]


def test_a_project_that_only_money_speaks_of_keeps_its_name(engine: Engine, load: Load) -> None:
    first = load_id(load("projects", "name,kind\nNew Dam,power-plant\n", source="one"))
    load("finance", "project,kind\nNew Dam,pledge\n", source="two")
    undo_load(engine, first)
    with reading(engine) as connection:
        question = Question("projects", {"name": ("new dam",)}, ("name", "kind"))
        assert list(execute(connection, question).rows) == [("New Dam", None)]
    state(engine)


def test_history_is_undone_step_by_step_or_out_of_order(engine: Engine, load: Load) -> None:
    before = state(engine)
    numbers = [load_id(load("projects", f"id,name\n1,Hub {letter}\n")) for letter in "ABC"]
    undo_load(engine, numbers[1])
    undo_load(engine, numbers[2])
    with reading(engine) as connection:
        question = Question("projects", {"source": ("notes",)}, ("name",))
        assert list(execute(connection, question).rows) == [("Hub A",)]
    undo_load(engine, numbers[0])
    assert state(engine) == before


def test_a_load_is_undone_once(engine: Engine, load: Load) -> None:
    number = load_id(load("projects", ONE))
    undo_load(engine, number)
    with pytest.raises(UsageError, match="already undone"):
        undo_load(engine, number)
    with pytest.raises(NotFoundError):
        undo_load(engine, 4711)


def test_the_ground_is_not_pulled_from_under_other_loads(engine: Engine) -> None:
    with pytest.raises(UsageError, match=r"regions or links that loads .* name"):
        undo_load(engine, 1)


def test_the_seeds_themselves_can_be_undone_from_the_top(engine: Engine) -> None:
    for number in range(11, 2, -1):
        undo_load(engine, number)
    contents = state(engine)
    assert len(contents["country"]) == 250
    assert contents["project"] == []


def edition(engine: Engine, folder: Path, names: str, source: str = "notes") -> int:
    """Load projects as a complete edition; return the id of the load."""
    path = folder / "edition.csv"
    path.write_text("id,name,kind\n" + names, encoding="utf-8")
    spec = SourceSpec(source, title="Notes", tier=5)
    return load_id(load_file(engine, LoadRequest("projects", str(path), spec, complete=True)))


def test_what_a_newer_edition_still_states_stays_when_the_older_one_goes(
    engine: Engine, tmp_path: Path
) -> None:
    older = edition(engine, tmp_path, "1,Alpha Port,\n2,Beta Port,\n3,Gamma Port,\n")
    newer = edition(engine, tmp_path, "1,Alpha Port,\n2,Beta Port,port\n4,Delta Port,\n")
    assert undo_load(engine, older).again == (newer,)
    with reading(engine) as connection:
        question = Question("projects", {"source": ("notes",)}, ("name", "kind_basis"))
        assert sorted(execute(connection, question).rows) == [
            ("Alpha Port", "by-rule"), ("Beta Port", "stated"), ("Delta Port", "by-rule"),
        ]  # fmt: skip
        counts = connection.execute(select(loads).where(loads.c.id == newer)).one()
        assert (counts.rows_new, counts.rows_changed, counts.rows_unchanged) == (3, 0, 0)
    state(engine)


def test_what_met_only_in_a_name_that_went_is_apart_again(engine: Engine, load: Load) -> None:
    first = load_id(load("projects", "id,name,aliases\n1,Hub,Alpha Hub; Beta Hub\n", source="one"))
    load("projects", "id,name\n1,Alpha Hub\n", source="two")
    load("projects", "id,name\n1,Beta Hub\n", source="three")
    undo_load(engine, first)
    with reading(engine) as connection:
        keys = connection.scalars(select(entity.c.key).where(entity.c.key.like("%-hub")))
        assert sorted(keys) == ["alpha-hub", "beta-hub"]
    state(engine)


def test_an_older_load_that_a_newer_edition_may_restate_is_kept(engine: Engine, load: Load) -> None:
    older = load_id(load("projects", "id,name\n1,Alpha Hub\n2,Beta Hub\n"))
    newer = load_id(load("projects", "id,name\n1,Alpha Hub\n3,Gamma Hub\n"))
    before = state(engine)
    with pytest.raises(UsageError) as refused:
        undo_load(engine, older)
    assert refused.value.message == (
        f"Load {older} cannot be undone alone: load {newer} (projects.csv), a newer file of the "
        f"same source, left some rows of load {older} unchanged, and it is not recorded which "
        f"ones, so it cannot be read again without load {older}."
    )
    assert refused.value.hint == (
        f"Type `bricoop undo {newer}`; then `bricoop undo {older}`; then load projects.csv again."
    )
    assert state(engine) == before
    undo_load(engine, newer)
    undo_load(engine, older)


#: Loads of which the second deletes the bank that the first named, and names it again elsewhere.
NAMED = Step(
    3,
    "projects",
    (("2", "", "New Port", "road", "", "Bank X", "", "", "", ""),),
    complete=False,
)
NAMED_AGAIN = Step(
    3, "", (("3", "Hub", "", "bank x", "2"), ("2", "Old Dam", "Belarus", "", "1")), complete=False
)
ANOTHER_SOURCE = Step(1, "", (("1", "Gwadar Port", "", "Bank X", "2"),), complete=False)


def loaded(engine: Engine, folder: Path, step: Step) -> int:
    """Load a file and return the id of the load."""
    load_id = load_step(engine, folder, step).load_id
    assert load_id is not None
    return load_id


@pytest.mark.parametrize("later", [(), (ANOTHER_SOURCE,)], ids=["newest", "older"])
def test_an_organization_that_is_named_again_by_the_load_that_deleted_it_returns(
    engine: Engine, tmp_path: Path, later: tuple[Step, ...]
) -> None:
    loaded(engine, tmp_path, NAMED)
    without = [loaded(engine, tmp_path, step) for step in later]
    with reading(engine) as connection:
        expected = contents_of(connection)
    for load_id in reversed(without):
        undo_load(engine, load_id)
    second = loaded(engine, tmp_path, NAMED_AGAIN)
    for step in later:
        loaded(engine, tmp_path, step)
    undo_load(engine, second)
    with reading(engine) as connection:
        assert expected.differences(contents_of(connection)) == []


def test_a_later_load_keeps_the_number_of_its_rows(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    earlier = load_id(load("projects", TWO))
    later = load_id(running(engine, tmp_path)(YEARS, MONEY))
    numbers = select(
        loads.c.rows_read, loads.c.rows_new, loads.c.rows_skipped, loads.c.rows_nothing
    )
    with reading(engine) as connection:
        before = connection.execute(numbers.where(loads.c.id == later)).one()
    assert before == (4, 2, 1, 1)
    undo_load(engine, earlier)
    state(engine)
    with reading(engine) as connection:
        assert connection.execute(numbers.where(loads.c.id == later)).one() == before
