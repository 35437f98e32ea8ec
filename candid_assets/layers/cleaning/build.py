"""The statements that turn one raw table into staged clean, quarantine and dropped rows.

Everything is done in sets inside DuckDB, in stages that are temp tables: rows with the rule that
drops them, cells parsed to value or reason, then the split. Every raw row ends in exactly one of
the three tables.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb

from candid_assets.contracts.headers import normalise
from candid_assets.contracts.model import Column, HeaderMap, Tab
from candid_assets.layers.cleaning import columns as sql
from candid_assets.layers.cleaning.keys import REASON_TYPE, duplicate_query
from candid_assets.names import column_letter
from candid_assets.warehouse.tables import literal, quoted

MACROS = ("text.sql", "numbers.sql", "dates.sql", "words.sql")
FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def cleaning_version() -> str:
    """Return a hash of the cleaning code: when it changes, clean tables are built again."""
    digest = hashlib.sha256()
    for path in sorted([*FOLDER.glob("*.sql"), *FOLDER.glob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def load_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the parsers as temporary macros of this connection."""
    for name in MACROS:
        connection.execute((FOLDER / name).read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class CleaningSql:
    """The statements for one tab, to be run in order on a connection with the macros."""

    ruled: str
    """Makes `staged_rows`: every raw row with the rule that drops it, or NULL."""
    parsed: str
    """Makes `staged_cells`: kept rows with value and reasons of each column."""
    duplicates: str
    """Makes `staged_twice`: rows whose key or unique value another row claims, with reasons."""
    clean: str
    quarantine: str
    dropped: str

    def execute(
        self, connection: duckdb.DuckDBPyConnection, clean: str, quarantine: str, dropped: str
    ) -> None:
        """Make the temp tables of these names, replacing former ones."""
        for name, query in (
            ("staged_rows", self.ruled),
            ("staged_cells", self.parsed),
            ("staged_twice", self.duplicates),
            (clean, self.clean),
            (quarantine, self.quarantine),
            (dropped, self.dropped),
        ):
            connection.execute(f"create or replace temp table {name} as {query}")
        connection.execute("drop table staged_rows; drop table staged_cells; drop table staged_twice")


@dataclass(frozen=True, slots=True)
class _Cell:
    """One contract column as it stands in this extract."""

    column: Column
    number: int
    position: int | None

    @property
    def letter(self) -> str | None:
        return None if self.position is None else column_letter(self.position)


def cleaning_sql(
    tab: Tab, header: HeaderMap, *, raw: str, extract: str, link_prefix: str, width: int
) -> CleaningSql:
    """Return the statements for one tab.

    Args:
        tab: The contract.
        header: Where its columns stand in this extract.
        raw: Quoted name of the raw table.
        extract: Content hash of the extract.
        link_prefix: What a cell such as `D17` is appended to to make its link.
        width: Columns of the sheet in the raw table.
    """
    cells = [_Cell(c, n, header.positions.get(c.name)) for n, c in enumerate(tab.columns)]
    letters = [column_letter(n) for n in range(1, width + 1)]
    return CleaningSql(
        ruled=_ruled(tab, header, cells, raw, letters),
        parsed=_parsed(cells, letters, link_prefix),
        duplicates=duplicate_query(tab, header, link_prefix),
        clean=_clean(cells, extract),
        quarantine=_quarantine(cells, extract, letters),
        dropped="select _row, rule from staged_rows where rule is not null order by _row",
    )


def _ruled(
    tab: Tab, header: HeaderMap, cells: list[_Cell], raw: str, letters: list[str]
) -> str:
    everything = "[" + ", ".join(quoted(letter) for letter in letters) + "]::varchar[]"
    present = [c for c in cells if c.letter]
    repeated = " and ".join(
        f"lower(clean_text({quoted(c.letter or '')})) = {literal(normalise(c.column.header))}"
        for c in present
    )
    duplicate = "false"
    if tab.primary_key and tab.options.drop_exact_duplicates:
        duplicate = "row_number() over (partition by rule, _cells, _kinds order by _row) > 1"
    columns = ", ".join(quoted(letter) for letter in letters)
    return f"""
with numbered as (
    select _row, _kinds, {everything} as _cells, {columns} from {raw}
), ruled as (
    select *, case
        when _row < {header.header_row} then 'above_header'
        when _row = {header.header_row} then 'header'
        when is_blank_row(_cells, _kinds) then 'blank_row'
        when {repeated} then 'repeated_header'
        when {_is_total(tab, cells)} then 'total_row'
    end as rule from numbered
)
select * exclude (rule, _cells), case
    when rule is null and {duplicate} then 'exact_duplicate' else rule
end as rule from ruled"""


def _is_total(tab: Tab, cells: list[_Cell]) -> str:
    """Return the condition of a total row: its word, where a key cell is blank or the word."""
    if not tab.options.total_words:
        return "false"
    longest = sorted(tab.options.total_words, key=len, reverse=True)
    words = "|".join(_regex_literal(w.casefold()) for w in longest)
    first = "first_text(_cells, _kinds)"
    word = f"regexp_matches(lower(clean_text(_cells[{first}])), {literal(f'^(?:{words})(?:[^a-z0-9]|$)')})"
    keys = [c for c in cells if c.column.name in tab.primary_key and c.letter]
    keys = keys or [c for c in cells if c.column.required and c.letter]
    if not keys:
        return word
    blank = " or ".join(
        f"clean_text({quoted(c.letter or '')}) is null or {first} = {c.position}" for c in keys
    )
    return f"({word} and ({blank}))"


def _regex_literal(text: str) -> str:
    return "".join(c if c.isalnum() or c == " " else f"\\{c}" for c in text)


def _parsed(cells: list[_Cell], letters: list[str], link_prefix: str) -> str:
    """Return value `v<n>` and reasons `r<n>` of every column for the rows that are kept."""
    texts, structs, values, reasons = [], [], [], []
    for c in cells:
        n, letter = c.number, c.letter
        if letter is None:
            texts.append(f"null::varchar as t{n}, '-' as k{n}")
        else:
            text = sql.cleaned(c.column, quoted(letter))
            texts.append(f"{text} as t{n}, _kinds[{c.position}] as k{n}")
        structs.append(f"{sql.parsed(c.column, f't{n}', f'k{n}')} as p{n}")
        values.append(f"{sql.typed(c.column, f'p{n}')} as v{n}")
        reasons.append(f"{_reasons(c, link_prefix)} as r{n}")
    kept = ", ".join(quoted(letter) for letter in letters)
    return f"""
with texts as (
    select *, {", ".join(texts)} from staged_rows where rule is null
), parsed as (
    select *, {", ".join(structs)} from texts
), typed as (
    select *, {", ".join(values)} from parsed
)
select _row, _kinds, {kept}, {", ".join(f"v{c.number}" for c in cells)},
    {", ".join(reasons)}
from typed"""


def _reasons(cell: _Cell, link_prefix: str) -> str:
    """Return the SQL list of everything wrong with a column's cell, NULL where nothing is."""
    column, n = cell.column, cell.number
    value = f"v{n}"
    unread = sql.parse_reason(column, f"p{n}", value)
    rules = sql.rules(column, value)
    entries: list[tuple[str, str, str]] = []
    if column.required:
        entries.append((f"t{n} is null", "'missing_value'", literal(sql.EXPECTED["missing_value"])))
    told = " ".join(f"when {literal(r)} then {literal(t)}" for r, t in sql.EXPECTED.items())
    scale = sql.scale_of(column.physical_type)
    expected = (
        f"case {unread} {told} when 'too_precise' then 'at most {scale} decimals'"
        f" else {literal('a value that fits ' + column.physical_type)} end"
    )
    entries.append((f"{unread} is not null", unread, expected))
    entries += [(r.broken, literal(r.reason), literal(r.expected)) for r in rules]
    wrong = " or ".join(f"coalesce({condition}, false)" for condition, _, _ in entries)
    structs = ", ".join(
        f"case when {condition} then {_reason(cell, link_prefix, reason, expected)} end"
        for condition, reason, expected in entries
    )
    return f"case when {wrong} then list_filter([{structs}], lambda x: x is not null) end"


def _reason(cell: _Cell, link_prefix: str, reason: str, expected: str) -> str:
    column, letter = cell.column, cell.letter or ""
    raw = quoted(letter) if letter else "null::varchar"
    place = f"{literal(letter)} || _row"
    told = (
        f"{literal(column.header)} || ' (' || {place} || '): ' ||"
        f" coalesce('''' || {raw} || '''', 'blank') || ' is not ' || {expected}"
    )
    return (
        f"{{'column': {literal(column.name)}, 'header': {literal(column.header)},"
        f" 'cell': {place}, 'value': {raw}, 'reason': {reason}, 'message': {told},"
        f" 'link': {literal(link_prefix)} || {place}}}::{REASON_TYPE}"
    )


def _clean(cells: list[_Cell], extract: str) -> str:
    columns = ", ".join(
        f"c.v{c.number}::{c.column.physical_type} as {quoted(c.column.name)}" for c in cells
    )
    passed = " and ".join(f"c.r{c.number} is null" for c in cells)
    return f"""
select {columns}, c._row, {literal(extract)} as _extract
from staged_cells as c anti join staged_twice as t on c._row = t._row
where {passed} order by c._row"""


def _quarantine(cells: list[_Cell], extract: str, letters: list[str]) -> str:
    kept = ", ".join(f"c.{quoted(letter)}" for letter in letters)
    wrong = " or ".join(f"c.r{c.number} is not null" for c in cells)
    reasons = ", ".join(f"coalesce(c.r{c.number}, [])" for c in cells)
    return f"""
select c._row, c._kinds, {literal(extract)} as _extract,
    flatten([{reasons}, coalesce(t._reasons, [])])::{REASON_TYPE}[] as _reasons, {kept}
from staged_cells as c left join staged_twice as t on c._row = t._row
where {wrong} or t._row is not null order by c._row"""
