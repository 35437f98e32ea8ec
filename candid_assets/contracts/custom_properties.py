"""The custom properties of contracts: options of reading a source and of cleaning its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from candid_assets.vocabulary import BLANK_WORDS, TOTAL_WORDS

Notation = Literal["id", "en"]
DateOrder = Literal["dmy", "mdy", "ymd"]
Currency = Literal[
    "IDR", "USD", "AUD", "SGD", "MYR", "EUR", "GBP", "JPY", "CNY", "THB", "INR"
]  # fmt: skip
"""Currencies whose marks are read in text, by their codes of ISO 4217."""
RUPIAH: Final = "IDR"
DurationUnit = Literal["days", "hours", "minutes", "seconds"]
ANY_CELL: Final = "*"
"""What a prepared row may show in a column, whatever it is: a number that counts the rows."""
CELL_MARK: Final = " | "
"""What stands between the cells of a row where several of them say which row it is."""
Pagination = Literal["none", "link", "next_url", "cursor", "page", "offset", "last_record"]
"""How the next page of records is found."""
DuplicateKeys = Literal["quarantine", "keep_first", "keep_last"]


@dataclass(frozen=True, slots=True)
class ColumnOptions:
    """How a column's cells are cleaned; each field is one ODCS custom property."""

    notation: Notation = "id"
    """Notation of numbers written as text: `id` reads 1.250.000,50 and `en` 1,250,000.50."""
    currency: Currency = RUPIAH
    """Currency whose mark a number written as text may have; one with another's is refused."""
    duration: DurationUnit | None = None
    """Unit in which lengths of time are kept as numbers: 37:30:00 is 37.5 hours."""
    negative_marks: tuple[str, ...] = ()
    """Words behind an amount written as text that make it negative, such as DB in a statement."""
    positive_marks: tuple[str, ...] = ()
    """Words behind an amount written as text that leave it positive, such as CR in a statement."""
    guarded: bool = False
    """Whether every text begins with an apostrophe that is no part of it; figures never keep it."""
    date_order: DateOrder = "dmy"
    """Order of day, month and year in dates written as digits in text; in a column of dates `ymd`
    also reads eight figures alone, 20250301, as the day that they are."""
    year_from: str | None = None
    """Label before the period in the rows above the header (`Periode`; `*` for none), which gives
    days without a year (`02/12`) theirs. It is read anew with every extract; a day outside it, or
    without it, goes to quarantine."""
    days_counted: bool = False
    """Whether whole numbers are days as a spreadsheet counts them, in cells without the format of a
    date: 45719 is 3 March 2025, and 45719.5 its noon."""
    letter_case: Literal["upper", "lower"] | None = None
    """Letter case that text is brought to."""
    true_words: tuple[str, ...] = ("ya", "yes", "true", "benar", "y", "1", "aktif", "✓")
    """Whole cells that mean yes, compared without case."""
    false_words: tuple[str, ...] = ("tidak", "no", "false", "salah", "n", "t", "0", "nonaktif", "✗")
    """Whole cells that mean no, compared without case."""
    blank_words: tuple[str, ...] = BLANK_WORDS
    """Whole cells that mean blank, compared without case."""
    fault_words: tuple[str, ...] = ()
    """Whole cells that mean a fault (ERROR), compared without case; their rows are quarantined."""
    synonyms: Mapping[str, str] = field(default_factory=dict)
    """Spelling in the sheet (without case) to the one value it stands for."""
    shown_as: str | None = None
    """What numbers are shown with in the sheet: a unit such as `pcs`, `%`, or a currency's code;
    one that is shown with another is refused. Else the column's commonest is taken."""
    fill_merged: bool = False
    """Whether merged cells take the text of their merge's first cell."""
    dates_as_shown: bool = False
    """Whether dates such as `1/2` that Sheets made of text are taken as the text that it shows."""
    other_headers: tuple[str, ...] = ()
    """Headers that tabs of the family have instead of the column's own: `Qty` for `Jumlah`."""
    phone: bool = False
    """Whether the text is an Indonesian telephone number, kept in E.164 form."""
    optional: bool = False
    """Whether the sheet may lack the column altogether."""
    round_to_scale: bool = False
    """Whether numbers with more decimals than the type are rounded half even instead of refused."""
    retired: str | None = None
    """Day from which the sheet may lack the column for good; it stays, blank from then on."""
    implausible: Literal["warn", "quarantine", "accept"] = "warn"
    """What becomes of values far from what the column holds: dates outside 2000 to the end of the
    year after the read, or far from the column's other days, and numbers 100 times their 99th
    percentile. They are reported, quarantined, or left alone."""
    blocked: str | None = None
    """Why cells that the sheet read as numbers or dates are refused until this is removed."""

    @property
    def may_lack(self) -> bool:
        """Whether the sheet may be without the column."""
        return self.optional or self.retired is not None


