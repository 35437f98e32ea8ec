"""Changes production: plan, approve, apply, publish to a sheet, undo, restore."""
