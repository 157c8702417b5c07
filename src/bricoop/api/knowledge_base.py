"""A knowledge base, as a script holds it: opened once, asked with the command line's filters."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Engine

from bricoop.api.arguments import in_python, speaking_python
from bricoop.api.opening import engine_of, make_ready
from bricoop.api.rows import Rows, named, texts
from bricoop.api.snapshot import Snapshot
from bricoop.db.address import shown
from bricoop.db.engine import reading
from bricoop.domain.arguments import checked, meant
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.compare import code_of
from bricoop.query.question import Question

if TYPE_CHECKING:
    from bricoop.ingest.request import LoadResult
    from bricoop.ingest.undo.take_back import UndoResult
    from bricoop.query.entity_profile import Portrait
    from bricoop.report.sections import Report
    from bricoop.totals.total import Total

#: What a filter may be given: one value, or several, any of which may hold.
Value = str | int | float | bool | Decimal | date
Given = Value | Iterable[Value] | None
#: The arguments of functions that take filters as well.
_OTHER_ARGUMENTS = {
    "query": ("where", "search", "raw", "columns", "sort", "limit", "offset"),
    "total": ("rule", "base", "add_sources", "where", "search", "raw"),
}


class KnowledgeBase:
    """A knowledge base that is open; `close` it, or use it in a `with` statement."""

    def __init__(self, engine: Engine) -> None:
        """Use a database that is ready."""
        self._engine = engine
        self._is_closed = False

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Return where it is, without any password."""
        return f"KnowledgeBase({self.address!r})"

    @property
    def address(self) -> str:
        """Where it is: a path, or a URL without its password."""
        return shown(self._engine.url)

    def close(self) -> None:
        """Let go of the database; nothing more can be asked."""
        self._is_closed = True
        self._engine.dispose()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Yield one state of it, for several questions that must agree.

        Raises:
            DatabaseError: it cannot be reached or read.
            UsageError: it was closed.
        """
        with self._state() as state:
            yield state

    @contextmanager
    def _state(self, *typed: object) -> Iterator[Snapshot]:
        """Yield one state of it; what the script passed stays as it is in messages."""
        with (
            speaking_python(self.address, *typed),
            reading(self._open_engine()) as connection,
        ):
            yield Snapshot(connection)

    def _open_engine(self) -> Engine:
        if self._is_closed:
            raise UsageError("The knowledge base is closed.", "Open it with bricoop.open().")
        return self._engine

    @checked("query")
    def query(  # noqa: PLR0913 (as many as a question has parts)
        self,
        noun: str,
        *,
        where: str | Iterable[str] = (),
        search: str = "",
        raw: str | Iterable[str] = (),
        columns: str | Iterable[str] = (),
        sort: str = "",
        limit: int | None = None,
        offset: int = 0,
        **filters: Given,
    ) -> Rows:
        """Ask for rows, as `bricoop query NOUN` does.

        Args:
            noun: what rows are: `projects`, `countries`, `finance`, ...
            where: conditions in the language of `--where`; all of them hold.
            search: words that find what a row is about.
            raw: cells as files print them; all of them hold.
            columns: the fields asked for; all of them where empty.
            sort: fields with commas between them, each with `-` before it for descending.
            limit: at most so many rows.
            offset: so many rows are skipped.
            filters: the noun's filters and fields; several values mean any of them.

        `Rows.group` puts the rows into groups.

        Raises:
            NotFoundError: there is no such noun; what else does not fit is refused when rows are
                read.
        """
        question = Question(
            noun,
            _filters("query", noun, filters),
            texts(columns),
            sort,
            limit,
            offset,
            where=texts(where),
            raw=texts(raw),
            search=search,
        )
        return self.ask(question)

    @checked("ask")
    def ask(self, question: Question) -> Rows:
        """Ask a question that is a value, such as one that was read from a file.

        Raises:
            NotFoundError: there is no such noun.
        """
        noun_of(question.noun)
        return Rows(self, question)

    @checked("search")
    def search(  # noqa: PLR0913 (as many as a search has filters)
        self,
        text: str,
        *,
        kinds: Given = (),
        countries: Given = (),
        links: Given = (),
        sources: Given = (),
        regions: Given = (),
        limit: int = 20,
        offset: int = 0,
    ) -> tuple[Any, ...]:
        """Return what words find, ranked, as named tuples, each with the reason why.

        Args:
            text: words in any order, whole or their beginnings; phrases in quotes; `-without`.
            kinds: only entities of these kinds: `project`, `organization`, ...
            countries: only those in one of these places, by any name.
            links: only those under one of these links.
            sources: only those of which one of these sources speaks.
            regions: only those in one of these regions of the world, or places.
            limit: at most so many hits.
            offset: so many are skipped.

        Raises:
            UsageError: there is no word to look for, or no such kind.
            NotFoundError: a filter names something that is not known.
        """
        from bricoop.query.search.hits import SearchRequest  # noqa: PLC0415 (rows need none of it)

        request = SearchRequest(
            text,
            tuple(EntityKind(code_of("kind", EntityKind, kind)) for kind in texts(kinds)),
            texts(countries),
            texts(links),
            texts(sources),
            limit,
            offset,
            texts(regions),
        )
        with self.snapshot() as state:
            return tuple(named(state.search(request)))

    @checked("show")
    def show(self, name: str) -> "Portrait":
        """Return everything about the entity of a name, and who says it where.

        Raises:
            NotFoundError: nothing is known by that name.
            AmbiguousNameError: the name means several things.
        """
        with self._state(name) as state:
            return state.show(name)

    @checked("total")
    def total(
        self,
        rule: str = "signed",
        *,
        base: str | None = None,
        add_sources: bool = False,
        where: str | Iterable[str] = (),
        search: str = "",
        raw: str | Iterable[str] = (),
        **filters: Given,
    ) -> "Total":
        """Count money by a named rule, with the waterfall that leads to the figure.

        Args:
            rule: the name of a counting rule, or the path of a file with one.
            base: `nominal`, `constant` or `stated`; without it the rule's own.
            add_sources: whether several sources are added together.
            where: conditions in the language of `--where`; all of them hold.
            search: words that find what money is for.
            raw: cells as files print them; all of them hold.
            filters: the filters and fields of `finance`.

        Raises:
            UsageError: the amounts of a figure are of several price years or currencies.
            NotFoundError: there is no such rule, or a filter names what is not known.
        """
        from bricoop.totals.parse import counting_of  # noqa: PLC0415 (rows need none of it)

        question = Question(
            "finance",
            _filters("total", "finance", filters),
            where=texts(where),
            raw=texts(raw),
            search=search,
        )
        with self._state(rule) as state:
            total = state.total(counting_of(question, rule, base, add=add_sources))
        return replace(total, notes=tuple(map(in_python, total.notes)))

    @checked("load")
    def load(  # noqa: PLR0913 (as many as a load has options)
        self,
        file: str | Path,
        noun: str = "",
        *,
        profile: str | Path | None = None,
        variant: str = "",
        complete: bool = False,
        dry_run: bool = False,
        rejects: str | Path | None = None,
        header_row: int | None = None,
        **more: str | int | bool | None,
    ) -> "LoadResult":
        """Load a CSV file or a workbook, as `bricoop load` does.

        Args:
            file: the file.
            noun: what each row is; without it a profile says so.
            profile: the name of a shipped profile, or the path of your own.
            variant: which of the profile's number styles the file has.
            complete: whether what the file no longer contains is withdrawn.
            dry_run: whether nothing is to be written.
            rejects: where rows that are wrong are written while the others are loaded.
            header_row: the row, counted from 1, that has the header.
            more: `source`, the key of the source, and for a new one its `title` and `tier`, and
                `kind`, `authors`, `publisher`, `published`, `edition`, `url`, `licence` and
                `language`; and `encoding`, `delimiter`, `sheet` and `long_cells`.

        Raises:
            RowsRejectedError: a row is wrong; its `result` lists the problems, and nothing was
                written.
            UsageError: the source is not described, or an argument does not fit.
        """
        from bricoop.api.loading import load  # noqa: PLC0415 (questions need none of it)

        options = {
            "variant": variant, "complete": complete, "dry_run": dry_run,
            "rejects": None if rejects is None else Path(rejects),
        }  # fmt: skip
        with speaking_python(self.address, file, profile, rejects, *more.values()):
            own = {**more, "header_row": header_row}
            return load(self._open_engine(), file, (noun, profile), options, own)

    @checked("undo")
    def undo(self, load: int) -> "UndoResult":
        """Undo a load, as `bricoop undo` does.

        Args:
            load: its number.

        Raises:
            NotFoundError: there is no such load.
            UsageError: it was undone before, or other loads need it.
        """
        from bricoop.ingest.undo.undo_load import undo_load  # noqa: PLC0415 (questions need none of it)

        with speaking_python(self.address):
            return undo_load(self._open_engine(), load)

    @checked("report")
    def report(
        self,
        kind: str,
        *names: str,
        rule: str = "signed",
        base: str | None = None,
        brief: bool = False,
    ) -> "Report":
        """Return a report as data; `bricoop.write_report` makes a page, PDF or Word file of it.

        Args:
            kind: `overview`, `country`, `link`, `project`, `financier`, `agreement`, `source`,
                `compare` or `gaps`.
            names: what it is about.
            rule: the counting rule of its totals.
            base: what totals are in; without it the rule's own.
            brief: whether it is to fit one page.

        Raises:
            NotFoundError: there is no such report, or nothing is known by a name.
            AmbiguousNameError: a name means several things.
            UsageError: a name is wanting, or there is one too many.
        """
        from bricoop.report.request import Request  # noqa: PLC0415 (rows need none of it)

        with self._state(rule, *names) as state:
            return state.report(Request(kind, names, rule, base, brief=brief))


@checked("bricoop.open")
def open_knowledge_base(database: str | Path | None = None) -> KnowledgeBase:
    """Open a knowledge base; one that is empty is made and gets the seeds.

    Args:
        database: a path or a URL; without it what BRICOOP_DATABASE_URL names, else the per-user
            one.

    Raises:
        DatabaseError: it is unreachable, of another version, or not bricoop's.
    """
    engine = engine_of(None if database is None else str(database))
    try:
        make_ready(engine)
    except BaseException:
        engine.dispose()
        raise
    return KnowledgeBase(engine)


def _filters(called: str, noun: str, filters: dict[str, Given]) -> dict[str, tuple[str, ...]]:
    definition = noun_of(noun)
    known = {
        *(option.name for option in definition.fields),
        *(option.name for option in definition.filters),
    }
    for name in filters.keys() - known:
        # What else is no filter is refused when rows are read, with the nearest ones.
        if refusal := meant(called, name, _OTHER_ARGUMENTS[called]):
            raise refusal
    return {name: texts(values) for name, values in filters.items() if values is not None}
