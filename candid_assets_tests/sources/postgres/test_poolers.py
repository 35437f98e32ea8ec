"""A database is read through a pooler as it is read directly."""

import pytest

from candid_assets_tests.pgbouncer import pooled
from candid_assets_tests.postgres import PASSWORD
from candid_assets_tests.sources.postgres.orders_database import CLEAN, SEEN, Database
from candid_assets_tests.sources.postgres.test_permissions import HIDES

MODES = [
    {},
    {"pool_mode": "transaction"},
    # Each transaction gets another connection of the server.
    {"pool_mode": "transaction", "server_lifetime": "0"},
]


@pytest.mark.parametrize("settings", MODES, ids=lambda s: "-".join(s.values()) or "defaults")
def test_tables_are_read_through_a_pooler(db: Database, settings: dict[str, str]) -> None:
    with pooled(db.server, **settings) as port:
        db.connect(port=port)
        assert db.place.run().succeeded, db.place.failures()
        assert db.place.query(SEEN) == CLEAN
        db.do("insert into orders values (3, 1, '2025-08-17 23:30+00')")
        assert db.place.run().succeeded, db.place.failures()
    assert [str(row[2]) for row in db.place.query(SEEN)][2] == "2025-08-18 06:30:00"


def test_what_one_reading_sets_is_gone_for_the_pooler_s_next_client(db: Database) -> None:
    with pooled(db.server, pool_mode="transaction", default_pool_size="1") as port:
        db.connect(port=port)
        assert db.place.run().succeeded, db.place.failures()
        db.url = db.url.replace(f":{db.server.port}/", f":{port}/")
        # A writer that gets the same connection of the server may write, and policies hold for it.
        db.do("insert into orders values (3, 1, null)")
        db.do("do $$ begin assert current_setting('row_security') = 'on'; end $$")


def test_row_level_security_is_reported_through_a_pooler(db: Database) -> None:
    reader = f"reader_{db.name}"
    db.do(
        *HIDES,
        f"create role {reader} login password '{PASSWORD}'",
        f"grant select on orders to {reader}",
    )
    with pooled(db.server, pool_mode="transaction") as port:
        db.connect(f"{{property: user, value: {reader}}}", port=port)
        assert not db.place.run().succeeded
    ((cause, _),) = db.place.failures()
    assert cause == "rows_hidden"


def test_pooler_that_gives_each_statement_another_connection_is_refused(db: Database) -> None:
    with pooled(db.server, pool_mode="statement") as port:
        db.connect(port=port)
        assert not db.place.run().succeeded
    ((cause, message),) = db.place.failures()
    assert cause == "settings_missing"
    assert "pool_mode = transaction" in message


def test_settings_of_the_environment_that_a_pooler_refuses_are_named(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c geqo=off")
    with pooled(db.server) as port:
        db.connect(port=port)
        assert not db.place.run().succeeded
    ((_, message),) = db.place.failures()
    assert "take PGOPTIONS and options out of the environment" in message


def test_unknown_account_of_a_pooler_is_reported(db: Database) -> None:
    with pooled(db.server) as port:
        db.connect("{property: user, value: nobody_here}", port=port)
        assert not db.place.run().succeeded
    ((cause, _),) = db.place.failures()
    assert cause == "bad_credentials"
