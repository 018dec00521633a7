"""Scored pairs, put into the log of a cell by hand."""

import sqlite3


def add_pair(db: sqlite3.Connection, cell_id: int, seq: int, difference: float, tolerance: float) -> None:
    """A pair with this difference at this place of a cell; its text named a man."""
    db.execute("INSERT INTO exchanges (id, model, route, received_ms) VALUES (?, 'm', 'hiring', 0)", (f"ex_{seq}",))
    pair = "INSERT INTO pairs VALUES (?, ?, 'counterfactual', 'm', 'hiring', 'gender', 'female', 'male', '[]', 'scored', '', '', 0, 0, 0)"
    db.execute(pair, (f"pr_{seq}", f"ex_{seq}"))
    member = (
        "INSERT INTO members (cell_id, pair_id, origin, tolerance, seq, state, difference, epoch_id) "
        "VALUES (?, ?, 'male', ?, ?, 'value', ?, 1)"
    )
    db.execute(member, (cell_id, f"pr_{seq}", tolerance, seq, difference))
