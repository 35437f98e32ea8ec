"""The checks of `candid doctor`: what is wrong with an installation, and how to fix it."""
