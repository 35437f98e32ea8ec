"""The search language of Drive's `files.list`: `name = 'X' and trashed = false`."""

import re
from typing import Any

from candid_assets.sandbox.errors import GoogleError

_WORDS = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<sign>!=|<=|>=|[=<>()])"
    r"|(?P<word>[A-Za-z][A-Za-z0-9.]*))"
)
_FIELDS = {"name", "fullText", "mimeType", "modifiedTime", "createdTime", "trashed", "starred"}
_FLAGS = {"sharedWithMe"}

Search = tuple[Any, ...]


def parse_search(text: str) -> Search:
    """Return the search as a tree; an empty search finds all."""
    if not text.strip():
        return ("all",)
    words = _split(text)
    tree, rest = _either(words)
    if rest:
        raise _invalid()
    return tree


def matches(search: Search, file: dict[str, Any]) -> bool:
    """Return whether a file, as `files.get` describes it, is found by a search."""
    match search:
        case ("all",):
            return True
        case ("not", inner):
            return not matches(inner, file)
        case ("and", left, right):
            return matches(left, file) and matches(right, file)
        case ("or", left, right):
            return matches(left, file) or matches(right, file)
        case (field, sign, value):
            return _compare(file.get(field, False), sign, value)
    raise _invalid()


def _invalid() -> GoogleError:
    legacy = {"reason": "invalid", "location": "q", "locationType": "parameter"}
    return GoogleError(400, "Invalid Value", legacy=legacy)


def _split(text: str) -> list[str]:
    words, position = [], 0
    while text[position:].strip():
        match = _WORDS.match(text, position)
        if not match:
            raise _invalid()
        words.append(match[0].strip())
        position = match.end()
    return words


def _either(words: list[str]) -> tuple[Search, list[str]]:
    tree, rest = _both(words)
    while rest and rest[0] == "or":
        right, rest = _both(rest[1:])
        tree = ("or", tree, right)
    return tree, rest


def _both(words: list[str]) -> tuple[Search, list[str]]:
    tree, rest = _term(words)
    while rest and rest[0] == "and":
        right, rest = _term(rest[1:])
        tree = ("and", tree, right)
    return tree, rest


def _term(words: list[str]) -> tuple[Search, list[str]]:
    if not words:
        raise _invalid()
    first, rest = words[0], words[1:]
    if first == "not":
        inner, rest = _term(rest)
        return ("not", inner), rest
    if first == "(":
        inner, rest = _either(rest)
        if not rest or rest[0] != ")":
            raise _invalid()
        return inner, rest[1:]
    if first in _FLAGS:
        return ("all",), rest
    if (
        first in _FIELDS
        and len(rest) >= 2
        and rest[0] in ("=", "!=", "<", "<=", ">", ">=", "contains")
    ):
        return (first, rest[0], _value(rest[1])), rest[2:]
    raise _invalid()


def _value(word: str) -> Any:
    if word in ("true", "false"):
        return word == "true"
    if word[0] not in "'\"":
        raise _invalid()
    return re.sub(r"\\(.)", r"\1", word[1:-1])


def _compare(actual: Any, sign: str, value: Any) -> bool:
    if sign == "contains":
        words = str(actual).casefold()
        wanted = str(value).casefold()
        # Drive matches the beginning of words only.
        return words.startswith(wanted) or f" {wanted}" in words or f"_{wanted}" in words
    if sign in ("=", "!="):
        return bool(actual == value) == (sign == "=")
    left, right = _instant(str(actual)), _instant(str(value))
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]


def _instant(text: str) -> str:
    return text.rstrip("Z").split("+")[0]
