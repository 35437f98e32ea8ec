"""What every kind of source has in common: readers, what they hand over, errors; no Dagster."""
