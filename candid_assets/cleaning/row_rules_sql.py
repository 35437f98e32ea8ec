"""Row rules in SQL: the rows that break a rule, with a reason for every cell that it compares."""

from collections.abc import Sequence

from candid_assets.cleaning.column_sql import Placed
from candid_assets.cleaning.merged_sql import cell_sql
from candid_assets.contracts.catalog import RowRule, Tab
from candid_assets.contracts.wide_decimals import widened
from candid_assets.sql import literal


def row_rule_problems(tab: Tab, placed: Sequence[Placed]) -> dict[str, str]:
    """Return the queries, by name, whose last one lists the reasons of broken row rules.

    There are none where no rule sends rows to quarantine. A condition that cannot be computed
    for a row, such as a product that is too large, is a reason as well.
    """
    rules = rules_to_quarantine(tab)
    if not rules:
        return {}
    wide = widened((p.column.name, p.column.physical_type) for p in placed)
    # One SELECT for each rule: DuckDB would compute what two conditions share outside of TRY.
    judged = f"  SELECT {wide}\n  FROM kept"
    for number, rule in enumerate(rules):
        verdict = _verdict(rule, _compared(rule, placed))
        judged = f"  SELECT\n    *,\n    {verdict} AS _rule_{number}\n  FROM (\n{judged}\n  )"
    failing = [f"(_rule_{n} IS NULL OR _rule_{n}.broken)" for n in range(len(rules))]
    lists = [
        f"CASE WHEN {test} THEN {_reasons(number, rule, _compared(rule, placed))} ELSE [] END"
        for number, (test, rule) in enumerate(zip(failing, rules, strict=True))
    ]
    return {
        "rule_verdicts": judged,
        "rule_problems": f"""\
  SELECT
    _row,
    problem.position AS position,
    problem.reason AS reason,
    problem.other AS other
  FROM (
    SELECT
      _row,
      unnest({" || ".join(lists)}) AS problem
    FROM rule_verdicts
    WHERE {" OR ".join(failing)}
  )""",
    }


def rules_to_quarantine(tab: Tab) -> list[RowRule]:
    """Return the rules that send the rows which break them to quarantine."""
    return [rule for rule in tab.row_rules if rule.severity == "error"]


def row_rule_phrases(tab: Tab, placed: Sequence[Placed]) -> dict[tuple[int, str], str]:
    """Return what quarantine says of each cell, by the column's position and the rule's name."""
    return {
        (p.position, rule.name): f"breaks the rule {rule.name}: {rule.text}"
        for rule in rules_to_quarantine(tab)
        for p in _compared(rule, placed)
    }


def _compared(rule: RowRule, placed: Sequence[Placed]) -> list[Placed]:
    """Return the columns of a rule that the sheet has."""
    return [p for p in placed if p.letter and p.column.name in rule.columns]


def _verdict(rule: RowRule, compared: Sequence[Placed]) -> str:
    """Return whether a row breaks a rule; a cell with a reason of its own is not compared."""
    judged = " AND ".join(f"{p.why} IS NULL" for p in compared) or "FALSE"
    tried = f"TRY({{'broken': (\n{rule.broken}\n)}})"
    return f"CASE WHEN {judged} THEN {tried} ELSE {{'broken': FALSE}} END"


def _reasons(number: int, rule: RowRule, compared: Sequence[Placed]) -> str:
    """Return the list of a broken rule's reasons, one for each cell that it compares."""
    shown = " || ', ' || ".join(
        f"{cell_sql(p)} || ' = ' || coalesce({p.name}::VARCHAR, 'blank')" for p in compared
    )
    doubt = f"CASE WHEN _rule_{number} IS NULL THEN '; it cannot be computed here' ELSE '' END"
    other = f"{doubt} || ' (' || {shown} || ')'"
    items = ", ".join(
        f"{{position: {p.position}, reason: {literal(rule.name)}, other: {other}}}"
        for p in compared
    )
    return f"[{items}]"
