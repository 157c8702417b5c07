"""`bricoop sql`: one's own queries, and that none of them writes or does anything else."""

import csv
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text

from bricoop.db.address import parse_address
from bricoop.db.copy_database import table_counts
from bricoop.db.engine import make_engine, reading
from bricoop.db.readonly import result as readonly_result
from bricoop.domain.limits import SQL_ANSWER, TABLE_CELLS
from bricoop.query.catalog import NOUNS
from bricoop.query.sql import ask_sql
from bricoop.render.formats import people
from support.command_line import PROGRAM, answer, run, shell
from support.processes import ENDLESS_QUERY, HANGS, wait_until_querying
from support.server import SERVER, server_url

pytestmark = [pytest.mark.reads, pytest.mark.later_on_postgresql]

MANY = (
    "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t WHERE x < 60000) "
    "SELECT x, 'some words' AS words FROM t"
)


def rows(knowledge_base: str, query: str) -> list[dict[str, object]]:
    """Return what a query selects."""
    output = answer("--db", knowledge_base, "sql", query, "-f", "json")
    records: list[dict[str, object]] = json.loads(output, parse_float=Decimal)
    return records


def error(knowledge_base: str, query: str, code: int = 2) -> str:
    """Return what a query that must fail says, in its one line."""
    result = run("--db", knowledge_base, "sql", query)
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    assert len(result.stderr.splitlines()) == 1
    return result.stderr


def test_views_print_what_questions_print(knowledge_base: str) -> None:
    for noun in NOUNS:
        columns, selected = (
            list(csv.reader(io.StringIO(answer("--db", knowledge_base, *arguments, "-f", "csv"))))
            for arguments in (("query", noun.name), ("sql", f"SELECT * FROM {noun.view}"))  # noqa: S608
        )
        assert columns[0] == selected[0]
        assert sorted(columns) == sorted(selected), noun.name


def test_every_format_streams_a_query(knowledge_base: str, tmp_path: Path) -> None:
    query = "SELECT key, position FROM v_links ORDER BY position LIMIT 2"
    keys = ["link-policy", "link-facility"]
    assert [row["key"] for row in rows(knowledge_base, query)] == keys
    for format_ in ("table", "ndjson", "csv", "tsv", "markdown"):
        lines = answer("--db", knowledge_base, "sql", query, "-f", format_).splitlines()
        assert [key for key in keys if key in "".join(lines)] == keys
    out = tmp_path / "links.csv"
    assert answer("--db", knowledge_base, "sql", query, "-o", str(out)) == ""
    assert out.read_text() == "key,position\nlink-policy,1\nlink-facility,2\n"


def test_a_query_comes_from_a_file_or_standard_input(knowledge_base: str, tmp_path: Path) -> None:
    path = tmp_path / "q.sql"
    path.write_text("\ufeff-- the links\nSELECT count(*) AS n\nFROM v_links;\n", encoding="utf-8")
    command = ("--db", knowledge_base, "sql", "-f", "csv")
    assert answer(*command, "--file", str(path)) == "n\n5\n"
    for source in (("-",), ("--file", "-")):
        assert run(*command, *source, stdin=path.read_text("utf-8-sig")).stdout == "n\n5\n"
    assert run(*command).exit_code == 2
    assert run(*command, "SELECT 1", "--file", str(path)).exit_code == 2
    assert run(*command, "--file", str(tmp_path / "none.sql")).exit_code == 3
    path.write_bytes(b"SELECT '\xff'")
    assert "not valid UTF-8" in run(*command, "--file", str(path)).stderr


def test_columns_keep_their_names_and_equal_ones_are_told_apart(knowledge_base: str) -> None:
    query = "SELECT 1 AS amount_usd, 2 AS a, 3 AS a_2, 4 AS a, 5 AS a"
    assert list(rows(knowledge_base, query)[0]) == ["amount_usd", "a", "a_2", "a_3", "a_4"]
    assert answer("--db", knowledge_base, "sql", query).startswith("amount_usd  a  a_2")


def test_numbers_are_numbers_and_nothing_is_nothing(knowledge_base: str) -> None:
    query = "SELECT 10000000 AS one, 2.50 AS two, NULL AS three, 'a; b' AS four, 1e17 AS five"
    assert rows(knowledge_base, query) == [
        {"one": 10_000_000, "two": Decimal("2.5"), "three": None, "four": "a; b", "five": 10**17}
    ]
    assert "10,000,000  2.5" in answer("--db", knowledge_base, "sql", query)


