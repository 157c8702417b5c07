"""`bricoop query NOUN`: a command for each noun, made from what the catalogue says can be asked."""

from collections.abc import Callable
from dataclasses import replace
from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bricoop.cli.export import Export, hand_over, mapped
from bricoop.cli.group import say
from bricoop.cli.options import FORMAT_HELP, Database, Output, completing, format_for
from bricoop.cli.output import answering
from bricoop.cli.questions import Provenance, shared_parameters, split
from bricoop.cli.session import reading_from
from bricoop.errors import UsageError
from bricoop.query.catalog import NOUNS, noun_of
from bricoop.query.groups.grouping import Grouping
from bricoop.query.nouns.noun import Filter, Noun
from bricoop.query.question import Question
from bricoop.query.saved import read_question, save_question
from bricoop.render.answer import Format

if TYPE_CHECKING:
    from bricoop.api.snapshot import Snapshot

app = typer.Typer(
    name="query",
    help="Ask for rows: projects, countries, agreements, policies and the rest.",
    rich_markup_mode=None,
)


def _answer(asked: Question, export: Export, database: str | None, *, count: bool) -> None:
    export.check()
    with export.on_screen() as screen, reading_from(database) as state:
        if count:
            number = state.count(asked)
            with answering(export.output) as out:
                out.write(f"{number}\n")
            return
        shown = mapped(_for_people(asked, export.format), export)
        answer = state.ask(shown, spelled_out=export.format.writing.for_people)
        written = hand_over(answer, export, state, shown, screen)
        for note in answer.notes:
            say(note)
        if export.format is Format.TABLE and not written.rows:
            say(f"No rows.{_kept_back(state, asked)}")


def _kept_back(state: "Snapshot", asked: Question) -> str:
    """Return how many rows `--all` would add, and of what, where the noun has it."""
    every = next((one for one in noun_of(asked.noun).filters if one.name == "all"), None)
    if every is None:
        return ""
    wider = replace(asked, filters={**asked.filters, every.name: ("yes",)})
    more = state.count(wider) - state.count(asked)
    return f" {more} more with --all, which shows {every.help}." if more else ""


def _for_people(question: Question, format_: Format) -> Question:
    """Return the question with the fields that a table shows where none are asked for."""
    if question.grouping or question.columns or not format_.writing.for_people:
        return question
    shown = tuple(field.name for field in noun_of(question.noun).fields if field.in_table)
    return replace(question, columns=shown)


def _command(noun: Noun) -> Callable[..., None]:
    def run(**given: Any) -> None:
        asked = _question(noun, given)
        if given["save"] is not None:
            save_question(asked, given["save"])
        export = Export(
            format_for(given["format_"], given["output"], Format),
            given["output"],
            labels=given["labels"],
            provenance=given["provenance"],
            pager=given["pager"],
        )
        _answer(asked, export, given["db"], count=given["count"])

    parameters = [_parameter(one) for one in noun.options] + shared_parameters(noun)
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__name__ = noun.name
    run.__doc__ = (
        f"{noun.help}\n\n\b\nExample: bricoop query {noun.example}\n"
        "A filter given twice means either; different filters mean both; a value after ! means "
        "not."
    )
    return run


def _question(noun: Noun, given: dict[str, Any]) -> Question:
    filters = {
        one.name: _values(given[f"filter_{one.name}"])
        for one in noun.options
        if given[f"filter_{one.name}"]
    }
    if given["search"] is not None and not given["search"].strip():
        raise UsageError("--search is given no word to look for.", "Leave it out for all rows.")
    return Question(
        noun.name,
        filters,
        split(given["columns"]),
        given["sort"] or "",
        given["limit"],
        given["offset"],
        where=tuple(given["where"] or ()),
        raw=tuple(given["raw"] or ()),
        search=given["search"] or "",
        grouping=_grouping(given),
    )


def _grouping(given: dict[str, Any]) -> Grouping | None:
    by, measures = split(given["group_by"]), split(given["measure"])
    if given["group_by"] and not by:
        raise UsageError("--group-by names no field.", "For one group of all rows: --measure.")
    if not by and not measures:
        for name in ("subtotals", "share", "add_sources"):
            if given[name]:
                message = f"--{name.replace('_', '-')} is for groups."
                raise UsageError(message, "Say with --group-by what they are made by.")
        return None
    return Grouping(
        by, measures or ("count",), given["subtotals"], given["share"], given["add_sources"]
    )


def _values(given: Any) -> tuple[str, ...]:
    return ("yes",) if given is True else tuple(given)


def _parameter(one: Filter) -> Parameter:
    name = f"filter_{one.name}"
    if one.name == "all":
        flag = Annotated[bool, typer.Option("--all", help=f"{one.help.capitalize()}.")]
        return Parameter(name, Parameter.KEYWORD_ONLY, default=False, annotation=flag)
    codes = f" ({', '.join(one.vocabulary)})" if one.vocabulary else ""
    option = typer.Option(
        f"--{one.name.replace('_', '-')}",
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


@app.callback(invoke_without_command=True)
def saved(
    context: typer.Context,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", help="Ask a question that --save wrote.", show_default=False
        ),
    ] = None,
    format_: Annotated[
        Format | None, typer.Option("--format", "-f", help=FORMAT_HELP, show_default=False)
    ] = None,
    output: Output = None,
    provenance: Provenance = False,
    db: Database = None,
) -> None:
    """Ask for rows: projects, countries, agreements, policies and the rest."""
    if context.invoked_subcommand is not None:
        if from_ or format_ or output or db:
            message = "Options of a noun come after it."
            raise UsageError(message, f"bricoop query {context.invoked_subcommand} --help")
        return
    if from_ is None:
        typer.echo(context.get_help())
        return
    asked = read_question(from_)
    export = Export(format_for(format_, output, Format), output, provenance=provenance, pager=True)
    _answer(asked, export, db, count=False)


for _noun in NOUNS:
    app.command(_noun.name)(_command(_noun))
