"""A database's tables, views and foreign tables, with their columns and keys."""

from typing import Final

from candid_assets.sources.postgres.connection import Connection
from candid_assets.sources.postgres.value_types import PostgresColumn
from candid_assets.sources.source_metadata import TabMetadata, typed_table

_TABLES: Final = """
select n.nspname, c.relname, c.oid::bigint, c.relkind::text
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by 1, 2
"""
_COLUMNS: Final = """
with recursive base as (
    select a.attnum, a.attname, a.atttypid as type, format_type(a.atttypid, a.atttypmod) as declared
    from pg_catalog.pg_attribute as a
    where a.attrelid = %s and a.attnum > 0 and not a.attisdropped
),
resolved as (
    select attnum, attname, type, declared from base
    union all
    select r.attnum, r.attname, t.typbasetype, r.declared
    from resolved as r inner join pg_catalog.pg_type as t on t.oid = r.type
    where t.typtype = 'd'
)
select r.attname, t.typname, t.typcategory = 'A', t.typtype = 'c', r.declared
from resolved as r inner join pg_catalog.pg_type as t on t.oid = r.type
where t.typtype <> 'd'
order by r.attnum
"""
_KEY: Final = """
select a.attname
from pg_catalog.pg_index as i
cross join lateral unnest(i.indkey::int[]) with ordinality as k (attnum, place)
inner join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.attnum
inner join pg_catalog.pg_class as c on c.oid = i.indrelid
where i.indrelid = %s and i.indisprimary and not (c.relkind = 'r' and c.relhassubclass)
order by k.place
"""
_UNREADABLE: Final = """
select a.attname
from pg_catalog.pg_attribute as a
where a.attrelid = %s and a.attnum > 0 and not a.attisdropped
    and not has_column_privilege(a.attrelid, a.attnum, 'select')
order by a.attnum
"""
DEFAULT_SCHEMA: Final = "public"


def tables_of(connection: Connection, schema: str | None) -> list[TabMetadata]:
    """Return the tables; the title of one in another schema than the source's begins with it."""
    own = schema or DEFAULT_SCHEMA
    rows = connection.execute(_TABLES).fetchall()
    return [
        typed_table(
            name if space == own else f"{space}.{name}",
            schema=space,
            name=name,
            oid=oid,
            relkind=kind,
        )
        for space, name, oid, kind in rows
    ]


def fields_of(connection: Connection, table: TabMetadata) -> list[PostgresColumn]:
    """Return the columns of a table in their order."""
    rows = connection.execute(_COLUMNS, [table.facts["oid"]]).fetchall()
    return [PostgresColumn(*row) for row in rows]


def key_of(connection: Connection, table: TabMetadata) -> list[str]:
    """Return the columns of the primary key, if there is one.

    The key of a table that others inherit from does not hold for their rows, which are read too.
    """
    return [name for (name,) in connection.execute(_KEY, [table.facts["oid"]]).fetchall()]


def unreadable_columns(connection: Connection, table: TabMetadata) -> list[str]:
    """Return the columns that the account may not select."""
    return [name for (name,) in connection.execute(_UNREADABLE, [table.facts["oid"]]).fetchall()]
