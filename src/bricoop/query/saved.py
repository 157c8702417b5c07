"""Save questions to TOML files and read them back."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bricoop.atomic_files import replacing
from bricoop.domain.arguments import checked
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question

if TYPE_CHECKING:
    from bricoop.query.saved_document import CountedTable, GroupingTable

_TEXTS = ("columns", "where", "raw")
_NUMBERS = ("limit", "offset")


def as_data(question: Question) -> dict[str, Any]:
    """Return a question as plain data, without attributes that have their default values."""
    result: dict[str, Any] = {"noun": question.noun}
    for name in (*_TEXTS, "search", "sort", *_NUMBERS):
        value = getattr(question, name)
        if value not in ((), "", None, 0) or (name == "limit" and value == 0):
            result[name] = list(value) if isinstance(value, tuple) else value
    if question.unmerged:
        result["unmerged"] = True
    if question.filters:
        result["filters"] = {name: list(values) for name, values in question.filters.items()}
    if question.grouping is not None:
        grouping = {
            field.name: getattr(question.grouping, field.name) for field in fields(Grouping)
        }
        result["grouping"] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in grouping.items()
            if value is not False
        }
    return result


def from_data(data: Mapping[str, Any], where: str) -> Question:
    """Return the question given by plain data.

    Args:
        data: data in the form of `as_data`.
        where: origin of the data, for messages.

    Raises:
        UsageError: there is an unknown key, or a value of a wrong type.
    """
    from bricoop.domain.documents import checked  # noqa: PLC0415 (a question that is typed needs none)
    from bricoop.query.saved_document import QuestionTable  # noqa: PLC0415

    return question_of(checked(data, QuestionTable, where))


def question_of(table: "CountedTable") -> Question:
    """Return the question of a validated table.

    Raises:
        NotFoundError: there is no such noun.
    """
    from bricoop.domain.documents import several  # noqa: PLC0415 (as above)

    noun_of(table.noun)
    grouping = table.grouping
    return Question(
        table.noun,
        filters={name: several(values) for name, values in table.filters.items()},
        columns=several(table.columns),
        sort=table.sort,
        limit=table.limit,
        offset=table.offset,
        where=several(table.where),
        raw=several(table.raw),
        search=table.search,
        grouping=None if grouping is None else _grouping(grouping),
        # Totals have no such key.
        unmerged=getattr(table, "unmerged", False),
    )


def _grouping(table: "GroupingTable") -> Grouping:
    from bricoop.domain.documents import several  # noqa: PLC0415 (as above)

    return Grouping(
        by=several(table.by),
        measures=several(table.measures),
        subtotals=table.subtotals,
        share=table.share,
        add_sources=table.add_sources,
    )


def as_toml(question: Question) -> str:
    """Return a question as TOML, in the form that `read_question` reads."""
    import tomli_w  # noqa: PLC0415 (only a question that is saved needs it)

    return tomli_w.dumps(as_data(question))


@checked("bricoop.save_question")
def save_question(question: Question, path: str | Path) -> None:
    """Write a question to a file.

    Raises:
        UsageError: the file cannot be written.
    """
    path = Path(path)
    try:
        with replacing(path) as partial_path:
            partial_path.write_text(as_toml(question), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The file {path} cannot be written: {error.strerror}.") from error


@checked("bricoop.read_question")
def read_question(path: str | Path) -> Question:
    """Read a question from a file.

    Raises:
        FileUnreadableError: the file cannot be read, or is not TOML.
        UsageError: the file does not contain a valid question.
    """
    from bricoop.domain.document_faults import shown  # noqa: PLC0415
    from bricoop.domain.documents import read_toml  # noqa: PLC0415 (only a saved question needs it)
    from bricoop.query.saved_document import QuestionTable  # noqa: PLC0415

    path = Path(path)
    where = f"The question in {shown(path.name)}"
    return question_of(read_toml(path, QuestionTable, where))
