"""A sample workbook as plain data: what a Google Sheets file holds, kept as JSON on disk.

The generator writes these, the file importer makes them from .xlsx and .csv, and the local
server answers from them. Nothing here knows contracts or the platform.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from candid_assets.atomic_files import write_whole

_HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Dated:
    """A date, time or duration cell: a serial day number shown through a number format.

    `serial` counts days since 1899-12-30 with the time of day as fraction; `pattern` is a Sheets
    number-format pattern such as `dd/mm/yyyy`, `d mmm yyyy`, `hh.mm` or `dd/mm/yyyy hh:mm:ss`.
    """

    serial: float
    pattern: str


@dataclass(frozen=True, slots=True)
class CellError:
    """A formula's error: its code, such as `#REF!`, and the message of the cell's tooltip."""

    code: str
    message: str | None = None
    """In the workbook's language; None for the commonest one of the code."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """A number shown through a number format: `00000`, `0%`, `[$Rp-421]#,##0` or `0 "pcs"`."""

    value: float
    pattern: str
    shown: str | None = None
    """What the sheet shows, where it was recorded; else it is made from the pattern."""


Cell = str | int | float | bool | Dated | Formatted | CellError | None
"""None is a blank cell."""


@dataclass(slots=True)
class SampleTab:
    """One tab: `rows[0]` is sheet row 1; rows may be ragged."""

    sheet_id: int
    title: str
    rows: list[list[Cell]]
    hidden: bool = False
    sheet_type: str = "GRID"
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Merged ranges as start row, end row, start column, end column: 0-based, end exclusive."""
    frozen_rows: int = 0
    grid_rows: int = 0
    """Rows of the grid, blank ones too; the default of a new tab, or what its cells need, if 0."""
    grid_columns: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    """Rows that somebody hid, from 0; their values are sent like all others."""
    filtered_rows: list[int] = field(default_factory=list)
    """Rows that a filter hides."""
    hidden_columns: list[int] = field(default_factory=list)
    checkboxes: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Ranges of checkboxes, written as merges are; each of their cells is true or false."""
    formulas: dict[str, str] = field(default_factory=dict)
    """The formulas of cells by their address: `{"D17": "=B17*C17"}`."""
    parts: dict[str, Any] = field(default_factory=dict)
    """Tables, charts, filters … of the tab as `spreadsheets.get` describes them, by their name."""


@dataclass(slots=True)
class SampleWorkbook:
    """One workbook with the Drive facts that go with it."""

    spreadsheet_id: str
    title: str
    tabs: list[SampleTab]
    locale: str = "in_ID"
    time_zone: str = "Asia/Jakarta"
    version: int = 1
    modified_time: str = "2026-01-05T02:00:00.000Z"
    mime_type: str = "application/vnd.google-apps.spreadsheet"
    shared: bool = True
    """Whether the service account may open it; if not, Sheets answers 403 and Drive 404."""
    trashed: bool = False
    drive_id: str | None = None
    """The shared drive it lies in; Drive then finds it only with `supportsAllDrives`."""
    named_ranges: dict[str, str] = field(default_factory=dict)
    """Named ranges as name and A1 range with the tab: `{"Harga": "'Daftar Harga'!A1:C20"}`."""

    def save(self, folder: Path) -> Path:
        """Write the workbook to `<folder>/<spreadsheet_id>.json` in one rename."""
        target = folder / f"{self.spreadsheet_id}.json"
        content = orjson.dumps(self, default=_plain, option=orjson.OPT_PASSTHROUGH_DATACLASS)
        write_whole(target, content, durable=False)
        return target

    @classmethod
    def head(cls, path: Path) -> "SampleWorkbook":
        """Read the workbook without its tabs: what Drive answers about a file."""
        with path.open("rb") as file:
            start, separator, _ = file.read(_HEAD_BYTES).partition(b',"tabs":[')
        if not separator:
            return cls.load(path)
        return cls(tabs=[], **orjson.loads(start + b"}"))

    @classmethod
    def load(cls, path: Path) -> "SampleWorkbook":
        """Read a workbook that `save` wrote."""
        data: dict[str, Any] = orjson.loads(path.read_bytes())
        tabs = [
            SampleTab(
                **{
                    **tab,
                    "rows": [
                        [_cell(c) if type(c) is dict else c for c in row] for row in tab["rows"]
                    ],
                    "merges": [tuple(m) for m in tab["merges"]],
                    "checkboxes": [tuple(box) for box in tab.get("checkboxes", ())],
                }
            )
            for tab in data.pop("tabs")
        ]
        return cls(tabs=tabs, **data)


def _plain(value: object) -> object:
    if isinstance(value, Dated):
        return {"d": value.serial, "p": value.pattern}
    if isinstance(value, Formatted):
        recorded = {} if value.shown is None else {"t": value.shown}
        return {"n": value.value, "p": value.pattern, **recorded}
    if isinstance(value, CellError):
        message = {} if value.message is None else {"m": value.message}
        return {"e": value.code, **message}
    if isinstance(value, SampleWorkbook):
        # The tabs go last, so that the head can be read without them.
        names = [name for name in value.__slots__ if name != "tabs"]
        return {name: getattr(value, name) for name in [*names, "tabs"]}
    if isinstance(value, SampleTab):
        return {name: getattr(value, name) for name in value.__slots__}
    raise TypeError(f"a workbook cannot hold {value!r}")


def _cell(value: dict[str, Any]) -> Cell:
    if "e" in value:
        return CellError(value["e"], value.get("m"))
    if "n" in value:
        return Formatted(value["n"], value["p"], value.get("t"))
    return Dated(value["d"], value["p"])
