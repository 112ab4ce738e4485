"""The what-if in a notebook: the page's own module as a widget, whose setting Python reads as a scenario."""

import json

import anywidget
import yaml
from traitlets import Dict, Unicode

from giamngheo import paths
from giamngheo.inputs.errors import RefusedInput, shown
from giamngheo.inputs.package import check_package
from giamngheo.inputs.parameters import check_value
from giamngheo.inputs.scenario import list_scenarios, load_scenario
from giamngheo.report.explore import what_if
from giamngheo.report.html import escape, shown_on
from giamngheo.report.wording import Page
from giamngheo.simulation.outcomes import simulate
from giamngheo.simulation.shared_draws import of_package, shared_draws


class Explorer(anywidget.AnyWidget):
    """The what-if of a package: sliders in a notebook, and what is set by them.

    file: the scenario file of what is set (str), which changes while one drags.
    """

    _esm = what_if.module("widget")
    _css = what_if.style("what_if", "notebook")
    given = Dict(help="All that the module is given.").tag(sync=True)
    file = Unicode(help="The scenario file of what is set.").tag(sync=True)

    def __init__(self, page, given):
        title = json.dumps(what_if.titles(page.package), ensure_ascii=False)
        super().__init__(given=given, file=f"title: {title}\n")
        self._page = page

    @property
    def scenario(self):
        """What is set, as a scenario that every other call takes (Scenario)."""
        return load_scenario(self._keys(), self._page.package)

    def save(self, name, *, title=None, overwrite=False):
        """Write what is set as a scenario of the package, which `giamngheo run --scenario NAME` then knows.

        Parameters
        ----------
        name : str
            An id: a-z, 0-9 and _. The file is ``scenarios/NAME.yml`` in the package's folder.
        title : str or dict, optional
            Of the scenario, the same in both languages or ``{"vi": …, "en": …}``.
        overwrite : bool
            In place of one of that name that the package has.

        Returns
        -------
        Path

        Raises
        ------
        RefusedInput
            A name that is no id, or one that is taken.
        """
        package = self._page.package
        keys = self._keys() | ({} if title is None else {"title": title})
        scenario = load_scenario(keys | {"id": name}, package)
        path = package.path / "scenarios" / f"{name}.yml"
        taken = {row.id: row.file for row in list_scenarios(package)}.get(name, path)
        if taken != path or (path.exists() and not overwrite):
            way = "another name" if taken != path else "another name, or overwrite=True"
            raise RefusedInput(f"scenario {name}: {shown(taken)} is there already; nearest: {way}")
        text = yaml.safe_dump(keys | {"title": scenario.title}, allow_unicode=True, sort_keys=False)
        paths.write_atomically(path, text)
        return path

    def _keys(self):
        return yaml.safe_load(self.file)

    def __repr__(self):
        return f"Explorer of {self._page.package.name}: {self.scenario!r}"

    def _repr_mimebundle_(self, **options):
        """The widget, and words in its place where no kernel or no widgets are, as on a page."""
        data, metadata = super()._repr_mimebundle_(**options)
        words, say = "<p>{}</p>", self._page.say
        data["text/html"] = words.format(escape(say("explore.without_kernel")))
        if shown_on("page"):
            link = f'<a href="index.html#explore">{escape(say("explore.on_index"))}</a>'
            metadata["giamngheo"] = {"page": words.format(link)}
        return data, metadata


def explore(package, *, lang="vi", draws=20_000, seed=0, shared=None):
    """Explore a plan by hand: the what-if of the report's page as a widget in a notebook.

    Parameters
    ----------
    package : Package
    lang : {"vi", "en"}
        Of what the widget says.
    draws, seed : int
        100 to 1 000 000 draws, of which the widget works on some 2 000; the same seed gives the same draws.
    shared : SharedDraws, optional
        Shared work of many scenarios of the package; it then gives draws and seed.

    Returns
    -------
    Explorer
        ``.scenario`` is what is set, ``.save("mine")`` keeps it as a scenario of the package.

    Raises
    ------
    RefusedInput
        A language or draws that cannot be, or a package whose readings count no households.

    Notes
    -----
    The model in closed form, evaluated in the browser (`simulation.portable`): no kernel has to answer a drag.
    """
    page = Page(check_package(package), check_value("lang", lang))
    if not what_if.counts_households(package):
        raise RefusedInput(
            f"{package.name}: no reading in poverty.csv counts the poor households, and nothing tells "
            "how many the money reaches; nearest: give households"
        )
    shared = shared_draws(package, draws=draws, seed=seed) if shared is None else of_package(shared, package)
    given = {}
    if shown_on("notebook"):  # a page has a link in its place
        given = what_if.handed(page, simulate(package, shared=shared), shared)
        given["words"]["share_link"] = page.say("explore.from_python")
    return Explorer(page, given)
