"""The time machine: what a tab held before, what changed, and any earlier publication rebuilt."""
