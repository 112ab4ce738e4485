"""Results at an fsspec address (s3://, gs://, …): made in a folder of this machine, each file put there as it is done.

What is there already is fetched first, so that what is done is kept. Nothing locks an address: two batches of the same
content put the same bytes there.
"""

import contextlib
import logging
import re
import shutil
import tempfile
import uuid
from pathlib import Path

from giamngheo.inputs.errors import RefusedInput
from giamngheo.runs.batch.folder import RECORD, STATE
from giamngheo.runs.locks import workspace
from giamngheo.runs.notebook_run import one_line

log = logging.getLogger(__name__)

TRIAL = ".trial"  # how the file's name begins by which a batch tries whether it may write
# Storage without folders: to ask for one would make a bucket of a misspelt name.
OF_OBJECTS = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oci"}
# The try at the door is made once and does not wait for long; the work itself tries again as usual.
ONCE = {"config_kwargs": {"connect_timeout": 1, "read_timeout": 5, "retries": {"total_max_attempts": 1}}}
AT_THE_DOOR = {"s3": ONCE, "s3a": ONCE}
NEAREST = {  # by the error that a storage gives
    "NoCredentialsError": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "PermissionError": "keys that may write there",
    "FileNotFoundError": "a bucket that is there",
    "EndpointConnectionError": "look at AWS_ENDPOINT_URL",
    "ConnectTimeoutError": "look at AWS_ENDPOINT_URL",
}


class NotPut(RuntimeError):
    """What was made could not be put at its address; it is kept in a folder of this machine."""


@contextlib.contextmanager
def reached(out, part=None):
    """Where a batch works whose results go to a folder or an address.

    Parameters
    ----------
    out : str or Path
    part : str, optional
        The part of the batch that is to be done.

    Yields
    ------
    Path, Mirror or None
        The folder, and what puts files and folders in it where they belong; None where they are there already.

    Raises
    ------
    RefusedInput
        An address that cannot be written to.
    NotPut
        An address that in the end could not be.
    """
    address = re.fullmatch(r"([a-z][a-z0-9+.-]+)(://.*)", str(out), re.IGNORECASE | re.DOTALL)
    if not address:
        yield Path(out), None
        return
    with workspace() as folder:
        mirror = Mirror(address[1].lower() + address[2], folder, alone=part is None)
        mirror.fetch()
        try:
            yield mirror.folder, mirror
        finally:
            mirror.end()


class Mirror:
    """A folder of this machine and the address that its files go to, alone or beside others at work on their parts."""

    def __init__(self, address, folder, alone=True):
        self.folder, self._address, self._alone = folder, address, alone
        self._seen, self._made, self._here = {}, set(), set()
        try:
            from fsspec.core import split_protocol, url_to_fs

            self._files, root = url_to_fs(address)
            self._root = root.rstrip("/")
            self._has_folders = not OF_OBJECTS & set(_listed(self._files.protocol))
            if not (self._has_folders or self._root):
                raise ValueError("no bucket is named")
            trial = f"{self._root}/{TRIAL}-{uuid.uuid4().hex}"  # others may begin here at the same time
            self._make_parent(trial)
            once = AT_THE_DOOR.get(split_protocol(address)[0], {})
            files, _ = url_to_fs(address, skip_instance_cache=True, **once)
            files.retries = 1  # of s3fs and gcsfs, around those of what they rest on
            files.pipe_file(trial, b" ")
            files.rm_file(trial)
        except ImportError as error:
            raise RefusedInput(f"--out {address}: {error}; nearest: a folder") from None
        except Exception as error:  # each kind of storage has its own
            near = NEAREST.get(type(error).__name__, "a folder")
            raise RefusedInput(f"--out {address}: {one_line(error)}; nearest: {near}") from None

    def fetch(self):
        """Bring what is there and was not yet."""
        self._files.invalidate_cache()
        there = {
            self.folder / name[len(self._root) :].lstrip("/"): name for name in self._files.find(self._root)
        }
        there = {
            path: name
            for path, name in there.items()
            if path not in self._seen and not path.name.startswith(TRIAL)
        }
        for path in there:
            path.parent.mkdir(parents=True, exist_ok=True)
        if there:
            self._files.get(list(there.values()), list(map(str, there)))  # many at a time where it can
        self._seen |= {path: _state(path) for path in there}

    def gather(self):
        """Put what is done here and bring what others have done since: whoever does so last has all of it."""
        self.try_to_put(self.folder)
        self.fetch()

    def keep_here(self, files):
        """Do not put these: the table of what is not yet all there."""
        self._here |= set(files)

    def try_to_put(self, *places):
        """Put them there; what cannot be put now is tried again in the end."""
        try:
            self.put(*places)
        except Exception as error:  # each kind of storage has its own
            log.warning("not put yet: %s", error)

    def end(self):
        """Put there what is left; where that cannot be done, keep it here and say where."""
        try:
            self.put(self.folder)
            if self._alone:
                self.remove_what_is_gone()
        except Exception as error:
            kept = Path(tempfile.mkdtemp(prefix="giamngheo-kept-"))
            shutil.copytree(self.folder, kept, dirs_exist_ok=True)
            why = f"{type(error).__name__}: {error}"
            raise NotPut(
                f"what was made is kept in {kept}, as it could not be put at {self._address}: {why}"
            ) from error

    def put(self, *places):
        """Put there the files at some places that it has not; a run's record comes last, and says that it is whole."""
        files = {path for place in places for path in ([place] if place.is_file() else place.rglob("*"))}
        files = {
            path for path in files - self._here if path.is_file() and not _is_ours_alone(path, self.folder)
        }
        for last in (False, True):
            new = {path: _state(path) for path in sorted(files) if (path.name == RECORD) is last}
            new = {path: state for path, state in new.items() if self._seen.get(path) != state}
            for path in new:
                self._make_parent(self._name(path))
            if new:
                self._files.put(list(map(str, new)), list(map(self._name, new)))
            self._seen |= new

    def remove_what_is_gone(self):
        """Take away there what is here no more."""
        for path in [path for path in self._seen if not path.exists()]:
            self._files.rm_file(self._name(path))
            del self._seen[path]

    def _name(self, path):
        return f"{self._root}/{path.relative_to(self.folder).as_posix()}"

    def _make_parent(self, name):
        parent = name.rpartition("/")[0]
        if self._has_folders and parent not in self._made:
            self._files.makedirs(parent, exist_ok=True)
            self._made.add(parent)


def _listed(protocol):
    return [protocol] if isinstance(protocol, str) else protocol


def _state(path):
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


def _is_ours_alone(path, folder):
    """Whether a file is of no use elsewhere: a lock, or half made."""
    inside = path.relative_to(folder).parts
    return path.name.endswith(".part") or (
        inside[0] == STATE and (inside[1].startswith("lock") or inside[1] == "making")
    )
