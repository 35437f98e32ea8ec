"""Runs a query in a process of its own, for servers: memory is limited for a whole process."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import duckdb

from candid_assets.errors import CandidError
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.query_limits import QueryLimits
from candid_assets.warehouse.read_published import read
from candid_assets.warehouse.versions import environment_of

_BEGINS_SECONDS: Final = 30.0
"""How long the process may take beside the query."""


def read_apart(published: Path, sql: str, limits: QueryLimits) -> dict[str, Any]:
    """Return environment, columns, rows as objects, and whether there are more, of one query.

    Raises:
        WarehouseError: The snapshot cannot be read, or the query is refused or needs too much.
    """
    asked = json.dumps({"published": str(published), "sql": sql, "limits": asdict(limits)})
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(  # noqa: S603 - this module
            command,
            input=asked.encode(),
            capture_output=True,
            timeout=limits.seconds + _BEGINS_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise limits.too_slow() from error
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:  # it was ended by the system
        raise limits.too_large() from error
    if "error" in answer:
        raise WarehouseError(answer["error"], answer["fix"])
    return answer


def _main() -> None:
    asked = json.loads(sys.stdin.buffer.read())
    limits = QueryLimits(**asked["limits"])
    answer: dict[str, Any]
    try:
        with open_published(Path(asked["published"]), limits.buffered) as connection:
            result = read(connection, asked["sql"], limits)
            env = environment_of(connection)
        answer = {"env": env, "columns": list(result.columns), "rows": result.objects}
        answer["more"] = result.more
    except CandidError as error:
        answer = {"error": error.message, "fix": error.fix}
    except duckdb.Error as error:
        answer = {"error": str(error), "fix": ""}
    # As `candid query --json` writes them: dates and long decimals are text.
    sys.stdout.write(json.dumps(answer, default=str))


if __name__ == "__main__":
    _main()
