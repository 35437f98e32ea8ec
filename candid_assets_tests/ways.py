"""The ways tried around the gate and into the webserver: each with the tests that try it.

A way is a sentence; tests that try the same one from two sides are one way. What stands in the
files named here and tries none is listed, too. `python -m candid_assets_tests.ways` prints them.
"""

import ast
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
AROUND: Final = (
    "gate/test_ways_around.py",
    "deployment/test_publications.py",
    "gate/test_holds.py",
    "gate/test_production_agent.py",
    "gate/test_false_plans.py",
    "gate/test_deployed_settings.py",
    "gate/test_libraries.py",
    "gate/test_running_process.py",
    "gate/test_separation.py",
    "gate/test_serial_applies.py",
    "gate/test_records.py",
)
INTO: Final = (
    "web/test_ways_in.py",
    "web/test_agents.py",
    "web/test_roles.py",
    "web/test_login.py",
    "web/test_query_limits.py",
)
HOSTILE: Final = (
    "sources/test_hostile_inputs.py",
    "sources/api/test_odd_answers.py",
    "maintenance/test_hostile_backups.py",
    "commands/test_data_in_terminals.py",
    "documents/test_hostile_names.py",
)
NO_WAYS: Final = frozenset(
    {
        "production_runs_what_is_deployed_without_another_approval",
        "other_environments_are_asked_nothing",
        "the_plan_shows_every_cell_and_writes_none",
        "an_approved_publication_is_written_and_taken_back_to_the_cell",
        "write_refused_by_google_is_reported_and_leaves_no_record",
        "shrunken_tab_is_held_until_its_content_is_accepted",
        "an_accepted_hold_lets_exactly_its_content_through",
        "a_hold_leaves_the_deployment_as_it_is",
        "browser_without_a_session_is_sent_to_the_login_and_back",
        "a_viewer_reads",
        "an_operator_launches_a_job",
        "an_agent_launches_a_job_of_its_list",
        "a_person_logs_in_with_a_password_and_sees_the_ui",
        "a_session_may_launch_from_a_page_of_this_server",
        "subscriptions_are_answered_over_the_websocket",
        "audit_log_is_private_and_records_user_request_and_outcome",
        "long_variables_are_cut_in_the_log_and_whole_for_dagster",
        "behind_a_proxy_the_public_address_is_the_origin_and_the_session_is_secure",
        "a_public_address_is_https_and_a_host_and_nothing_more",
        "an_agent_launches_assets_of_its_jobs_in_dagsters_own_job",
        "an_agent_sets_flags_of_the_refresh",
        "agent_terminates_only_runs_that_it_launched",
        "certificates_of_the_system_secrets_and_limits_are_not_asked",
        "another_setting_is_deployed_by_a_plan_that_names_its_file",
        "the_doctor_names_what_production_is_deployed_to_read",
        "what_the_lock_says_is_taken_as_it_was_installed",
        "what_was_compared_is_not_read_again",
        "libraries_that_were_compared_are_not_read_again_for_another_deployment",
        "a_process_that_candid_started_loads_nothing_else",
        "a_link_in_pythons_own_folder_is_pythons",
        "what_checking_the_content_costs_a_run_is_less_than_a_second",
        "a_list_that_says_self_approval_allows_it",
        "the_only_approver_approves_what_nobody_else_could",
        "two_applies_at_once_write_one_deployment",
        "an_apply_waits_for_another_and_then_says_so",
        "deployments_applied_apart_are_named_and_repaired_by_a_plan",
        "nothing_is_repaired_where_deployments_follow_one_another",
        "record_of_an_earlier_version_is_read_and_written_byte_for_byte",
        "every_kind_of_plan_has_a_model_of_its_own",
        "signatures_of_earlier_versions_are_still_valid",
        "a_link_logs_in_once_by_the_button_of_its_page",
        "failures_of_one_client_are_not_those_of_another",
        "what_dagsters_own_pages_ask_for_is_far_below_the_limits",
        "queries_of_one_user_wait_for_each_other_and_those_of_another_do_not",
    }
)
ONE_WAY: Final[Mapping[str, str]] = {
    # Approving with a key that is on no list, for a plan, a publication or a hold.
    "an_agent_cannot_approve_a_publication": "an_agents_key_cannot_approve",
    "an_agent_cannot_accept_a_hold": "an_agents_key_cannot_approve",
    # Putting a key of one's own on the list.
    "an_agent_that_lists_its_key_under_a_persons_name_cannot_approve": (
        "agent_added_to_the_approvers_by_the_planned_commit_cannot_approve_it"
    ),
    "an_agent_that_lists_itself_cannot_approve_a_publication": (
        "agent_added_to_the_approvers_by_the_planned_commit_cannot_approve_it"
    ),
    "acceptance_signed_by_an_agent_under_a_persons_name_is_refused": (
        "a_decision_written_by_hand_with_an_agents_signature_does_not_count"
    ),
    # Approval of one thing used for another.
    "a_deployments_approval_does_not_accept_a_hold": (
        "a_deployments_approval_is_none_for_a_publication"
    ),
    "a_plan_of_a_hold_is_not_a_deployment": "a_deployments_approval_is_none_for_a_publication",
    "without_approval_nothing_is_written": "a_plan_that_nobody_approved_is_not_applied",
    "a_publication_is_written_once": "a_plan_is_applied_once",
    "an_edited_publication_is_not_approved": (
        "an_edited_plan_under_its_new_digest_is_not_approved"
    ),
    "an_undo_does_not_write_over_what_was_typed_since": (
        "tab_edited_since_the_plan_is_not_written"
    ),
    "a_link_inside_the_catalog_does_not_run": "a_linked_catalog_does_not_run",
    "an_untracked_model_does_not_run": "a_file_beside_the_code_makes_the_tree_dirty",
    # The webserver.
    "log_path_with_double_escapes_is_refused": ("the_path_of_a_log_does_not_leave_its_folder"),
    "two_operations_of_one_name_are_not_chosen_from": (
        "a_viewer_names_a_query_and_runs_no_mutation_of_the_same_document"
    ),
    "session_in_constant_use_expires_too": "session_expires_after_its_hours",
    "session_of_a_user_removed_and_added_again_is_refused": (
        "session_and_token_of_a_removed_user_are_refused_at_once"
    ),
    "a_huge_body_without_a_length_is_refused": "a_huge_body_is_refused_before_it_is_read",
    "a_form_of_another_site_is_refused": (
        "a_page_of_another_origin_is_refused_with_a_good_session"
    ),
}
"""Tests that try what another tries from another side."""
MUST: Final = {
    "csrf": "a_page_of_another_origin_is_refused_with_a_good_session",
    "dns rebinding": "another_name_for_this_computer_is_not_this_server",
    "websocket": "a_websocket_of_another_origin_or_host_is_refused",
    "aliases": "a_viewer_hides_no_mutation_behind_an_alias",
    "batched": "a_viewer_batches_no_mutation_behind_a_query",
    "fragment": "a_viewer_hides_no_mutation_in_a_fragment",
}


