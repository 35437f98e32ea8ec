"""Reports what is wrong now: status, alerts and the checks of `candid doctor`."""
