"""The loop of a review: a screen, a key, and what the key asks for."""

from sqlalchemy import Engine

from bricoop.cli.full_screen import FullScreen, full_screen
from bricoop.db.engine import reading
from bricoop.domain.vocabularies import Relation
from bricoop.errors import BricoopError
from bricoop.identity.match_rows import exact, reasons
from bricoop.identity.record_decisions import DecisionSession, NewDecision
from bricoop.identity.review.pair_view import PairView, PairViews
from bricoop.identity.review.pairs import AnyPair
from bricoop.identity.review.refusals import with_names
from bricoop.identity.review.state import (
    Command,
    Decide,
    Quit,
    Review,
    after,
    failed,
    press,
)
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
        return _Reviewing(engine, views, session, screen).run(review)


class _Reviewing:
    def __init__(
        self, engine: Engine, views: PairViews, session: DecisionSession, screen: FullScreen
    ) -> None:
        self._engine = engine
        self._views = views
        self._session = session
        self._screen = screen

    def run(self, review: Review) -> Review:
        read_pair: AnyPair | None = None
        view: PairView | None = None
        while True:
            if review.pair is not read_pair or view is None:
                read_pair, view = review.pair, self._view(review.pair)
                # A key that was pressed before a pair is on the screen must not decide it.
                self._screen.discard_keys()
            drawn = review_screen(review, view, *self._screen.size)
            self._screen.draw(drawn.lines)
            review, command = press(review, self._screen.read_key(), drawn.extent)
            if isinstance(command, Quit):
                return review
            if command is not None:
                review = self._carried_out(review, view, command)

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
        return after(review, command)

    def _explained(self, error: DecisionRefusedError, command: Command) -> str:
        refs = []
        if isinstance(command, Decide):
            refs = [str(command.pair.left_ref), str(command.pair.right_ref)]
        with reading(self._engine) as connection:
            return with_names(connection, str(error), refs)


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
