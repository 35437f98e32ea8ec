"""What a database's catalogue declares of its tables: keys, columns never null, references."""

from collections.abc import Mapping
from typing import Any, Final

from candid_assets.sources.postgres.connection import Connection
from candid_assets.sources.postgres.tables import fields_of, tables_of
from candid_assets.sources.source_metadata import DeclaredConstraints, TabMetadata

_NOT_NULL: Final = """
select a.attrelid::bigint, array_agg(a.attname::text)
from pg_catalog.pg_attribute as a
where a.attrelid = any(%s) and a.attnum > 0 and not a.attisdropped and a.attnotnull
group by a.attrelid
"""
_CONSTRAINTS: Final = """
select c.conrelid::bigint, c.contype::text, c.confrelid::bigint,
    (select array_agg(a.attname::text order by k.place)
        from unnest(c.conkey) with ordinality as k (attnum, place)
        inner join pg_catalog.pg_attribute as a
            on a.attrelid = c.conrelid and a.attnum = k.attnum),
    (select array_agg(a.attname::text order by k.place)
        from unnest(c.confkey) with ordinality as k (attnum, place)
        inner join pg_catalog.pg_attribute as a
            on a.attrelid = c.confrelid and a.attnum = k.attnum)
from pg_catalog.pg_constraint as c
inner join pg_catalog.pg_class as t on t.oid = c.conrelid
where c.contype in ('p', 'f') and c.conrelid = any(%s)
    and not (t.relkind = 'r' and t.relhassubclass)
order by c.conrelid, c.conname
"""
_TABLES: Final = ("r", "p")
"""Kinds of relation whose columns the catalogue declares not null; views have none."""


def declared_by(connection: Connection, schema: str | None) -> Mapping[str, DeclaredConstraints]:
    """Return what is declared of each table, by its title; of a view its columns' types."""
    tables = tables_of(connection, schema)
    titles = {
        int(table.facts["oid"]): table.title
        for table in tables
        if table.facts["relkind"] in _TABLES
    }
    types = {table.title: _types(connection, table) for table in tables}
    oids = list(titles)
    never_null: dict[int, list[str]] = dict(connection.execute(_NOT_NULL, [oids]).fetchall())
    keys: dict[int, list[str]] = {}
    references: dict[int, dict[str, tuple[str, str]]] = {}
    rows: list[tuple[Any, ...]] = connection.execute(_CONSTRAINTS, [oids]).fetchall()
    for oid, kind, other, columns, targets in rows:
        if kind == "p":
            keys[oid] = columns
        # A contract's column cannot declare a reference of several columns.
        elif len(columns) == 1 and other in titles:
            references.setdefault(oid, {})[columns[0]] = (titles[other], targets[0])
    declared = {
        title: DeclaredConstraints(
            by="the database's catalogue",
            types=types[title],
            key=tuple(keys.get(oid, ())),
            required=frozenset(never_null.get(oid, ())),
            references=references.get(oid, {}),
        )
        for oid, title in titles.items()
    }
    views = {
        title: declared_types
        for title, declared_types in types.items()
        if declared_types and title not in declared
    }
    return declared | {
        title: DeclaredConstraints(by="the database's catalogue", types=declared_types)
        for title, declared_types in views.items()
    }


def _types(connection: Connection, table: TabMetadata) -> dict[str, str]:
    """Return the DuckDB types of a table's columns, but for decimals of any precision."""
    fields = fields_of(connection, table)
    return {field.name: kind for field in fields if (kind := field.duckdb_type)}
