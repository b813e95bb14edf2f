"""A server that speaks S3 over HTTP, with a bucket per test."""

import secrets
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

__all__ = ["bucket", "keys_in", "put_in", "s3_server"]

_NAMES = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
_KEYS = {
    "AWS_ACCESS_KEY_ID": "tester",
    "AWS_SECRET_ACCESS_KEY": "CANARY-of-a-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Start a server and return its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a bucket, and an environment that reaches it; its name."""
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in {**_KEYS, "AWS_ENDPOINT_URL": s3_server}.items():
        monkeypatch.setenv(name, value)
    made = f"test-{secrets.token_hex(6)}"
    boto3.client("s3").create_bucket(Bucket=made)
    return made


def keys_in(bucket: str) -> dict[str, bytes]:
    """Return all that lies in a bucket."""
    client = boto3.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [file["Key"] for page in pages for file in page.get("Contents", [])]
    return {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def put_in(bucket: str, key: str, content: bytes) -> None:
    """Write into a bucket what nobody asked for."""
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=content)
