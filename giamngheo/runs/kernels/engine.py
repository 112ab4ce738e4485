"""papermill's engine with kernels and surroundings of our own, and a record of what really ran."""

import os
import uuid
from dataclasses import dataclass, field

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from papermill.engines import NBClientEngine, papermill_engines
from traitlets import Dict, Unicode
from traitlets.config import Config

from giamngheo import paths
from giamngheo.runs.kernels.provisioner import WarmProvisioner, page_environment

NAME = "giamngheo"


@dataclass
class Record:
    """What an execution leaves behind, however it ends: the notebook, and which cells ran to their end."""

    notebook: object
    done: list[int] = field(default_factory=list)

    def executed(self, cell, cell_index, execute_reply):
        """Note a cell that ran to its end (a hook of nbclient's)."""
        if execute_reply["content"]["status"] == "ok" and not any(
            o.output_type == "error" for o in cell.outputs
        ):
            self.done.append(cell_index)


class PageKernelManager(AsyncKernelManager):
    """Starts this very interpreter, whatever kernels the user installed, in `page_environment`."""

    shown_for = Unicode(config=True)
    world = Dict(config=True)  # as of `runs.kernels.provisioner.Server.fork`

    async def _async_pre_start_kernel(self, **kwargs):
        self._kernel_spec = KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())
        self.connection_file = str(paths.CACHE / "connections" / f"{uuid.uuid4()}.json")
        (paths.CACHE / "connections").mkdir(parents=True, exist_ok=True)
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
        cls, nb_man, kernel_name, *, record, warm, folder, shown_for, world, **kwargs
    ):
        """Run the cells (see `NBClientEngine`) in a folder."""
        record.notebook = nb_man.nb
        kwargs["resources"] = {
            "metadata": {"path": str(folder)}
        }  # papermill's cwd would move the whole process
        kwargs["kernel_manager_class"] = WarmKernelManager if warm else PageKernelManager
        kwargs["config"] = Config(PageKernelManager={"shown_for": shown_for, "world": world or {}})
        kwargs["on_cell_executed"] = record.executed
        kwargs["shutdown_kernel"] = "immediate"  # nothing is left for it to do
        return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)


papermill_engines.register(NAME, Engine)
