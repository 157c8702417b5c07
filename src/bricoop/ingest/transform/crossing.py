"""How batches cross from one process to another: as plain tuples, texts and bytes."""

import marshal
import pickle
import traceback
from typing import Any

from bricoop.domain.problem import Problem
from bricoop.domain.tokenizer import worded
from bricoop.errors import BricoopError
from bricoop.ingest.readers.table import SourceRow
from bricoop.ingest.transform.batches import Batch, End
from bricoop.ingest.transform.validate import PreparedRow

#: Fields whose texts search knows and that are long as a rule.
_LONG = ("description", "statement")
#: The words of shorter texts are made sooner than they are sent.
_WORTH_SENDING = 100

#: The parts of a prepared record, and the words of those of its texts that are long.
_Sent = tuple[Any, ...]


def packed_batch(batch: Batch) -> bytes:
    """Return a batch as bytes.

    They are taken apart several times faster than pickled objects would be. What is written as JSON
    crosses as JSON. The words of long texts cross too, as this process has the time to make them.
    """
    records = [[_as_sent(row) for row in rows] for rows in batch.records]
    problems = [_as_tuple(problem) for problem in batch.problems]
    left_out = [(row.line, list(row.cells)) for row in batch.left_out]
    counted = (list(batch.nothing), list(batch.skipped))
    row_notes = [_as_tuple(note) for note in batch.row_notes]
    return marshal.dumps((records, problems, left_out, batch.share_read, counted, row_notes))


def unpacked_batch(sent: bytearray) -> Batch:
    """Return a batch that was sent; it compares with nothing that was there before."""
    whole = marshal.loads(sent)  # noqa: S302 (bytes of our own)
    records, problems, left_out, share_read, (nothing, skipped), row_notes = whole
    words: dict[str, str] = {}
    return Batch(
        [[_received(row, words) for row in rows] for rows in records],
        [Problem(*values) for values in problems],
        [SourceRow(*values) for values in left_out],
        share_read,
        words=words,
        nothing=nothing,
        skipped=skipped,
        row_notes=[Problem(*values) for values in row_notes],
    )


def packed_end(end: End) -> bytes:
    """Return as bytes what is known at the end of a file."""
    return marshal.dumps(([_as_tuple(problem) for problem in end.problems], end.notes, end.sha256))


def unpacked_end(sent: bytearray) -> End:
    """Return what is known at the end of a file, of what was sent."""
    problems, notes, sha256 = marshal.loads(sent)  # noqa: S302 (bytes of our own)
    return End([Problem(*values) for values in problems], notes, sha256)


def packed_error(error: BaseException) -> bytes:
    """Return an error as bytes; where it was raised is noted, as a traceback does not cross."""
    where = "".join(traceback.format_exception(error))
    try:
        return pickle.dumps((type(error), error.args, vars(error), where))
    except Exception:  # noqa: BLE001 (whatever it holds, it must be told)
        return pickle.dumps((RuntimeError, (repr(error),), {}, where))


def unpacked_error(sent: bytearray) -> BaseException:
    """Return an error that was sent."""
    kind, arguments, attributes, where = pickle.loads(sent)  # noqa: S301 (bytes of our own)
    error: BaseException
    if issubclass(kind, BricoopError):
        # Ours may ask for other arguments than they keep, and keep all else as attributes.
        error = kind.__new__(kind)
        error.args = arguments
    else:
        error = kind(*arguments)
    vars(error).update(attributes)
    error.add_note(f"In the second process:\n{where}")
    return error


def _as_sent(row: PreparedRow) -> _Sent:
    words = {
        name: worded(text)
        for name in _LONG
        if (text := row.fields.get(name)) is not None and len(text) >= _WORTH_SENDING
    }
    return (*row, words)


def _received(sent: _Sent, words: dict[str, str]) -> PreparedRow:
    row = PreparedRow(*sent[:-1])
    for name, worded_text in sent[-1].items():
        words[row.fields[name]] = worded_text
    return row


def _as_tuple(problem: Problem) -> tuple[Any, ...]:
    return (
        problem.file, problem.line, problem.column, problem.value, problem.rule, problem.hint,
        problem.sheet, problem.cell, problem.level,
    )  # fmt: skip
