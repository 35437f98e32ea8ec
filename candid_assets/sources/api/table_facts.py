"""How one table of an API is read: what its own contract says goes before the server's."""

from collections.abc import Mapping
from typing import Any, Final

from candid_assets.contracts.custom_properties import ReadOptions
from candid_assets.contracts.odcs_vocabulary import option_fields

PAGING: Final = frozenset(
    {
        *("pagination", "nextAt", "pageParameter", "sizeParameter", "pageSize"),
        *("firstPage", "totalAt"),
    }
)
"""Properties that say together how pages are found."""
_OWN: Final = PAGING | {"ignoredSigns", "mostPages"}
"""Properties of a server that a table may have of its own."""


def table_facts(server: Mapping[str, Any], reading: ReadOptions) -> Mapping[str, Any]:
    """Return the custom properties by which a table is read.

    Args:
        server: The custom properties of its server.
        reading: Those of its own contract. One with `pagination` takes nothing of the server's
            paging; else each property that it has goes before the server's.
    """
    fields = option_fields(ReadOptions)
    own = {name: getattr(reading, fields[name]) for name in _OWN}
    left = server
    if reading.pagination is not None:
        left = {name: value for name, value in server.items() if name not in PAGING}
    return {**left, **{name: value for name, value in own.items() if value not in (None, ())}}
