"""psycopg, with psycopg_pool."""
import foulweather
import psycopg
from orders import number
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

_KINDS = ("insert", "named-statement", "transaction", "long-answer")
_INSERT = "INSERT INTO foulweather_pg (id) VALUES (%s) RETURNING id"
_LONG_ROWS = 500


def open(settings):
    options = settings.options
    if not options:
        return ConnectionPool(settings.url, open=True)
    return ConnectionPool(
        settings.url,
        open=True,
        min_size=10,
        max_size=10,
        timeout=options["waitSeconds"],
        check=ConnectionPool.check_connection,
        kwargs={
            "connect_timeout": options["connectSeconds"],
            "options": f"-c statement_timeout={options['statementMs']}",
            "tcp_user_timeout": options["userTimeoutMs"],
        },
    )


class AfterTheWrite(Exception):
    """The write succeeded, but a later step failed."""


def perform(pool, operation):
    key = _KINDS[number(operation.id) % len(_KINDS)]
    with pool.connection() as connection:
        if key == "transaction":
            with connection.transaction():
                connection.execute(_INSERT, (operation.id,))
                (echoed_id,) = connection.execute(
                    "SELECT id FROM foulweather_pg WHERE id = %s", (operation.id,)
                ).fetchone()
            return foulweather.Answer(key=key, echoed_id=echoed_id)
        prepare = True if key == "named-statement" else None
        (echoed_id,) = connection.execute(_INSERT, (operation.id,), prepare=prepare).fetchone()
        if key != "long-answer":
            return foulweather.Answer(key=key, echoed_id=echoed_id)
        # The application ends the transaction, so that the row is there whatever becomes of the answer.
        connection.commit()
        try:
            rows = connection.execute(
                "SELECT %s::text AS id, n FROM generate_series(1, %s::int) AS n", (operation.id, _LONG_ROWS)
            ).fetchall()
        except psycopg.Error as error:
            raise AfterTheWrite(str(error)) from error
        return foulweather.Answer(key=key, echoed_id=rows[0][0], intact=len(rows) == _LONG_ROWS)


def close(pool):
    pool.close()


def classify(error):
    """The pool had no connection for it."""
    return "unsent" if isinstance(error, (PoolTimeout, PoolClosed)) else None


foulweather.run(open, perform, close, classify=classify, libraries=["psycopg", "psycopg-pool"])
