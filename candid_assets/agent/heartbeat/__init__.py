"""The heartbeat: works the tasks of tasks.md that it understands and leaves the others."""
