"""Faults of connections, handlers, deliveries and of the sign-in service, as somebody ordered them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference.broadcast.handover import Pipeline
from reference.broadcast.observed_pipeline import ObservedPipeline, PipelineWithFaults
from reference.control.faults import Effect
from reference.control.traps import Traps
from reference.disturbances import Disturbances, Sending
from reference.refusal import Refusal

if TYPE_CHECKING:
    from reference.control.messages import FaultOrder


class OrderedCrash(Exception):
    """What a handler or a connection meets that was to crash; nobody catches it by name."""


class OrderedDisturbances(Disturbances):
    """Strikes where it was ordered to."""

    def __init__(self) -> None:
        self.handlers = Traps()
        self.deliveries = Traps()
        self.sign_ins = Traps()
        self.connections = Traps()

    def before_receiving(self, connection_id: str, session_id: str | None) -> None:
        """Raise OrderedCrash if an order fits the connection."""

        def fits(order: FaultOrder) -> bool:
            return order.connection_id in (None, connection_id) and order.session_id in (None, session_id)

        if self.connections.spring(fits) is not None:
            raise OrderedCrash("the connection was ordered to break")

    async def before_handling(self, action: str, connection_id: str, session_id: str | None) -> None:
        """Wait, or raise OrderedCrash, if an order fits the message."""

        def fits(order: FaultOrder) -> bool:
            return (
                order.action in (None, action)
                and order.connection_id in (None, connection_id)
                and order.session_id in (None, session_id)
            )

        trap = self.handlers.spring(fits)
        if trap is None:
            return
        if trap.order.effect is Effect.CRASH:
            raise OrderedCrash(f"the handler of {action} was ordered to crash")
        await trap.stall()

    def sending(self, connection_id: str) -> Sending:
        """Return what was ordered for the connection."""
        trap = self.deliveries.spring(lambda order: order.connection_id in (None, connection_id))
        if trap is None:
            return Sending.GOES_OUT
        return Sending.FINDS_NOBODY if trap.order.effect is Effect.DEAD else Sending.FAILS_ONCE

    def around_pipeline(self, pipeline: Pipeline) -> Pipeline:
        """Return the pipeline with its faults and its record of what it was handed."""
        self.pipeline_faults = PipelineWithFaults(pipeline)
        self.handovers = ObservedPipeline(self.pipeline_faults)
        return self.handovers

    def before_sign_in(self) -> None:
        """Raise Refusal SERVICE_UNAVAILABLE if the sign-in service was ordered to be down."""
        if self.sign_ins.spring(lambda _: True) is not None:
            raise Refusal("SERVICE_UNAVAILABLE", "The sign-in service cannot be reached")
