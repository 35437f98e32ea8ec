"""Values of typed sources as JSON, their numbers to the last digit."""

import base64
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from candid_assets.sources.cell_kinds import without_exponent


def json_text(value: Any) -> str:
    """Return a value as JSON, its numbers to the last digit; bytes in base64.

    What JSON knows nothing of, such as a day, is its own text.
    """
    if isinstance(value, Decimal):
        text = without_exponent(str(value))
        return text if value.is_finite() else json.dumps(text)
    if isinstance(value, Mapping):
        fields = (f"{json_text(str(key))}: {json_text(item)}" for key, item in value.items())
        return f"{{{', '.join(fields)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(json_text, value))}]"
    if isinstance(value, bytes):
        return json.dumps(base64.b64encode(value).decode())
    return json.dumps(value, ensure_ascii=False, default=str)
