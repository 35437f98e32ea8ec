import re

from candid_assets.contracts.custom_properties import ColumnOptions, TabOptions
from candid_assets.vocabulary import (
    BLANK_WORDS,
    TOTAL_WORDS,
    any_of,
    months,
    stems,
    weekdays,
)


def test_months_are_every_spelling_that_is_read():
    spelled = {}
    for word, number in months().items():
        spelled.setdefault(number, set()).add(word)
    assert spelled == {
        1: {"januari", "january", "jan"},
        2: {"februari", "february", "feb", "febr", "febuari", "peb", "pebr", "pebuari", "pebruari"},
        3: {"maret", "march", "mar", "mrt"},
        4: {"april", "apr"},
        5: {"mei", "may"},
        6: {"juni", "june", "jun"},
        7: {"juli", "july", "jul"},
        8: {"agustus", "august", "agu", "aug", "agus", "ags", "agst", "agt", "agts"},
        9: {"september", "sep", "sept"},
        10: {"oktober", "october", "okt", "oct"},
        11: {"november", "nov", "nop", "nopember"},
        12: {"desember", "december", "des", "dec"},
    }


def test_weekdays_are_every_spelling_that_is_read():
    assert [word for word, number in weekdays().items() if number == 7] == [
        "minggu",
        "min",
        "sunday",
        "sun",
        "ahad",
    ]
    assert weekdays()["jum'at"] == weekdays()["jumat"] == weekdays()["fri"] == 5
    assert {weekdays()[word] for word in ("tue", "tues", "selasa", "sel")} == {2}
    assert len(weekdays()) == 7 * 4 + 5


def test_three_letters_tell_the_names_apart():
    for words in (months(), weekdays()):
        assert all(stems(words)[word[:3]] == number for word, number in words.items())


def test_the_pattern_matches_each_word_whole():
    pattern = re.compile(any_of(["jan", "januari", "jum'at", "a.b"]))
    assert all(pattern.fullmatch(word) for word in ("jan", "januari", "jum'at", "a.b"))
    assert not pattern.fullmatch("axb")
    assert pattern.match("januari")[0] == "januari"


def test_contracts_take_the_words_for_totals_and_blanks_unless_they_name_others():
    assert TabOptions().total_words == TOTAL_WORDS
    assert ColumnOptions().blank_words == BLANK_WORDS
