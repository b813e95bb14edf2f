"""Start a backfill as Dagster's own page does, and wait until the daemon has run it."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

__all__ = ["backfill"]

_LAUNCH = """
mutation($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}"""
_STATUS = """
query($id: String!) {
  partitionBackfillOrError(backfillId: $id) {
    __typename
    ... on PartitionBackfill { status error { message } }
  }
}"""
_ENDED = {"COMPLETED", "COMPLETED_SUCCESS", "COMPLETED_FAILED", "FAILED", "CANCELED"}


def backfill(address: str, assets: Sequence[Sequence[str]], partitions: Sequence[str], *, timeout: float = 600) -> str:
    """Launch a backfill of some assets and return the status with which it ended.

    Args:
        address: of Dagster's web server, whose daemon runs.
        assets: paths of keys.
        partitions: keys.
        timeout: s.
    """
    params = {"assetSelection": [{"path": list(path)} for path in assets], "partitionNames": list(partitions)}
    launched = _ask(address, _LAUNCH, {"params": params})["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess", launched
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        state = _ask(address, _STATUS, {"id": launched["backfillId"]})["partitionBackfillOrError"]
        if state["status"] in _ENDED:
            return str(state["status"])
        time.sleep(1)
    raise TimeoutError(state["status"])


def _ask(address: str, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/graphql", data=body, headers=headers)  # noqa: S310 - a local address
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - same
            answered = json.load(answer)
    except urllib.error.HTTPError as error:
        raise RuntimeError(error.read().decode()) from error
    assert "errors" not in answered, answered
    found: dict[str, Any] = answered["data"]
    return found
