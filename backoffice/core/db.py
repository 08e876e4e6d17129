"""The database: one typed base for all tables, and the one place that commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from psycopg import Connection
from sqlalchemy import BigInteger, Date, DateTime, Enum, Identity, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Json = dict[str, Any]
"""A JSON object as PostgreSQL keeps it (jsonb)."""
JsonList = list[Any]
"""A JSON array as PostgreSQL keeps it (jsonb)."""

Id = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
"""A serial key of ours, never shown as a secret."""


class Base(DeclarativeBase):
    """What every table inherits: types, names of constraints, enums as checked text."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            int: BigInteger,
            str: Text,
            datetime: DateTime(timezone=True),
            date: Date,
            UUID: Uuid,
            Json: JSONB,
            JsonList: JSONB,
            StrEnum: Enum(StrEnum, native_enum=False, create_constraint=True, length=40, values_callable=lambda e: [m.value for m in e]),
        },
    )


db = SQLAlchemy(metadata=Base.metadata)

NOTED = "noted_facts"
"""Where a session keeps the facts that its operation noted, until they are written with it."""

_before_commit: list[Callable[[], None]] = []


def before_commit(act: Callable[[], None]) -> None:
    """Have something done at the end of every operation, inside its transaction."""
    _before_commit.append(act)


def driver() -> Connection:
    """The driver's own connection in the session's transaction, for the few statements that the mapper would only slow down."""
    db.session.flush()
    connection = db.session.connection().connection.driver_connection
    assert isinstance(connection, Connection)
    return connection


@contextmanager
def transaction() -> Iterator[None]:
    """One operation, whole or not at all. It does not nest: operations compose inside one."""
    if db.session.info.get("in_operation"):
        raise RuntimeError("transaction() does not nest: call the other operation inside this one")
    db.session.info["in_operation"] = True
    try:
        yield
        for act in _before_commit:
            act()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session.info.pop("in_operation", None)
        db.session.info.pop("locked_cases", None)
        db.session.info.pop(NOTED, None)


@contextmanager
def attempt() -> Iterator[None]:
    """A part of an operation that may be refused: then nothing of it stands, neither its rows nor the facts noted for it."""
    noted = len(db.session.info.get(NOTED, ()))
    try:
        with db.session.begin_nested():
            yield
    except BaseException:
        del db.session.info.get(NOTED, [])[noted:]
        raise
