"""Raw to clean in sets: strict Indonesian parsers in SQL and the statements of one tab."""
