"""Keeps an installation going: backup, restore and the removal of what is past its retention."""
