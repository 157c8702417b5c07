"""Hints for an unknown code: another field of the noun that has such a code."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from bricoop.domain.english import with_article
from bricoop.domain.names import normalise
from bricoop.errors import UsageError
from bricoop.query.conditions.comparisons import UnknownCodeError, code_of
from bricoop.query.nouns.noun import Field


def with_other_field(
    error: UnknownCodeError, fields: Sequence[Field], *, option: bool
) -> UsageError:
    """Return an error for an unknown code that names the field that has it.

    Args:
        error: the original error; returned unchanged if no field has the code.
        fields: the fields by which the rows can be filtered.
        option: whether the value was given to a command-line option, not in a condition.
    """
    others = [*_of_other_fields(error.typed, fields)]
    # An exact code is preferred to codes that only begin with the text.
    for field, code in sorted(others, key=lambda other: other[1] != normalise(error.typed)):
        if code != normalise(error.typed) and error.hint.startswith("Did you mean"):
            # A word for a code of the field itself says more than the beginning of another code.
            break
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
