"""The OpenAPI document holds what the service does: schemas, examples, every error."""

from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

POSTS = {"/v1/ask", "/v1/compare", "/v1/search"}
DONE = {400, 401, 403, 409, 413, 415, 421, 422, 500, 503}  # what an admin's order may fail with
OTHERS = {
    ("post", "/v1/feedback"): {201, 400, 401, 413, 415, 421, 422, 429, 500, 503},
    ("post", "/v1/admin/sync"): {202, *DONE},
    ("post", "/v1/admin/build"): {202, *DONE},
    ("delete", "/v1/admin/sources/{source}"): {202, 401, 403, 409, 421, 422, 500, 503},
    ("get", "/v1/admin/generations"): {200, 401, 403, 421, 500, 503},
    ("post", "/v1/admin/activate"): {200, *DONE},
    ("post", "/v1/admin/rollback"): {200, *DONE},
    ("get", "/v1/admin/audit"): {200, 401, 403, 421, 422, 500, 503},
    ("get", "/metrics"): {200, 401, 403, 421, 500},
}
NAMED = {"/v1/documents/{id}", "/v1/passages/{id}"}
HEALTH = {"/healthz", "/readyz"}
OPENAI = {
    "/v1/models": {200, 401, 421, 500, 503},
    "/v1/models/{model}": {200, 400, 401, 404, 421, 500, 503},
    "/v1/chat/completions": {200, 400, 401, 404, 413, 415, 421, 429, 500, 503},
}


@pytest.fixture
def document(client: httpx.Client) -> dict[str, Any]:
    """The OpenAPI document as served."""
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def references(value: object) -> list[str]:
    """Every $ref in a document."""
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [ref for inner in value.values() for ref in references(inner)]
    if isinstance(value, list):
        return [ref for inner in value for ref in references(inner)]
    return []


def test_every_reference_leads_somewhere_and_every_schema_is_one(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in schemas
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    assert "HTTPValidationError" not in schemas


def test_a_key_may_be_sent_everywhere_and_has_to_be_to_admins_routes(
    document: dict[str, Any],
) -> None:
    """What a route of its own asks for, generators take for a key that must be sent."""
    assert {} in document["security"]
    assert len(document["security"]) == 3
    for path, operations in document["paths"].items():
        for operation in operations.values():
            asked = operation.get("security")
            if path.startswith("/v1/admin/"):
                assert asked
                assert {} not in asked
            else:
                assert asked == ([] if path in HEALTH else None), path


def test_every_error_of_every_route_is_declared_as_a_problem(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        if path in OPENAI:
            continue
        for method, operation in operations.items():
            statuses = {int(status) for status in operation["responses"]}
            expected = {200} if path == "/healthz" else {200, 500, 503}
            expected |= {400, 413, 415, 422, 429} if path in POSTS else set()
            expected |= {421} if path in HEALTH else {401, 421}
            expected |= {404, 422} if path in NAMED else set()
            expected |= {400, 422} if path == "/v1/names" else set()
            expected = OTHERS.get((method, path), expected)
            assert statuses == expected, path
            for status, response in operation["responses"].items():
                if not status.startswith("2"):
                    schema = response["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}


def test_every_route_that_fails_in_its_own_way_is_there(document: dict[str, Any]) -> None:
    there = {(method, path) for path, found in document["paths"].items() for method in found}
    assert set(OTHERS) <= there


def test_every_parameter_is_described(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        if path in OPENAI:
            continue
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                assert parameter.get("description"), f"{path} {parameter['name']}"


def test_errors_of_openais_routes_are_declared_in_their_form(document: dict[str, Any]) -> None:
    for path, expected in OPENAI.items():
        (operation,) = document["paths"][path].values()
        assert {int(status) for status in operation["responses"]} == expected
        for status, response in operation["responses"].items():
            if not status.startswith("2"):
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorOut"}


def test_every_field_is_described_and_every_plain_one_has_an_example(
    document: dict[str, Any],
) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field, rules in schema.get("properties", {}).items():
            assert rules.get("description"), f"{name}.{field}"
            assert references(rules) or rules.get("examples"), f"{name}.{field}"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/v1/ask", {"question": "Kestrel or Osprey?"}),
        ("post", "/v1/ask", {"question": "Mars"}),
        ("post", "/v1/ask", {"question": ""}),
        ("post", "/v1/ask", {"question": "break"}),
        ("post", "/v1/compare", {"subjects": ["heron"]}),
        ("post", "/v1/search", {"query": "x", "limit": 1000}),
        ("post", "/v1/search", {"query": "x"}),
        ("get", "/v1/sources", None),
        ("get", "/v1/subjects", None),
        ("get", "/v1/names?q=seal", None),
        ("get", "/v1/names?q=", None),
        ("get", "/v1/documents/bird-review", None),
        ("get", "/v1/documents/emu", None),
        ("get", "/v1/passages/p-bird-review", None),
        ("get", "/readyz", None),
        ("get", "/v1/models", None),
        ("get", "/v1/models/emu", None),
        ("post", "/v1/chat/completions", {"messages": [{"role": "user", "content": "Mars"}]}),
        ("post", "/v1/chat/completions", {"messages": []}),
    ],
)
def test_what_comes_back_fits_what_is_declared(
    client: httpx.Client, document: dict[str, Any], method: str, path: str, body: object
) -> None:
    response = client.request(method, path, json=body)
    path = path.partition("?")[0]
    known = document["paths"]
    inner = [at for at in known if "{" in at and path.startswith(at.split("{")[0])]
    template = path if path in known else inner[0]
    declared = document["paths"][template][method]["responses"][str(response.status_code)]
    schema = declared["content"][response.headers["content-type"]]["schema"]
    whole = {**schema, "components": document["components"]}
    Draft202012Validator(whole).validate(response.json())
