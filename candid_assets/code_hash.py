"""Hashes the code that makes something: modules and all that they import of this package.

What is hashed is what Python runs. Comments, docstrings, blank lines and the names and folders of
files leave the hash as it is; any other change of a module in the closure changes it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import CodeType

from candid_assets.settings import PACKAGE

PREFIX = f"{PACKAGE.name}."


@cache
def code_hash(*modules: str, root: Path = PACKAGE.parent) -> str:
    """Return the hash of modules and of every module of the package that they lead to.

    Args:
        modules: Dotted names, such as `candid_assets.cleaning.cleaning_sql`.
        root: The folder in which the package lies.

    Raises:
        ModuleNotFoundError: One of the named modules does not exist.
    """
    digests: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in digests:
            continue
        digests[name], imported = _module(root, name)
        waiting += imported
    return hashlib.sha256("".join(sorted(digests.values())).encode()).hexdigest()


@cache
def _module(root: Path, name: str) -> tuple[str, tuple[str, ...]]:
    """Return a module's own hash and the modules that it may import."""
    code = _compiled(_file(root, name))
    return _digest(code), tuple(_imported(code) & _modules(root))


@cache
def _modules(root: Path) -> frozenset[str]:
    """Return the dotted name of every module of the package."""
    files = (root / PACKAGE.name).rglob("*.py")
    return frozenset(".".join(path.relative_to(root).with_suffix("").parts) for path in files)


@cache
def sql_hash(text: str) -> str:
    """Return the hash of SQL whose comments and layout do not count."""
    from sqlglot.dialects.duckdb import DuckDB  # the one thing here that takes time to load

    tokens = DuckDB().tokenize(text)
    words = (f"{token.token_type.value} {token.text}" for token in tokens)
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


def _file(root: Path, module: str) -> Path:
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    if not path.is_file():
        raise ModuleNotFoundError(f"no module {module} in {root}", name=module)
    return path


def _compiled(path: Path) -> CodeType:
    """Compile a module without its docstrings."""
    return compile(path.read_bytes(), "", "exec", dont_inherit=True, optimize=2)


def _imported(code: CodeType) -> set[str]:
    """Return the names of what may be imported, modules of the package among them.

    The names of a code object hold the dotted name of `from a.b import c`, and `c` beside it; which
    of `a.b` and `a.b.c` is the module depends on the files there are.
    """
    names: set[str] = set()
    for part in _nested(code):
        dotted = [name for name in part.co_names if name.startswith(PREFIX)]
        names.update(dotted)
        names.update(f"{package}.{name}" for package in dotted for name in part.co_names)
    return names


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def _digest(code: CodeType) -> str:
    digest = hashlib.sha256()
    for part in _nested(code):
        facts = (
            part.co_code,
            [PREFIX if name.startswith(PREFIX) else name for name in part.co_names],
            part.co_varnames,
            part.co_freevars,
            part.co_cellvars,
            part.co_argcount,
            part.co_posonlyargcount,
            part.co_kwonlyargcount,
            part.co_flags,
            part.co_exceptiontable,
            _constants(part.co_consts),
        )
        digest.update(repr(facts).encode())
    return digest.hexdigest()


def _constants(values: Sequence[object]) -> list[str]:
    """Return the constants of a code object as text; nested code is hashed by itself."""
    texts = []
    for value in values:
        if isinstance(value, CodeType):
            texts.append("code")
        elif isinstance(value, frozenset):
            texts.append(repr(sorted(map(repr, value))))
        else:
            texts.append(repr(value))
    return texts
