"""Sessions of Spark: on this machine, on a cluster, or on a server of Spark Connect.

Starting Spark takes seconds, so a process keeps what it started until it ends. If the process is
killed, Java notices that its standard input is closed, and ends too.
"""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.find_spark_home import _find_spark_home
from pyspark.java_gateway import launch_gateway
from pyspark.logger import PySparkLogger
from pyspark.sql import SparkSession

from bricoop.db.spark_driver import SparkConnection, reason_of, translating
from bricoop.db.spark_master import HERE, Master, require_answer
from bricoop.errors import DatabaseError, UsageError

#: Seconds to wait for the first executor of a cluster, and for Java to end.
_WORKER_PATIENCE, _END_PATIENCE = 60, 20
_INTERVAL = 0.2
#: Bytes of the log that are searched for the reason if Spark does not start.
_LOG_END = 64 * 1024
_SETTINGS = {
    "spark.app.name": "bricoop",
    # Standard output is for answers, and the terminal for bricoop's own messages.
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.catalogImplementation": "in-memory",
}


#: Loggers of Spark that print what its errors say already.
_LOGGERS = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")


class _Started(NamedTuple):
    """The Spark of this process.

    Attributes:
        master: where it is.
        context: the context of Spark.
        folder: the folder for its temporary files.
    """

    master: Master
    context: Any
    folder: Path


#: The Spark that this process started; at most one element, as Spark allows no more.
_running: list[_Started] = []


def connect(master: Master, prepare: Callable[[Any], None]) -> SparkConnection:
    """Return a connection with a session of its own.

    Args:
        master: where Spark is.
        prepare: sets up the session.

    Raises:
        DatabaseError: Spark cannot be reached or started, or gives no workers.
        UsageError: the process uses another Spark already.
        Error: the session cannot be set up.
    """
    require_answer(master)
    for name in _LOGGERS:
        PySparkLogger.getLogger(name).disabled = True
    # Spark warns of versions of pandas, which bricoop does not use.
    warnings.filterwarnings("ignore", module="pyspark")
    try:
        session, close = _session_at(master)
    except (PySparkException, Py4JError, OSError) as error:
        raise _unavailable(master, reason_of(str(error))) from error
    with translating(session):
        prepare(session)
    return SparkConnection(session, close)


def _session_at(master: Master) -> tuple[Any, Callable[[], None]]:
    """Return a new session, and what ends it."""
    if not master.is_connect:
        return SparkSession(_context(master)).newSession(), lambda: None
    from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415 (needs gRPC)
    from pyspark.sql.connect.session import SparkSession as RemoteSession  # noqa: PLC0415 (as above)

    session = RemoteSession.builder.remote(master.address).create()
    # By default, calls are tried again for ten minutes.
    session.client.set_retry_policies([DefaultPolicy(max_retries=3)])
    return session, session.stop


def _context(master: Master) -> Any:
    """Return the context of this process, which is started if there is none.

    A context of the program that calls bricoop, as in a notebook, is used and not stopped.
    """
    if _running and _has_ended():
        stop()
    current = SparkContext._active_spark_context  # noqa: SLF001 (there is no public way)
    if current is None:
        return _start(master)
    if master.public != HERE and current.master != master.address:
        message = f"This process uses Spark at {current.master} already, not at {master.public}."
        raise UsageError(message, "A process can use one at a time.")
    return current


def _start(master: Master) -> Any:
    _require_java()
    folder = Path(tempfile.mkdtemp(prefix="bricoop-spark-"))
    try:
        with (folder / "log").open("wb") as log, _keeping_interrupts():
            context = _launch(master, folder, log)
    except BaseException as error:
        reason = _last_reason(folder / "log")
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, PySparkException | Py4JError | OSError):
            raise _unavailable(master, reason or reason_of(str(error))) from error
        raise
    _running.append(_Started(master, context, folder))
    atexit.register(stop)
    if master.has_workers:
        _await_worker(master, context)
    return context


