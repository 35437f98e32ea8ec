"""The reader of Google Sheets, as every kind of source has one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

from candid_assets.contracts.catalog import Workbook
from candid_assets.settings import Settings
from candid_assets.sources.protocol import Conduct, Request, SourceExtract, SourceState
from candid_assets.sources.sheets.conduct import conduct_of
from candid_assets.sources.sheets.credentials import SCOPES
from candid_assets.sources.sheets.drive import FileState, look
from candid_assets.sources.sheets.extract_workbook import extract_workbook
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.sheets.undescribed_workbook import read_workbook
from candid_assets.sources.source_errors import SourceError
from candid_assets.sources.undescribed import FoundWorkbook


class GoogleReader:
    """Reads workbooks of Google Sheets through one session."""

    def __init__(self, session: SheetsSession) -> None:
        self.session = session

    def look(
        self, workbooks: Sequence[Workbook], env: str
    ) -> Mapping[str, SourceState | SourceError]:
        """Return Drive's state of each workbook by its spreadsheet id."""
        found = look(self.session, [workbook.locations[env] for workbook in workbooks])
        return cast("Mapping[str, SourceState | SourceError]", found)

    def extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        """Read the tabs that have contracts; what fails as a whole is raised."""
        return extract_workbook(
            self.session,
            workbook,
            workbook.locations[env],
            on_event=request.on_event,
            known_sheet_ids=request.known_sheet_ids,
            known_rows=request.known_rows,
            known_members=request.known_members,
            only=request.only,
            before=cast("FileState | None", request.before),
        )

    def found(self, workbook: Workbook, env: str, only: Collection[str]) -> FoundWorkbook:
        """Return every tab of a workbook that nobody described, or those of some titles."""
        return read_workbook(self.session, workbook, workbook.locations[env], only)

    @property
    def conduct(self) -> Conduct:
        """What was sent to Google so far, token requests included."""
        return conduct_of(self.session.requests_sent, SCOPES)

    @property
    def reads(self) -> tuple[int, int]:
        """Requests sent to the Sheets API and to the Drive API."""
        return self.session.sheets_reads, self.session.drive_reads


@contextmanager
def open_reader(settings: Settings) -> Iterator[GoogleReader]:
    """Yield a reader over an open read-only session."""
    with SheetsSession.from_settings(settings) as session:
        yield GoogleReader(session)
