"""What is unwise about a database that can be read, for `candid doctor`."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from candid_assets.contracts.catalog import Workbook
from candid_assets.sources.postgres.connection import Connection
from candid_assets.sources.protocol import Advice

_ACCOUNT: Final = """
select r.rolname, r.rolsuper, exists (
    select from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and has_table_privilege(c.oid, 'insert, update, delete, truncate')
)
from pg_catalog.pg_roles as r where r.rolname = current_user
"""
_FOREIGN: Final = """
select f.ftrelid::regclass::text
from pg_catalog.pg_foreign_table as f
inner join pg_catalog.pg_foreign_server as s on s.oid = f.ftserver
inner join pg_catalog.pg_foreign_data_wrapper as w on w.oid = s.srvfdw
where w.fdwname = 'postgres_fdw'
    and not exists (
        select from unnest(s.srvoptions) as o
        where o like 'options=%' and o ~ 'row_security=(off|false|0|no)'
    )
order by 1
"""
"""Foreign tables of servers on which row-level security may hide rows without an error."""


def advice_of(connection: Connection, workbook: Workbook) -> Sequence[Advice]:
    """Return what should change about the account and about how its password is kept."""
    advice = []
    row = connection.execute(_ACCOUNT).fetchone()
    if row and (row[1] or row[2]):
        may = "is a superuser" if row[1] else "may write to tables"
        advice.append(
            Advice(
                f"the account {row[0]} {may}",
                "reading needs no more than select; every transaction is read-only all the same",
                f"create role {workbook.name}_reader login; grant pg_read_all_data to"
                f" {workbook.name}_reader",
            )
        )
    foreign = [name for (name,) in connection.execute(_FOREIGN).fetchall()]
    if foreign:
        advice.append(
            Advice(
                f"the rows of foreign tables ({', '.join(foreign[:8])}) come from another server",
                "row-level security there may hide some of them without an error",
                "alter server NAME options (add options '-c row_security=off')",
            )
        )
    file = Path(os.environ.get("PGPASSFILE", "~/.pgpass")).expanduser()
    if file.is_file() and file.stat().st_mode & 0o077:
        advice.append(
            Advice(
                f"{file} can be read by other users, so that it is ignored",
                "no password is taken from it",
                f"chmod 600 {file}",
            )
        )
    return advice
