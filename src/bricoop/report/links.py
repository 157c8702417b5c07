"""The five links as the backbone of a report: under each, everything of the subject's."""

from collections.abc import Iterator

from bricoop.query.citations import Citation
from bricoop.report.amounts import Amounts
from bricoop.report.blocks import Column, Command, Line, Note, Part, Table
from bricoop.report.data import Asking, Filters, Rows, counted
from bricoop.report.sections import Section
from bricoop.report.tables import MOST, first_of, first_rows, of_rows
from bricoop.report.tables import table as rows_table

_NOUNS = ("projects", "agreements", "policies")


class Links:
    """What of a subject comes under each link, and what comes under none."""

    def __init__(
        self, asking: Asking, subject: Filters, amounts: Amounts | None = None, country: str = ""
    ) -> None:
        """Count under each link.

        Args:
            asking: asks the knowledge base.
            subject: the filter that the subject's projects, agreements and policies answer to.
            amounts: the money of its projects.
            country: the name of the country that the report is on, which needs no column.
        """
        self._amounts = amounts
        self._country = country
        self._asking = asking
        self._subject = subject
        self._numbers = {
            noun: {str(one.code): one.number for one in asking.counts(noun, subject, "link")}
            for noun in _NOUNS
        }
        self._printed: dict[str, str] = {}

    @property
    def used(self) -> list[str]:
        """The codes of the links under which there is anything, in their order."""
        return [
            code
            for code in self._asking.links
            if any(code in numbers for numbers in self._numbers.values())
        ]

    @property
    def printed(self) -> tuple[str, ...]:
        """The keys of what the sections told."""
        return tuple(self._printed)

    def overview(self) -> Section:
        """Return the table of the links with how many things come under each."""
        columns = (
            Column("code", "Link"),
            Column("name", "Name"),
            *(Column(noun, noun.capitalize(), number=True) for noun in _NOUNS),
        )
        said = [self._asking.speaking_each(noun, self._subject, "link") for noun in _NOUNS]
        every = {
            one.source: Citation(one.source, None)
            for noun in _NOUNS
            for one in self._asking.speaking(noun, self._subject)
        }
        lines = tuple(
            Line(
                (code, name, *(self._numbers[noun].get(code, 0) for noun in _NOUNS)),
                # That there is nothing under a link is said by none of the sources alone.
                tuple(one for each in said for one in each.get(code, ())) or (*every.values(),),
            )
            for code, name in self._asking.links.items()
        )
        note = "What comes under several links counts in each of them."
        made = Table(columns, lines, "", note, is_whole=True)
        return Section("links", "The five links", (made,))

    def sections(self, statistics: Rows) -> Iterator[Section]:
        """Yield a section for each link that is used, and one of what comes under none.

        Args:
            statistics: figures about the subject's projects, agreements and policies.
        """
        for code in self.used:
            filters = {**self._subject, "link": (code,)}
            parts: list[Part] = []
            for noun in _NOUNS:
                parts += self._of(noun, filters, self._numbers[noun].get(code, 0))
            parts += self._figures(statistics)
            parts += _findings(self._asking, code)
            yield Section(f"link_{code}", _title(self._asking, code), tuple(parts))
        parts = []
        for noun in _NOUNS:
            unlinked = self._unlinked(noun)
            if unlinked:
                parts.append(self._table(noun, unlinked))
        if parts:
            yield Section("link_none", "Without a link", tuple(parts))

    def _of(self, noun: str, filters: Filters, number: int) -> Iterator[Part]:
        """Yield the table of a link's rows; those that stood above are named, not told again."""
        if not number:
            return
        rows = first_rows(self._asking, noun, filters, number, self._amounts)
        again = [row["name"] for row in rows if row["key"] in self._printed]
        new = [row for row in rows if row["key"] not in self._printed]
        self._printed |= {row["key"]: row["name"] for row in new}
        if new:
            made = self._table(noun, new)
            is_cut = number > MOST
            yield first_of(made, noun, filters, number, self._amounts) if is_cut else made
        if again:
            said = self._asking.cite([row for row in rows if row["name"] in set(again)])
            which = "; ".join(again)
            cited = tuple(dict.fromkeys(one for some in said.values() for one in some))
            yield Note(f"Also under this link, listed above: {which}.", cited)

    def _table(self, noun: str, rows: Rows) -> Table:
        return of_rows(
            self._asking,
            noun,
            rows,
            leave_out=("links",),
            amounts=self._amounts,
            usual={"country_names": self._country},
        )

    def _figures(self, statistics: Rows) -> Iterator[Table]:
        """Yield the figures about what was told under the link, which are told once."""
        rows = [row for row in statistics if row["subject_key"] in self._printed]
        statistics[:] = [row for row in statistics if row not in rows]
        if rows:
            yield of_rows(self._asking, "statistics", rows)

    def _unlinked(self, noun: str) -> Rows:
        empty = self._numbers[noun].get("None", 0)
        if not empty:
            return []
        rows = self._asking.rows(noun, self._subject)
        return [row for row in rows if not row["links"]][:MOST]


def findings(asking: Asking, filters: Filters, title: str = "", note: str = "") -> Iterator[Table]:
    """Yield the table of what sources find, where they find anything."""
    found = rows_table(asking, "findings", filters, title=title)
    if found.lines:
        yield Table(found.columns, found.lines, found.title, note or found.note)


def _findings(asking: Asking, code: str) -> Iterator[Note]:
    """Yield where to read what sources find in a link as a whole."""
    filters = {"link": (code,)}
    number = asking.number("findings", filters)
    if number:
        what = counted(number, "general findings")
        verb = "is" if number == 1 else "are"
        text = f"{what} on this link {verb} in the report on the link."
        report = Command("the report on the link", f"bricoop report link {code}")
        yield Note(text, asking.speaking("findings", filters), (report,))


def _title(asking: Asking, code: str) -> str:
    name = asking.links[code]
    return f"{name[:1].upper()}{name[1:]}"
