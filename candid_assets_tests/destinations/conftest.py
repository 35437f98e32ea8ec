"""A published company and destinations for it."""

from urllib.parse import urlsplit

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.settings import Settings
from candid_assets_tests.postgres import PASSWORD
from candid_assets_tests.web.api.company import publish_rows, write_catalog

CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: {name}
name: {name}
version: 1.0.0
status: active
description: {{purpose: For the trial.}}
team: {{name: shop}}
servers:
  - {server}
schema:
  - {{name: fct_types}}
  - {{name: mart_daily}}
slaProperties:
  - {{property: frequency, scheduler: cron, schedule: "0 6 * * *"}}
customProperties:
  - {{property: metrics, value: [takings]}}
"""
TABLES = {"fct_types", "mart_daily", "metric_values"}


@pytest.fixture
def company(tmp_path):
    settings = Settings(
        CANDID_ENV="staging",
        CANDID_DATA_DIR=tmp_path / "data",
        CANDID_CATALOG_DIR=write_catalog(tmp_path),
    )
    publish_rows(settings)
    return settings


@pytest.fixture
def declare(company):
    """Write a destination's contract; return it as read with its catalog."""

    def written(server, name="bi"):
        folder = company.catalog_dir / "destinations"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.yaml").write_text(CONTRACT.format(name=name, server=server))
        catalog = load_catalog(company.catalog_dir)
        assert not catalog.problems, catalog.problems
        return catalog, next(d for d in catalog.destinations if d.name == name)

    return written


@pytest.fixture
def to_postgres(declare, database, monkeypatch):
    """A destination in an empty database, with the login that the environment holds."""
    monkeypatch.setenv("CANDID_DESTINATION_BI_USER", "candid")
    monkeypatch.setenv("CANDID_DESTINATION_BI_PASSWORD", PASSWORD)
    return declare(postgres_server(database))


def postgres_server(url):
    where = urlsplit(url)
    return (
        f"{{server: bi, environment: staging, type: postgresql, host: {where.hostname},"
        f" port: {where.port}, database: {where.path[1:]}, schema: candid}}"
    )
