"""The parts of a query in the order in which they are rewritten."""

from typing import TypeVar

from sqlglot import exp

Part = TypeVar("Part", bound=exp.Expr)


def innermost(query: exp.Expr, *kinds: type[Part]) -> list[Part]:
    """Return the parts of some kinds, each before the parts that it lies within.

    A part that is rewritten is copied into its new form, with all that was rewritten within it.
    """
    return list(query.find_all(*kinds))[::-1]
