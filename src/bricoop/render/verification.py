"""The output of `bricoop verify`: whether a total is unchanged, or what has changed and why."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TextIO

from bricoop.domain.amounts import to_the_cent, told_apart
from bricoop.domain.document_faults import shown
from bricoop.domain.english import agree, counted
from bricoop.domain.names import printable
from bricoop.query.command import conditions_of
from bricoop.query.saved import as_data
from bricoop.render.data import to_json
from bricoop.render.table import Heading, write_table
from bricoop.render.values import as_text, for_people
from bricoop.totals.card_contents import Different
from bricoop.totals.classify import Counting
from bricoop.totals.rules import DEFAULT, is_shipped
from bricoop.totals.verify import Changed, Compared, Verdict

#: The maximum number of lines on other differences, and of characters of a note.
_DIFFERENT, _NOTE = 10, 200
#: Descriptions of the keys of a figure.
_MEANINGS = {
    "without_amount": "rows without an amount",
    "reduced": "rows that lose part of their amount",
    "estimated_rows": "rows that the source estimates",
    "estimated": "amount that the source estimates",
}
_AMOUNTS = ("amount", "estimated")


def write_verdict_text(verdict: Verdict, card: str, out: TextIO) -> None:
    """Write "Same", or missing sources, the change of each figure and the rows that caused it.

    Args:
        verdict: the result of the comparison.
        card: the path of the card.
        out: the stream.
    """
    now, then = verdict.knowledge_base, verdict.card_version
    state = f"knowledge base version {now}" + (f", card from {then}" if then != now else "")
    word = "Same" if verdict.same else "Incomplete" if verdict.missing else "Changed"
    out.write(f"{word}, under the rule {printable(verdict.rule)} ({state}).\n")
    missing = {source.key for source in verdict.missing}
    out.writelines(f"{source} {source.advice}\n" for source in verdict.missing[:_DIFFERENT])
    if len(missing) > _DIFFERENT:
        out.write(f"Missing as well: {len(missing) - _DIFFERENT:,} more; --json lists all.\n")
    out.writelines(f"{printable(line)}\n" for line in _counting_lines(verdict.counting, card))
    _write_figures([figure for figure in verdict.figures if figure.source not in missing], out)
    for change in verdict.others:
        figure = f"{to_the_cent(change.now)} {change.unit or ''}".rstrip()
        text = f"Loaded since then, and not on the card: {change.source}, {figure}."
        out.write(printable(text) + "\n")
    _write_different(verdict.different, out)
    _write_decisions(verdict, out)
    _write_rows([row for row in verdict.rows if row.source not in missing], out)


def _write_figures(figures: Sequence[Compared], out: TextIO) -> None:
    """Write each figure with its change."""
    for change in figures:
        amount, was = told_apart(change.now, change.before)
        amounts = f"{amount} {change.unit or ''}".rstrip()
        if change.unit_before not in {None, change.unit}:
            amounts += f" (was {was} {change.unit_before})"
        elif change.by:
            sign = "+" if change.by > 0 else ""
            by, _ = told_apart(change.by, Decimal(0))
            amounts += f", {sign}{by} (was {was})"
        out.write(printable(f"{change.source}: {amounts}" if change.source else amounts) + "\n")


def _write_rows(changes: Sequence[Changed], out: TextIO) -> None:
    """Write a table of the rows that caused differences, if there are any."""
    if not changes:
        return
    out.write("\n")
    headings = [
        Heading("Source"), Heading("Id"), Heading("Was", number=True), Heading("Is", number=True),
        Heading("Why"), Heading("Load", number=True, grouped_from=None), Heading("File"),
        Heading("Where"),
    ]  # fmt: skip
    rows = [
        (row.source, row.id, *told_apart(row.before, row.now), row.why, row.load, row.file,
         row.locator)
        for row in changes
    ]  # fmt: skip
    write_table(headings, rows, out)


def _counting_lines(counting: Counting, card: str) -> Iterator[str]:
    """Yield the equivalent command, and the steps of a rule that is not bundled."""
    question = counting.question
    words = [*conditions_of(question)]
    if not is_shipped(counting.rule):
        words += ["--rule", card]
    elif counting.rule.name != DEFAULT:
        words += ["--rule", counting.rule.name]
    if counting.base is not counting.rule.price_base:
        words += ["--base", counting.base.value]
    if counting.add_sources:
        words.append("--add-sources")
    yield f"Counted: {shlex.join(('bricoop', 'total', *words))}"
    if not is_shipped(counting.rule):
        steps = "; ".join(
            f"{step.title} ({' or '.join(step.leave_out)})" for step in counting.rule.steps
        )
        yield f"The rule does not come with this version of bricoop. It leaves out: {steps or '-'}."


def _write_different(different: Sequence[Different], out: TextIO) -> None:
    out.writelines(f"{_sentence(difference)}\n" for difference in different[:_DIFFERENT])
    if len(different) > _DIFFERENT:
        out.write(f"Different now: {len(different) - _DIFFERENT:,} more; --json lists all.\n")


def _write_decisions(verdict: Verdict, out: TextIO) -> None:
    """Write the quorum if it has changed, and which decisions are used now or on the card only."""
    if verdict.quorum is not None:
        now, before = verdict.quorum.now, verdict.quorum.before
        reviewers = agree(now, "reviewer must", "reviewers must")
        text = f"{now:,} {reviewers} agree now before a decision joins ({before:,} on the card)"
        out.write(f"The quorum has changed: {text}.\n")
    for change in verdict.decisions[:_DIFFERENT]:
        words = "used now, and not on the card" if change.is_new else "no longer used"
        out.write(f"Decision {words}: {shown(str(change.decision), _NOTE)}\n")
    if len(verdict.decisions) > _DIFFERENT:
        number = len(verdict.decisions) - _DIFFERENT
        out.write(f"Decisions used now or on the card only: {number:,} more; --json lists all.\n")
    if verdict.unstated_decisions:
        used = counted(verdict.unstated_decisions, "decisions")
        out.write(f"Counted with {used} now; the card does not say which it was counted with.\n")


def _sentence(difference: Different) -> str:
    """Return a difference as a sentence."""
    section, *rest = difference.way
    if section == "notes" and difference.now is not None:
        return f"Noted differently now: {shown(as_text(difference.now), _NOTE)}"
    if section == "notes":
        return f"No longer noted: {shown(as_text(difference.before), _NOTE) or 'an empty note'}"
    if section == "sources" and len(rest) == 1:
        title = shown(as_text(difference.before), _NOTE)
        return f"No longer a source of these figures: {shown(rest[0], _NOTE)} ({title})."
    key, *way, name = rest
    if section == "figures" and isinstance(difference.before or difference.now, Mapping):
        return _step_sentence(difference, key)
    if section == "figures" and name in _AMOUNTS:
        amounts = (
            None if value is None else Decimal(value)
            for value in (difference.before, difference.now)
        )
        before, now = told_apart(*amounts)
    else:
        before, now = (
            shown(for_people(value, grouped_from=1000))
            for value in (difference.before, difference.now)
        )
    subject = (
        _figure(key, way) if section == "figures" else ", ".join((f"source {key}", *_load(way)))
    )
    meaning = _MEANINGS.get(name, name.replace("_", " "))
    text = ", ".join(filter(None, (subject, meaning)))
    return f"Different now: {shown(text, _NOTE)}: {now or '-'} (was {before or '-'})."


def _step_sentence(difference: Different, key: str) -> str:
    """Return that a waterfall no longer has a step, or has a new one."""
    fall = difference.now or difference.before
    of = "" if key == str(None) else f" of {shown(key, _NOTE)}"
    step = shown(difference.way[-1], _NOTE)
    amount, _ = told_apart(Decimal(fall["amount"]), Decimal(0))
    out = f"{counted(fall['rows'], 'rows')}, {amount}"
    if difference.now is None:
        return f"The step {step}{of} no longer exists: it left out {out}."
    return f"The step {step}{of} is new: it leaves out {out}."


def _figure(key: str, way: Sequence[str]) -> str:
    """Return which part of a figure is different, with its source."""
    of = "" if key == str(None) else key
    if not way:
        return of
    if way[0] == "falls":
        return f"left out of {of or 'the total'} by the step {way[-1]}"
    return f"everything that the question finds{of and f' in {of}'}"


def _load(way: Sequence[str]) -> Sequence[str]:
    return [f"load {way[-1]}"] if way else []


def write_verdict_json(verdict: Verdict, out: TextIO) -> None:
    """Write a JSON object with the figures before and now, and the rows that changed."""
    out.write(to_json(verdict_data(verdict), indented=True) + "\n")


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """Return the figures before and now, and the rows that changed, as plain data."""
    figures, others = (
        [
            {
                "source": x.source,
                "unit": x.unit,
                "unit_before": x.unit_before,
                "before": x.before,
                "now": x.now,
                "by": x.by,
            }
            for x in some
        ]
        for some in (verdict.figures, verdict.others)
    )
    return {
        "same": verdict.same,
        "rule": verdict.rule,
        "rule_is_shipped": is_shipped(verdict.counting.rule),
        "question": as_data(verdict.counting.question),
        "card_version": verdict.card_version,
        "knowledge_base": verdict.knowledge_base,
        "figures": figures,
        "others": others,
        "different": [
            {"name": difference.name, "before": difference.before, "now": difference.now}
            for difference in verdict.different
        ],
        "missing": list(verdict.missing),
        "decisions": [
            {**change.decision._asdict(), "is_new": change.is_new} for change in verdict.decisions
        ],
        "unstated_decisions": verdict.unstated_decisions,
        "quorum": verdict.quorum,
        "rows": list(verdict.rows),
    }
