"""Find the one entity that a typed name, key or code denotes, or raise an error with hints."""

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, literal, or_, select, union_all

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, cluster_member, country, entity, link, record, source
from bricoop.domain.joined_names import listed_places
from bricoop.domain.limits import NAME_LENGTH
from bricoop.domain.names import is_unspaced, normalise, undotted
from bricoop.domain.references import Reference, parse_reference
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import AmbiguousNameError, BricoopError, NotFoundError


@dataclass(frozen=True)
class EntityMatch:
    """An entity found by name: its id, kind, key and displayed name."""

    id: int
    kind: EntityKind
    key: str
    name: str


class EmptyNameError(NotFoundError):
    """The name of what is looked for is empty."""

    def __init__(self) -> None:
        """Build the message."""
        BricoopError.__init__(self, "The name is empty.", "Write a name, a code or a key.")
        self.closest = ()


def find_entity(
    connection: Connection, typed: str, kinds: Sequence[EntityKind] = ()
) -> EntityMatch:
    """Return the entity with a given reference, key, code or name.

    These are tried in order, and the first that matches anything decides: reference to a record or
    an organization, as decisions name it; key or code; exact name;
    abbreviation with dots; name of a country in another language; beginning of a name; beginnings
    of words in a name, one for each word of the text.

    Args:
        connection: an open connection.
        typed: a reference, key, code or name.
        kinds: the kinds of entities to consider; all if empty.

    Raises:
        NotFoundError: no entity matches; the error lists similar names.
        AmbiguousNameError: several entities match; the error lists them with their keys.
    """
    if not typed.strip():
        raise EmptyNameError
    kind_names = " or ".join(kinds) if kinds else "entity"
    if len(typed) > NAME_LENGTH.value:
        # No name is that long, and matching each of its words would be slow.
        raise NotFoundError(kind_names, typed)
    if kinds and _PLACES.issuperset(kinds):
        _refuse_list(connection, typed, kinds)
    for step in _STEPS:
        matches = step(connection, typed.strip(), kinds)
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise AmbiguousNameError(typed, [f"{match.name} ({match.key})" for match in matches])
    ref = _reference(typed)
    if ref is not None and not ref.is_organization:
        raise unknown_record(ref)
    from bricoop.lookup.closest import closest_names  # noqa: PLC0415 (most names are found)

    # Without a kind, the text may be a word from a description, which only search looks into.
    advice = "" if kinds else f"`bricoop search {shlex.quote(typed)}` looks in texts as well."
    raise NotFoundError(kind_names, typed, closest_names(connection, typed, kinds), advice)


def unknown_record(ref: Reference) -> NotFoundError:
    """Return the error that no record has a reference."""
    advice = f"`bricoop query records --kind {ref.noun} --source {ref.source}` lists them."
    return NotFoundError("record", str(ref), advice=advice)


def keys_now(connection: Connection, keys: Sequence[str]) -> list[str]:
    """Return keys, with those of entities that decisions joined replaced by the canonical ones."""
    joined = (
        select(cluster_member.c.key, entity.c.key.label("canonical"))
        .join(entity, entity.c.id == cluster_member.c.canonical_id)
        .where(in_values(connection, cluster_member.c.key, keys))
    )
    canonical = dict(connection.execute(joined).all())
    return [canonical.get(key, key) for key in keys]


def keys_of(connection: Connection, entity_id: int) -> list[str]:
    """Return the key of an entity, and then those of the entities that decisions joined with it."""
    own = select(entity.c.key).where(entity.c.id == entity_id)
    joined = select(cluster_member.c.key).where(cluster_member.c.canonical_id == entity_id)
    return [*connection.scalars(own), *connection.scalars(joined.order_by(cluster_member.c.key))]


def _refuse_list(connection: Connection, typed: str, kinds: Sequence[EntityKind]) -> None:
    """Refuse a text that lists several places, which might be found as one of them.

    Raises:
        NotFoundError: it names at least two.
    """
    names: dict[int, str] = {}
    for name in listed_places(typed)[:_MOST_LISTED]:
        matches = next(filter(None, (step(connection, name, kinds) for step in _EXACT_STEPS)), [])
        names |= {match.id: match.name for match in matches}
    if len(names) > 1:
        raise NotFoundError(" or ".join(kinds), typed, [*names.values()])


def _reference(typed: str) -> Reference | None:
    """Return a text as a reference; None if it is none."""
    try:
        return parse_reference(typed.strip())
    except ValueError:
        return None


def _by_reference(
    connection: Connection, typed: str, kinds: Sequence[EntityKind]
) -> list[EntityMatch]:
    """Return what a reference such as `gcdf3/projects/96203` means, as decisions leave it."""
    ref = _reference(typed)
    if ref is None:
        return []
    if ref.is_organization:
        is_organization = entity.c.kind == EntityKind.ORGANIZATION.value
        return _with_alias(connection, kinds, is_organization & (alias.c.normalised == ref.id))
    statement = (
        select(entity.c.id, entity.c.kind, entity.c.key, entity.c.name)
        .join(record, record.c.entity_id == entity.c.id)
        .join(source, source.c.id == record.c.source_id)
        .where(source.c.key == ref.source, record.c.noun == ref.noun)
        .where(record.c.external_id == ref.id, record.c.gone_in.is_(None))
    )
    return _entities(connection.execute(_of_kinds(statement, kinds)).all())


