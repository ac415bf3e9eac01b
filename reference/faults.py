"""What every system has for a control plane."""

from __future__ import annotations

from dataclasses import replace

from reference.app import World
from reference.broadcast.faults import BroadcastFaults
from reference.control.plane import ControlPlane
from reference.conversation.faults import ConversationFaults


def enlist(world: World, plane: ControlPlane) -> World:
    """Let every system offer its places and observations; return the world in which their orders strike."""
    broadcast = BroadcastFaults()
    conversation = ConversationFaults(world.settings.assistant_timeout_seconds)
    plane.offer(broadcast)
    plane.offer(conversation)
    return replace(world, broadcast_disturbances=broadcast, conversation_disturbances=conversation)
