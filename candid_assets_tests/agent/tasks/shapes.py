"""Twenty-two shapes of tasks.md, each with the tasks that data-eng may take and how they end."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A file, the keys of the open tasks of data-eng, and the file once these are done."""

    name: str
    text: str
    taken: tuple[str, ...]
    done: str


def shape(name: str, text: str, taken: str, *changes: tuple[str, str]) -> Shape:
    """Return a shape whose end is told by pieces that change, each of which stands once."""
    done = text
    for before, after in changes:
        assert text.count(before) == 1, (name, before)
        done = done.replace(before, after)
    return Shape(name, text, tuple(taken.split()), done)


PLAIN = """# Tasks

| ID | Task | Assignee | Status |
|----|------|----------|--------|
| T-1 | Refresh sales_master | data-eng | pending |
| T-2 | Refresh coreos | gas-dev | pending |
| T-3 | Validate contracts | data-eng | done |
| T-4 | Refresh all | data-eng-2 | pending |
| T-5 | Report | data-eng | in progress |
"""

SHAPES = (
    shape(
        "a plain table",
        PLAIN,
        "T-1 T-5",
        ("sales_master | data-eng | pending", "sales_master | data-eng | done"),
        ("in progress", "done"),
    ),
    shape(
        "CRLF and a byte order mark",
        "\ufeff" + PLAIN.replace("\n", "\r\n"),
        "T-1 T-5",
        ("sales_master | data-eng | pending", "sales_master | data-eng | done"),
        ("in progress", "done"),
    ),
    shape(
        "other columns in another order, in Indonesian",
        "|Status|Penanggung Jawab|Judul|No Tugas|Catatan|\n|:--|:-:|--|--|--|\n"
        "|Belum|data-eng|Refresh coreos|T-7|pagi|\n|Selesai|data-eng|Laporan|T-8||\n"
        "|Sedang dikerjakan|@data-eng|Validasi|T-9||\n|Belum|gas-dev|Refresh|T-10||\n",
        "T-7 T-9",
        ("Belum|data-eng", "Selesai|data-eng"),
        ("Sedang dikerjakan", "Selesai"),
    ),
    shape(
        "emoji and words",
        "| Task | Agent | Status |\n|---|---|---|\n| T-1: Refresh | `data-eng` | ⏳ Pending |\n"
        "| T-2: Refresh | data-eng | ✅ Completed |\n| T-3: Report | data-eng | 🔄 In Progress |\n",
        "T-1 T-3",
        ("⏳ Pending", "✅ Completed"),
        ("🔄 In Progress", "✅ Completed"),
    ),
    shape(
        "emoji alone",
        "| # | Task | Owner | State |\n|-|-|-|-|\n| T-1 | Refresh | data-eng | ⬜ |\n"
        "| T-2 | Refresh | data-eng | ❌ |\n",
        "T-1",
        ("⬜", "✅"),
    ),
    shape(
        "a checklist with mentions",
        "- [ ] T-1 Refresh coreos @data-eng\n- [x] T-2 Report @data-eng\n"
        "- [~] T-3 Validate @data-eng\n- [ ] T-4 Refresh @gas-dev (cc @data-eng)\n"
        "- [ ] T-5 Refresh all\n- [ ] T-6 Report (ask @gas-dev) @data-eng\n"
        "- [-] T-7 Report @data-eng\n",
        "T-1 T-3 T-6",
        ("- [ ] T-1", "- [x] T-1"),
        ("- [~]", "- [x]"),
        ("- [ ] T-6", "- [x] T-6"),
    ),
    shape(
        "star, plus and numbered lists with bold ids",
        "* [ ] **T-1**: Refresh coreos — @data-eng\n+ [ ] [T-2] Report @data-eng\n"
        "1. [ ] `T-3` Validate @data-eng\n2) [X] T-4 Report @data-eng\n",
        "T-1 T-2 T-3",
        ("* [ ]", "* [X]"),
        ("+ [ ]", "+ [X]"),
        ("1. [ ]", "1. [X]"),
    ),
    shape(
        "details in brackets",
        "- [ ] T-1: Refresh coreos (assignee: data-eng, priority: high)\n"
        "- [ ] T-2: Refresh coreos (assignee: gas-dev)\n",
        "T-1",
        ("- [ ] T-1", "- [x] T-1"),
    ),
    shape(
        "details in lines below",
        "- [ ] T-1: Refresh coreos\n  - **Assignee**: data-eng\n  - **Status**: Pending\n"
        "  - Notes: every morning\n- [ ] T-2: Report\n  - Assignee: gas-dev\n",
        "T-1",
        ("- [ ] T-1", "- [x] T-1"),
        ("Pending", "Done"),
    ),
    shape(
        "sections with an id",
        "## T-1: Refresh coreos\n\n- **Assigned to:** data-eng\n- **Status:** pending\n\n"
        "## T-2: Refresh coreos\n\nAssignee: gas-dev\nStatus: pending\n\n"
        "## T-3 Report\n\nAssignee: @data-eng  \nStatus: IN PROGRESS  \n",
        "T-1 T-3",
        ("**Status:** pending", "**Status:** done"),
        ("IN PROGRESS", "DONE"),
    ),
    shape(
        "code fences and comments are no tasks",
        "```md\n- [ ] T-1 Refresh @data-eng\n```\n\n~~~\n| ID | Task | Assignee | Status |\n"
        "|-|-|-|-|\n| T-2 | Refresh | data-eng | pending |\n~~~\n\n<!--\n"
        "- [ ] T-3 Refresh @data-eng\n-->\n\n    - [ ] T-4 Refresh @data-eng\n\n"
        "- [ ] T-5 Refresh @data-eng\n\n  ```\n  - [ ] T-6 Refresh @data-eng\n  ```\n",
        "T-5",
        ("- [ ] T-5", "- [x] T-5"),
    ),
    shape(
        "escaped pipes and code in cells",
        "| ID | Task | Assignee | Status |\n|-|-|-|-|\n"
        "| T-1 | Refresh `a \\| b` \\| c | data-eng | **pending** |\n",
        "T-1",
        ("pending", "done"),
    ),
    shape(
        "no outer pipes",
        "ID | Task | Assignee | Status\n---|---|---|---\nT-1 | Refresh | data-eng | todo\n"
        "T-2 | Refresh | gas-dev | todo\n",
        "T-1",
        ("data-eng | todo", "data-eng | done"),
    ),
    shape(
        "queues under headings",
        "# Queue\n\n## data-eng\n\n- [ ] T-1 Refresh\n\n### Finance\n\n- [ ] T-2 Report\n\n"
        "## gas-dev\n\n- [ ] T-3 Refresh\n\n## Tasks for @data-eng\n\n| ID | Task | Status |\n"
        "|-|-|-|\n| T-4 | Report | open |\n",
        "T-1 T-2 T-4",
        ("- [ ] T-1", "- [x] T-1"),
        ("- [ ] T-2", "- [x] T-2"),
        ("open", "done"),
    ),
    shape(
        "nested lists",
        "- Morning\n  - [ ] T-1 Refresh @data-eng\n    - [x] T-2 Report @data-eng\n"
        "- data-eng\n    - [ ] T-3 Validate\n- [ ] T-4 Report @gas-dev\n"
        "  - [ ] T-5 Refresh @data-eng\n",
        "T-1 T-3 T-5",
        ("- [ ] T-1", "- [x] T-1"),
        ("- [ ] T-3", "- [x] T-3"),
        ("- [ ] T-5", "- [x] T-5"),
    ),
    shape(
        "quotes and tabs",
        "> - [ ]\tT-1 Refresh @data-eng\n>\n> | ID | Task | Assignee | Status |\n> |-|-|-|-|\n"
        "> | T-2 | Report | data-eng | not_started |\n> | T-3 | Report | gas-dev | in_progress |\n",
        "T-1 T-2",
        ("> - [ ]", "> - [x]"),
        ("not_started", "done"),
    ),
    shape(
        "boxes in a table and several people",
        "| Done | ID | Task | Assigned To |\n|-|-|-|-|\n"
        "| [ ] | T-1 | Refresh | budi, data-eng |\n| [ ] | T-2 | Refresh | budi |\n"
        "| [x] | T-3 | Refresh | data-eng |\n",
        "T-1",
        ("| [ ] | T-1", "| [x] | T-1"),
    ),
    shape(
        "examples, archives and what is struck out",
        "## Example\n\n- [ ] T-1 Refresh @data-eng\n\n## Work\n\n- [ ] ~~T-2 Refresh @data-eng~~\n"
        "- [ ] T-3 Refresh @data-eng\n\n## Done\n\n- [ ] T-4 Refresh @data-eng\n",
        "T-3",
        ("- [ ] T-3", "- [x] T-3"),
    ),
    shape(
        "ids that stand twice and statuses nobody knows",
        "| ID | Task | Assignee | Status |\n|-|-|-|-|\n| T-1 | Refresh | data-eng | pending |\n"
        "| T-1 | Report | data-eng | pending |\n| T-2 | Report | data-eng | pending approval |\n"
        "| T-3 | Report | data-eng | almost |\n| T-4 | Report | data-eng | Todo |\n"
        "| T-5 | Report | data-eng | ✅ pending |\n| T-6 | Report | data-eng | |\n",
        "T-4",
        ("Todo", "Done"),
    ),
    shape(
        "kebab case, progress and shortcodes, without a newline at the end",
        "| Task ID | Title | Agent | Progress |\n|-|-|-|-|\n"
        "| DE_001 | Refresh | Data Eng | `in-progress` (50%) |\n"
        "| DE_002 | Refresh | data_eng | :hourglass: |",
        "DE_001 DE_002",
        ("in-progress", "done"),
        (":hourglass:", ":white_check_mark:"),
    ),
    shape(
        "names without an at sign",
        "- [ ] T-1 | Refresh coreos | data-eng | high\n- [ ] T-2 Report (data-eng)\n"
        "- [ ] T-3 Report → data-eng\n- [ ] T-4 [data-eng] Report\n"
        "- [ ] T-5 Ask about data-eng (gas-dev)\n- [ ] T-6 | Report | gas-dev | data-eng too\n",
        "T-1 T-2 T-3 T-4",
        ("- [ ] T-1", "- [x] T-1"),
        ("- [ ] T-2", "- [x] T-2"),
        ("- [ ] T-3", "- [x] T-3"),
        ("- [ ] T-4", "- [x] T-4"),
    ),
    shape(
        "signs behind the words",
        "| ID | Tugas | PIC | Status |\n|-|-|-|-|\n| T-1 | Laporan | data-eng | Belum ⏳ |\n"
        "| T-2 | Laporan | data-eng | Selesai ✅ |\n| T-3 | Laporan | data-eng | Belum ✅ |\n",
        "T-1",
        ("Belum ⏳", "Selesai ✅"),
    ),
)
