"""Every environment variable the platform reads, typed, in one place."""

import os
from functools import cached_property
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from pydantic import ByteSize, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from candid_assets.names import SNAPSHOT_FILE
from candid_assets.regular_files import read_text

Environment = Literal["sample", "staging", "production"]

PACKAGE = Path(__file__).resolve().parent
REPOSITORY = PACKAGE.parent
"""The checkout that the code runs from; site-packages, where the package is installed."""
TIME_ZONE: Final = "Asia/Jakarta"
"""The zone in which days are counted and moments are kept: WIB."""
ZONE: Final = ZoneInfo(TIME_ZONE)


PATH_VARIABLES = (
    "CANDID_DATA_DIR",
    "CANDID_CATALOG_DIR",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "CANDID_OWNERS_FILE",
)
"""Those that hold paths which processes that start elsewhere must read alike."""


def project_dir() -> Path:
    """Return the folder with `dagster.yaml`, the data and perhaps a catalog of one's own.

    It is the nearest one at or above the working directory that `candid init` made; without one,
    the checkout that the code runs from; for an installed package, the working directory.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if is_project(folder):
            return folder
    return REPOSITORY if is_project(REPOSITORY) else here


def is_project(folder: Path) -> bool:
    """Whether a folder's `dagster.yaml` is one of this platform."""
    try:
        return f"{PACKAGE.name}." in read_text(folder / "dagster.yaml")
    except OSError:
        return False


def _default_catalog() -> Path:
    """Return the project's own catalog once it describes a workbook, else the sample's."""
    own = project_dir() / "catalog"
    return own if any(own.glob("workbooks/*/contract.yaml")) else PACKAGE / "catalog"


