"""How words in a sentence become values: `shared` for all systems, and modules for each.

Every list is closed, so a misspelt name is an undefined step and not a surprise.
"""

import importlib
import pkgutil

for module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{module.name}")
