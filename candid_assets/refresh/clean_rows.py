"""Cleans a tab's rows where it is to be cleaned: on the refresh's connection, or by a cluster.

Either way the outcome stands as temporary relations of that connection, of the same names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from candid_assets.cleaning.cleaned_files import stage
from candid_assets.cleaning.cleaning_sql import CleaningTables, cleaning_sql
from candid_assets.cleaning.divided_cleaning import clean_in_parts, clean_whole
from candid_assets.cleaning.divided_sql import RAW, divided_sql, whole_because
from candid_assets.cleaning.family_cleaning import (
    Member,
    clean_family,
    family_sql,
    undeclared_of_members,
)
from candid_assets.cleaning.raw_content import raw_content
from candid_assets.cleaning.raw_file import RawFile, export_raw
from candid_assets.cleaning.undeclared_columns import (
    UndeclaredCells,
    free_places,
    reported,
    undeclared_cells,
)
from candid_assets.contracts.catalog import Tab
from candid_assets.engines.attempts import Attempt, new_attempt
from candid_assets.engines.cleaning_route import goes_to_cluster, tasks_in
from candid_assets.engines.errors import EngineError
from candid_assets.engines.tasks import Tasks
from candid_assets.refresh.context import Refresh
from candid_assets.source_kinds.links import cell_link
from candid_assets.sql import qualified, quoted
from candid_assets.warehouse.current_extracts import CurrentExtract

STAGED = CleaningTables()
"""The names of what a task leaves."""


@dataclass(frozen=True, slots=True)
class CleanedRows:
    """What cleaning left beside the three relations."""

    undeclared: list[UndeclaredCells]
    attempt: Attempt | None = None
    """Where the rows lie that a cluster cleaned."""


def clean_rows(
    refresh: Refresh,
    tab: Tab,
    members: Sequence[Member],
    extract: CurrentExtract,
    names: CleaningTables,
) -> CleanedRows:
    """Leave a tab's clean, quarantined and dropped rows under temporary names.

    Raises:
        EngineError: A cluster is to clean it, and is away or cannot.
    """
    if not refresh.is_replay and goes_to_cluster(refresh.settings, tab, extract.rows):
        return _on_cluster(refresh, tab, members, names)
    connection, raw = refresh.connection, qualified("raw", tab.table)
    if tab.is_family:
        return CleanedRows(clean_family(connection, tab, members, names))
    header = members[0].header
    cleaning_sql(
        tab,
        header,
        raw=raw,
        extract=extract.content_hash,
        link_prefix=_link_prefix(members[0]),
        content=raw_content(connection, raw, tab, header),
        staged=names,
    ).run(connection)
    clean = f"temp.{quoted(names.clean)}"
    undeclared = undeclared_cells(connection, tab, header, (raw, clean), extract.content_hash)
    return CleanedRows(undeclared)


def drop_rows(refresh: Refresh, names: CleaningTables, attempt: Attempt | None) -> None:
    """Let a tab's staged rows go."""
    of_files = "table" if attempt is None else "view"
    kinds = {names.clean: of_files, names.quarantine: "table", names.dropped: of_files}
    for name, kind in kinds.items():
        refresh.connection.execute(f"drop {kind} if exists temp.{quoted(name)}")
    if attempt is not None:
        attempt.discard()


def _on_cluster(
    refresh: Refresh, tab: Tab, members: Sequence[Member], names: CleaningTables
) -> CleanedRows:
    attempt = new_attempt(refresh.settings, tab.table)
    try:
        tasks = tasks_in(refresh.settings, attempt)
        raw = export_raw(
            refresh.connection, qualified("raw", tab.table), attempt.folder / "raw.parquet"
        )
        if raw is None:
            raise EngineError(f"{tab.table} has no row to clean", "run `candid run` again")
        return CleanedRows(clean_by_tasks(refresh, tab, members, names, raw, tasks), attempt)
    except BaseException:
        attempt.discard()
        raise


def clean_by_tasks(
    refresh: Refresh,
    tab: Tab,
    members: Sequence[Member],
    names: CleaningTables,
    raw: RawFile,
    tasks: Tasks,
) -> list[UndeclaredCells]:
    """Clean a tab by tasks, in parts where its rows can be divided; return undeclared cells.

    Args:
        refresh: The refresh, on whose connection the outcome is shown.
        tab: The tab's contract.
        members: The tab, or the members of the family.
        names: Names of the temporary relations to make.
        raw: The raw table as tasks read it.
        tasks: What runs them.
    """
    connection, own = refresh.connection, qualified("raw", tab.table)
    if tab.is_family:
        statements = family_sql(connection, tab, members, STAGED, RAW)
        stage(connection, tab, clean_whole(statements, raw, tasks), names, numbered=True)
        return undeclared_of_members(connection, tab, members, names.clean)
    header, digest = members[0].header, members[0].extract.content_hash
    content, prefix = raw_content(connection, own, tab, header), _link_prefix(members[0])
    if whole_because(tab, header, content):
        whole = cleaning_sql(
            tab,
            header,
            raw=RAW,
            extract=digest,
            link_prefix=prefix,
            content=content,
        )
        stage(connection, tab, clean_whole(whole.statements, raw, tasks), names, numbered=True)
        clean = f"temp.{quoted(names.clean)}"
        return undeclared_cells(connection, tab, header, (own, clean), digest)
    places = free_places(connection, header, own)
    plan = divided_sql(tab, header, content, extract=digest, link_prefix=prefix)
    cleaned = clean_in_parts(plan, raw, places, tasks)
    stage(connection, tab, cleaned, names, numbered=False)
    return reported(tab, header, places, cleaned.undeclared, digest)


def _link_prefix(member: Member) -> str:
    extract = member.extract
    return cell_link(extract.spreadsheet_id, extract.sheet_id, "", extract.title)
