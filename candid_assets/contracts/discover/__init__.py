"""Proposes contracts for tabs that nobody described: from cells to tables, names and types.

Pure: a grid of kinds and texts goes in, a proposal comes out. Reading Sheets, running the
parsers and trying the proposal stand in `candid_assets.discovery`.
"""
