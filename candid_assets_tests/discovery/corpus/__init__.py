"""Tables as offices write them, each with the truth about it, as .xlsx files."""
