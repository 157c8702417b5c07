"""Conditions on source cells (`--raw`): which columns and which records they apply to."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.db.schema import load_header
from bricoop.errors import BricoopError
from bricoop.query.execute import count, execute
from bricoop.query.question import Question
from support.databases import mainly_sqlite
from support.loading import Load
from support.profile_rules import MONEY, profile_text, running
from support.profile_rules import PROJECTS as PROJECTS_RULE

pytestmark = pytest.mark.later_on_postgresql

PROJECTS = "id,name,sector\n1,Alpha,210\n2,Beta,21040\n3,Gamma,\n"
ALIKE = "No,Name,Country,Code (A),Code A\n1,Alpha,,7,5\n2,Beta,,5,7\n3,Gamma,,9,5\n"
FINANCE = (
    "id,project,kind,amount_usd,currency,amount,note\n1,Alpha,pledge,100,CNY,600,École дизайн\n"
    "2,Alpha,pledge,200,,,other\n3,Beta,pledge,400,,,\n"
)


@pytest.fixture
def loaded(engine: Engine, load: Load) -> Engine:
    """A knowledge base with projects and their money."""
    load("projects", PROJECTS)
    load("finance", FINANCE)
    return engine


def values(engine: Engine, noun: str, raw: str, column: str, source: str = "notes") -> list[object]:
    """Return a column of the rows of which a condition holds."""
    with reading(engine) as connection:
        question = Question(noun, {"source": (source,)}, (column,), raw=(raw,), sort=column)
        return [row[0] for row in execute(connection, question).rows]


PROJECT_CELLS = [
    ("sector=21040", ["Beta"]),
    ("SECTOR = 21040", ["Beta"]),
    ("sector!=21040", ["Alpha", "Gamma"]),
    ("name~ET", ["Beta"]),
    # The finance records of a project count as its records.
    ("currency=CNY", ["Alpha"]),
    ("Currency=cny", ["Alpha"]),
    ("sector=", ["Gamma"]),
]
FINANCE_CELLS = [
    ("note=other", ["2"]),
    ("note!=other", ["1", "3"]),
    ("note=école ДИЗАЙН", ["1"]),
    ("note~ИЗАЙН", ["1"]),
    ("note=", ["3"]),
    ("currency=cny", ["1"]),
    ("currency!=CNY", ["2", "3"]),
]


def test_conditions_on_cells_hold_of_what_has_them(loaded: Engine) -> None:
    for raw, matches in PROJECT_CELLS:
        assert values(loaded, "projects", raw, "name") == matches, raw
    for raw, matches in FINANCE_CELLS:
        assert values(loaded, "finance", raw, "external_id") == matches, raw
    # Every file with such a column has matches among the records.
    assert values(loaded, "records", "note=other", "external_id") == ["2"]
    assert values(loaded, "records", "id=3", "external_id") == ["3", "3"]


REFUSED = [
    ("projects", "no column", "is not of the form COLUMN=VALUE"),
    ("projects", "=x", "is not of the form COLUMN=VALUE"),
    ("projects", "Flow Clas=x", "No column is known"),
    ("sources", "name=x", "no records of their own"),
]


def test_other_conditions_on_cells_are_refused(loaded: Engine) -> None:
    for noun, raw, message in REFUSED:
        with reading(loaded) as connection, pytest.raises(BricoopError) as caught:
            count(connection, Question(noun, raw=(raw,)))
        assert message in str(caught.value), raw


@mainly_sqlite
def test_a_condition_means_the_column_of_that_very_name(engine: Engine, tmp_path: Path) -> None:
    running(engine, tmp_path)(profile_text(PROJECTS_RULE), ALIKE)
    for raw, matches in {
        "Code A=5": ["Alpha", "Gamma"],
        "Code (A)=5": ["Beta"],
        "code a=5": ["Alpha", "Beta", "Gamma"],
        "code-a=9": ["Gamma"],
    }.items():
        assert values(engine, "projects", raw, "name", "rules") == matches, raw


#: Each row becomes a project, two sums and one for each year; only the project keeps `Flag`.
PLEDGE = MONEY.replace('id = ["No"]', 'label = "pledge"\nid = ["No"]').replace("Amount", "Pledged")
YEARLY = MONEY.replace('id = ["No"]', 'label = "paid"\nid = ["No", "Year"]').replace(
    "Amount", "Paid"
)
UNPIVOT = '[unpivot]\ncolumns = "2000..2003"\nname = "Year"\nvalue = "Paid"\n'
ROWS_PROFILE = profile_text(UNPIVOT, PROJECTS_RULE, MONEY, PLEDGE, YEARLY)
ROWS_FILE = (
    "No,Name,Country,Amount,Pledged,2001,2002,Flag\nP1,Port,Kenya,1,2,3,4,yes\n"
    "P2,Road,Kenya,5,6,7,8,no\nP3,Dam,Kenya,9,10,,11,\n"
)
LAST = ["P3", "paid|P3|2002", "pledge|P3"]
ROW_CELLS = {
    "Flag=yes": ["P1", "paid|P1|2001", "paid|P1|2002", "pledge|P1"],
    "Flag!=no": [
        "P1",
        "P3",
        "paid|P1|2001",
        "paid|P1|2002",
        "paid|P3|2002",
        "pledge|P1",
        "pledge|P3",
    ],
    "Flag=": LAST,
    "Name~da": LAST,
    "Pledged=10": LAST,
    "Pledged=": [],
}


def test_a_condition_on_money_is_about_all_cells_of_its_row(engine: Engine, tmp_path: Path) -> None:
    run = running(engine, tmp_path)
    run(ROWS_PROFILE, ROWS_FILE)
    for raw, matches in ROW_CELLS.items():
        assert values(engine, "finance", raw, "external_id", "rules") == matches, raw
    # In a later edition rows have moved, and of the first one only the project has changed.
    header, first, *others = ROWS_FILE.splitlines()
    moved = [header, *others, first.replace("yes", "Yes, too")]
    run(ROWS_PROFILE, "\n".join(moved).replace("Yes, too", '"Yes, too"'))
    for raw, matches in {"Flag=yes": [], "Flag~yes": ROW_CELLS["Flag=yes"], "Flag=": LAST}.items():
        assert values(engine, "finance", raw, "external_id", "rules") == matches, raw


@mainly_sqlite
def test_rows_that_name_the_same_place_in_the_source_stay_apart(
    engine: Engine, tmp_path: Path
) -> None:
    with_page = (f'{rule}locator = "Page"\n' for rule in (PROJECTS_RULE, MONEY))
    text = "No,Name,Country,Amount,Page,Flag\nP1,Port,Kenya,1,p. 1,yes\nP2,Road,Kenya,2,p. 1,no\n"
    running(engine, tmp_path)(profile_text(*with_page), text)
    assert values(engine, "projects", "Flag=yes", "name", "rules") == ["Port"]
    assert values(engine, "finance", "Flag=yes", "external_id", "rules") == []


@mainly_sqlite
def test_a_condition_may_mean_many_columns(loaded: Engine) -> None:
    columns = ["Note" + "." * dots for dots in range(1_200)]
    header = {"load_id": 1, "noun": "policies", "columns": columns, "letters": [], "origins": {}}
    with loaded.connect() as connection:
        connection.execute(load_header.insert(), header)
        assert count(connection, Question("finance", raw=("note=other",))) == 1
        connection.rollback()
