-- Pairs in which both arms had a value of their own, for the gap among those.

ALTER TABLE counts ADD COLUMN given INTEGER NOT NULL DEFAULT 0;
ALTER TABLE counts ADD COLUMN given_sum REAL NOT NULL DEFAULT 0;
