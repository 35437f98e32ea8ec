"""The read-only HTTP API: published tables, metrics, lineage and quality, for programs."""
