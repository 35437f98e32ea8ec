"""Decides how a metric value compares with its target: the status of every value."""

from candid_assets.contracts.metrics.declarations import TOTAL


def target_status() -> str:
    """Return the SQL of a value's status; `v` is the value with its members, `g` the goal."""
    return f"""case
        when v.value is null then 'no_data'
        when g.target is null then 'no_target'
        when v.dimension <> '{TOTAL}' and not g.holds_for_members
            then 'no_target'
        when g.direction = 'up' and v.value >= g.target then 'on_target'
        when g.direction = 'down' and v.value <= g.target then 'on_target'
        when g.direction = 'up' and v.value >= g.warning then 'near_target'
        when g.direction = 'down' and v.value <= g.warning then 'near_target'
        else 'off_target'
    end"""
