"""The report and the page of a run, its charts, and its OpenLineage events."""
