"""Column rules as tests write them: `min_length=3` for the rule `minLength: 3`."""

from typing import Any

from candid_assets.contracts import column_rules
from candid_assets.contracts.odcs_vocabulary import camel


def with_rules(facts: dict[str, Any]) -> dict[str, Any]:
    """Return a column's facts with those that are rules gathered under `rules`, None left out."""
    keys = {rule.key for rule in column_rules.COLUMN_RULES}
    rules = {camel(name): value for name, value in facts.items() if camel(name) in keys}
    others = {name: value for name, value in facts.items() if camel(name) not in keys}
    return {**others, "rules": {k: v for k, v in rules.items() if v not in (None, ())}}
