"""What the newest audit found is on the page of runs, with Great Expectations' page of a table."""

import re
import shutil

import pytest

from candid_assets.reports.audit_pages import audit_published, newest_audit
from candid_assets_tests.web.pages.test_pages import words

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def audit(company):
    audited = audit_published(company.settings)
    yield audited
    shutil.rmtree(audited.folder)


def test_before_any_audit_the_page_of_runs_says_how_one_is_made(page):
    shown = page("/runs", {"Accept-Language": "id"})
    assert "Belum ada audit" in shown.text
    assert page("/audit/ready.fct_types").status == 404


def test_the_page_of_runs_counts_what_was_judged_and_leads_to_each_table(page, audit):
    shown = page("/runs")
    assert f"{len(audit.tables)} tables, {audit.rules} rules" in words(shown.text)
    addresses = re.findall(r'href="/candid/audit/([^"]+)"', shown.text)
    assert sorted(addresses) == sorted(table.relation for table in audit.tables)


def test_a_tables_page_names_its_rules_and_neither_runs_nor_loads_anything(page, audit):
    for table in audit.tables:
        shown = page(f"/audit/{table.relation}")
        assert shown.status == 200
        assert table.relation in shown.text
        policies = " ".join(shown.headers.get_all("Content-Security-Policy"))
        assert "default-src 'none'" in policies
        assert "script-src" not in policies


@pytest.mark.parametrize("name", ["ready.none", "audit.json", "audit", "clean.x'--"])
def test_what_was_not_audited_has_no_page(page, audit, name):
    shown = page(f"/audit/{name}")
    assert shown.status == 404
    assert "run `candid audit`" in shown.text


def test_an_audit_that_cannot_be_read_is_none(company, audit):
    summary = audit.folder / "audit.json"
    whole = summary.read_text()
    summary.write_text(whole[: len(whole) // 2])
    assert newest_audit(company.settings) is None
    summary.write_text(whole)
    assert newest_audit(company.settings) == audit
