"""Settings of transactions on PostgreSQL, and refusals of those that could not write.

They hold for a single transaction: a pooler such as PgBouncer may pass the next one to another
connection, and this connection to another client.
"""

from sqlalchemy import Connection, text

from bricoop.db.address import shown
from bricoop.db.waiting import lock_timeout, longest_wait
from bricoop.domain.names import printable
from bricoop.errors import DatabaseError

#: Turns JIT compilation off: PostgreSQL compiles queries of high estimated cost, and a condition of
#: some hundred values takes minutes to compile and milliseconds to run. No query of bricoop gains
#: as much.
JIT_OFF = "SELECT set_config('jit', 'off', true)"
#: A writer waits for others, and large loads need long statements, and time between statements. So
#: time-outs that are meant for questions do not end them.
_WRITER = text("""
SELECT pg_is_in_recovery() AS is_replica,
    current_setting('transaction_read_only') = 'on' AS is_read_only,
    has_table_privilege(to_regclass('knowledge_base'), 'UPDATE') AS may_write,
    current_user AS user_name,
    set_config('jit', 'off', true),
    set_config('statement_timeout', '0', true),
    set_config('idle_in_transaction_session_timeout', '0', true),
    set_config('lock_timeout', :lock_timeout, true)
""")


def begin_on_server(connection: Connection) -> None:
    """Prepare a transaction on PostgreSQL that has just begun.

    Raises:
        DatabaseError: it is to write, and the server or the user can only read.
    """
    options = connection.get_execution_options()
    if not options.get("writes"):
        connection.exec_driver_sql(JIT_OFF)
        return
    timeout = lock_timeout(longest_wait(connection))
    row = connection.execute(_WRITER, {"lock_timeout": timeout}).one()
    address = shown(connection.engine.url)
    if row.is_replica:
        message = (
            f"The server of the database {address} only reads, as it is a replica of another "
            "server; nothing was written."
        )
        hint = (
            "Use the address of the primary, or one of all hosts with "
            "target_session_attrs=read-write."
        )
        raise DatabaseError(message, hint)
    if row.is_read_only:
        message = (
            f"Transactions of the database {address} only read, by default_transaction_read_only; "
            "nothing was written."
        )
        raise DatabaseError(message, "Turn it off for this user, or use another one.")
    if row.may_write is False:
        user = printable(row.user_name)
        message = f"The user {user} may only read the database {address}; nothing was written."
        raise DatabaseError(message, "Use a user that may write to it; see docs/teams.md.")
