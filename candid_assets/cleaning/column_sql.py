"""One column in SQL: how its cells are read, what value they give and what is wrong with them."""

from dataclasses import dataclass
from typing import Literal

from candid_assets.cleaning.form_cells import FormValue
from candid_assets.cleaning.macros import folded
from candid_assets.cleaning.number_sql import ANY_SCALE, number_sql
from candid_assets.cleaning.stated_period import StatedPeriod
from candid_assets.cleaning.text_faults_sql import error_or_damage_sql
from candid_assets.contracts.catalog import Column
from candid_assets.contracts.column_rules import broken_sql, rules_of
from candid_assets.contracts.column_types import decimal_scale
from candid_assets.contracts.header_text import OF_OTHER_CELLS
from candid_assets.sources.error_texts import is_error_text
from candid_assets.sql import literal, quoted, text_list
from candid_assets.vocabulary import BLANK_WORDS
from candid_assets.warehouse.provenance import SHOWN


@dataclass(frozen=True, slots=True)
class Placed:
    """A contract's column with its place in the sheet."""

    column: Column
    position: int
    """In the contract, counted from 1."""
    letter: str | None
    """In the sheet; None where the sheet lacks the (optional) column."""
    place: int
    """In the sheet, counted from 1; 0 where the sheet lacks the column."""
    read: str = ""
    """What a parser made of the text: a struct with a reason, as SQL; empty for plain text."""
    shown: bool = False
    """Whether formats say more than some of its numbers or dates."""
    filled: bool = False
    """Whether merged cells are filled with their merge's text."""
    percents: bool = False
    """Whether its numbers are all texts, some of them percentages."""
    dates: Literal["any", "short", ""] = ""
    """Which dates are none in a column of text; blank where it has no dates."""
    whole_figures: bool = False
    """Whether its numbers of 16 figures have kept the last ones."""
    period: StatedPeriod | None = None
    """The period above the header, for days without a year."""
    kinds: frozenset[str] | None = None
    """The kinds of its cells, and `+` where a text has one; None where they are not known."""
    form: FormValue | None = None
    """The value of a form above the table, which is that of every row."""
    apart: bool = False
    """Whether its cells stand in columns of their own, as in a large table, and not in lists."""

    @property
    def name(self) -> str:
        """The quoted name of the column's value."""
        return quoted(self.column.name)

    @property
    def cell(self) -> str:
        """The cell as its source holds it, as SQL."""
        return quoted(f"{self.column.name}: cell") if self.apart else f"_cells[{self.place}]"

    @property
    def cleaned(self) -> str:
        """The cell's own text, cleaned, as SQL."""
        return quoted(f"{self.column.name}: cleaned") if self.apart else f"_cleaned[{self.place}]"

    @property
    def text(self) -> str:
        """The quoted name of the column's text, which is NULL for a word that means blank."""
        return quoted(f"{self.column.name}: text")

    @property
    def kind(self) -> str:
        """The kind of the cell, as SQL."""
        own = literal(self.form.kind) if self.form else f"_kinds[{self.place}]"
        return quoted(f"{self.column.name}: kind") if self.filled else own

    @property
    def marked(self) -> bool:
        """Whether numbers are compared by their units, currencies and percent signs."""
        is_number = self.column.logical_type in {"number", "integer"} and self.column.in_sheet
        declared = self.column.options.shown_as is not None
        return is_number and self.letter is not None and (self.shown or self.percents or declared)

    @property
    def padded(self) -> bool:
        """Whether codes that are numbers are compared by their figures."""
        return self.shown and keeps_text(self.column)

    @property
    def mark(self) -> str:
        """The quoted name of what the number is shown with."""
        return quoted(f"{self.column.name}: mark")

    @property
    def usual(self) -> str:
        """The quoted name of what the column's numbers are shown with."""
        return quoted(f"{self.column.name}: usual")

    @property
    def why(self) -> str:
        """The quoted name of the column's reasons, divided by commas."""
        return quoted(f"{self.column.name}: why")


