"""What people ask of lineage: walks of columns, the cells behind a row, OpenLineage events."""