class Settings(BaseSettings):
    """The installation's settings; each field is one environment variable."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, use_attribute_docstrings=True
    )

    env: Environment = Field(default="sample", validation_alias="CANDID_ENV")
    """`sample` (generated workbooks), `staging` (real sources, no gate) or `production` (gated)."""
    data_root: Path = Field(
        default_factory=lambda: project_dir() / "data", validation_alias="CANDID_DATA_DIR"
    )
    """Where data lives; `data/` of the project."""
    catalog_dir: Path = Field(
        default_factory=_default_catalog, validation_alias="CANDID_CATALOG_DIR"
    )
    """Where the catalog lives; the project's once it describes a workbook, else the sample's."""
    google_api_url: str | None = Field(default=None, validation_alias="CANDID_GOOGLE_API_URL")
    """Base address that replaces those of both Google APIs."""
    credentials_file: Path | None = Field(
        default=None, validation_alias="GOOGLE_APPLICATION_CREDENTIALS"
    )
    """The service account's key file."""
    write_credentials_file: Path | None = Field(
        default=None, validation_alias="CANDID_WRITE_CREDENTIALS"
    )
    """Key file of the account that publishes into tabs; set it for `candid apply` alone."""
    memory: ByteSize | None = Field(default=None, ge=50_000_000, validation_alias="CANDID_MEMORY")
    """Memory that DuckDB may use, such as `2GB`; the rest spills to disk. Default: a fortieth."""
    max_columns: int = Field(default=5_000, ge=1, validation_alias="CANDID_MAX_COLUMNS")
    """Columns that a table of a source may have; one with more is reported and not read."""
    max_cells: int = Field(default=200_000_000, ge=1, validation_alias="CANDID_MAX_CELLS")
    """Cells that a table of a source may have, blank ones too: its rows times its columns."""
    max_text: int = Field(default=10_000_000, ge=1, validation_alias="CANDID_MAX_TEXT")
    """Characters that one cell may have."""
    max_unpacked: ByteSize = Field(
        default=ByteSize(4_000_000_000), ge=1, validation_alias="CANDID_MAX_UNPACKED"
    )
    """Bytes that a compressed part of a file may unpack to."""
    max_answer: ByteSize = Field(
        default=ByteSize(256_000_000), ge=1, validation_alias="CANDID_MAX_ANSWER"
    )
    """Bytes that one answer of an API may have, unpacked."""
    max_depth: int = Field(default=100, ge=1, le=400, validation_alias="CANDID_MAX_DEPTH")
    """How deep an answer of an API may be nested."""
    max_seconds: int = Field(default=3_600, ge=1, validation_alias="CANDID_MAX_SECONDS")
    """Seconds that reading one table may take, and a twelfth of it one answer of an API."""
    query_rows: int = Field(default=1_000_000, ge=1, validation_alias="CANDID_QUERY_ROWS")
    """Rows that `candid query --json` returns; a query with more is refused."""
    query_seconds: float = Field(default=300, gt=0, validation_alias="CANDID_QUERY_SECONDS")
    """Seconds that a query of a person may take; one of an MCP client may take 30 at most."""
    query_memory: ByteSize = Field(
        default=ByteSize(500_000_000), ge=100_000_000, validation_alias="CANDID_QUERY_MEMORY"
    )
    """Memory that a query of a person or an MCP client may take, such as `2GB`."""
    reads_per_minute: int = Field(default=55, ge=1, validation_alias="CANDID_READS_PER_MINUTE")
    """Reads of Google per minute and account."""
    look_seconds: int = Field(default=60, ge=1, validation_alias="CANDID_LOOK_SECONDS")
    """How often the sensor checks the sources for changes."""
    engine_url: str | None = Field(default=None, validation_alias="CANDID_ENGINE_URL")
    """Address of a Spark Connect server, such as `sc://host:15002`, whose cluster takes the work on
    large tables; blank leaves it to this machine."""
    engine_rows: int = Field(default=5_000_000, ge=1, validation_alias="CANDID_ENGINE_ROWS")
    """Rows from which a table goes to that cluster, without its contract saying so."""
    store_url: str | None = Field(default=None, validation_alias="CANDID_STORE_URL")
    """Folder that this machine and every worker of the cluster see under the same path."""
    history_url: SecretStr | None = Field(default=None, validation_alias="CANDID_HISTORY_URL")
    """Address of a PostgreSQL database for Dagster's history, such as
    `postgresql://user@host/candid`; blank keeps it in files of the data folder."""
    public_url: str | None = Field(default=None, validation_alias="CANDID_PUBLIC_URL")
    """https address of a proxy in front of `candid serve`."""
    cache_root: Path = Field(default=Path("~/.cache"), validation_alias="XDG_CACHE_HOME")
    """Folder of locks and read counts that all installations of a user share."""

    share_with: Literal["nobody", "group", "everyone"] = Field(
        default="nobody", validation_alias="CANDID_SHARE_WITH"
    )
    """Which other users of the computer may read the published snapshot and the reports."""
    keep_runs_days: int = Field(default=180, ge=0, validation_alias="CANDID_KEEP_RUNS_DAYS")
    """How long runs are kept."""
    keep_logs_days: int = Field(default=730, ge=0, validation_alias="CANDID_KEEP_LOGS_DAYS")
    """How long logs are kept."""
    log_command: str | None = Field(default=None, validation_alias="CANDID_LOG_COMMAND")
    """A command that keeps the activity log instead of the file."""
    alert_urls: SecretStr | None = Field(default=None, validation_alias="CANDID_ALERT_URLS")
    """Targets of alerts: Apprise URLs such as `tgram://…` or `mailtos://…`, blank-separated."""
    alert_emails: str = Field(default="", validation_alias="CANDID_ALERT_EMAILS")
    """Recipients of alerts."""
    alert_sender: str = Field(default="candid@localhost", validation_alias="CANDID_ALERT_SENDER")
    """Sender of alerts."""
    smtp_url: SecretStr | None = Field(default=None, validation_alias="CANDID_SMTP_URL")
    """Mail server for alerts; with a password `smtp://…` needs STARTTLS, or `?starttls=no`."""
    alert_webhook: SecretStr | None = Field(default=None, validation_alias="CANDID_ALERT_WEBHOOK")
    """A Slack or Google Chat webhook for alerts."""
    alert_seconds: int = Field(default=30, ge=1, validation_alias="CANDID_ALERT_SECONDS")
    """How often the daemon checks for alerts."""
    owners_file: Path | None = Field(default=None, validation_alias="CANDID_OWNERS_FILE")
    """File with the channels of each owner, who hears of the cells of their tabs to mend."""
    web_url: str = Field(default="http://127.0.0.1:3000", validation_alias="CANDID_WEB_URL")
    """The webserver's address for agents."""
    agent_token: SecretStr | None = Field(default=None, validation_alias="CANDID_AGENT_TOKEN")
    """The agent's token."""
    agent_token_file: Path | None = Field(default=None, validation_alias="CANDID_AGENT_TOKEN_FILE")
    """The file that holds the agent's token."""

    @staticmethod
    def destination_login(name: str) -> tuple[str | None, str | None]:
        """Return user and password of a destination, the one thing no contract says.

        They are `CANDID_DESTINATION_<NAME>_USER` and `…_PASSWORD`; without them PostgreSQL's own
        variables and password file are asked by its library.
        """
        prefix = f"CANDID_DESTINATION_{name.upper()}"
        return os.environ.get(f"{prefix}_USER"), os.environ.get(f"{prefix}_PASSWORD")

    @cached_property
    def data_dir(self) -> Path:
        """This environment's own folder, so that no two environments share a file."""
        return self.data_root.resolve() / self.env

    def for_env(self, env: Environment) -> "Settings":
        """Return the same installation's settings for another environment."""
        other = self.model_copy(update={"env": env})
        other.__dict__.pop("data_dir", None)
        return other

    def variables_beside(self, other: "Settings") -> dict[str, str]:
        """Return the environment variables by which a process has these settings, not others."""
        fields = type(self).model_fields
        return {
            str(field.validation_alias): str(getattr(self, name))
            for name, field in fields.items()
            if getattr(self, name) != getattr(other, name)
        }

    @property
    def own_catalog_dir(self) -> Path:
        """Where new contracts are written: a project's own catalog also while it describes none."""
        own = project_dir() / "catalog"
        is_default = "catalog_dir" not in self.model_fields_set
        return own if is_default and own.is_dir() else self.catalog_dir

    @property
    def warehouse_file(self) -> Path:
        """The working DuckDB file, written by one refresh at a time."""
        return self.data_dir / "warehouse.duckdb"

    @property
    def published_file(self) -> Path:
        """The read-only snapshot that readers open."""
        return self.data_dir / SNAPSHOT_FILE

    @property
    def landing_dir(self) -> Path:
        """The folder of immutable extracts."""
        return self.data_dir / "landing"

    @property
    def catalogs_dir(self) -> Path:
        """The folder of every catalog that tables were built with."""
        return self.data_dir / "catalogs"

    @property
    def reports_dir(self) -> Path:
        """The folder of run reports."""
        return self.data_dir / "reports"

    @property
    def task_reports_dir(self) -> Path:
        """The folder of reports about tasks of tasks.md."""
        return self.reports_dir / "tasks"

    @property
    def agent_dir(self) -> Path:
        """The folder of the heartbeat: its journal and the contract breaks that have tasks."""
        return self.data_dir / "agent"

    @property
    def activity_file(self) -> Path:
        """The activity log, one JSON object a line, only ever appended to."""
        return self.data_dir / "activity.jsonl"

    @property
    def audit_file(self) -> Path:
        """The webserver's audit log, one JSON object a line, only ever appended to."""
        return self.data_dir / "web" / "audit.jsonl"

    @property
    def logs_dir(self) -> Path:
        """The folder of the processes' logs."""
        return self.data_dir / "logs"

    @property
    def alerts_file(self) -> Path:
        """Every alert that was raised or resolved, one JSON object a line."""
        return self.data_dir / "alerts.jsonl"

    @property
    def open_alerts_file(self) -> Path:
        """The open alerts, and the messages that a target has not received yet."""
        return self.agent_dir / "alerts.json"

    @property
    def locks_dir(self) -> Path:
        """The folder of locks that all installations of this user share."""
        return self.cache_root.expanduser() / "candid" / "locks"

    @property
    def openlineage_dir(self) -> Path:
        """The folder of OpenLineage events, one file a run."""
        return self.data_dir / "openlineage"

    @property
    def lineage_dir(self) -> Path:
        """The folder of models' lineage as it was derived last."""
        return self.data_dir / "lineage"

    @property
    def ledgers_dir(self) -> Path:
        """The folder where all installations of this user count their reads of Google."""
        return self.cache_root.expanduser() / "candid" / "reads"

    @property
    def sandbox_dir(self) -> Path:
        """The folder of generated sample workbooks."""
        return self.data_root.resolve() / "sandbox"
