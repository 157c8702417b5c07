"""Find or create the source of a load."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast

from sqlalchemy import Connection, select, update

from bricoop.db.checksums import set_source_checksum
from bricoop.db.ids import Ids
from bricoop.db.schema import decision, record, source
from bricoop.domain.dates import parse_partial_date
from bricoop.domain.names import slug
from bricoop.domain.vocabularies import SourceKind, Tier
from bricoop.errors import UsageError
from bricoop.ingest.layouts.clean import BadValueError, Places, language, url

#: Passed to cleaners of URLs and languages, which do not look up places.
_NO_PLACES = cast("Places", None)


@dataclass(frozen=True)
class SourceSpec:
    """A description of a source; a known source needs only its key.

    Attributes:
        key: short and stable, such as `aiddata-gcdf-3`.
        title: the title of the document or dataset.
        tier: 1 (government) to 8 (social media).
        kind: what it is, a code of `SourceKind`.
    """

    key: str
    title: str | None = None
    tier: int | None = None
    kind: str | None = None
    authors: str | None = None
    publisher: str | None = None
    published: str | None = None
    edition: str | None = None
    url: str | None = None
    archived_url: str | None = None
    licence: str | None = None
    language: str | None = None
    note: str | None = None

    def over(self, base: "SourceSpec") -> "SourceSpec":
        """Return this description, completed with the values of another one."""
        stated = {name: value for name, value in asdict(self).items() if value}
        return SourceSpec(**{**asdict(base), **stated})

    def given(self) -> dict[str, str | int]:
        """Return the stated values other than the key."""
        return {
            name: value
            for name, value in asdict(self).items()
            if value is not None and name != "key"
        }


def source_for(connection: Connection, spec: SourceSpec, numbers: Ids) -> int:
    """Return the id of a source, creating it if it is new.

    Raises:
        UsageError: a new source lacks title or tier, or a known one is described differently.
    """
    check_source(spec)
    stored = connection.execute(select(source).where(source.c.key == spec.key)).mappings().first()
    if stored is None:
        return _make(connection, spec, numbers)
    described = spec.given()
    if not _states_anything(connection, stored["id"]):
        # All its loads were undone, so its description may be replaced.
        connection.execute(
            update(source).where(source.c.id == stored["id"]).values(_described(spec))
        )
        set_source_checksum(connection, stored["id"])
        return int(stored["id"])
    for name, value in described.items():
        if stored[name] != value:
            message = f"The source {spec.key} is known with {name} {stored[name]!r}, not {value!r}."
            hint = "Leave that option out, or give this source a key of its own."
            raise UsageError(message, hint)
    return int(stored["id"])


def has_records(connection: Connection, key: str, nouns: Sequence[str]) -> bool:
    """Return whether a source has records of some nouns; its next file is then a new edition."""
    own = (
        select(record.c.id)
        .join(source, source.c.id == record.c.source_id)
        .where(source.c.key == key, record.c.noun.in_(nouns))
    )
    return connection.scalar(own.limit(1)) is not None


def check_source(spec: SourceSpec) -> None:
    """Validate the description of a source.

    Raises:
        UsageError: a value is invalid; the message says which.
    """
    if spec.key != slug(spec.key):
        raise UsageError(
            f"{spec.key!r} is not a valid key for a source.", f"Write {slug(spec.key)!r}."
        )
    if spec.kind is not None and spec.kind not in list(SourceKind):
        message = f"There is no kind of source {spec.kind!r}."
        raise UsageError(message, f"One of: {', '.join(SourceKind)}.")
    if spec.tier is not None and spec.tier not in list(Tier):
        raise UsageError(f"There is no tier {spec.tier}.", "Tiers are 1 (government) to 8.")
    _refuse_wrong(spec)
    if spec.published is not None:
        try:
            parse_partial_date(spec.published)
        except ValueError as error:
            message = f"The date of publication {spec.published!r} is {error}."
            raise UsageError(message, "Write 2019, 2019-03 or 2019-03-14.") from error


def _refuse_wrong(spec: SourceSpec) -> None:
    """Refuse invalid URLs and language codes."""
    cleaners = (("url", url), ("archived_url", url), ("language", language))
    for name, clean in cleaners:
        value = getattr(spec, name)
        if value:
            try:
                clean(value, _NO_PLACES)
            except BadValueError as error:
                named = name.replace("url", "URL").replace("_", " ")
                message = f"The {named} of the source, {value!r}, {error.rule}."
                raise UsageError(message, error.hint) from error


def _make(connection: Connection, spec: SourceSpec, numbers: Ids) -> int:
    source_id = numbers.next("source")
    connection.execute(source.insert().values(id=source_id, key=spec.key, **_described(spec)))
    set_source_checksum(connection, source_id)
    return source_id


def _described(spec: SourceSpec) -> dict[str, str | int | None]:
    if spec.title is None or spec.tier is None:
        message = f"The source {spec.key} is new."
        raise UsageError(message, "Describe it with --source-title and --tier.")
    described = {name: value for name, value in asdict(spec).items() if name != "key"}
    return {**described, "kind": spec.kind or SourceKind.OTHER}


def _states_anything(connection: Connection, source_id: int) -> bool:
    """Return whether a source has records or decisions."""
    statements = (
        select(table.c.id).where(table.c.source_id == source_id).limit(1)
        for table in (record, decision)
    )
    return any(connection.scalar(statement) is not None for statement in statements)
