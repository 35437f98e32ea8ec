"""Reads `destinations/<name>.yaml`: an ODCS document whose servers receive published tables."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final, get_args

from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject, Server

from candid_assets.contracts.catalog import ContractProblem
from candid_assets.contracts.columns import check_identifier
from candid_assets.contracts.destination import Destination, DestinationPlace, PlaceType
from candid_assets.contracts.odcs_vocabulary import ENVIRONMENTS, custom_values, parse
from candid_assets.contracts.workbook_file import read_owner
from candid_assets.contracts.yaml_document import YamlDocument, read_document
from candid_assets.names import METRIC_VALUES
from candid_assets.near_names import nearest

_NEEDED: Final = {
    "postgresql": ("host", "database"),
    "local": ("path",),
    "s3": ("location",),
}


def read_destination(
    path: Path, tables: Collection[str], metrics: Collection[str]
) -> tuple[Destination | None, list[ContractProblem]]:
    """Return the destination that a file declares, or None if it has problems, and the problems.

    Args:
        path: The file; its stem is the destination's name.
        tables: The known ready tables.
        metrics: The known metrics.
    """
    document = read_document(path)
    check_identifier(document, (), path.stem, "destination", part=True)
    odcs = parse(document, OpenDataContractStandard)
    if odcs is None:
        return None, document.problems
    if odcs.kind != "DataContract" or not (odcs.apiVersion or "").startswith("v3."):
        fix = "write apiVersion: v3.2.0 and kind: DataContract"
        document.report(1, "the file is not an ODCS data contract", fix)
    if odcs.id != path.stem:
        document.fault(("id",), f"the id is not {path.stem!r}", f"write id: {path.stem}")
    custom = custom_values(document, (), odcs.customProperties, "destination")
    measured = tuple(custom.get("metrics", ()))
    _check_known(document, ("customProperties",), measured, metrics, "metric")
    delivered = _tables(document, odcs.schema_ or (), tables)
    if not delivered and not measured and not document.problems:
        fix = "list ready tables under schema: - {name: mart_sales_monthly}"
        document.report(1, "the destination receives nothing", fix)
    description = (odcs.description.purpose if odcs.description else None) or ""
    if not description.strip():
        fix = "write description: {purpose: …}"
        document.fault(("description",), "the destination has no description", fix)
    destination = Destination(
        name=path.stem,
        description=description.strip(),
        owner=read_owner(document, odcs.team),
        places=_places(document, odcs.servers or ()),
        tables=delivered,
        metrics=measured,
        schedule=_schedule(document, odcs),
        path=path,
    )
    return (None if document.problems else destination), document.problems


def _tables(
    document: YamlDocument, schema: Sequence[SchemaObject], known: Collection[str]
) -> tuple[str, ...]:
    names = [(item.name or "").removeprefix("ready.") for item in schema]
    _check_known(document, ("schema",), names, known, "ready table")
    if METRIC_VALUES in names:
        fix = "list metrics: {property: metrics, value: [net_sales]} under customProperties"
        document.fault(("schema",), "metric_values is delivered by the metrics' names", fix)
    return tuple(names)


def _check_known(
    document: YamlDocument,
    where: tuple[str, ...],
    names: Sequence[str],
    known: Collection[str],
    what: str,
) -> None:
    for index, name in enumerate(names):
        at = (*where, index) if where == ("schema",) else where
        if name not in known:
            fix = f"the nearest known one is {nearest(name, known)!r}"
            document.fault(at, f"there is no {what} {name!r}", fix)
        elif name in names[:index]:
            document.fault(at, f"{what} {name!r} is given twice", "remove one of the two")


def _schedule(document: YamlDocument, odcs: OpenDataContractStandard) -> str | None:
    """Return the cron of the promise that has one: `{property: frequency, schedule: …}`."""
    for index, promise in enumerate(odcs.slaProperties or ()):
        if promise.schedule is None:
            continue
        if promise.scheduler not in (None, "cron") or not _is_cron(promise.schedule):
            message = f"{promise.schedule!r} is no cron schedule"
            fix = 'write {property: frequency, scheduler: cron, schedule: "0 6 * * *"}'
            document.fault(("slaProperties", index), message, fix)
            return None
        return promise.schedule.strip()
    return None


def _is_cron(schedule: str) -> bool:
    """Return whether a text is a cron expression of five fields, the form that Dagster takes."""
    from croniter import croniter  # takes a fifth of a second, and few catalogs deliver by a clock

    return len(schedule.split()) == 5 and croniter.is_valid(schedule)


def _places(document: YamlDocument, servers: Sequence[Server]) -> dict[str, DestinationPlace]:
    places: dict[str, DestinationPlace] = {}
    for index, server in enumerate(servers):
        at = ("servers", index)
        env, kind = server.environment or "", server.type or ""
        if env not in ENVIRONMENTS:
            fix = f"the nearest known one is {nearest(env, ENVIRONMENTS)!r}"
            document.fault((*at, "environment"), f"unknown environment {env!r}", fix)
        elif env in places:
            document.fault(at, f"environment {env!r} is given twice", "remove one of the two")
        elif kind not in _NEEDED:
            fix = f"the nearest known one is {nearest(kind, _NEEDED)!r}"
            document.fault((*at, "type"), f"unknown type {kind!r} of a destination", fix)
        elif _is_whole(document, at, server, kind):
            places[env] = _place(server)
    return places


def _is_whole(document: YamlDocument, at: tuple[str, int], server: Server, kind: str) -> bool:
    if not str(server.port or 5432).isdecimal():
        document.fault((*at, "port"), f"port {server.port!r} is no number", "write port: 5432")
        return False
    missing = [name for name in _NEEDED[kind] if not getattr(server, name)]
    for name in missing:
        document.fault(at, f"the {kind} server has no {name}", f"write {name}: …")
    if kind in ("local", "s3") and (server.format or "parquet") != "parquet":
        message = f"format {server.format!r} is not written"
        document.fault((*at, "format"), message, "write format: parquet")
        return False
    if kind == "s3" and not missing and not str(server.location).startswith("s3://"):
        message = f"location {server.location!r} is no address in S3"
        document.fault((*at, "location"), message, "write location: s3://bucket/prefix")
        return False
    return not missing


def _place(server: Server) -> DestinationPlace:
    kind: PlaceType = next(k for k in get_args(PlaceType) if k == server.type)
    return DestinationPlace(
        type=kind,
        host=server.host or "",
        port=int(server.port or 5432),
        database=server.database or "",
        schema=server.schema_ or "public",
        location=(server.path if kind == "local" else server.location) or "",
        endpoint=server.endpointUrl,
        region=server.region or server.regionName,
    )
