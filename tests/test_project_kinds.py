"""Kinds of projects: stated, by rule, through editions, undoing, other rules and upgrades."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, text, update

from bricoop.db.engine import reading, writing
from bricoop.db.schema import knowledge_base as knowledge_base_table
from bricoop.db.schema import project, project_kind
from bricoop.domain.cells import Cell
from bricoop.domain.project_kinds.rule_table import shipped_table, shipped_text
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.ingest.upgrade import upgrade_database
from bricoop.query.entity.recorded import KindEntry, entity_profile
from bricoop.query.execute import execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from support.command_line import answer, run
from support.damages import FACTS, SHOWN, failed

pytestmark = pytest.mark.later_on_postgresql

ROWS = (
    "id,key,name,kind,countries\n1,lekki,Lekki Railway,,Nigeria\n2,hill,Hill Road,,Kenya\n"
    "3,nameless,Project No. 7,,Kenya\n4,mole,Mole of Sand,port,Kenya\n"
    "5,survey,Feasibility study of the Lake Railway,,Kenya\n"
)
#: A table by which a mole is a bridge, and nothing else is anything.
MINE = "field,match,kind,priority\ntitle,mole,bridge,10\ntitle,project,programme,20\n"
KEYS = {"lekki", "hill", "nameless", "mole", "survey", "pier"}
Kinds = dict[str, tuple[Cell, Cell, Cell]]


def kinds(engine: Engine, **filters: str) -> Kinds:
    """Return main kind, its basis and all kinds of the loaded projects, by key."""
    columns = ("key", "kind", "kind_basis", "kinds")
    question = Question("projects", {name: (value,) for name, value in filters.items()}, columns)
    with reading(engine) as connection:
        rows = execute(connection, question).rows
        return {str(key): (kind, basis, every) for key, kind, basis, every in rows if key in KEYS}


def load(
    engine: Engine,
    folder: Path,
    rows: str = ROWS,
    source: str = "notes",
    tier: int = 5,
    **more: object,
) -> int:
    """Load projects from a text and return the id of the load."""
    path = folder / f"{source}.csv"
    path.write_text(rows, encoding="utf-8")
    spec = SourceSpec(source, title=f"Source {source}", tier=tier)
    result = load_file(engine, LoadRequest("projects", str(path), spec, **more))  # type: ignore[arg-type]
    assert result.load_id is not None
    return result.load_id


LOADED: Kinds = {
    "lekki": ("railway", "by-rule", ["railway"]),
    "hill": ("road", "by-rule", ["road"]),
    "nameless": (None, None, []),
    "mole": ("port", "stated", ["port"]),
    "survey": ("study", "by-rule", ["study", "railway"]),
}


def test_projects_get_the_kinds_that_sources_state_or_rules_give(
    engine: Engine, tmp_path: Path
) -> None:
    load(engine, tmp_path)
    assert kinds(engine) == LOADED
    assert kinds(engine, kind="railway").keys() == {"lekki", "survey"}
    assert kinds(engine, kind="!railway").keys() == {"hill", "nameless", "mole"}
    with reading(engine) as connection:
        grouped = Question("projects", {"source": ("notes",)}, grouping=Grouping(("kind",)))
        groups = dict.fromkeys(("railway", "road", "port", "study", None), 1)
        assert {row[0]: row[1] for row in execute(connection, grouped).rows} == groups
        assert entity_profile(connection, "survey").kinds == (
            KindEntry("study", "by-rule", 'title "feasibility study"', "notes", "line 6"),
            KindEntry("railway", "by-rule", 'title "railway"', "notes", "line 6"),
        )


def test_a_stated_kind_overrules_rules_whatever_its_source(engine: Engine, tmp_path: Path) -> None:
    load(engine, tmp_path)
    stated = "id,key,name,kind\na,lekki,Lekki Railway,corridor\n"
    number = load(engine, tmp_path, stated, source="other", tier=8)
    assert kinds(engine)["lekki"] == ("corridor", "stated", ["corridor", "railway"])
    assert kinds(engine, kind="railway").keys() == {"lekki", "survey"}
    undo_load(engine, number)
    assert kinds(engine) == LOADED


def test_editions_and_undoing_keep_kinds(
    engine: Engine, knowledge_base: str, tmp_path: Path
) -> None:
    first = load(engine, tmp_path)
    newer = ROWS.replace("Lekki Railway", "Lekki Bridge").replace("2,hill,Hill Road,,Kenya\n", "")
    second = load(engine, tmp_path, newer, complete=True)
    changed = LOADED | {"lekki": ("bridge", "by-rule", ["bridge"])}
    del changed["hill"]
    assert kinds(engine) == changed
    assert failed(knowledge_base) == []
    undo_load(engine, second)
    assert kinds(engine) == LOADED
    assert failed(knowledge_base) == []
    again = load(engine, tmp_path, newer, complete=True)
    undo_load(engine, first)
    assert kinds(engine) == changed
    assert failed(knowledge_base) == []
    undo_load(engine, again)
    assert kinds(engine) == {}
    with reading(engine) as connection:
        rules = connection.scalars(select(project_kind.c.rule))
        assert set(rules) <= {None}, "the seeds state their kinds"


def test_a_table_of_ones_own_is_used_for_all_projects_from_then_on(
    engine: Engine, knowledge_base: str, tmp_path: Path
) -> None:
    first = load(engine, tmp_path)
    mine, shipped = tmp_path / "mine.csv", tmp_path / "shipped.csv"
    mine.write_text(MINE, encoding="utf-8")
    shipped.write_text(shipped_text(), encoding="utf-8")
    more = tmp_path / "more.csv"
    more.write_text("id,key,name\nb,pier,Pier and Mole\n", encoding="utf-8")
    command = ("--db", knowledge_base, "load", "projects", str(more), "--source", "notes")
    assert run(*command, "--kinds", str(mine)).exit_code == 0
    own: Kinds = {
        **dict.fromkeys(("lekki", "hill", "survey"), (None, None, [])),
        "nameless": ("programme", "by-rule", ["programme"]),
        "mole": ("port", "stated", ["port"]),
        "pier": ("bridge", "by-rule", ["bridge"]),
    }
    assert kinds(engine) == own
    assert failed(knowledge_base) == []
    assert "a table of the user" in answer("--db", knowledge_base, "db", "status")
    # A later load needs no option, and undoing does not bring the other rules back.
    undo_load(engine, first)
    load(engine, tmp_path)
    assert kinds(engine) == own
    result = run("--db", knowledge_base, "db", "rebuild", "--kinds", str(shipped))
    assert result.exit_code == 0, result.output
    assert kinds(engine) == LOADED | {"pier": (None, None, [])}
    assert "bricoop's own" in answer("--db", knowledge_base, "db", "status")
    again = run("--db", knowledge_base, "db", "rebuild")
    assert again.stderr.startswith("All facts and values were right.\n")
    assert failed(knowledge_base) == []
    with reading(engine) as connection:
        columns = (knowledge_base_table.c.kinds_digest, knowledge_base_table.c.kinds_table)
        assert connection.execute(select(*columns)).one() == (shipped_table().digest, None)


@pytest.mark.parametrize(
    "command", [("db", "rebuild"), ("load", "projects", "{rows}", "--source", "notes")]
)
def test_a_wrong_table_is_refused_with_its_line(
    engine: Engine, knowledge_base: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    load(engine, tmp_path)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(f"{MINE}title,jetty,harbour,30\n", encoding="utf-8")
    words = [word.format(rows=tmp_path / "notes.csv") for word in command]
    result = run("--db", knowledge_base, *words, "--kinds", str(wrong))
    assert result.exit_code == 2
    assert "wrong.csv, line 4" in result.stderr
    assert "'harbour'" in result.stderr
    assert kinds(engine) == LOADED


def test_rules_of_a_newer_version_are_applied_by_the_next_load_or_upgrade(
    engine: Engine, knowledge_base: str, tmp_path: Path
) -> None:
    load(engine, tmp_path)
    for applied in (lambda: upgrade_database(engine), lambda: load(engine, tmp_path)):
        with writing(engine) as connection:
            connection.execute(delete(project_kind).where(project_kind.c.basis == "by-rule"))
            connection.execute(update(project).values(kind="other"))
            connection.execute(update(knowledge_base_table).values(kinds_digest="older"))
        applied()
        assert kinds(engine) == LOADED
        assert failed(knowledge_base) == []
    with reading(engine) as connection:
        have = connection.scalars(select(project.c.id).where(project.c.kind.is_not(None))).all()
    with writing(engine) as connection:
        connection.execute(update(knowledge_base_table).values(kinds_digest=None))
    assert f" {len(have)} projects have a kind, stated or by rule." in upgrade_database(engine)
    assert "have a kind" not in upgrade_database(engine)


def test_wrong_kinds_are_found_and_rebuilt(
    engine: Engine, knowledge_base: str, tmp_path: Path
) -> None:
    load(engine, tmp_path)
    with writing(engine) as connection:
        own = project_kind.c.kind == "road"
        connection.execute(update(project_kind).where(own).values(kind="bridge"))
        connection.execute(update(project).where(project.c.kind == "study").values(kind="port"))
    assert failed(knowledge_base) == [FACTS, SHOWN]
    assert run("--db", knowledge_base, "db", "rebuild").exit_code == 0
    assert kinds(engine) == LOADED
    assert failed(knowledge_base) == []


def test_the_table_is_printed_to_be_copied(tmp_path: Path) -> None:
    printed = answer("profiles", "kinds")
    assert printed == shipped_text()
    target = tmp_path / "mine.csv"
    assert run("profiles", "kinds", "-o", str(target)).exit_code == 0
    assert target.read_text(encoding="utf-8") == printed


def test_show_says_by_which_rule(engine: Engine, knowledge_base: str, tmp_path: Path) -> None:
    load(engine, tmp_path)
    screen = answer("--db", knowledge_base, "show", "lekki")
    assert 'railway  by rule  title "railway"' in screen


def test_an_answer_that_is_loaded_again_states_no_kinds_by_rule(
    engine: Engine, knowledge_base: str, tmp_path: Path
) -> None:
    load(engine, tmp_path)
    export = tmp_path / "export.csv"
    export.write_text(answer("--db", knowledge_base, "query", "projects", "--source", "notes",
                             "--format", "csv"), encoding="utf-8")  # fmt: skip
    load(engine, tmp_path, export.read_text(encoding="utf-8"), source="other", tier=8)
    with reading(engine) as connection:
        facts = entity_profile(connection, "lekki").kinds
        assert {(fact.source, fact.basis) for fact in facts} == {
            ("notes", "by-rule"), ("other", "by-rule"),
        }  # fmt: skip
        facts = entity_profile(connection, "mole").kinds
        assert {(fact.source, fact.basis) for fact in facts} == {
            ("notes", "stated"), ("other", "stated"),
        }  # fmt: skip


TITLE = "The Bank provides $5 million loan for Phase 2 of the {} Road Project (Linked to ID#1)"


def short_names(engine: Engine) -> dict[str, str | None]:
    """Return the short names of the projects with a key that is a letter."""
    with reading(engine) as connection:
        rows = connection.execute(text("SELECT key, short_name FROM v_projects"))
        return {key: short for key, short in rows if len(key) == 1}


def test_a_short_name_follows_from_the_name_that_is_shown(
    engine: Engine, knowledge_base: str, tmp_path: Path
) -> None:
    rows = f"id,key,name\n1,a,{TITLE.format('Lake')}\n2,b,Bay Road\n"
    load(engine, tmp_path, rows, complete=True)
    assert short_names(engine) == {"a": "Lake Road, Phase 2", "b": None}
    newer = load(engine, tmp_path, f"id,key,name\n1,a,{TITLE.format('Hill')}\n", complete=True)
    assert short_names(engine) == {"a": "Hill Road, Phase 2"}
    assert failed(knowledge_base) == []
    undo_load(engine, newer)
    assert short_names(engine) == {"a": "Lake Road, Phase 2", "b": None}
    # A better source gives another title, and another short name with it.
    better = load(engine, tmp_path, "id,key,name\n9,a,Lake Road\n", source="other", tier=1)
    assert short_names(engine) == {"a": None, "b": None}
    undo_load(engine, better)
    with writing(engine) as connection:
        connection.execute(update(project).values(short_name="Wrong"))
    assert failed(knowledge_base) == [SHOWN]
    assert run("--db", knowledge_base, "db", "rebuild").exit_code == 0
    assert short_names(engine) == {"a": "Lake Road, Phase 2", "b": None}
    table = answer("--db", knowledge_base, "query", "projects", "--source", "notes")
    assert "Lake Road, Phase 2" in table
    assert "short name" not in answer("--db", knowledge_base, "query", "projects", "--limit", "1")
    assert "short name Lake Road, Phase 2" in answer("--db", knowledge_base, "show", "a")


def test_projects_that_are_only_named_have_a_short_name(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "finance.csv"
    name = TITLE.format("Lake")
    path.write_text(f"id,project,kind,amount,currency\n1,{name},pledge,5,USD\n", encoding="utf-8")
    spec = SourceSpec("money", title="Money", tier=5)
    named = load_file(engine, LoadRequest("finance", str(path), spec))
    described = load(engine, tmp_path, f"id,name,aliases\n1,{name},Lake Way\n")
    undo_load(engine, described)
    with reading(engine) as connection:
        question = Question("projects", {"source": ("money",)}, ("name", "short_name", "kind"))
        assert list(execute(connection, question).rows) == [(name, "Lake Road, Phase 2", None)]
    assert named.load_id is not None
    undo_load(engine, named.load_id)
