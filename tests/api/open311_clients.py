"""Drives one client of Open311, in the virtual environment of ``clients.py``: no test, no Django.

Reads what to ask as JSON from standard input and writes what the client found as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any


def civicbot(base: str, key: str, form: dict[str, Any]) -> Any:
    """List services, read a definition, post a request, and read it back."""
    from civicbot.http import HttpTransport, RateLimiter
    from civicbot.open311 import Open311Client, ValidationError
    from civicbot.registry import Endpoint

    endpoint = Endpoint(id="here", name="Here", base_url=base, write=True)
    client = Open311Client(endpoint, HttpTransport(rate_limiter=RateLimiter(min_interval=0)))
    code = form.pop("service_code")
    refused: list[str] = []
    try:
        client.create_request(
            code, **form | {"attributes": {}}, api_key=key, dry_run=False, confirm="SEND",
            validate_remote=True,
        )  # fmt: skip
    except ValidationError as error:
        refused = error.problems
    sent = client.create_request(
        code, **form, api_key=key, dry_run=False, confirm="SEND", validate_remote=True
    )
    number = sent.response[0]["service_request_id"]
    return {
        "services": client.list_services(),
        "definition": client.get_service_definition(code),
        "refused": refused,
        "posted": sent.response,
        "listed": client.list_requests(service_request_ids=[number]),
        "hidden": client.list_requests(service_code=code),
        "open": client.list_requests(status="open", page_size=10),
    }


def georeport(base: str, number: str, code: str) -> Any:
    """Read everything in JSON and in XML."""
    import requests
    from georeport import GeoReport

    found: dict[str, Any] = {}
    for form in ("json", "xml"):
        client = GeoReport(base, output_format=form)
        try:
            client.get_service_request("999999999")
            status = 200
        except requests.HTTPError as error:
            status = error.response.status_code
        found[form] = {
            "services": client.get_service_list(),
            "definition": client.get_service_definition(code),
            "request": client.get_service_request(number),
            "requests": client.get_service_requests(),
            "missing": status,
        }
    return found


def boston311(base: str, number: str, code: str) -> Any:
    """Read into typed models, which refuse what is not of its type."""
    from boston311 import api
    from boston311.datamodels import Status

    api.BOSTON_API_ENDPOINT = f"{base}/"
    one = api.get_service_request(number)
    many = api.get_service_requests(service_code=code, status=Status.OPEN)
    return {
        "services": api.get_services().list_service_names(),
        "request": json.loads(one.model_dump_json()) if one else None,
        "requests": [row.service_request_id for row in many.service_requests],
    }


def chicagorequests(base: str) -> Any:
    """Read day by day and page by page; its dates have no zone."""
    from chicagorequests import Downloader

    Downloader.BASE_URL = f"{base}/requests.json"
    now = datetime.now()  # noqa: DTZ005 - as the program does
    rows = Downloader()((now - timedelta(days=1), now + timedelta(days=1)))
    return {"requests": rows}


def jsonschema(folder: str, documents: list[list[Any]]) -> Any:
    """Validate documents, each against the schema in a file of the folder."""
    from jsonschema.validators import validator_for
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT4

    schemas = {file.name: json.loads(file.read_text()) for file in Path(folder).glob("*.json")}
    registry = Registry().with_resources(
        (name, Resource.from_contents(schema, default_specification=DRAFT4))
        for name, schema in schemas.items()
    )
    said = []
    for name, document in documents:
        kind = validator_for(schemas[name])
        kind.check_schema(schemas[name])
        said += [
            f"{name}: {error.json_path} {error.message}"
            for error in kind(schemas[name], registry=registry).iter_errors(document)
        ]
    return said


if __name__ == "__main__":
    asked = {
        one.__name__: one for one in (civicbot, georeport, boston311, chicagorequests, jsonschema)
    }
    json.dump(asked[sys.argv[1]](**json.load(sys.stdin)), sys.stdout, default=str)
