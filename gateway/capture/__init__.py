"""From a sampled request and its reply to the queue, without forwarding ever waiting for it.

A ``Recorder`` keeps references to what passes; ``Handoff`` holds finished recordings within bounds of items and bytes; one thread turns
them into exchanges and offers them in batches. Full bounds, a full queue or a failing disk cost samples, which are counted, never requests.
"""

from gateway.capture.handoff import Handoff
from gateway.capture.recorder import Recorder
from gateway.capture.tally import HandoffState

__all__ = ["Handoff", "HandoffState", "Recorder"]