def test_types_that_answers_do_not_have_are_text(knowledge_base: str) -> None:
    if "postgresql" in knowledge_base:
        query = (
            "SELECT DATE '2020-01-02' AS a, TIMESTAMPTZ '2020-01-02 03:04:05+01' AS b, "
            "ARRAY[1, 2] AS c, '{\"x\": [1]}'::json AS d, '\\x00ff'::bytea AS e, 'NaN'::float8 AS f"
        )
        expected = {
            "a": "2020-01-02",
            "b": "2020-01-02T02:04:05Z",
            "c": [1, 2],
            "d": '{"x":[1]}',
        }
    else:
        query, expected = "SELECT x'00ff' AS e, 1e300 * 1e300 AS f", {}
    row = rows(knowledge_base, query)[0]
    assert row.pop("f") in {"nan", "inf"}
    assert row == {**expected, "e": "00ff"}


def test_a_limit_and_an_empty_answer(knowledge_base: str) -> None:
    command = ("--db", knowledge_base, "sql", "SELECT key FROM v_countries ORDER BY key")
    assert len(answer(*command, "--limit", "3", "-f", "csv").splitlines()) == 4
    result = run("--db", knowledge_base, "sql", "SELECT key FROM v_links WHERE 1 = 0")
    assert (result.stdout, result.stderr) == ("key\n", "No rows.\n")


def test_unknown_names_are_met_with_the_nearest(knowledge_base: str) -> None:
    assert "Did you mean: name" in error(knowledge_base, "SELECT nme FROM v_projects")
    assert "Did you mean: countries" in error(knowledge_base, "SELECT p.contries FROM v_projects p")
    message = error(knowledge_base, "SELECT * FROM projects")
    assert "Did you mean: v_projects" in message
    assert "v_finance" in message
    assert "syntax error" in error(knowledge_base, "SELEC 1")
    assert "query is empty" in error(knowledge_base, " ; ")


#: What writes, or does anything but read, and what it must say at least on each database: None
#: where the words mean nothing there.
ACTS = [
    ("SELECT 1; DROP TABLE finding", "one statement", "multiple commands"),
    ("SELECT 1; COMMIT; DROP TABLE finding", "one statement", "multiple commands"),
    ("DELETE FROM finding", "not authorized", "syntax error"),
    ("WITH x AS (SELECT 1) DELETE FROM finding", "not authorized", "syntax error"),
    ("WITH x AS (DELETE FROM finding RETURNING 1) SELECT * FROM x", "syntax", "data-modifying"),
    ("UPDATE entity SET name = 'x' RETURNING id", "not authorized", "syntax error"),
    ("INSERT INTO finding SELECT * FROM finding", "not authorized", "syntax error"),
    ("CREATE TABLE mine (id INTEGER)", "not authorized", "syntax error"),
    ("CREATE TEMP TABLE mine AS SELECT 1", "not authorized", "syntax error"),
    ("UPDATE sqlite_master SET sql = ''", "may not be modified", "syntax error"),
    ("DROP VIEW v_links", "not authorized", "syntax error"),
    ("ALTER TABLE finding RENAME TO lost", "not authorized", "syntax error"),
    ("BEGIN", "not authorized", "syntax error"),
    ("COMMIT", "not authorized", "syntax error"),
    ("VACUUM", "", "syntax error"),
    ("VACUUM INTO 'copy.sqlite'", "", "syntax error"),
    ("ANALYZE", "not authorized", "syntax error"),
    ("ATTACH 'other.sqlite' AS other", "not authorized", "syntax error"),
    ("PRAGMA query_only = OFF", "not authorized", "syntax error"),
    ("PRAGMA journal_mode = DELETE", "not authorized", "syntax error"),
    ("PRAGMA user_version = 7", "not authorized", "syntax error"),
    ("PRAGMA temp_store_directory = '/'", "not authorized", "syntax error"),
    ("SELECT load_extension('x')", "not authorized", "does not exist"),
    ("SELECT writefile('x', 'y')", "", "does not exist"),
    ("SET transaction_read_only = off", None, "syntax error"),
    ("SELECT set_config('transaction_read_only', 'off', true)", None, "set_config"),
    ("SELECT pg_terminate_backend(pg_backend_pid())", None, "pg_terminate_backend"),
    ('SELECT "pg_terminate_backend"/**/(1)', None, "pg_terminate_backend"),
    ("SELECT pg_cancel_backend/*/**/*/(1)", None, "pg_cancel_backend"),
    ('SELECT U&"pg\\005fcancel_backend"(1)', None, "U&"),
    ("SELECT 1 LIMIT (SELECT PG_CATALOG.PG_NOTIFY('a', 'b') IS NULL)::int", None, "pg_notify"),
    ("SELECT lo_import('/etc/hostname')", None, "lo_import"),
    ("SELECT lo_from_bytea(0, 'x')", None, "lo_from_bytea"),
    ("SELECT pg_read_file('/etc/hostname')", None, "pg_read_file"),
    ("SELECT pg_advisory_lock(1)", None, "pg_advisory_lock"),
    ("SELECT query_to_xml('SELECT 1', true, true, '')", None, "query_to_xml"),
    ("SELECT nextval('record_version_id_seq')", None, "nextval"),
    ("SELECT setval('record_version_id_seq', 1)", None, "setval"),
    ("SELECT * INTO mine FROM finding", None, "INTO"),
    ("SELECT * FROM finding FOR UPDATE", None, "read-only"),
    ("COPY finding TO '/tmp/finding.csv'", None, "syntax error"),
    ("COPY (SELECT 1) TO PROGRAM 'touch /tmp/x'", None, "syntax error"),
    ("DO $$ BEGIN DELETE FROM finding; END $$", None, "syntax error"),
    ("CALL x()", None, "syntax error"),
    ("LOCK TABLE finding", None, "syntax error"),
    ("LISTEN x", None, "syntax error"),
    ("EXPLAIN ANALYZE DELETE FROM finding", None, "syntax error"),
]  # fmt: skip


