"""Alerts: one for each thing that is wrong, told once, resolved when it is healed."""
