"""Where faults may strike inside a broadcast; sockets, engines and store are wrapped from outside."""

from __future__ import annotations

from reference.broadcast.handover import Pipeline


class BroadcastDisturbances:
    """What goes wrong on purpose: nothing, unless a control plane has its own."""

    def around_pipeline(self, pipeline: Pipeline) -> Pipeline:
        """Return what sentences are to be handed over to in the place of the pipeline."""
        return pipeline
