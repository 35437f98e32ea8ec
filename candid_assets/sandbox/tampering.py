"""Changes a right answer into one that must not be trusted."""

import gzip
from collections.abc import Callable, Mapping
from typing import Any, Final

from candid_assets.sandbox.cells import cell_position
from candid_assets.sandbox.faults import names_tab

LOADING: Final = "Loading..."
Answer = dict[str, Any]


def tampered(answer: Answer, do: Mapping[str, Any], tab: str | None) -> Answer:
    """Return a changed copy of an answer to a read of values; the stored rows stay as they are."""
    if do["do"] == "empty_json":
        return {}
    if do["do"] in ("set", "remove"):
        changed: Answer = _changed_at(answer, list(do["at"]), do)
        return changed
    if "valueRanges" not in answer:
        return _changed_range(answer, do, tab) if "range" in answer else answer
    ranges = list(answer["valueRanges"])
    if do["do"] == "drop_range":
        ranges = ranges[:-1]
    elif do["do"] == "swap_ranges":
        ranges.reverse()
    elif do["do"] == "double_range":
        ranges = [ranges[0], *ranges]
    elif do["do"] == "other_range":
        ranges[0] = {**ranges[0], "range": "'Tab lain'!A1:Z1000"}
    else:
        ranges = [_changed_range(part, do, tab) for part in ranges]
    return {**answer, "valueRanges": ranges}


def _changed_at(part: Any, at: list[Any], do: Mapping[str, Any]) -> Any:
    """Return a copy with one place set or removed; a part without that place as it is."""
    if not at:
        return do.get("value")
    step, rest = at[0], at[1:]
    if not isinstance(part, dict if isinstance(step, str) else list):
        return part
    copy: Any = part.copy()
    is_there = step in part if isinstance(step, str) else -len(part) <= step < len(part)
    if not rest and do["do"] == "remove":
        if is_there:
            del copy[step]
    elif is_there or (not rest and isinstance(step, str)):
        copy[step] = _changed_at(part[step] if is_there else None, rest, do)
    return copy


def garbled(body: bytes, how: str) -> tuple[bytes, dict[str, str]]:
    """Return a body that is not what was meant, and the headers that go with it."""
    return _GARBLED[how](body)


def _bad_gzip(body: bytes) -> tuple[bytes, dict[str, str]]:
    packed = gzip.compress(body)
    return packed[:12] + bytes(8) + packed[20:], _PACKED


def _latin1(body: bytes) -> tuple[bytes, dict[str, str]]:
    text = body.decode().replace("a", "é", 1).encode("latin-1", "replace")
    return text, {"Content-Type": "application/json; charset=ISO-8859-1"}


_PACKED: Final = {"Content-Encoding": "gzip"}
_GARBLED: Final[dict[str, Callable[[bytes], tuple[bytes, dict[str, str]]]]] = {
    "malformed": lambda body: (body[: len(body) // 2], {}),
    "empty_body": lambda _: (b"", {}),
    "bad_utf8": lambda body: (
        body[: len(body) // 2] + b'"\xff\xfe"' + body[len(body) // 2 :],
        {},
    ),
    "bad_gzip": _bad_gzip,
    "cut_gzip": lambda body: (gzip.compress(body)[:-12], _PACKED),
    "utf16": lambda body: (body.decode().encode("utf-16"), {}),
    "latin1": _latin1,
    "byte_order_mark": lambda body: (b"\xef\xbb\xbf" + body, {}),
}


def _changed_range(part: Answer, do: Mapping[str, Any], tab: str | None) -> Answer:
    change = _RANGE_CHANGES.get(do["do"])
    if change is None or (tab is not None and not names_tab(part["range"], tab)):
        return part
    return change(part, do)


def _drop_values(part: Answer, do: Mapping[str, Any]) -> Answer:
    return {name: value for name, value in part.items() if name != "values"}


def _drop_rows(part: Answer, do: Mapping[str, Any]) -> Answer:
    kept = part.get("values", [])[: -int(do.get("rows", 1))]
    return {**part, "values": kept} if kept else _drop_values(part, do)


def _short_rows(part: Answer, do: Mapping[str, Any]) -> Answer:
    return {**part, "values": [row[:-1] for row in part.get("values", [])]}


def _loading(part: Answer, do: Mapping[str, Any]) -> Answer:
    first = part["range"].rsplit("!", 1)[1].split(":")[0]
    top, left = cell_position(first)
    rows = [list(row) for row in part.get("values", [])]
    for address in do.get("cells", [first]):
        row, column = cell_position(address)
        row, column = row - top, column - left
        if 0 <= row < len(rows) and 0 <= column < len(rows[row]):
            rows[row][column] = LOADING
    return {**part, "values": rows} if rows else part


_RANGE_CHANGES: Final[dict[str, Callable[[Answer, Mapping[str, Any]], Answer]]] = {
    "drop_values": _drop_values,
    "drop_rows": _drop_rows,
    "short_rows": _short_rows,
    "loading": _loading,
}
