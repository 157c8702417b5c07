"""The screen of `bricoop review`: a pair side by side, with the keys below."""

from typing import NamedTuple

from rich.text import Text

from bricoop.domain.names import printable
from bricoop.domain.vocabularies import label
from bricoop.identity.match_rows import reasons
from bricoop.identity.review.pair_view import PairRow, PairView
from bricoop.identity.review.pairs import AnyPair
from bricoop.identity.review.state import DIRECTED, Extent, Review
from bricoop.render.review.columns import QUIET, Columns
from bricoop.render.review.wrapping import cut, wrapped
from bricoop.render.values import for_people

#: From this width on, labels are not wrapped.
_WIDE = 100
_LABELS, _DETAIL_LABELS, _WIDE_LABELS = 8, 12, 20
#: Fewer columns, or fewer lines for the pair, do not show which pair it is.
_LEAST_WIDTH, _LEAST_BODY = 30, 4
#: A message takes at most this part of the lines; the rest of it is below the pair.
_MESSAGE_PART = 3
_TOO_SMALL = "The window is too small: make it larger, or press q to quit."
_LEAST_STACKED = 3
_GAP = 2
_ALARM = "bold red"
_OTHER_KEYS = (("s", "skip"), ("b", "back"), ("w", "why"), ("q", "quit"))


class ReviewScreen(NamedTuple):
    """A screen.

    Attributes:
        lines: its lines, from the top.
        extent: how much of the pair it has room for.
    """

    lines: list[Text]
    extent: Extent


