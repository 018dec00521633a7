"""Measurements of the running product, as ratios within one run; ``make bench-…`` and ``make suite`` call them."""