def ways(files: tuple[str, ...]) -> dict[str, list[str]]:
    """Return each way that the tests of these files try, with their ids."""
    paths: dict[str, list[str]] = {}
    for file in files:
        for name in _tests(file):
            if name not in NO_WAYS:
                paths.setdefault(ONE_WAY.get(name, name), []).append(f"{file}::test_{name}")
    return paths


def attempts(files: tuple[str, ...]) -> int:
    """Return how often the tests of these files try something: each case of a test is one."""
    return sum(
        cases
        for file in files
        for name, cases in _cases(file).items()
        if name not in NO_WAYS and name not in ONE_WAY
    )


def _cases(file: str) -> dict[str, int]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    literals = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    cases = {}
    for test in tree.body:
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            sizes = [
                _size(call.args[1], literals)
                for call in test.decorator_list
                if isinstance(call, ast.Call)
                and ast.unparse(call.func) == "pytest.mark.parametrize"
            ]
            cases[test.name.removeprefix("test_")] = math.prod(sizes)
    return cases


def _size(node: ast.expr, literals: Mapping[str, ast.expr]) -> int:
    """Return how many cases stand in a literal; 1 where that cannot be read."""
    match node:
        case ast.Name(id=name) if name in literals:
            return _size(literals[name], literals)
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return sum(_size(i.value, literals) if isinstance(i, ast.Starred) else 1 for i in items)
        case ast.Dict(keys=keys):
            return len(keys)
        case _:
            return 1


def _tests(file: str) -> list[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [f.name.removeprefix("test_") for f in functions if f.name.startswith("test_")]


if __name__ == "__main__":
    for title, files in (
        ("around the gate", AROUND),
        ("into the webserver", INTO),
        ("of hostile input", HOSTILE),
    ):
        print(f"{len(ways(files))} ways {title}, tried {attempts(files)} times")
        for way, tests in ways(files).items():
            print(f"- {way.replace('_', ' ')}: {', '.join(tests)}")