def review_screen(review: Review, view: PairView | None, width: int, height: int) -> ReviewScreen:
    """Return the screen of a review.

    Args:
        review: the state of the review.
        view: what is shown of its pair; None at the end.
        width: the columns of the terminal.
        height: its lines.
    """
    columns = _columns(review, width)
    top = [*_progress(review, width), *_decided(review, width)]
    if view is not None:
        top += columns.titles(view.titles)
    keys, message = _keys(review, width), _message(review, width)
    spare = height - len(top) - len(keys) - _LEAST_BODY
    # A line is kept for a message, so that the pair does not go when there is one.
    if width < _LEAST_WIDTH or spare < 1:
        return _too_small(width, height)
    shown_message = cut(message, max(1, min(spare, height // _MESSAGE_PART)))
    bottom = [*shown_message, *keys]
    room = height - len(top) - len(bottom)
    body = _body(review, view, columns, room)
    if len(shown_message) < len(message):
        body += [Text(), *message]
    page = room if len(body) <= room else room - 1
    last = max(0, len(body) - page)
    first = min(review.first_line, last)
    lines = body[first : first + page]
    lines += [Text()] * (page - len(lines))
    if last:
        lines.append(Text(_more(first, last), style=QUIET))
    return ReviewScreen([*top, *lines, *bottom], Extent(page, last))


def _too_small(width: int, height: int) -> ReviewScreen:
    """Return the screen of a window in which a pair cannot be seen."""
    lines = wrapped(Text(_TOO_SMALL, style="bold"), width)[:height]
    lines += [Text()] * (height - len(lines))
    return ReviewScreen(lines, Extent(shows_pair=False))


def _columns(review: Review, width: int) -> Columns:
    if width >= _WIDE:
        return Columns(width, _WIDE_LABELS)
    columns = Columns(width, _LABELS)
    is_wider = review.has_details and not columns.is_stacked
    return Columns(width, _DETAIL_LABELS) if is_wider else columns


def _progress(review: Review, width: int) -> list[Text]:
    """Return the lines above a pair: which of how many it is, and what was decided so far."""
    number = len(review.pairs)
    text = Text()
    text.append(f"{min(review.position + 1, number):,} of {number:,}", style="bold")
    if review.pair is not None:
        proposal = review.pair.proposal
        text.append(f" · {proposal.tier.value} {proposal.score.points:.1f}")
    counts = Text(", ".join(f"{times:,} {words}" for words, times in review.counts.items()))
    space = width - text.cell_len - counts.cell_len
    if space >= _GAP:
        return [Text.assemble(text, " " * space, counts)]
    return [text, *wrapped(counts, width)]


def _decided(review: Review, width: int) -> list[Text]:
    """Return the lines that say what was decided on a pair before, if anything was."""
    if review.pair is None or review.pair.proposal.decision is None:
        return []
    return wrapped(Text(printable(review.pair.proposal.decision.text), style="bold"), width)


def _message(review: Review, width: int) -> list[Text]:
    if review.asks is not None:
        return wrapped(Text(f"Which one is {DIRECTED[review.asks]}?", style="bold"), width)
    if not review.message:
        return []
    style = _ALARM if review.is_alarm else "bold"
    return wrapped(Text(printable(review.message), style=style), width)


def _keys(review: Review, width: int) -> list[Text]:
    """Return the lines that say what the keys do."""
    if review.asks is not None:
        keys = [("l", "the left one"), ("r", "the right one"), ("other keys", "neither")]
    elif review.pair is None:
        keys = [("b", "back"), ("q", "quit")]
    else:
        keys = [(key, label(relation)) for key, relation in review.relations.items()]
        keys += _OTHER_KEYS
    lines = [Text()]
    for key, words in keys:
        item = Text.assemble((key, "bold"), f" {words}")
        if lines[-1] and lines[-1].cell_len + _GAP + item.cell_len > width:
            lines.append(Text())
        if lines[-1]:
            lines[-1].append(" " * _GAP)
        lines[-1].append_text(item)
    return lines


def _body(review: Review, view: PairView | None, columns: Columns, room: int) -> list[Text]:
    pair = review.pair
    if pair is None or view is None:
        ending = "That was the last pair." if review.pairs else "There are no pairs to review."
        return wrapped(Text(ending), columns.width)
    if review.has_details:
        return _details(pair, view, columns)
    return _glance(pair, view, columns, room)


def _glance(pair: AnyPair, view: PairView, columns: Columns, room: int) -> list[Text]:
    """Return what tells at a glance whether both are one; long texts get the free lines."""
    names = columns.names(view.titles, view.names, view.shared_words)
    rows = [line for row in view.rows if not row.is_long for line in _row(row, columns, None)]
    ending = columns.across("reasons", "; ".join(reasons(pair.proposal)))
    free = room - len(names) - len(rows) - len(ending)
    # Stacked texts share the free lines; what does not fit can be scrolled to.
    most = max(_LEAST_STACKED, free // 2) if columns.is_stacked else max(1, free)
    long = [line for row in view.rows if row.is_long for line in _row(row, columns, most)]
    body = [*names, *rows, *long]
    return [*body, *([Text()] if len(body) + len(ending) < room else []), *ending]


def _details(pair: AnyPair, view: PairView, columns: Columns) -> list[Text]:
    """Return everything that is known of a pair."""
    proposal = pair.proposal
    lines = columns.names(view.titles, view.names, view.shared_words)
    lines += [Text(), Text("Features", style="bold")]
    for feature in proposal.score.features:
        is_named = feature.name in feature.reason
        reason = feature.reason if is_named else f"{feature.name}: {feature.reason}"
        lines += columns.across(f"{feature.points:+.2f}", reason)
    lines += columns.across(f"{proposal.score.points:+.2f}", _margin(float(proposal.margin)))
    for section in view.sections:
        lines += [Text(), Text(section.title, style="bold")]
        for row in section.rows:
            lines += _stacked(row, columns) if row.is_long else _row(row, columns, None)
    return lines


def _margin(points: float) -> str:
    """Return in words how far the next best pair is behind."""
    if points > 0:
        return f"score; other pairs with either of the two score at least {points:.2f} less"
    return "score; another pair with one of the two scores as much or more"


def _stacked(row: PairRow, columns: Columns) -> list[Text]:
    """Return the lines of long texts, the left ones above the right ones."""
    sides = (("left", row.left_values), ("right", row.right_values))
    return [
        line
        for side, values in sides
        for value in values
        for line in columns.across(f"{row.label} {side}", for_people(value))
    ]


def _row(row: PairRow, columns: Columns, most: int | None) -> list[Text]:
    texts = [
        [for_people(value, coded=row.coded) for value in values]
        for values in (row.left_values, row.right_values)
    ]
    return columns.row(row.label, texts, differs=row.differs, most=most)


def _more(first: int, last: int) -> str:
    """Return a line that says how many lines are above and below."""
    above = f"↑ {first:,}" if first else ""
    below = f"↓ {last - first:,}" if first < last else ""
    return f"{'  '.join(filter(None, (above, below)))} more lines"
