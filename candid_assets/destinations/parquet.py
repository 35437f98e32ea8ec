"""Parquet in a folder or an S3-compatible store, with a manifest that is written last.

Files of a delivery have names of their own and are never written again; `manifest.json` names those
that stand. So whoever reads by the manifest sees one delivery or the next, and a delivery that was
cut off has changed nothing.
"""

import hashlib
import json
import stat
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import duckdb

from candid_assets.atomic_files import force_to_disk, is_part, remove_unowned, write_whole
from candid_assets.contracts.destination import Destination, DestinationPlace
from candid_assets.destinations.payload import DeliveryError, Payload, Totals, totals_in
from candid_assets.settings import Settings
from candid_assets.sql import literal
from candid_assets.warehouse.memory import open_scratch

MANIFEST: Final = "manifest.json"
BATCH: Final = 50_000


def deliver_parquet(
    settings: Settings,
    destination: Destination,
    place: DestinationPlace,
    source: duckdb.DuckDBPyConnection,
    payloads: Sequence[Payload],
    head: dict[str, Any],
    before_swap: Callable[[], None] = lambda: None,
) -> dict[str, Totals]:
    """Deliver tables as files and return what each holds when it is read back.

    Args:
        settings: Where relative folders begin.
        destination: Whom the delivery is for.
        place: Folder or store.
        source: The published snapshot.
        payloads: What is delivered.
        head: What the manifest says besides its tables; `delivery` names the files' folder.
        before_swap: Called when every file is written and verified.

    Raises:
        DeliveryError: It was not delivered; the manifest of before stands.
    """
    try:
        filesystem, root = _opened(settings, place)
        former = _manifest(filesystem, root)
        kept = {t["table"]: t for t in (former or {}).get("tables", ())}
        entries, totals = dict(kept), {}
        for payload in payloads:
            entry = _write(filesystem, root, source, payload, str(head["delivery"]))
            totals[payload.table] = _read_back(filesystem, root, entry, payload)
            entries[payload.table] = entry
        before_swap()
        manifest = {**head, "tables": [entries[name] for name in sorted(entries)]}
        _put(filesystem, root, json.dumps(manifest, indent=2).encode())
        _sweep(filesystem, root, manifest, former)
    except OSError as error:
        raise DeliveryError(
            f"destination {destination.name} at {place.location}: {error}",
            "check that it can be written (for S3: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY);"
            " the destination is unchanged",
        ) from error
    return totals


def _opened(settings: Settings, place: DestinationPlace) -> tuple[Any, str]:
    """Return the filesystem and the folder in it."""
    from pyarrow import fs  # half a second, only for a delivery

    if place.type == "local":
        folder = place.folder(settings.data_dir)
        folder.mkdir(parents=True, exist_ok=True)
        return fs.LocalFileSystem(), str(folder)
    return opened_store(place)


def opened_store(place: DestinationPlace, *, patient: bool = True) -> tuple[Any, str]:
    """Return an S3-compatible store and the folder in it; who is not patient asks once."""
    from pyarrow import fs  # as above

    where = urlsplit(place.location)
    endpoint = urlsplit(place.endpoint) if place.endpoint else None
    options: dict[str, Any] = {"region": place.region} if place.region else {}
    if endpoint:
        options |= {"endpoint_override": endpoint.netloc, "scheme": endpoint.scheme or "https"}
    if not patient:
        once = fs.AwsStandardS3RetryStrategy(max_attempts=1)
        options |= {"connect_timeout": 10, "request_timeout": 20, "retry_strategy": once}
    filesystem = fs.S3FileSystem(**options)
    return filesystem, f"{where.netloc}{where.path.rstrip('/')}"


