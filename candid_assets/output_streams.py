"""Streams of a command: a reader that is gone or a full disk ends no work half-way.

What is said beside the result is left out where nobody can take it; a result that cannot be
written is an error. Behind the streams Python keeps what it could not write and tries it again at
exit, so that the file is exchanged for one that takes everything.
"""

import os
import sys
from contextlib import suppress
from typing import Any, TextIO

from candid_assets.errors import CandidError


class OutputError(CandidError):
    """The result of a command cannot be written."""


class _Passed:
    """Another stream, of which `write` and `flush` are those of a subclass."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class MessageStream(_Passed):
    """What is said beside the result: nothing fails where it cannot be written.

    On stdout the result follows, which is to fail then: only stderr takes everything from then on.
    """

    def write(self, text: str) -> int:
        """Write the text, if somebody takes it."""
        with suppress(OSError):
            return self._stream.write(text)
        self._give_up()
        return len(text)

    def flush(self) -> None:
        """Hand on what was written, if somebody takes it."""
        with suppress(OSError):
            self._stream.flush()
            return
        self._give_up()

    def _give_up(self) -> None:
        if self._stream is not sys.stdout:
            _take_everything(self._stream)


class ResultStream(_Passed):
    """What a command is called for.

    Raises:
        OutputError: It cannot be written.
        BrokenPipeError: Its reader left.
    """

    def write(self, text: str) -> int:
        """Write the text."""
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._failed(error) from error

    def flush(self) -> None:
        """Hand on what was written."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> OutputError:
        _take_everything(self._stream)
        return OutputError(
            f"what the command prints cannot be written: {error.strerror or error}",
            "give it another file; what the command did is done",
        )


def open_missing_streams() -> None:
    """Give a process that was started without stdin, stdout or stderr ones that take everything.

    Else the next file that is opened has their number, and what is said is written into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            nothing = os.open(os.devnull, os.O_RDWR)
            if nothing == number:
                os.set_inheritable(number, True)
            else:
                os.dup2(nothing, number)
                os.close(nothing)
        if getattr(sys, name) is None:
            stream = open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def _take_everything(stream: TextIO) -> None:
    """Let a stream's file take and forget everything from now on, what waits in it too."""
    with suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nothing, stream.fileno())
        finally:
            os.close(nothing)
