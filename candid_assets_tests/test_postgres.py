from pathlib import Path

import psycopg
import pytest

from candid_assets_tests.postgres import Postgres, started


def test_test_database_is_empty_and_asks_for_the_password(
    database: str, postgres: Postgres
) -> None:
    with psycopg.connect(database) as connection:
        row = connection.execute("select count(*), version() from pg_tables").fetchone()
    assert row is not None
    assert "PostgreSQL" in row[1]
    wrong = database.replace("only-for-tests", "guessed")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    assert postgres.folder.is_dir()


def test_test_server_is_stopped_and_its_folder_removed_when_a_test_fails() -> None:
    folder = Path()

    def fail() -> None:
        nonlocal folder
        with started() as running:
            folder = running.folder
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not folder.exists()
