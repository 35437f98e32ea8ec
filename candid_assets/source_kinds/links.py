"""Links under which a person opens a source or one of its cells.

A kind of source whose cells have addresses of their own declares them in its own `links.py`.
"""

from candid_assets.source_kinds.registry import kind_at


def source_link(location: str) -> str:
    """Return the address under which a person opens a source."""
    kind = kind_at(location)
    return kind.link(location) if kind.link else location


def cell_link(location: str, number: int, cell: str, title: str = "") -> str:
    """Return the link to a cell, which opens it where the kind of source can.

    Args:
        location: The source's location.
        number: The table's number in the source.
        cell: A cell such as `D17`, counted with the header as the first row.
        title: The table's title, which names it where the source opens no cells.
    """
    kind = kind_at(location)
    if kind.cell_link:
        return kind.cell_link(location, number, cell)
    return f"{location}/{title}#{cell}" if title else f"{location}#{cell}"
