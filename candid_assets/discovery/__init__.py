"""`candid discover`: reads a workbook nobody described, proposes contracts, and tries them.

On top of the other rooms: it reads through `sheets`, counts with the parsers of `layers.cleaning`
and rehearses the cleaning of each tab, so that a run does what the proposal says.
"""
