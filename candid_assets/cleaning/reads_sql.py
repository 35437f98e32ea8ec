"""How the parsers are called: one for all its columns together, or for each column by itself."""

from collections.abc import Sequence
from dataclasses import replace

from candid_assets.cleaning.column_sql import Placed, spelled_sql
from candid_assets.cleaning.parser_calls import (
    CELL_KIND,
    CELL_TEXT,
    is_read_as_it_is,
    parser_sql,
    prepared_sql,
)
from candid_assets.contracts.header_text import OF_OTHER_CELLS


def with_reads(placed: Sequence[Placed]) -> tuple[tuple[Placed, ...], dict[str, str]]:
    """Return the columns with the places of their reads, and the reads: name to SQL.

    One parser reads all its columns as one list, for DuckDB takes longer to plan a parser than
    to run it over the rows of a small tab. In a large one each column is read by itself: over
    columns DuckDB is twice as fast as over lists, and reads a text that repeats once.
    """
    calls: dict[str, list[Placed]] = {}
    by_position = {p.position: p for p in placed}
    reads = {}
    for p in placed:
        call = "" if p.column.header in OF_OTHER_CELLS else parser_sql(p.column, p.period)
        if not (call and p.letter):
            continue
        if p.apart and is_read_as_it_is(p.column):
            name = f"_read_{p.position}"
            reads[name] = call.replace(CELL_TEXT, p.text).replace(CELL_KIND, p.kind)
            by_position[p.position] = replace(p, read=name)
        else:
            calls.setdefault(call, []).append(p)
    for number, (call, members) in enumerate(calls.items(), start=1):
        name = f"_reads_{number}"
        cells = ", ".join(_cell_sql(p) for p in members)
        reads[name] = f"list_transform([{cells}], lambda cell: {call})"
        for index, p in enumerate(members, start=1):
            by_position[p.position] = replace(p, read=f"{name}[{index}]")
    return tuple(by_position.values()), reads


def _cell_sql(placed: Placed) -> str:
    text, kind = prepared_sql(placed.column, spelled_sql(placed), placed.kind)
    return f"{{text: {text}, kind: {kind}}}"
