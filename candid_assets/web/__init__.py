"""The guarded webserver: Dagster's own UI and GraphQL behind users, roles and an audit log."""
