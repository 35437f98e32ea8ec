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


class Query:
    """The parameters of a call in their order."""

    def __init__(self, text: str) -> None:
        """Read a query as it stands in the URL."""
        self.pairs: list[tuple[str, str]] = parse_qsl(text, keep_blank_values=True)

    def get(self, name: str, default: str = "") -> str:
        """Return a parameter's last value."""
        values = self.all(name)
        return values[-1] if values else default

    def all(self, name: str) -> list[str]:
        """Return every value of a repeated parameter."""
        return [value for key, value in self.pairs if key == name]

    def flag(self, name: str) -> bool:
        """Return a boolean parameter; absent is false."""
        return self.get(name).lower() in ("true", "1")

    def only(self, known: Collection[str]) -> None:
        """Refuse a parameter that the method does not have."""
        for name, _ in self.pairs:
            if name not in known and name not in STANDARD_PARAMETERS:
                raise invalid_argument(
                    f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query '
                    f"parameter. Field '{name}' could not be found in request message.",
                    "",
                )


def one_of(query: Query, name: str, choices: Sequence[str]) -> str:
    """Return an enumerated parameter; absent is the first choice."""
    value = query.get(name) or choices[0]
    if value not in choices:
        kind = name[0].upper() + name[1:]
        message = (
            f"Invalid value at '{_snake(name)}' (type.googleapis.com/google.apps.sheets.v4.{kind}),"
            f' "{value}"'
        )
        raise invalid_argument(message, _snake(name))
    return value


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
