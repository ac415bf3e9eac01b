"""The control plane's HTTP side (contract/control.openapi.yaml)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from reference.control.orders import Meaningless, NotNow, StandingOrder
from reference.control.plane import ControlPlane
from reference.settings import Settings

SessionOf = Annotated[str | None, Query(description="only those for this session")]
Since = Annotated[float, Query(description="only what was asked at or after this time, in seconds")]


def build(plane: ControlPlane, settings: Settings) -> FastAPI:
    """Return the application; every handler is a coroutine, so that all of them run on the service's own loop."""
    app = FastAPI(title="Control plane of the reference backend", version="2.0.0", docs_url=None, redoc_url=None)
    app.add_exception_handler(Exception, _internal_error)
    _orders(app, plane)

    @app.get("/observations/{kind}", tags=["observations"])
    async def observe(kind: str, request: Request, since_s: Since = 0) -> JSONResponse:
        wanted = {name: value for name, value in request.query_params.items() if name != "since_s"}
        try:
            return JSONResponse({"records": plane.observations.records(kind, wanted, since_s)})
        except LookupError as failure:
            raise HTTPException(404, str(failure.args[0])) from None

    @app.get("/census", tags=["service"])
    async def take_census() -> dict[str, Any]:
        return dict(plane.census())

    @app.get("/settings", tags=["service"])
    async def read_settings() -> dict[str, Any]:
        return settings.by_variable()

    return app


def _orders(app: FastAPI, plane: ControlPlane) -> None:
    @app.post("/orders", status_code=201, tags=["orders"])
    async def order(request: Request) -> dict[str, Any]:
        try:
            return _shown(await plane.book.order(await _body(request)))
        except Meaningless as failure:
            raise HTTPException(400, str(failure)) from None
        except NotNow as failure:
            raise HTTPException(409, str(failure)) from None

    @app.get("/orders", tags=["orders"])
    async def list_orders(session_id: SessionOf = None) -> list[dict[str, Any]]:
        return [_shown(standing) for standing in plane.book.listed(session_id)]

    @app.delete("/orders", tags=["orders"])
    async def call_off_orders(session_id: SessionOf = None) -> dict[str, int]:
        return {"removed": plane.book.call_off_all(session_id)}

    @app.get("/orders/{order_id}", tags=["orders"])
    async def read_order(order_id: str) -> dict[str, Any]:
        standing = plane.book.find(order_id)
        if standing is None:
            raise _no_such_order(order_id)
        return _shown(standing)

    @app.delete("/orders/{order_id}", tags=["orders"])
    async def call_off_order(order_id: str) -> dict[str, int]:
        if not plane.book.call_off(order_id):
            raise _no_such_order(order_id)
        return {"removed": 1}


async def _body(request: Request) -> object:
    try:
        return await request.json()
    except (ValueError, ClientDisconnect):
        raise Meaningless("the body is not JSON; an order is an object with place and effect") from None


def _shown(standing: StandingOrder) -> dict[str, Any]:
    return {
        "id": standing.id,
        "place": standing.order.place,
        "effect": standing.order.effect,
        "scope": standing.order.scope,
        "times_struck": standing.armed.times_struck,
        "times_left": standing.armed.times_left,
    }


def _no_such_order(order_id: str) -> HTTPException:
    return HTTPException(404, f"there is no order {order_id}; it may have been called off")


async def _internal_error(_: Request, failure: Exception) -> JSONResponse:
    return JSONResponse({"detail": f"{type(failure).__name__}: {failure}"}, 500)
