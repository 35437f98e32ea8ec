"""Reads policy.yaml: the roles that may call each route, mutation and subscription."""

from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from candid_assets.settings import Environment
from candid_assets.web.users import Role, User

FILE: Final = Path(__file__).with_name("policy.yaml")

Roles = tuple[Role, ...]


class AgentPolicy(BaseModel):
    """The inputs with which an agent may call the mutations of its role."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    jobs: dict[Environment, tuple[str, ...]]
    flags: frozenset[str]
    reports: dict[Environment, frozenset[str]]


class Policy(BaseModel):
    """The content of policy.yaml; what it does not name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    http: dict[str, Roles]
    websocket: dict[str, Roles]
    subscriptions: dict[str, Roles]
    mutations: dict[str, Roles]
    launches: frozenset[str]
    agent: AgentPolicy

    def may_launch(self, user: User, env: Environment, job: str) -> bool:
        """Return whether an agent may launch a job."""
        return any(fnmatchcase(job, pattern) for pattern in self.jobs_of(user, env))

    def jobs_of(self, user: User, env: Environment) -> tuple[str, ...]:
        """Return the patterns of the jobs that an agent may launch."""
        return self.agent.jobs.get(env, ()) if user.jobs is None else user.jobs


@cache
def load_policy() -> Policy:
    """Return the policy of this installation."""
    return Policy.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
