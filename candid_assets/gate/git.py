"""Runs the few git commands that the gate needs, independent of git's environment variables."""

import hashlib
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from candid_assets.archives import unpack
from candid_assets.atomic_files import is_part
from candid_assets.gate.content import RECORDS, Installation, files_below
from candid_assets.gate.errors import GateError
from candid_assets.gate.records import is_named_by, remove_half_written
from candid_assets.gate.system_tools import ToolError, system_tool, tool_environment
from candid_assets.regular_files import read_bytes

RECORDED = ("plans", "decisions", "applied", "published")
"""Folders of records that are only ever added to."""
BESIDES = (".", *(f":(exclude){RECORDS}/{name}" for name in RECORDED))
"""Everything but the records that the gate itself commits."""


class Git:
    """The git work tree of an installation."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def is_tree(self) -> bool:
        """Whether the installation is in a git work tree."""
        try:
            done = self._run("rev-parse", "--is-inside-work-tree")
        except ToolError:
            return False
        if done.returncode != 0 and (self.root / ".git").exists():
            # A tree of another owner, or a broken one, is not the same as none.
            output = done.stderr.decode(errors="replace").strip().splitlines()
            raise GateError(
                f"git cannot read {self.root} ({output[0] if output else 'no reason given'})",
                f"git config --global --add safe.directory {self.root}, or correct it",
            )
        return done.returncode == 0

    def head(self) -> str:
        """Return the commit that is checked out."""
        return self.output("rev-parse", "--verify", "HEAD^{commit}").strip()

    def planned(self) -> str:
        """Return the last commit that brought more than records of the gate."""
        return self.output("log", "-1", "--format=%H", "--", *BESIDES).strip()

    def myself(self) -> str:
        """Return who commits here, as `Name <e-mail>`."""
        return self.output("var", "GIT_AUTHOR_IDENT").rpartition(">")[0] + ">"

    def authors(self, since: str | None, commit: str) -> set[str]:
        """Return the authors of what came after a commit, records apart; else of the last one."""
        commits = (f"{since}..{commit}",) if since else ("-1", commit)
        return set(self.output("log", "--format=%an <%ae>", *commits, "--", *BESIDES).splitlines())

    def author_of(self, path: str) -> set[str]:
        """Return the author of the commit that added a file; nobody where it is not committed."""
        log = ("log", "--full-history", "--diff-filter=A", "--format=%an <%ae>", "--", path)
        return set(self.output(*log).splitlines()[-1:])

    def dirty(self) -> list[str]:
        """Return what differs from the commit, untracked files included."""
        lines = self.output(
            "status", "--porcelain", "--untracked-files=all", "--ignore-submodules=none"
        )
        return lines.splitlines()

    def same_tree(self, commit: str) -> bool:
        """Whether the checked-out commit holds what another does, the gate's own records apart."""
        done = self._run("diff", "--quiet", "--no-ext-diff", commit, "HEAD", "--", *BESIDES)
        return done.returncode == 0

    def unlike_commit(self, folder: Path, skipped: tuple[Path, ...] = ()) -> list[str]:
        """Return the files of a folder whose bytes are not those of the commit.

        Unlike `git status` it does not ask the index or what is ignored, but reads every file.
        """
        where = folder.relative_to(self.root).as_posix()
        committed: dict[str, str] = {}
        for line in self.output("ls-tree", "-r", "-z", "HEAD", "--", where).split("\0"):
            if line:
                facts, _, name = line.partition("\t")
                committed[name] = facts.split()[2]
        blobs = {
            f"{where}/{name}": _blob(content)
            for name, content in files_below(folder, skipped=skipped).items()
        }
        absent = {n for n in committed if n not in blobs and not (self.root / n).is_file()}
        return sorted(absent | {n for n, blob in blobs.items() if committed.get(n) != blob})

    @contextmanager
    def folder_at(self, commit: str, path: str) -> Iterator[Path]:
        """Yield a temporary copy of a folder as it was in a commit."""
        done = self._run("archive", "--format=tar", commit, "--", path)
        if done.returncode != 0:
            output = done.stderr.decode(errors="replace").strip()
            raise GateError(f"{path} at commit {commit[:12]} cannot be read: {output}", "git fetch")
        with tempfile.TemporaryDirectory(prefix="candid-gate-") as name:
            with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
                unpack(archive, Path(name))
            yield Path(name, path)

    def commit(self, paths: list[Path], subject: str) -> None:
        """Commit files of the gate and nothing else; those that are committed already stay so."""
        names = [str(path.relative_to(self.root)) for path in paths]
        self.output("add", "--force", "--", *names)
        if self._run("diff", "--cached", "--quiet", "--", *names).returncode == 0:
            return
        self.output("commit", "--quiet", "--message", subject, "--only", "--", *names)

    def output(self, *arguments: str) -> str:
        """Return what git prints.

        Raises:
            GateError: Git failed.
        """
        done = self._run(*arguments)
        if done.returncode != 0:
            output = (done.stderr or done.stdout).decode(errors="replace").strip()
            raise GateError(
                f"git {arguments[0]} failed in {self.root}: {output}", "settle it first"
            )
        return done.stdout.decode(errors="surrogateescape")

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        # GIT_DIR, GIT_INDEX_FILE and their like would make git look at another tree.
        kept = ("GIT_AUTHOR_", "GIT_COMMITTER_")
        environment = {
            name: value
            for name, value in tool_environment().items()
            if not name.startswith("GIT_") or name.startswith(kept)
        }
        settings = ("core.fsmonitor=false", "core.quotePath=false", "core.hooksPath=/dev/null")
        options = [word for setting in settings for word in ("-c", setting)]
        # A program of the system, no shell.
        return subprocess.run(  # noqa: S603
            [
                system_tool("git"),
                "--no-replace-objects",
                "-C",
                str(self.root),
                *options,
                *arguments,
            ],
            capture_output=True,
            check=False,
            env=environment,
        )


