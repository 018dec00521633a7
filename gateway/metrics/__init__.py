"""What the gateway counts, under its public names; labels are configured names or words from closed lists.

``counts`` (what the request path tells) · ``families`` (names, helps, buckets) · ``known`` (what exists from the start) · ``genai`` (the
same under OpenTelemetry's names) · ``exposition`` (the text of /metrics).
"""

from gateway.metrics.counts import Metrics
from gateway.metrics.exposition import Exposition, MediaType, media_type
from gateway.metrics.known import OTHER

__all__ = ["OTHER", "Exposition", "MediaType", "Metrics", "media_type"]
