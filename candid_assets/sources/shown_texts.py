"""Which texts say more than the numbers they show: padding, units, currencies, percent, codes.

A number cell holds a number; its format may show `00007`, `24 pcs`, `12,5%`, `Rp1.250` or
`0812-3456-7890`. Grouping, rounding, the locale's decimal sign, scientific notation and brackets
for minus say nothing more than the number does.
"""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_COMMON: Final = r"^-?[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+|(?:,[0-9]{3})+)$"
"""Grouped whole numbers, which most numbers are shown as."""
_SPACES: Final = r"\s\x{00A0}\x{202F}\x{2007}"
_GROUPED: Final = (
    rf"[0-9]{{1,3}}(?:\.[0-9]{{3}})+(?:,[0-9]*)?|[0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]*)?"
    rf"|[0-9]{{1,3}}(?:[{_SPACES}'’][0-9]{{3}})+(?:[.,][0-9]*)?|[0-9]{{1,2}}(?:,[0-9]{{2}})+,[0-9]{{3}}"
)
_PLAIN: Final = r"(?:(?:0|[1-9][0-9]*)(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?"
_NUMBER: Final = (
    rf"^[{_SPACES}]*(?:[-+(−–]*[{_SPACES}]*(?:{_PLAIN}|{_GROUPED})"
    rf"[{_SPACES}]*[-)]*|[-–—][{_SPACES}]*)[{_SPACES}]*$"
)
_PADDED: Final = rf"^[{_SPACES}]*[-+(−–]*0[0-9]"
_SPLIT: Final = r"^[0-9]+[.,][0-9]+$"
_THOUSAND: Final = r"^[0-9]{1,3}[.,][0-9]{3}$"


def says_more(shown: pa.Array, texts: pa.Array) -> pa.Array:
    """Return which of the texts shown say more than their numbers; never null.

    Args:
        shown: What the sheet shows.
        texts: The numbers' own texts.
    """
    same = pc.or_(pc.equal(shown, texts), pc.match_substring_regex(shown, _COMMON))
    others = pc.indices_nonzero(pc.invert(pc.fill_null(same, True)))
    more = np.zeros(len(shown), dtype=bool)
    if len(others):
        few = _says_more(pc.take(shown, others), pc.take(texts, others))
        more[others.to_numpy()] = few.to_numpy(zero_copy_only=False)
    return pa.array(more)


def _says_more(shown: pa.Array, texts: pa.Array) -> pa.Array:
    number = pc.match_substring_regex(shown, _NUMBER)
    padded = pc.match_substring_regex(shown, _PADDED)
    # 1.01 for the number 101 is a code with a sign in it, 1.250 for 1250 a grouped number.
    split = pc.and_(
        pc.match_substring_regex(shown, _SPLIT),
        pc.invert(pc.match_substring_regex(shown, _THOUSAND)),
    )
    digits = pc.replace_substring_regex(shown, "[.,]", "")
    coded = pc.and_(split, pc.equal(digits, texts))
    more = pc.or_(pc.or_(pc.invert(number), padded), coded)
    return pc.fill_null(pc.and_(more, pc.not_equal(pc.utf8_trim_whitespace(shown), "")), False)


def shown_where_it_says_more(shown: pa.Array, texts: pa.Array) -> pa.Array | None:
    """Return the texts shown that say more than their numbers, null for others; None for none."""
    more = says_more(shown, texts)
    if not pc.any(more).as_py():
        return None
    return pc.if_else(more, shown, pa.scalar(None, pa.string()))
