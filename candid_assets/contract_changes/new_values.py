"""Values that a contract's lists refuse in a tab as it is now, as a run would refuse them."""

from collections.abc import Mapping

from candid_assets.contracts.catalog import Tab
from candid_assets.discovery.rehearsal import Rehearsal

_REFUSED = """
    SELECT why."column", trim(why.value), count(*)
    FROM (SELECT unnest(_reasons) AS why FROM temp.staged_quarantine)
    WHERE why.reason = 'not_allowed' AND trim(coalesce(why.value, '')) <> ''
    GROUP BY ALL
    ORDER BY 1, 3 DESC, 2
"""


def refused_values(
    rehearsal: Rehearsal, contract: Tab, member: int
) -> Mapping[tuple[str, str], int]:
    """Return column and text that its list refuses, with the number of rows that have it.

    Args:
        rehearsal: Where the tab is loaded.
        contract: Its contract.
        member: Its number.
    """
    listed = {c.name for c in contract.columns if "enum" in c.rules and c.logical_type == "string"}
    if not listed or rehearsal.clean_by(contract, member).problems:
        return {}
    refused = rehearsal.connection.execute(_REFUSED).fetchall()
    return {(column, value): rows for column, value, rows in refused if column in listed}
