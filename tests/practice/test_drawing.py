"""The drawing of the machine in ARCHITECTURE.md is the machine."""

from docs.draw_sitting import PAGE, drawing, page_with_drawing


def test_the_drawing_in_the_architecture_is_made_from_the_code() -> None:
    page = PAGE.read_text()
    assert page == page_with_drawing(page), "run: python -m docs.draw_sitting"


def test_every_stage_is_drawn_with_the_ways_that_lead_from_it() -> None:
    assert "settling --> sitting: RungSet" in drawing()
    assert "sitting --> landing: Landed" in drawing()
