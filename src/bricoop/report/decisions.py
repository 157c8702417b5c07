"""Sections and notes on decisions: what they made one, and what is not settled."""

from collections.abc import Iterator

from bricoop.domain.english import agree, counted, enumerated
from bricoop.identity.decided_projects import decided_projects
from bricoop.query.entity.citations import Citation
from bricoop.query.entity.decided import other_names, relation_in_words
from bricoop.query.entity.recorded import EntityProfile
from bricoop.query.question import Question
from bricoop.report.blocks import Column, Line, Note
from bricoop.report.data import Filters, ReportQueries
from bricoop.report.sections import Section, table

_DECIDED = (
    Column("reviewer", "Decided by"), Column("decided_at", "When"), Column("why", "Why"),
)  # fmt: skip
_MEMBERS = (
    Column("name", "Name as stated"), Column("key", "Key"), Column("id", "Id"),
    Column("relation", "Relation", coded=True), *_DECIDED,
)  # fmt: skip
_OTHERS = (
    Column("verdict", "Verdict", coded=True), Column("relation", "Relation"),
    Column("other", "Other"), Column("key", "Key"), *_DECIDED,
)  # fmt: skip


def decision_sections(profile: EntityProfile) -> Iterator[Section]:
    """Yield the sections of what decisions made one, and of other decisions, if there are any."""
    lines = []
    for member in profile.members:
        citations = [Citation(member.source, member.locator)]
        if member.decision_source is not None:
            citations.append(Citation(member.decision_source, member.decision_locator))
        cells = tuple(getattr(member, column.name) for column in _MEMBERS)
        lines.append(Line(cells, tuple(citations)))
    if lines:
        note = "The keys are those without the decisions; each of them still finds this entity."
        yield table("members", "One by decision", _MEMBERS, lines, note)
    others = [
        Line(
            (
                entry.verdict, relation_in_words(entry), entry.other_name or entry.other,
                entry.other_key, entry.reviewer, entry.decided_at, entry.why,
            ),
            (Citation(entry.source, entry.locator),),
        )
        for entry in profile.decisions
        if not entry.is_within
    ]  # fmt: skip
    if others:
        yield table("decisions", "Other decisions", _OTHERS, others)


def decision_sentences(profile: EntityProfile) -> str:
    """Return what decisions made of an entity, as sentences that follow a summary."""
    sentences = []
    names = other_names(profile.members, profile.key, profile.name)
    if names:
        sentences.append(f"It is one by decision with {enumerated(names)}.")
    contested = {
        frozenset((entry.left, entry.right))
        for entry in profile.decisions
        if entry.verdict in {"contested", "blocked"}
    }
    if contested:
        pairs = counted(len(contested), "pairs")
        verb = agree(len(contested), "is", "are")
        sentences.append(f"{pairs} with it {verb} contested.")
    return "".join(f" {sentence}" for sentence in sentences)


def decision_notes(queries: ReportQueries, filters: Filters) -> Iterator[Note]:
    """Yield a note on what decisions made of the projects that filters select, if anything."""
    decided = decided_projects(queries.connection, Question("projects", filters))
    sentences = []
    if decided.joined:
        projects = f"{decided.members:,} projects of different sources"
        sentences.append(f"By decision, {projects} count as {decided.joined:,}.")
    if decided.contested:
        verbs = agree(decided.contested, "is contested, and counts", "are contested, and count")
        sentences.append(f"{counted(decided.contested, 'pairs')} of projects {verbs} as two.")
    if decided.unsure:
        verb = agree(decided.unsure, "is", "are")
        sentences.append(f"{counted(decided.unsure, 'pairs')} of projects {verb} marked unsure.")
    if decided.waiting:
        verb = agree(decided.waiting, "waits", "wait")
        pairs = counted(decided.waiting, "pairs")
        reasons = "for more reviewers, or for a record that is not loaded"
        sentences.append(f"{pairs} of projects {verb} {reasons}.")
    if sentences:
        citations = tuple(
            Citation(key, counted(number, "decisions")) for key, number in decided.sources
        )
        yield Note(" ".join(sentences), citations)