def text_sql(placed: Placed) -> str:
    """Return the cell's text: cleaned, and NULL for a word that means blank.

    In a column of text an exact cell stays as its source holds it; it is blank only for the words
    that the contract itself lists.
    """
    column = placed.column
    if placed.form:
        return cell_text_sql(placed, placed.form.cleaned, placed.kind, "NULL")
    cleaned, kind = placed.cleaned, f"_kinds[{placed.place}]"
    shown = f"json_extract_string({SHOWN}, '$.{placed.letter}')" if placed.shown else "NULL"
    typed = cell_text_sql(placed, cleaned, kind, shown)
    if not keeps_text(column):
        return typed
    exact, words = placed.cell, column.options.blank_words
    if words and words != BLANK_WORDS:
        exact = f"CASE WHEN {cleaned} IS NULL OR {typed} IS NOT NULL THEN {exact} END"
    return f"CASE WHEN {kind} = 'x' THEN {exact} ELSE {typed} END"


def keeps_text(column: Column) -> bool:
    """Return whether the column's values are the texts of its cells, which no parser reads."""
    return column.logical_type == "string" and not column.options.phone


def cell_text_sql(placed: Placed, cleaned: str, kind: str, shown: str) -> str:
    """Return the text of a cell whose parts are given as SQL.

    A text column takes what the sheet shows for a number where that says more: 00007 for 7.

    Args:
        placed: The column.
        cleaned: The cell's own text, cleaned.
        kind: Its kind.
        shown: What its format says beyond it.
    """
    options = placed.column.options
    cleaned = f"unguarded({cleaned})" if options.guarded else cleaned
    if placed.column.logical_type == "string" and placed.shown:
        kinds = ["n", "d", "s"] if options.dates_as_shown else ["n"]
        chosen = (
            f"CASE WHEN {kind} IN ({', '.join(map(literal, kinds))}) THEN clean_text({shown}) END"
        )
        cleaned = f"coalesce({chosen}, {cleaned})"
    words = [folded(word) for word in options.blank_words]
    if any(map(is_error_text, words)):
        return f"unless_error({cleaned}, {text_list(words)})"
    return f"unless_word({cleaned}, {text_list(words)})" if words else cleaned


def value_sql(placed: Placed) -> str:
    """Return the value in its type, from the text and what the parser made of it."""
    column = placed.column
    if placed.letter is None:
        return f"CAST(NULL AS {column.physical_type})"
    if column.header in OF_OTHER_CELLS:
        return f"CAST({column.header} AS {column.physical_type})"
    if column.logical_type == "number":
        return number_sql(column, placed.read)
    if column.logical_type == "integer":
        return f"TRY_CAST({placed.read}.digits AS {column.physical_type})"
    if placed.read:
        return f"TRY_CAST({placed.read}.value AS {column.physical_type})"
    text, case = spelled_sql(placed), column.options.letter_case
    return f"{case}({text})" if case else text


def why_sql(placed: Placed) -> str | None:
    """Return the reasons against the cell, divided by commas, or NULL where it passes."""
    if placed.letter is None:
        return None
    misread, broken = misread_sql(placed), blank_or_broken_sql(placed)
    return misread if broken is None else f"COALESCE(\n      {misread},\n      {broken}\n    )"


def blank_or_broken_sql(placed: Placed) -> str | None:
    """Return that the value lacks or breaks the column's rules; None where it has no rules."""
    blank = "'missing_value'" if needs_value(placed.column) else "NULL"
    against = against_sql(placed)
    if blank == against == "NULL":
        return None
    return f"CASE WHEN {placed.name} IS NULL THEN {blank} ELSE {against} END"


