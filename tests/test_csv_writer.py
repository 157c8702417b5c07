"""Tests of CSV rows that can be read back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.domain.csv_writer import CsvWriter

CELLS = st.lists(st.text(st.sampled_from("a,;|'\"\r\n\t ")), min_size=2, max_size=4)


@given(st.lists(CELLS, min_size=1), st.sampled_from(",;|\t"), st.sampled_from("\"'"))
def test_rows_are_read_as_they_were_written(
    rows: list[list[str]], delimiter: str, quote: str
) -> None:
    out = io.StringIO(newline="")
    CsvWriter(out, delimiter, quote).write_all(rows)
    text = io.StringIO(out.getvalue(), newline="")
    assert list(csv.reader(text, delimiter=delimiter, quotechar=quote)) == rows


@pytest.mark.parametrize(("cell", "line"), [("a\rb", '"a\rb",1\n'), ("ab", "ab,1\n")])
def test_rows_end_in_a_line_feed_and_carriage_returns_are_quoted(cell: str, line: str) -> None:
    out = io.StringIO(newline="")
    CsvWriter(out).write([cell, 1])
    assert out.getvalue() == line
