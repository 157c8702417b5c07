"""`bricoop search TEXT`: any entity by any of its names, or by words about it."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bricoop.cli.group import say
from bricoop.cli.options import FORMAT_HELP, Database, Output, completing, format_for
from bricoop.cli.session import answering, reading_from
from bricoop.domain.vocabularies import EntityKind, Link
from bricoop.render.answer import Format

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bricoop.query.search.hits import SearchRequest

#: So many hits beyond those shown are counted.
_COUNTED = 1000

Words = Annotated[
    list[str],
    typer.Argument(
        metavar="TEXT",
        help="Words in any order, whole or their beginnings; '\"a phrase\"'; 'words -without'.",
    ),
]
Kinds = Annotated[
    list[EntityKind] | None, typer.Option("--kind", help="Only of this kind.", show_default=False)
]
Countries = Annotated[
    list[str] | None,
    typer.Option(
        "--country",
        metavar="COUNTRY",
        help="Only in a country, by any name or code; or in a region that sources name.",
        show_default=False,
    ),
]
Links = Annotated[
    list[str] | None,
    typer.Option(
        "--link",
        metavar="LINK",
        help="Only under a link: its code, any of its names, or a unique beginning.",
        show_default=False,
        autocompletion=completing(lambda: Link),
    ),
]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="SOURCE",
        help="Only what a source speaks of: its key, or part of its title.",
        show_default=False,
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=0, help="At most so many hits.")]
Offset = Annotated[int, typer.Option("--offset", min=0, help="Skip so many hits.")]
Count = Annotated[bool, typer.Option("--count", help="Print only how many hits there are.")]
Form = Annotated[
    Format | None, typer.Option("--format", "-f", help=FORMAT_HELP, show_default=False)
]


def search(
    text: Words,
    *,
    kind: Kinds = None,
    country: Countries = None,
    link: Links = None,
    source: Sources = None,
    limit: Limit = 20,
    offset: Offset = 0,
    count: Count = False,
    format_: Form = None,
    output: Output = None,
    db: Database = None,
) -> None:
    """Find anything by words: its names in any language, what is said of it, who takes part, where.

    Every hit says why it was found. A filter given twice means either; different filters mean both.

    Example: bricoop search gwadar
    """
    from bricoop.query.search.hits import SearchRequest, count_hits

    request = SearchRequest(
        " ".join(text),
        tuple(kind or ()),
        tuple(country or ()),
        tuple(link or ()),
        tuple(source or ()),
        limit,
        offset,
    )
    with reading_from(db) as connection:
        if count:
            number = count_hits(connection, request)
            with answering(output) as out:
                out.write(f"{number}\n")
            return
        _answer(connection, request, format_for(format_, output, Format), output)


def _answer(
    connection: "Connection", request: "SearchRequest", format_: Format, output: Path | None
) -> None:
    from bricoop.query.search.hits import count_hits, search, suggestions
    from bricoop.render.answer import write_answer
    from bricoop.render.search import for_people

    answer = search(connection, request)
    rows = list(answer.rows)
    shown = replace(answer, rows=iter(rows))
    if format_ in {Format.TABLE, Format.MARKDOWN}:
        shown = for_people(shown)
    with answering(output) as out:
        write_answer(shown, format_, out)
    if len(rows) < request.limit and rows:
        return
    # More than a few pages are not counted: who wants the number asks for it.
    most = request.offset + request.limit + _COUNTED
    found = count_hits(connection, request, most)
    if not found:
        meant = "; ".join(suggestions(connection, request))
        say(f"No rows.{f' Did you mean: {meant}?' if meant else ''}")
    elif not rows:
        say(f"No rows: there are {found if found < most else f'more than {most - 1}'}.")
    elif found > request.offset + len(rows):
        every = found if found < most else f"more than {most - 1}"
        say(f"{len(rows)} of {every}; more with --offset {request.offset + len(rows)}.")
