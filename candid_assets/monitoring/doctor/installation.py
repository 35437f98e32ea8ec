"""Checks of this computer: catalog, folders, disk, users, versions."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Final

from candid_assets.chain_check import verify_chain
from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.findings import Finding, failed, note, ok
from candid_assets.settings import Settings

GIGABYTE: Final = 1_000_000_000
LEAST_FREE: Final = GIGABYTE // 2
SPARE_FREE: Final = 5 * GIGABYTE
PROBLEMS_SHOWN: Final = 5


def check_catalog(settings: Settings) -> tuple[list[Finding], Catalog | None]:
    """Check that every contract and model can be read; return the catalog if there is one."""
    if not settings.catalog_dir.is_dir():
        what = f"there is no catalog at {settings.catalog_dir}"
        fix = "set CANDID_CATALOG_DIR to the folder that holds workbooks/"
        return [failed("catalog", what, "nothing says what to read", fix)], None
    catalog = load_catalog(settings.catalog_dir)
    findings = [
        failed("catalog", str(problem), "its tab keeps its last good table", problem.fix)
        for problem in catalog.problems[:PROBLEMS_SHOWN]
    ]
    if len(catalog.problems) > PROBLEMS_SHOWN:
        rest = f"{len(catalog.problems) - PROBLEMS_SHOWN} more problems"
        fix = "run `candid contracts validate`"
        findings.append(failed("catalog", rest, "as above", fix))
    summary = f"{len(catalog.workbooks)} workbooks, {len(catalog.tabs)} tabs, valid"
    return findings or [ok("catalog", summary)], catalog


def check_folder(settings: Settings) -> Iterator[Finding]:
    """Check that the data folder can be written and has room."""
    folder = settings.data_dir
    why = "extracts, warehouse, snapshot and reports are kept there"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        fix = f"make {folder} writable for this user, or set CANDID_DATA_DIR to another folder"
        yield failed("data folder", f"{folder} cannot be written: {error}", why, fix)
        return
    yield ok("data folder", f"{folder} can be written")
    free = shutil.disk_usage(folder).free
    free_space = f"{free / GIGABYTE:.1f} GB free on the disk of {folder}"
    fix = "free space, or move the folder with CANDID_DATA_DIR"
    if free < LEAST_FREE:
        yield failed(
            "disk", free_space, "a refresh writes the snapshot anew beside the old one", fix
        )
    elif free < SPARE_FREE:
        yield note("disk", free_space, "every changed tab adds an extract", fix)
    else:
        yield ok("disk", free_space)


def check_users(settings: Settings) -> Finding:
    """Check that what keeps people out of the webserver is kept from other people."""
    folder = settings.data_dir / "web"
    for file in (folder / "users.json", folder / "session.key", settings.audit_file):
        if file.exists() and (file.stat().st_mode & 0o077 or file.stat().st_uid != os.getuid()):
            why = "others on this machine can read the users; the webserver refuses every login"
            return failed("users", f"{file} is not its owner's alone", why, f"chmod 600 {file}")
    if not (folder / "users.json").exists():
        return ok(
            "users", "none yet: `candid users add NAME --role operator` before `candid serve`"
        )
    return ok("users", "the webserver's files are their owner's alone")


def check_audit_log(settings: Settings) -> Finding:
    """Check that no line of the audit log was changed, removed or put in."""
    try:
        check = verify_chain(settings.audit_file)
    except OSError as error:
        why = "nobody can see who did what"
        return failed("audit log", str(error), why, "make it readable for this user")
    if check.problem:
        why = "somebody wrote, changed or removed lines, or a disk lost them"
        fix = f"compare {settings.audit_file.parent} with a backup, and ask who can write there"
        return failed("audit log", check.problem, why, fix)
    if not check.lines:
        return ok("audit log", "nothing yet")
    last = f"{check.lines:,} lines, the last of SHA-256 {check.sha256}"
    return ok("audit log", f"{last}; each fits the one before it")


def check_versions() -> Finding:
    """Check that the packages installed are those the project asks for."""
    # Part of what pip installs everywhere; only this check needs it.
    from packaging.requirements import Requirement

    wrong = []
    for text in requires("candid-assets") or []:
        wanted = Requirement(text)
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        try:
            installed = version(wanted.name)
        except PackageNotFoundError:
            installed = "none"
        if installed == "none" or not wanted.specifier.contains(installed, prereleases=True):
            wrong.append(f"{wanted.name} {installed} instead of {wanted.specifier}")
    if wrong:
        what, why = ", ".join(wrong), "the platform was not tested with these"
        return failed("versions", what, why, "run `rm -rf .venv && make`")
    return ok("versions", f"duckdb {version('duckdb')}, dagster {version('dagster')}, as asked for")
