"""What keys have used, and what they may still use.

``books`` answers each request from memory, ``clerk`` exchanges what was counted with the other workers through ``gateway.db``, twice a
second and in a thread. So a limit may be passed by what the workers let through within a second, and by requests under way, whose tokens
and money are known at their end.
"""

from gateway.limits.books import Books
from gateway.limits.clerk import Clerk
from gateway.limits.refusals import not_allowed

__all__ = ["Books", "Clerk", "not_allowed"]
