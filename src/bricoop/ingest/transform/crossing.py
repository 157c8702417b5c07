"""Serialize batches, results and errors to pass them between processes."""

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

#: Indexed fields that usually hold long texts.
_LONG = ("description", "statement")
#: Texts shorter than this are tokenized faster than their words are transferred.
_WORTH_SENDING = 100

#: The values of a prepared record, followed by the words of its long texts, by field.
_Sent = tuple[Any, ...]


def packed_batch(batch: Batch) -> bytes:
    """Serialize a batch.

    This uses `marshal`, which is several times faster to read than `pickle`. Values stored as JSON
    are passed as JSON. Long texts are tokenized here, as this process is less busy.
    """
    records = [[_as_sent(row) for row in rows] for rows in batch.records]
    problems = [_as_tuple(problem) for problem in batch.problems]
    left_out = [(row.line, list(row.cells)) for row in batch.left_out]
    counted = (list(batch.nothing), list(batch.skipped))
    row_notes = [_as_tuple(note) for note in batch.row_notes]
    return marshal.dumps((records, problems, left_out, batch.share_read, counted, row_notes))


def unpacked_batch(sent: bytearray) -> Batch:
    """Deserialize a batch; its `same` is always empty."""
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
    """Serialize the results for the whole file."""
    return marshal.dumps(([_as_tuple(problem) for problem in end.problems], end.notes, end.sha256))


def unpacked_end(sent: bytearray) -> End:
    """Deserialize the results for the whole file."""
    problems, notes, sha256 = marshal.loads(sent)  # noqa: S302 (bytes of our own)
    return End([Problem(*values) for values in problems], notes, sha256)


def packed_error(error: BaseException) -> bytes:
    """Serialize an error, with its traceback as text."""
    where = "".join(traceback.format_exception(error))
    try:
        return pickle.dumps((type(error), error.args, vars(error), where))
    except Exception:  # noqa: BLE001 (whatever it holds, it must be told)
        return pickle.dumps((RuntimeError, (repr(error),), {}, where))


def unpacked_error(sent: bytearray) -> BaseException:
    """Deserialize an error."""
    kind, arguments, attributes, where = pickle.loads(sent)  # noqa: S301 (bytes of our own)
    error: BaseException
    if issubclass(kind, BricoopError):
        # Our own errors may have other constructor arguments than `args`; all state is in
        # attributes.
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
