"""Records that a refresh of the whole sample succeeded, and with which content."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from candid_assets.gate.content import Content
from candid_assets.gate.errors import GateError
from candid_assets.gate.evidence import built_before, remember, sample_key
from candid_assets.gate.production import content_here
from candid_assets.refresh.record import Record
from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import SOURCES


@dataclass(slots=True)
class WatchedRefresh:
    """The record of the refresh that a watched block ran, once it has."""

    record: Record | None = None


@contextmanager
def watched(settings: Settings, *, whole: bool) -> Iterator[WatchedRefresh]:
    """Watch a refresh, and record it where it was one of the whole sample and succeeded.

    Tables that stood already prove something only if they were built with the same code.
    """
    seen = WatchedRefresh()
    if settings.env != "sample" or not whole:
        yield seen
        return
    before = _content(settings)
    yield seen
    record = seen.record
    if record is None or record.summary is None or not record.succeeded or before is None:
        return
    if before != _content(settings):
        return  # Somebody edited it meanwhile: what ran is neither the one nor the other.
    if _built_all(record) or built_before(settings.data_root.resolve(), before):
        facts: dict[str, str | int] = {**before.as_dict()}
        facts |= {"run_id": record.summary.run_id, "tabs": record.summary.tabs}
        # A folder that cannot be written to costs the plan, not the refresh.
        with suppress(OSError):
            remember(settings.data_root.resolve(), "sample", sample_key(before), facts)


def _content(settings: Settings) -> Content | None:
    try:
        return content_here(settings)
    except (GateError, OSError):
        return None


def _built_all(record: Record) -> bool:
    clean = sum(built.layer == "clean" for built in record.built)
    stood = any(unchanged.layer not in SOURCES for unchanged in record.unchanged)
    return record.summary is not None and clean == record.summary.tabs and not stood
