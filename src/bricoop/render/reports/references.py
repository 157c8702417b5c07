"""Sources as a bibliography lists them, and rows as they point to them."""

from collections.abc import Sequence

from bricoop.domain.vocabularies import TIER_LABELS, Tier
from bricoop.query.citations import Citation, SourceEntry
from bricoop.report.sections import Report


def reference(entry: SourceEntry) -> str:
    """Return a source in the author-date style of the APA; what is unknown is left out.

    What bricoop says of it stands in brackets: what kind of source it is, its tier and its key.
    """
    by = entry.authors or entry.publisher
    date = f"({entry.published})" if entry.published else "(n.d.)"
    publisher = entry.publisher if entry.publisher != by else None
    fields = [f"{by} {date}" if by else "", entry.title, publisher, "" if by else date, entry.url]
    text = ". ".join(field.rstrip(".") for field in fields if field)
    tier = f"tier {entry.tier}: {TIER_LABELS[Tier(entry.tier)]}"
    about = f"[{entry.kind.replace('-', ' ')}, {tier}; key {entry.key}]"
    return " ".join(filter(None, (f"{text}.", about, entry.note)))


def marks(report: Report, citations: Sequence[Citation]) -> str:
    """Return the numbers of sources with the places in them: `[1] 3.2, 3.4; [2] row 7`."""
    return "; ".join(
        f"[{report.number_of(source)}] {', '.join(locators)}".rstrip()
        for source, locators in by_source(citations).items()
    )


def by_source(citations: Sequence[Citation]) -> dict[str, list[str]]:
    """Return the places that are cited in each source, in order of first mention."""
    locators: dict[str, list[str]] = {}
    for citation in citations:
        cited = locators.setdefault(citation.source, [])
        if citation.locator and citation.locator not in cited:
            cited.append(citation.locator)
    return locators


def made_by(report: Report) -> str:
    """Return what made a report, when, and from which state of the knowledge base."""
    date = f"Made on {report.made} by" if report.made else "Made by"
    return (
        f"{date} bricoop {report.tool_version} from knowledge base version {report.knowledge_base}"
    )


def colophon(report: Report) -> str:
    """Return what made a report of what, and how its footnotes are read."""
    return (
        f"{made_by(report)}. "
        "Numbers in brackets are sources; the words after a number are the place in that source."
    )
