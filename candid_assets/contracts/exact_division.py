"""Division in models: `exact_ratio(above, below, decimals)`, in plain SQL when a model is read.

DuckDB divides with `/`, and averages with `avg`, in floating point, whatever the types: 39.175 is
39.17 when it is rounded. An exact ratio is divided in whole numbers and rounded once, half away
from zero. It is NULL where either number is, or where `below` is 0.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.tokenizer_core import Token, TokenType

from candid_assets.contracts.deterministic_sql import name_of
from candid_assets.errors import CandidError

FUNCTION: Final = "exact_ratio"
MOST_DECIMALS: Final = 10
"""Decimals of a ratio, and of the numbers that it is made of, at most."""
WHOLE_RATIO: Final = """\
sign({above}) * sign({below})
                * (({twice} * abs({above}) + abs({below})) // (2 * abs({below})))"""
"""The ratio of two whole numbers times `twice / 2`, rounded half away from zero."""
_FLOATING: Final = frozenset({"fdiv", "divide", "avg", "mean", "favg"})
_FLOATS: Final = (exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT)
_OPENING: Final = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
_CLOSING: Final = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}
_FIX: Final = f"write {FUNCTION}(above, below, decimals), or cast an operand to double"


class RatioError(CandidError):
    """A call of `exact_ratio` cannot be written as SQL."""

    def __init__(self, line: int, message: str) -> None:
        """Keep the line of the call."""
        super().__init__(message)
        self.line = line


def with_exact_ratios(sql: str) -> str:
    """Return a query with every call of `exact_ratio` in plain SQL.

    Raises:
        RatioError: A call has other arguments than two numbers and how many decimals to keep.
    """
    tokens = DuckDB().tokenize(sql)
    for index, token in reversed(list(enumerate(tokens))):
        if token.text.lower() == FUNCTION and _opens(tokens, index + 1):
            arguments, end = _arguments(sql, tokens, index + 1)
            sql = sql[: token.start] + _written(arguments, token.line) + sql[end:]
            return with_exact_ratios(sql)
    return sql


def inexact_divisions(query: exp.Query) -> Iterator[tuple[exp.Expr, str, str]]:
    """Yield the parts of a query that divide in floating point, each with message and fix."""
    for node in query.walk():
        floating = isinstance(node, exp.Div) and not _is_of_floats(node)
        called = isinstance(node, exp.Func) and name_of(node).casefold() in _FLOATING
        if called and isinstance(node.this, exp.Expr) and _is_float(node.this):
            continue
        if floating or called:
            written = node.sql(dialect=DuckDB)
            yield node, f"{written} divides in floating point, which rounds wrong", _FIX


def _is_of_floats(node: exp.Div) -> bool:
    return _is_float(node.left) or _is_float(node.right)


def _is_float(node: exp.Expr) -> bool:
    """Return whether an operand says itself that it is a floating-point number."""
    cast = node.unnest()
    return isinstance(cast, exp.Cast) and cast.to.this in _FLOATS


def _opens(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].token_type == TokenType.L_PAREN


def _arguments(sql: str, tokens: Sequence[Token], opening: int) -> tuple[list[str], int]:
    """Return the texts between a parenthesis and the one that closes it, and where that stands."""
    depth, arguments = 0, [[]]  # type: tuple[int, list[list[Token]]]
    for token in tokens[opening:]:
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        if depth == 0:
            # From token to token: a comment behind the last one would hide what follows it.
            texts = [sql[part[0].start : part[-1].end + 1] if part else "" for part in arguments]
            return texts, token.end + 1
        if depth == 1 and token.token_type == TokenType.COMMA:
            arguments.append([])
        elif token is not tokens[opening]:
            arguments[-1].append(token)
    raise RatioError(tokens[opening].line, f"{FUNCTION}( is not closed")


def _written(arguments: Sequence[str], line: int) -> str:
    decimals = arguments[2] if len(arguments) == 3 else ""
    if not decimals.isdigit() or int(decimals) > MOST_DECIMALS or not all(arguments):
        message = (
            f"{FUNCTION} takes two numbers and how many decimals to keep, a figure up to"
            f" {MOST_DECIMALS}"
        )
        raise RatioError(line, message)
    places = int(decimals)
    # A factor of the widest type: a narrow one overflows beside numbers of its own width.
    factor = f"cast(1{'0' * MOST_DECIMALS} as decimal(38, 0))"
    above, below = (f"cast({factor} * ({text}) as hugeint)" for text in arguments[:2])
    form = " ".join(WHOLE_RATIO.split())
    ratio = form.format(above=above, below=f"nullif({below}, 0)", twice=2 * 10**places)
    step = f"0.{'0' * (places - 1)}1" if places else "1"
    return f"cast(cast({ratio} as decimal(32, 0)) * {step} as decimal(38, {places}))"
