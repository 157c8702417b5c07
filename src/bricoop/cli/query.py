"""`bricoop query NOUN`: a command for each noun, made from what the catalogue says can be asked."""

from collections.abc import Callable
from dataclasses import replace
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bricoop.cli.export import Export, hand_over, mapped
from bricoop.cli.group import say
from bricoop.cli.options import FORMAT_HELP, Database, Output, completing, format_for
from bricoop.cli.output import answering
from bricoop.cli.session import reading_from
from bricoop.query.catalog import NOUNS, noun_of
from bricoop.query.nouns.noun import Filter, Noun
from bricoop.query.question import Question
from bricoop.render.answer import Format

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = typer.Typer(
    name="query",
    help="Ask for rows: projects, countries, agreements, policies and the rest.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _answer(
    noun: str,
    question: dict[str, Any],
    filters: dict[str, tuple[str, ...]],
    export: Export,
    database: str | None,
    count: bool,
) -> None:
    from bricoop.query.ask import ask
    from bricoop.query.ask import count as count_rows

    asked = Question(noun, filters, **question)
    export.check()
    with export.on_screen() as screen, reading_from(database) as connection:
        if count:
            number = count_rows(connection, asked)
            with answering(export.output) as out:
                out.write(f"{number}\n")
            return
        shown = mapped(_for_people(asked, export.format), export)
        written = hand_over(ask(connection, shown), export, connection, shown, screen)
        if export.format is Format.TABLE and not written.rows:
            say(f"No rows.{_kept_back(connection, asked)}")


def _kept_back(connection: "Connection", asked: Question) -> str:
    """Return how many rows `--all` would add, and of what, where the noun has it."""
    from bricoop.query.ask import count

    every = next((one for one in noun_of(asked.noun).filters if one.name == "all"), None)
    if every is None:
        return ""
    wider = replace(asked, filters={**asked.filters, every.name: ("yes",)})
    more = count(connection, wider) - count(connection, asked)
    return f" {more} more with --all, which shows {every.help}." if more else ""


def _for_people(question: Question, format_: Format) -> Question:
    """Return the question with the fields that a table shows where none are asked for."""
    if question.columns or not format_.writing.for_people:
        return question
    shown = tuple(field.name for field in noun_of(question.noun).fields if field.in_table)
    return replace(question, columns=shown)


def _command(noun: Noun) -> Callable[..., None]:
    def run(**given: Any) -> None:
        filters = {
            one.name: _values(given[f"filter_{one.name}"])
            for one in noun.filters
            if given[f"filter_{one.name}"]
        }
        question = {
            "columns": _split(given["columns"]),
            "sort": given["sort"] or "",
            "limit": given["limit"],
            "offset": given["offset"],
        }
        _answer(
            noun.name,
            question,
            filters,
            Export(
                format_for(given["format_"], given["output"], Format),
                given["output"],
                labels=given["labels"],
                provenance=given["provenance"],
                pager=given["pager"],
            ),
            given["db"],
            given["count"],
        )

    parameters = [_parameter(one) for one in noun.filters] + _shared(noun)
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__name__ = noun.name
    run.__doc__ = (
        f"{noun.help}\n\n\b\nExample: bricoop query {noun.example}\n"
        "A filter given twice means either; different filters mean both."
    )
    return run


def _values(given: Any) -> tuple[str, ...]:
    return ("yes",) if given is True else tuple(given)


def _parameter(one: Filter) -> Parameter:
    name = f"filter_{one.name}"
    if one.name == "all":
        flag = Annotated[bool, typer.Option("--all", help=f"{one.help.capitalize()}.")]
        return Parameter(name, Parameter.KEYWORD_ONLY, default=False, annotation=flag)
    codes = f" ({', '.join(one.vocabulary)})" if one.vocabulary else ""
    option = typer.Option(
        f"--{one.name}",
        metavar=one.name.upper(),
        help=f"{one.help[0].upper()}{one.help[1:]}{codes}.",
        show_default=False,
        autocompletion=_completer(one),
    )
    annotation = Annotated[list[str] | None, option]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _completer(one: Filter) -> Callable[[str], list[str]] | None:
    codes = one.vocabulary or one.completed
    return None if codes is None else completing(lambda: codes)


def _shared(noun: Noun) -> list[Parameter]:
    columns = typer.Option(
        "--columns",
        metavar="FIELDS",
        help=f"Only these fields, by comma: {', '.join(field.name for field in noun.fields)}.",
        show_default=False,
    )
    sort = typer.Option(
        "--sort",
        metavar="FIELD",
        help=f"Sort by a field, -field for descending (else by {noun.order}).",
        show_default=False,
    )
    limit = typer.Option("--limit", min=0, help="At most so many rows.", show_default=False)
    offset = typer.Option("--offset", min=0, help="Skip so many rows.")
    count = typer.Option("--count", help="Print only how many rows there are.")
    format_ = typer.Option("--format", "-f", help=FORMAT_HELP, show_default=False)
    labels = typer.Option("--labels", help="In data formats, beside each code a column of labels.")
    provenance = typer.Option(
        "--provenance",
        help="Beside the output, FILE.provenance.json: the question and its sources.",
    )
    pager = typer.Option(
        "--pager/--no-pager", help="Show a table longer than the screen page by page."
    )
    made = [
        ("columns", Annotated[list[str] | None, columns], None),
        ("sort", Annotated[str | None, sort], None),
        ("limit", Annotated[int | None, limit], None),
        ("offset", Annotated[int, offset], 0),
        ("count", Annotated[bool, count], False),
        ("format_", Annotated[Format | None, format_], None),
        ("output", Output, None),
        ("labels", Annotated[bool, labels], False),
        ("provenance", Annotated[bool, provenance], False),
        ("pager", Annotated[bool, pager], True),
        ("db", Database, None),
    ]
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, annotation, default in made
    ]


def _split(columns: list[str] | None) -> tuple[str, ...]:
    parts = (part.strip() for one in columns or () for part in one.split(","))
    return tuple(part for part in parts if part)


for _noun in NOUNS:
    app.command(_noun.name)(_command(_noun))
