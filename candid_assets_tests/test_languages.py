"""Every text for people is written in every language; numbers, dates and choices follow it."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from candid_assets.languages import CATALOGS, LANGUAGES, preferred, translations, wording
from candid_assets.settings import PACKAGE

KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "marked": None,
    "text": None,
    "texts": (1, 2),
}
OTHERS = [language for language in LANGUAGES if language != "en"]
FILLED = re.compile(r"%\((\w+)\)s")


@cache
def messages():
    """Every text of the templates of pages and of the modules that address people."""
    known = set()
    for path in sorted((PACKAGE / "web" / "pages").rglob("*")):
        known |= extracted(path)
    for path in sorted((PACKAGE / "monitoring").glob("*.py")):
        known |= extracted(path)
    return known


def extracted(path):
    method = {".py": "python", ".j2": "jinja2.ext:babel_extract"}.get(path.suffix)
    if method is None:
        return set()
    options = {"trim_blocks": "true", "lstrip_blocks": "true"}
    rows = extract(method, BytesIO(path.read_bytes()), keywords=KEYWORDS, options=options)
    return {row[1] for row in rows}


@cache
def catalog(language):
    with (CATALOGS / language / "LC_MESSAGES" / "candid.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language):
    translated = {m.id: m.string for m in catalog(language) if m.id}
    missing = [text for text in messages() if not any(parts(translated.get(text)))]
    assert len(messages()) > 150
    assert not missing


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_of_a_text_that_is_gone(language):
    assert [m.id for m in catalog(language) if m.id and m.id not in messages()] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_its_text_does_and_is_settled(language):
    for message in catalog(language):
        if message.id:
            wanted = {name for part in parts(message.id) for name in FILLED.findall(part)}
            for part in parts(message.string):
                assert set(FILLED.findall(part)) <= wanted, message.id
            assert not message.fuzzy, message.id


def parts(text):
    return [text] if isinstance(text, str) else list(text or ())


def test_a_person_s_choice_comes_before_what_their_browser_accepts():
    assert preferred("id", "en") == "id"
    assert preferred("nl", "id-ID,en;q=0.5") == "id"
    assert preferred(None, "en;q=0.4, id;q=0.8") == "id"
    assert preferred(None, "id;q=0, en;q=zero") == "en"
    assert preferred(None, "") == "en"


def test_numbers_and_dates_are_written_as_their_readers_write_them():
    en, indonesian = wording("en"), wording("id")
    assert en.measured(Decimal("1250.5"), "pcs") == "1,250 pcs"
    assert indonesian.measured(Decimal("12.5"), "hari") == "12,5 hari"
    assert indonesian.measured(Decimal("-22950000000"), "IDR") == "−Rp22,95 miliar"
    assert en.measured(Decimal("22950000000"), "IDR") == "Rp22.95 billion"
    assert indonesian.exact(Decimal("1250000.55")) == "1.250.000,55"
    assert indonesian.period(date(2025, 8, 1), "month") == "Agu 2025"
    assert indonesian.weekday(date(2025, 8, 17)) == "Minggu, 17 Agustus 2025"
    assert indonesian.moment(datetime(2025, 8, 17, 3, tzinfo=UTC)) == "17 Agu 2025, 10:00"
    assert en.measured(None, "IDR") == "–"


def test_a_share_that_is_not_nothing_never_reads_as_nothing():
    assert wording("id").share(Decimal("0.0004")) == "0,04%"


def test_how_long_something_lasted_is_said_in_its_largest_unit():
    now = datetime(2025, 8, 17, tzinfo=UTC)
    assert wording("id").lasted(now - timedelta(days=3), now) == "3 hari"
    assert wording("en").lasted(now - timedelta(hours=5), now) == "5 hours"
    assert wording("en").lasted(now + timedelta(hours=5), now) == "1 minute"


def test_one_catalog_is_read_for_each_language():
    assert translations("id") is translations("id")
    assert translations("id").gettext("Home") == "Beranda"
