"""What a worker of a cluster runs: SQL in a DuckDB of its own, whose results it leaves in files.

It is sent to the workers as it is, with its orders as JSON, so it imports nothing of this package.
Each try of a task writes files of new names and names them when it has ended: those of a try that
was killed are read by nobody.
"""

import json
import resource
import shutil
import socket
import tempfile
import uuid
from typing import Any


def run_task(script: str, task: str) -> str:
    """Run one task, and return what it came to as JSON.

    Args:
        script: What all tasks of a step share: `statements`; `outputs`, the queries whose rows
            become Parquet files, by name; `answers`, the queries whose few rows are returned;
            `folder`; `memory`, `threads` and `time_zone` of DuckDB, and its version, `duckdb`.
        task: What is its own: its `number`, and the statements that come first, `opening`.
    """
    shared, own = json.loads(script), json.loads(task)
    try:
        import duckdb
    except ImportError:
        return _refusal("no DuckDB")
    if duckdb.__version__ != shared["duckdb"]:
        return _refusal(f"DuckDB {duckdb.__version__}")
    spill = tempfile.mkdtemp(prefix="candid-task-")
    options = {
        "threads": shared["threads"],
        "memory_limit": shared["memory"],
        "temp_directory": spill,
    }
    try:
        with duckdb.connect(config=options) as connection:
            connection.execute(f"SET TimeZone = '{shared['time_zone']}'")
            for statement in (*own["opening"], *shared["statements"]):
                connection.execute(statement)
            files = {}
            for name, query in shared["outputs"].items():
                own_name = f"{name}-{own['number']:06d}-{uuid.uuid4().hex}.parquet"
                path = f"{shared['folder']}/{own_name}"
                copied = connection.execute(f"COPY ({query}) TO ? (FORMAT parquet)", [path])
                files[name] = [path, *(copied.fetchone() or (0,))]
            answers = {
                name: connection.execute(query).fetchall()
                for name, query in shared["answers"].items()
            }
    finally:
        shutil.rmtree(spill, ignore_errors=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    outcome: dict[str, Any] = {"number": own["number"], "files": files, "answers": answers}
    return json.dumps(outcome | {"memory": peak})


def _refusal(there: str) -> str:
    return json.dumps({"refused": there, "host": socket.gethostname()})
