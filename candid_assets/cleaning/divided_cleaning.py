"""Cleans a tab by tasks that see its rows in parts, and puts together what they leave.

The outcome is that of cleaning the whole table, in every cell, reason, link and dropped row. Steps:
each part is cleaned as if no row shared a key with another; rows that may do so are brought
together and judged; the parts that hold some of those found are put right. Most tables have none
or few. This process sees counts and the names of files only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from candid_assets.cleaning.cleaned_files import KINDS, Cleaned
from candid_assets.cleaning.divided_sql import NOTHING_FOUND, RAW, DividedSql
from candid_assets.cleaning.macros import macros_sql
from candid_assets.cleaning.raw_file import RawFile, read_files
from candid_assets.cleaning.undeclared_columns import count_sql, of_all_parts
from candid_assets.engines.tasks import Script, TaskOutcome, Tasks, WorkerTask

GROUPED_ROWS: Final = 3_000_000
"""Rows whose hashes one task compares."""
_OUTCOMES: Final = {kind: f"SELECT * FROM temp.staged_{kind}" for kind in KINDS}


def clean_whole(statements: Sequence[str], raw: RawFile, tasks: Tasks) -> Cleaned:
    """Run the statements that clean a whole table in one task, and return what they leave."""
    script = Script((macros_sql(), *statements), _OUTCOMES)
    return _cleaned(tasks.run(script, [WorkerTask(0, (raw.view("cleaning_raw"),))]), [])


def clean_in_parts(
    plan: DividedSql, raw: RawFile, free_places: Sequence[int], tasks: Tasks
) -> Cleaned:
    """Clean a table in parts.

    Args:
        plan: The statements.
        raw: The raw table.
        free_places: Columns that the contract leaves out, counted from 1, to be counted.
        tasks: What runs the statements.
    """
    asked = {}
    if free_places:
        asked = {"undeclared": count_sql(free_places, ("temp.part_raw", "temp.final_clean"))}
    outcomes = _first_pass(plan, raw, asked, tasks)
    if plan.is_shared:
        shared = _shared_rows(plan, raw, outcomes, tasks)
        for outcome in _put_right(plan, raw, outcomes, shared, asked, tasks):
            outcomes[outcome.number] = outcome
    return _cleaned(outcomes, [o.answers["undeclared"][0] for o in outcomes] if asked else [])


def _first_pass(
    plan: DividedSql, raw: RawFile, asked: dict[str, str], tasks: Tasks
) -> list[TaskOutcome]:
    """Clean each part as if none of its rows shared a key with another."""
    hashes = (f"CREATE TEMP TABLE part_hashes AS\n{plan.hashes}",) if plan.is_shared else ()
    kept = {"hashes": "FROM temp.part_hashes"} if plan.is_shared else {}
    names = (
        f"CREATE TEMP VIEW part_raw AS FROM {RAW}",
        "CREATE TEMP VIEW final_clean AS FROM temp.staged_clean",
    )
    script = Script(
        (macros_sql(), *plan.rows, *hashes, *NOTHING_FOUND, *plan.sorting, *names),
        _OUTCOMES | kept,
        asked,
    )
    works = [
        WorkerTask(number, (raw.view("cleaning_raw", f"_row BETWEEN {first} AND {last}"),))
        for number, (first, last) in enumerate(raw.parts)
    ]
    return tasks.run(script, works)


@dataclass(frozen=True, slots=True)
class _SharedRows:
    """What rows of all parts say of one another."""

    repeats: list[Path]
    shared: list[Path]
    parts: list[int]
    """The parts that hold such rows."""


def _shared_rows(
    plan: DividedSql, raw: RawFile, outcomes: Sequence[TaskOutcome], tasks: Tasks
) -> _SharedRows:
    """Return the rows that repeat another one, or its key or a value of it."""
    files = [outcome.files["hashes"] for outcome in outcomes]
    buckets = sum(rows for _, rows in files) // GROUPED_ROWS + 1
    listed = read_files(path for path, _ in files)
    grouped = Script(
        (),
        {
            "suspects": (
                "SELECT DISTINCT _row FROM temp.part_hashes SEMI JOIN (SELECT number, hashed"
                " FROM temp.part_hashes GROUP BY ALL HAVING count(*) > 1) USING (number, hashed)"
            )
        },
        {"keys": "SELECT count(DISTINCT number) FROM temp.part_hashes"},
    )
    works = [
        WorkerTask(
            bucket,
            (f"CREATE TEMP VIEW part_hashes AS FROM {listed} WHERE hashed % {buckets} = {bucket}",),
        )
        for bucket in range(buckets)
    ]
    compared = tasks.run(grouped, works)
    suspects = [o.files["suspects"][0] for o in compared if o.files["suspects"][1]]
    if not suspects:
        return _SharedRows([], [], [])
    several = any(outcome.answers["keys"][0][0] > 1 for outcome in compared)
    # Rows that share a value may share a key with rows of another bucket.
    together = [suspects] if several else [[path] for path in suspects]
    return _judged(plan, raw, together, tasks)


def _judged(
    plan: DividedSql, raw: RawFile, together: Sequence[Sequence[Path]], tasks: Tasks
) -> _SharedRows:
    """Judge rows that may share something, each list of files by itself."""
    part = f"(_row - {raw.first}) // {raw.part_rows}"
    script = Script(
        (macros_sql(), *plan.rows, plan.repeats, plan.shared),
        {"repeats": "FROM temp.cleaning_repeats", "shared": "FROM temp.cleaning_shared"},
        {
            "parts": (
                f"SELECT DISTINCT {part} FROM (SELECT _row FROM temp.cleaning_repeats"
                " UNION ALL SELECT _row FROM temp.cleaning_shared)"
            )
        },
    )
    works = [
        WorkerTask(
            number, (raw.view("cleaning_raw", f"_row IN (SELECT _row FROM {read_files(files)})"),)
        )
        for number, files in enumerate(together)
    ]
    judged = tasks.run(script, works)
    return _SharedRows(
        [outcome.files["repeats"][0] for outcome in judged],
        [outcome.files["shared"][0] for outcome in judged],
        sorted({line[0] for outcome in judged for line in outcome.answers["parts"]}),
    )


def _put_right(
    plan: DividedSql,
    raw: RawFile,
    before: Sequence[TaskOutcome],
    shared: _SharedRows,
    asked: dict[str, str],
    tasks: Tasks,
) -> list[TaskOutcome]:
    """Clean the rows anew that were found to share something, in each part that has such rows."""
    if not shared.parts:
        return []
    kept = {
        kind: f"SELECT * FROM temp.before_{kind} ANTI JOIN temp.affected USING (_row)"
        for kind in KINDS
    }
    outputs = {
        kind: f"FROM ({query} UNION ALL FROM temp.staged_{kind}) ORDER BY _row"
        for kind, query in kept.items()
    }
    final = f"CREATE TEMP TABLE final_clean AS {outputs['clean']}"
    outputs["clean"] = "FROM temp.final_clean"
    script = Script((macros_sql(), *plan.rows, *plan.sorting, final), outputs, asked)
    works = []
    for number in shared.parts:
        first, last = raw.parts[number]
        inside = f"_row BETWEEN {first} AND {last}"
        works.append(
            WorkerTask(
                number,
                (
                    f"CREATE TEMP TABLE cleaning_repeats AS FROM {read_files(shared.repeats)}"
                    f" WHERE {inside}",
                    f"CREATE TEMP TABLE cleaning_shared AS FROM {read_files(shared.shared)}"
                    f" WHERE {inside}",
                    "CREATE TEMP TABLE affected AS SELECT _row FROM temp.cleaning_repeats"
                    " UNION SELECT _row FROM temp.cleaning_shared",
                    *(
                        f"CREATE TEMP VIEW before_{kind} AS FROM"
                        f" {read_files([before[number].files[kind][0]])}"
                        for kind in KINDS
                    ),
                    raw.view("part_raw", inside),
                    "CREATE TEMP VIEW cleaning_raw AS"
                    " FROM temp.part_raw SEMI JOIN temp.affected USING (_row)",
                ),
            )
        )
    return tasks.run(script, works)


def _cleaned(outcomes: Sequence[TaskOutcome], undeclared: list[list[Any]]) -> Cleaned:
    return Cleaned(
        {kind: [outcome.files[kind][0] for outcome in outcomes] for kind in KINDS},
        {kind: sum(outcome.files[kind][1] for outcome in outcomes) for kind in KINDS},
        of_all_parts(undeclared),
        max(outcome.memory for outcome in outcomes),
    )
