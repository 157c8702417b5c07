"""Writing of answers to a file, a pipe, the terminal or a pager, with an optional sidecar."""

import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self, TextIO

from bricoop.atomic_files import is_replaceable
from bricoop.cli.files import add_output, check_standard_output
from bricoop.cli.group import say
from bricoop.cli.options import format_for
from bricoop.cli.output import (
    answering,
    answering_bytes,
    is_standard_output,
    safe_for_terminal,
)
from bricoop.cli.pager import paged
from bricoop.domain.english import counted
from bricoop.errors import UsageError
from bricoop.render.row_formats import Format, Written, write_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bricoop.api.snapshot import Snapshot
    from bricoop.query.provenance import Provenance
    from bricoop.query.question import Answer, Question


@dataclass(frozen=True)
class Export:
    """The output options of a command.

    Attributes:
        format: the format.
        output: the file; None for standard output.
        labels: whether data formats get a column of labels beside each column of codes.
        provenance: whether to write a sidecar file about the sources of the rows.
        pager: whether a long table may be shown in a pager.
    """

    format: Format
    output: Path | None = None
    labels: bool = False
    provenance: bool = False
    pager: bool = False

    @classmethod
    def chosen(cls, format_: Format | None, output: Path | None, **more: bool) -> Self:
        """Return the output options of a call.

        Args:
            format_: the value of `--format`, if given.
            output: the value of `--output`, whose extension chooses the format if none was given.
            more: the other attributes.

        Raises:
            UsageError: the extension is not that of a format of rows.
        """
        return cls(format_for(format_, output, Format), output, **more)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Return the output options of a generated command, by the names of its parameters."""
        names = ("labels", "provenance", "pager")
        more = {name: options[name] for name in names}
        return cls.chosen(options["format_"], options["output"], **more)

    def on_screen(self) -> AbstractContextManager[TextIO]:
        """Yield the stream for standard output: a pager for tables, if one is available."""
        is_table = self.output is None and self.format is Format.TABLE
        return paged(enabled=self.pager and is_table)

    def check(self) -> None:
        """Check the output options before any query runs.

        Raises:
            UsageError: a binary format would go to a terminal, there is no file for the sidecar to
                describe, or the sidecar would overwrite a file that the call uses.
        """
        nameless = is_standard_output(self.output)
        if nameless:
            check_standard_output()
        if self.format.writing.binary and nameless and sys.stdout.isatty():
            message = f"{self.format.value} is a binary format and cannot be shown in a terminal."
            raise UsageError(message, "Write it to a file with --output FILE, or to a pipe.")
        if self.provenance and (self.output is None or nameless or not is_replaceable(self.output)):
            raise UsageError(
                "--provenance writes a file beside the output file.", "Add --output FILE."
            )
        if self.provenance and self.output is not None:
            add_output("--provenance", _sidecar(self.output))


def _sidecar(output: Path) -> Path:
    return output.with_name(f"{output.name}.provenance.json")


def hand_over(
    answer: "Answer",
    export: Export,
    state: "Snapshot | None",
    question: "Question | None" = None,
    screen: TextIO | None = None,
) -> Written:
    """Write an answer, with its provenance in the file or in a sidecar file.

    Args:
        answer: the answer.
        export: the output options.
        state: the snapshot that the answer is from; None if no provenance is available.
        question: the question, if the answer is that of one.
        screen: the stream to use for standard output, such as a pager.

    Raises:
        UsageError: the format cannot represent it, or the file cannot be written.
    """
    about = None
    if (
        state is not None
        and question is not None
        and (export.provenance or export.format.writing.describes_itself)
    ):
        about = replace(state.provenance(question, answer.fields), notes=answer.notes)
    if state is not None and export.format.writing.on_map:
        answer = state.located(answer)
    if export.labels and not export.format.writing.for_people:
        from bricoop.render.labels import labelled

        answer = labelled(answer)
    with _stream(export, screen) as stream:
        writing = export.format.writing
        out = stream if writing.binary or writing.for_people else safe_for_terminal(stream)
        written = write_answer(answer, export.format, out, about)
    if written.left_out:
        say(f"Left out {counted(written.left_out, 'rows')} without coordinates.")
    if export.output is not None and not is_standard_output(export.output):
        say(f"Wrote {counted(written.rows, 'rows')} to {export.output}.")
    if export.provenance and about is not None and export.output is not None:
        _write_sidecar(export.output, about, written)
    return written


def hand_over_several(answers: "Sequence[tuple[str, Answer]]", export: Export) -> None:
    """Write several answers below each other, each under its title, as text or Markdown.

    Raises:
        UsageError: the file cannot be written.
    """
    rows = 0
    with _stream(export, None) as stream:
        for index, (title, answer) in enumerate(answers):
            stream.write("\n" if index else "")
            if title:
                # A Markdown table must follow a blank line.
                stream.write(f"{title}\n\n" if export.format is Format.MARKDOWN else f"{title}\n")
            rows += write_answer(answer, export.format, stream).rows
    if export.output is not None and not is_standard_output(export.output):
        say(f"Wrote {counted(rows, 'rows')} to {export.output}.")


def _stream(export: Export, screen: TextIO | None) -> AbstractContextManager[IO[Any]]:
    if export.format.writing.binary:
        return answering_bytes(export.output)
    if export.output is None and screen is not None:
        return nullcontext(screen)
    return answering(export.output)


def _write_sidecar(output: Path, about: "Provenance", written: Written) -> None:
    import hashlib

    from bricoop.render.provenance import write_provenance

    with output.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    with answering(_sidecar(output)) as out:
        write_provenance(
            about,
            file=output.name,
            sha256=digest,
            rows=written.rows,
            left_out=written.left_out,
            out=out,
        )
