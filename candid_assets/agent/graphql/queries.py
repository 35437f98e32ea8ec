"""Queries and mutations of Dagster's GraphQL."""

from typing import Final

_RUN: Final = """
fragment RunFacts on Run {
  runId status jobName startTime endTime
  tags { key value }
  assetSelection { path }
  stats { ... on RunStatsSnapshot { stepsSucceeded stepsFailed materializations } }
}
"""
CATALOG: Final = """
query Catalog($repository: RepositorySelector!) {
  repositoryOrError(repositorySelector: $repository) {
    __typename
    ... on Repository { jobs { name description tags { key value } } }
    ... on RepositoryNotFoundError { message }
    ... on PythonError { message }
  }
}
"""
ASSETS: Final = """
query Assets($keys: [AssetKeyInput!]) {
  assetNodes(assetKeys: $keys) {
    assetKey { path } groupName staleStatus
    freshnessStatusInfo { freshnessStatus }
    assetMaterializations(limit: 1) {
      timestamp runId metadataEntries { label ... on IntMetadataEntry { intValue } }
    }
  }
}
"""
GRAPH: Final = """
query Graph {
  assetNodes { assetKey { path } dependencyKeys { path } dependedByKeys { path } }
}
"""
COLUMNS: Final = """
query Columns($keys: [AssetKeyInput!]) {
  assetNodes(assetKeys: $keys) {
    assetKey { path }
    assetMaterializations(limit: 1) {
      metadataEntries {
        ... on TableColumnLineageMetadataEntry {
          lineage { columnName columnDeps { assetKey { path } columnName } }
        }
      }
    }
  }
}
"""
CHECKS: Final = """
query Checks($keys: [AssetKeyInput!]) {
  assetNodes(assetKeys: $keys) {
    assetKey { path }
    assetChecksOrError {
      ... on AssetChecks {
        checks {
          name blocking
          executionForLatestMaterialization {
            status timestamp runId
            evaluation {
              success severity description
              metadataEntries {
                label
                ... on UrlMetadataEntry { url }
                ... on TextMetadataEntry { text }
                ... on MarkdownMetadataEntry { mdStr }
                ... on IntMetadataEntry { intValue }
              }
            }
          }
        }
      }
    }
  }
}
"""
RUN: Final = (
    """
query RunById($id: ID!) {
  runOrError(runId: $id) { __typename ... on Run { ...RunFacts } }
}
"""
    + _RUN
)
RUNS: Final = (
    """
query Runs($filter: RunsFilter, $limit: Int) {
  runsOrError(filter: $filter, limit: $limit) {
    __typename
    ... on Runs { results { ...RunFacts } }
    ... on PythonError { message }
  }
}
"""
    + _RUN
)
HEALTH: Final = """
query Health {
  version
  instance { daemonHealth { allDaemonStatuses { daemonType required healthy } } }
  locationStatusesOrError {
    ... on WorkspaceLocationStatusEntries { entries { name loadStatus } }
  }
}
"""
FAILURES: Final = """
query Failures($id: ID!, $cursor: String) {
  logsForRun(runId: $id, afterCursor: $cursor) {
    __typename
    ... on EventConnection {
      cursor hasMore
      events {
        __typename
        ... on ExecutionStepFailureEvent { message error { message cause { message } } }
        ... on RunFailureEvent { message error { message } }
        ... on AssetCheckEvaluationEvent {
          evaluation { success severity checkName assetKey { path } description }
        }
      }
    }
  }
}
"""
LAUNCH: Final = """
mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on Error { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""
CANCEL: Final = """
mutation Cancel($id: String!) {
  terminateRun(runId: $id) {
    __typename
    ... on TerminateRunSuccess { run { runId } }
    ... on Error { message }
    ... on TerminateRunFailure { message }
  }
}
"""
