"""tasks.md: reads tasks in the shapes people write them, and changes a status and nothing else."""
