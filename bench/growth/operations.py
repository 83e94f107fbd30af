"""What is measured: what people and programs do often, and what an installation does for itself."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from itertools import count

from bench.growth.installation import Installation

Operation = Callable[[], Coroutine[object, object, object]]


def list_operations(place: Installation) -> dict[str, Operation]:
    """By name, in the order of the table."""
    filling, numbers = place.filling, count()
    first, middle = filling.configurations[0], filling.configurations[len(filling.configurations) // 2]

    async def change() -> None:
        await place.ask("PUT", f"/api/configurations/{first}", {"configuration": {"maxTokens": 500 + next(numbers)}})

    async def key() -> None:
        await place.ask("POST", "/api/keys", {"name": f"more {next(numbers)}"}, 201)

    async def change_and_call() -> None:
        await change()
        await place.call("demo")

    def get(path: str) -> Operation:
        return lambda: place.ask("GET", path)

    return {
        "a call": lambda: place.call("demo"),
        "a call of an unknown model": lambda: place.call("nobody-knows-this", 404),
        "change a configuration": change,
        "make a key": key,
        "change a configuration, then call": change_and_call,
        "GET /v1/models": place.list_models,
        "GET /api/configurations": get("/api/configurations"),
        "GET /api/configurations/:id": get(f"/api/configurations/{middle}"),
        "GET /api/auth/me": get("/api/auth/me"),
        "GET /ai/llm": get("/ai/llm"),
        "GET /ai/llm/stats": get("/ai/llm/stats"),
        "GET /ai/llm/stats?aiLlmId=": get(f"/ai/llm/stats?aiLlmId={middle}"),
        "GET /policy": get("/policy"),
        "GET /policy/violations": get("/policy/violations"),
        "GET /policy/alerts": get("/policy/alerts"),
        "GET /api/audit": get("/api/audit"),
        "GET /api/usage": get("/api/usage"),
        "GET /api/usage/report": get("/api/usage/report"),
        "GET /api/configurations/:id/usage": get(f"/api/configurations/{middle}/usage"),
        "GET /api/conversations": get("/api/conversations"),
        "GET /api/conversations?q= (rare)": get("/api/conversations?q=number%207%2C"),
        "GET /api/conversations?q= (none)": get("/api/conversations?q=unheard"),
    }
