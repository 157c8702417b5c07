"""Says how many pairs of the rows of an answer are contested, or wait to be decided."""

from collections import Counter
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, Select, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, entity, record, source
from bricoop.domain.batches import in_batches
from bricoop.domain.english import agree, counted
from bricoop.domain.references import COMPARED_NOUNS, Reference
from bricoop.domain.vocabularies import EntityKind
from bricoop.identity.pair_standing import DecidedPair, Standing, decided_pairs
from bricoop.query.execute import identities, plan_of
from bricoop.query.question import Question

#: Nouns whose rows are projects or organizations or are about them, and what these are called.
_NAMED = {
    "projects": "projects", "finance": "projects", "organizations": "organizations",
    "financiers": "financiers",
}  # fmt: skip
#: Up to this number of rows, reading the decisions on these is faster than reading all decisions.
FEW = 1000
_BATCH = 1000


def unsettled_note(connection: Connection, question: Question, few: int = FEW) -> str:
    """Return a sentence on the unsettled pairs of the rows of a question; empty without any.

    A pair counts if one of its sides is in the answer, within its limit.

    Args:
        connection: must see the same state of the database as the question.
        question: the question; of groups, the rows that are grouped count.
        few: up to this number of rows, only the decisions on these are read; for more, all.
    """
    if question.noun not in _NAMED:
        return ""
    ids = _entities_of_few(connection, question, few)
    if ids is None:
        pairs = _unsettled(decided_pairs(connection))
        ids = _of_question(
            connection, question, {number for pair in pairs for number in pair.entities}
        )
    else:
        pairs = _unsettled(decided_pairs(connection, _references(connection, ids)))
    return _sentence(pairs, ids, f"these {_NAMED[question.noun]}")


def unsettled_hits_note(connection: Connection, keys: Collection[str]) -> str:
    """Return a sentence on the unsettled pairs of entities that a search returns, by their keys."""
    ids: set[int] = set()
    for batch in in_batches(sorted(set(keys)), _BATCH):
        chosen = select(entity.c.id).where(in_values(connection, entity.c.key, batch))
        ids |= set(connection.scalars(chosen))
    pairs = _unsettled(decided_pairs(connection, _references(connection, ids)))
    return _sentence(pairs, ids, "these results")


def _sentence(pairs: Iterable[DecidedPair], ids: Collection[int], named: str) -> str:
    own = set(ids)
    numbers = Counter(pair.standing for pair in pairs if not own.isdisjoint(pair.entities))
    waiting, contested = numbers[Standing.WAITING], numbers[Standing.CONTESTED]
    clauses = []
    if waiting:
        verb = agree(waiting, "waits", "wait")
        clauses.append(f"{counted(waiting, 'pairs')} of {named} {verb} for review")
    if contested:
        number = f"{contested:,}" if waiting else f"{counted(contested, 'pairs')} of {named}"
        clauses.append(f"{number} {agree(contested, 'is', 'are')} contested")
    return f"{', and '.join(clauses)}: bricoop decisions list." if clauses else ""


def _unsettled(pairs: Iterable[DecidedPair]) -> list[DecidedPair]:
    return [pair for pair in pairs if pair.standing is not Standing.SETTLED]


def _entities_of_few(connection: Connection, question: Question, few: int) -> set[int] | None:
    """Return the entities that the rows of a question are about; None if there are many rows."""
    page = identities(connection, question)
    if question.limit is None or question.limit > few or question.grouping is not None:
        page = page.limit(few + 1)
    rows = connection.execute(_about(question, page)).all()
    return None if len(rows) > few else {number for (number,) in rows}


def _of_question(
    connection: Connection, question: Question, entity_ids: Collection[int]
) -> set[int]:
    """Return those of some entities that rows of a question are about."""
    ids: set[int] = set()
    for batch in in_batches(sorted(entity_ids), _BATCH):
        rows = _about(question, identities(connection, question))
        (about,) = rows.selected_columns
        ids |= set(connection.scalars(rows.where(in_values(connection, about, batch))))
    return ids


def _about(question: Question, page: Select[int]) -> Select[int]:
    """Select the entities that rows are about, whose ids are selected as `identity`."""
    plan = plan_of(question.noun)
    about = plan.identity if plan.about is None else plan.about
    rows = page.subquery()
    tables = plan.tables.needed(plan.identity, about)
    return select(about).select_from(tables.join(rows, rows.c.identity == plan.identity))


def _references(connection: Connection, entity_ids: Collection[int]) -> set[str]:
    """Return all references that mean one of some entities, in their written form."""
    refs: set[str] = set()
    for batch in in_batches(sorted(entity_ids), _BATCH):
        rows = connection.execute(
            select(source.c.key, record.c.noun, record.c.external_id)
            .join(source, source.c.id == record.c.source_id)
            .where(in_values(connection, record.c.entity_id, batch))
            .where(record.c.noun.in_(COMPARED_NOUNS), record.c.gone_in.is_(None))
        )
        refs |= {str(Reference(*row)) for row in rows}
        names = connection.scalars(
            select(alias.c.normalised)
            .join(entity, entity.c.id == alias.c.entity_id)
            .where(in_values(connection, alias.c.entity_id, batch))
            .where(entity.c.kind == EntityKind.ORGANIZATION.value)
        )
        refs |= {str(Reference("", "", name)) for name in names}
    return refs