@dataclass(frozen=True, slots=True)
class TabOptions:
    """How a tab's rows are cleaned; each field is one ODCS custom property of the tab."""

    header_row: int | None = None
    """Sheet row of the header; else the first 30 rows are searched for the contract's headers.
    A column with `physicalName: _form.Nama Barang` receives in every row what stands beside that
    label above the header, wherever it is there; where the label is gone, the tab is refused."""
    header_rows: int = 1
    """Rows that the header takes; their texts are joined from the top, spread over merged cells.
    With 0 the table has no header: `headerRow` is its first row of data, or the tab's first row,
    and columns are named `(column A)`, `(column B)` and so on."""
    table_in_tab: int | str | None = None
    """Which table of its tab it is, where the tab holds several, beside or below one another: the
    first words of the title above it, or the number of the place where its headers stand, counted
    from the top and from the left. It is looked for in the whole tab, and has the columns from its
    first to its last header; all tables of the tab have the tab's title."""
    ignored_headers: tuple[str, ...] = ()
    """Headers in the sheet that are no part of the table: side notes and tables beside it."""
    column_numbers: bool = False
    """Whether the row below the header counts the columns (1, 2, 3 …) and is no data."""
    description_row: Mapping[str, str] = field(default_factory=dict)
    """Column to what a line of units or descriptions says of it; such a line is no data."""
    ends_at: tuple[str, ...] = ()
    """First words of the row with which something else begins below the table; ` | ` stands between
    the cells of a header by which another table is known (`Kode | Nama | Harga`)."""
    prefilled: Mapping[str, str] = field(default_factory=dict)
    """Column to what it shows in a row that nobody typed in, `*` for anything; others are blank."""
    total_words: tuple[str, ...] = TOTAL_WORDS
    """First words that mark a total row where a primary key cell is blank or holds the word."""
    summary_rows: tuple[str, ...] = ()
    """Whole first texts of rows that sum others up; figures and months may stand behind them."""
    total_columns: tuple[str, ...] = ()
    """Columns whose sums, of all rows above or of those since the last such row, or whose averages
    of all rows above make a row that holds nothing else a total without a word; above the first
    row of data, the sums of all rows below."""
    section_column: str | None = None
    """Column in which headings of sections stand, each alone on its row and over the lines below.
    A column with `physicalName: _section` receives the last one above each row."""
    drop_exact_duplicates: bool = True
    """Whether a row whose every cell equals an earlier row's is dropped (needs a primary key)."""
    duplicate_keys: DuplicateKeys = "quarantine"
    """What becomes of rows that share a key: all go to quarantine, or all but the first or last."""
    allow_empty: bool = False
    """Whether a tab with a header and no rows is fit to replace the table."""
    loss_held_from: float | Literal["never"] = 0.2
    """Share of the table's rows that must be gone from the tab, by their keys, for its new content
    to wait for a person."""
    title_pattern: str | None = None
    """Regular expression; every tab whose whole title matches it, without case, is a member."""
    retired: str | None = None
    """Day from which the tab is not read any more; its last good table stays."""
    lines_where: Mapping[str, str] = field(default_factory=dict)
    """Column to what it holds in the lines of this table, where a tab has several kinds of line
    (an invoice, its items), each kind with a header line of its own: one table for each kind, all
    with the tab's title. Column headers `_row` and `_parent` give the number of the line's row, and
    of the row of the line that it belongs to."""
    other_lines: tuple[str, ...] = ()
    """What stands there in lines of the other kinds. The one table of the tab without `linesUnder`
    lists all of them; a line of any other kind goes to its quarantine."""
    lines_under: str | None = None
    """The kind of line above that each line of this table belongs to."""
    archived_tabs: tuple[str, ...] = ()
    """Titles of members that left the workbook and whose rows stay in the table."""
    retired_tabs: tuple[str, ...] = ()
    """Titles of members that are not read any more and whose rows leave the table."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a table is read from its source; each field is one ODCS custom property of the tab.

    None of them says how rows are cleaned, so that they are no part of the tab's fingerprint.
    """

    engine: Literal["spark"] | None = None
    """What cleans the table where CANDID_ENGINE_URL names a cluster: `spark` is that cluster, also
    for fewer rows than CANDID_ENGINE_ROWS. No tab in Google Sheets goes there or may say so."""

    cursor: str | None = None
    """Column of the source that only grows; rows beyond the last extract's are asked for."""
    overlap: str | int | None = None
    """How far behind the last value reading begins again: `2 days`, or a number."""
    records_at: str | None = None
    """Path in an answer to the list of records, such as `data.items`; blank is the answer."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Query parameters that every request for the table carries."""
    pagination: Pagination | None = None
    """How the table's next page is found, where its paging is not the server's; it then has none of
    the server's `nextAt`, `pageParameter`, `sizeParameter`, `pageSize`, `firstPage` and `totalAt`.
    `none` is one page that holds all records."""
    next_at: str | None = None
    """Path in an answer to the next page's address or cursor; left out, the server's."""
    page_parameter: str | None = None
    """Query parameter of the page, offset or cursor; left out, the server's."""
    size_parameter: str | None = None
    """Query parameter of the page's size; left out, the server's."""
    page_size: int | None = None
    """Records of one page; left out, the server's."""
    first_page: int | None = None
    """Number of the first page; left out, the server's."""
    total_at: str | None = None
    """Path in an answer to the number of records of all pages; left out, the server's."""
    ignored_signs: tuple[str, ...] = ()
    """Signs of more pages that say nothing of this table, instead of the server's."""
    most_pages: int | None = None
    """Pages after which reading gives up; left out, the server's."""
    rows_by_policy: bool = False
    """Whether the rows that the database's row-level security shows this account are all wanted."""
