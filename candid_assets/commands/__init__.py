"""The commands of `candid`, one module each: parse, call, print."""
