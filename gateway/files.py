"""How many files a process may have open: each stream takes two, and usual systems start processes with 1,024."""

import logging
import sys

from gateway.logs import about

log = logging.getLogger("evenhand.gateway")


def allow_files() -> int | None:
    """Raise this process's bound to what the system allows it; the bound from now on, None where the platform has none."""
    if sys.platform == "win32":
        return None
    import resource  # not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError) as error:  # macOS says "unlimited" and means less
        log.warning("the bound of open files stays at %d: %s", soft, error, extra=about("files_bound"))
        return soft
    return hard
