"""The column that receives the headings of a table's sections."""

from candid_assets.contracts.header_text import SECTION_HEADER, normalise
from candid_assets.discovery.find_tables import TableGroup
from candid_assets.discovery.proposal import LineColumn, TableProposal

_SHOWN = 3


def add_sections(table: TableProposal, tabs: TableGroup) -> None:
    """Name the column in which headings stand, and give each row the one above it.

    Tabs of a family whose headings stand in other columns keep them as rows, which the rehearsal
    refuses or quarantines.
    """
    headed = [member for member in tabs.members if member.sections.place]
    if not headed:
        return
    first = headed[0]
    header = normalise(first.layout.headers[first.sections.place - 1])
    column = table.columns[tabs.headers.index(header)]
    taken = {c.name for c in table.columns}
    name = first.sections.name
    while name in taken:
        name += "_section"
    every = all(
        m.sections.rows and m.sections.rows[0] < min(m.data_rows, default=0) for m in tabs.members
    )
    table.options["sectionColumn"] = column.name
    if not name:
        # Ends of pages are left out as such headings are, and say nothing of the lines below.
        return
    table.line_columns.append(LineColumn(name, SECTION_HEADER, required=every))
    cells = first.extract.table.column(first.letter(header)).to_pylist()
    texts = [str(cells[row - 1]).strip() for row in first.sections.rows]
    more = " …" if len(texts) > _SHOWN else ""
    rows = sum(len(member.sections.rows) for member in headed)
    table.notes.append(
        f"{rows:,} rows head the lines below them, which get their text as {name}: "
        + ", ".join(texts[:_SHOWN])
        + more
    )
