"""What an interrupted command says of a load that it had already written."""

from bricoop.interruption import note_written


def note_load(load_id: int) -> None:
    """Remember that a load was written, and how to undo it."""
    note_written(f"load {load_id} had already been written", f"To undo it: bricoop undo {load_id}")
