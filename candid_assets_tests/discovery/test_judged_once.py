"""What is said of the rows of a tab is worked out once."""

from dataclasses import dataclass, field
from typing import Any

from candid_assets.discovery.judged_once import judged_once


@dataclass
class Judge:
    judged: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    asked: list[tuple[int, int]] = field(default_factory=list)

    @judged_once
    def product(self, row: int, other: int = 1) -> int:
        """Return a product."""
        self.asked.append((row, other))
        return row * other

    @judged_once
    def total(self, row: int, other: int) -> int:
        """Return a sum."""
        return row + other


def test_answer_is_worked_out_once_for_each_list_of_arguments() -> None:
    judge = Judge()
    assert [judge.product(3, 2), judge.product(3, 2), judge.product(4, 2)] == [6, 6, 8]
    assert judge.asked == [(3, 2), (4, 2)]


def test_answers_of_two_methods_and_two_judges_are_apart() -> None:
    judge, other = Judge(), Judge()
    assert (judge.product(3, 2), judge.total(3, 2)) == (6, 5)
    assert other.product(3, 2) == 6
    assert other.asked == [(3, 2)]
