"""Conditions on the cells of files: which columns they mean, and whose record must have a cell."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.errors import BricoopError
from bricoop.query.ask import ask, count
from bricoop.query.question import Question
from conftest import Load
from support.databases import mainly_sqlite
from support.profile_rules import PROJECTS as PROJECTS_RULE
from support.profile_rules import profile_text, running

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
        return [row[0] for row in ask(connection, question).rows]


PROJECT_CELLS = [
    ("sector=21040", ["Beta"]),
    ("SECTOR = 21040", ["Beta"]),
    ("sector!=21040", ["Alpha", "Gamma"]),
    ("name~ET", ["Beta"]),
    # A project has the records of its money, too.
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
