"""How often Python looks for cycles in processes that make many objects and keep them."""

import gc


def expect_lasting_objects() -> None:
    """Look for cycles seldom: for a process whose objects stay until its end.

    A catalog, Dagster's graph of its tables or the cells behind a value are up to a million
    objects. Looked through again and again while they are made, they cost a sixth of a small
    refresh and a fifth of the start of a server of 900 tabs.
    """
    gc.set_threshold(100_000, 50, 100)
