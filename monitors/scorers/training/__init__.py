"""How shipped models are trained: our own labelled replies, and the scripts that turn them into weights. Not needed to score."""
