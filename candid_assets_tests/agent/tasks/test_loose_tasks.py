"""Tasks in shapes that people write beside tables and checklists: read, or listed with a reason."""

import pytest

from candid_assets.agent.tasks.checklists import UNMARKED
from candid_assets.agent.tasks.status_words import OPEN
from candid_assets.agent.tasks.task_document import Document
from candid_assets.agent.tasks.task_tables import UNMARKED_ROW

AGENT = "data-eng"

WORKED = {
    "a bullet that says owner and status": (
        "- T-1 Refresh coreos (assignee: data-eng, status: todo)\n"
        "- T-2 Report (assignee: gas-dev)\n",
        ["Refresh coreos"],
    ),
    "a numbered list in bold": (
        "1. **Refresh coreos** — Owner: Data Engineer — Status: Pending\n"
        "2. **Report** — Owner: GAS Dev — Status: Pending\n",
        ["Refresh coreos"],
    ),
    "a line of brackets": (
        "**T-1** [data-eng] [pending] Refresh coreos\n\n**T-2** [gas-dev] [pending] Report\n",
        ["Refresh coreos"],
    ),
    "a list in YAML": (
        "- id: T-1\n  title: Refresh coreos\n  assignee: data-eng\n  status: pending\n"
        '- id: T-2\n  title: Report\n  assignee: [budi, data-eng]\n  status: "in progress"\n',
        ["Refresh coreos", "Report"],
    ),
    "YAML below a key, in a block of code": (
        "# Tasks\n\n```yaml\ntasks:\n  - task: Laporan\n    pic: data-eng\n    status: belum\n"
        "  - task: Report\n    pic: gas-dev\n    status: belum\n```\n",
        ["Laporan"],
    ),
    "what to-do lists write beside a title": (
        "- [ ] Refresh coreos ~1d #ops @data-eng 2026-12-01\n"
        "- [ ] Laporan kualitas data SKD {assignee=data-eng} {status=todo}\n"
        "- [ ] Validate contracts <!-- assignee: data-eng -->\n"
        "- [ ] History of skd_control__sell_in [assignee:: data-eng] [status:: pending]\n"
        "- [ ] Report assignee:data-eng status:open\n",
        [
            *("Refresh coreos", "Laporan kualitas data SKD", "Validate contracts"),
            *("History of skd_control__sell_in", "Report"),
        ],
    ),
    "tags and days of a note-taking app": (
        "- [ ] Refresh coreos #data-eng 📅 2026-12-02 ⏫\n- [/] Report #data-eng\n"
        "- [ ] Validate #gas-dev\n",
        ["Refresh coreos", "Report"],
    ),
    "owner and status between dashes": (
        "1. Refresh coreos — data-eng — belum\n2. Report - data-eng - in progress\n"
        "3. Rapat — gas-dev — belum\n",
        ["Refresh coreos", "Report"],
    ),
    "YAML before the text": (
        "---\ntasks:\n  - title: Refresh coreos\n    assignee: data-eng\n    status: todo\n"
        "  - title: Report\n    assignee: gas-dev\n    status: todo\n---\n\n# Notes\n",
        ["Refresh coreos"],
    ),
    "several assignees of a row": (
        "| Task | Assignees | Status |\n|---|---|---|\n| Refresh coreos | budi, data-eng | open |\n"
        "| Report | data-eng/gas-dev | to-do |\n| Validate | gas-dev | open |\n",
        ["Refresh coreos", "Report"],
    ),
    "the number of an issue, and fields that are not known": (
        "- [ ] Refresh coreos #42 @data-eng\n- [ ] Report [owner:: data-eng] [due:: 2025-12-31]\n",
        ["Refresh coreos", "Report"],
    ),
    "numbered boxes with details in italics": (
        "- [ ] 1. Refresh coreos\n  - _Owner: data-eng_\n- [ ] 2. Report\n  - _Owner: gas-dev_\n",
        ["Refresh coreos"],
    ),
    "a table of HTML": (
        "<table>\n  <tr><th>ID</th><th>Task</th><th>Owner</th><th>Status</th></tr>\n"
        "  <tr><td>T-1</td><td>Refresh <b>coreos</b></td><td>data-eng</td><td>open</td></tr>\n\n"
        "  <tr>\n    <td>T-2\n    <td>Sales &amp; returns\n    <td>@data-eng\n    <td>todo\n"
        "  <tr><td>T-3</td><td>Report</td><td>gas-dev</td><td>open</td></tr>\n</table>\n",
        ["Refresh coreos", "Sales & returns"],
    ),
    "terms with definitions": (
        "T-1 Refresh coreos\n: data-eng, open\n: every morning\n\nReport\n: Owner: Data Engineer\n"
        ": Status: belum\n\nValidate\n: gas-dev, open\n",
        ["Refresh coreos", "Report"],
    ),
    "headings with signs": (
        "### ⏳ T-1 Refresh coreos (@data-eng)\n\nEvery day.\n\n### ✅ T-2 Validate (@gas-dev)\n",
        ["Refresh coreos"],
    ),
    "bullets with signs": (
        "- ☐ Refresh coreos @data-eng\n- 🔄 Report @data-eng\n- ☑ Validate @gas-dev\n",
        ["Refresh coreos", "Report"],
    ),
    "headings without ids": (
        "### Refresh coreos\n**Owner:** data-eng\n**Status:** open\n\n### Report\n"
        "- Owner: gas-dev\n- Status: todo\n",
        ["Refresh coreos"],
    ),
    "sentences": (
        "1. Refresh coreos. Assigned to: data-eng. Status: open.\n"
        "2. Report. Assigned to: gas-dev. Status: open.\n",
        ["Refresh coreos"],
    ),
    "a queue whose items say how far they came": (
        "## Data Engineer\n\n1. Refresh coreos (open)\n2. Report (in progress)\n\n"
        "## GAS Dev\n\n1. Validate (open)\n",
        ["Refresh coreos", "Report"],
    ),
    "a list in JSON": (
        '```json\n[{"task": "Refresh coreos", "assignee": "data-eng", "status": "open"}]\n```\n',
        ["Refresh coreos"],
    ),
}  # fmt: skip
UNREAD = {
    "an outline": ("* TODO Refresh coreos :data-eng:\n", [1]),
    "items of HTML": ("<ul>\n<li>Refresh coreos @data-eng</li>\n</ul>\n", [2]),
    "values between commas": ("```csv\ntask,owner\nRefresh coreos,data-eng\n```\n", [3]),
    "a table without headers": ("|||\n|---|---|\n| Refresh coreos | Data Eng |\n", [3]),
    "a box beside a paragraph": ("Tasks\n\n    [ ] Refresh coreos @data-eng\n", [3]),
    "a queue without tasks": ("## data-eng\n\n- Refresh coreos\n\n## gas-dev\n", [1]),
    "an archive": ("## Archive\n\nRefresh coreos (@data-eng)\n", []),
    "another agent": ("* TODO Refresh coreos :data-eng-2:\n* TODO data-entry\n", []),
    "an agent who is asked": ("Ask data-eng, cc @data-eng.\n", []),
}  # fmt: skip
LEFT = {
    "bullets with an owner alone": (
        "- T-1 Refresh coreos (assignee: data-eng)\n- @data-eng: report\n- data-eng: laporan\n",
        ["Refresh coreos", "report", "laporan"],
    ),
    "terms with an owner alone": ("Refresh coreos\n: @data-eng\n", ["Refresh coreos"]),
    "columns of a board": (
        "## Backlog\n\n- Refresh coreos @data-eng\n\n## Done\n\n- Validate @data-eng\n",
        ["Refresh coreos"],
    ),
    "rows that are no table of Markdown": (
        "||Key||Summary||Assignee||Status||\n|Refresh coreos|data-eng|To Do|\n"
        "|Report|data-eng|Done|\n|Validate|gas-dev|To Do|\n",
        ["Refresh coreos"],
    ),
    "lines of todo.txt": (
        "(A) Refresh coreos +ops @data-eng\nx 2026-12-01 Report @data-eng\n",
        ["Refresh coreos +ops"],
    ),
}


