"""Decides how a metric value compares with its target: the status of every value."""


def target_status() -> str:
    """Return the SQL of a value's status; `j` is the value with its levels and bounds.

    A value outside what it can be is `invalid`, whatever its target; one of a period that is not
    complete is `incomplete`, and no target is missed or reached.
    """
    return """case
        when j.value is null then 'no_data'
        when j.value < j.minimum or j.value > j.maximum then 'invalid'
        when not j.is_complete then 'incomplete'
        when j.target is null then 'no_target'
        when j.direction = 'up' and j.value >= j.target then 'on_target'
        when j.direction = 'down' and j.value <= j.target then 'on_target'
        when j.direction = 'up' and j.value >= j.warning then 'near_target'
        when j.direction = 'down' and j.value <= j.warning then 'near_target'
        else 'off_target'
    end"""
