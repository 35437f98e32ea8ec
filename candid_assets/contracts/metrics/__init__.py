"""The metric registry: what `catalog/metrics/<spoke>.yaml` declares, and the SQL it compiles to."""
