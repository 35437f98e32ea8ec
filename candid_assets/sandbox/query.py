"""The query of a call, read as strictly as Google reads it."""

from collections.abc import Collection, Sequence
from urllib.parse import parse_qsl

from candid_assets.sandbox.errors import invalid_argument

STANDARD_PARAMETERS = frozenset(
    {
        "$.xgafv",
        "$fields",
        "access_token",
        "alt",
        "callback",
        "fields",
        "key",
        "oauth_token",
        "prettyPrint",
        "quotaUser",
        "uploadType",
        "upload_protocol",
    }
)
"""What every Google API accepts."""

_TRUE = frozenset({"true", "t", "yes", "y", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "0"})


class Query:
    """The parameters of a call in their order."""

    def __init__(self, text: str) -> None:
        """Parse the query of a URL."""
        self.pairs: list[tuple[str, str]] = parse_qsl(text, keep_blank_values=True)

    def get(self, name: str, default: str = "") -> str:
        """Return a parameter's last value."""
        values = self.all(name)
        return values[-1] if values else default

    def all(self, name: str) -> list[str]:
        """Return every value of a repeated parameter."""
        return [value for key, value in self.pairs if key == name]

    def flag(self, name: str) -> bool:
        """Return a boolean parameter, in any of the spellings Google takes; absent is false."""
        values = self.all(name)
        if not values:
            return False
        spelling = values[-1].lower()
        if spelling in _TRUE or spelling in _FALSE:
            return spelling in _TRUE
        message = f"Invalid value at '{_snake(name)}' (TYPE_BOOL), \"{values[-1]}\""
        raise invalid_argument(message, _snake(name))

    def only(self, known: Collection[str]) -> None:
        """Refuse a parameter that the method does not have."""
        for name, _ in self.pairs:
            if name not in known and name not in STANDARD_PARAMETERS:
                raise invalid_argument(
                    f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query '
                    f"parameter. Field '{name}' could not be found in request message.",
                    "",
                )


def one_of(query: Query, name: str, choices: Sequence[str], kind: str) -> str:
    """Return an enumerated parameter by its name or number; absent is the first choice."""
    values = query.all(name)
    if not values:
        return choices[0]
    value = values[-1]
    if value.isdecimal() and value.isascii() and int(value) < len(choices):
        return choices[int(value)]
    if value not in choices:
        message = (
            f"Invalid value at '{_snake(name)}' (type.googleapis.com/google.apps.sheets.v4.{kind}),"
            f' "{value}"'
        )
        raise invalid_argument(message, _snake(name))
    return value


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
