"""A tab whose header row is gone says so; no row of data is taken for renamed headers."""

import pytest

from candid_assets.contract_changes.accept import compare
from candid_assets_tests.refresh.shop import Shop

STAFF = """name: staff
physicalName: Staf
description: People.
properties:
  - {name: staff_id, physicalName: "NIK", logicalType: string, primaryKey: true, description: Number.}
  - {name: full_name, physicalName: "Nama", logicalType: string, required: true, description: Name.}
  - {name: city, physicalName: "Kota", logicalType: string, required: true, description: City.}
  - {name: joined, physicalName: "Masuk", logicalType: date, required: true, description: Day of joining.}
"""  # noqa: E501
HEADER = ["NIK", "Nama", "Kota", "Masuk"]
PEOPLE = [
    [f"S{n:02}", f"Orang {n}", ("Solo", "Tegal")[n % 2], f"2025-01-{n:02}"] for n in range(1, 13)
]


@pytest.fixture
def staff(shop: Shop) -> Shop:
    shop.contract("staff", STAFF)
    shop.sheet(Staf=[HEADER, *PEOPLE])
    shop.run()
    assert shop.failures() == []
    return shop


def come_as(shop: Shop, rows: list[list[object]]) -> tuple[str, str]:
    """Return message and fix of the one failure that the tab makes with these rows."""
    shop.sheet(Staf=rows)
    shop.change("touch")
    shop.run()
    (failure,) = shop.runs[-1].distinct_failures()
    assert shop.query("select count(*) from clean.toko__staff") == [(12,)]
    return failure.message, failure.fix


@pytest.mark.parametrize(
    "rows",
    [
        PEOPLE,
        PEOPLE[3:],
        [[], *PEOPLE],
        [["S99", "Orang Baru", "Solo", "2025-02-01"], *PEOPLE],
        [["Daftar Staf"], *PEOPLE],
    ],
    ids=["deleted", "with_rows", "cleared", "new_first_row", "title_instead"],
)
def test_header_row_that_is_gone_is_reported_as_that_with_a_safe_way_back(
    staff: Shop, rows: list[list[object]]
) -> None:
    message, fix = come_as(staff, rows)
    assert "the header row is gone" in message
    assert "renamed" not in message
    assert "'NIK', 'Nama', 'Kota', 'Masuk'" in fix
    assert "--write" not in fix
    (kind,) = {line[0] for line in staff.query("select kind from meta.schema_changes")}
    assert kind == "header_gone"
    acceptance = compare(staff.settings, staff.catalog(), [], [], accept=True)
    assert [d.change.kind for d in acceptance.differences] == ["header_gone"]
    assert acceptance.accepted == []
    assert len(acceptance.by_hand) == 1


def test_header_that_comes_back_resolves_the_change(staff: Shop) -> None:
    come_as(staff, PEOPLE)
    staff.sheet(Staf=[HEADER, *PEOPLE])
    staff.change("touch")
    assert staff.run().succeeded
    assert staff.query("select count(*) from meta.schema_changes where resolved_at is null") == [
        (0,)
    ]


def test_headers_that_are_all_renamed_are_no_header_that_is_gone(staff: Shop) -> None:
    message, _ = come_as(staff, [["Id", "Name", "Town", "Since"], *PEOPLE])
    assert "the header row is gone" not in message
    assert "'Kota' of city looks renamed to 'Town' (column C, 100%" in message


def test_one_header_that_is_gone_is_still_one_column(staff: Shop) -> None:
    message, _ = come_as(staff, [["NIK", "Nama", "", "Masuk"], *PEOPLE])
    assert "the header row is gone" not in message
