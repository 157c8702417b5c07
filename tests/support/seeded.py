"""An SQLite knowledge base with the seeds, which is made once for a process and then copied."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine
from bricoop.ingest.seeds import set_up


@cache
def seeded_file() -> Path:
    """Return the file, which nobody may write; it is deleted at the end of the process."""
    folder = Path(tempfile.mkdtemp(prefix="bricoop-seeded-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "seeded.sqlite"
    engine = make_engine(parse_address(str(path)))
    set_up(engine)
    engine.dispose()
    return path
