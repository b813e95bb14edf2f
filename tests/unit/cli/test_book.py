"""The ledger of the project that a command runs in."""

import pytest
from kit.project import Project

from synth_assets.cli.book import current_ledger


@pytest.mark.integration
def test_the_ledger_is_that_of_the_current_project(project: Project) -> None:
    assert [account.name for account in current_ledger().accounts()] == [
        account.name for account in project.ledger.accounts()
    ]
