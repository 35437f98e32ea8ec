"""Metrics and quality as pictures and words: for the page of a run and for Dagster's UI."""
