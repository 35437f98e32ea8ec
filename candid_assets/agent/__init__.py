"""Run reports for people and agents."""
