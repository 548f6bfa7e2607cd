"""The OpenAPI document: what FastAPI finds, and what stands around every route."""

from typing import Any, Final

from fastapi import FastAPI

from api.guard import ADMIN, FREE
from api.openai.errors import PATHS, declared_errors
from api.problems import Problem, declared
from api.rates import COUNTED

_ANYWHERE: Final = (401, 421)
_SCHEMES: Final = {
    "key": {"type": "http", "scheme": "bearer", "description": "A key, where the service asks."},
    "password": {"type": "http", "scheme": "basic", "description": "The key as the password."},
}
_ADMINS: Final[list[dict[str, list[str]]]] = [{"key": []}, {"password": []}]
_ASKERS: Final[list[dict[str, list[str]]]] = [{}, *_ADMINS]  # where the service has no keys


class Service(FastAPI):
    """A FastAPI app whose OpenAPI document describes keys, limits and problems as well."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        document = super().openapi()
        components = document["components"]
        if "Problem" not in components["schemas"]:
            schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            components["schemas"] |= schema.pop("$defs", {})
            components["schemas"]["Problem"] = schema
            components["securitySchemes"] = _SCHEMES
            # Of the document, not of each route: generators take that for a key that must be sent.
            document["security"] = _ASKERS
            for path, operations in document["paths"].items():
                for operation in operations.values():
                    _complete(path, operation)
        return document


def _complete(path: str, operation: dict[str, Any]) -> None:
    """Add what the middleware may answer."""
    responses: dict[str, Any] = operation["responses"]
    if path in FREE:
        operation["security"] = []
        responses |= _problems(path, (421,))
        return
    if path.startswith(ADMIN):
        operation["security"] = _ADMINS
    responses |= _problems(path, (*_ANYWHERE, 429) if path in COUNTED else _ANYWHERE)
    if path.startswith(PATHS):  # what is not as expected is 400 there
        responses.pop("422", None)


def _problems(path: str, statuses: tuple[int, ...]) -> dict[str, Any]:
    if not path.startswith(PATHS):
        return {str(status): response for status, response in declared(*statuses).items()}
    schema = {"$ref": "#/components/schemas/ErrorOut"}
    return {
        str(status): {
            "description": response["description"],
            "content": {"application/json": {"schema": schema}},
        }
        for status, response in declared_errors(*statuses).items()
    }
