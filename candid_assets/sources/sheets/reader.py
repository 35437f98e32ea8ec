"""The reader of Google Sheets."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from candid_assets.contracts.catalog import Workbook
from candid_assets.settings import Settings
from candid_assets.sources.protocol import Conduct, Reader, Request, SourceExtract, StateOrError
from candid_assets.sources.sheets.conduct import conduct_of
from candid_assets.sources.sheets.credentials import SCOPES
from candid_assets.sources.sheets.drive import file_states
from candid_assets.sources.sheets.metadata import read_metadata
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_clock import SourceClock
from candid_assets.sources.source_metadata import WorkbookMetadata
from candid_assets.sources.spool_folder import spool_folder


class GoogleReader(Reader):
    """Reads workbooks of Google Sheets through one session."""

    def __init__(self, session: SheetsSession, spools: Path | None = None) -> None:
        """Read through a session; large tabs are written into the folder `spools`."""
        self.session, self._spools = session, spools

    def states(self, workbooks: Sequence[Workbook], env: str) -> dict[str, StateOrError]:
        """Return Drive's state of each workbook by its spreadsheet id."""
        return dict(file_states(self.session, [w.locations[env] for w in workbooks]))

    def extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        """Read the tabs that have contracts."""
        # Its libraries cost a quarter of a second to import; most looks at a state end in no read.
        from candid_assets.sources.sheets.extract_workbook import extract_workbook

        location = workbook.locations[env]
        return extract_workbook(self.session, workbook, location, request, self._spools)

    def metadata(self, workbook: Workbook, env: str) -> WorkbookMetadata:
        """Return the workbook's properties and tabs."""
        return read_metadata(self.session, workbook.locations[env], workbook=workbook.name)

    @property
    def conduct(self) -> Conduct:
        """What was sent to Google so far, token requests included."""
        return conduct_of(self.session.requests_sent, SCOPES)

    @property
    def reads(self) -> tuple[int, int]:
        """Requests sent to the Sheets API and to the Drive API."""
        return self.session.sheets_reads, self.session.drive_reads

    @property
    def in_words(self) -> str:
        """The address of Google that is read and the account that reads."""
        return self.session.in_words

    @property
    def clock(self) -> SourceClock:
        """How this computer's clock compares with Google's."""
        return self.session.clock


@contextmanager
def open_reader(settings: Settings) -> Iterator[GoogleReader]:
    """Yield a reader over an open read-only session; what was not kept is removed at the end."""
    with (
        SheetsSession.from_settings(settings) as session,
        spool_folder(settings.landing_dir) as folder,
    ):
        yield GoogleReader(session, folder)
