"""What the contract offers over HTTP is what the service offers, to those whom it names and to nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import yaml

from reference.app import App
from reference.calls.security.permissions import PERMISSIONS
from reference.settings import read
from reference.storage import aws
from reference.storage.clock import SystemClock
from reference.storage.ids import RandomIds
from reference.system import setting_kinds
from reference.world import World
from tests.reference.broadcast.world_fakes import on_loop
from tests.reference.conftest import TestStore
from tests.reference.engine_fakes import FakeSpeech
from tests.reference.service_kit import SECRET

DOCUMENT: Mapping[str, Any] = yaml.safe_load(
    (Path(__file__).parents[3] / "contract/calls.openapi.yaml").read_text("utf-8")
)
METHODS = ("get", "post", "put", "patch", "delete")
WHO = {
    (method.upper(), path): set(item[method]["x-permission"])
    for path, item in DOCUMENT["paths"].items()
    for method in METHODS
    if method in item
}
OPEN, BY_OTHER_MEANS = {"public"}, {"signature", "media agent"}


@on_loop
async def test_every_endpoint_keeps_out_whom_it_is_not_for(store: TestStore) -> None:
    settings = read(setting_kinds(), {}, {})
    client, clock = aws.connect(store.endpoint_url), SystemClock()
    world = World(settings, FakeSpeech().engines(), client, store.tables, SECRET, clock, RandomIds(), store.buckets())
    app = App(world)
    url = (await app.start("127.0.0.1"))["calls"]["http"]
    async with httpx2.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:
        try:
            await _try_all(http, world.accounts["calls"])
            served: Any = app
            assert set(served._systems["calls"]._wiring.endpoints) == WHO.keys()
        finally:
            await app.stop()


async def _try_all(http: httpx2.AsyncClient, accounts: Mapping[str, Mapping[str, str]]) -> None:
    operator = accounts["operator"]
    signed_in = await http.post("/auth/login", json={"email": operator["user"], "password": operator["password"]})
    rights = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    weak = await _key(http, rights, "hotel:create")
    strange: dict[str, list[int]] = {}
    for number, ((method, path), who) in enumerate(sorted(WHO.items())):
        where = {"X-Forwarded-For": f"198.51.100.{number}"}
        target = path.replace("{", "").replace("}", "")

        nobody: Mapping[str, str] = {}
        wrong = {"Authorization": "Bearer e30.e30.e30"}
        found = [
            (await http.request(method, target, headers={**where, **shown})).status_code
            for shown in (nobody, wrong, weak)
        ]
        if who & OPEN:
            as_agreed = not {401, 403, 405} & {*found} or path == "/auth/refresh"
        elif who & BY_OTHER_MEANS:
            as_agreed = {*found} <= {401, 403}
        else:
            may_be_weak = bool(who & {"signed in", "service", "by event"})
            as_agreed = found[:2] == [401, 401] and (found[2] == 403 or (may_be_weak and found[2] not in (401, 405)))
        if not as_agreed:
            strange[f"{method} {path}"] = found
    assert strange == {}


async def _key(http: httpx2.AsyncClient, rights: Mapping[str, str], permission: str) -> Mapping[str, str]:
    assert permission in PERMISSIONS
    body = {"name": "weak", "service_name": "weak", "permissions": [permission]}
    made = await http.post("/auth/api-keys", json=body, headers=dict(rights))
    return {"Authorization": f"ApiKey {made.json()['api_key']}"}
