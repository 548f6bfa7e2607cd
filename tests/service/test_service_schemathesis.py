"""Requests made out of the OpenAPI document, fitting it and not: no fault, all as declared."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks

from api import keys
from api.keys import Role
from ragbot.settings import Settings

from .living import living
from .scripted import ScriptedAssistant

Told = tuple[schemathesis.BaseSchema, str, dict[str, str]]

EXAMPLES = 6
LEFT_OUT = {
    "positive_data_acceptance",  # a question may fit the schema and still be empty, or unknown
    "missing_required_header",
    "ignored_auth",  # test_service_keys.py
    "unsupported_method",  # test_service_problems.py
}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The document of a running service, its address, and the headers of an admin."""
    folder = tmp_path_factory.mktemp("schemathesis")
    secret, key = keys.made("ops", Role.ADMIN)
    set_up = Settings(keys=key.line(), index=Path(folder), corpus=Path(folder))
    with living(set_up, ScriptedAssistant()) as service:
        headers = {"Authorization": f"Bearer {secret}"}
        found = schemathesis.openapi.from_url(f"{service.url}/openapi.json", headers=headers)
        yield found, service.url, headers


def test_every_operation_answers_as_declared(schema: Told, subtests: pytest.Subtests) -> None:
    document, url, headers = schema
    load_all_checks()
    checks = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]
    assert len(checks) > 5
    operations = [result.ok() for result in document.get_all_operations()]
    assert len(operations) > 20
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def answers(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=checks, headers=headers)

        with subtests.test(f"{operation.method} {operation.path}"):
            answers()
    told = httpx.get(f"{url}/metrics", headers=headers)
    statuses = set(re.findall(r'ragbot_requests_total.*status="(\d+)"', told.text))
    assert {"200", "201", "404", "422"} <= statuses  # they were let in, and some of it made sense
    assert "401" not in statuses
