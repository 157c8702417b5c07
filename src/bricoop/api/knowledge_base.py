"""The class `KnowledgeBase`, with which scripts query, load and report."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bricoop.api.arguments import in_python, speaking_python
from bricoop.api.given import Given, filters_of
from bricoop.api.identity import DecidingBase
from bricoop.api.opening import engine_of, make_ready
from bricoop.api.rows import Rows, named, texts
from bricoop.domain.arguments import checked
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.conditions.comparisons import code_of
from bricoop.query.question import Question
from bricoop.settings import seconds_of

if TYPE_CHECKING:
    from bricoop.ingest.request import LoadResult
    from bricoop.ingest.undo.revert import UndoResult
    from bricoop.lake.export import Exported
    from bricoop.query.entity.recorded import EntityProfile
    from bricoop.report.sections import Report
    from bricoop.totals.total import Total
    from bricoop.totals.why.difference import Difference


class KnowledgeBase(DecidingBase):
    """An open knowledge base; `close` it, or use it as a context manager."""

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
        unmerged: bool = False,
        **filters: Given,
    ) -> Rows:
        """Return rows of a noun, as `bricoop query NOUN` does.

        Args:
            noun: the kind of rows: `projects`, `countries`, `finance`, ...
            where: conditions in the syntax of `--where`; rows match all of them.
            search: full-text search in the rows.
            raw: conditions on cells of the loaded file, as `Column=text`; rows match all of them.
            columns: the fields to return; empty for all.
            sort: fields separated by commas; prefix one with `-` for descending order.
            limit: the maximum number of rows.
            offset: the number of rows to skip.
            unmerged: whether decisions are left out, so that what they join is several rows.
            filters: filters and fields of the noun; of several values any may match.

        Use `Rows.group` to aggregate the rows.

        Raises:
            NotFoundError: there is no such noun. All other errors are raised when the rows are
                read.
        """
        question = Question(
            noun,
            filters_of("query", noun, filters),
            texts(columns),
            sort,
            limit,
            offset,
            where=texts(where),
            raw=texts(raw),
            search=search,
            unmerged=unmerged,
        )
        return self.ask(question)

    @checked("ask")
    def ask(self, question: Question) -> Rows:
        """Return the rows that answer a `Question`, such as one read from a file.

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
        unmerged: bool = False,
    ) -> tuple[Any, ...]:
        """Return search results, best first, as named tuples that say why each of them matched.

        Args:
            text: words or prefixes in any order; phrases in quotes; `-excluded`.
            kinds: only entities of these kinds: `project`, `organization`, ...
            countries: only those in one of these countries, by any name or code.
            links: only those under one of these links.
            sources: only those that one of these sources mentions.
            regions: only those in one of these regions.
            limit: the maximum number of results.
            offset: the number of results to skip.
            unmerged: whether decisions are left out, so that what they join is several results.

        Raises:
            UsageError: the text has no words, or there is no such kind.
            NotFoundError: a filter names something unknown.
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
        with self._state(unmerged=unmerged) as state:
            return tuple(named(state.search(request)))

    @checked("show")
    def show(self, name: str, *, unmerged: bool = False) -> "EntityProfile":
        """Return everything about an entity, with the source of every value.

        Args:
            name: a name in any spelling, a code, a key, or a reference to a record.
            unmerged: whether decisions are left out, so that what they join is apart.

        Raises:
            NotFoundError: nothing has that name.
            AmbiguousNameError: the name matches several entities.
        """
        with self._state(name, unmerged=unmerged) as state:
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
        """Add up money by a counting rule; the result has the amount that each step leaves out.

        Args:
            rule: the name of a counting rule, or the path of a file with one.
            base: price base, `nominal`, `constant` or `stated`; default: that of the rule.
            add_sources: whether to add up several sources instead of reporting each by itself.
            where: conditions in the syntax of `--where`; rows match all of them.
            search: full-text search in the rows.
            raw: conditions on cells of the loaded file, as `Column=text`; rows match all of them.
            filters: the filters and fields of `finance`.

        Raises:
            UsageError: the amounts have several price years or currencies.
            NotFoundError: there is no such rule, or a filter names something unknown.
        """
        from bricoop.totals.parse import counting_of  # noqa: PLC0415 (rows need none of it)

        question = Question(
            "finance",
            filters_of("total", "finance", filters),
            where=texts(where),
            raw=texts(raw),
            search=search,
        )
        with self._state(rule) as state:
            total = state.total(counting_of(question, rule, base, add=add_sources))
        return replace(total, notes=tuple(map(in_python, total.notes)))

    @checked("why")
    def why(
        self,
        left_source: str,
        right_source: str,
        *,
        rule: str = "signed",
        base: str | None = None,
        where: str | Iterable[str] = (),
        search: str = "",
        raw: str | Iterable[str] = (),
        **filters: Given,
    ) -> "Difference":
        """Explain why the totals of two sources differ, in steps that add up exactly.

        Args:
            left_source: the source to begin with, by key or title.
            right_source: the source to end with.
            rule: the name of a counting rule, or the path of a file with one.
            base: price base, `nominal`, `constant` or `stated`; default: that of the rule.
            where: conditions in the syntax of `--where`; rows match all of them.
            search: full-text search in the rows.
            raw: conditions on cells of the loaded file, as `Column=text`; rows match all of them.
            filters: the filters and fields of `finance`, without `source`.

        Raises:
            UsageError: both are the same source, or their amounts are in different units.
            NotFoundError: there is no such source or rule, or a filter names something unknown.
        """
        from bricoop.totals.parse import counting_of  # noqa: PLC0415 (rows need none of it)

        question = Question(
            "finance",
            filters_of("why", "finance", filters),
            where=texts(where),
            raw=texts(raw),
            search=search,
        )
        with self._state(rule, left_source, right_source) as state:
            counting = counting_of(question, rule, base)
            explained = state.why(state.comparison(left_source, right_source, counting))
        return replace(explained, notes=tuple(map(in_python, explained.notes)))

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
            noun: the kind of the rows; omit it with a profile.
            profile: the name of a bundled profile, or the path of your own.
            variant: the number style of the file, if the profile has several.
            complete: whether records that the file no longer contains are withdrawn.
            dry_run: whether to roll everything back.
            rejects: a CSV file for rows with errors, while the others are loaded.
            header_row: the number of the header row, from 1.
            more: `source`, the key of the source; for a new source also `title`, `tier`,
                `kind`, `authors`, `publisher`, `published`, `edition`, `url`, `licence` and
                `language`; and `encoding`, `delimiter`, `sheet` and `long_cells`.

        Raises:
            RowsRejectedError: a row has errors; `result` lists them, and nothing was written.
            UsageError: the source is not described, or the arguments do not fit together.
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
            load: the number of the load.

        Raises:
            NotFoundError: there is no such load.
            UsageError: it has been undone already, or later loads depend on it.
        """
        from bricoop.ingest.undo.undo_load import undo_load  # noqa: PLC0415 (questions need none of it)

        with speaking_python(self.address):
            return undo_load(self._open_engine(), load)

    @checked("export_lake")
    def export_lake(
        self, folder: str | Path, *, layout: str = "base", file_format: str = "parquet"
    ) -> "Exported":
        """Write the knowledge base as Parquet files, or update those of an earlier export.

        Args:
            folder: a new folder, or that of an earlier export.
            layout: `base`, which `bricoop.open("lake:FOLDER")` can ask, or `wide`.
            file_format: `parquet` or `delta`.

        Returns:
            The `manifest`, and the files that were `written` and those that were `unchanged`.

        Raises:
            UsageError: the folder holds something else, or there is no such layout or format.
            DataRejectedError: a decimal has more digits than a lake can hold.
            DatabaseError: the folder cannot be written.
        """
        from bricoop.lake.export import export_lake  # noqa: PLC0415 (questions need none of it)
        from bricoop.lake.options import FileFormat, Layout  # noqa: PLC0415 (as above)

        with speaking_python(self.address, folder):
            chosen = Layout(code_of("layout", Layout, layout))
            form = FileFormat(code_of("format", FileFormat, file_format))
            return export_lake(self._open_engine(), Path(folder), chosen, form)

    @checked("report")
    def report(
        self,
        kind: str,
        *names: str,
        rule: str = "signed",
        base: str | None = None,
        brief: bool = False,
    ) -> "Report":
        """Return a report as data; `bricoop.write_report` writes it as HTML, PDF or Word.

        Args:
            kind: `overview`, `country`, `link`, `project`, `financier`, `agreement`, `source`,
                `compare` or `gaps`.
            names: the entities that it is about.
            rule: the counting rule of totals.
            base: the price base of totals; default: that of the rule.
            brief: whether the report is to fit on one page.

        Raises:
            NotFoundError: there is no such report, or a name is unknown.
            AmbiguousNameError: a name matches several entities.
            UsageError: there are too few or too many names.
        """
        from bricoop.report.request import Request  # noqa: PLC0415 (rows need none of it)

        with self._state(rule, *names) as state:
            return state.report(Request(kind, names, rule, base, brief=brief))


