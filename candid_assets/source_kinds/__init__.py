"""The kinds of source there are, as each declares itself; loads no reader."""
