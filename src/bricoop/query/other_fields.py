"""The refusal of a code that a field does not have names another field of the rows that does."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from bricoop.domain.grammar import with_article
from bricoop.domain.names import normalise
from bricoop.errors import UsageError
from bricoop.query.compare import UnknownCodeError, code_of
from bricoop.query.nouns.noun import Field


def with_other_field(
    error: UnknownCodeError, fields: Sequence[Field], *, option: bool
) -> UsageError:
    """Return the refusal of an unknown code, with the field that has it.

    Args:
        error: the refusal; returned as it is where no field has the code.
        fields: the fields by which the rows can be narrowed.
        option: whether the value was typed for an option, not in a condition.
    """
    others = [*_of_other_fields(error.typed, fields)]
    # A code comes before those that begin so.
    for field, code in sorted(others, key=lambda other: other[1] != normalise(error.typed)):
        heading = field.heading
        condition = (
            f"--{field.name.replace('_', '-')} {code}" if option else f"{field.name} = {code}"
        )
        hint = f"{error.typed!r} is {with_article(heading)}: {condition}."
        return UsageError(error.message, f"{hint} {error.hint}")
    return error


def _of_other_fields(typed: str, fields: Sequence[Field]) -> Iterator[tuple[Field, str]]:
    for field in fields:
        if field.codes is not None:
            with suppress(UsageError):
                yield field, code_of(field.name, field.codes, typed)
