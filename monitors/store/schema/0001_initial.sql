-- Times are integer UTC milliseconds. Differences are group minus reference, as a share of the outcome's range.

CREATE TABLE exchanges (            -- each exchange taken from the queue, once, with what became of it
    id          TEXT PRIMARY KEY,
    model       TEXT NOT NULL,
    route       TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    end_user    TEXT,
    fate        TEXT,               -- NULL while its pair is planned and not yet closed
    reason      TEXT NOT NULL DEFAULT '',
    closed_ms   INTEGER
) WITHOUT ROWID;
CREATE INDEX exchanges_by_user ON exchanges (end_user) WHERE end_user IS NOT NULL;
CREATE INDEX exchanges_by_time ON exchanges (received_ms);

CREATE TABLE totals (               -- the monitor's counters; labels is a JSON list of [label, value]
    name   TEXT NOT NULL,
    labels TEXT NOT NULL,
    value  REAL NOT NULL,
    PRIMARY KEY (name, labels)
) WITHOUT ROWID;

CREATE TABLE spend (                -- what replays have used of a UTC day's budget, reservations included
    day    TEXT PRIMARY KEY,
    tokens INTEGER NOT NULL,
    usd    REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE cells (                -- what statistics accumulate over
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('pair', 'rollup', 'placebo')),
    model        TEXT NOT NULL,
    route        TEXT NOT NULL,     -- '' in a roll-up
    axis         TEXT NOT NULL,
    grp          TEXT NOT NULL,     -- '' in a roll-up or placebo cell
    outcome      TEXT NOT NULL,
    reference    TEXT NOT NULL,
    tier         TEXT NOT NULL,
    tolerance    REAL NOT NULL,
    alpha        REAL NOT NULL,
    next_seq     INTEGER NOT NULL DEFAULT 0,
    next_block   INTEGER NOT NULL DEFAULT 0,
    origins      TEXT NOT NULL DEFAULT '',  -- whose texts were seen: '', 'reference', 'group' or 'both'
    created_ms   INTEGER NOT NULL,
    UNIQUE (kind, model, route, axis, grp, outcome)
);

CREATE TABLE alpha_ledger (         -- every share of alpha a cell was ever given, and why
    id      INTEGER PRIMARY KEY,
    cell_id INTEGER NOT NULL REFERENCES cells (id),
    at_ms   INTEGER NOT NULL,
    alpha   REAL NOT NULL,
    reason  TEXT NOT NULL
);

CREATE TABLE epochs (               -- a stretch of a cell with one model revision, rewriter, scorer and outcome definition
    id          INTEGER PRIMARY KEY,
    cell_id     INTEGER NOT NULL REFERENCES cells (id),
    fingerprint TEXT NOT NULL,
    revision    TEXT NOT NULL,
    started_ms  INTEGER NOT NULL,
    UNIQUE (cell_id, fingerprint)
);

CREATE TABLE pairs (                -- the log: one row a pair, from its plan to its close
    pair_id     TEXT PRIMARY KEY,
    exchange_id TEXT NOT NULL REFERENCES exchanges (id),
    kind        TEXT NOT NULL CHECK (kind IN ('counterfactual', 'placebo')),
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
CREATE INDEX pairs_by_exchange ON pairs (exchange_id);
CREATE INDEX pairs_open ON pairs (deadline_ms) WHERE state = 'planned';

CREATE TABLE plans (                -- the arms of a planned exchange, so that any process can go on with it; gone when it closes
    exchange_id TEXT PRIMARY KEY REFERENCES exchanges (id),
    body        BLOB NOT NULL,
    day         TEXT NOT NULL,      -- the UTC day whose budget its tokens were reserved from
    tokens      INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE members (              -- a pair's place in a cell, given before any reply is known; bets are unique by (cell, seq, slot)
    cell_id         INTEGER NOT NULL REFERENCES cells (id),
    pair_id         TEXT NOT NULL REFERENCES pairs (pair_id),
    origin          TEXT NOT NULL,
    tolerance       REAL NOT NULL,
    seq             INTEGER,        -- NULL while it waits for a partner of the other origin
    slot            INTEGER NOT NULL DEFAULT 0,
    state           TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'value', 'void')),
    reference_value REAL,
    group_value     REAL,
    difference      REAL,
    epoch_id        INTEGER,
    PRIMARY KEY (cell_id, pair_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX bets ON members (cell_id, seq, slot) WHERE seq IS NOT NULL;
CREATE INDEX members_of_pair ON members (pair_id);
CREATE TABLE waiting (              -- pairs not yet matched with one of the other origin, in order
    id      INTEGER PRIMARY KEY,
    cell_id INTEGER NOT NULL REFERENCES cells (id),
    side    TEXT NOT NULL CHECK (side IN ('reference', 'group')),
    pair_id TEXT NOT NULL
);
CREATE INDEX waiting_in_order ON waiting (cell_id, side, id);

CREATE TABLE counts (               -- sums over scored pairs by cell and origin, for showing; the test reads the bets alone
    cell_id        INTEGER NOT NULL REFERENCES cells (id),
    origin         TEXT NOT NULL,
    pairs          INTEGER NOT NULL DEFAULT 0,
    both           INTEGER NOT NULL DEFAULT 0,
    group_only     INTEGER NOT NULL DEFAULT 0,
    reference_only INTEGER NOT NULL DEFAULT 0,
    neither        INTEGER NOT NULL DEFAULT 0,
    positive       REAL NOT NULL DEFAULT 0,
    negative       REAL NOT NULL DEFAULT 0,
    squared        REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (cell_id, origin)
) WITHOUT ROWID;

CREATE TABLE snapshots (            -- a cell's accumulators after its last sealed block
    cell_id INTEGER PRIMARY KEY REFERENCES cells (id),
    block   INTEGER NOT NULL,
    state   BLOB NOT NULL
);

CREATE TABLE alarms (               -- latched until cleared, and kept afterwards
    id          INTEGER PRIMARY KEY,
    cell_id     INTEGER NOT NULL REFERENCES cells (id),
    raised_ms   INTEGER NOT NULL,
    direction   TEXT NOT NULL,
    pairs       INTEGER NOT NULL,
    since_block INTEGER NOT NULL,
    e_value     REAL NOT NULL,
    cleared_ms  INTEGER,
    cleared_why TEXT
);
CREATE UNIQUE INDEX alarm_of_cell ON alarms (cell_id) WHERE cleared_ms IS NULL;

CREATE TABLE seen_keys (            -- prompts and conversations that counted already
    scope TEXT NOT NULL,
    kind  TEXT NOT NULL CHECK (kind IN ('prompt', 'conversation')),
    key   BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (scope, kind, key)
) WITHOUT ROWID;

CREATE TABLE texts (                -- arms and replies, as far as the operator allows
    pair_id TEXT PRIMARY KEY REFERENCES pairs (pair_id),
    kept_ms INTEGER NOT NULL,
    body    BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE flagged (              -- why a text is kept: the largest differences of each cell in each direction
    cell_id INTEGER NOT NULL,
    sign    INTEGER NOT NULL,
    pair_id TEXT NOT NULL,
    size    REAL NOT NULL,
    PRIMARY KEY (cell_id, sign, pair_id)
) WITHOUT ROWID;
CREATE INDEX flagged_by_pair ON flagged (pair_id);
