"""A fault of the catalog as commands show it: a line for people, an object for programs."""

from typing import Any

from candid_assets.console import shown
from candid_assets.contracts.catalog import ContractProblem


def problem_line(problem: ContractProblem) -> str:
    """Return `file:line: what is wrong; the fix`, the file as it opens from here."""
    return f"{shown(problem.path)}:{problem.line}: {problem.message}; {problem.fix}"


def problem_facts(problem: ContractProblem) -> dict[str, Any]:
    """Return the object that `--json` prints of it."""
    return {
        "path": shown(problem.path),
        "line": problem.line,
        "message": problem.message,
        "fix": problem.fix,
    }