def tasks_of(text: str):
    document = Document(text, AGENT)
    return document, [task for task in document.tasks if task.is_for(AGENT)]


@pytest.mark.parametrize("name", WORKED)
def test_a_task_with_a_status_is_worked_and_only_its_status_changes(name: str) -> None:
    text, titles = WORKED[name]
    document, tasks = tasks_of(text)
    taken = [task for task in tasks if task.status in OPEN and not task.problem]
    assert [task.title for task in taken] == titles
    for task in taken:
        now = document.find(task.key)
        assert now is not None
        document = document.with_status(now, "done")
    again = [task for task in document.tasks if task.is_for(AGENT)]
    assert [task.status for task in again] == ["done"] * len(titles)
    assert len(document.text.splitlines()) == len(text.splitlines())


@pytest.mark.parametrize("name", LEFT)
def test_a_task_without_a_place_for_its_status_is_left_with_the_reason(name: str) -> None:
    text, titles = LEFT[name]
    tasks = tasks_of(text)[1]
    assert [(task.title, task.problem) for task in tasks] == [(title, UNMARKED) for title in titles]


@pytest.mark.parametrize("name", UNREAD)
def test_a_line_that_names_an_agent_in_no_form_of_a_task_is_named(name: str) -> None:
    text, lines = UNREAD[name]
    assert tasks_of(text)[1] == []
    assert list(Document(text, AGENT).unread_lines) == lines


@pytest.mark.parametrize("name", [*WORKED, *LEFT])
def test_no_line_of_a_task_is_named_as_unread(name: str) -> None:
    text = (WORKED | LEFT)[name][0]
    document = Document(text, AGENT)
    done = [
        n for n, line in enumerate(text.splitlines(), 1) if "Validate" in line or "Done" in line
    ]
    assert [line for line in document.unread_lines if line not in done] == []


def test_the_rows_of_a_table_without_statuses_are_left_with_the_reason() -> None:
    text = "| Tugas | PIC | % |\n|---|---|---|\n| Refresh coreos | Data Eng | 0% |\n"
    tasks = tasks_of(text)[1]
    assert [(task.title, task.problem) for task in tasks] == [("Refresh coreos", UNMARKED_ROW)]


def test_a_status_in_html_that_is_more_than_words_is_left_with_the_reason() -> None:
    text = (
        "<table><tr><th>Task<th>Owner<th>Status</tr>\n"
        "<tr><td>Refresh coreos<td>data-eng<td>&nbsp;<i>open</i></table>\n"
    )
    tasks = tasks_of(text)[1]
    assert [(task.title, task.problem) for task in tasks] == [("Refresh coreos", UNMARKED_ROW)]


def test_prose_that_names_an_agent_is_no_task() -> None:
    text = (
        "# Tasks\n\nWork of @data-eng and @gas-dev. Ask data-eng: it answers.\n\n"
        "## data-eng\n\n- [ ] T-1 Refresh coreos\n\n"
        "- The heartbeat of data-eng runs at 07:00\n- cc @data-eng on failures\n"
    )
    assert [task.title for task in tasks_of(text)[1]] == ["Refresh coreos"]
