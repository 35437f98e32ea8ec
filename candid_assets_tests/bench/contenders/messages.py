"""Loads the records that a Singer tap or an Airbyte source writes, as its own schema types them.

Both write lines of JSON; a target or destination of their kind would load them. The plainest is
done here: a file of records a stream, and one statement that reads it into a table.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import duckdb
from arguments import Tabs, quoted

TYPES = {"integer": "bigint", "number": "double", "boolean": "boolean"}
OWN = re.compile(r"__sdc_|_airbyte|_sdc_")


def lines_of(command: Sequence[str], log: Path) -> Iterator[Any]:
    """Run a program and yield each line of JSON that it writes; say so if it fails."""
    with log.open("ab") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(b"{"):
                yield json.loads(line)
        if process.wait():
            last = log.read_text(errors="replace")[-600:]
            print(
                f"{' '.join(command[-3:])} ended with {process.returncode}: {last}", file=sys.stderr
            )


class Streams:
    """The records of each stream in a file of its own, and the columns of its table."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.files: dict[str, IO[str]] = {}
        self.columns: dict[str, dict[str, str]] = {}

    def describe(self, stream: str, schema: dict[str, Any]) -> None:
        """Take the columns of a stream from its JSON schema."""
        columns = schema["properties"].items()
        self.columns[stream] = {name: _type(facts) for name, facts in columns}

    def add(self, stream: str, record: dict[str, Any]) -> None:
        """Add a record."""
        if stream not in self.files:
            self.files[stream] = (self.folder / f"{len(self.files)}.jsonl").open("w")
        self.files[stream].write(json.dumps(record) + "\n")

    def load(self, connection: duckdb.DuckDBPyConnection, name: str) -> Tabs:
        """Create a table for every stream and return which tabs they are."""
        connection.execute(f"create schema if not exists {quoted(name)}")
        tabs: Tabs = []
        for stream, file in self.files.items():
            file.close()
            columns = {k: v for k, v in self.columns[stream].items() if not OWN.match(k)}
            table = f"{quoted(name)}.{quoted(stream)}"
            _store(connection, table, file.name, columns)
            tabs.append((name, stream, name, stream))
        return tabs


def _store(
    connection: duckdb.DuckDBPyConnection, table: str, file: str, columns: dict[str, str]
) -> None:
    """Create a table of a file; a column with a value that its schema does not allow is text."""
    texts = ", ".join(f"{_text(name)}: 'varchar'" for name in columns)
    options = "format = 'newline_delimited', maximum_object_size = 100000000"
    records = f"read_json({_text(file)}, {options}, columns = {{{texts}}})"
    fits = ", ".join(
        f"count({quoted(name)}) = count(try_cast({quoted(name)} as {kind}))"
        for name, kind in columns.items()
    )
    fitting = connection.execute(f"select {fits} from {records}").fetchone() or ()
    typed = ", ".join(
        f"cast({quoted(name)} as {kind if is_fit else 'varchar'}) as {quoted(name)}"
        for (name, kind), is_fit in zip(columns.items(), fitting, strict=True)
    )
    connection.execute(f"create or replace table {table} as select {typed} from {records}")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _type(facts: dict[str, Any]) -> str:
    choices = facts.get("anyOf", [facts])
    if any(choice.get("format") == "date-time" for choice in choices):
        return "timestamp"
    if any(choice.get("format") == "singer.decimal" for choice in choices):
        return "double"
    kinds: set[str] = set()
    for choice in choices:
        kind = choice.get("type", "string")
        kinds |= {kind} if isinstance(kind, str) else set(kind)
    kinds -= {"null"}
    return TYPES.get(kinds.pop(), "varchar") if len(kinds) == 1 else "varchar"