def _write(
    filesystem: Any, root: str, source: duckdb.DuckDBPyConnection, payload: Payload, delivery: str
) -> dict[str, Any]:
    """Write one table's file and return what the manifest says of it."""
    import pyarrow.parquet as pq

    name = f"{payload.table}/{delivery}.parquet"
    with tempfile.TemporaryDirectory(prefix="candid-export-") as folder:
        local = Path(folder) / "table.parquet"
        reader = source.execute(payload.sql).to_arrow_reader(BATCH)
        with pq.ParquetWriter(local, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
        with local.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
            written.seek(0)
            _upload(filesystem, f"{root}/{name}", written)
        size = local.stat().st_size
    columns = [{"name": column, "type": kind} for column, kind in payload.columns]
    return {
        "table": payload.table,
        "file": name,
        "rows": payload.totals.rows,
        "checksum": payload.totals.checksum,
        "bytes": size,
        "sha256": digest,
        "columns": columns,
    }


def _upload(filesystem: Any, path: str, content: Any) -> None:
    if filesystem.type_name == "local":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    with filesystem.open_output_stream(path) as out:
        while block := content.read(1 << 20):
            out.write(block)
    if filesystem.type_name == "local":
        _give_readers(Path(path).parent.parent, Path(path).parent, Path(path))
        # Before the manifest names it: a power cut must not leave a name without its content.
        for outlives in (Path(path), Path(path).parent, Path(path).parent.parent):
            force_to_disk(outlives)


def _give_readers(root: Path, *paths: Path) -> None:
    """Let who may look into the folder of a destination read what is delivered there."""
    mode = stat.S_IMODE(root.stat().st_mode)
    for path in paths:
        path.chmod(mode if path.is_dir() else mode & 0o666)


def _read_back(filesystem: Any, root: str, entry: dict[str, Any], payload: Payload) -> Totals:
    """Return what the file holds where it lies now; refuse bytes that are not those written."""
    with tempfile.TemporaryDirectory(prefix="candid-export-") as folder:
        local = Path(folder) / "table.parquet"
        with filesystem.open_input_stream(f"{root}/{entry['file']}") as read:
            digest = hashlib.sha256()
            with local.open("wb") as out:
                while block := read.read(1 << 20):
                    digest.update(block)
                    out.write(block)
        if digest.hexdigest() != entry["sha256"]:
            raise DeliveryError(f"{entry['file']} was not stored as it was written", "export again")
        with open_scratch(Path(folder)) as connection:
            totals = totals_in(
                connection, f"from read_parquet({literal(str(local))})", payload.columns
            )
    if totals != payload.totals:
        raise DeliveryError(
            f"ready.{payload.table} has {payload.totals.rows} rows with checksum"
            f" {payload.totals.checksum}; {entry['file']} has {totals.rows} with {totals.checksum}"
        )
    return totals


def _put(filesystem: Any, root: str, content: bytes) -> None:
    """Replace the manifest at once: by a rename in a folder, by one PUT in a store."""
    if filesystem.type_name != "local":
        with filesystem.open_output_stream(f"{root}/{MANIFEST}") as out:
            out.write(content)
        return
    write_whole(Path(root) / MANIFEST, content)
    _give_readers(Path(root), Path(root) / MANIFEST)


def _manifest(filesystem: Any, root: str) -> dict[str, Any] | None:
    try:
        with filesystem.open_input_stream(f"{root}/{MANIFEST}") as read:
            return dict(json.loads(read.read()))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise DeliveryError(f"{root}/{MANIFEST} is damaged: {error}", "move it away") from error


def _sweep(filesystem: Any, root: str, now: dict[str, Any], former: dict[str, Any] | None) -> None:
    """Remove files that neither this manifest names nor the one before, whose readers may read.

    Of a folder also the manifests that killed deliveries left half-written.
    """
    from pyarrow import fs

    if filesystem.type_name == "local":
        for path in Path(root).iterdir():
            if is_part(path.name):
                remove_unowned(path)
    named = {t["file"] for manifest in (now, former or {}) for t in manifest.get("tables", ())}
    for table in {t["table"] for t in now["tables"]}:
        selector = fs.FileSelector(f"{root}/{table}", allow_not_found=True)
        for info in filesystem.get_file_info(selector):
            name = f"{table}/{info.base_name}"
            if info.type == fs.FileType.File and name.endswith(".parquet") and name not in named:
                with suppress(FileNotFoundError):
                    filesystem.delete_file(info.path)