def misread_sql(placed: Placed) -> str:
    """Return why the cell cannot be read as its type, or NULL where it can."""
    misread = _misread(placed)
    if placed.column.options.blocked:
        misread = f"COALESCE(blocked_reason({placed.text}, {placed.kind}), {misread})"
    if placed.marked:
        other = f"CASE WHEN has_other_mark({placed.mark}, {placed.usual}) THEN 'other_unit' END"
        misread = f"COALESCE({misread}, {other})"
    return misread


def is_key(column: Column) -> bool:
    """Return whether the column is part of the primary key."""
    return column.primary_key_position is not None


def needs_value(column: Column) -> bool:
    """Return whether a blank cell sends the row to quarantine."""
    return column.required or is_key(column)


def against_sql(placed: Placed) -> str:
    """Return the reasons against a value that was read well, or NULL where it passes."""
    tests: dict[str, list[str]] = {}
    for rule, value in rules_of(placed.column):
        tests.setdefault(rule.reason, []).append(broken_sql(rule, value, placed.column))
    rules = [f"CASE WHEN {' OR '.join(test)} THEN '{why}' END" for why, test in tests.items()]
    if len(rules) > 1:
        return f"NULLIF(CONCAT_WS(',', {', '.join(rules)}), '')"
    return rules[0] if rules else "NULL"


def _misread(placed: Placed) -> str:
    column = placed.column
    if column.header in OF_OTHER_CELLS:
        return "CAST(NULL AS VARCHAR)"
    if column.logical_type == "number":
        scale = decimal_scale(column.physical_type)
        if scale is None or column.options.round_to_scale:
            scale = ANY_SCALE
        return f"number_reason({placed.read}, {placed.name}, {scale})"
    if column.logical_type == "integer":
        reason = f"integer_reason({placed.read}, {placed.name})"
        if not (column.unique or is_key(column) or column.reference):
            return reason
        lost = f"has_lost_figures({placed.text}, {placed.kind}, {placed.whole_figures})"
        return f"CASE WHEN {lost} THEN 'damaged_id' ELSE {reason} END"
    if not placed.read:
        return _fault_sql(placed, _text_reason(placed))
    return f"typed_reason({placed.read}, {placed.name})"


def _fault_sql(placed: Placed, otherwise: str) -> str:
    """Return that a cell is one of the contract's words for a fault, or what else is wrong."""
    words = [folded(word) for word in placed.column.options.fault_words]
    test = f"{placed.kind} <> 'e' AND list_contains({text_list(words)}, lower({placed.text}))"
    return f"CASE WHEN {test} THEN 'fault_word' ELSE {otherwise} END" if words else otherwise


def _text_reason(placed: Placed) -> str:
    """Return why a cell is no text: an error, a damaged id, or a date that Sheets made of it."""
    error = error_or_damage_sql(placed.text, placed.kind, placed.kinds, placed.whole_figures)
    if placed.padded:
        short = f"is_unpadded({placed.text}, {placed.kind}, {placed.usual})"
        error = f"COALESCE({error}, CASE WHEN {short} THEN 'unpadded_code' END)"
    if not placed.dates:
        return error
    test = f"{placed.kind} IN ('d', 's') AND {placed.text} IS NOT NULL"
    shown = f"json_extract_string({SHOWN}, '$.{placed.letter}')" if placed.shown else "NULL"
    if placed.filled:
        shown = f"coalesce(_fills[{placed.place}].shown, {shown})"
    if placed.column.options.dates_as_shown:
        test += f" AND {shown} IS NULL"
    elif placed.dates == "short":
        test += f" AND is_short_date({shown})"
    return f"COALESCE({error}, CASE WHEN {test} THEN 'date_in_text' END)"


def spelled_sql(placed: Placed) -> str:
    """Return the cell's text with a synonym replaced by what it stands for."""
    if not (synonyms := placed.column.options.synonyms):
        return placed.text
    cases = " ".join(f"WHEN {literal(folded(k))} THEN {literal(v)}" for k, v in synonyms.items())
    return f"CASE lower({placed.text}) {cases} ELSE {placed.text} END"