def state(knowledge_base: str) -> tuple[dict[str, int], list[tuple[object, ...]]]:
    """Return what a query might have changed."""
    engine = make_engine(parse_address(knowledge_base))
    try:
        with reading(engine) as connection:
            names = connection.execute(text("SELECT id, name FROM entity ORDER BY id")).all()
            return table_counts(connection), [tuple(row) for row in names]
    finally:
        engine.dispose()


def test_what_does_more_than_read_is_refused_by_the_database(
    knowledge_base: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    before = state(knowledge_base)
    for query, of_sqlite, of_postgresql in ACTS:
        message = error(knowledge_base, query)
        expected = of_postgresql if "postgresql" in knowledge_base else of_sqlite
        assert (expected or "") in message, query
    assert state(knowledge_base) == before
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.usefixtures("server")
def test_no_session_is_ended_and_no_setting_outlives_a_query() -> None:
    with psycopg.connect(SERVER) as other:
        number = other.info.backend_pid
        address = server_url().render_as_string(hide_password=False)
        engine = make_engine(parse_address(address))
        with (
            pytest.raises(Exception, match="pg_terminate_backend"),
            ask_sql(engine, f"SELECT pg_terminate_backend({number})"),
        ):
            pass
        engine.dispose()
        assert other.execute("SELECT 1").fetchone() == (1,)


def test_what_sqlite_says_about_itself_can_be_read(sqlite_template: Path) -> None:
    for query in ("PRAGMA table_info(entity)", "SELECT * FROM pragma_table_list",
                  "EXPLAIN QUERY PLAN SELECT 1", "PRAGMA page_count", "SELECT * FROM json_each('[1]')"):  # fmt: skip
        assert rows(str(sqlite_template), query)


def test_a_file_that_nobody_may_write_is_read_and_left_alone(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "odd ?#%.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    before = path.read_bytes()
    assert rows(str(path), "SELECT count(*) AS n FROM v_links") == [{"n": 5}]
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before


@pytest.fixture
def endless(knowledge_base: str) -> Iterator["subprocess.Popen[str]"]:
    """The program at work on a query that never ends."""
    arguments = [sys.executable, "-m", "bricoop", "--db", knowledge_base, "sql", ENDLESS_QUERY]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def test_a_query_without_end_is_interrupted_quietly(
    endless: "subprocess.Popen[str]", knowledge_base: str
) -> None:
    wait_until_querying(endless, knowledge_base)
    endless.send_signal(signal.SIGINT)
    output = endless.communicate(timeout=HANGS)
    assert (endless.returncode, output) == (130, ("", "Interrupted; nothing was written.\n"))


def test_a_query_is_stopped_in_time(knowledge_base: str) -> None:
    began = time.process_time()
    result = run("--db", knowledge_base, "sql", "--timeout", "0.3", ENDLESS_QUERY)
    assert (result.exit_code, result.stdout) == (5, "")
    assert "longer than 0.3 s" in result.stderr
    # Its own processor time, as a busy machine may let it wait.
    assert time.process_time() - began < 10


def test_a_reader_that_takes_one_line_ends_a_query_quietly(knowledge_base: str) -> None:
    script = f'{PROGRAM} --db "{knowledge_base}" sql "{MANY}" -f csv | head -n 1'
    done = shell(f"set -o pipefail; {script}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "x,words\n", "")


def test_rows_come_in_constant_memory(engine: Engine) -> None:
    import tracemalloc  # noqa: PLC0415 (only here)

    with ask_sql(engine, MANY) as answer_:
        next(answer_.rows)
        tracemalloc.start()
        assert sum(1 for _ in answer_.rows) == 59_999
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
        tracemalloc.stop()


@pytest.mark.parametrize("query", ["SELECT $1", "SELECT :name", "SELECT ?", "SELECT 1 WHERE 1 = ?"])
def test_a_query_with_parameters_is_wrong_usage(knowledge_base: str, query: str) -> None:
    result = run("--db", knowledge_base, "sql", query)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1


def test_values_and_rows_beyond_the_limits_are_refused(knowledge_base: str) -> None:
    if "postgresql" in knowledge_base:
        large = "repeat('a', 30000000)"
        wide = ", ".join(f"repeat('{letter}', 5000000)" for letter in "abcd")
        large += " AS bricoop_answer"
    else:
        large, wide = "zeroblob(300000000)", ", ".join(["hex(zeroblob(2500000))"] * 4)
    for query in (f"SELECT {large}", f"SELECT {wide}", f"SELECT {large} -- note"):
        result = run("--db", knowledge_base, "sql", query, "-f", "csv")
        assert (result.exit_code, result.stdout) == (2, ""), query
        assert "of more than" in result.stderr
        assert "MiB" in result.stderr


def test_an_answer_is_bounded_as_a_whole(
    knowledge_base: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(readonly_result, "SQL_ANSWER", replace(SQL_ANSWER, value=40_000))
    endless = "WITH RECURSIVE t (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t) SELECT i FROM t"
    for form in ("csv", "json", "ndjson"):
        path = tmp_path / f"x.{form}"
        refused = run("--db", knowledge_base, "sql", endless, "-f", form, "-o", str(path))
        assert (refused.exit_code, path.exists()) == (2, False)
        assert "The query makes an answer of more than 40,000 bytes." in refused.stderr
    letters = "SELECT name, key FROM v_countries"
    assert len(answer("--db", knowledge_base, "sql", letters, "-f", "csv").splitlines()) > 10


def test_a_table_is_bounded_and_other_formats_are_not(
    sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "TABLE_CELLS", replace(TABLE_CELLS, value=10))
    command = ("--db", str(sqlite_template), "sql", "SELECT key, name FROM v_countries")
    refused = run(*command)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "A table holds at most 10 cells" in refused.stderr
    assert len(answer(*command, "-f", "csv").splitlines()) > 10
    assert answer(*command, "--limit", "5").count("\n") == 6


def test_headings_of_a_query_act_on_no_terminal(knowledge_base: str) -> None:
    query = 'SELECT name AS "a\x1b[31mb\u202ec" FROM v_links LIMIT 1'
    for form in ("table", "markdown"):
        heading = answer("--db", knowledge_base, "sql", query, "-f", form).splitlines()[0]
        assert "\x1b" not in heading
        assert "\u202e" not in heading


#: One call of a function that takes minutes, in which SQLite looks neither at time nor at signals.
STUCK = "SELECT replace(hex(zeroblob(4000000)), hex(zeroblob(2000000)) || '1', 'x')"


@pytest.mark.full
@pytest.mark.parametrize("interrupted", [True, False])
def test_a_function_that_nothing_interrupts_ends_with_the_program(
    sqlite_template: Path, tmp_path: Path, *, interrupted: bool
) -> None:
    more = () if interrupted else ("--timeout", "1")
    command = [sys.executable, "-m", "bricoop", "--db", str(sqlite_template), "sql", STUCK,
             "-o", str(tmp_path / "out.csv"), *more]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
        if interrupted:
            wait_until_querying(program, str(sqlite_template))
            program.send_signal(signal.SIGINT)
        message = program.communicate(timeout=HANGS)[1]
    assert len(message.splitlines()) == 1
    assert (program.returncode, message[:11]) == (
        (130, "Interrupted") if interrupted else (5, "Error: The ")
    )
    assert not [*tmp_path.iterdir()]
