"""Partial responses: Google's `fields` masks, parsed in full and applied to an answer.

`*` at a level stands for all that is there; `a/b`, `a.b` and `a(b,c)` go down.
"""

from typing import Any

from candid_assets.sandbox.errors import Api, bad_mask

Mask = dict[str, "Mask"]
"""What is kept: a name with an empty mask is kept whole."""

_DOWN = "./"
_STOPS = "(),./"


def parse_mask(text: str, api: Api = "sheets") -> Mask:
    """Return the mask that a `fields` parameter writes."""
    mask, position = _group("".join(text.split()), 0, api)
    if position != len("".join(text.split())):
        raise bad_mask(text, api, text)
    return mask


def _group(text: str, position: int, api: Api) -> tuple[Mask, int]:
    mask: Mask = {}
    while True:
        position = _path(text, position, mask, api)
        if position >= len(text) or text[position] != ",":
            return mask, position
        position += 1


def _path(text: str, position: int, mask: Mask, api: Api) -> int:
    level, known_whole = mask, False
    while True:
        end = position
        while end < len(text) and text[end] not in _STOPS:
            end += 1
        name = text[position:end]
        if not name:
            raise bad_mask(text, api, text)
        known_whole = name in level and not level[name]
        inner = level.setdefault(name, {})
        if end < len(text) and text[end] in _DOWN:
            if known_whole:
                inner = {}
            level, position = inner, end + 1
            continue
        if end < len(text) and text[end] == "(":
            group, end = _group(text, end + 1, api)
            if end >= len(text) or text[end] != ")":
                raise bad_mask(text, api, text)
            if not known_whole:
                _merge(inner, group)
            return end + 1
        inner.clear()
        return end


def _merge(into: Mask, more: Mask) -> None:
    for name, inner in more.items():
        if name not in into:
            into[name] = inner
        elif into[name] and inner:
            _merge(into[name], inner)
        else:
            into[name] = {}


def check_mask(mask: Mask, vocabulary: Any, api: Api, text: str, above: str = "") -> None:
    """Refuse a mask that names a field the answer cannot have, as Google does.

    `vocabulary` is a tree of names; `None` below a name means that anything goes from there.
    `text` is the mask as it was written: Sheets names it beside the path.
    """
    for name, inner in mask.items():
        path = f"{above}{name}"
        if name == "*":
            continue
        if not isinstance(vocabulary, dict) or name not in vocabulary:
            raise bad_mask(path, api, text)
        if vocabulary[name] is not None:
            check_mask(
                inner, vocabulary[name], api, text, f"{path}{'/' if api == 'drive' else '.'}"
            )


def apply_mask(answer: Any, mask: Mask) -> Any:
    """Return the part of an answer that a mask keeps; lists are gone through item by item."""
    if not mask:
        return answer
    if isinstance(answer, list):
        return [apply_mask(item, mask) for item in answer]
    if not isinstance(answer, dict):
        return answer
    everything = mask.get("*")
    kept: dict[str, Any] = {}
    for name, value in answer.items():
        inner = mask.get(name, everything)
        if inner is None:
            continue
        part = apply_mask(value, inner)
        if inner and isinstance(value, dict) and not part:
            continue
        kept[name] = part
    return kept
