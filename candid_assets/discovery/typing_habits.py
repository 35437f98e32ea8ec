"""How the numbers and dates of a table are typed, by the columns that hold any."""

from collections.abc import Iterable

from candid_assets.contracts.custom_properties import DateOrder, Notation
from candid_assets.discovery.column_facts import ColumnFacts
from candid_assets.discovery.header_languages import are_indonesian
from candid_assets.discovery.locale_misreads import language
from candid_assets.discovery.office_words import is_of_money
from candid_assets.discovery.type_guess import TypingHabits, guess_type


def usual_habits(locale: str, headers: Iterable[str]) -> TypingHabits:
    """Return how numbers and dates are typed where no cell decides: by the locale, else by words.

    Args:
        locale: The workbook's locale, blank where it has none.
        headers: The headers of all its tables.
    """
    if locale:
        order: DateOrder = "mdy" if locale.lower().startswith("en_us") else "dmy"
        return TypingHabits("id" if language(locale) == "id" else "en", order, of_locale=True)
    return TypingHabits("id" if are_indonesian(headers) else "en", "dmy")


def typing_habits(
    columns: Iterable[tuple[str, ColumnFacts]], otherwise: TypingHabits
) -> TypingHabits:
    """Return how a table is typed, judged by the cells that can be read in one way only.

    Columns that are no numbers or dates say nothing of it: a clause 5.1 is no English number.

    Args:
        columns: The header and the facts of each column.
        otherwise: What is taken where no cell decides.
    """
    columns = list(columns)
    typed = [(guess_type(header, facts, otherwise).logical, facts) for header, facts in columns]
    numbers = [facts for logical, facts in typed if logical in {"number", "integer"}]
    days = [facts for logical, facts in typed if logical in {"date", "timestamp"}]
    indonesian = sum(c.text_id_only for c in numbers)
    english = sum(c.text_en_only for c in numbers)
    day_first, month_first = sum(c.dmy_only for c in days), sum(c.mdy_only for c in days)
    notation = otherwise.notation
    if indonesian != english:
        notation = "id" if indonesian > english else "en"
    elif not otherwise.of_locale:
        notation = _of_amounts(columns) or notation
    order = otherwise.date_order
    if day_first != month_first:
        order = "dmy" if day_first > month_first else "mdy"
    return TypingHabits(notation, order, otherwise.of_locale)


def _of_amounts(columns: Iterable[tuple[str, ColumnFacts]]) -> Notation | None:
    """Return the notation by the sign that divides thousands of money, which has no three decimals.

    None where no column speaks of money, or as many cells have the one sign as the other.
    """
    money = [facts for header, facts in columns if is_of_money(header)]
    points, commas = (
        sum(f.point_groups for f in money),
        sum(f.comma_groups for f in money),
    )
    if points == commas:
        return None
    return "id" if points > commas else "en"
