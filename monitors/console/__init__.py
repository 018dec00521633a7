"""The console: cells with their verdicts, and pairs in both directions side by side, as pages and as JSON.

``app`` (routes) · ``access`` (who may look) · ``pages``, ``api`` · ``order`` (which cell first) · ``words``, ``marks``, ``chart``,
``markdown`` (how it is said and drawn).
"""

from monitors.console.app import console

__all__ = ["console"]
