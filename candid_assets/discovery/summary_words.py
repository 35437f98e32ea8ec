"""The words by which a row says that it sums others up, or brings a balance from before."""

import re
from typing import Final

from candid_assets.discovery.grid import LONG
from candid_assets.discovery.office_words import MORE_TOTALS
from candid_assets.vocabulary import TOTAL_WORDS, any_of, months

SUMMARY_WORDS: Final = tuple(sorted({*TOTAL_WORDS, *MORE_TOTALS}, key=len, reverse=True))
_BEGINS: Final = re.compile(
    r"({}|rata\s*-\s*rata)(?:[^\w]|$)".format("|".join(map(re.escape, SUMMARY_WORDS)))
)
_HOLDS: Final = re.compile(
    r"\b(?:total|rata\s*-?\s*rata|rerata|tertinggi|terendah|terbesar|terkecil|dipindahkan|pindahan"
    r"|seluruhnya|keseluruhan|average|highest|lowest|carried forward|brought forward)\b"
)
_OPENING: Final = re.compile(
    r"(?:saldo|stok|stock|sisa|persediaan|posisi|kas)\s+(?:awal|akhir|lalu|sebelumnya|terakhir)"
    r"|(?:saldo|sisa|stok|stock)\s+(?:per|bulan|tgl|tanggal|minggu|pekan|hari|tahun|periode)\b.*"
    r"|(?:opening|beginning|previous|closing|ending)\s+(?:balance|stock|inventory)"
    r"|balance\s+(?:b/f|c/f|b/d|c/d|forward|brought forward|carried forward)"
)
"""What a line says that brings a balance from before the first row, or ends with one."""
_REST: Final = re.compile(
    r"(?:\w+ )?(?:lainnya|lain\s*-\s*lain|lain lain|selebihnya|sisanya|others?|all others?"
    r"|the rest|remaining)\W*"
)
"""What a line says below a ranking, of all that it does not list."""


def summary_lead(lead: str) -> str | None:
    """Return the words by which the first text of a row may sum others up, or None."""
    folded = lead.lower()
    begins = _BEGINS.match(folded)
    if len(lead) > LONG:
        return None
    opening = _OPENING.match(folded)
    if opening and _is_whole(folded[opening.end() :]):
        return opening[0]
    if begins:
        return begins[1]
    holds = _HOLDS.search(folded)
    return holds[0] if holds else None


def is_rest(lead: str) -> bool:
    """Return whether the first text of a row says that it is all that the rows above leave out."""
    return _REST.fullmatch(lead.lower()) is not None


def _is_whole(rest: str) -> bool:
    """Whether nothing but figures and months is behind a phrase."""
    return bool(re.fullmatch(rf"(?:[\W\d_]|{_months()})*", rest))


def matches(lead: str, phrase: str) -> bool:
    """Return whether a row's first text is a phrase, whatever figures and months are behind it."""
    if not phrase or not lead.startswith(phrase):
        return False
    return _is_whole(lead[len(phrase) :])


def _months() -> str:
    return f"(?:{any_of(months())})\\b"


def phrase_of(lead: str) -> str:
    """Return the words that begin a row, without the figures and months behind them."""
    folded = " ".join(lead.lower().split())
    cut = re.search(rf"\d|\b{_months()}", folded)
    head = folded[: cut.start()] if cut else folded
    return head.strip(" :.=-(") or folded
