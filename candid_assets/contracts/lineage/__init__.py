"""Where every column comes from: derived from contracts and from the SQL of models."""
