"""Asks each destination whether the next delivery would get in, and changes nothing there.

A database is asked for the rights that a delivery uses. Folders and stores know no such question,
so an empty file is written, under a name that no delivery has, and removed.
"""

import os
import socket
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from uuid import uuid4

from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.destination import Destination, DestinationPlace
from candid_assets.findings import Finding, failed, note, ok
from candid_assets.gate.errors import GateError
from candid_assets.gate.production import require_deployed
from candid_assets.settings import Settings
from candid_assets.sources.source_errors import shortened

if TYPE_CHECKING:
    import psycopg

KEPT: Final = "what was delivered there stays and is not updated"
_REFUSED: Final = (
    ("password authentication failed", "set {user} and {password} as its owner says them"),
    ("no password supplied", "set {user} and {password}, or write the login into ~/.pgpass"),
    ('role "', "set {user} to a login that is there: create role … login password '…'"),
    ('database "', "correct database in {file}, or make it: create database {database}"),
    ("no pg_hba.conf entry", "let the login in from this computer (pg_hba.conf, grant connect)"),
    ("permission denied for database", "grant connect on database {database} to the login"),
    ("SSL", "give the server a certificate that this computer trusts, or correct PGSSLMODE"),
    ("", "start the server, correct host and port in {file}, or open the network to it"),
)
_RIGHTS: Final = """
select current_user::text, current_database()::text,
    current_setting('transaction_read_only') = 'on' or pg_is_in_recovery(),
    exists (select from pg_namespace where nspname = %(schema)s),
    has_database_privilege(current_database(), 'create'),
    coalesce((select has_schema_privilege(oid, 'usage') and has_schema_privilege(oid, 'create')
        from pg_namespace where nspname = %(schema)s), false)
"""
_TABLES: Final = """
select relname::text, coalesce(obj_description(pg_class.oid, 'pg_class'), '') like %(ours)s || '%%',
    pg_has_role(relowner, 'usage')
from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where nspname = %(schema)s and relname = any(%(tables)s)
order by relname
"""


def check_destinations(settings: Settings, catalog: Catalog | None) -> Iterator[Finding]:
    """Check every destination of this environment; in production only those deployed."""
    declared = catalog.destinations if catalog else ()
    placed = [(d, d.places[settings.env]) for d in declared if settings.env in d.places]
    try:
        if placed and catalog:
            require_deployed(settings, catalog.files)
    except GateError as refused:
        # A login goes to no address that nobody has approved.
        for destination, _ in placed:
            what, why = f"was not asked: {refused.message}", "nothing is delivered either"
            yield note(_name(destination), what, why, refused.fix)
        return
    for destination, place in placed:
        if place.type == "postgresql":
            yield from _postgres(destination, place)
        elif place.type == "local":
            yield _folder(settings, destination, place)
        else:
            yield _store(destination, place)


def _name(destination: Destination) -> str:
    return f"destination {destination.name}"


def _postgres(destination: Destination, place: DestinationPlace) -> Iterator[Finding]:
    import psycopg  # only where a database is asked

    from candid_assets.destinations.payload import DeliveryError
    from candid_assets.destinations.postgres import connected

    check, where = _name(destination), f"{place.host}:{place.port}/{place.database}"
    try:
        with connected(destination, place) as connection:
            problems = list(_rights(connection, destination, place))
    except DeliveryError as error:
        cause = error.__cause__
        message = " ".join(str(cause or error).split())
        fix = _login_fix(destination, place, message)
        if isinstance(cause, psycopg.OperationalError) and "resolve" in message:
            fix = f"correct host in {destination.path}; no computer answers to {place.host!r}"
        yield failed(check, f"{where} does not accept the connection: {message}", KEPT, fix)
        return
    yield from problems
    if not problems:
        yield ok(check, f"{where} accepts writes to schema {place.schema}")


def _login_fix(destination: Destination, place: DestinationPlace, message: str) -> str:
    prefix = f"CANDID_DESTINATION_{destination.name.upper()}"
    fix = next(fix for words, fix in _REFUSED if words in message)
    return fix.format(
        user=f"{prefix}_USER",
        password=f"{prefix}_PASSWORD",
        file=destination.path,
        database=place.database,
    )


