"""Methods that judge rows of a tab once: whoever looks for a header asks again and again."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class RowJudge(Protocol):
    """What keeps what it said of rows, whose cells do not change."""

    @property
    def judged(self) -> dict[tuple[Any, ...], Any]:
        """What it said, by what was asked and of which rows."""


J = TypeVar("J", bound=RowJudge)


def judged_once(method: Callable[Concatenate[J, P], T]) -> Callable[Concatenate[J, P], T]:
    """Return a method that works out what it says of rows once.

    A row of a thousand cells is part of a dozen stacks of rows, each of which asks the same of it.
    """
    name = method.__name__

    def judge(self: J, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (name, *args, *kwargs.items())
        if key not in self.judged:
            self.judged[key] = method(self, *args, **kwargs)
        answer: T = self.judged[key]
        return answer

    judge.__name__, judge.__doc__ = name, method.__doc__
    return judge
