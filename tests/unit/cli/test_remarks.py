"""What is said of a contract before it is paid, in the order of its lines."""

import pytest
from kit.project import Project

from synth_assets.cli.remarks import remarks_of_file, remarks_on


@pytest.mark.integration
def test_faults_of_the_file_come_first_and_alone(project: Project) -> None:
    file = project.definition
    assert remarks_of_file(file, project.ledger, root=project.root) == []
    assert remarks_on(project.contract, project.ledger) == []
    good = file.read_text()
    file.write_text(good.replace("source: census", "source: nowhere"))
    (remark,) = remarks_of_file(file, project.ledger, root=project.root)
    assert (remark.where, remark.severity) == ("source", "fault")
    assert remarks_of_file(file, None, root=project.root) == []
    file.write_text(good.replace("source: census", "source: nowhere").replace("max: 19", "max: -1"))
    assert [remark.where for remark in remarks_of_file(file, project.ledger, root=project.root)] == ["columns.age"]
