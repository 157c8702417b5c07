"""The Bloom filter never excludes a text that was added, and excludes nearly all others."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given
from sqlalchemy import Engine, select

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.db.schema import alias, entity, source
from bricoop.ingest.resolve.name_filter import MOST, NameFilter

TEXTS = st.lists(st.text(max_size=12), max_size=30)


def active_filter(seeded: Engine, source_id: int, *nouns: str) -> NameFilter:
    """Return a filter with all names and keys of a knowledge base."""
    name_filter = NameFilter()
    with reading(seeded) as connection:
        name_filter.start(connection, source_id, nouns)
    return name_filter


@pytest.fixture(scope="module")
def seeded(sqlite_template: Path) -> Iterator[Engine]:
    """An engine on a knowledge base with the seeds, for reading only."""
    engine = make_engine(parse_address(str(sqlite_template)))
    yield engine
    engine.dispose()


@given(keys=TEXTS, names=TEXTS, ids=TEXTS)
def test_what_was_heard_is_possible(
    seeded: Engine, keys: list[str], names: list[str], ids: list[str]
) -> None:
    name_filter = active_filter(seeded, -1, "projects")
    name_filter.keys(keys)
    name_filter.names(names)
    name_filter.ids("projects", ids)
    assert list(name_filter.possible_keys(keys)) == keys
    assert list(name_filter.possible_names(names)) == names
    assert list(name_filter.possible_ids("projects", ids)) == ids


def test_what_the_knowledge_base_holds_is_possible_and_little_else(seeded: Engine) -> None:
    name_filter = active_filter(seeded, -1, "projects")
    with seeded.connect() as connection:
        keys = set(connection.scalars(select(entity.c.key)))
        names = set(connection.scalars(select(alias.c.normalised)))
    others = [f"nobody has this {number}" for number in range(50_000)]
    possible_keys = set(name_filter.possible_keys([*keys, *others]))
    possible_names = set(name_filter.possible_names([*names, *others]))
    assert keys <= possible_keys
    assert names <= possible_names
    # Texts hash differently in each process, so that a run in a hundred has a false positive.
    assert len(possible_keys - keys) < 10
    assert len(possible_names - names) < 10
    assert len(list(name_filter.possible_ids("projects", others))) < 10


def test_a_hundred_thousand_texts_make_few_others_possible(seeded: Engine) -> None:
    name_filter = active_filter(seeded, -1)
    name_filter.names(map(str, range(100_000)))
    assert len(list(name_filter.possible_names(map(str, range(100_000, 200_000))))) < 20


def test_ids_of_a_source_that_has_records_stay_possible(seeded: Engine) -> None:
    with seeded.connect() as connection:
        paper = connection.scalars(select(source.c.id).order_by(source.c.id).limit(1)).one()
    name_filter = active_filter(seeded, paper, "countries", "finance")
    assert name_filter.possible_ids("countries", ["never seen"]) == ["never seen"]
    assert name_filter.possible_ids("finance", ["never seen"]) == []
    assert name_filter.possible_ids("projects", ["of no noun that was named"]) != []


def test_who_does_not_listen_or_stops_takes_all_for_possible(seeded: Engine) -> None:
    assert NameFilter().possible_keys(["never seen"]) == ["never seen"]
    name_filter = active_filter(seeded, -1)
    name_filter.stop()
    assert name_filter.possible_names(["never seen"]) == ["never seen"]
    assert MOST > 0
