"""Pages for people, below `/candid`: rendered here from the published snapshot, without scripts."""
