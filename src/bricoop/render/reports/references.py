"""References of a bibliography, citation marks, and the colophon."""

from collections.abc import Sequence

from bricoop.domain.vocabularies import TIER_LABELS, SourceKind, Tier
from bricoop.identity.reviewer import DECISIONS_OF
from bricoop.query.entity.citations import Citation, SourceEntry
from bricoop.report.sections import Report


def reference(entry: SourceEntry) -> str:
    """Return the reference of a source in the author-date style of the APA.

    Kind, tier and key of the source follow in brackets.
    """
    by = entry.authors or entry.publisher
    date = f"({entry.published})" if entry.published else "(n.d.)"
    publisher = entry.publisher if entry.publisher != by else None
    fields = [f"{by} {date}" if by else "", entry.title, publisher, "" if by else date, entry.url]
    text = ". ".join(field.rstrip(".") for field in fields if field)
    tier = f"tier {entry.tier}: {TIER_LABELS[Tier(entry.tier)]}"
    # The tiers tell kinds of publications apart; decisions of a reviewer are none.
    is_reviewer = entry.kind == SourceKind.PERSON and entry.title.startswith(DECISIONS_OF)
    kind = "reviewer" if is_reviewer else f"{entry.kind.replace('-', ' ')}, {tier}"
    about = f"[{kind}; key {entry.key}]"
    return " ".join(filter(None, (f"{text}.", about, entry.note)))


def marks(report: Report, citations: Sequence[Citation]) -> str:
    """Return citations as source numbers with locators: `[1] 3.2, 3.4; [2] row 7`."""
    return "; ".join(
        f"[{report.number_of(source)}] {', '.join(locators)}".rstrip()
        for source, locators in by_source(citations).items()
    )


def by_source(citations: Sequence[Citation]) -> dict[str, list[str]]:
    """Return the locators that are cited in each source, in order of first mention."""
    locators: dict[str, list[str]] = {}
    for citation in citations:
        cited = locators.setdefault(citation.source, [])
        if citation.locator and citation.locator not in cited:
            cited.append(citation.locator)
    return locators


def made_by(report: Report) -> str:
    """Return date, program version and knowledge base version of a report as a phrase."""
    date = f"Made on {report.made} by" if report.made else "Made by"
    return (
        f"{date} bricoop {report.tool_version} from knowledge base version {report.knowledge_base}"
    )


def colophon(report: Report) -> str:
    """Return the colophon: versions, and an explanation of citation marks."""
    return (
        f"{made_by(report)}. "
        "Numbers in brackets are sources; the words after a number are the place in that source."
    )
