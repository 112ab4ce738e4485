"""papermill's engine with kernels and surroundings of our own, and a record of what really ran."""

import os
import uuid
from dataclasses import dataclass, field
from functools import cache

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbformat.v4 import new_code_cell
from papermill.engines import NBClientEngine, papermill_engines
from traitlets import Dict, Unicode
from traitlets.config import Config

from giamngheo import paths
from giamngheo.runs.kernels.provisioner import WarmProvisioner, page_environment

NAME = "giamngheo"
CONNECTIONS = paths.CACHE / "connections"


@cache
def sweep_connections():
    """Remove the connection files that a process which has died left behind; once."""
    for path in CONNECTIONS.glob("*-*.json"):
        owner = path.name.partition("-")[0]
        try:
            os.kill(int(owner), 0)
        except (ValueError, OverflowError, ProcessLookupError):
            path.unlink(missing_ok=True)
        except PermissionError:  # it lives, and is another user's
            pass


@dataclass
class Record:
    """What an execution leaves behind, however it ends: the notebook, and which cells ran to their end.

    answer: what the code that was asked for after the last cell displayed, by kind of output; refusal: its error.
    """

    notebook: object
    done: list[int] = field(default_factory=list)
    answer: dict | None = None
    refusal: str = ""

    def executed(self, cell, cell_index, execute_reply):
        """Note a cell that ran to its end (a hook of nbclient's)."""
        if execute_reply["content"]["status"] == "ok" and not any(
            o.output_type == "error" for o in cell.outputs
        ):
            self.done.append(cell_index)

    def asked(self, cell, place):
        """Take the answer, or the error, from the cell that was put at the end."""
        for output in cell.outputs:
            if output.output_type == "display_data":
                self.answer = dict(output.data)
            elif output.output_type == "error":
                self.refusal = f"{output.ename}: {output.evalue}"
        if place in self.done:
            self.done.remove(place)


class PageKernelManager(AsyncKernelManager):
    """Starts this very interpreter, whatever kernels the user installed, in `page_environment`."""

    shown_for = Unicode(config=True)
    world = Dict(config=True)  # as of `runs.kernels.provisioner.Server.fork`

    async def _async_pre_start_kernel(self, **kwargs):
        self._kernel_spec = KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())
        CONNECTIONS.mkdir(parents=True, exist_ok=True)
        sweep_connections()
        self.connection_file = str(CONNECTIONS / f"{os.getpid()}-{uuid.uuid4()}.json")
        kwargs["env"] = page_environment(kwargs.get("env") or os.environ)
        if self.shown_for:
            kwargs["env"][paths.SHOWN_FOR] = self.shown_for
        kwargs["extra_arguments"] = ["--IPKernelApp.log_level=ERROR", "--HistoryManager.enabled=False"]
        return await super()._async_pre_start_kernel(**kwargs)


class WarmKernelManager(PageKernelManager):
    """The same from the fork server."""

    async def _async_pre_start_kernel(self, **kwargs):
        if self.provisioner is None:
            self.provisioner = WarmProvisioner(kernel_id="", kernel_spec=self.kernel_spec, parent=self)
        return await super()._async_pre_start_kernel(**kwargs)


class Engine(NBClientEngine):
    """papermill's own engine, told which kernels to use and to leave the notebook where we find it."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name, *, record, warm, folder, shown_for, world, ask, **kwargs
    ):
        """Run the cells (see `NBClientEngine`) in a folder, then what is asked besides."""
        record.notebook = nb_man.nb
        kwargs["resources"] = {
            "metadata": {"path": str(folder)}
        }  # papermill's cwd would move the whole process
        kwargs["kernel_manager_class"] = WarmKernelManager if warm else PageKernelManager
        kwargs["config"] = Config(PageKernelManager={"shown_for": shown_for, "world": world or {}})
        kwargs["on_cell_executed"] = record.executed
        kwargs["shutdown_kernel"] = "immediate"  # nothing is left for it to do
        if ask:
            asked = new_code_cell(ask)
            asked.metadata["papermill"] = nb_man.nb.cells[-1].metadata["papermill"].copy()
            nb_man.nb.cells.append(asked)
        try:
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
        finally:
            if ask:
                record.asked(nb_man.nb.cells.pop(), len(nb_man.nb.cells))


papermill_engines.register(NAME, Engine)
