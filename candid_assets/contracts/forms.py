"""Columns that receive a value of the form above the table."""

from collections.abc import Sequence

from candid_assets.contracts.catalog import Column
from candid_assets.contracts.header_text import form_label
from candid_assets.contracts.yaml_document import YamlDocument


def check_forms(document: YamlDocument, columns: Sequence[Column]) -> None:
    """Report columns that name no label, and a table of nothing but such columns."""
    labels = [form_label(column.header) for column in columns]
    for index, label in enumerate(labels):
        if label == "":
            at = ("properties", index, "physicalName")
            message = f"column {columns[index].name!r} names no label of a form"
            document.fault(at, message, "write the label behind it, such as _form.Nama Barang")
    if labels and None not in labels:
        message = "every column comes from a form, so that the table has no rows"
        document.fault(("properties",), message, "add the columns of the table")
