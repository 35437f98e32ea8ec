"""What each page says of a company that has something wrong of every kind."""

import csv
import io
import re

import pytest

PAGES = (
    "",
    "/metrics",
    "/metrics/takings",
    "/metrics/takings?grain=day&dimension=remark",
    "/metrics/takings/cells?grain=month&period=2025-12-01",
    "/mend",
    "/mend?state=mended",
    "/tables",
    "/tables?layer=clean",
    "/tables?layer=quarantine",
    "/tables/ready.fct_types",
    "/tables/clean.toko__segala",
    "/tables/quarantine.toko__segala",
    "/search?q=segala",
    "/runs",
    "/changes",
)


def words(text):
    """The text that a page shows, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "id"])
def test_every_page_is_shown_in_every_language(page, path, language):
    shown = page(path, {"Accept-Language": language})
    assert shown.status == 200, shown.text
    assert f'<html lang="{language}">' in shown.text


def test_home_says_what_to_do_the_greatest_damage_first(page):
    text = words(page("").text)
    assert "Part of today's data is not good" in text
    steps = (
        "Bring harian back: it could not be refreshed",
        "Decide on the change of toko__harian",
        "Look into the failed check: Keys are unique",
        "Mend the cells of Toko",
        "Look into what a check found: References lead to a row",
    )
    places = [text.find(step) for step in steps]
    assert -1 not in places, (steps[places.index(-1)], text)
    assert places == sorted(places)
    assert "workbook Gudang has no tab Jan25" in text
    assert "candid contracts diff gudang" in text


def test_a_fault_says_how_many_metrics_it_reaches(page):
    assert "reaches 1 metric" in words(page("").text)


def test_cells_to_mend_have_their_link_value_reason_and_time(page):
    text = page("/mend").text
    assert "Mend 2 cells" in text
    assert 'href="https://docs.google.com/spreadsheets/d/Toko/edit#gid=7&amp;range=C4"' in text
    assert "=1+1" in text
    assert "No number" in text
    assert "for 3 days" in words(text)
    assert "1 in the last 7 days" in words(text)


def test_cells_that_were_mended_stand_apart(page):
    text = page("/mend?state=mended").text
    assert "1 cell was mended" in text
    assert "besok &lt;b&gt;pagi&lt;/b&gt;" in text


def test_cells_are_chosen_by_workbook_tab_owner_and_reason(page):
    assert "Mend 1 cell<" in page("/mend?reason=below_minimum").text
    assert "Mend 2 cells" in page("/mend?workbook=toko&tab=&owner=&reason=").text
    assert "Nothing to mend" in page("/mend?workbook=gudang").text


def test_cells_to_mend_as_csv_have_no_formula(page):
    shown = page("/mend.csv")
    assert shown.headers["Content-Disposition"] == 'attachment; filename="mend.csv"'
    rows = list(csv.DictReader(io.StringIO(shown.text)))
    assert [(r["workbook"], r["cell"], r["value"]) for r in rows] == [
        ("Toko", "C4", "'=1+1"),
        ("Toko", "C12", "-5"),
    ]


def test_a_table_s_rows_are_those_of_the_api(page, company):
    condition = "amount_idr.gte=290000"
    answer = company.call("GET", f"/api/v1/tables/ready.fct_types?{condition}", by="dimas").json
    chosen = "column=amount_idr&is=gte&value=290000"
    text = page(f"/tables/ready.fct_types?{chosen}").text
    assert f"{answer['count']} rows." in words(text)
    for row in answer["rows"]:
        assert f">{row['receipt_id']}<" in text


def test_conditions_are_kept_and_can_be_taken_back(page):
    path = "/tables/ready.fct_types?column=pieces&is=lt&value=50&column=remark&is=filled&value="
    text = page(path).text
    assert "remove this condition" in text
    assert "column=pieces&amp;is=lt&amp;value=50" in text
    assert "45 rows." in words(text)


def test_a_table_is_downloaded_as_it_is_chosen(page):
    chosen = "column=pieces&is=lt&value=3&sort=-pieces"
    shown = page(f"/tables/ready.fct_types/rows.csv?{chosen}")
    rows = list(csv.DictReader(io.StringIO(shown.text)))
    assert [row["pieces"] for row in rows] == ["2", "1", "0"]


def test_rows_kept_out_stand_with_the_cells_that_keep_them_out(page):
    text = page("/tables/quarantine.toko__segala").text
    assert "N0004" in text
    assert "range=C4" in text
    assert "No number" in text


def test_a_row_of_a_clean_table_opens_in_its_sheet(page):
    text = page("/tables/clean.toko__segala?column=receipt_id&is=eq&value=N0007").text
    assert "https://docs.google.com/spreadsheets/d/Toko/edit#gid=7&amp;range=1:1" in text


def test_cells_that_checks_ask_about_stand_below_those_to_mend(page):
    text = page("/mend").text
    assert text.index("range=C12") < text.index("Cells that checks ask about")
    assert text.index("Cells that checks ask about") < text.index("range=J9")
    assert "range=J9" not in page("/mend?workbook=gudang").text
    assert "range=J9" not in page("/mend?reason=not_a_number").text


def test_names_titles_headers_and_labels_are_searched(page):
    for asked, expected in (("segala", "clean.toko__segala"), ("omzet", "takings")):
        assert expected in page(f"/search?q={asked}").text
    assert "Nothing has these words" in page("/search?q=zebra").text


def test_a_metric_stands_beside_the_period_before(page):
    text = words(page("/metrics/takings?grain=month").text)
    assert "Takings" in text
    assert "Against the period before" in text
    assert "Dec 2025" in text


def test_a_metric_s_members_lead_to_their_values(page):
    text = page("/metrics/takings?grain=month&dimension=remark").text
    assert "member=tunai" in text
    assert "tunai" in words(page("/metrics/takings?dimension=remark&member=tunai").text)


def test_a_value_leads_to_the_rows_that_add_up_to_it(page):
    link = re.search(r'href="/candid(/metrics/takings/cells[^"]+period=2025-12[^"]+)"',
                     page("/metrics/takings?grain=month").text)[1]  # fmt: skip
    text = words(page(link.replace("&amp;", "&")).text)
    assert "adds up" in text
    assert "from 25 rows" in text
    assert "sum(amount_idr) of ready.fct_types" in text


def test_a_value_that_is_not_there_is_said(page):
    shown = page("/metrics/takings/cells?grain=month&period=2031-01-01")
    assert shown.status == 404
    assert "has no value" in shown.text


def test_holds_are_shown_with_the_command_that_decides(page):
    text = words(page("/changes").text)
    assert "897 of 900 rows are gone" in text
    assert "candid holds accept bbbbccccdddd" in text


def test_a_report_is_shown_with_its_own_style_and_nothing_else(page, report):
    shown = page("/runs/abcd1234")
    assert "Refresh succeeded" in shown.text
    policies = shown.headers.get_all("Content-Security-Policy")
    assert "style-src 'sha256-p0bF+un5yUb9MBO6xRb8kPHlY2BdpHVtLiFkDrZPF64='" in policies[0]
    assert "unsafe" not in " ".join(policies)
    assert page("/runs/ffffffff").status == 404


def test_pages_allow_no_script_and_no_style_within(page):
    for path in PAGES:
        shown = page(path)
        assert "default-src 'none'; style-src 'self'" in shown.headers["Content-Security-Policy"]
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", shown.text), path


def test_a_page_that_a_browser_has_is_not_sent_again(page):
    first = page("/tables")
    again = page("/tables", {"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    other = page("/tables", {"If-None-Match": first.headers["ETag"], "Accept-Language": "id"})
    assert other.status == 200
    by_another = page("/tables", {"If-None-Match": first.headers["ETag"]}, by="rina")
    assert by_another.status == 200
    assert "<b>rina</b>" in by_another.text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/metrics/takingz", "takings"),
        ("/tables/ready.fct_typez", "ready.fct_types"),
        ("/tables/ready.fct_types?column=piecez&is=eq&value=1", "pieces"),
        ("/tables/ready.fct_types?column=pieces&is=eq&value=many", "a whole number"),
        ("/tables?layer=gold", "layer"),
        ("/mend?state=gone", "mended"),
        ("/mend?workbok=toko", "workbook"),
        ("/metrics?status=lost", "status"),
        ("/nothing", "there is no such page"),
    ],
)
def test_what_is_not_there_is_said_with_the_nearest(page, path, said):
    shown = page(path)
    assert 400 <= shown.status < 500
    assert said in shown.text.replace("There is", "there is")
    assert "<html" in shown.text


def test_an_agent_has_no_pages_and_nobody_has_them_without_login(page, company):
    assert page("", by="data-eng").status == 403
    answer = company.call("GET", "/candid/mend", headers={"Accept": "text/html"})
    assert (answer.status, answer.headers["Location"]) == (303, "/login?next=%2Fcandid%2Fmend")


def test_reads_of_pages_are_in_the_audit_log(page, noted):
    page("/mend?reason=below_minimum")
    assert noted()[-1]["operation"] == "/candid/mend?reason=below_minimum"
    assert noted()[-1]["who"] == "dimas"
