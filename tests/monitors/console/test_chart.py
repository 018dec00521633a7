from monitors.console.chart import WIDTH, evidence_width, interval, scale_for
from tests.monitors.example_views import cell


def test_no_gap_is_in_the_middle_and_the_scale_holds_the_widest_interval() -> None:
    drawn = interval(cell(gap=0.0, gap_lower=-0.1, gap_upper=0.1), scale=0.2)
    assert (drawn.low, drawn.gap, drawn.high) == (WIDTH / 4, WIDTH / 2, WIDTH * 3 / 4)
    assert scale_for([cell(gap_lower=-0.281)]) == 0.3
    assert scale_for([]) == 0.05


def test_what_lies_beyond_the_scale_stays_at_the_edge() -> None:
    assert interval(cell(gap=-0.9), scale=0.5).gap == 0.0


def test_evidence_fills_its_bar_at_the_threshold_and_never_beyond() -> None:
    assert evidence_width(cell(evidence_log10=-3.0)) == 0
    assert evidence_width(cell(evidence_log10=2.0, evidence_threshold_log10=4.0)) == WIDTH / 2
    assert evidence_width(cell(evidence_log10=50.0)) == WIDTH
