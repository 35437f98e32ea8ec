"""What the cells of one column are, counted: the ground on which its type is guessed."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFacts:
    """Counts of a column's cells in rows of data; blank cells are in none of them."""

    cells: int = 0
    distinct: int = 0
    text: int = 0
    number: int = 0
    exact_text: int = 0
    """Text and number cells that a typed source wrote, which keep every character and digit."""
    exact_number: int = 0
    long_number: int = 0
    """Number cells of a spreadsheet with more figures than it keeps."""
    guards: int = 0
    """Text cells that begin with an apostrophe."""
    marks: tuple[str, ...] = ()
    """Words of debit and credit behind amounts, in small letters."""
    date: int = 0
    stamp: int = 0
    """Date cells with a time of day, and those of them that show midnight."""
    midnight: int = 0
    clock: int = 0
    boolean: int = 0
    error: int = 0
    number_whole: int = 0
    """Number cells without decimals."""
    number_places: int = 0
    """The most decimals of a number cell."""
    text_id: int = 0
    """Text cells that are numbers in Indonesian notation; `text_id_only` in no other."""
    text_id_only: int = 0
    text_id_whole: int = 0
    text_id_places: int = 0
    text_en: int = 0
    text_en_only: int = 0
    text_en_whole: int = 0
    text_en_places: int = 0
    counted_days: int = 0
    """Number and text cells that spreadsheets count as days of the years from 2000 to 2050."""
    counted_births: int = 0
    """The same of the years from 1930 to 1999."""
    counted_moments: int = 0
    """Those of them with decimals, which are times of day."""
    bare_days: int = 0
    """Number and text cells that would be days of figures alone: 20250301."""
    point_groups: int = 0
    """Text cells that are thousands in one notation and three decimals in the other: 82.000."""
    comma_groups: int = 0
    """The same with a comma: 82,000."""
    biggest: float = 0.0
    """The greatest number, without its sign."""
    dmy: int = 0
    """Text cells that are dates in this order."""
    mdy: int = 0
    ymd: int = 0
    dmy_years: int = 0
    """Different years of text cells, read with the day first."""
    ymd_years: int = 0
    dmy_only: int = 0
    """Text cells that are dates, with a time of day or without, in this order and no other."""
    mdy_only: int = 0
    either_order: int = 0
    """Text cells that are one date with the day first and another with the month first."""
    stamp_dmy: int = 0
    """Text cells that are dates with a time of day in this order."""
    stamp_mdy: int = 0
    stamp_ymd: int = 0
    text_clock: int = 0
    """Text cells that are times of day; `colons` of them have a colon."""
    colons: int = 0
    duration: int = 0
    """Cells that are a length of time; `long_duration` of them are no time of day."""
    long_duration: int = 0
    dotted_duration: int = 0
    """Those of them with dots, which the parts of a code have, too: 1000.01.00."""
    elapsed: bool = False
    """Whether the format of its clocks says that they are lengths of time."""
    hour_places: int = 0
    """The decimals that the lengths need in hours, and in minutes."""
    minute_places: int = 0
    phone: int = 0
    """Text and number cells that are Indonesian telephone numbers."""
    true_words: int = 0
    false_words: int = 0
    plain_yes: int = 0
    """Words that mean nothing but yes or no."""
    short_year: int = 0
    """Text cells of figures that are dates with a year of two figures, such as 1.1.01."""
    short_year_early: int = 0
    """Those of them whose year is long past in every order."""
    short_year_late_day: int = 0
    """Those of them with a figure above 12, as a day has and the parts of a code seldom."""
    far_year: int = 0
    """Text cells whose year, as a date in any order, is before 1900 or after 2100."""
    text_cents: int = 0
    """Text cells written with two decimals, as amounts of money are."""
    text_id_same: int = 0
    """Spellings of plain figures beyond one for each number they are in Indonesian notation."""
    text_en_same: int = 0
    leading_zero: int = 0
    """Text cells of figures that begin with 0."""
    codes: int = 0
    """Text cells of nothing but figures, and the figures of the shortest and the longest."""
    shortest_code: int = 0
    longest_code: int = 0
    figures: int = 0
    """Text cells of ten figures or more and nothing else."""
    spaced: int = 0
    """Text cells that are numbers with spaces between their thousands, and the characters of the
    shortest and the longest."""
    shortest_spaced: int = 0
    longest_spaced: int = 0
    money: int = 0
    """Text cells with a sign of currency."""
    currencies: tuple[str, ...] = ()
    """Codes of the currencies that number cells written as text name."""
    dashes: int = 0
    """Cells that are the words for nothing which every contract knows."""
    blank_words: int = 0
    nothing: int = 0
    """Cells that are a word for nothing which no text of a list is: N/A, UNKNOWN, nan."""
    nothing_found: tuple[str, ...] = field(default=())
    faults: int = 0
    """Cells that are a word for a fault, such as ERROR."""
    faults_found: tuple[str, ...] = field(default=())
    blanks_found: tuple[str, ...] = field(default=())
    """Words that mean blank, as they stand in cells, in small letters."""
