"""What decisions made one stays so in a backup, in a copy, and where files are loaded again."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bricoop.db import schema
from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.db.schema import (
    cluster_member,
    cluster_pointer,
    cluster_record,
    deal_member,
    decision,
    entity,
    parted_entity,
)
from support.command_line import answer, run
from support.damages import failed
from support.joined import TIERS, decide, load_sources
from support.loading import Load
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

#: A deal, a pair that is contested, one that waits, and equal names that are parted.
MORE = """\
left,right,relation,reviewer,decided_at
atlas/finance/1,bulletin/finance/b1,same-deal,Ann,2026-11-04
atlas/projects/2,census/projects/c2,same-project,Ann,2026-11-05
atlas/projects/2,census/projects/c2,different,Ben,2026-11-06
bulletin/projects/b2,census/projects/c2,unsure,Ann,2026-11-07
north/projects/n,south/projects/s,different,Ann,2026-11-08
"""
TABLES = (
    decision, cluster_member, cluster_record, cluster_pointer, parted_entity, deal_member,
)  # fmt: skip
TOTAL = ("total", "--country", "Kenya", "--add-sources", "-f", "json")
QUESTIONS = (
    *(("query", noun, "-f", "json") for noun in ("projects", "organizations", "finance")),
    ("query", "records", "--columns", "kind,external_id,about_key,source,fields", "-f", "csv"),
    ("query", "projects", "--group-by", "country,source", "-f", "json"),
    TOTAL,
    ("report", "country", "Kenya", "-f", "json"),
    ("show", "kuri-highway", "-f", "json"),
    ("decisions", "list", "-f", "json"),
)  # fmt: skip


def load_all(load: Load) -> None:
    """Load what the sources state."""
    load_sources(load)
    for source in ("north", "south"):
        load("projects", f"id,name,countries\n{source[0]},Kuri Pier,Kenya\n", source=source)


@pytest.fixture(scope="module")
def decided(standing: Standing) -> Iterator[Standing]:
    """A knowledge base with decisions of every kind."""
    load_all(standing.load)
    decide(standing.load)
    standing.load("decisions", MORE, source="second-desk", tier=6)
    with standing.unwritten():
        yield standing


def derived(address: str) -> dict[str, Any]:
    """Return the decisions, all that follows from them, and the quorum, with all row numbers."""
    engine = make_engine(parse_address(address))
    with reading(engine) as connection:
        contents: dict[str, Any] = {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in TABLES
        }
        contents["quorum"] = connection.scalar(select(schema.knowledge_base.c.quorum))
    engine.dispose()
    return contents


def members(engine: Engine) -> dict[str, str]:
    """Return by the key of each joined entity the key of what it is one with."""
    statement = select(cluster_member.c.key, entity.c.key)
    joined = statement.join(entity, entity.c.id == cluster_member.c.canonical_id)
    with reading(engine) as connection:
        return dict(connection.execute(joined).all())


def answers(address: str) -> dict[tuple[str, ...], str]:
    """Return the answers to questions, without what the history of each base determines."""
    volatile = re.compile(r'"(knowledge_base|made|load)": ?("[^"]*"|\d+)')
    return {words: volatile.sub("", answer("--db", address, *words)) for words in QUESTIONS}


def test_backups_and_copies_keep_decisions_and_clusters(
    decided: Standing, database: str, tmp_path: Path
) -> None:
    first, last = str(tmp_path / "backup.sqlite"), str(tmp_path / "back.sqlite")
    before, asked = derived(decided.address), answers(decided.address)
    assert all(before[table.name] for table in TABLES)
    answer("--db", decided.address, "db", "backup", first)
    answer("--db", first, "decisions", "quorum", "2")
    needing_two = derived(first)
    assert (needing_two["quorum"], needing_two["cluster_member"]) == (2, [])
    answer("--db", first, "db", "copy", database)
    assert derived(database) == needing_two
    answer("--db", database, "decisions", "quorum", "1")
    assert answers(database) == asked
    answer("--db", database, "db", "copy", last)
    for address in (database, last):
        assert derived(address) == before
        assert failed(address) == []
        rebuilt = run("--db", address, "db", "rebuild")
        assert "All facts and values were right.\n" in rebuilt.stderr
        assert derived(address) == before


def test_files_and_decisions_come_to_the_same_in_another_base(
    decided: Standing, engine: Engine, load: Load, knowledge_base: str
) -> None:
    for desk in ("desk", "second-desk"):
        exported = answer("--db", decided.address, "decisions", "export", "--source", desk)
        load("decisions", exported, source=desk, tier=6)
    # They wait until what they are about is there.
    assert members(engine) == {}
    load_all(load)
    assert members(engine) == members(decided.engine) != {}
    assert answers(knowledge_base) == answers(decided.address)
    assert failed(knowledge_base) == []


def test_an_export_of_decisions_says_that_a_quorum_is_not_in_it(
    decided: Standing, tmp_path: Path
) -> None:
    copied = str(tmp_path / "copy.sqlite")
    answer("--db", decided.address, "db", "copy", copied)
    assert run("--db", copied, "decisions", "export").stderr == ""
    answer("--db", copied, "decisions", "quorum", "2")
    assert run("--db", copied, "decisions", "export").stderr == (
        "Here 2 reviewers must agree, which is not in the file: where it is loaded, run "
        "`bricoop decisions quorum 2`.\n"
    )


def test_exported_answers_load_as_what_decisions_made_of_them(
    decided: Standing, knowledge_base: str
) -> None:
    nouns = ("organizations", "projects", "agreements", "finance", "locations", "statistics")
    for source, tier in {**TIERS, "north": 7, "south": 7}.items():
        described = ("--source", source, "--source-title", source, "--tier", str(tier))
        for noun in nouns:
            exported = answer(
                "--db", decided.address, "query", noun, "--source", source, "-f", "csv"
            )
            if exported.count("\n") > 1:
                load = ("load", noun, "-", *described)
                answer("--db", knowledge_base, *load, stdin=exported)
    columns = {
        "projects": "key,name,status,countries,links,financiers,capacity,description,sources",
        "organizations": "key,name,kind,country,sources",
        "agreements": "key,name,organizations,sources",
        "finance": "project_key,financier,kind,amount_usd,source,external_id",
        "locations": "project_key,name,source",
        "statistics": "subject_key,indicator,value,source",
    }
    for noun in nouns:
        query = ("query", noun, "--columns", columns[noun], "-f", "csv")
        assert answer("--db", knowledge_base, *query) == answer("--db", decided.address, *query)
    assert failed(knowledge_base) == []
