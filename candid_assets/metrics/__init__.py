"""Asking for metrics: what is declared, how it is computed, and what it came to."""
