"""The stages of a refresh: extract, land, clean, build ready tables; imports no Dagster."""
