"""Virtual keys: who calls, and what they may use.

Keys stand in the configuration by their hash, or in ``data_dir/gateway.db`` where ``evenhand keys`` puts them. ``registry`` writes and
reads those; ``ring`` holds both kinds in memory for the one look-up that a request needs.
"""

from gateway.keys.key import Allowance, Key, digest_of, new_secret
from gateway.keys.ring import Keyring

DATABASE = "gateway.db"  # in data_dir

__all__ = ["DATABASE", "Allowance", "Key", "Keyring", "digest_of", "new_secret"]
