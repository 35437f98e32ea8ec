"""Computes models on a Spark cluster, from files to files; the refresh reads its result as a view.

The tables that a model reads are written once, as Parquet, into the folder that all workers see;
an input that did not change since is not written again.
"""

from pathlib import Path
from typing import Any, Final

import duckdb

from candid_assets.atomic_files import replacing
from candid_assets.contracts.catalog import Model
from candid_assets.engines.attempts import Attempt, input_file, new_attempt
from candid_assets.engines.protocol import StagedRows, States
from candid_assets.engines.spark_session import cluster_errors, session_of
from candid_assets.settings import TIME_ZONE, Settings
from candid_assets.sql import literal, qualified, quoted

OPTIONS: Final = {
    "spark.sql.session.timeZone": TIME_ZONE,
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.timeType.enabled": "true",
    "spark.sql.ansi.enabled": "true",
    # A product keeps its decimals, and one that does not fit is an error, as in DuckDB.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
}
"""What makes Spark compute as DuckDB does."""
_HUGE: Final = "HUGEINT"


class SparkModels:
    """Computes models on the cluster of CANDID_ENGINE_URL."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def build(
        self, connection: duckdb.DuckDBPyConnection, model: Model, states: States, name: str
    ) -> StagedRows:
        """Compute a model's rows into files, and stand them as a view.

        Raises:
            duckdb.Error: The SELECT names what is not there, or an input cannot be written.
            EngineError: The cluster is away or fails, or does not understand the SELECT.
        """
        url = self._settings.engine_url or ""
        types = connection.execute(f"describe {model.sql}").fetchall()
        attempt = new_attempt(self._settings, f"ready__{model.name}")
        try:
            with cluster_errors(url, "a query"):
                self._compute(connection, model, states, attempt)
            staged = StagedRows(name, "view", attempt)
            columns = ", ".join(
                f"cast({quoted(c)} as {kind}) as {quoted(c)}" for c, kind, *_ in types
            )
            files = literal(str(attempt.folder / "rows" / "*.parquet"))
            staged.make(connection, f"select {columns} from read_parquet({files})")
        except BaseException:
            attempt.discard()
            raise
        return staged

    def _compute(
        self,
        connection: duckdb.DuckDBPyConnection,
        model: Model,
        states: States,
        attempt: Attempt,
    ) -> None:
        # sqlglot costs a good part of a second to import; a refresh without a cluster has no use
        # for it here.
        from candid_assets.engines.dialect import spark_steps

        files = {
            (layer, table): input_file(self._settings, layer, table, states[layer, table])
            for layer, table in model.inputs
        }
        steps = spark_steps(
            model.sql,
            lambda layer, table: str(files[layer, table]),
            lambda step: str(attempt.folder / "steps" / step),
        )
        session = session_of(self._settings.engine_url or "")
        for option, value in OPTIONS.items():
            session.conf.set(option, value)
        for (layer, table), file in files.items():
            _write_input(connection, layer, table, file)
        for step in steps.before:
            _run(session, step.sql, attempt.folder / "steps" / step.name)
        _run(session, steps.result, attempt.folder / "rows")


def _run(session: Any, sql: str, folder: Path) -> None:
    session.sql(sql).write.parquet(str(folder))


def _write_input(connection: duckdb.DuckDBPyConnection, layer: str, table: str, file: Path) -> None:
    """Write a table to its file, if it is not there; the widest integers as whole decimals."""
    if file.exists():
        return
    relation = qualified(layer, table)
    columns = connection.execute(f"describe from {relation}").fetchall()
    wide = [quoted(name) for name, kind, *_ in columns if kind == _HUGE]
    replaced = ", ".join(f"cast({name} as decimal(38, 0)) as {name}" for name in wide)
    star = f"* replace ({replaced})" if wide else "*"
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as part:
        target = literal(str(part))
        connection.execute(f"copy (select {star} from {relation}) to {target} (format parquet)")
