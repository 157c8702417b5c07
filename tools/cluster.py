"""Runs a primary server, a streaming replica and PgBouncer, from the packages of Debian.

`make cluster` runs the tests of them. For use by hand: python tools/cluster.py; it prints the
addresses, and stops and removes everything when it is interrupted.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

#: The servers refuse to run as root, so root runs them as this user, which Debian's package makes.
ACCOUNT = "postgres"
HOST = "127.0.0.1"
#: Connections that PgBouncer keeps to the primary for each user and database.
POOL = 2
#: Users of the cluster, without passwords; PgBouncer must know them.
USERS = (ACCOUNT, "bricoop_writer", "bricoop_reader")
#: Seconds until a server that does not answer counts as failed.
_PATIENCE = 60
_CONFIGURATION = """
listen_addresses = '{host}'
port = {port}
unix_socket_directories = ''
fsync = off
shared_buffers = '32MB'
max_connections = 40
"""
_POOLER = """
[databases]
* = host={host} port={primary}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {pool}
logfile = {folder}/pgbouncer.log
"""


def server_programs() -> Path | None:
    """Return the folder of the newest PostgreSQL server of Debian, or that on PATH, or None."""
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(folders, key=lambda path: float(path.parts[-3]), default=None)
    program = newest or shutil.which("initdb")
    return Path(program).parent if program else None


def pooler_program() -> str | None:
    """Return the path of PgBouncer, which Debian installs where only root looks, or None."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


def missing() -> list[str]:
    """Return what is not installed and so not tried, with how to install it, as sentences."""
    programs = {
        "PostgreSQL's server is": (server_programs(), "postgresql"),
        "PgBouncer is": (pooler_program(), "pgbouncer"),
    }
    return [
        f"{subject} not installed, and not tried; install it: apt-get install {package}"
        for subject, (program, package) in programs.items()
        if program is None
    ]


class Cluster:
    """A primary and a replica, and PgBouncer before the primary if it is installed.

    Attributes:
        primary: the port of the first primary.
        replica: the port of its replica, which `promote` makes the primary.
        pooler: the port of PgBouncer; None if it is not installed.
    """

    def __init__(self, folder: Path) -> None:
        """Choose free ports; nothing is started yet.

        Args:
            folder: an empty folder for data and logs.
        """
        programs = server_programs()
        if programs is None:
            message = "PostgreSQL's server is not installed"
            raise FileNotFoundError(message)
        self._programs = programs
        self._folder = folder
        self.primary, self.replica = _free_port(), _free_port()
        self.pooler = _free_port() if pooler_program() else None

    def start(self, stack: ExitStack) -> None:
        """Start all servers; the stack stops them."""
        data, copy = self._folder / "primary", self._folder / "replica"
        self._call("initdb", "-D", data, "-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--no-sync")
        self._configure(data, self.primary)
        self._start_server(data, stack)
        for user in USERS[1:]:
            self._call("createuser", *self._on(self.primary), user)
        self._call("pg_basebackup", *self._on(self.primary), "-D", copy, "-R", "-c", "fast")
        self._configure(copy, self.replica)
        self._start_server(copy, stack)
        program = pooler_program()
        if self.pooler is not None and program is not None:
            self._start_pooler(program, self.pooler, stack)

    def stop_primary(self) -> None:
        """Stop the primary at once, as a power failure would."""
        self._control(self._folder / "primary", "stop", "-m", "immediate")

    def promote(self) -> None:
        """Make the replica the primary; return when it can be written."""
        self._control(self._folder / "replica", "promote")

    def create_database(self, name: str) -> None:
        """Create a database on the primary."""
        self._call("createdb", *self._on(self.primary), name)

    def wait_for_replica(self) -> None:
        """Wait until the replica has everything that the primary has committed."""
        query = "SELECT pg_current_wal_lsn()"
        position = self._call("psql", *self._on(self.primary), "-Atc", query, "postgres").strip()
        query = f"SELECT pg_last_wal_replay_lsn() >= '{position}'"
        last = time.monotonic() + _PATIENCE
        while self._call("psql", *self._on(self.replica), "-Atc", query, "postgres").strip() != "t":
            if time.monotonic() > last:
                message = "the replica does not follow the primary"
                raise TimeoutError(message)
            time.sleep(0.05)

    def _on(self, port: int) -> tuple[str, ...]:
        return ("-h", HOST, "-p", str(port), "-U", ACCOUNT)

    def _configure(self, data: Path, port: int) -> None:
        path = data / "postgresql.conf"
        text = _CONFIGURATION.format(host=HOST, port=port)
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def _start_server(self, data: Path, stack: ExitStack) -> None:
        self._control(data, "start", "-l", str(data.with_suffix(".log")))
        stack.callback(self._stop_server, data)

    def _stop_server(self, data: Path) -> None:
        # A server that a test stopped needs no stop.
        with suppress(subprocess.CalledProcessError):
            self._control(data, "stop", "-m", "immediate")

    def _control(self, data: Path, *command: str) -> None:
        self._call("pg_ctl", "-D", data, "-w", "-t", str(_PATIENCE), *command)

    def _start_pooler(self, program: str, port: int, stack: ExitStack) -> None:
        users = "".join(f'"{user}" ""\n' for user in USERS)
        (self._folder / "users.txt").write_text(users, encoding="utf-8")
        path = self._folder / "pgbouncer.ini"
        text = _POOLER.format(
            host=HOST, primary=self.primary, port=port, folder=self._folder, pool=POOL
        )
        path.write_text(text, encoding="utf-8")
        process = subprocess.Popen([*_as_account(), program, "-q", path])
        stack.callback(process.wait)
        stack.callback(process.terminate)
        _wait_for_port(port)

    def _call(self, program: str, *arguments: str | Path) -> str:
        """Run a program of PostgreSQL; return its standard output.

        Raises:
            subprocess.CalledProcessError: it failed; its standard error is printed.
        """
        # The output goes to a file: a server that `pg_ctl` starts would keep a pipe open.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
            command = [*_as_account(), self._programs / program, *arguments]
            done = subprocess.run(
                command, check=False, stdout=output, stderr=output, cwd=self._folder
            )
            output.seek(0)
            text = output.read()
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, program, text)
        return text


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Yield a running cluster; stop it and remove its files at the end.

    Raises:
        FileNotFoundError: PostgreSQL's server is not installed.
    """
    with ExitStack() as stack:
        # Not in the folder of the project, which the account of the servers may not enter.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bricoop-cluster-")))
        if os.geteuid() == 0:
            shutil.chown(folder, ACCOUNT, ACCOUNT)
        cluster = Cluster(folder)
        cluster.start(stack)
        yield cluster


def _as_account() -> list[str]:
    """Return the beginning of a command that root runs as the account of the servers."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--init-groups"]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _wait_for_port(port: int) -> None:
    last = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            if time.monotonic() > last:
                raise
            time.sleep(0.05)
        else:
            return


def main(arguments: Sequence[str]) -> int:
    """Run a cluster until an interrupt; with `--missing`, only print what is not installed."""
    for sentence in missing():
        print(sentence)
    if "--missing" in arguments:
        return 0
    if server_programs() is None:
        return 1
    with running_cluster() as cluster:
        database = "bricoop"
        cluster.create_database(database)
        for name in ("primary", "replica", "pooler"):
            port = getattr(cluster, name)
            if port is not None:
                print(f"{name}: postgresql://{ACCOUNT}@{HOST}:{port}/{database}")
        print("Stop it with Ctrl-C.", flush=True)
        with suppress(KeyboardInterrupt):
            signal.pause()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