def _by_key_or_code(
    connection: Connection, typed: str, kinds: Sequence[EntityKind]
) -> list[EntityMatch]:
    code = typed.upper()
    codes = (country.c.alpha2, country.c.alpha3, country.c.numeric)
    # Each of these tables has its own index; one OR across all three would use none of them.
    ids = union_all(
        select(entity.c.id).where(entity.c.key == typed.lower()),
        # The key of what is one with another entity by a decision still means it.
        select(cluster_member.c.canonical_id).where(cluster_member.c.key == typed.lower()),
        select(country.c.id).where(or_(*(column == code for column in codes))),
        select(link.c.id).where(link.c.code == typed.lower()),
    )
    statement = select(entity.c.id, entity.c.kind, entity.c.key, entity.c.name)
    statement = statement.where(entity.c.id.in_(ids))
    matches = _entities(connection.execute(_of_kinds(statement, kinds)).all())
    by_key = [match for match in matches if match.key == typed.lower()]
    return by_key or matches


def _by_name(connection: Connection, typed: str, kinds: Sequence[EntityKind]) -> list[EntityMatch]:
    return _with_alias(connection, kinds, alias.c.normalised == normalise(typed))


def _by_beginning(
    connection: Connection, typed: str, kinds: Sequence[EntityKind]
) -> list[EntityMatch]:
    beginning = normalise(typed)
    if not beginning:
        return []
    # A range instead of LIKE needs no escaping and can use an ordinary index.
    after = beginning + "\U0010ffff"
    return _with_alias(
        connection, kinds, (alias.c.normalised >= beginning) & (alias.c.normalised < after)
    )


def _by_words(connection: Connection, typed: str, kinds: Sequence[EntityKind]) -> list[EntityMatch]:
    words = normalise(typed).split()
    if not words:
        return []
    each = and_(*(_has_word(word, times) for word, times in Counter(words).items()))
    # The full-text index narrows the entities to those with all words in their names; only those
    # names are then scanned. It has no prefixes of one letter, so such words are left out of it.
    longer = " ".join(word for word in words if len(word) > 1 or is_unspaced(word))
    if longer:
        from bricoop.lookup.fulltext import matching  # noqa: PLC0415 (few names are found so late)

        each &= alias.c.entity_id.in_(matching(connection, longer, in_names=True))
    return _with_alias(connection, kinds, each)


def _has_word(word: str, times: int) -> ColumnElement[bool]:
    """Return the condition that a name has a word so many times: `Sudan, South Sudan` has two."""
    if len(word) > 1 and is_unspaced(word):
        return alias.c.normalised.contains(word, autoescape=True)
    beginning = literal(" ") + alias.c.normalised
    if times > 1:
        # Normalised words have no wildcards.
        return beginning.like("%".join(("", *[f" {word}"] * times, "")))
    return beginning.contains(f" {word}", autoescape=True)


def _by_abbreviation(
    connection: Connection, typed: str, kinds: Sequence[EntityKind]
) -> list[EntityMatch]:
    letters = undotted(typed)
    if letters == typed:
        return []
    return _by_key_or_code(connection, letters, kinds) or _by_name(connection, letters, kinds)


def _by_other_language(
    connection: Connection, typed: str, kinds: Sequence[EntityKind]
) -> list[EntityMatch]:
    if kinds and EntityKind.COUNTRY not in kinds:
        return []
    from bricoop.domain.country_names import alpha2_of  # noqa: PLC0415 (loads many languages)

    code = alpha2_of(typed)
    return _by_key_or_code(connection, code, [EntityKind.COUNTRY]) if code else []


#: Tried in this order. `KnownPlaces` resolves countries with the exact ones.
_EXACT_STEPS = (_by_key_or_code, _by_name, _by_abbreviation, _by_other_language)
_STEPS = (_by_reference, *_EXACT_STEPS, _by_beginning, _by_words)
_PLACES = frozenset({EntityKind.COUNTRY, EntityKind.REGION})
#: How many names of a list are looked up to refuse it.
_MOST_LISTED = 4


def _with_alias(
    connection: Connection, kinds: Sequence[EntityKind], condition: ColumnElement[bool]
) -> list[EntityMatch]:
    statement = (
        select(entity.c.id, entity.c.kind, entity.c.key, entity.c.name)
        .join(alias, alias.c.entity_id == entity.c.id)
        .where(condition)
        .distinct()
        .order_by(entity.c.name, entity.c.id)
        .limit(50)
    )
    return _entities(connection.execute(_of_kinds(statement, kinds)).all())


def _of_kinds(
    statement: Select[int, str, str, str], kinds: Sequence[EntityKind]
) -> Select[int, str, str, str]:
    return statement.where(entity.c.kind.in_(kinds)) if kinds else statement


def _entities(rows: Sequence[Row[int, str, str, str]]) -> list[EntityMatch]:
    return [EntityMatch(row.id, EntityKind(row.kind), row.key, row.name) for row in rows]
