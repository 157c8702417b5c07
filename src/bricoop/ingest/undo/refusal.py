"""The refusal to undo a load alone: why it is refused, and what to type instead."""

from collections.abc import Collection

from bricoop.errors import UsageError

#: From this number of further loads on, they are listed by number.
_MANY = 3


class UndoRefusedError(UsageError):
    """A load cannot be undone as long as other loads are there; nothing was changed."""

    def __init__(
        self, load_id: int, reason: str, first: Collection[int], reloaded: str = ""
    ) -> None:
        """Build the message, and the commands in the order in which they have to be typed.

        Args:
            load_id: the load.
            reason: why it cannot be undone alone, as a clause.
            first: the loads to undo first.
            reloaded: the name of the file to load again afterwards, if any.
        """
        newest, *older = sorted(first, reverse=True)
        if len(older) < _MANY:
            every = (newest, *older, load_id)
            commands = "; then ".join(f"`bricoop undo {number}`" for number in every)
        else:
            others = ", ".join(map(str, older))
            commands = f"`bricoop undo {newest}`, and the same for {others}, in this order"
            commands += f"; then `bricoop undo {load_id}`"
        if reloaded:
            commands += f"; then load {reloaded} again"
        super().__init__(f"Load {load_id} cannot be undone alone: {reason}.", f"Type {commands}.")
