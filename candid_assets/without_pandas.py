"""Keeps libraries from importing pandas only to ask whether a value is one of its objects.

pyarrow does so where an array is made, and DuckDB where a statement has a parameter. It costs a
command 0.4 s of processor and 45 MB. Both use pandas again once it is imported for its own sake.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

_PANDAS: Final = "pandas"


class _Absent(MetaPathFinder):
    """Says that pandas is not installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Refuse pandas, and leave any other module to the next finder."""
        if fullname == _PANDAS:
            raise ModuleNotFoundError(f"{_PANDAS} is not needed here", name=_PANDAS)
        return None


@contextmanager
def without_pandas() -> Iterator[None]:
    """Let pandas seem not to be installed, unless it is imported already."""
    absent = _Absent()
    sys.meta_path.insert(0, absent)
    try:
        yield
    finally:
        sys.meta_path.remove(absent)