def _blob(content: bytes) -> str:
    """Return the name that git gives to a content; it guards against accidents, not attackers."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def require_clean(installation: Installation, *, to_record: bool = True) -> Git:
    """Return the git tree of an installation if what is on disk is what is committed.

    What a command of the gate left that was ended by force stands in nobody's way: half a record
    is removed, and a whole one committed.

    Args:
        installation: The installation.
        to_record: Whether records are to be written; if not, whole ones that are not committed
            stay so: the command that writes them may be at work.

    Raises:
        GateError: It is no git tree, it is dirty, or a file hides from `git status`.
    """
    git = Git(installation.root)
    if not git.is_tree():
        raise GateError(
            f"{installation.root} is no git tree", "run this in a clone of the repository"
        )
    remove_half_written(installation.records)
    lines = [line for line in git.dirty() if not _is_part_of_record(installation, line)]
    whole = [line[3:] for line in lines if _is_whole_record(installation, line)]
    if whole and to_record:
        paths = [installation.root / name for name in whole]
        git.commit(paths, "chore: records of a command that was ended by force")
    dirty = [line for line in lines if line[3:] not in whole]
    if dirty:
        raise GateError(
            f"the git tree is dirty ({_few([line[3:] for line in dirty])})",
            "commit it or take it back: git status",
        )
    catalog, package = installation.catalog, installation.package
    real = (
        installation.root.resolve() / catalog.relative_to(installation.root)
        if (catalog.is_relative_to(installation.root))
        else None
    )
    if real is None or catalog.resolve() != real:
        raise GateError(
            f"the catalog {catalog} is outside the repository {installation.root}",
            "put it into the repository, commit it and point CANDID_CATALOG_DIR there",
        )
    hidden = git.unlike_commit(package, skipped=(package / "catalog",))
    hidden += git.unlike_commit(catalog)
    if hidden:
        raise GateError(
            f"files are not those of the commit, though git status is silent ({_few(hidden)})",
            "remove or commit them: git status --ignored, git ls-files -v",
        )
    return git


def _is_among_records(installation: Installation, line: str) -> bool:
    """Whether a line of `git status` names a new file in a folder of records."""
    path = installation.root / line[3:]
    folders = [installation.records / name for name in RECORDED]
    return line[:2] in ("??", "A ") and any(path.is_relative_to(folder) for folder in folders)


def _is_part_of_record(installation: Installation, line: str) -> bool:
    """Whether a line of `git status` names a record that is being written, which nobody reads."""
    return _is_among_records(installation, line) and is_part(Path(line[3:]).name)


def _is_whole_record(installation: Installation, line: str) -> bool:
    """Whether a line of `git status` names a new record that is what its name says."""
    path = installation.root / line[3:]
    if not _is_among_records(installation, line):
        return False
    try:
        return not path.is_symlink() and is_named_by(path, read_bytes(path))
    except OSError:
        return False


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
