"""create_all.py URL MODULE:NAME…: creates the tables by SQLAlchemy itself."""
import importlib
import os
import sys

import sqlalchemy as sa

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
engine = sa.create_engine(sys.argv[1])
for target in sys.argv[2:]:
    module, _, name = target.partition(":")
    found = getattr(importlib.import_module(module), name)
    getattr(found, "metadata", found).create_all(engine) if not isinstance(found, sa.MetaData) else found.create_all(engine)