def _launch(master: Master, folder: Path, log: Any) -> Any:
    conf = SparkConf(loadDefaults=False).setMaster(master.address)
    settings = {**_SETTINGS, "spark.sql.warehouse.dir": str(folder / "warehouse")}
    if master.is_here:
        settings |= {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": str(folder),
        }
    for name, value in settings.items():
        conf.set(name, value)
    gateway: Any = None
    try:
        with _postponing_signals():
            gateway = launch_gateway(conf, {"stdout": log, "stderr": subprocess.STDOUT})
        return SparkContext(gateway=gateway, conf=conf)
    except BaseException:
        if gateway is not None:
            _end(gateway)
        raise


def stop() -> None:
    """Stop the Spark that this process started; nothing happens if there is none."""
    while _running:
        started = _running.pop()
        gateway, identifier = SparkContext._gateway, started.context.applicationId  # noqa: SLF001 (as above)
        with suppress(PySparkException, Py4JError, OSError):
            started.context.stop()
        _end(gateway)
        shutil.rmtree(started.folder, ignore_errors=True)
        if started.master.address.startswith("local-cluster"):
            # Its workers write beside the programs of Spark, whatever the settings.
            work = Path(_find_spark_home(), "work", identifier)
            shutil.rmtree(work, ignore_errors=True)


def _has_ended() -> bool:
    """Return whether Java ended by itself, as it does without memory."""
    gateway = SparkContext._gateway  # noqa: SLF001 (as above)
    return gateway is not None and gateway.proc is not None and gateway.proc.poll() is not None


def _end(gateway: Any) -> None:
    """End Java, and let this process start it again."""
    with suppress(Py4JError, OSError):
        gateway.shutdown()
    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001 (as above)
    if gateway.proc is None:
        return
    gateway.proc.stdin.close()
    try:
        gateway.proc.wait(timeout=_END_PATIENCE)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()


def _await_worker(master: Master, context: Any) -> None:
    """Wait for an executor; without any, Spark would let the first question wait for ever."""
    status = context._jsc.sc().statusTracker()  # noqa: SLF001 (as above)
    end = time.monotonic() + _WORKER_PATIENCE
    # The driver is listed too.
    while len(status.getExecutorInfos()) < 2:  # noqa: PLR2004 (see above)
        if time.monotonic() > end:
            stop()
            message = f"No worker of Spark at {master.public} was free for {_WORKER_PATIENCE} s."
            hint = "Start workers, or ask for less memory and fewer cores; see docs/spark.md."
            raise DatabaseError(message, hint)
        time.sleep(_INTERVAL)


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=str(Path(home, "bin")) if home else None) is None:
        message = "Spark needs Java, which was not found."
        raise DatabaseError(message, "Install Java 17 or later, or set JAVA_HOME to its folder.")


@contextmanager
def _postponing_signals() -> Iterator[None]:
    """Handle signals only at the end, as Java would go on by itself if its start is cut off."""
    received: list[int] = []
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    # What is ignored, or was not set by Python, stays as it is.
    handlers = {number: signal.getsignal(number) for number in numbers}
    handlers = {number: before for number, before in handlers.items() if callable(before)}
    for number in handlers:
        signal.signal(number, lambda number, _: received.append(number))
    try:
        yield
    finally:
        for number, before in handlers.items():
            signal.signal(number, before)
    for number in received[:1]:
        signal.raise_signal(number)


@contextmanager
def _keeping_interrupts() -> Iterator[None]:
    """Keep the handler of interrupts, which Spark replaces."""
    is_main = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if is_main:
            signal.signal(signal.SIGINT, handler)


def _unavailable(master: Master, reason: str) -> DatabaseError:
    message = f"Spark at {master.public} cannot be used: {reason.rstrip('.')}."
    return DatabaseError(message, "See docs/spark.md.")


def _last_reason(log: Path) -> str:
    """Return the last line of the log that says what failed, or an empty text."""
    with suppress(OSError):
        lines = log.read_bytes()[-_LOG_END:].decode(errors="replace").splitlines()
        reasons = [line for line in lines if "Exception" in line or "error" in line.lower()]
        return reasons[-1].strip() if reasons else ""
    return ""
