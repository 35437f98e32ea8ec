"""How long runs and logs are kept: settings say, the daemon's sensor and `candid prune` do it."""
