"""A place to stand that is not the project."""

import pytest


@pytest.fixture
def away(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stand elsewhere: what is given a project's folder must not depend on where it is called."""
    request.getfixturevalue("discovering" if "discovering" in request.fixturenames else "checked")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.delenv("SYNTH_ASSETS_ROOT")
