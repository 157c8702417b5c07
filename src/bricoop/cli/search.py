"""The command `bricoop search`: full-text search over all entities."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bricoop.cli.export import Export, hand_over
from bricoop.cli.group import say
from bricoop.cli.options import Database, Output, RowFormat, Unmerged, completing
from bricoop.cli.output import answering
from bricoop.cli.pager import Pager
from bricoop.cli.session import reading_from
from bricoop.domain.vocabularies import EntityKind, Link

if TYPE_CHECKING:
    from bricoop.api.snapshot import Snapshot
    from bricoop.domain.cells import Row
    from bricoop.query.question import Answer
    from bricoop.query.search.hits import SearchRequest

#: Results are counted in steps of this size, because an exact count may be slow.
_COUNTED = 1000

Words = Annotated[
    list[str],
    typer.Argument(
        metavar="TEXT",
        help="Words or prefixes in any order; '\"a phrase\"'; 'words -excluded'.",
    ),
]
Kinds = Annotated[
    list[EntityKind] | None,
    typer.Option("--kind", help="Only entities of this kind.", show_default=False),
]
Countries = Annotated[
    list[str] | None,
    typer.Option(
        "--country",
        metavar="COUNTRY",
        help="Only in this country, by any name or code, or in a region, as --region.",
        show_default=False,
    ),
]
Regions = Annotated[
    list[str] | None,
    typer.Option(
        "--region",
        metavar="REGION",
        help="Only in this UN M49 region or subregion, such as South-East Asia, or in a region "
        "that sources name.",
        show_default=False,
    ),
]
Links = Annotated[
    list[str] | None,
    typer.Option(
        "--link",
        metavar="LINK",
        help="Only of this link, by code, by any of its names or by a unique prefix.",
        show_default=False,
        autocompletion=completing(lambda: Link),
    ),
]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="SOURCE",
        help="Only what this source mentions, by key or title, or a part of either.",
        show_default=False,
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=0, help="Maximum number of results.")]
Offset = Annotated[int, typer.Option("--offset", min=0, help="Number of results to skip.")]
Count = Annotated[bool, typer.Option("--count", help="Print only the number of results.")]


def search(
    text: Words,
    *,
    kind: Kinds = None,
    country: Countries = None,
    region: Regions = None,
    link: Links = None,
    source: Sources = None,
    limit: Limit = 20,
    offset: Offset = 0,
    count: Count = False,
    unmerged: Unmerged = False,
    format_: RowFormat = None,
    output: Output = None,
    pager: Pager = True,
    db: Database = None,
) -> None:
    """Find anything by its names or by words about it.

    Names match in any language and script. Each result says why it matched. Repeat a filter to
    match any of its values; different filters must all match.

    Example: bricoop search gwadar
    """
    from bricoop.query.search.hits import SearchRequest

    request = SearchRequest(
        " ".join(text),
        kinds=tuple(kind or ()),
        countries=tuple(country or ()),
        links=tuple(link or ()),
        sources=tuple(source or ()),
        limit=limit,
        offset=offset,
        regions=tuple(region or ()),
    )
    export = Export.chosen(format_, output, pager=pager)
    for line in _run(request, export, db, count=count, unmerged=unmerged):
        say(line)


def _run(
    request: "SearchRequest",
    export: Export,
    database: str | None,
    *,
    count: bool,
    unmerged: bool,
) -> list[str]:
    """Write the results or their number; return messages for standard error."""
    export.check()
    lines: list[str] = []
    with export.on_screen() as screen, reading_from(database, unmerged=unmerged) as state:
        if count:
            number = state.count_hits(request)
            with answering(export.output) as out:
                out.write(f"{number}\n")
            lines.extend(state.left_out_hits(request))
        else:
            lines.extend(_answer(state, request, export, screen))
        lines.extend((*state.readings(request.countries, request.sources), *state.notes))
    return lines


def _answer(
    state: "Snapshot", request: "SearchRequest", export: Export, screen: TextIO
) -> Iterator[str]:
    """Write the results, and yield messages for standard error."""
    from bricoop.query.search.widening import note_on_operators
    from bricoop.render.search import for_people

    answer, keys = _noting_keys(state.search(request))
    displayed_answer = for_people(answer) if export.format.writing.for_people else answer
    rows = hand_over(displayed_answer, export, None, None, screen).rows
    if rows:
        yield from state.left_out_hits(request)
    yield from state.unsettled_hits(keys)
    if note := note_on_operators(request.text):
        yield note
    if rows and rows < request.limit:
        return
    # Count only up to the next thousand; `--count` gives the exact number.
    most = (request.offset + request.limit) // _COUNTED * _COUNTED + _COUNTED
    number = state.count_hits(request, most + 1)
    if not number:
        yield from state.nothing_found(request)
    elif not rows:
        yield f"No rows: there are {_hit_count(number, most)}."
    elif number > request.offset + rows:
        yield f"{rows} of {_hit_count(number, most)}; more with --offset {request.offset + rows}."


def _noting_keys(answer: "Answer") -> "tuple[Answer, list[str]]":
    """Return an answer, and a list to which the key of each result is added once it is read."""
    keys: list[str] = []
    position = [field.name for field in answer.fields].index("key")

    def rows() -> "Iterator[Row]":
        for row in answer.rows:
            keys.append(str(row[position]))
            yield row

    return replace(answer, rows=rows()), keys


def _hit_count(number: int, most: int) -> str:
    """Return a number of results as text; counting stopped at `most` plus one."""
    return f"{number:,}" if number <= most else f"more than {most:,}"
