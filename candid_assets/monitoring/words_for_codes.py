"""What codes are called where people read them, in English, marked for translation."""

from collections.abc import Mapping
from typing import Final

from candid_assets.languages import marked

STATUSES: Final[Mapping[str, str]] = {
    "off_target": marked("off target"),
    "near_target": marked("near target"),
    "on_target": marked("on target"),
    "no_target": marked("no target"),
    "no_data": marked("no data"),
    "incomplete": marked("still running"),
    "invalid": marked("impossible value"),
}
SPOKES_IN_WORDS: Final[Mapping[str, str]] = {
    "hub": marked("Hub"),
    "sales": marked("Sales"),
    "production": marked("Production"),
    "labs": marked("Labs"),
    "distribution": marked("Distribution"),
    "inventory": marked("Inventory"),
    "finance": marked("Finance"),
    "marketing": marked("Marketing"),
    "people": marked("People"),
}
LAYERS: Final[Mapping[str, str]] = {
    "ready": marked("Ready"),
    "clean": marked("Clean"),
    "quarantine": marked("Quarantine"),
}
REASONS: Final[Mapping[str, str]] = {
    "error_cell": marked("Formula error"),
    "fault_word": marked("Word for a fault"),
    "blocked_column": marked("Blocked column"),
    "implausible": marked("Implausible value"),
    "missing_value": marked("Blank, but required"),
    "damaged_id": marked("Damaged number"),
    "duplicate_key": marked("Key used twice"),
    "duplicate_value": marked("Value used twice"),
    "bad_phone": marked("No telephone number"),
    "date_in_text": marked("Text turned into a date"),
    "unpadded_code": marked("Code lacks leading zeros"),
    "out_of_range": marked("Too large for its column"),
    "not_a_duration": marked("No length of time"),
    "other_unit": marked("Another unit"),
    "not_a_number": marked("No number"),
    "too_precise": marked("Too many decimals"),
    "not_an_integer": marked("No whole number"),
    "not_a_boolean": marked("Neither yes nor no"),
    "not_a_date": marked("No date"),
    "not_a_timestamp": marked("No date with a time"),
    "not_a_time": marked("No time of day"),
    "no_year": marked("Date without a year"),
    "outside_period": marked("Outside of its period"),
    "ambiguous_year": marked("Year is not clear"),
    "not_allowed": marked("Not in the list of allowed values"),
    "below_minimum": marked("Below the minimum"),
    "above_maximum": marked("Above the maximum"),
    "bad_pattern": marked("Not in the form required"),
    "too_short": marked("Too short"),
    "too_long": marked("Too long"),
}
CHECKS_IN_WORDS: Final[Mapping[str, str]] = {
    "rows_conserved": marked("No row is lost"),
    "read_complete": marked("Read as a whole"),
    "contract_holds": marked("Contract and source agree"),
    "layout_unchanged": marked("Layout is unchanged"),
    "sheet_untouched": marked("Source is only read"),
    "swapped_whole": marked("Replaced as a whole"),
    "rerun_identical": marked("Same input, same table"),
    "nothing_quarantined": marked("No row is kept out"),
    "columns_match": marked("Columns are those of the contract"),
    "keys_unique": marked("Keys are unique"),
    "values_present": marked("Required values are there"),
    "values_valid": marked("Values are allowed"),
    "keys_kept": marked("Earlier rows are still there"),
    "row_rules_kept": marked("Rows keep to their rules"),
    "values_plausible": marked("Values are plausible"),
    "columns_in_place": marked("Values are under their headers"),
    "references_found": marked("References lead to a row"),
    "rows_in_range": marked("Number of rows is in range"),
    "books_agree": marked("Workbooks agree"),
    "delivered_whole": marked("Delivered as a whole"),
    "delivered_equal": marked("Delivered without a difference"),
}
PLANS: Final[Mapping[str, str]] = {
    "deployment": marked("Deployment"),
    "publication": marked("Publication into a tab"),
    "restore": marked("Restore"),
    "repair": marked("Repair"),
    "hold": marked("Change that was held back"),
}
