-- Cells that check the instrument, drills, confirmation runs; tables with a list of kinds are made anew to know more of them.

CREATE TABLE cells_with_checks (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL
                 CHECK (kind IN ('pair', 'rollup', 'placebo', 'origin', 'order', 'replay', 'rescoring', 'drill', 'confirmation')),
    model        TEXT NOT NULL,     -- '' in a drill
    route        TEXT NOT NULL,     -- '' in a roll-up
    axis         TEXT NOT NULL,     -- '' where the cell is over all axes
    grp          TEXT NOT NULL,     -- '' where the cell is over all groups
    outcome      TEXT NOT NULL,
    reference    TEXT NOT NULL,
    tier         TEXT NOT NULL,
    tolerance    REAL NOT NULL,
    alpha        REAL NOT NULL,
    next_seq     INTEGER NOT NULL DEFAULT 0,
    next_block   INTEGER NOT NULL DEFAULT 0,
    origins      TEXT NOT NULL DEFAULT '',  -- whose texts were seen: '', 'reference', 'group' or 'both'
    created_ms   INTEGER NOT NULL,
    pages        INTEGER NOT NULL DEFAULT 1,  -- 0: has no share of alpha and never raises an alarm
    test_from    INTEGER NOT NULL DEFAULT 0,  -- the sequence number from which bets count in the test that runs now
    UNIQUE (kind, model, route, axis, grp, outcome)
);
INSERT INTO cells_with_checks (id, kind, model, route, axis, grp, outcome, reference, tier, tolerance, alpha, next_seq, next_block, origins, created_ms)
SELECT id, kind, model, route, axis, grp, outcome, reference, tier, tolerance, alpha, next_seq, next_block, origins, created_ms FROM cells;
DROP TABLE cells;
ALTER TABLE cells_with_checks RENAME TO cells;

CREATE TABLE pairs_with_checks (
    pair_id     TEXT PRIMARY KEY,
    exchange_id TEXT NOT NULL REFERENCES exchanges (id),
    kind        TEXT NOT NULL CHECK (kind IN ('counterfactual', 'placebo', 'replay', 'rescoring')),
    model       TEXT NOT NULL,
    route       TEXT NOT NULL,
    axis        TEXT NOT NULL,
    grp         TEXT NOT NULL,
    origin      TEXT NOT NULL,      -- the group the original text named
    names       TEXT NOT NULL,      -- JSON: [[reference name, group name], …]
    state       TEXT NOT NULL CHECK (state IN ('planned', 'scored', 'dropped', 'expired')),
    reason      TEXT NOT NULL DEFAULT '',
    revision    TEXT NOT NULL DEFAULT '',
    planned_ms  INTEGER NOT NULL,
    deadline_ms INTEGER NOT NULL,
    closed_ms   INTEGER
) WITHOUT ROWID;
INSERT INTO pairs_with_checks SELECT * FROM pairs;
DROP TABLE pairs;
ALTER TABLE pairs_with_checks RENAME TO pairs;
CREATE INDEX pairs_by_exchange ON pairs (exchange_id);
CREATE INDEX pairs_open ON pairs (deadline_ms) WHERE state = 'planned';

ALTER TABLE waiting ADD COLUMN grp TEXT NOT NULL DEFAULT '';  -- the pair's group, where a cell is over several
DROP INDEX waiting_in_order;
CREATE INDEX waiting_in_order ON waiting (cell_id, side, grp, id);

CREATE TABLE confirmations (        -- a run over held-out names that an alarm started; its cell is of kind 'confirmation'
    alarm_id        INTEGER PRIMARY KEY REFERENCES alarms (id),
    cell_id         INTEGER NOT NULL REFERENCES cells (id),
    planned_bets    INTEGER NOT NULL,
    first_block     INTEGER NOT NULL,
    begun_ms        INTEGER NOT NULL,
    deadline_ms     INTEGER NOT NULL,
    state           TEXT NOT NULL DEFAULT 'unconfirmed'
                    CHECK (state IN ('unconfirmed', 'confirmed', 'not_confirmed', 'not_enough_pairs')),
    ended_ms        INTEGER
);
CREATE INDEX confirmations_of_cell ON confirmations (cell_id) WHERE ended_ms IS NULL;

CREATE TABLE drills (               -- finished drills: was the planted gap found, and after how many bets
    id            INTEGER PRIMARY KEY,
    cell_id       INTEGER NOT NULL REFERENCES cells (id),
    ended_ms      INTEGER NOT NULL,
    detected      INTEGER NOT NULL,
    pairs         INTEGER NOT NULL,
    pairs_planned INTEGER NOT NULL
);
CREATE INDEX drills_of_cell ON drills (cell_id, id);
