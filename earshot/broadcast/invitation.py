"""How a curious person takes part in a broadcast, with any WebSocket client."""

from __future__ import annotations

from urllib.parse import urlencode

from earshot.broadcast.listener import Listener
from earshot.broadcast.speaker import Speaker
from earshot.targets.service import Service

TOKEN_LIFE_S = 12 * 3600.0


def invitation(service: Service) -> str:
    """Return addresses, a token for a speaker, and what to send first."""
    url = service.endpoint(Speaker.system, Speaker.role)
    token = service.token(Speaker.system, "curious-speaker", life_s=TOKEN_LIFE_S)
    speaker = urlencode({"action": "createSession", "sourceLanguage": "en", "token": token})
    listener = urlencode({"action": "joinSession", "sessionId": "SESSION", "targetLanguage": "es"}, safe="")
    return f"""\
Broadcast            {url}

As a speaker, connect to (the sign-in lasts {TOKEN_LIFE_S / 3600:.0f} hours):
  {url}?{speaker}
The first message names the session. Then send, for example:
  {{"action": "heartbeat"}}      {{"action": "getSessionStatus"}}      {{"action": "pauseBroadcast"}}
or speech as binary messages: raw 16 kHz mono 16-bit samples, 100 ms (3200 bytes) each.

As a listener, nobody signs in; put the name of the session for SESSION:
  {service.endpoint(Listener.system, Listener.role)}?{listener}
"""
