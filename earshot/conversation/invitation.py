"""How a curious person talks with the assistant, with any WebSocket client."""

from __future__ import annotations

from earshot.conversation.user import User
from earshot.targets.service import Service


def invitation(service: Service) -> str:
    """Return where to connect, what to send first, and where to look at what was said."""
    url = service.http_url(User.system)
    return f"""\
Conversation         {url}

Connect to {service.endpoint(User.system, User.role)}, without signing in, and send for example:
  {{"type": "session", "session_id": "curious"}}
then speech as binary messages, a WAV file cut anywhere or raw samples as above, and to have it answered:
  {{"type": "segment_end"}}
How it is, and what was said:
  {url}/health
  {url}/api/conversations/curious
"""
