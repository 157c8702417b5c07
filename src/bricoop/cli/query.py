"""The commands `bricoop query NOUN`, generated from the catalogue of nouns."""

from collections.abc import Callable
from functools import partial
from inspect import Signature
from pathlib import Path
from typing import Any, ClassVar

import typer

from bricoop.cli.export import Export
from bricoop.cli.files import refuse_existing
from bricoop.cli.lazy_group import Entry, LazyGroup
from bricoop.cli.output import answering
from bricoop.cli.questions import filter_parameters, filters_given, shared_parameters, split
from bricoop.cli.run_query import answer
from bricoop.cli.saved import saved
from bricoop.errors import UsageError
from bricoop.query.catalog import GROUPS
from bricoop.query.grouping import Grouping
from bricoop.query.nouns.noun import Noun
from bricoop.query.question import Question
from bricoop.query.saved import as_toml


def _command(noun: Noun) -> Callable[..., None]:
    def run(**options: Any) -> None:
        question = _question(noun, options)
        if options["chart"] is not None:
            _draw(question, options)
            return
        export = Export.of(options)
        export.check()
        _save(question, options["save"])
        answer(question, export, options["db"], count=options["count"])

    parameters = filter_parameters(noun) + shared_parameters(noun)
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__name__ = noun.name
    run.__doc__ = (
        f"{noun.help}\n\nExample: bricoop query {noun.example}\n\n"
        "Repeat a filter to match any of its values; different filters must all match. A value "
        "that begins with ! is excluded."
    )
    return run


def _save(question: Question, path: Path | None) -> None:
    refuse_existing(path)
    if path is not None:
        with answering(path) as out:
            out.write(as_toml(question))


def _draw(question: Question, options: dict[str, Any]) -> None:
    from bricoop.cli.charting import check_options, draw

    check_options(question, options)
    _save(question, options["save"])
    draw(question, options["chart"], options["output"], options["db"])


def _question(noun: Noun, options: dict[str, Any]) -> Question:
    if options["search"] is not None and not options["search"].strip():
        raise UsageError("--search has no words to look for.", "Leave it out for all rows.")
    return Question(
        noun.name,
        filters_given(noun, options),
        split(options["columns"]),
        options["sort"] or "",
        options["limit"],
        options["offset"],
        where=tuple(options["where"] or ()),
        raw=tuple(options["raw"] or ()),
        search=options["search"] or "",
        grouping=_grouping(options),
        unmerged=options.get("unmerged", False),
    )


def _grouping(options: dict[str, Any]) -> Grouping | None:
    by, measures = split(options["group_by"]), split(options["measure"])
    if options["group_by"] and not by:
        raise UsageError(
            "--group-by names no field.", "For one group of all rows, use only --measure."
        )
    if not by and not measures:
        for name in ("subtotals", "share", "add_sources"):
            if options[name]:
                message = f"--{name.replace('_', '-')} works only with groups."
                raise UsageError(message, "Add --group-by FIELDS.")
        return None
    return Grouping(
        by, measures or ("count",), options["subtotals"], options["share"], options["add_sources"]
    )


def _entry(noun: Noun) -> Entry:
    return Entry(noun.name, noun.help.removesuffix("."), partial(_command, noun))


class NounGroup(LazyGroup):
    """A command group with a command for each noun, built when it is called."""

    examples: ClassVar[tuple[str, ...]] = (
        "bricoop query projects --country Kenya --kind railway",
        "bricoop query finance --group-by country,year --measure sum:amount_usd",
        "bricoop query --from ports.toml --format csv",
    )
    sections: ClassVar[dict[str, tuple[Entry, ...]]] = {
        heading: tuple(map(_entry, nouns)) for heading, nouns in GROUPS.items()
    }


app = typer.Typer(name="query", cls=NounGroup, add_completion=False, rich_markup_mode=None)
app.callback(invoke_without_command=True)(saved)
