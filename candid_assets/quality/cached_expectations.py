"""Great Expectations' own expectations, made to describe themselves once instead of 70 times.

An expectation is asked for its configuration some 70 times in one validation and puts it together
anew each time; that is half of what a suite costs. The subclasses made here remember it, and
change nothing else: the library evaluates them with its own metrics.
"""

import functools
from typing import Any


@functools.cache
def cached_expectation(name: str) -> Any:
    """Return the subclass of an expectation that remembers its configuration.

    Args:
        name: Class name in `great_expectations.expectations`.
    """
    import great_expectations.expectations as gxe
    from great_expectations.compatibility import pydantic

    base = getattr(gxe, name)
    described = base.configuration.fget

    def configuration(self: Any) -> Any:
        if self._described is None:
            self._described = described(self)
        return self._described

    members = {
        "__module__": __name__,
        "__doc__": base.__doc__,
        "_described": pydantic.PrivateAttr(default=None),
        "configuration": property(configuration),
    }
    # The name makes the type under which the library registers the class beside its own.
    return type(base)(name.replace("Expect", "ExpectCached", 1), (base,), members)
