"""The provinces as one batch: tables and pages made together, and put in the place of the old ones at once."""

from io import BytesIO
from types import SimpleNamespace

from giamngheo.analysis.provinces import FOLDER, LAST_OUT, load_provinces, province_forecasts
from giamngheo.report.columns import Table, to_csv
from giamngheo.report.provinces_page import TABLES, provinces_page
from giamngheo.report.wording import Page
from giamngheo.runs import cache, page_set
from giamngheo.runs.progress import Progress
from giamngheo.runs.publish import locked_versions


def write_provinces(
    langs, out, *, by=2015, target_pct=None, known_by=LAST_OUT, draws=20_000, seed=0, progress=True
):
    """Forecast every province and write the tables and a page in each language, whole or not at all.

    Parameters
    ----------
    langs : sequence of {"vi", "en"}
    out : Path
        Files go to ``<out>/viet-nam/``; where they are there already, made from the same, nothing is computed.
    by, target_pct, known_by, draws, seed
        As of `analysis.provinces.province_forecasts`.
    progress : bool
        Say on standard error how far it is.

    Returns
    -------
    list of Path
        Pages and tables.

    Raises
    ------
    RefusedInput
        As of `province_forecasts`.
    """
    home = out / FOLDER.name
    names = [f"{lang}/index.html" for lang in langs]
    names += [f"{name}.{end}" for name in TABLES for end in ("csv", "parquet")]
    aim = {"by": by, "target_pct": target_pct, "known_by": known_by.isoformat(), "langs": list(langs)}
    data = SimpleNamespace(name=FOLDER.name, path=FOLDER)
    made_from = cache.made_from([data]) | aim | {"draws": draws, "seed": seed}
    if not page_set.earlier(home, made_from).files.keys() >= set(names):
        with Progress(len(load_provinces()), progress, "province") as shown:
            made = province_forecasts(
                by,
                target_pct,
                known_by=known_by,
                draws=draws,
                seed=seed,
                tell=lambda name: shown.step(name, "ok"),
            )
        files = {f"{lang}/index.html": _page(Page(None, lang), made, draws, seed, langs) for lang in langs}
        for name in TABLES:
            frame = getattr(made, name)
            files[f"{name}.csv"] = to_csv(Table(name, "", frame).as_json())
            files[f"{name}.parquet"] = _parquet(frame)
        with page_set.changing(home) as place:
            page_set.switch(place, files, {}, page_set.Earlier(), made_from, {})
    return [home / name for name in names]


def _page(page, made, draws, seed, langs):
    versions = ", ".join(f"{name} {version}" for name, version in locked_versions().items())
    footer = [
        page.say("report.run_record", hash=cache.fingerprint(FOLDER)),
        page.say("provinces.made", draws=page.number(draws), seed=str(seed)),
        page.say("report.run_versions", versions=versions),
    ]
    return provinces_page(page, made, footer, langs)


def _parquet(frame):
    buffer = BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()
