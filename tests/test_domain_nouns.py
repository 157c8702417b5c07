"""The declarations of nouns: tables, layouts, answers and contradictions agree with them."""

import pytest

from bricoop.db.schema import FACTS, metadata
from bricoop.domain import nouns
from bricoop.domain.nouns import LOADED, NOUNS, NounSpec, ValueType
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.layouts.registry import LAYOUT_OF_KIND, LAYOUTS
from bricoop.query.catalog import NOUNS as ASKED
from bricoop.query.catalog import noun_of
from bricoop.query.execute import plan_of

DESCRIBING = [noun for noun in LOADED if noun.describes_entity]


def test_each_noun_that_can_be_loaded_has_a_layout_and_each_asked_for_is_in_the_catalog() -> None:
    assert [layout.spec for layout in LAYOUTS] == list(LOADED)
    assert {noun.spec.name for noun in ASKED} == {noun.name for noun in NOUNS if noun.rows}
    assert all(noun.spec in NOUNS for noun in ASKED)
    assert all(noun.row or noun.rows for noun in NOUNS)


def test_one_noun_describes_each_kind_of_entity() -> None:
    assert sorted(noun.kind or "" for noun in DESCRIBING) == sorted(EntityKind)
    assert list(LAYOUT_OF_KIND) == [noun.kind for noun in DESCRIBING]
    assert {*nouns.REFERENCE_KINDS, *nouns.NAMED_KINDS} == set(EntityKind)


@pytest.mark.parametrize("noun", DESCRIBING, ids=lambda noun: noun.name)
def test_the_values_of_a_noun_are_the_columns_of_its_table_in_their_order(noun: NounSpec) -> None:
    table = metadata.tables.get(str(noun.kind))
    columns = list(table.columns.keys()) if table is not None else ["id"]
    stored = [
        f"{value.name}_id" if value.type is ValueType.COUNTRY else value.name
        for value in noun.values
    ]
    # It follows from the name, and is no value of a record.
    derived = ["short_name"] if noun is nouns.PROJECTS else []
    assert columns == ["id", *stored, *derived]
    if table is not None and noun.kind in nouns.NAMED_KINDS:
        assert all(column.nullable for column in table.columns if not column.primary_key)


@pytest.mark.parametrize("noun", DESCRIBING, ids=lambda noun: noun.name)
def test_each_value_is_a_column_of_load_files_and_a_field_of_answers(noun: NounSpec) -> None:
    assert noun.kind is not None
    layout = LAYOUT_OF_KIND[noun.kind]
    for value in noun.values:
        column = layout.column(value.name)
        assert column is not None
        assert column.required is value.required
        if noun.rows:
            field = noun_of(noun.name).field(value.name)
            assert field is not None
            assert (field.help, field.codes) == (value.help, value.codes)
            assert value.name in plan_of(noun.name).scalars


def test_each_noun_of_facts_has_its_table() -> None:
    tables = {table.name for table in FACTS}
    # Decisions are no facts about an entity: they say which entities are one.
    of_facts = [
        noun.fact for noun in LOADED if not noun.describes_entity and noun is not nouns.DECISIONS
    ]
    assert all(fact in tables for fact in of_facts)
    assert [layout.own.table for layout in LAYOUTS if layout.own] == of_facts


def test_dates_are_contested_as_dates() -> None:
    assert set(nouns.CONTESTED_DATES) == {
        "announced", "started", "completed", "signed", "in_force", "ended", "adopted",
    }  # fmt: skip
    assert nouns.CONTESTED[:4] == ("name", "alpha2", "alpha3", "numeric")
    assert not {"code", "position"} & set(nouns.CONTESTED)
