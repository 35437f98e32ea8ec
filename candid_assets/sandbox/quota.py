"""Google's read quota: so many requests per minute and user, counted over the last minute."""

import time
from collections import defaultdict, deque
from collections.abc import Callable


class SlidingReadCount:
    """Counts each user's reads over a sliding minute; refused reads are not counted."""

    def __init__(
        self,
        per_minute: int = 60,
        *,
        enabled: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Allow `per_minute` reads in any 60 seconds, or any number when not `enabled`."""
        self.per_minute, self.enabled = per_minute, enabled
        self.seconds = 60.0
        """How long the minute is; tests that wait for it to pass make it shorter."""
        self._clock = clock
        self._taken: dict[str, deque[float]] = defaultdict(deque)

    def take(self, user: str) -> bool:
        """Count one read of a user and return whether it is within the quota."""
        now, taken = self._clock(), self._taken[user]
        while taken and taken[0] <= now - self.seconds:
            taken.popleft()
        if self.enabled and len(taken) >= self.per_minute:
            return False
        taken.append(now)
        return True

    def reset(self) -> None:
        """Forget all that was counted."""
        self._taken.clear()
