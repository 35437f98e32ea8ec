"""Turns contracts into checks and runs them over staged tables."""
