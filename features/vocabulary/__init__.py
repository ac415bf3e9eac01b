"""How words in a sentence become values: `shared` for all systems, and a module for each.

Every list is closed, so a misspelt name is an undefined step and not a surprise.
"""

import importlib

from earshot.systems import NAMES

for name in ("shared", *NAMES):
    importlib.import_module(f"{__name__}.{name}")
