"""The words and signs people write in tasks.md, in English and Indonesian."""

import re
from typing import Final, Literal

Status = Literal["pending", "in_progress", "done", "blocked", "cancelled"]
Role = Literal["id", "title", "assignee", "status", "notes"]

OPEN: Final[tuple[Status, ...]] = ("pending", "in_progress")

PHRASES: Final[dict[Status, tuple[str, ...]]] = {
    "pending": (
        *("pending", "todo", "to do", "open", "new", "not started", "not yet started", "queued"),
        *("ready", "backlog", "planned", "assigned"),
        *("belum", "belum mulai", "belum dimulai", "belum dikerjakan", "belum selesai", "baru"),
        *("antri", "antre", "dalam antrian", "akan dikerjakan", "rencana", "terbuka", "tersedia"),
    ),
    "in_progress": (
        *("in progress", "inprogress", "wip", "doing", "started", "ongoing", "on going", "active"),
        *("working", "working on it", "running", "on progress", "progress", "work in progress"),
        *("sedang dikerjakan", "sedang", "dikerjakan", "proses", "dalam proses", "diproses"),
        *("berjalan", "sedang berjalan", "dalam pengerjaan", "sedang diproses", "on process"),
    ),
    "done": (
        *("done", "complete", "completed", "finished", "closed", "resolved"),
        *("selesai", "sudah", "sudah selesai", "beres", "tuntas", "sudah dikerjakan"),
    ),
    "blocked": (
        *("blocked", "on hold", "hold", "waiting", "paused", "stuck", "failed", "error"),
        *("tertunda", "ditunda", "terblokir", "menunggu", "terhambat", "gagal", "macet"),
    ),
    "cancelled": (
        *("cancelled", "canceled", "dropped", "wont do", "won't do", "rejected", "skipped"),
        *("batal", "dibatalkan", "ditolak", "tidak jadi"),
    ),
}
INDONESIAN: Final[dict[Status, str]] = {
    "pending": "belum",
    "in_progress": "sedang dikerjakan",
    "done": "selesai",
    "blocked": "terhambat",
    "cancelled": "batal",
}
ENGLISH: Final[dict[Status, str]] = {
    "pending": "pending",
    "in_progress": "in progress",
    "done": "done",
    "blocked": "blocked",
    "cancelled": "cancelled",
}
INDONESIAN_WORDS: Final = frozenset(
    {
        *("belum", "baru", "antri", "antre", "antrian", "akan", "rencana", "terbuka", "tersedia"),
        *("sedang", "dikerjakan", "proses", "dalam", "diproses", "berjalan", "selesai", "sudah"),
        *("beres", "tuntas", "tertunda", "ditunda", "menunggu", "gagal", "batal"),
    }
)
SIGNS: Final[dict[Status, tuple[str, ...]]] = {
    "pending": ("⬜", "⏳", "🔲", "☐", "◻", "⚪", "📋", "🆕", "📝", "🕐", "⌛", "⬛"),
    "in_progress": ("🔄", "🚧", "▶", "🏃", "⚙", "🟡", "🔵", "🛠", "🔨", "🔃", "◐", "👷", "🟠"),
    "done": ("✅", "✔", "☑", "✓", "🟢", "🎉", "🏁", "💯"),
    "blocked": ("⛔", "🔴", "🚫", "⏸", "🛑", "⚠", "❗"),
    "cancelled": ("❌", "🗑", "✖", "✗"),
}
SHORTCODES: Final[dict[Status, tuple[str, ...]]] = {
    "pending": (":hourglass:", ":white_large_square:", ":hourglass_flowing_sand:", ":memo:"),
    "in_progress": (":arrows_counterclockwise:", ":construction:", ":runner:", ":yellow_circle:"),
    "done": (":white_check_mark:", ":heavy_check_mark:", ":ballot_box_with_check:"),
    "blocked": (":no_entry:", ":red_circle:", ":no_entry_sign:", ":octagonal_sign:"),
    "cancelled": (":x:", ":wastebasket:"),
}
BOXES: Final[dict[Status, str]] = {
    "pending": " _",
    "in_progress": "~/.>oO",
    "done": "xX✓✔✅☑",
    "blocked": "!",
    "cancelled": "-",
}
HEADERS: Final[dict[Role, tuple[str, ...]]] = {
    "id": (
        *("id", "task id", "taskid", "id tugas", "ticket", "tiket", "key", "kode tugas", "kode"),
        *("code", "ref", "task no", "no tugas", "nomor tugas", "no", "nomor", "#", "nr", "number"),
    ),
    "title": (
        *("title", "judul", "task title", "task name", "nama tugas", "judul tugas", "task"),
        *("tugas", "tasks", "what", "pekerjaan", "kegiatan", "aktivitas", "activity", "item"),
        *("subject", "summary", "ringkasan", "todo", "to do", "uraian", "name", "nama"),
        *("description", "deskripsi"),
    ),
    "assignee": (
        *("assignee", "assigned to", "assigned", "assign to", "ditugaskan kepada"),
        *("ditugaskan ke", "ditugaskan", "agent", "agen", "assigned agent", "pic", "pelaksana"),
        *("penanggung jawab", "penanggungjawab", "responsible", "petugas", "dikerjakan oleh"),
        *("who", "siapa", "oleh", "owner", "pemilik"),
    ),
    "status": ("status", "task status", "status tugas", "state", "keadaan", "kondisi", "progress"),
    "notes": (
        *("notes", "note", "catatan", "keterangan", "comments", "comment", "komentar", "details"),
        *("detail", "remarks", "directive", "instructions", "instruksi", "perintah"),
        *("description", "deskripsi"),
    ),
}
TICK_HEADERS: Final = frozenset({"", "done", "selesai", "check", "cek", "ok", "x"})
NOT_FOR_WORK: Final = frozenset(
    {
        *("example", "examples", "contoh", "template", "templates", "sample", "archive"),
        *("archived", "arsip", "legend", "legenda", "format", "conventions"),
    }
)
OF_A_QUEUE: Final = frozenset(
    {
        *("task", "tasks", "tugas", "for", "untuk", "of", "agent", "agen", "queue", "daftar"),
        "antrian",
    }
)

