"""Planting: which rows of a tab get which flaws, and the extra rows nobody asked for."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from candid_assets.sandbox.company import defects, forms
from candid_assets.sandbox.company.cell_writers import clean_text, writer
from candid_assets.sandbox.company.defects import Flaw, Outcome
from candid_assets.sandbox.company.layout import Field, TabPlan
from candid_assets.sandbox.company.values import YEAR, Row, Table, Value, between, pick
from candid_assets.sandbox.workbook import Cell

UNKNOWN_KEYS: Final[dict[tuple[str, str], str]] = {
    ("visits", "outlet_id"): "OUT-99999",
    ("survey", "sku"): "CND-999",
    ("downtime", "machine_id"): "MC-99",
    ("expiring", "batch_id"): "BT-999999",
    ("training", "employee_id"): "999999",
    ("complaints", "outlet_id"): "OUT-98765",
    ("material_usage", "operator_id"): "888888",
}
"""Tab and column in which a few rows point to nothing; none of them is summed up anywhere."""
LOST_ZEROS: Final = ("leave", "employee_id")
"""Where some codes lost their leading zeros because they were typed as numbers."""

DATES_IN_TEXT: Final = ("bom", "recipe_version")
"""Where Sheets made dates of versions that were typed as 1/2 and the like."""

Flaws = dict[tuple[int, int], Flaw]
"""Row of the body and column, both from 0, to the flaw there."""


@dataclass(slots=True)
class Extra:
    """A row that stands between the clean ones."""

    cells: list[Cell]
    kind: str
    outcome: Outcome
    data: bool
    rule: str | None = None
    flaws: dict[int, Flaw] = field(default_factory=dict)
    whole: Flaw | None = None


@dataclass(slots=True)
class Planter:
    """Plants flaws in one tab."""

    plan: TabPlan
    rows: Table
    rng: Random
    flaws: Flaws = field(default_factory=dict)
    extras: defaultdict[int, list[Extra]] = field(default_factory=lambda: defaultdict(list))
    """Extra rows by the number of clean rows that stand above them."""
    minted: int = 0

    def break_references(self) -> None:
        """Let a few clean rows point to keys that no master has; the values stay as they are."""
        for number, column in enumerate(self.plan.fields):
            stranger = UNKNOWN_KEYS.get((self.plan.name, column.name))
            lost = (self.plan.name, column.name) == LOST_ZEROS
            if stranger is None and not lost:
                continue
            for index in self.rng.sample(range(len(self.rows)), 5):
                row = list(self.rows[index])
                value = stranger or str(row[number]).lstrip("0")
                row[number] = value
                self.rows[index] = tuple(row)
                kind, cell = ("lost_zeros", int(value)) if lost else ("unknown_reference", value)
                self.flaws[index, number] = Flaw(kind, cell, "clean", value)

    def untidy_cells(self) -> None:
        """Type some cells in another way than the rest of their column."""
        wanted = min(45, max(2, len(self.rows) // 70))
        phones = [n for n, column in enumerate(self.plan.fields) if column.phone]
        for attempt in range(wanted * 6):
            index = between(self.rng, 0, len(self.rows) - 1)
            number = between(self.rng, 0, len(self.plan.fields) - 1)
            if phones and attempt == 0:
                number = phones[0]
            column, value = self.plan.fields[number], self.rows[index][number]
            # Plain text is the commonest column and its flaws are the dullest.
            dull = column.kind == "string" and not column.phone and self.rng.random() < 0.6
            if dull or (index, number) in self.flaws:
                continue
            look = defects.untidy(column, value, self.rng)
            if look is not None:
                self.flaws[index, number] = Flaw(*look, "clean", clean_text(value))
                wanted -= 1
            if wanted == 0:
                return

    def spoilt_rows(self) -> None:
        """Add rows under keys of their own, each with one or two cells that cannot be read."""
        for _ in range(min(22, max(1, len(self.rows) // 220))):
            cells = self._copy()
            row = Extra(cells, "spoilt", "quarantine", data=True)
            if self.rng.random() < 0.1:
                number = self._text_key()
                row.flaws[number] = Flaw("blank_key", None, "quarantine", reason="missing_value")
            else:
                for number in self._victims():
                    flaw = defects.spoilt(self.plan.fields[number], self.rng)
                    if flaw is not None:
                        row.flaws[number] = flaw
            for number, flaw in row.flaws.items():
                cells[number] = flaw.cell
            if row.flaws:
                self._put(row)

    def dates_in_text(self) -> None:
        """Add rows in which a text such as 1/2 became a date."""
        for number, column in enumerate(self.plan.fields):
            if (self.plan.name, column.name) != DATES_IN_TEXT:
                continue
            for day, month in ((1, 2), (3, 4), (1, 8)):
                cells = self._copy()
                cell = forms.dated(date(YEAR, month, day), "d/m")
                cells[number] = cell
                flaw = Flaw("date_in_text", cell, "quarantine", reason="date_in_text")
                self._put(Extra(cells, "spoilt", "quarantine", True, flaws={number: flaw}))

    def _victims(self) -> list[int]:
        """Choose the columns to spoil in one row; the rarer kinds come first in every tab."""
        columns = [n for n, column in enumerate(self.plan.fields) if not column.key]
        rare = [n for n in columns if _is_rare(self.plan.fields[n])]
        if rare and self.minted <= 1:
            return [pick(self.rng, rare)]
        return self.rng.sample(columns, 2 if self.rng.random() < 0.15 else 1)

    def twins(self) -> None:
        """Add pairs of rows that claim the same key with different content."""
        for _ in range(0 if len(self.rows) < 250 else 2 if len(self.rows) > 3000 else 1):
            first = self._copy()
            second = self._copy()
            for number, column in enumerate(self.plan.fields):
                if column.key:
                    second[number] = first[number]
            if first == second:
                continue
            for cells in (first, second):
                whole = Flaw("duplicate_key", None, "quarantine", reason="duplicate_key")
                self._put(Extra(cells, "duplicate_key", "quarantine", data=True, whole=whole))

    def duplicates(self, body: list[list[Cell]]) -> None:
        """Repeat some finished rows word for word further down."""
        if len(body) < 50:
            return
        flawed = {index for index, _ in self.flaws}
        for _ in range(min(14, 1 + len(body) // 400)):
            index = between(self.rng, 0, len(body) - 1)
            if index not in flawed:
                copy = Extra(
                    list(body[index]), "exact_duplicate", "dropped", True, "exact_duplicate"
                )
                near = between(self.rng, index + 1, min(len(body), index + 40))
                self.extras[near].append(copy)

    def furniture(self, header: list[Cell]) -> None:
        """Add blank rows, repeated headers and total rows."""
        count, width = len(self.rows), len(self.plan.fields)
        for _ in range(1 + min(5, count // 700) if count > 20 else 0):
            self._put(Extra([None] * width, "blank_row", "dropped", False, "blank_row"))
        if count > 900 and self.rng.random() < 0.45:
            for _ in range(between(self.rng, 1, 3)):
                row = Extra(list(header), "repeated_header", "dropped", False, "repeated_header")
                self._put(row)
        if self.plan.totals == "middle":
            for part in (1, 2, 3):
                where = count * part // 4
                self.extras[where].append(self._total("Sub Total", self.rows[:where]))
        if self.plan.totals:
            word = pick(self.rng, ("TOTAL", "Jumlah", "Grand Total", " Total  ", "JUMLAH"))
            self.extras[count].append(self._total(word, self.rows))

    def _total(self, word: str, rows: Table) -> Extra:
        first = self.plan.fields[0]
        label = 1 if first.key and self.rng.random() < 0.5 else 0
        cells: list[Cell] = [None] * len(self.plan.fields)
        cells[label] = word
        for number, column in enumerate(self.plan.fields):
            if number > label and not column.key and _summable(column):
                values = (row[number] for row in rows)
                cells[number] = round(sum(v for v in values if isinstance(v, int | float)), 3)
        return Extra(cells, "total_row", "dropped", False, "total_row")

    def _put(self, extra: Extra) -> None:
        """Place a row between two clean ones, so that it neither begins nor ends the table."""
        self.extras[between(self.rng, 1, len(self.rows) - 1)].append(extra)

    def _copy(self) -> list[Cell]:
        """Return some clean row, typed afresh under a key that no other row has."""
        values: list[Value] = list(pick(self.rng, self.rows))
        self.minted += 1
        number = self._text_key()
        values[number] = mint(self.plan.fields[number], values[number], self.minted)
        return type_row(self.plan.fields, tuple(values), self.rng)

    def _text_key(self) -> int:
        keys = [n for n, column in enumerate(self.plan.fields) if column.key]
        open_keys = [n for n in keys if not self.plan.fields[n].allowed]
        texts = [n for n in open_keys if self.plan.fields[n].kind == "string"]
        return (texts or open_keys)[0]


def mint(column: Field, value: Value, count: int) -> Value:
    """Return a key of the same form that the company never gives out itself."""
    if isinstance(value, date):
        return date(YEAR + 1, 1, 1) + timedelta(days=count)
    text = str(value)
    head = text.rstrip("0123456789")
    digits = len(text) - len(head)
    if digits:
        return f"{head}9{count:0{digits - 1}d}"
    return f"Z{chr(ord('A') + count % 26)}"


def type_row(fields: tuple[Field, ...], values: Row, rng: Random) -> list[Cell]:
    """Return one row typed in the usual way of its columns."""
    cells: list[Cell] = []
    for column, value in zip(fields, values, strict=True):
        write = writer(column)
        if value is None:
            cells.append("-" if column.style == "dash" else None)
        elif column.phone:
            cells.append(forms.phone(str(value), rng))
        else:
            cells.append(write(value) if write else value)  # type: ignore[arg-type]  # plain cell
    return cells


def _summable(column: Field) -> bool:
    return column.kind in {"number", "integer"} and not column.percent


def _is_rare(column: Field) -> bool:
    return column.phone or column.pattern is not None or column.kind in {"time", "timestamp"}
