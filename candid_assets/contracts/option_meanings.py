"""What each option of a dataclass means: the docstring below its field."""

import ast
import inspect
import textwrap


def option_meanings(options: type) -> dict[str, str]:
    """Return the docstring below each field of a dataclass, by field name."""
    (declared,) = ast.parse(textwrap.dedent(inspect.getsource(options))).body
    meanings: dict[str, str] = {}
    name = ""
    for node in declared.body if isinstance(declared, ast.ClassDef) else ():
        match node:
            case ast.AnnAssign(target=ast.Name(id=named)):
                name = named
            case ast.Expr(value=ast.Constant(value=text)) if name:
                meanings[name] = " ".join(str(text).split())
    return meanings
