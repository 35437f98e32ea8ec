"""The one place where a key, table, group, job or check name is formed.

Names are formed here and never parsed back: whoever needs the workbook or the tab of a
table carries them as fields.
"""

from typing import Final, Literal

Layer = str
"""The first part of a table's key: one that a kind of source declares, or raw, clean, quarantine
and ready."""
DESTINATIONS: Final = "destinations"
DESTINATION_TAG: Final = "candid/destination"
"""Tag of the runs that deliver: the destination's name."""
LAUNCHED_BY: Final = "candid/launched_by"
"""Tag of a run: what launched it."""
COMMAND: Final = "cli"
"""What launched a run that a command runs in its own process."""
QUARANTINE_CHECK: Final = "nothing_quarantined"
"""The check that fails where a tab has rows in quarantine."""
CheckName = Literal[
    "read_complete",
    "contract_holds",
    "layout_unchanged",
    "sheet_untouched",
    "rows_conserved",
    "swapped_whole",
    "rerun_identical",
    "nothing_quarantined",
    "columns_match",
    "keys_unique",
    "values_present",
    "values_valid",
    "keys_kept",
    "row_rules_kept",
    "values_plausible",
    "columns_in_place",
    "references_found",
    "rows_in_range",
    "books_agree",
    "delivered_whole",
    "delivered_equal",
]

MetricCheckName = str
"""A metric's own check, formed by `metric_check`."""

BUILT_LAYERS: Final[tuple[Layer, ...]] = ("raw", "clean", "quarantine")
"""The layers that are made of what a source's table holds."""
CODE_LOCATION: Final = "candid_assets"
HUB: Final = "hub"
SPOKES: Final = (
    "sales",
    "production",
    "labs",
    "distribution",
    "inventory",
    "finance",
    "marketing",
    "people",
)
WAREHOUSE_POOL: Final = "duckdb_writer"
REFRESH_ALL: Final = "refresh_all"
AUDIT_PUBLISHED: Final = "audit_published"
REFRESH_PREFIX: Final = "refresh_"
REFRESH_OPERATION: Final = "refresh"
"""The operation that refreshes whatever a run selects."""
METRIC_VALUES: Final = "metric_values"
METRIC_CATALOG: Final = "metric_catalog"
SNAPSHOT_FILE: Final = "published/candid.duckdb"
"""The published file, below the folder of an environment's data."""
SNAPSHOT: Final = "published_snapshot"
"""What a failure is filed under that concerns the published file as a whole."""

INVARIANT_CHECKS: Final[dict[CheckName, str]] = {
    "rows_conserved": "Rows read = rows raw = clean + quarantined + dropped by a named rule.",
    "read_complete": "The tab was read whole; a read that failed is never an empty table.",
    "swapped_whole": "The table was replaced in one transaction after its checks passed.",
    "rerun_identical": "The same extract, contract and code give the same table.",
    "sheet_untouched": "Nothing but reads was sent to the source, with rights to no more.",
}
"""The five invariants of the design; each is a blocking check on every tab."""

QUALITY_CHECKS: Final[dict[CheckName, str]] = {
    "contract_holds": "The contract is valid and the source has the headers it names.",
    "layout_unchanged": "Tabs, header and columns are as when the table was last made.",
    "nothing_quarantined": "Few rows of the tab are in quarantine, and no more than before.",
    "keys_kept": "The rows of the last good table are still in the source, by their keys.",
    "columns_match": "Columns and types are those of the contract.",
    "keys_unique": "The primary key and unique columns hold no value twice.",
    "values_present": "Required columns hold no blank.",
    "values_valid": "Values keep to the enumerations, ranges, lengths and patterns declared.",
    "row_rules_kept": "Rows keep to the row rules that are declared with severity warning.",
    "values_plausible": "Dates, quantities and amounts are near what their columns hold.",
    "columns_in_place": "Values are under their own headers, as in the last good table.",
    "references_found": "Every foreign key finds its row.",
    "rows_in_range": "The number of rows keeps to the limits declared.",
    "books_agree": "Reconciliations between workbooks keep to the tolerance declared.",
}
"""The other checks: contract, quarantine and the groups of the Great Expectations suite."""

DELIVERY_CHECKS: Final[dict[CheckName, str]] = {
    "delivered_whole": "The destination holds as many rows as were published.",
    "delivered_equal": "The checksum of the rows read back is that of those published.",
}
"""What is checked of every table at a destination; both are blocking."""

CHECKS: Final[dict[CheckName, str]] = {**INVARIANT_CHECKS, **QUALITY_CHECKS, **DELIVERY_CHECKS}
"""The closed set of check names with what each asserts."""


def tab_table(workbook: str, tab: str) -> str:
    """Return the table name of a tab, the same in every layer: `<workbook>__<tab>`."""
    return f"{workbook}__{tab}"


def member_name(tab: str, sheet_id: int) -> str:
    """Return the name under which a family's tab is landed: `<tab>@<sheet id>`, no identifier."""
    return f"{tab}@{sheet_id}"


def metric_table(spoke: str) -> str:
    """Return the ready table that holds a spoke's metric values."""
    return f"metrics_{spoke}"


def metric_check(metric: str) -> MetricCheckName:
    """Return the name of a metric's own check."""
    return f"metric_{metric}"


def relation(layer: Layer, table: str) -> str:
    """Return `layer.table`, the table behind the asset key `[layer, table]`."""
    return f"{layer}.{table}"


def group(layer: Layer, member: str) -> str:
    """Return the asset group: `<layer>/<workbook>` or `ready/<spoke>`."""
    return f"{layer}/{member}"


def refresh_job(workbook: str) -> str:
    """Return the name of the job that refreshes one workbook and what hangs on it."""
    return f"{REFRESH_PREFIX}{workbook}"


def refresh_operation(job: str) -> str:
    """Return the name of the operation of a job that refreshes; each job of a workbook has one.

    It is also the name under which the flags of a refresh stand in a run's configuration.
    """
    is_of_workbook = job.startswith(REFRESH_PREFIX) and job != REFRESH_ALL
    return f"{REFRESH_OPERATION}_of_{job}" if is_of_workbook else REFRESH_OPERATION


def delivered_table(destination: str, table: str) -> str:
    """Return what a table is called among the assets of destinations: `<destination>__<table>`."""
    return f"{destination}__{table}"


def destination_group(destination: str) -> str:
    """Return the asset group of a destination."""
    return f"{DESTINATIONS}/{destination}"


def export_job(destination: str) -> str:
    """Return the name of the job that delivers to a destination."""
    return f"export_{destination}"


def export_schedule(destination: str) -> str:
    """Return the name of the schedule of a destination."""
    return f"export_{destination}_on_time"


def column_letter(position: int) -> str:
    """Return the sheet's letter for a column, counted from 1: 1 is A, 27 is AA."""
    letters = ""
    while position > 0:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
