"""The connection to the webserver: a token, patience with lost connections, errors with a fix."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import requests
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_before_delay,
    wait_exponential,
)

from candid_assets.errors import CandidError
from candid_assets.regular_files import read_text
from candid_assets.settings import Settings

CONNECT_SECONDS: Final = 4
ANSWER_SECONDS: Final = 60
PATIENCE_SECONDS: Final = 120.0
"""For what launches a run or waits for one, which outlasts a restart of the server."""
LOOK_SECONDS: Final = 2.0
"""For what only looks: without a server it says so at once."""
REFUSED: Final = (401, 403, 405, 413, 415, 421)
PASSING: Final = (429, 502, 503, 504)


class WebError(CandidError):
    """The webserver could not do what was asked."""

    def facts(self, env: str | None) -> dict[str, str | None]:
        """Return the object that `candid agent` prints of it."""
        return super().facts(env) | {"kind": type(self).__name__}


class LostError(WebError):
    """Nobody answers at the webserver's address, or the connection broke off."""

    exit_code = 3


class RefusedError(WebError):
    """The webserver does not let this token do that."""

    exit_code = 4


class UnknownNameError(WebError):
    """There is no job, asset or run of this name; the message gives the nearest."""

    exit_code = 2


class ConflictError(WebError):
    """The task already ran something else."""

    exit_code = 2


@dataclass(slots=True)
class Webserver:
    """A webserver that is asked with a token."""

    settings: Settings
    patience: float = PATIENCE_SECONDS
    """Seconds for which a lost connection is tried again."""
    progress: Callable[[str], None] = lambda _: None

    @property
    def url(self) -> str:
        """The address of the webserver, without a slash at the end."""
        return self.settings.web_url.rstrip("/")

    def answers(self) -> bool:
        """Whether a webserver of Dagster answers at the address, with this token or without.

        Raises:
            RefusedError: It answers, and does not take the token.
        """
        try:
            self.do("{ version }")
        except LostError:
            return False
        return True

    def ask(self, question: str, **variables: Any) -> dict[str, Any]:
        """Return the data of a query; a lost connection is tried again with patience.

        Raises:
            WebError: No answer, or a refusal.
        """
        return self.patiently(lambda: self.do(question, **variables))

    def patiently(self, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what work gives, done again with patience while it loses the webserver."""
        retrying = Retrying(
            stop=stop_before_delay(self.patience),
            wait=wait_exponential(multiplier=0.25, max=5),
            retry=retry_if_exception_type(LostError),
            before_sleep=self._report_retry,
            reraise=True,
        )
        return retrying(work)

    def do(self, operation: str, **variables: Any) -> dict[str, Any]:
        """Return the data of an operation, sent once: whether it arrived is for the caller to ask.

        Raises:
            WebError: No answer, or a refusal.
        """
        token = read_token(self.settings)
        try:
            # No redirect is followed: the token is for this address and no other.
            answer = requests.post(
                f"{self.url}/graphql",
                json={"query": operation, "variables": variables},
                headers={"Authorization": f"Bearer {token}"} if token else {},
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
        except requests.ConnectionError as error:
            raise self._lost("does not answer") from error
        except requests.Timeout as error:
            raise self._lost("did not answer in time") from error
        except requests.RequestException as error:
            raise WebError(f"CANDID_WEB_URL={self.url} cannot be asked: {error}") from error
        try:
            body = answer.json()
        except ValueError:
            body = None
        body = body if isinstance(body, dict) else {}
        errors = body.get("errors")
        errors = errors if isinstance(errors, list) else []
        message = "; ".join(str(e.get("message", e) if isinstance(e, dict) else e) for e in errors)
        if answer.status_code != requests.codes.ok:
            raise self._refusal(answer.status_code, message or answer.text[:300])
        if message:
            raise WebError(f"the webserver at {self.url} answered: {message}")
        data = body.get("data")
        if not isinstance(data, dict):
            raise WebError(
                f"what answers at {self.url} is no Dagster webserver", "see CANDID_WEB_URL"
            )
        return data

    def _report_retry(self, state: RetryCallState) -> None:
        if state.attempt_number == 1 and state.outcome:
            self.progress(f"{state.outcome.exception()}; trying again")

    def _lost(self, why: str) -> LostError:
        fix = "start it with `candid serve`, or set CANDID_WEB_URL"
        return LostError(f"the webserver at {self.url} {why}", fix)

    def _refusal(self, code: int, message: str) -> WebError:
        if code in PASSING:
            return LostError(f"the webserver at {self.url} answers with {code} for now")
        if code == 401:
            fix = (
                "set CANDID_AGENT_TOKEN or CANDID_AGENT_TOKEN_FILE to a token of `candid users add`"
            )
            return RefusedError(f"the webserver at {self.url} does not know the token", fix)
        if code == 403 and read_token(self.settings) is None:
            fix = "set CANDID_AGENT_TOKEN or CANDID_AGENT_TOKEN_FILE"
            return RefusedError(f"the webserver at {self.url} asks for a token ({message})", fix)
        if code in REFUSED:
            return RefusedError(
                f"the webserver at {self.url} refuses this to the token's role ({code}): {message}"
            )
        return WebError(f"the webserver at {self.url} answered with {code}: {message[:300]}")


def read_token(settings: Settings) -> str | None:
    """Return the agent's token from the environment or from its file.

    Raises:
        RefusedError: The file cannot be read.
    """
    if settings.agent_token is not None:
        return settings.agent_token.get_secret_value().strip() or None
    if settings.agent_token_file is None:
        return None
    try:
        return read_text(settings.agent_token_file.expanduser()).strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(
            f"CANDID_AGENT_TOKEN_FILE={settings.agent_token_file} cannot be read: {error}"
        ) from error
