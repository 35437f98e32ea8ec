"""Headers that tabs of a family have instead of the contract's own: `Qty` for `Jumlah`."""

from collections.abc import Sequence

from open_data_contract_standard.model import SchemaProperty

from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.header_text import Row, normalise
from candid_assets.contracts.odcs_vocabulary import custom_place
from candid_assets.contracts.yaml_document import YamlDocument


def check_other_headers(
    document: YamlDocument, items: Sequence[SchemaProperty] | None, columns: Sequence[Column]
) -> None:
    """Report other headers that would mean two columns: another's header, or another's other one.

    Args:
        document: The contract file.
        items: Its columns as written.
        columns: The same as read; some may be missing.
    """
    named = {normalise(column.header): column for column in columns if column.in_sheet}
    written = {item.name: (n, item.customProperties) for n, item in enumerate(items or ())}
    other: dict[str, Column] = {}
    for column in columns:
        for text in column.options.other_headers:
            first = named.get(normalise(text)) or other.setdefault(normalise(text), column)
            if first is column:
                continue
            index, custom = written[column.name]
            message = (
                f"otherHeaders of {column.name!r} holds {text!r}, which is that of {first.name!r}"
                f" too (in line {first.line})"
            )
            fix = "keep it with the column that such tabs mean by it"
            at = custom_place(("properties", index), custom, "otherHeaders")
            document.fault(at, message, fix)


def with_own_headers(tab: Tab, rows: Sequence[Row]) -> Sequence[Row]:
    """Return rows with the contract's headers in place of those that stand for them.

    A row that has a column's own header keeps the other one, which is then another column's.
    """
    instead = {normalise(text): c.header for c in tab.columns for text in c.options.other_headers}
    if not instead:
        return rows
    named = {normalise(column.header) for column in tab.columns}
    return [
        _renamed(row, {key: h for key, h in instead.items() if key not in named}) for row in rows
    ]


def _renamed(row: Row, instead: dict[str, str]) -> Row:
    keys = [normalise(cell) for cell in row]
    headers = [instead.get(key) for key in keys]
    return [
        header if header and normalise(header) not in keys else cell
        for cell, header in zip(row, headers, strict=True)
    ]
