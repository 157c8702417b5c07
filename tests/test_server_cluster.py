"""bricoop on a primary server, its replica, and PgBouncer; `make cluster` runs these tests.

They are skipped where the servers are not installed; `python tools/cluster.py --missing` says what
is missing.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.db.vacuum import vacuum_analyze
from support.command_line import NEW_SOURCE, answer, process, run
from support.processes import HANGS, wait_until
from support.scripts import script

pytestmark = [pytest.mark.cluster, pytest.mark.full]

tool = script("cluster")
NAME = "bricoop"
#: Commands that only read.
READING: tuple[tuple[str, ...], ...] = (
    ("query", "projects", "-f", "csv"),
    ("query", "finance", "--group-by", "year", "--measure", "sum:amount_usd"),
    ("query", "disagreements"),
    ("search", "dam"),
    ("search", "Alder Dan"),
    ("show", "gwadar-port"),
    ("total",),
    ("report", "country", "Belarus"),
    ("match",),
    ("decisions", "list"),
    ("sql", "SELECT count(*) FROM v_finance"),
)
#: Commands that write.
WRITING: tuple[tuple[str, ...], ...] = (
    ("load", "projects", "{file}", "--source", "more", "--source-title", "More", "--tier", "5"),
    ("undo", "1"),
    ("set", "gwadar-port", "status=operation", "--source", "notes"),
    ("note", "gwadar-port", "Dredging.", "--source", "notes"),
    ("same", "Alder Dam", "Birch Dam", "--reviewer", "me"),
    ("different", "Alder Dam", "Birch Dam", "--reviewer", "me"),
    ("decisions", "quorum", "2"),
    ("db", "upgrade"),
    ("db", "rebuild"),
)
ONLY_READS = (
    "Error: The server of the database {address} only reads, as it is a replica of another server; "
    "nothing was written. Use the address of the primary, or one of all hosts with "
    "target_session_attrs=read-write.\n"
)
MAY_ONLY_READ = (
    "Error: The user bricoop_reader may only read the database {address}; nothing was written. Use "
    "a user that may write to it; see docs/teams.md.\n"
)
#: Halts a load after it has written records and names, in statements that are sent together.
HALTING = (
    """CREATE FUNCTION halt() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(3600); RETURN NULL; END $$""",
    "CREATE TRIGGER halt BEFORE INSERT ON search_word EXECUTE FUNCTION halt()",
)


def url(*ports: int, user: str = tool.ACCOUNT, name: str = NAME, attributes: str = "") -> str:
    """Return an address with one or several hosts, in their order."""
    if len(ports) == 1:
        return f"postgresql://{user}@{tool.HOST}:{ports[0]}/{name}"
    hosts = "&".join(f"host={tool.HOST}:{port}" for port in ports)
    return f"postgresql://{user}@/{name}?{hosts}&target_session_attrs={attributes}"


def execute(address: str, *statements: str) -> None:
    engine = make_engine(parse_address(address))
    with engine.connect() as connection:
        free = connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in statements:
            free.execute(text(statement))
    engine.dispose()


def select(address: str, query: str) -> Any:
    """Return the value of a query."""
    engine = make_engine(parse_address(address))
    with reading(engine) as connection:
        value = connection.scalar(text(query))
    engine.dispose()
    return value


def load(address: str, source: str, path: Path, *options: str) -> str:
    """Load a file that must be right; return the standard error."""
    described = ("--source", source, "--source-title", source.title(), "--tier", "5")
    result = run("--db", address, "load", "projects", str(path), *described, *options)
    assert result.exit_code == 0, result.stderr
    return result.stderr


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """The servers, on whose primary there is an empty database."""
    if tool.server_programs() is None:
        pytest.skip("; ".join(tool.missing()))
    with tool.running_cluster() as servers:
        servers.create_database(NAME)
        yield servers


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of two projects."""
    path = tmp_path_factory.mktemp("files") / "projects.csv"
    path.write_text("name,kind\nAlder Dam,power plant\nBirch Dam,power plant\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def primary(cluster: Any, file: Path) -> str:
    """The address of the primary, with two projects of a source."""
    address = url(cluster.primary)
    load(address, "notes", file)
    return address


@pytest.fixture
def replica(cluster: Any, primary: str) -> str:
    """The address of the replica, which has everything that the primary has."""
    del primary
    cluster.wait_for_replica()
    return url(cluster.replica)


@pytest.fixture
def pooler(cluster: Any, primary: str) -> str:
    """The address of PgBouncer."""
    del primary
    if cluster.pooler is None:
        pytest.skip("; ".join(tool.missing()))
    return url(cluster.pooler)


def test_loads_undo_and_questions_work_behind_pgbouncer(cluster: Any, file: Path) -> None:
    if cluster.pooler is None:
        pytest.skip("; ".join(tool.missing()))
    cluster.create_database("pooled")
    address = url(cluster.pooler, name="pooled")
    load(address, "first", file)
    number = load(address, "second", file).split()[-1]
    engine = make_engine(parse_address(address))
    vacuum_analyze(engine, 10_000)
    engine.dispose()
    assert select(address, "SELECT last_vacuum FROM pg_stat_user_tables WHERE relname = 'entity'")
    for command in READING:
        answer("--db", address, *command)
    counted = answer("--db", address, "query", "projects", "--name", "dam", "--count")
    assert run("--db", address, "undo", number).exit_code == 0
    assert answer("--db", address, "query", "projects", "--name", "dam", "--count") == counted
    assert run("--db", address, "same", "Alder Dam", "Birch Dam", "--reviewer", "me").exit_code == 0
    answer("--db", address, "query", "projects", "--unmerged")
    answer("--db", address, "db", "check")


def test_reading_commands_answer_the_same_on_a_replica(primary: str, replica: str) -> None:
    for command in READING:
        assert answer("--db", replica, *command) == answer("--db", primary, *command), command
    assert "a replica that only reads" in answer("--db", replica, "db", "status")


def test_a_check_on_a_replica_leaves_out_what_needs_temporary_tables(replica: str) -> None:
    result = run("--db", replica, "db", "check")
    assert result.exit_code == 0
    unchecked = [line for line in result.stdout.splitlines() if not line.endswith("yes")]
    assert [line.split("  ")[0] for line in unchecked[1:]] == [
        "every table matches this version",
        "indexes and views match this version, and there are no triggers",
    ]
    reason = "(this needs temporary tables, which this server or user cannot create)."
    assert [line.endswith(reason) for line in result.stderr.splitlines()] == [True, True]


@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_a_replica_says_that_it_only_reads(
    replica: str, file: Path, command: tuple[str, ...]
) -> None:
    result = run("--db", replica, *(word.format(file=file) for word in command))
    assert (result.exit_code, result.stderr) == (
        5,
        ONLY_READS.format(address=replica),
    )


def test_a_question_without_decisions_is_refused_on_a_replica(
    cluster: Any, primary: str, replica: str
) -> None:
    decision = run("--db", primary, "same", "Alder Dam", "Birch Dam", "--reviewer", "me")
    assert decision.exit_code == 0
    cluster.wait_for_replica()
    result = run("--db", replica, "query", "projects", "--unmerged")
    assert run("--db", primary, "undo", decision.stderr.split()[-1]).exit_code == 0
    assert result.exit_code == 5
    assert "This question needs temporary tables" in result.stderr
    assert "ask the primary server if this one is a standby" in result.stderr


@pytest.mark.parametrize("attributes", ["read-write", "primary"])
def test_a_load_goes_to_the_host_that_can_be_written(
    cluster: Any, primary: str, file: Path, attributes: str
) -> None:
    load(url(cluster.replica, cluster.primary, attributes=attributes), attributes, file)
    assert answer("--db", primary, "query", "projects", "--source", attributes, "--count") == "2\n"


def test_questions_go_to_the_standby_if_the_address_prefers_it(cluster: Any, replica: str) -> None:
    del replica
    for attributes in ("standby", "prefer-standby"):
        address = url(cluster.primary, cluster.replica, attributes=attributes)
        assert "a replica that only reads" in answer("--db", address, "db", "status")


def test_loads_at_once_all_load_whatever_the_isolation_of_the_server(
    cluster: Any, primary: str, file: Path, tmp_path: Path
) -> None:
    execute(primary, f"ALTER DATABASE {NAME} SET default_transaction_isolation = 'serializable'")
    address = url(cluster.pooler or cluster.primary)
    keys = [f"at-once-{number}" for number in range(4)]

    def load_in_process(key: str) -> "subprocess.CompletedProcess[str]":
        described = ("--source", key, "--source-title", key, "--tier", "5")
        return process("--db", address, "load", "projects", str(file), *described, home=tmp_path)

    with ThreadPoolExecutor() as pool:
        done = list(pool.map(load_in_process, keys))
    assert [(program.returncode, program.stdout) for program in done] == [(0, "")] * 4
    for key in keys:
        assert answer("--db", address, "query", "projects", "--source", key, "--count") == "2\n"
    execute(primary, f"ALTER DATABASE {NAME} RESET default_transaction_isolation")


def test_a_replica_of_a_stricter_server_can_be_read(
    cluster: Any, primary: str, replica: str
) -> None:
    execute(primary, f"ALTER DATABASE {NAME} SET default_transaction_isolation = 'serializable'")
    cluster.wait_for_replica()
    answer("--db", replica, "query", "projects")
    assert answer("--db", replica, "sql", "SELECT 1 AS x", "-f", "csv") == "x\n1\n"
    execute(primary, f"ALTER DATABASE {NAME} RESET default_transaction_isolation")


def grants(role: str) -> list[str]:
    """Return the statements that the documentation gives for a role."""
    page = Path(__file__).parents[1] / "docs" / "teams.md"
    blocks = re.findall(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = [block for block in blocks if f"TO {role};" in block]
    return [statement for statement in block.split(";") if statement.strip()]


def test_a_role_that_may_only_read_reads_and_says_so_when_it_is_to_write(
    cluster: Any, primary: str, file: Path
) -> None:
    execute(primary, *grants("bricoop_reader"))
    address = url(cluster.primary, user="bricoop_reader")
    for command in READING:
        assert answer("--db", address, *command) == answer("--db", primary, *command), command
    assert run("--db", address, "db", "check").exit_code == 0
    for command in WRITING:
        result = run("--db", address, *(word.format(file=file) for word in command))
        assert (result.exit_code, result.stderr) == (5, MAY_ONLY_READ.format(address=address))


def test_a_role_that_may_write_loads_and_undoes(cluster: Any, primary: str, file: Path) -> None:
    execute(primary, *grants("bricoop_writer"))
    address = url(cluster.primary, user="bricoop_writer")
    number = re.match(r"Load (\d+):", load(address, "of-writer", file))
    assert number is not None
    decision = run("--db", address, "different", "Alder Dam", "Birch Dam", "--reviewer", "other")
    assert decision.exit_code == 0, decision.stderr
    assert run("--db", address, "undo", number[1]).exit_code == 0
    result = run("--db", address, "db", "rebuild")
    assert result.exit_code == 5
    assert "must be owner of" in result.stderr


def test_a_role_without_any_privilege_is_told_which_one_it_needs(
    cluster: Any, primary: str
) -> None:
    execute(primary, "CREATE ROLE stranger LOGIN")
    result = run("--db", url(cluster.primary, user="stranger"), "query", "projects")
    assert result.exit_code == 5
    assert "does not allow this user to do that: permission denied for " in result.stderr


def test_a_load_in_a_failover_leaves_nothing_and_then_loads(file: Path) -> None:
    if tool.server_programs() is None:
        pytest.skip("; ".join(tool.missing()))
    with tool.running_cluster() as cluster:
        cluster.create_database(NAME)
        address = url(cluster.primary, cluster.replica, attributes="read-write")
        before = answer("--db", address, "query", "loads", "-f", "csv")
        execute(address, *HALTING)
        call = (sys.executable, "-m", "bricoop", "--db", address, "load", "projects", str(file))
        pipe = subprocess.PIPE
        with subprocess.Popen([*call, *NEW_SOURCE], stdout=pipe, stderr=pipe, text=True) as program:
            halted = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
            wait_until(program, lambda: select(url(cluster.primary), halted))
            cluster.wait_for_replica()
            cluster.stop_primary()
            assert answer("--db", url(cluster.replica), "query", "loads", "-f", "csv") == before
            cluster.promote()
            output, errors = program.communicate(timeout=HANGS)
        assert (program.returncode, output) == (5, "")
        assert re.fullmatch(r"Error: The database .* cannot be reached: .*\n", errors), errors
        assert answer("--db", address, "query", "loads", "-f", "csv") == before
        execute(address, "DROP TRIGGER halt ON search_word")
        assert "2 new" in load(address, "notes", file)
        answer("--db", address, "db", "check")
