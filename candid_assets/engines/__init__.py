"""Where tables are cleaned, built and audited: in this process, or on a cluster."""