@checked("bricoop.open")
def open_knowledge_base(
    database: str | Path | None = None,
    *,
    wait: float | None = None,
    engine: str | None = None,
) -> KnowledgeBase:
    """Open a knowledge base; a new or empty database is created with the seed data.

    Args:
        database: a path, a URL, or `lake:` and the folder of a lake; default:
            BRICOOP_DATABASE_URL, or else a file in the user's data folder.
        wait: how many seconds loads and undo wait for another process that writes; default:
            BRICOOP_WAIT, or else 120 on SQLite and without limit on PostgreSQL.
        engine: what counts in a lake: `spark`, or the address of a cluster, such as
            `spark://HOST:7077` or `sc://HOST`; default: BRICOOP_ENGINE, or else DuckDB.

    Raises:
        DatabaseError: it is unreachable, of another version, or not a bricoop database.
        UsageError: BRICOOP_WAIT or `wait` is no number of seconds; `engine` is no address of Spark,
            or the database is not a lake.
    """
    seconds = None if wait is None else _seconds(wait)
    opened = engine_of(None if database is None else str(database), seconds, engine)
    try:
        make_ready(opened)
    except BaseException:
        opened.dispose()
        raise
    return KnowledgeBase(opened)


def _seconds(wait: float) -> float:
    try:
        return seconds_of(str(wait))
    except ValueError as error:
        raise UsageError(f"wait: {error}.") from error
