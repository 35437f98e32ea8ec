"""A text that a spreadsheet would calculate is escaped in CSV; numbers stay numbers."""

from decimal import Decimal

import pyarrow as pa

from candid_assets.web.api.formula_texts import escaped

CALCULATED = [
    *("=1+1", "=cmd|'/C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1"),
    *('=HYPERLINK("http://x")', "-A1", "+A1", "\uff1d1", "--5", "-", "=", "-5=A1", "-5;A1"),
]
KEPT = ["-5", "+62.5", "-1.250.000,50", "-5%", "a=b", "2-3", "Toko @ Bandung", "'=1", "", None]


def test_text_that_would_be_calculated_gets_an_apostrophe():
    texts = escaped(pa.table({"teks": [*CALCULATED, *KEPT]}))["teks"].to_pylist()
    assert texts == [*(f"'{text}" for text in CALCULATED), *KEPT]


def test_numbers_and_dates_are_not_touched():
    table = pa.table({"n": [-5, None], "d": [Decimal("-1.50"), Decimal(2)], "f": [-0.5, 1e300]})
    assert escaped(table).equals(table)
