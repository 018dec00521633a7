-- Hourly forgetting reads what it may forget and nothing else.

DROP INDEX exchanges_by_time;
CREATE INDEX exchanges_without_pair ON exchanges (received_ms) WHERE fate NOT IN ('scored', 'expired');
CREATE INDEX texts_by_time ON texts (kept_ms);
