"""The monitor: an exchange from the queue becomes a counterfactual pair, replies, outcomes, a cell's evidence and a verdict.

``decode`` → ``rewrite`` → ``pair`` → ``shadow`` → ``scorers`` → ``store`` → ``cells`` → ``metrics``, ``alerts``, ``console``.
``worker`` tells it in one page.
"""
