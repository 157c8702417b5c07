"""The loop of a review: a screen, a key, and what the key asks for."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Engine

from bricoop.cli.full_screen import FullScreen, full_screen
from bricoop.db.engine import reading
from bricoop.db.waiting import waits_announced_to
from bricoop.domain.vocabularies import Relation
from bricoop.errors import BricoopError
from bricoop.identity.match_rows import exact, reasons
from bricoop.identity.record_decisions import DecisionSession, NewDecision
from bricoop.identity.review.pair_view import PairView, PairViews, is_without_shared_country
from bricoop.identity.review.pairs import AnyPair
from bricoop.identity.review.refusals import with_names
from bricoop.identity.review.state import (
    Command,
    Decide,
    Extent,
    Quit,
    Review,
    after,
    failed,
    left_out,
    press,
    with_missing,
)
from bricoop.ingest.clusters.judgements import AFFIRMING
from bricoop.ingest.decision_session import DecisionRefusedError
from bricoop.interruption import forget_written, note_written
from bricoop.render.review.screen import review_screen


def run_review(
    engine: Engine, views: PairViews, review: Review, session: DecisionSession
) -> Review:
    """Show pairs and carry out what keys ask for, until the reviewer quits.

    Args:
        engine: the knowledge base.
        views: reads what is shown of pairs.
        review: the state to begin with.
        session: takes the decisions.

    Returns:
        The state at the end.

    Raises:
        KeyboardInterrupt: the reviewer interrupted, or the terminal was closed.
        DatabaseError: a pair could not be read.
    """
    with full_screen() as screen:
        reviewing = _Reviewing(engine, views, session, screen)
        # What is written to the terminal itself would shift the screen.
        with waits_announced_to(engine, reviewing.show_wait):
            return reviewing.run(review)


class _Reviewing:
    def __init__(
        self, engine: Engine, views: PairViews, session: DecisionSession, screen: FullScreen
    ) -> None:
        self._engine = engine
        self._views = views
        self._session = session
        self._screen = screen
        self._shown: tuple[Review, PairView | None] | None = None

    def run(self, review: Review) -> Review:
        read_pair: AnyPair | None = None
        view: PairView | None = None
        while True:
            if review.pair is not read_pair or view is None or view.missing_records:
                review, view = self._at_next_loaded(review)
                read_pair = review.pair
                # A key that was pressed before a pair is on the screen must not decide it.
                self._screen.discard_keys()
            extent = self._draw(review, view)
            review, command = press(review, self._screen.read_key(), extent)
            if isinstance(command, Quit):
                return review
            if isinstance(command, Decide):
                # The load of a record may have been undone while the pair was on the screen.
                view = self._view(command.pair)
            if command is not None and not (view is not None and view.missing_records):
                review = self._carried_out(review, view, command)

    def show_wait(self, message: str) -> None:
        """Show that another process writes, until the next screen."""
        if self._shown is not None:
            review, view = self._shown
            self._draw(replace(review, message=message, is_alarm=False), view)

    def _draw(self, review: Review, view: PairView | None) -> Extent:
        drawn = review_screen(review, view, *self._screen.size)
        self._screen.draw(drawn.lines)
        self._shown = (review, view)
        return drawn.extent

    def _at_next_loaded(self, review: Review) -> tuple[Review, PairView | None]:
        """Return the state at the next pair of which both are still there, and its view."""
        missing = []
        view = self._view(review.pair)
        while view is not None and view.missing_records:
            missing.append(view.missing_records)
            review = left_out(review)
            view = self._view(review.pair)
        return (with_missing(review, missing) if missing else review), view

    def _view(self, pair: AnyPair | None) -> PairView | None:
        if pair is None:
            return None
        with reading(self._engine) as connection:
            return self._views.of(connection, pair)

    def _carried_out(self, review: Review, view: PairView | None, command: Command) -> Review:
        """Return the state after a decision was made or taken back, or could not be."""
        try:
            if isinstance(command, Decide) and view is not None:
                if command.relation is Relation.SAME_DEAL and view.no_deal:
                    return failed(review, view.no_deal)
                self._session.add(_new_decision(command, view), _note_load)
            else:
                self._session.take_back()
        except DecisionRefusedError as error:
            return failed(review, self._explained(error, command))
        except BricoopError as error:
            return failed(review, str(error))
        if self._session.load_id is None:
            forget_written()
        done = after(review, command)
        remarks = _remarks(command, view, self._session.replaced)
        return replace(done, message=" ".join((*remarks, done.message)).rstrip())

    def _explained(self, error: DecisionRefusedError, command: Command) -> str:
        refs = []
        if isinstance(command, Decide):
            refs = [str(command.pair.left_ref), str(command.pair.right_ref)]
        with reading(self._engine) as connection:
            return with_names(connection, str(error), refs)


def _remarks(command: Command, view: PairView | None, replaced: str) -> Iterator[str]:
    """Yield what there is to say of a decision: what it replaced, and that countries differ."""
    if not isinstance(command, Decide) or view is None:
        return
    if replaced:
        yield f"Replaced what you decided before: {replaced}."
    if command.relation in AFFIRMING and is_without_shared_country(view):
        yield "Both share no country."


def _new_decision(decide: Decide, view: PairView) -> NewDecision:
    pair = decide.pair
    is_deal = decide.relation is Relation.SAME_DEAL
    refs = view.deals if is_deal else (pair.left_ref, pair.right_ref)
    first, second = reversed(refs) if decide.is_exchanged else refs
    return NewDecision(
        first,
        second,
        decide.relation,
        score=exact(pair.proposal.score.points),
        features="; ".join(reasons(pair.proposal)),
    )


def _note_load(load_id: int) -> None:
    hint = f"To take it back: bricoop undo {load_id}"
    note_written(f"what was decided before is in load {load_id}", hint)
