"""Tables the database itself refuses to change, so that no later code can rewrite history by mistake."""

from typing import Any

from sqlalchemy import Connection, Table, event

from bot.store.base import Base

_names: set[str] = set()


def keep_append_only(model: type[Base]) -> None:
    """Have the table made with triggers that refuse UPDATE and DELETE."""
    _names.add(model.__tablename__)


def triggers(table: str, *, dialect: str) -> tuple[str, ...]:
    if dialect == "sqlite":
        return tuple(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        )
    return (
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
    )


@event.listens_for(Table, "after_create")
def _make_append_only(table: Table, connection: Connection, **_: Any) -> None:
    # On every Table, because a migration creates the table from an object of its own.
    if table.name in _names:
        for statement in triggers(table.name, dialect=connection.dialect.name):
            connection.exec_driver_sql(statement)
