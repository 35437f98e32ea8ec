"""What people do to columns, tabs and workbooks; each returns a line that says what was done."""

from copy import deepcopy

from candid_assets_tests.torture.desk import Desk, Nothing


def move_column(desk: Desk, workbook: str) -> str:
    tab, _, texts = desk.table(workbook, 0)
    at, to = desk.rng.randrange(len(texts)), desk.rng.randrange(len(texts))
    for row in tab.rows:
        row.extend([None] * (len(texts) - len(row)))
        row.insert(to, row.pop(at))
    return f"{at} to {to} in {tab.title}"


def insert_column(desk: Desk, workbook: str) -> str:
    tab, place, texts = desk.table(workbook, 0)
    if len(texts) > 8:
        raise Nothing
    at = desk.rng.randrange(len(texts) + 1)
    for number, row in enumerate(tab.rows):
        row.extend([None] * (at - len(row)))
        if len(row) >= at and row:
            row.insert(at, f"Catatan {at}" if number == place and desk.rng.random() < 0.5 else None)
    return f"{at} of {tab.title}"


def delete_column(desk: Desk, workbook: str) -> str:
    tab, _, texts = desk.table(workbook, 0)
    at = desk.rng.randrange(len(texts))
    for row in tab.rows:
        del row[at : at + 1]
    return f"{texts[at]} of {tab.title}"


def rename_tab(desk: Desk, workbook: str) -> str:
    tab = desk.tab(workbook)
    before, titles = tab.title, {tab.title for tab in desk.books[workbook].tabs}
    choice = ["Lama", "Salinan 2", *(["Mar25", "Apr25"] if workbook == "cabang" else [])]
    tab.title = desk.rng.choice([title for title in choice if title not in titles] or [before])
    return f"{before} is {tab.title}"


def move_tab(desk: Desk, workbook: str) -> str:
    tabs = desk.books[workbook].tabs
    desk.rng.shuffle(tabs)
    return ", ".join(tab.title for tab in tabs)


def copy_tab(desk: Desk, workbook: str) -> str:
    book, tab = desk.books[workbook], deepcopy(desk.tab(workbook))
    titles = {tab.title for tab in book.tabs}
    if len(titles) > 5:
        raise Nothing
    choice = [f"Salinan {tab.title}", *(["Mar25", "Apr25"] if workbook == "cabang" else [])]
    before = tab.title
    tab.title = desk.rng.choice([title for title in choice if title not in titles] or ["Lain"])
    if tab.title in titles:
        raise Nothing
    tab.sheet_id = max(tab.sheet_id for tab in book.tabs) + 10
    book.tabs.append(tab)
    return f"{before} to {tab.title}"


def delete_tab(desk: Desk, workbook: str) -> str:
    book, tab = desk.books[workbook], desk.tab(workbook)
    if len(book.tabs) < 2:
        raise Nothing
    book.tabs.remove(tab)
    return tab.title


def empty_tab(desk: Desk, workbook: str) -> str:
    tab = desk.tab(workbook)
    tab.rows, tab.formulas, tab.merges = [], {}, []
    return tab.title


def locale(desk: Desk, workbook: str) -> str:
    book = desk.books[workbook]
    book.locale = desk.rng.choice(["en_US", "in_ID", "de_DE", "en_GB"])
    return book.locale


def hide(desk: Desk, workbook: str) -> str:
    tab = desk.tab(workbook)
    tab.hidden = not tab.hidden
    return f"{tab.title} hidden: {tab.hidden}"


def rename_book(desk: Desk, workbook: str) -> str:
    book = desk.books[workbook]
    book.title = desk.rng.choice([workbook, f"{workbook} 2026", "Salinan"])
    return book.title


def share(desk: Desk, workbook: str) -> str:
    book = desk.books[workbook]
    if desk.rng.random() < 0.5:
        book.shared = not book.shared
        return f"shared: {book.shared}"
    book.trashed = not book.trashed
    return f"trashed: {book.trashed}"


def touch(desk: Desk, workbook: str) -> str:
    return "nothing changed"


def undo(desk: Desk, workbook: str) -> str:
    """Put the workbook back to an earlier state, as its version history does."""
    kept = desk.before[workbook]
    if not kept:
        raise Nothing
    steps = desk.rng.choice([1, 1, 1, len(kept)])
    earlier = deepcopy(kept[-steps])
    earlier.version = desk.books[workbook].version
    earlier.modified_time = desk.books[workbook].modified_time
    desk.before[workbook] = kept[:-steps]
    desk.books[workbook] = earlier
    return f"{steps} steps"
