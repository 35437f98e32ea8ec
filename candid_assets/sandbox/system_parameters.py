"""The parameters that every Google API takes, and how an answer is written as JSON."""

from collections.abc import Callable
from typing import Any, Final

import orjson

from candid_assets.sandbox.errors import Api, GoogleError, invalid_argument, not_imitated
from candid_assets.sandbox.query import Query

_COMPACT: Final = ("false", "0")
"""The two spellings of `prettyPrint` that leave out the indentation; no other does."""


def check_system_parameters(query: Query, api: Api) -> None:
    """Raise 400 for a value that no API takes, 501 for an answer that is not plain JSON."""
    version = query.get("$.xgafv", "1")
    if version not in ("1", "2"):
        raise invalid_argument(
            f"Invalid query parameters. Invalid value '{version}' for system query parameter : "
            "$.xgafv"
        )
    alt = query.get("alt", "json")
    if alt.lower() == "media" and api == "drive":
        raise GoogleError(
            403,
            "Only files with binary content can be downloaded. Use Export with Docs Editors files.",
            legacy={
                "reason": "fileNotDownloadable",
                "location": "alt",
                "locationType": "parameter",
            },
        )
    if alt.lower() == "media":
        raise invalid_argument('Unsupported alt type "media" for non byte stream request.')
    if alt.lower() == "proto":
        raise not_imitated("answers as protocol buffers")
    if alt.lower() != "json":
        raise invalid_argument(f"Invalid value \"{alt}\" for query parameter 'alt'")
    if query.get("callback"):
        raise not_imitated("answers as a script (callback)")


def asks_for_error_list(query: Query) -> bool:
    """Return whether an error of Sheets has the older list `errors` too, as Drive's always do."""
    return query.get("$.xgafv") == "1"


def write_json(
    content: dict[str, Any], query: Query | None, hook: Callable[[Any], Any] | None = None
) -> bytes:
    """Return an answer as the API writes it: indented, but for `prettyPrint=false`."""
    option = orjson.OPT_PASSTHROUGH_DATACLASS
    if query is None or query.get("prettyPrint") not in _COMPACT:
        option |= orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    try:
        return orjson.dumps(content, default=hook, option=option)
    except orjson.JSONEncodeError as error:
        if isinstance(error.__cause__, GoogleError):
            raise error.__cause__ from None
        raise
