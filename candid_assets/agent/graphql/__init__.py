"""Calls the GraphQL API of the running webserver: launches, waits, cancels and reads results."""
