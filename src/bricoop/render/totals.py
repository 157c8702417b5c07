"""Totals drawn: the figure with its rule, and below it the waterfall that leads to it."""

import shlex
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, TextIO

from bricoop.counting.contents import Different
from bricoop.counting.marked import Counting
from bricoop.counting.rows import COUNTED, EVERYTHING
from bricoop.counting.rules import DEFAULT, is_shipped
from bricoop.counting.total import Figure, Total
from bricoop.counting.verify import Verdict
from bricoop.counting.waterfall import waterfall
from bricoop.domain import grammar
from bricoop.domain.amounts import to_the_cent
from bricoop.domain.faults import shown
from bricoop.domain.names import printable
from bricoop.query.command import conditions_of
from bricoop.query.saved import as_data
from bricoop.render.data import to_json
from bricoop.render.markdown import escape, write_markdown
from bricoop.render.screen import Screen
from bricoop.render.table import Heading, write_table
from bricoop.render.values import as_text

#: So many lines say what else of a card is different now, and a place of it is so long.
_DIFFERENT, _NAME = 10, 120
_HEADINGS = (
    Heading("Step"),
    Heading("Meaning"),
    Heading("Rows", number=True),
    Heading("No amount", number=True),
)


def write_total_text(counted: Total, out: TextIO) -> None:
    """Write each figure in a line, and its waterfall as a table."""
    screen = Screen(out)
    for number, figure in enumerate(counted.figures):
        if number:
            screen.say("")
        screen.say(headline(counted, figure), "bold")
        for line in _about(figure):
            screen.say(line, "dim")
        if figure.all_rows:
            screen.say("")
            screen.table(_headings(figure), _rows(counted, figure))


def write_total_markdown(counted: Total, out: TextIO) -> None:
    """Write a heading for each figure, and its waterfall as a table."""
    for number, figure in enumerate(counted.figures):
        out.write("\n" if number else "")
        out.write(f"## {escape(headline(counted, figure))}\n\n")
        out.writelines(f"{escape(line)}\n\n" for line in _about(figure))
        if figure.all_rows:
            write_markdown(_headings(figure), _rows(counted, figure), out)
    out.writelines(f"\n{escape(note)}\n" for note in counted.notes)


def write_total_json(counted: Total, out: TextIO) -> None:
    """Write one object: the rule, the base, the figures with their falls, and the notes."""
    rule = counted.counting.rule
    data = {
        "rule": {**rule.as_data(), "digest": rule.digest},
        "base": counted.counting.base.value,
        "add_sources": counted.counting.add_sources,
        "knowledge_base": counted.knowledge_base,
        "figures": list(counted.figures),
        "notes": list(counted.notes),
    }
    out.write(to_json(data, indented=True) + "\n")


def headline(counted: Total, figure: Figure) -> str:
    """Return a figure in a line: never without its rule and what it is in."""
    rule = counted.counting.rule.said
    rows = f"{figure.rows:,} of {figure.all_rows:,} rows"
    if not figure.all_rows:
        return f"No finance rows match this question (rule {rule})."
    if not figure.rows:
        return f"Nothing counts under the rule {rule}: {rows}."
    return f"{to_the_cent(figure.amount)} {figure.unit} under the rule {rule}: {rows}"


def write_verdict_text(verdict: Verdict, out: TextIO) -> None:
    """Write *same*, or by how much the figure changed and the rows that made the difference."""
    now, then = verdict.knowledge_base, verdict.card_version
    state = f"knowledge base version {now}" + (f", card from {then}" if then != now else "")
    word = "Same" if verdict.same else "Changed"
    out.write(f"{word}, under the rule {printable(verdict.rule)} ({state}).\n")
    out.writelines(f"{printable(line)}\n" for line in _counted_how(verdict.counting))
    for one in verdict.figures:
        said = f"{to_the_cent(one.now)} {one.unit or ''}".rstrip()
        if one.unit_before not in {None, one.unit}:
            said += f" (was {to_the_cent(one.before)} {one.unit_before})"
        elif one.by:
            sign = "+" if one.by > 0 else ""
            said += f", {sign}{to_the_cent(one.by)} (was {to_the_cent(one.before)})"
        out.write(printable(f"{one.source}: {said}" if one.source else said) + "\n")
    for one in verdict.others:
        figure = f"{to_the_cent(one.now)} {one.unit or ''}".rstrip()
        text = f"Loaded since, and not on the card: {one.source}, {figure}."
        out.write(printable(text) + "\n")
    _write_different(verdict.different, out)
    if not verdict.rows:
        return
    out.write("\n")
    headings = [
        Heading("Source"), Heading("Id"), Heading("Was", number=True), Heading("Is", number=True),
        Heading("Why"), Heading("Load", number=True, grouped_from=None), Heading("File"),
        Heading("Where"),
    ]  # fmt: skip
    rows = [
        (row.source, row.id, _money(row.before), _money(row.now), row.why, row.load, row.file,
         row.locator)
        for row in verdict.rows
    ]  # fmt: skip
    write_table(headings, rows, out)


def _counted_how(counting: Counting) -> Iterator[str]:
    """Yield the command that counts the same, and what a rule of one's own leaves out."""
    question = counting.question
    words = [*conditions_of(question)]
    if is_shipped(counting.rule) and counting.rule.name != DEFAULT:
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
    for one in different[:_DIFFERENT]:
        before, now = (shown(as_text(value)) for value in (one.before, one.now))
        out.write(f"Different now: {shown(one.name, _NAME)}: {now or '-'} (was {before or '-'}).\n")
    if len(different) > _DIFFERENT:
        out.write(f"Different now: {len(different) - _DIFFERENT:,} more; --json lists all.\n")


def write_verdict_json(verdict: Verdict, out: TextIO) -> None:
    """Write one object; what a figure changed by stands beside what it was and is."""
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
    data = {
        "same": verdict.same,
        "rule": verdict.rule,
        "rule_is_shipped": is_shipped(verdict.counting.rule),
        "question": as_data(verdict.counting.question),
        "card_version": verdict.card_version,
        "knowledge_base": verdict.knowledge_base,
        "figures": figures,
        "others": others,
        "different": list(verdict.different),
        "rows": list(verdict.rows),
    }
    out.write(to_json(data, indented=True) + "\n")


def _about(figure: Figure) -> Iterator[str]:
    if figure.source:
        yield f"Source: {figure.source}, {figure.title}"
    if figure.estimated_rows:
        rows = grammar.counted(figure.estimated_rows, "rows")
        yield f"Estimated by the source: {to_the_cent(figure.estimated)} of it, in {rows}."


def _headings(figure: Figure) -> list[Heading]:
    return [*_HEADINGS, Heading(figure.unit or "Money", number=True)]


def _rows(counted: Total, figure: Figure) -> list[list[Any]]:
    one = Total(counted.counting, (figure,), (), counted.knowledge_base)
    made = []
    for _, step, title, rows, without, reduced, amount, *_ in waterfall(one).rows:
        said = f"{title} (in {reduced:,} of the rows)" if reduced else title
        ends = step in {EVERYTHING, COUNTED}
        shown = amount if amount or ends else Decimal(0)
        made.append([step, said, f"{rows:,}", f"{without:,}", to_the_cent(shown)])
    return made


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else as_text(amount)