def _rights(
    connection: "psycopg.Connection", destination: Destination, place: DestinationPlace
) -> Iterator[Finding]:
    from candid_assets.destinations.postgres import OURS

    check, schema = _name(destination), place.schema
    asked = {"schema": schema, "ours": OURS, "tables": list(destination.delivered)}
    user, database, frozen, stands, may_make, may_write = connection.execute(
        _RIGHTS, asked
    ).fetchone() or ("", "", False, False, False, False)
    if frozen:
        fix = f"correct host in {destination.path}: this is a standby or is set read-only"
        yield failed(check, f"{place.host}:{place.port} takes no writes", KEPT, fix)
    if not stands and not may_make:
        what = f"there is no schema {schema}, and {user} may not make one"
        fix = f"create schema {schema} authorization {user}"
        yield failed(check, what, KEPT, f"{fix}; or: grant create on database {database} to {user}")
    if stands and not may_write:
        what = f"{user} may not make tables in schema {schema}"
        yield failed(check, what, KEPT, f"grant usage, create on schema {schema} to {user}")
    for table, ours, owned in connection.execute(_TABLES, asked):
        name = f"{schema}.{table}"
        if not ours:
            fix = "give the destination a schema of its own, or hand the table over with"
            what = f"{name} is there and no delivery of candid made it"
            yield failed(check, what, KEPT, f"{fix} comment on table {name} is '{OURS}'")
        elif not owned:
            what = f"{name} belongs to somebody else than {user}"
            yield failed(check, what, KEPT, f"alter table {name} owner to {user}")


def _folder(settings: Settings, destination: Destination, place: DestinationPlace) -> Finding:
    check, folder = _name(destination), place.folder(settings.data_dir)
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir():
        fix = f"correct path in {destination.path}, or move that file away"
        return failed(check, f"{there} is a file, no folder", KEPT, fix)
    try:
        with tempfile.NamedTemporaryFile(prefix=".candid-doctor-", dir=there):
            pass
    except OSError as error:
        user = f"$(id -un {os.getuid()})"
        what = f"{there} cannot be written: {error.strerror}"
        fix = f"sudo install -d -o {user} {folder}; under systemd also ReadWritePaths={folder}"
        return failed(check, what, KEPT, fix)
    if there != folder and folder.is_relative_to(settings.data_dir):
        return ok(check, f"{folder} is made by the first delivery")
    if there != folder:
        why = "a disk that is not mounted looks like this, too, and the one below it would fill"
        return note(check, f"{folder} is not there", why, f"mount it, or mkdir -p {folder}")
    return ok(check, f"{folder} can be written")


def _store(destination: Destination, place: DestinationPlace) -> Finding:
    from candid_assets.destinations.parquet import opened_store

    check, where = _name(destination), place.location
    if place.endpoint and (unreachable := _unreachable(place.endpoint)):
        fix = f"correct endpointUrl in {destination.path}, start the store, or open the network"
        return failed(check, f"{place.endpoint} does not answer: {unreachable}", KEPT, fix)
    try:
        filesystem, root = opened_store(place, patient=False)
        bucket = root.partition("/")[0]
        (info,) = filesystem.get_file_info([bucket])
        if info.type.name == "NotFound":
            what = f"there is no bucket {bucket}"
            fix = f"make it, or correct location in {destination.path}"
            return failed(check, what, KEPT, fix)
        path = f"{root}/.candid-doctor-{uuid4().hex}"
        with filesystem.open_output_stream(path):
            pass
        filesystem.delete_file(path)
    except OSError as error:
        return failed(
            check, f"{where}: {shortened(str(error))}", KEPT, _store_fix(destination, str(error))
        )
    return ok(check, f"{where} can be written")


def _unreachable(endpoint: str) -> str | None:
    where = urlsplit(endpoint)
    port = where.port or (80 if where.scheme == "http" else 443)
    try:
        with socket.create_connection((where.hostname or "", port), timeout=10):
            return None
    except OSError as error:
        return str(error.strerror or error)


def _store_fix(destination: Destination, message: str) -> str:
    keys = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    lowered = message.lower()
    if _any(lowered, "invalidaccesskeyid", "invalid_access_key", "signature", "credentials"):
        return f"set {keys} to a key that the store knows"
    if _any(lowered, "access_denied", "access denied", "forbidden", "http status 403"):
        return f"set {keys}; if they are right, let the key list, read, write and delete there"
    if _any(lowered, "http status 301", "region", "permanent_redirect"):
        return f"write the bucket's region into {destination.path}: region: ap-southeast-3"
    return f"check location, endpointUrl and region in {destination.path}, and {keys}"


def _any(text: str, *words: str) -> bool:
    return any(word in text for word in words)
