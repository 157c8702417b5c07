"""Addresses of Spark: this machine, a cluster, or a server of Spark Connect."""

import re
import socket
from typing import NamedTuple

from bricoop.errors import DatabaseError, UsageError

#: This machine with all its cores.
HERE = "spark"
_HOST = r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])"
_MASTER = re.compile(
    r"spark|local(?:\[(?:[1-9]\d{0,3}|\*)\])?|local-cluster\[\d{1,3},\d{1,3},\d{1,6}\]"
    rf"|spark://(?P<masters>{_HOST}:\d{{1,5}}(?:,{_HOST}:\d{{1,5}})*)"
    rf"|(?P<connect>sc://(?P<server>{_HOST}(?::\d{{1,5}})?))(?:/?|/(?:;[^;=\s]+=[^;\s]*)+)",
    re.ASCII,
)
#: The port of Spark Connect, if the address has none.
_CONNECT_PORT = 15002
#: Seconds until a host that does not answer counts as unreachable.
_PATIENCE = 10


class Master(NamedTuple):
    """Where Spark is.

    Attributes:
        address: what Spark takes: `local[*]`, `spark://HOST:PORT`, `sc://HOST:PORT` and so on.
        public: the same without the settings of `sc://`, which may hold a token.
        hosts: the hosts and ports of which at least one must answer; empty on this machine.
    """

    address: str
    public: str
    hosts: tuple[tuple[str, int], ...] = ()

    @property
    def is_connect(self) -> bool:
        """Whether it is a server of Spark Connect."""
        return self.address.startswith("sc://")

    @property
    def is_here(self) -> bool:
        """Whether the driver and all executors run on this machine."""
        return self.address.startswith("local")

    @property
    def has_workers(self) -> bool:
        """Whether executors are processes of their own, for which one may have to wait."""
        return not self.is_connect and not re.fullmatch(r"local(\[.*\])?", self.address)


def master_of(engine: str) -> Master:
    """Return where Spark is, from the value of `--engine`.

    Raises:
        UsageError: it is not an address of Spark.
    """
    match = _MASTER.fullmatch(engine)
    if match is None:
        message = "The engine of a lake cannot be read."
        hint = "Write spark for this machine, spark://HOST:PORT for a cluster, or sc://HOST:PORT."
        raise UsageError(message, hint)
    if match["masters"]:
        return Master(engine, engine, tuple(map(_host_of, match["masters"].split(","))))
    if match["connect"]:
        return Master(engine, match["connect"], (_host_of(match["server"]),))
    return Master("local[*]", HERE) if engine == HERE else Master(engine, engine)


def require_answer(master: Master) -> None:
    """Check that a cluster can be reached; Spark itself would try for minutes.

    Raises:
        DatabaseError: none of its hosts answers.
    """
    reason = ""
    for host, port in master.hosts:
        try:
            socket.create_connection((host, port), timeout=_PATIENCE).close()
        except OSError as error:
            reason = error.strerror or "no answer in time"
        else:
            return
    if master.hosts:
        message = f"Spark at {master.public} cannot be reached: {reason}."
        raise DatabaseError(message, "Check the address, and that the server is running.")


def _host_of(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or host.count("[") != host.count("]"):
        host, port = address, str(_CONNECT_PORT)
    return host.strip("[]"), min(int(port), 65535)
