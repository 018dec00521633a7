"""Every dashboard is drawn with Grafana's own panels from a Prometheus that scraped real traffic; none of its queries fails or is empty."""

from pathlib import Path

import pytest

from bench.dashboards import main, missing
from evenhand import resources


@pytest.mark.integration
@pytest.mark.timeout(600)  # the first run on a machine installs Grafana's components
def test_no_panel_is_empty_after_real_traffic_and_none_has_an_error(
    harness: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    if programs := missing():
        pytest.skip(f"{', '.join(programs)} not installed (make system)")
    status = main(["--harness", str(harness), "--out", str(tmp_path), "--secs", "45"])
    said = capfd.readouterr().out
    assert status == 0, said
    assert {file.name for file in tmp_path.iterdir()} == {f"{file.stem}.png" for file in resources.path("grafana/dashboards").iterdir()}
