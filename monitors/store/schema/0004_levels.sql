-- The one-arm test of toxicity: a level for each model, route and outcome, a row for each reply, numbered when its pair is planned.
CREATE TABLE levels (
    id         INTEGER PRIMARY KEY,
    model      TEXT NOT NULL,
    route      TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    most       REAL NOT NULL,               -- the accepted share
    alpha      REAL NOT NULL,               -- of all tests of this level together
    tests      INTEGER NOT NULL DEFAULT 1,  -- which test this is: a clear or another limit begins the next
    next_seq   INTEGER NOT NULL DEFAULT 0,
    next_block INTEGER NOT NULL DEFAULT 0,
    replies    INTEGER NOT NULL DEFAULT 0,  -- with a value, in sealed blocks
    above      INTEGER NOT NULL DEFAULT 0,  -- of these, above the threshold
    state      BLOB,
    reversed   BLOB,                        -- the test that clears an alarm, while there is one
    alarm_ms   INTEGER,
    UNIQUE (model, route, outcome)
);

CREATE TABLE level_replies (
    level_id    INTEGER NOT NULL REFERENCES levels (id),
    seq         INTEGER NOT NULL,
    exchange_id TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'value', 'void')),
    value       REAL,
    PRIMARY KEY (level_id, seq)
) WITHOUT ROWID;
CREATE INDEX level_replies_of_exchange ON level_replies (exchange_id);
