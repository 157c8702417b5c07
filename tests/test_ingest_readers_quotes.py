"""Only the row with wrong quotes is refused if the start of the next row can be determined."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.domain.limits import WRONG_QUOTES
from bricoop.domain.problem import Problem
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers import separated
from bricoop.ingest.readers.file_options import NATIVE, FileOptions
from bricoop.ingest.readers.open_table import open_table
from support.command_line import load_by_command

pytestmark = pytest.mark.later_on_postgresql

Rows = list[tuple[int, list[str]]]
BELOW = "3,4,5\n6,7,8\n"


def read(folder: Path, content: str, form: FileOptions = NATIVE) -> tuple[Rows, list[Problem]]:
    """Return the valid rows of a file, and the problems of the others."""
    path = folder / "rows.csv"
    path.write_bytes(content.encode())
    table = open_table(str(path), form)
    try:
        rows = [(row.line, list(row.cells)) for row in table.rows()]
    finally:
        table.close()
    problems = table.take_row_problems()
    wrong = {problem.line for problem in problems}
    return [row for row in rows if row[0] not in wrong], problems


@pytest.mark.parametrize(
    ("row", "line", "column", "sentence"),
    [
        ('1,"89m "Porto" 1",2\n', 3, "b", """b: '"89m "Porto" 1"' has a quote inside that is not written twice. Write each quote inside a cell twice ("")."""),
        ('"12" pipe",1,2\n', 3, "a", "has a quote inside"),
        ('1,"He said "yes", and left",2\n', 3, "b", "has a quote inside"),
        ('1,"two\nlines, "one", two",2\n', 3, "b", "has a quote inside"),
        ('"a "b",2,"two\nlines"\n', 3, "a", "has a quote inside"),
        ('1,"Hub,2\n', 3, "b", """b: '"Hub,2' begins with a quote that is not closed in this row. Close it, or remove it."""),
        ('"two\nlines",1,"Hub\n', 3, "c", "begins on line 4 with a quote that is not closed in this row"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("below", [BELOW, '3,4,5\n6,"7",8\n', '3,4,"5\n"\n6,7,8\n', ""])
def test_one_row_with_wrong_quotes_is_refused_alone(
    tmp_path: Path, row: str, line: int, column: str, sentence: str, end: str, below: str
) -> None:
    content = f"a,b,c\n0,0,0\n{row}{below}".replace("\n", end)
    rows, problems = read(tmp_path, content)
    assert [(problem.line, problem.column) for problem in problems] == [(line, column)]
    assert sentence.replace("\n", end) in problems[0].sentence()
    assert rows[0] == (2, ["0", "0", "0"])
    assert [cells[0] for _, cells in rows[1:]] == (["3", "6"] if below else [])
    if below:
        assert rows[1][0] == line + row.count("\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('a,b\n1,2\n3,"x\ny\nz,"4"\n5\n', "line 3: a quote opens here and closes inside a cell on line 5. Close it where it should."),
        ('a,b\n1,2\n"x,2\n3\n"y,4\n', "line 3: a quote opens here and closes inside a cell on line 5"),
        ('a,b\n1,2\n"x,2\n3\n', "line 3: a quote opens here and never closes. Close it."),
        ('a,b\n"He said "Hi", and\nleft",5\n', "line 2: a cell goes on after the quote that closes it, and it cannot be told where the next row starts."),
        ('a\n"x "y"\nz\n', "line 2: a cell goes on after the quote"),
        ('a,"b" c\n1,2\n', "line 1: a cell goes on after the quote"),
        ('a,"b\n1,2\n', "line 1: a quote opens here and never closes"),
    ],
)  # fmt: skip
def test_a_file_is_refused_where_the_next_row_cannot_be_told(
    tmp_path: Path, content: str, message: str
) -> None:
    with pytest.raises(FileUnreadableError) as caught:
        read(tmp_path, content)
    assert f"{tmp_path / 'rows.csv'}, {message}" in str(caught.value)


def test_a_quote_that_takes_in_whole_rows_is_refused(tmp_path: Path) -> None:
    content = f'a,b,c\n0,0,0\n"Port B,port,Kenya\nPort C",port,Kenya\n{BELOW}'
    rows, problems = read(tmp_path, content)
    assert [row[0] for row in rows] == [2, 5, 6]
    assert [(problem.line, problem.column) for problem in problems] == [(3, "a")]
    assert "takes in whole rows, up to line 4" in problems[0].rule
    assert "--long-cells" in problems[0].hint
    rows, problems = read(tmp_path, content, FileOptions(long_cells=True))
    assert (len(rows), problems) == (4, [])


@pytest.mark.parametrize(
    "cell", ["two\nlines", "one, two, three\nfour, five, six", "a\n\nb", "x,y\nz"]
)
def test_texts_of_several_lines_are_no_rows(tmp_path: Path, cell: str) -> None:
    rows, problems = read(tmp_path, f'a,b,c\n1,2,"{cell}"\n1,"{cell}",3\n{BELOW}')
    assert problems == []
    assert [cells for _, cells in rows[:2]] == [["1", "2", cell], ["1", cell, "3"]]


def test_rows_with_wrong_quotes_one_below_the_other_are_each_refused(tmp_path: Path) -> None:
    lines = [f'{number},"{number}" pipe",x' for number in range(500)]
    rows, problems = read(tmp_path, "\n".join(["a,b,c", *lines, BELOW]))
    assert [problem.line for problem in problems] == list(range(2, 502))
    assert [line for line, _ in rows] == [502, 503]


def test_a_file_of_rows_with_wrong_quotes_is_refused_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = '"x\n' * 60
    _, problems = read(tmp_path, f"name,kind\n{lines}")
    assert [problem.line for problem in problems] == list(range(2, 62))
    monkeypatch.setattr(separated, "WRONG_QUOTES", replace(WRONG_QUOTES, value=59))
    with pytest.raises(FileUnreadableError, match="line 61: the quotes of more than 59 rows are"):
        read(tmp_path, f"name,kind\n{lines}")


def test_quotes_left_open_in_several_rows_are_each_refused(tmp_path: Path) -> None:
    content = f'a,b,c\n1,"Hub,x\n2,"Port,x\n{BELOW}9,Rail,"x\n'
    rows, problems = read(tmp_path, content)
    assert [problem.line for problem in problems] == [2, 3, 6]
    assert [line for line, _ in rows] == [4, 5]


def test_a_wrong_row_at_the_end_of_a_block_is_refused_alone(tmp_path: Path) -> None:
    many = [f"{number},plain,{'x' * 90}" for number in range(30_000)]
    for index in (9_999, 20_000, 29_999):
        many[index] = f'{index},"open,x'
    rows, problems = read(tmp_path, "\n".join(["a,b,c", *many]))
    assert [problem.line for problem in problems] == [10_001, 20_002, 30_001]
    assert len(rows) == 29_997
    assert rows[-1][0] == 30_000


def test_a_quote_that_a_row_far_below_happens_to_close_is_refused_alone(tmp_path: Path) -> None:
    lines = [f"{number},plain" for number in range(5000)]
    lines[10] = '"x\ny","opens'
    lines[4000] = '4000"'
    content = "\n".join(["a,b", *lines])
    rows, problems = read(tmp_path, content)
    assert [problem.line for problem in problems] == [12]
    assert "begins on line 13 with a quote that is not closed" in problems[0].rule
    # The line on which it closed has a cell too few, which whoever prepares it says.
    assert [len(cells) for line, cells in rows if line == 4003] == [1]
    assert len(rows) == 4999
    rows, problems = read(tmp_path, content, FileOptions(long_cells=True))
    assert (len(rows), problems) == (5000 - 3990, [])


def test_a_far_quote_among_rows_of_other_widths_refuses_the_file(tmp_path: Path) -> None:
    lines = [f"{number},plain" for number in range(5000)]
    lines[10] = '"x\ny","opens'
    lines[12] = "too,many,cells"
    lines[4000] = '4000"'
    with pytest.raises(FileUnreadableError) as caught:
        read(tmp_path, "\n".join(["a,b", *lines]))
    message = "line 13: a quote that opens here closes 3990 lines further on, and so probably never"
    assert message in str(caught.value)
    assert "--long-cells" in str(caught.value)


@given(
    st.lists(
        st.tuples(*[st.sampled_from(["x", "", "7", '"q"', '"a, b"', '"two\nlines"'])] * 3),
        min_size=5, max_size=12,
    ),
    st.integers(0, 4),
    st.sampled_from(['1,"a "b" c",2', '"a "b" c",1,2', '1,2,"open', '"open,1,2']),
)  # fmt: skip
def test_rows_around_a_wrong_one_are_read_as_without_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], index: int, wrong: str
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    lines = [",".join(("0", *cells)) for cells in rows]
    right, none = read(folder, "\n".join(["k,a,b,c", *lines]))
    assert none == []
    try:
        read_rows, problems = read(
            folder, "\n".join(["k,a,b,c", *lines[:index], f"0,{wrong}", *lines[index:]])
        )
    except FileUnreadableError:
        # An open quote that a cell of the next rows closes may leave it open where rows start.
        assert "open" in wrong
        return
    assert len(problems) == 1
    assert [cells for _, cells in read_rows] == [cells for _, cells in right]


def test_the_other_rows_are_loaded_and_the_wrong_ones_can_be_corrected(
    knowledge_base: str, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "name,kind\nOrsha Hub,port\n"
        '"89m "Porto" 1",port\nMinsk Hub,port\n"Brest Hub,port\nGomel Hub,port\n'
    )
    code, output = load_by_command(knowledge_base, rows)
    assert (code, "2 of 5 rows" in output) == (3, True), output
    assert f'{rows}, line 3, name: \'"89m "Porto" 1"\' has a quote inside' in output
    rejects = tmp_path / "rejects.csv"
    code, output = load_by_command(knowledge_base, rows, "--rejects", str(rejects))
    assert (code, "3 new" in output) == (3, True), output
    _, *left_out = csv.reader(rejects.read_text().splitlines())
    assert [cells[1:] for cells in left_out] == [
        ["3", "13", '89m "Porto" 1', "port"],
        ["5", "13", "Brest Hub,port"],
    ]
    corrected = rejects.read_text().replace('"Brest Hub,port"', "Brest Hub,port")
    rejects.write_text(corrected)
    code, output = load_by_command(knowledge_base, rejects)
    assert (code, "2 new" in output) == (0, True), output
