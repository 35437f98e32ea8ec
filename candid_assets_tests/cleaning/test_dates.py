"""Dates, times and timestamps become a value or a reason."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from babel.dates import format_date, format_datetime, format_time
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets_tests.cleaning.kit import parse_all

INDEPENDENCE = "2025-08-17"
READ = {
    "17/08/2025": INDEPENDENCE,
    "17-8-25": INDEPENDENCE,
    "17.08.2025": INDEPENDENCE,
    "17/8/25": INDEPENDENCE,
    "17 - 08 - 2025": INDEPENDENCE,
    "17–08–2025".replace("–", "‑"): INDEPENDENCE,
    "１７/０８/２０２５": INDEPENDENCE,
    "2025-08-17": INDEPENDENCE,
    "2025-8-17": INDEPENDENCE,
    "2025/08/17": INDEPENDENCE,
    "2025.08.17": INDEPENDENCE,
    "\u00a017/08/2025 ": INDEPENDENCE,
    "17 Agustus 2025": INDEPENDENCE,
    "2025-08-17 00:00:00": INDEPENDENCE,
    "2025-08-17T00:00:00.000": INDEPENDENCE,
    "17/08/2025 00:00": INDEPENDENCE,
    "1 Mrt 2025": "2025-03-01",
    "1 Pebuari 2025": "2025-02-01",
    "17 agustus 2025": INDEPENDENCE,
    "17 AGUSTUS 2025": INDEPENDENCE,
    "17\u00a0Agustus\u00a02025": INDEPENDENCE,
    "17  Agustus  2025": INDEPENDENCE,
    "17 Agt 2025": INDEPENDENCE,
    "17 Agt. 2025": INDEPENDENCE,
    "17 Ags 2025": INDEPENDENCE,
    "17 Agst 2025": INDEPENDENCE,
    "17 Agus 2025": INDEPENDENCE,
    "17 Agu 2025": INDEPENDENCE,
    "17-Agu-25": INDEPENDENCE,
    "17-Agu-2025": INDEPENDENCE,
    "17/Agu/2025": INDEPENDENCE,
    "17.Agu.2025": INDEPENDENCE,
    "17 Agustus, 2025": INDEPENDENCE,
    "17 Agu '25": INDEPENDENCE,
    "17 August 2025": INDEPENDENCE,
    "17-Aug-2025": INDEPENDENCE,
    "17th August 2025": INDEPENDENCE,
    "August 17, 2025": INDEPENDENCE,
    "Aug 17 2025": INDEPENDENCE,
    "Agustus 17, 2025": INDEPENDENCE,
    "Sunday, August 17th, 2025": INDEPENDENCE,
    "2025-Agu-17": INDEPENDENCE,
    "Minggu, 17 Agustus 2025": INDEPENDENCE,
    "minggu 17 agustus 2025": INDEPENDENCE,
    "Min, 17/08/2025": INDEPENDENCE,
    "Ahad, 17 Agustus 2025": INDEPENDENCE,
    "1 Jan 2025": "2025-01-01",
    "1 Peb 2025": "2025-02-01",
    "1 Pebruari 2025": "2025-02-01",
    "1 Februari 2025": "2025-02-01",
    "1 February 2025": "2025-02-01",
    "1 Maret 2025": "2025-03-01",
    "1 April 2025": "2025-04-01",
    "1 Mei 2025": "2025-05-01",
    "1 May 2025": "2025-05-01",
    "1 Juni 2025": "2025-06-01",
    "1 Jul 2025": "2025-07-01",
    "1 Sept 2025": "2025-09-01",
    "1 Okt 2025": "2025-10-01",
    "1 October 2025": "2025-10-01",
    "Senin, 3 Nop 2025": "2025-11-03",
    "3 Nopember 2025": "2025-11-03",
    "1 Des 2025": "2025-12-01",
    "1 Dec 2025": "2025-12-01",
    "Jum'at, 15 Agustus 2025": "2025-08-15",
    "Jum’at 15 Agustus 2025": "2025-08-15",
    "Jumat, 15 Agustus 2025": "2025-08-15",
    "29/02/2024": "2024-02-29",
    "1/1/68": "2068-01-01",
    "1/1/69": "1969-01-01",
    "31/12/99": "1999-12-31",
    "1/1/00": "2000-01-01",
}
REFUSED = [
    "31/02/2025",
    "29/02/2025",
    "32/01/2025",
    "00/01/2025",
    "17/13/2025",
    "17/00/2025",
    "31 April 2025",
    "08/17/2025",
    "2025-13-01",
    "2025-17-08",
    "17/08",
    "17/8/5",
    "17/08/225",
    "17/08/0025",
    "17/08/20255",
    "117/08/2025",
    "17/08-2025",
    "17-08/2025",
    "17//08//2025",
    "17 08 2025",
    "17082025",
    "20250817",
    "2025",
    "08/2025",
    "Agustus 2025",
    "Agu-25",
    "17 Agustus",
    "17 Agustusan 2025",
    "17 Foo 2025",
    "Agustus, 2025",
    "Senin, 17 Agustus 2025",
    "Foo, 17 Agustus 2025",
    "Senin",
    "kemarin",
    "besok",
    "hari ini",
    "Q3 2025",
    "Minggu ke-3",
    "17/08/2025 14:30",
    "17/08/2025 s/d 18/08/2025",
    "17-18 Agustus 2025",
    "17 Agustus 2025 (revisi)",
    "tgl 17/08/2025",
    "45321",
    "-17/08/2025",
    "17/08/2025-",
    "n/a",
    "TBA",
    "0/0/0000",
    "1.250",
    "12.500",
]


def dates(
    connection: DuckDBPyConnection, texts: list[str], order: str = "dmy"
) -> list[dict[str, Any]]:
    return parse_all(connection, f"parse_date(cleaned, 't', '{order}')", texts)


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_dates_are_read_in_their_usual_spellings(
    connection: DuckDBPyConnection, text: str, value: str
) -> None:
    assert dates(connection, [text]) == [{"value": date.fromisoformat(value), "reason": None}]


@pytest.mark.parametrize("text", REFUSED)
def test_text_that_is_no_date_is_refused(connection: DuckDBPyConnection, text: str) -> None:
    assert dates(connection, [text]) == [{"value": None, "reason": "not_a_date"}]


@pytest.mark.parametrize(
    ("order", "text", "value"),
    [
        ("mdy", "08/17/2025", INDEPENDENCE),
        ("mdy", "8-17-25", INDEPENDENCE),
        ("mdy", "17/08/2025", None),
        ("mdy", "17 Agustus 2025", INDEPENDENCE),
        ("mdy", "2025-08-17", INDEPENDENCE),
        ("ymd", "25/08/17", INDEPENDENCE),
        ("ymd", "2025/08/17", INDEPENDENCE),
        ("ymd", "25-Agu-17", INDEPENDENCE),
        ("ymd", "17 Agustus 2025", INDEPENDENCE),
        ("ymd", "17/08/2025", None),
        ("dmy", "25/08/17", "2017-08-25"),
    ],
)
def test_figures_are_read_in_the_order_declared(
    connection: DuckDBPyConnection, order: str, text: str, value: str | None
) -> None:
    expected = None if value is None else date.fromisoformat(value)
    assert dates(connection, [text], order)[0]["value"] == expected


@pytest.mark.parametrize(
    ("kind", "text", "value", "reason"),
    [
        ("d", "2025-08-17", date(2025, 8, 17), None),
        ("n", "45886", None, "not_a_date"),
        ("s", "2025-08-17 14:30:00", None, "not_a_date"),
        ("s", "2025-08-17 00:00:00", date(2025, 8, 17), None),
        ("h", "14:30:00", None, "not_a_date"),
        ("b", "TRUE", None, "not_a_date"),
        ("e", "#VALUE!", None, "error_cell"),
        ("t", " ", None, None),
    ],
)
def test_only_date_cells_and_text_give_dates(
    connection: DuckDBPyConnection, kind: str, text: str, value: date | None, reason: str | None
) -> None:
    parsed = parse_all(connection, f"parse_date(cleaned, '{kind}', 'dmy')", [text])
    assert parsed == [{"value": value, "reason": reason}]


@pytest.mark.parametrize(
    ("text", "value"),
    {
        "14.30": time(14, 30),
        "14:30": time(14, 30),
        "14:30:15": time(14, 30, 15),
        "14.30.15": time(14, 30, 15),
        "8.05": time(8, 5),
        "00:00": time(0, 0),
        "14.30 WIB": time(14, 30),
        "14.30WIB": time(14, 30),
        "pukul 14.30": time(14, 30),
        "Pkl. 14.30": time(14, 30),
        "jam 14.30 wib": time(14, 30),
        "2:30 PM": time(14, 30),
        "12:15 am": time(0, 15),
        "12:15 PM": time(12, 15),
        "24:00": None,
        "23:60": None,
        "14:30:60": None,
        "14:30.15": None,
        "14.3": None,
        "14": None,
        "1430": None,
        "14,30": None,
        "13:00 PM": None,
        "14.30 WITA": None,
        "07:30Z": None,
        "14:30:15.5": time(14, 30, 15, 500_000),
        "14.30.15.5": None,
        "14.30 - 15.00": None,
        "siang": None,
        "17/08/2025 14.30": None,
    }.items(),
)
def test_times_are_read_with_dots_and_colons(
    connection: DuckDBPyConnection, text: str, value: time | None
) -> None:
    parsed = parse_all(connection, "parse_time(cleaned, 't')", [text])
    assert parsed == [{"value": value, "reason": None if value else "not_a_time"}] or (
        value == time(0, 0) and parsed == [{"value": value, "reason": None}]
    )


@pytest.mark.parametrize(
    ("kind", "text", "value", "reason"),
    [
        ("h", "14:30:00", time(14, 30), None),
        ("h", "24:00:00", None, "out_of_range"),
        ("h", "127:15:00", None, "out_of_range"),
        ("n", "0.5", None, "not_a_time"),
        ("d", "2025-08-17", None, "not_a_time"),
        ("e", "#N/A", None, "error_cell"),
    ],
)
def test_a_duration_of_a_day_is_no_time_of_day(
    connection: DuckDBPyConnection, kind: str, text: str, value: time | None, reason: str | None
) -> None:
    parsed = parse_all(connection, f"parse_time(cleaned, '{kind}')", [text])
    assert parsed == [{"value": value, "reason": reason}]


AFTERNOON = datetime(2025, 8, 17, 14, 30)  # noqa: DTZ001 - sheets hold no zone


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("s", "2025-08-17 14:30:00", AFTERNOON),
        ("d", "2025-08-17", datetime(2025, 8, 17)),  # noqa: DTZ001
        ("t", "17/08/2025 14.30", AFTERNOON),
        ("t", "17/08/2025 14:30:00", AFTERNOON),
        ("t", "17/08/2025, 14.30", AFTERNOON),
        ("t", "17/08/2025 - 14.30", AFTERNOON),
        ("t", "17 Agustus 2025 pukul 14.30.00 WIB", AFTERNOON),
        ("t", "Minggu, 17 Agustus 2025 14.30", AFTERNOON),
        ("t", "2025-08-17 14:30", AFTERNOON),
        ("t", "2025-08-17T14:30:00", AFTERNOON),
        ("t", "2025-08-17T14:30:00+07:00", AFTERNOON),
        ("t", "17/08/2025 2:30 PM", AFTERNOON),
        ("t", "17/08/2025", None),
        ("t", "14.30", None),
        ("t", "31/02/2025 14.30", None),
        ("t", "17/08/2025 25.30", None),
        ("t", "2025-08-17T07:30:00Z", AFTERNOON),
        ("t", "2025-08-17T07:30:00.000000+00:00", AFTERNOON),
        ("t", "2025-08-17 07:30:00 UTC", AFTERNOON),
        ("t", "2025-08-17T03:30:00-0400", AFTERNOON),
        ("t", "2025-08-17T13:00:00+05:30", AFTERNOON),
        ("t", "17/08/2025 15.30 WITA", AFTERNOON),
        ("t", "17/08/2025 16.30 WIT", AFTERNOON),
        ("t", "2025-08-16T18:30:00Z", datetime(2025, 8, 17, 1, 30)),  # noqa: DTZ001
        ("t", "2025-08-17T14:30:00.25", AFTERNOON.replace(microsecond=250_000)),
        ("t", "17/08/2025 14.30.15.5", None),
        ("t", "2025-08-17T14:30:00+25", None),
        ("t", "17/08/2025 14.30 EST", None),
        ("t", "17/08/202514.30", None),
        ("n", "45886.5", None),
        ("h", "14:30:00", None),
    ],
)
def test_timestamps_are_read_with_their_time(
    connection: DuckDBPyConnection, kind: str, text: str, value: datetime | None
) -> None:
    parsed = parse_all(connection, f"parse_timestamp(cleaned, '{kind}', 'dmy')", [text])
    assert parsed == [{"value": value, "reason": None if value else "not_a_timestamp"}]


some_days = st.lists(
    st.dates(min_value=date(1000, 1, 1), max_value=date(9999, 12, 31)), min_size=1, max_size=60
)


@settings(max_examples=40, deadline=None)
@given(days=some_days, form=st.sampled_from(["full", "long", "medium", "dd/MM/y", "d-M-y"]))
def test_a_date_written_in_indonesian_reads_back(
    connection: DuckDBPyConnection, days: list[date], form: str
) -> None:
    texts = [format_date(day, form, locale="id_ID") for day in days]
    assert [parsed["value"] for parsed in dates(connection, texts)] == days


@settings(max_examples=25, deadline=None)
@given(days=some_days, form=st.sampled_from(["full", "long", "medium"]))
def test_a_date_written_in_english_reads_back(
    connection: DuckDBPyConnection, days: list[date], form: str
) -> None:
    texts = [format_date(day, form, locale="en_US") for day in days]
    assert [parsed["value"] for parsed in dates(connection, texts)] == days


@settings(max_examples=25, deadline=None)
@given(
    days=st.lists(st.dates(min_value=date(1969, 1, 1), max_value=date(2068, 12, 31)), min_size=1)
)
def test_two_figures_of_a_year_mean_1969_to_2068(
    connection: DuckDBPyConnection, days: list[date]
) -> None:
    texts = [format_date(day, "short", locale="id_ID") for day in days]
    assert [parsed["value"] for parsed in dates(connection, texts)] == days


@settings(max_examples=25, deadline=None)
@given(
    moments=st.lists(
        st.datetimes(
            min_value=datetime(1000, 1, 1),  # noqa: DTZ001
            max_value=datetime(9999, 12, 31),  # noqa: DTZ001
        ).map(lambda moment: moment.replace(microsecond=0)),
        min_size=1,
        max_size=40,
    )
)
def test_a_moment_written_in_indonesian_reads_back(
    connection: DuckDBPyConnection, moments: list[datetime]
) -> None:
    for form in ("medium", "d MMMM y 'pukul' HH.mm.ss", "dd/MM/y HH:mm:ss"):
        texts = [format_datetime(moment, form, locale="id_ID") for moment in moments]
        parsed = parse_all(connection, "parse_timestamp(cleaned, 't', 'dmy')", texts)
        assert [line["value"] for line in parsed] == moments
    texts = [format_time(moment, "medium", locale="id_ID") for moment in moments]
    parsed = parse_all(connection, "parse_time(cleaned, 't')", texts)
    assert [line["value"] for line in parsed] == [moment.time() for moment in moments]


@settings(max_examples=20, deadline=None)
@given(
    day=st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)),
    shift=st.integers(min_value=1, max_value=6),
)
def test_a_weekday_that_contradicts_its_date_is_refused(
    connection: DuckDBPyConnection, day: date, shift: int
) -> None:
    weekday = format_date(day + timedelta(days=shift), "EEEE", locale="id_ID")
    text = f"{weekday}, {format_date(day, 'd MMMM y', locale='id_ID')}"
    assert dates(connection, [text]) == [{"value": None, "reason": "not_a_date"}]


@settings(max_examples=80, deadline=None)
@given(
    texts=st.lists(
        st.one_of(
            st.text(max_size=24),
            st.text(alphabet="0123456789/-.: ,'AgustPebMiJrTWIBamp", max_size=20),
        ),
        min_size=1,
        max_size=50,
    ),
    kind=st.sampled_from("ntbdshe"),
    order=st.sampled_from(["dmy", "mdy", "ymd"]),
)
def test_any_text_gives_a_value_or_a_reason(
    connection: DuckDBPyConnection, texts: list[str], kind: str, order: str
) -> None:
    for read in (
        f"parse_date(cleaned, '{kind}', '{order}')",
        f"parse_timestamp(cleaned, '{kind}', '{order}')",
        f"parse_time(cleaned, '{kind}')",
    ):
        call = f"[cleaned IS NULL, {read}.value IS NULL, {read}.reason IS NULL]"
        for blank, no_value, no_reason in parse_all(connection, call, texts):
            assert (no_value and no_reason) if blank else (no_value != no_reason)
