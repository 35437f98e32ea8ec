"""Whether a model's new SQL only adds columns to the old one, judged by its syntax tree."""

from typing import Final

import sqlglot
from sqlglot import exp

_DIALECT: Final = "duckdb"


def only_adds(old: str, new: str) -> bool | None:
    """Return whether the new query is the old one with columns added; None if it is the same.

    Comments and layout do not count. Where the answer is not certain, it is no.
    """
    try:
        before = sqlglot.parse_one(old, dialect=_DIALECT)
        after = sqlglot.parse_one(new, dialect=_DIALECT)
    except sqlglot.errors.SqlglotError:
        return False
    if _text(before) == _text(after):
        return None
    if not isinstance(before, exp.Select) or not isinstance(after, exp.Select):
        return False
    if before.args.get("distinct") or before.args.get("group"):
        # A column more may make more rows of a group or a distinct set.
        return False
    known = {projection.alias_or_name for projection in before.selects}
    added = [p for p in after.selects if p.alias_or_name not in known]
    if any(p.is_star or p.find(exp.Unnest, exp.Explode, exp.UDTF) for p in added):
        return False
    rest = after.copy()
    rest.set("expressions", [p for p in rest.selects if p.alias_or_name in known])
    return bool(added) and _text(rest) == _text(before)


def _text(tree: exp.Expr) -> str:
    return tree.sql(dialect=_DIALECT, comments=False, normalize=True)
