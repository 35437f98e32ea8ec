"""Finds the rows of a table that sum others up: totals, averages, extremes, balances carried over.

A row is one by its words where it lacks a cell that rows of data have, or where a number of it is
the sum, average, greatest, least or count of the rows above; and without any word where it holds
nothing but numbers, each the sum of all above or since the last such row, or each the average of
all above, or in the first row each the sum of all below. A row of other words is one where it lacks
such a cell and each number sums up those above, or where it closes the table in proportion to them.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from candid_assets.cleaning.bare_sums_sql import AVERAGED, AVERAGED_ALONE
from candid_assets.discovery.grid import Grid
from candid_assets.discovery.numbers_above import (
    NEAR,
    NumbersAbove,
    NumbersOfPart,
    are_proportional,
    number_of,
    sums_and_rates,
)
from candid_assets.discovery.summary_outcome import OtherTotal, SummaryRows
from candid_assets.discovery.summary_words import (
    SUMMARY_WORDS,
    is_rest,
    phrase_of,
    summary_lead,
)
from candid_assets.vocabulary import TOTAL_WORDS

_FEWEST: Final = 3
"""Fewer rows above are their sum by chance."""
_FEWEST_IN_TWO: Final = 2
"""The same where two columns or more hold sums."""
_NEARLY: Final = 0.3
"""How far a total may be from the sum of the rows above to be meant as it."""
_SURE: Final = 4
"""How many numbers a row with words of its own must be the sum of."""
_SURE_IN: Final = 3
"""In how many columns, where it lacks no cell that rows of data have."""
_SMALL: Final = 50
_MOST_CLOSING: Final = 4
"""More rows below a total are data again."""
_USUAL: Final = 0.8
"""A cell is one that rows of data have where at least this part of them has it."""


class SummarySearch:
    """Looks for rows that sum others up among rows of one table."""

    def __init__(self, grid: Grid, rows: Sequence[int], places: Sequence[int]) -> None:
        """Use the rows below the header that are not blank."""
        self.grid, self.rows, self.places = grid, rows, places
        self._leads = {row: grid.first_text(row, places[-1]) for row in rows}
        named = {row: word for row, lead in self._leads.items() if (word := summary_lead(lead))}
        self._named = named
        data = [row for row in rows if row not in named]
        self._usual = self._usual_in(data)
        widest = max((len(grid.filled(r)) for r in data), default=0)
        self._usual_in_lines = self._usual_in([r for r in data if 2 * len(grid.filled(r)) > widest])
        self._above = {p: NumbersAbove() for p in places}
        self._wholes: list[int] = []
        """The rows that are the sum of all rows above in some column."""
        self._totals: Mapping[int, float] = {}
        """The numbers of the last of them by column."""
        self._doubted: dict[int, str] = {}

    def _usual_in(self, rows: Sequence[int]) -> set[int]:
        """Return the columns that nearly all of some rows have; sums may be many of all rows."""
        least = max(_USUAL * len(rows), 1)
        return {p for p in self.places if sum(self.grid.kind(r, p) != "-" for r in rows) >= least}

    def search(self) -> SummaryRows:
        """Return the rows that sum others up."""
        outcome = SummaryRows()
        for row in self.rows:
            numbers = {p: n for p in self.places if (n := number_of(self.grid, row, p)) is not None}
            if self._is_summary(row, numbers, outcome):
                self._begin_part()
                continue
            for place, above in self._above.items():
                if self.grid.kind(row, place) != "-":
                    above.append(numbers.get(place))
        outcome.sums |= self._sums_of_below(outcome)
        outcome.labelled |= self._below_totals(outcome) | self._rest_of_ranking(outcome)
        outcome.computed |= self._doubted
        outcome.drop_words_of_data(self._leads)
        return outcome

    def _is_summary(self, row: int, numbers: Mapping[int, float], outcome: SummaryRows) -> bool:
        """Return whether a row sums others up, by words or by arithmetic, and note it."""
        word = self._named.get(row)
        if self._sums_up(row, numbers) if word else self._is_all_results(row, numbers):
            outcome.labelled[row] = phrase_of(self._leads[row])
            if any(self._above[p].every.is_sum(n, 1) for p, n in numbers.items()):
                self._totals = numbers
                self._wholes.append(row)
            if word in TOTAL_WORDS:
                outcome.other_totals += self._other_totals(row, numbers)
            return True
        columns = () if word else self._bare_sums(row, numbers)
        if columns:
            outcome.sums[row] = columns
        return bool(columns)

    def _begin_part(self) -> None:
        for above in self._above.values():
            above.begin_part()

    def _below_totals(self, outcome: SummaryRows) -> dict[int, str]:
        """Return the last rows of the table, below a row of sums, that are a label and numbers.

        They say what follows of the total of all: its share for each piece, what is left of a
        budget. Below any other row of sums (a statement's balances) their label stands where data
        has days or numbers.
        """
        closing: dict[int, str] = {}
        accepted: dict[int, str] = {}
        for row in reversed(self.rows):
            if row in outcome.labelled or row in outcome.sums:
                if row in self._wholes[:1]:
                    return closing
                # What follows of the total of all, such as a tax, is added to it once more.
                if row not in self._wholes and not (self._wholes and row > self._wholes[-1]):
                    if not all(map(self._is_label_misplaced, closing)):
                        return accepted
                    accepted = dict(closing)
                elif row in self._wholes:
                    accepted = dict(closing)
                continue
            follows = self._is_label_and_numbers(row) or self._is_share(row)
            if len(closing) == _MOST_CLOSING or not follows:
                return accepted
            closing[row] = phrase_of(self._leads[row])
        return {}

    def _rest_of_ranking(self, outcome: SummaryRows) -> dict[int, str]:
        """Return the last row below numbered ones that has no number and says that it is the rest.

        What it adds up is listed nowhere.
        """
        rows = [row for row in self.rows if row not in outcome.labelled and row not in outcome.sums]
        if len(rows) <= _SURE or not is_rest(self._leads[rows[-1]]):
            return {}
        ranks = [self.grid.text(row, self.places[0]) for row in rows]
        counted = all(rank == str(n) for n, rank in enumerate(ranks[:-1], 1))
        return {rows[-1]: phrase_of(self._leads[rows[-1]])} if counted and not ranks[-1] else {}

    def _is_label_and_numbers(self, row: int) -> bool:
        """Whether a row has one text, and lacks at least half of what rows of data have.

        Where they have days or numbers in the text's column, it may lack less.
        """
        filled = [p for p in self.places if self.grid.kind(row, p) != "-"]
        numbers = sum(number_of(self.grid, row, p) is not None for p in filled)
        lacks = sum(self.grid.kind(row, p) == "-" for p in self._usual_in_lines)
        if not numbers or numbers + 1 != len(filled) or not lacks or not self._leads[row]:
            return False
        return 2 * lacks >= len(self._usual_in_lines) or self._is_label_misplaced(row)

    def _is_share(self, row: int) -> bool:
        """Whether a row has one text, and numbers in one proportion to those of the total."""
        filled = [p for p in self.places if self.grid.kind(row, p) != "-"]
        numbers = {p: n for p in filled if (n := number_of(self.grid, row, p)) is not None}
        one_text = bool(self._leads[row]) and len(numbers) + 1 == len(filled)
        return one_text and are_proportional(numbers, self._totals)

    def _sums_up(self, row: int, numbers: Mapping[int, float]) -> bool:
        """Whether a row with a word for a sum is no row of data that has the word in its name."""
        place = next(p for p in self.places if self.grid.kind(row, p) == "t")
        right = {p: n for p, n in numbers.items() if p > place}
        if not right:
            return False
        lead = self._leads[row].lower().strip(" :.=")
        lacks = any(self.grid.kind(row, p) == "-" for p in self._usual)
        if (
            lacks
            or self._is_misplaced(place)
            or (place == self.places[0] and lead in SUMMARY_WORDS)
        ):
            return True
        return any(self._is_result(p, n) for p, n in right.items())

    def _other_totals(self, row: int, numbers: Mapping[int, float]) -> list[OtherTotal]:
        """Return the numbers of a total that are near the sum of the rows above, and are not it.

        Nothing is said of a row none of whose numbers is a sum, where there are several.
        """
        others = []
        right = 0
        for place, number in numbers.items():
            above = self._above[place]
            sums = [sum(p.numbers) for p in (above.every, above.last) if p.numbers]
            if self._is_result(place, number) or number in above.every.numbers[-1:]:
                right += 1
            elif sums and len(above.every.numbers) >= _SURE:
                nearest = min(sums, key=lambda each: abs(each - number))
                if abs(nearest - number) <= _NEARLY * abs(nearest):
                    others.append(OtherTotal(row, place, number, nearest))
        return others if right or len(numbers) == 1 else []

    def _is_label_misplaced(self, row: int) -> bool:
        """Whether a row begins with words in a column in which hardly any row of data has words."""
        place = next(p for p in self.places if self.grid.kind(row, p) == "t")
        shapes = self._shapes_of_data(place)
        words = sum(shape in "wl" for shape in shapes)
        return len(shapes) > 2 and words < (1 - _USUAL) * len(shapes)

    def _is_misplaced(self, place: int) -> bool:
        """Whether the rows of data have no words in a column."""
        shapes = self._shapes_of_data(place)
        return len(shapes) > 2 and sum(s in "nd" for s in shapes) > 0.9 * len(shapes)

    def _shapes_of_data(self, place: int) -> list[str]:
        data = [r for r in self.rows if r not in self._named][:60]
        return [s for r in data if (s := self.grid.shape(r, place)) != "-"]

    def _is_result(self, place: int, number: float) -> bool:
        """Whether a number sums up those above it, in one of the usual ways."""
        for part in (self._above[place].every, self._above[place].last):
            above = part.numbers
            if len(above) < _FEWEST or not any(above):
                continue
            results = (sum(above), sum(above) / len(above))
            if any(abs(number - r) <= NEAR * max(abs(r), 1.0) for r in results):
                return True
            if len(set(above)) > 2 and number in (max(above), min(above)):
                return True
        return False

    def _is_all_results(self, row: int, numbers: Mapping[int, float]) -> bool:
        """Whether a row without a word for it lacks cells and holds sums of those above alone.

        A balance that runs on may stand beside the sums, as the last one above.
        """
        lacks = sum(self.grid.kind(row, p) == "-" for p in self._usual_in_lines)
        if not (self._leads[row] and numbers and lacks):
            return bool(self._leads[row] and numbers) and self._closes_as_sums(row, numbers)
        sums = likely = 0
        for place, number in numbers.items():
            above = self._above[place]
            if above.every.is_sum(number, _SURE) or above.last.is_sum(number, _SURE):
                sums += 1
            elif above.last.may_be_sum(number, _SURE):
                likely += 1
            elif number not in above.every.numbers[-1:]:
                return False
        return sums > 0 and (sums + likely > 1 or lacks > 1)

    def _closes_as_sums(self, row: int, numbers: Mapping[int, float]) -> bool:
        """Whether the last row has one text, a name of the whole, and is the sum of all above it.

        Nothing else tells it from data: where fewer than three columns say so, it is a doubt.
        """
        filled = sum(self.grid.kind(row, p) != "-" for p in self.places)
        if row != self.rows[-1] or filled != len(numbers) + 1:
            return False
        sums = sums_and_rates({p: self._above[p].every for p in numbers}, numbers, _SURE)
        if len(sums) < _SURE_IN and any(abs(n) > _SMALL for n in sums):
            self._doubted[row] = phrase_of(self._leads[row])
        return len(sums) >= _SURE_IN

    def _bare_sums(self, row: int, numbers: Mapping[int, float]) -> tuple[int, ...]:
        """Return the columns of a row of nothing but sums of all rows above, or of the last part.

        A part begins below the row that summed up others before it.
        """
        filled = self._bare(row, numbers)
        if not filled:
            return ()
        above = [(self._above[place], number) for place, number in numbers.items()]
        fewest = _FEWEST if len(filled) == 1 else _FEWEST_IN_TWO
        if all(column.every.may_be_sum(number, _FEWEST) for column, number in above) or all(
            column.last.may_be_sum(number, fewest) for column, number in above
        ):
            return filled
        averaged = AVERAGED if len(filled) > 1 else AVERAGED_ALONE
        averages = all(column.every.is_average(number, averaged) for column, number in above)
        return filled if averages else ()

    def _bare(self, row: int, numbers: Mapping[int, float]) -> tuple[int, ...]:
        """Return the columns of a row of nothing but numbers that lacks some; else nothing."""
        filled = tuple(p for p in self.places if self.grid.kind(row, p) != "-")
        return filled if len(filled) == len(numbers) < len(self.places) else ()

    def _sums_of_below(self, outcome: SummaryRows) -> dict[int, tuple[int, ...]]:
        """Return the first row where it is nothing but the sums of all rows of data below it."""
        others = outcome.labelled.keys() | outcome.sums.keys()
        if not self.rows or self.rows[0] in others:
            return {}
        first, *below = (row for row in self.rows if row not in others)
        numbers = {p: n for p in self.places if (n := number_of(self.grid, first, p)) is not None}
        filled = self._bare(first, numbers)
        columns = {
            p: [n for row in below if (n := number_of(self.grid, row, p)) is not None]
            for p in filled
        }
        sums = all(NumbersOfPart(columns[p]).is_sum(numbers[p], _FEWEST) for p in filled)
        return {first: filled} if filled and sums else {}
