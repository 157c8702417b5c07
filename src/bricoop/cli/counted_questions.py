"""What `bricoop total` and `bricoop why` have in common: a question on finance, a list, a card."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any

from bricoop.cli.files import refuse_existing
from bricoop.cli.group import say
from bricoop.cli.output import answering
from bricoop.cli.questions import condition_parameters, filter_parameters, filters_given
from bricoop.domain.english import counted
from bricoop.errors import UsageError
from bricoop.query.nouns.noun import Noun
from bricoop.query.question import Question


def question_on(noun: Noun, options: Mapping[str, Any]) -> Question:
    """Return the question of a call, by the options of `generate_signature`."""
    return Question(
        noun.name,
        filters_given(noun, options),
        where=tuple(options["where"] or ()),
        raw=tuple(options["raw"] or ()),
        search=options["search"] or "",
    )


def check_list_and_card(options: Mapping[str, Any], whole: str) -> None:
    """Refuse options that do not fit together.

    Args:
        options: the values of the options, with `list_`, `card` and `limit` among them.
        whole: what the command answers without `--list`: `a total`.

    Raises:
        UsageError: there are some, or the card would replace a file.
    """
    refuse_existing(options["card"])
    if options["list_"] is not None and options["card"] is not None:
        message = f"--list shows rows, and --card saves {whole}."
        raise UsageError(message, "Use one at a time.")
    if options["limit"] is not None and options["list_"] is None:
        message = f"--limit is for the rows of --list, and {whole} is of all rows."
        raise UsageError(message, "Leave it out, or add --list STEP.")


@contextmanager
def writing_card(path: Path | None, card_data: Callable[[], Mapping[str, Any]]) -> Iterator[None]:
    """Write a card before the answer is printed, and say so after it.

    A reader such as `head` may close standard output before the whole answer is printed.

    Args:
        path: the file; None for no card.
        card_data: computes the card.

    Raises:
        UsageError: the file cannot be written.
    """
    if path is None:
        yield
        return
    from bricoop.render.data import to_json

    card = card_data()
    with answering(path) as out:
        out.write(to_json(card, indented=True) + "\n")
    try:
        yield
    finally:
        rows = card["total"]["rows"] if "total" in card else card["rows"]
        say(f"Wrote a card of {counted(len(rows), 'rows')} to {path}.")


def generate_signature(
    command: Callable[..., None],
    noun: Noun,
    own: Iterable[tuple[str, Any, Any]],
    arguments: Iterable[tuple[str, Any]] = (),
) -> None:
    """Give a command its arguments, the filters of a noun, conditions, and its own options.

    Args:
        command: the function, which takes them all as keywords.
        noun: the noun of the rows that are counted.
        own: its own options, each with its name, annotation and default.
        arguments: its arguments, each with its name and annotation.
    """
    parameters = [
        *(Parameter(name, Parameter.KEYWORD_ONLY, annotation=hint) for name, hint in arguments),
        *filter_parameters(noun),
        *condition_parameters(),
        *(
            Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=hint)
            for name, hint, default in own
        ),
    ]
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
