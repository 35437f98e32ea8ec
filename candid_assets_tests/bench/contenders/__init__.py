"""Programs that load the same spreadsheets by other ways, each in an environment of its own.

They import nothing of the platform: each is given the address of the local Google, a file of
credentials, a DuckDB file to write, and the spreadsheets' ids. In the file they leave a table
`tabs` that says which schema and table holds which tab.
"""
