"""Speaks GraphQL to the running webserver: launches, waits, cancels, and tells what stands."""
