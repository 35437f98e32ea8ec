"""The texts that stand in a cell whose formula failed, in every spreadsheet's spelling."""

import re
from typing import Final

_CODES: Final = (
    # Google Sheets, Excel and LibreOffice in English and Indonesian.
    *("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#ERROR!"),
    *("#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!"),
    *("#UNKNOWN!", "#EXTERNAL!", "#TIMEOUT!", "#PYTHON!", "#MACRO?"),
    # Excel and LibreOffice in other languages.
    *("#WERT!", "#BEZUG!", "#ZAHL!", "#NV", "#ÜBERLAUF!", "#KALK!"),
    *("#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!", "#N/D"),
    *("#¡VALOR!", "#¡REF!", "#¿NOMBRE?", "#¡NUM!", "#¡DIV/0!", "#¡NULO!"),
    *("#VALOR!", "#NOME?", "#NÚM!", "#NULO!", "#VALORE!", "#RIF!", "#NULLO!"),
    *("#WAARDE!", "#VERW!", "#NAAM?", "#GETAL!", "#LEEG!", "#N/B"),
)
_ERROR: Final = re.compile(
    rf"\s*(?:{'|'.join(map(re.escape, _CODES))}|Err:[0-9]{{3}})(?: \(.*\))?\s*",
    re.DOTALL | re.IGNORECASE,
)


def is_error_text(text: str) -> bool:
    """Return whether a cell's text is an error's code, alone or with its message in brackets.

    Sheets gives `#N/A (Did not find value 'SKU-04' in VLOOKUP evaluation.)` among unformatted
    values, `#N/A ()` where the message is empty, and the code alone in what it shows; the
    message is in the workbook's language. LibreOffice numbers its errors: `Err:502`.
    """
    return text.lstrip()[:1] in {"#", "E", "e"} and _ERROR.fullmatch(text) is not None


def kind_of_text(text: str) -> str:
    """Return `e` for the text of an error, `t` for any other."""
    return "e" if is_error_text(text) else "t"
