"""papermill's engines with surroundings of our own, and a record of what really ran.

One executes a notebook in a kernel of its own, as Jupyter starts them; the other here, in the process that was forked
for this notebook alone (`runs.kernels.forked`): the same IPython kernel, without sockets between it and papermill.
"""

import contextlib
import os
import uuid
from dataclasses import dataclass, field

from ipykernel.inprocess.ipkernel import InProcessKernel
from ipykernel.inprocess.manager import InProcessKernelManager
from ipykernel.iostream import IOPubThread
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient.exceptions import CellExecutionComplete, CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NBClientEngine, papermill_engines
from traitlets import Unicode, default
from traitlets.config import Config

from giamngheo.report.pages import NOTEBOOK_ONLY
from giamngheo.runs.kernels.provisioner import CONNECTIONS, page_environment, sweep_connections
from giamngheo.runs.notebook_run import HERE, ORDINARY

PNG = "image/png"


@dataclass
class Record:
    """What an execution leaves behind, however it ends: the notebook, and which cells ran to their end.

    answer: what the code that was asked for after the last cell displayed, by kind of output; refusal: its error.
    """

    notebook: object = None
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

    @contextlib.contextmanager
    def asking(self, nb_man, ask):
        """Take the notebook that papermill made, and put a cell after its last one for as long as it runs."""
        self.notebook = nb_man.nb
        if ask:
            asked = new_code_cell(ask)
            asked.metadata["papermill"] = nb_man.nb.cells[-1].metadata["papermill"].copy()
            nb_man.nb.cells.append(asked)
        try:
            yield
        finally:
            if ask:
                self.asked(nb_man.nb.cells.pop(), len(nb_man.nb.cells))


class PageKernelManager(AsyncKernelManager):
    """Starts this very interpreter, whatever kernels the user installed, in `page_environment`."""

    shown_for = Unicode(config=True)

    async def _async_pre_start_kernel(self, **kwargs):
        self._kernel_spec = KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())
        CONNECTIONS.mkdir(parents=True, exist_ok=True)
        sweep_connections()
        self.connection_file = str(CONNECTIONS / f"{os.getpid()}-{uuid.uuid4()}.json")
        kwargs["env"] = page_environment(kwargs.get("env") or os.environ, self.shown_for)
        kwargs["extra_arguments"] = ["--IPKernelApp.log_level=ERROR", "--HistoryManager.enabled=False"]
        return await super()._async_pre_start_kernel(**kwargs)


class OrdinaryEngine(NBClientEngine):
    """papermill's own engine, told which kernel to use and to leave the notebook where we find it."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name, *, record, folder, shown_for, ask, watch, **kwargs
    ):
        """Run the cells (see `NBClientEngine`) in a folder, then what is asked besides; nbclient watches the clock."""
        kwargs["resources"] = {
            "metadata": {"path": str(folder)}
        }  # papermill's cwd would move the whole process
        kwargs["kernel_manager_class"] = PageKernelManager
        kwargs["config"] = Config(PageKernelManager={"shown_for": shown_for})
        kwargs["on_cell_executed"] = record.executed
        kwargs["shutdown_kernel"] = "immediate"  # nothing is left for it to do
        with record.asking(nb_man, ask):
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)


class HereEngine(Engine):
    """Runs the cells in this process, which ends with the notebook."""

    @classmethod
    def execute_notebook(cls, nb, kernel_name, **kwargs):
        """Run the cells; papermill gets little where it can, for it writes what it gets once more, to nowhere.

        What was made is in the record; papermill looks for errors alone.
        """
        made = super().execute_notebook(nb, kernel_name, **kwargs)
        outputs = (output for cell in made.cells for output in cell.get("outputs", []))
        return made if any(output.output_type == "error" for output in outputs) else new_notebook()

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, record, shown_for, ask, watch, **kwargs):
        """Run the cells, then what is asked besides; watch: context in which each cell runs."""
        client = HereClient(nb_man, record_timing=False, on_cell_executed=record.executed)
        client.watch, client.shown_for = watch, shown_for
        with record.asking(nb_man, ask):
            return client.execute()


class HereKernel(InProcessKernel):
    """Sends what it has to say at once: another thread would have to be woken for each message, and waited for."""

    @default("iopub_thread")
    def _never_started(self):
        return IOPubThread(self._underlying_iopub_socket, session=self.session)


class HereManager(InProcessKernelManager):
    """Starts `HereKernel`."""

    def start_kernel(self, **kwargs):
        """Start the kernel."""
        self.kernel = HereKernel(parent=self, session=self.session)


class HereClient(PapermillNotebookClient):
    """papermill's client, whose kernel answers at once."""

    def execute(self, **kwargs):
        """Execute the notebook's cells."""
        self.reset_execution_trackers()
        manager = HereManager(config=Config(HistoryManager={"enabled": False}))
        manager.start_kernel()
        self.here = manager.client()
        self.here.start_channels()
        self.shell = manager.kernel.shell
        ready_as_a_kernel(self.shell)
        self.papermill_execute_cells()
        self.nb.metadata["language_info"] = manager.kernel.language_info
        return self.nb

    def execute_cell(self, cell, cell_index, **kwargs):
        """Execute one cell (see `NotebookClient`)."""
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        self.clear_before_next_output = False
        self.shell.display_formatter.formatters[PNG].enabled = not undrawn(cell, self.shown_for)
        with self.watch():
            self.here.execute(cell.source, allow_stdin=False)
        reply = self.here.get_shell_msg(timeout=60)
        with contextlib.suppress(CellExecutionComplete):
            while True:
                self.process_message(self.here.get_iopub_msg(timeout=60), cell, cell_index)
        self.on_cell_executed(cell=cell, cell_index=cell_index, execute_reply=reply)
        if reply["content"]["status"] == "error":
            raise CellExecutionError.from_cell_and_msg(cell, reply["content"])
        return cell


def undrawn(cell, shown_for):
    """Whether a figure of someone's own in a cell is seen by nobody, and need not be drawn (bool)."""
    return shown_for == "page" and NOTEBOOK_ONLY in cell.metadata.get("tags", [])


def ready_as_a_kernel(shell):
    """Do what both libraries do in a kernel when they are first imported; that was where there was no kernel."""
    import pandas as pd
    from matplotlib import pyplot

    shell.enable_matplotlib("inline")
    pyplot.uninstall_repl_displayhook()  # draws a cell's figures for windows; where one is shown it is drawn again
    pd.set_option("display.max_columns", 20)


papermill_engines.register(ORDINARY, OrdinaryEngine)
papermill_engines.register(HERE, HereEngine)
