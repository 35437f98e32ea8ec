"""Receives answers within the limits of a table: their bytes, their time, their depth."""

import re
import time
from collections.abc import Iterator
from typing import Final

import numpy as np
from requests import Response
from requests.exceptions import ChunkedEncodingError, ContentDecodingError
from requests.exceptions import ConnectionError as NoConnectionError
from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError

from candid_assets.sources.table_limits import current_limits

_PIECE: Final = 1 << 16
_TEXT: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
"""A text, or the rest of one that never ends, so that no byte is looked at twice."""
_STEPS: Final = np.zeros(256, np.int8)
_STEPS[[ord("["), ord("{")]] = 1
_STEPS[[ord("]"), ord("}")]] = -1


def receive(response: Response) -> None:
    """Read an answer's body, which is unpacked piece by piece and never held beyond its limit.

    Raises:
        TableTooLargeError: It is too large, or is not complete in time.
        RequestException: It is cut off, or is not packed as it says.
    """
    limits, began = current_limits(), time.monotonic()
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in _pieces(response):
            size += len(piece)
            limits.require_answer(size, time.monotonic() - began)
            pieces.append(piece)
    except BaseException:
        response.close()
        raise
    # What `content` would read is what was read.
    response._content = b"".join(pieces)


def _pieces(response: Response) -> Iterator[bytes]:
    """Yield what has come, as soon as it has come: an answer may come a byte at a time."""
    try:
        while piece := response.raw.read1(_PIECE, decode_content=True):
            yield piece
    except ProtocolError as error:
        raise ChunkedEncodingError(error) from error
    except DecodeError as error:
        raise ContentDecodingError(error) from error
    except ReadTimeoutError as error:
        raise NoConnectionError(error) from error


def require_depth(content: bytes) -> None:
    """Refuse JSON that is nested too deep, before anything walks through it.

    Raises:
        TableTooLargeError: It is.
    """
    limits = current_limits()
    depth = deepest = 0
    bare = _TEXT.sub(b"", content)
    for start in range(0, len(bare), 1 << 24):
        steps = np.cumsum(
            _STEPS[np.frombuffer(bare[start : start + (1 << 24)], np.uint8)], dtype=np.int64
        )
        deepest = max(deepest, depth + int(steps.max(initial=0)))
        depth += int(steps[-1])
    limits.require_depth(deepest)