_BY_PHRASE: Final = {phrase: status for status, known in PHRASES.items() for phrase in known}
_BY_SIGN: Final = {
    sign: status
    for known in (SIGNS, SHORTCODES)
    for status, signs in known.items()
    for sign in signs
}
_BY_BOX: Final = {mark: status for status, marks in BOXES.items() for mark in marks}


def plain_words(text: str) -> str:
    """Return lower-case words with single blanks between them, without signs around them."""
    kept = re.sub(r"[^\w\s#'-]", " ", text.casefold().replace("\ufe0f", ""))
    return " ".join(re.sub(r"[_\-]+", " ", kept).split())


def status_of_phrase(text: str) -> Status | None:
    """Return the status that words name."""
    return _BY_PHRASE.get(" ".join(re.sub(r"[_\-]+", " ", text.casefold()).split()))


def status_of_sign(text: str) -> Status | None:
    """Return the status that an emoji or its shortcode stands for."""
    return _BY_SIGN.get(text.replace("\ufe0f", "").strip())


def status_of_box(mark: str) -> Status | None:
    """Return the status that a checkbox shows."""
    return "pending" if not mark.strip() else _BY_BOX.get(mark.strip())


def role_of(header: str, role: Role) -> int | None:
    """Return how well a header names a role, 0 best, or None."""
    known = HEADERS[role]
    said = plain_words(header) or ("#" if "#" in header else "")
    return known.index(said) if said in known else None


def agent_name(text: str) -> str:
    """Return an agent's name in the form in which names are compared."""
    bare = re.sub(r"[@*`~\[\]()<>\"']", "", text.casefold()).strip(" .:_")
    return re.sub(r"[\s_]+", "-", bare)
