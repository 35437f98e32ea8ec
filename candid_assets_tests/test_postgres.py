from pathlib import Path

import psycopg
import pytest

from candid_assets_tests.postgres import Postgres, started


def test_a_database_is_real_and_empty_and_asks_for_the_password(
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


def test_a_server_ends_with_its_folder_when_a_test_fails() -> None:
    folder = Path()

    def fail() -> None:
        nonlocal folder
        with started() as running:
            folder = running.folder
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not folder.exists()
