"""Options of `bricoop query NOUN` and `bricoop total`, generated from the noun's filters."""

from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any

import typer

from bricoop.cli.file_options import output_option
from bricoop.cli.options import Database, Output, RowFormat, Unmerged, completing
from bricoop.cli.pager import Pager
from bricoop.query.nouns.noun import Filter, Noun
from bricoop.report.chart_choice import ChartChoice

_Texts = list[str] | None
Provenance = Annotated[
    bool,
    typer.Option(
        "--provenance",
        help="Also write FILE.provenance.json, with the question and its sources.",
    ),
]

Columns = Annotated[
    _Texts,
    typer.Option(
        "--columns",
        metavar="FIELDS",
        help="Show only these fields, separated by commas.",
        show_default=False,
    ),
]
Sort = Annotated[
    str | None,
    typer.Option(
        "--sort",
        metavar="FIELDS",
        help="Sort by these fields, separated by commas; -field for descending order.",
        show_default=False,
    ),
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=0, help="Maximum number of rows.", show_default=False)
]
Count = Annotated[bool, typer.Option("--count", help="Print only the number of rows.")]
Labels = Annotated[
    bool, typer.Option("--labels", help="Add a column of labels beside each column of codes.")
]
Charts = Annotated[
    ChartChoice | None,
    typer.Option(
        "--chart",
        help="Draw groups in the terminal, or with --output to a file: .svg, .png, .html.",
        show_default=False,
    ),
]


def filter_parameters(noun: Noun) -> list[Parameter]:
    """Return an option for each filter of a noun."""
    return [_filter_parameter(filter_) for filter_ in noun.options]


def filters_given(noun: Noun, arguments: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the values of the filters that were given, by name."""
    return {
        filter_.name: _filter_values(arguments[f"filter_{filter_.name}"])
        for filter_ in noun.options
        if arguments[f"filter_{filter_.name}"]
    }


def condition_parameters() -> list[Parameter]:
    """Return the options for conditions: `--where`, `--search` and `--raw`."""
    return _parameters(_condition_options())


def shared_parameters(noun: Noun) -> list[Parameter]:
    """Return the options of a query command other than the filters of its noun."""
    return [
        parameter
        for options in (
            _condition_options(),
            _group_options(),
            _row_options(noun),
            _output_options(),
        )
        for parameter in _parameters(options)
    ]


def _parameters(options: Iterable[tuple[str, Any, Any]]) -> list[Parameter]:
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, annotation, default in options
    ]


def split(values: Iterable[str] | None) -> tuple[str, ...]:
    """Return the values of an option that is repeated or has commas between values."""
    words = (word.strip() for value in values or () for word in value.split(","))
    return tuple(word for word in words if word)


def _condition_options() -> list[tuple[str, Any, Any]]:
    where = _list_option("--where", "CONDITION", "A condition on any field: 'started >= 2013'.")
    raw = _list_option("--raw", "CELL", "A cell of the loaded file: 'Flow Class=ODA-like'.")
    search = typer.Option(
        "--search",
        metavar="WORDS",
        help="Full-text search: words, prefixes, '\"a phrase\"', -excluded.",
        show_default=False,
    )
    return [
        ("where", where, None),
        ("search", Annotated[str | None, search], None),
        ("raw", raw, None),
    ]


def _group_options() -> list[tuple[str, Any, Any]]:
    by = _list_option(
        "--group-by", "FIELDS", "Group rows by fields, separated by commas: country,link,year."
    )
    measure = _list_option(
        "--measure",
        "MEASURES",
        "What to compute for each group, separated by commas: count (the default), or sum:, mean:, "
        "median:, min:, max:, count: or distinct: followed by a field.",
    )
    return [
        ("group_by", by, None),
        ("measure", measure, None),
        (
            "subtotals",
            _flag_option("--subtotals", "Add subtotals for the first fields, and a total."),
            False,
        ),
        (
            "share",
            _flag_option("--share", "Add the share of each group in the first measure."),
            False,
        ),
        (
            "add_sources",
            _flag_option(
                "--add-sources/--by-source",
                "Add up several sources, instead of counting each by itself.",
            ),
            False,
        ),
    ]


def _row_options(noun: Noun) -> list[tuple[str, Any, Any]]:
    columns = _list_option(
        "--columns",
        "FIELDS",
        "Show only these fields, separated by commas: "
        f"{', '.join(field.name for field in noun.fields)}.",
    )
    sort = typer.Option(
        "--sort",
        metavar="FIELDS",
        help="Sort by these fields, separated by commas; -field for descending order. "
        f"Default: {noun.order}.",
        show_default=False,
    )
    offset = typer.Option("--offset", min=0, help="Number of rows to skip.")
    return [
        ("columns", columns, None),
        ("sort", Annotated[str | None, sort], None),
        ("limit", Limit, None),
        ("offset", Annotated[int, offset], 0),
        ("count", Count, False),
        *([("unmerged", Unmerged, False)] if noun.is_merged else []),
    ]


def _output_options() -> list[tuple[str, Any, Any]]:
    save = typer.Option(
        "--save",
        metavar="FILE",
        help="Also save the question to a new file, for `bricoop query --from`.",
        show_default=False,
        callback=output_option,
    )
    return [
        ("chart", Charts, None),
        ("format_", RowFormat, None),
        ("output", Output, None),
        ("labels", Labels, False),
        ("provenance", Provenance, False),
        ("pager", Pager, True),
        ("save", Annotated[Path | None, save], None),
        ("db", Database, None),
    ]


def _list_option(name: str, metavar: str, help_: str) -> Any:
    return Annotated[_Texts, typer.Option(name, metavar=metavar, help=help_, show_default=False)]


def _flag_option(name: str, help_: str) -> Any:
    return Annotated[bool, typer.Option(name, help=help_)]


def _filter_values(value: Any) -> tuple[str, ...]:
    return ("yes",) if value is True else tuple(value)


def _filter_parameter(filter_: Filter) -> Parameter:
    name = f"filter_{filter_.name}"
    if filter_.name == "all":
        flag = Annotated[bool, typer.Option("--all", help=f"{filter_.help.capitalize()}.")]
        return Parameter(name, Parameter.KEYWORD_ONLY, default=False, annotation=flag)
    codes = f" ({', '.join(filter_.vocabulary)})" if filter_.vocabulary else ""
    option = typer.Option(
        f"--{filter_.name.replace('_', '-')}",
        metavar=filter_.name.upper(),
        help=f"{filter_.help[0].upper()}{filter_.help[1:]}{codes}.",
        show_default=False,
        autocompletion=_completer(filter_),
    )
    annotation = Annotated[list[str] | None, option]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _completer(filter_: Filter) -> Callable[[str], list[str]] | None:
    codes = filter_.vocabulary or filter_.completed
    return None if codes is None else completing(lambda: codes)
