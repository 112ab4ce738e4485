"""Who may write where: locks and folders that a process which died does not keep."""

import contextlib
import logging
import os
import shutil
import tempfile
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: whoever starts two runs in one folder there must keep them apart
    fcntl = None

WORKSPACE = "giamngheo-run-"
NEW_S = 60  # so young a workspace is nobody's who died, though it may not be locked yet

log = logging.getLogger(__name__)


@contextlib.contextmanager
def locked(path, *, shared=False, wait=False):
    """Hold the lock of a file, which is made if need be, or of a folder.

    Parameters
    ----------
    path : Path
    shared : bool
        Beside others who hold it so.
    wait : bool
        Wait for it.

    Raises
    ------
    BlockingIOError
        Another process holds it.

    Yields
    ------
    bool
        Whether it is held: not where the system or the disk has no locks.
    """
    if fcntl is None:
        yield False
        return
    descriptor = os.open(path, os.O_RDONLY if Path(path).is_dir() else os.O_RDWR | os.O_CREAT, 0o666)
    try:
        how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        held = True
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            raise
        except OSError as error:  # a shared disk without locks
            log.warning("%s cannot be locked: %s", path, error)
            held = False
        yield held
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def workspace():
    """A temporary folder (Path), gone in the end; those of processes that died are removed."""
    for left in Path(tempfile.gettempdir()).glob(f"{WORKSPACE}*") if fcntl else ():
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > NEW_S:
                with locked(left) as held:
                    if held:
                        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=WORKSPACE) as folder, locked(Path(folder)):
        yield Path(folder)
