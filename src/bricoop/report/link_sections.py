"""Sections of a report by the five links: projects, agreements and policies under each."""

from collections.abc import Iterator

from bricoop.domain.english import counted_or_no
from bricoop.query.entity.citations import Citation
from bricoop.report.amounts import Amounts
from bricoop.report.blocks import Block, Column, Command, Line, Note, Table
from bricoop.report.data import Filters, ReportQueries, Rows
from bricoop.report.notes import without_notes
from bricoop.report.sections import Section
from bricoop.report.tables import MAX_ROWS, first_rows, table_of_rows, truncated_table
from bricoop.report.tables import table as rows_table

_NOUNS = ("projects", "agreements", "policies")


class Links:
    """The projects, agreements and policies of a subject, by link.

    An entity under several links is listed under the first; later sections only name it.
    """

    def __init__(
        self,
        queries: ReportQueries,
        subject: Filters,
        amounts: Amounts | None = None,
        country: str = "",
    ) -> None:
        """Count the rows of each noun under each link.

        Args:
            queries: reads the knowledge base.
            subject: the filters that select projects, agreements and policies of the subject.
            amounts: the amounts of its projects; None for no column of amounts.
            country: the country of the report; a column with this value only is hidden.
        """
        self._amounts = amounts
        self._country = country
        self._queries = queries
        self._subject = subject
        self._numbers = {
            noun: {str(count.code): count.number for count in queries.counts(noun, subject, "link")}
            for noun in _NOUNS
        }
        self._listed: dict[str, str] = {}

    @property
    def used_codes(self) -> list[str]:
        """The codes of the links that have any rows, in the order of the five links."""
        return [
            code
            for code in self._queries.links
            if any(code in numbers for numbers in self._numbers.values())
        ]

    @property
    def listed_keys(self) -> tuple[str, ...]:
        """The keys of the entities listed by the sections that were yielded so far."""
        return tuple(self._listed)

    def overview(self) -> Section:
        """Return the section with the number of rows of each noun under each link."""
        columns = (
            Column("code", "Link"),
            Column("name", "Name"),
            *(Column(noun, noun.capitalize(), number=True) for noun in _NOUNS),
        )
        citations_of = [self._queries.citations_by(noun, self._subject, "link") for noun in _NOUNS]
        all_citations = {
            citation.source: Citation(citation.source, None)
            for noun in _NOUNS
            for citation in self._queries.source_citations(noun, self._subject)
        }
        lines = tuple(
            Line(
                (code, name, *(self._numbers[noun].get(code, 0) for noun in _NOUNS)),
                # A link without rows is cited from all sources: none of them alone says that there
                # are no rows.
                tuple(
                    citation for citations in citations_of for citation in citations.get(code, ())
                )
                or (*all_citations.values(),),
            )
            for code, name in self._queries.links.items()
        )
        note = "What comes under several links counts in each of them."
        table = Table(columns, lines, "", note, is_whole=True)
        return Section("links", "The five links", (table,))

    def sections(self, statistics: Rows) -> Iterator[Section]:
        """Yield a section for each link that has rows, and one for rows without a link.

        Args:
            statistics: statistics about entities of the subject; those that are listed under a
                link are removed from this list.
        """
        for code in self.used_codes:
            filters = {**self._subject, "link": (code,)}
            blocks: list[Block] = []
            for noun in _NOUNS:
                blocks += self._link_blocks(noun, filters, self._numbers[noun].get(code, 0))
            blocks += self._statistics(statistics)
            blocks += _findings_note(self._queries, code)
            yield Section(f"link_{code}", _title(self._queries, code), tuple(blocks))
        blocks = []
        for noun in _NOUNS:
            unlinked = self._unlinked(noun)
            if unlinked:
                blocks.append(self._table(noun, unlinked))
        if blocks:
            yield Section("link_none", "Without a link", tuple(blocks))

    def _link_blocks(self, noun: str, filters: Filters, number: int) -> Iterator[Block]:
        """Yield the table of rows not listed yet, and a note with the names of those that are."""
        if not number:
            return
        rows = first_rows(self._queries, noun, filters, number, self._amounts)
        listed_before = [row["name"] for row in rows if row["key"] in self._listed]
        new_rows = [row for row in rows if row["key"] not in self._listed]
        self._listed |= {row["key"]: row["name"] for row in new_rows}
        if new_rows:
            table = self._table(noun, new_rows)
            is_cut = number > MAX_ROWS
            yield truncated_table(table, noun, filters, number, self._amounts) if is_cut else table
        if listed_before:
            citations_of = self._queries.entity_citations(
                [row for row in rows if row["name"] in set(listed_before)]
            )
            names = "; ".join(listed_before)
            cited = tuple(
                dict.fromkeys(
                    citation for citations in citations_of.values() for citation in citations
                )
            )
            yield Note(f"Also under this link, listed above: {names}.", cited)

    def _table(self, noun: str, rows: Rows) -> Table:
        return table_of_rows(
            self._queries,
            noun,
            rows,
            leave_out=("links",),
            amounts=self._amounts,
            usual={"country_names": self._country},
        )

    def _statistics(self, statistics: Rows) -> Iterator[Table]:
        """Yield the table of statistics about listed entities, and remove them from the list."""
        rows = [row for row in statistics if row["subject_key"] in self._listed]
        statistics[:] = [row for row in statistics if row not in rows]
        if rows:
            yield table_of_rows(self._queries, "statistics", rows)

    def _unlinked(self, noun: str) -> Rows:
        """Return at most `MAX_ROWS` rows of a noun that have no link."""
        unlinked = self._numbers[noun].get("None", 0)
        if not unlinked:
            return []
        rows = self._queries.rows(noun, self._subject)
        return [row for row in rows if not row["links"]][:MAX_ROWS]


def findings(
    queries: ReportQueries, filters: Filters, title: str = "", note: str = ""
) -> Iterator[Table]:
    """Yield the table of findings, if there are any."""
    table = rows_table(queries, "findings", filters, title=title)
    if table.lines:
        yield Table(table.columns, table.lines, table.title, note or table.note)


def _findings_note(queries: ReportQueries, code: str) -> Iterator[Note]:
    """Yield a note on the general findings of a link, which are in the report on the link."""
    filters = without_notes("findings", {"link": (code,)})
    number = queries.number("findings", filters)
    if number:
        counted_findings = counted_or_no(number, "general findings")
        verb = "is" if number == 1 else "are"
        text = f"{counted_findings} on this link {verb} in the report on the link."
        report = Command("the report on the link", f"bricoop report link {code}")
        yield Note(text, queries.source_citations("findings", filters), (report,))


def _title(queries: ReportQueries, code: str) -> str:
    name = queries.links[code]
    return f"{name[:1].upper()}{name[1:]}"
