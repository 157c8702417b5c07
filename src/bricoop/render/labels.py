"""The option `--labels`: a column of labels after each column of codes."""

from collections.abc import Iterator
from dataclasses import replace

from bricoop.domain.cells import Cell, Row
from bricoop.domain.sectors import sector_name
from bricoop.domain.vocabularies import label
from bricoop.query.question import Answer


def labelled(answer: Answer) -> Answer:
    """Return an answer with a column `*_label` after each coded column."""
    fields = []
    for field in answer.fields:
        fields.append(field)
        if field.coded:
            name, about = f"{field.name}_label", f"label of {field.name}"
            fields.append(replace(field, name=name, help=about, codes=None))
    return replace(answer, fields=tuple(fields), rows=_rows(answer))


def _rows(answer: Answer) -> Iterator[Row]:
    coded = [field.coded for field in answer.fields]
    for row in answer.rows:
        yield tuple(
            cell
            for value, is_code in zip(row, coded, strict=True)
            for cell in ((value, _label(value)) if is_code else (value,))
        )


def _label(value: Cell) -> Cell:
    if isinstance(value, list | tuple):
        return [_label(code) for code in value]
    return None if value is None else sector_name(str(value)) or label(str(value))
