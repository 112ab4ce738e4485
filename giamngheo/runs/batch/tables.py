"""The results of a batch in files: pieces as they come, and from them one table as Parquet and CSV."""

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from giamngheo import paths
from giamngheo.simulation.results import COLUMNS

KINDS = {str: pa.string(), float: pa.float64(), int: pa.int32(), bool: pa.bool_()}
PIECE = pa.schema([("address", pa.string()), *((name, KINDS[kind]) for name, kind in COLUMNS.items())])
AT_ONCE = 500  # scenarios in memory while the table is written
SMALL, MOST_SMALL = 65_536, 1_000  # bytes of a piece that is kept when it was read once, and how many are
# What a scenario has that does not name a key: the plan in full and on time.
UNNAMED = {
    "delay_years": 0.0,
    "phasing": "even",
    "continuity": 1.0,
    "scenario_group": "all",
    "funding.keep_total": False,
}


def write_piece(place, found):
    """Keep results.

    Parameters
    ----------
    place : Path
        The folder of a batch's pieces, or one from which `Folder.take_pieces` takes them there.
    found : dict of str to list of dict
        By address, rows as of `simulation.results.result_rows`.

    Returns
    -------
    Path
    """
    from giamngheo.runs.batch.folder import piece_name

    rows = [{"address": address} | row for address, each in found.items() for row in each]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=PIECE), sink)
    content = sink.getvalue().to_pybytes()
    path = place / piece_name(content)
    paths.write_atomically(path, content)
    return path


class Pieces:
    """The pieces of a folder, read when their rows are asked for, small ones at once."""

    def __init__(self, folder):
        self._where, self._open, self._small = {}, {}, {}
        for path, content in folder.whole_pieces():
            piece = pq.ParquetFile(pa.BufferReader(content))
            if len(self._small) < MOST_SMALL and len(content) < SMALL:
                self._small[path] = table = piece.read(use_threads=False)
            else:
                table = piece.read(["address"], use_threads=False)
            for n, address in enumerate(table["address"].to_pylist()):
                start = self._where.get(address, (None, n, 0))
                first = start[1] if start[0] == path else n
                self._where[address] = (path, first, n - first + 1)

    def __contains__(self, address):
        return address in self._where

    def rows(self, address):
        """The rows of an address (Table)."""
        path, start, count = self._where[address]
        if path in self._small:
            return self._small[path].slice(start, count)
        if path not in self._open:
            while len(self._open) > 3:
                del self._open[next(iter(self._open))]
            self._open[path] = pq.read_table(path)
        return self._open[path].slice(start, count)


def write_tables(home, tasks, parameters, pieces):
    """Write results.parquet and results.csv.

    Parameters
    ----------
    home : Path
        A folder in which they are not yet.
    tasks : iterable of (Task, str)
        With the address of each; those without results are passed over.
    parameters : dict of str to type
        Columns of parameters, as of `Plan.parameters`.
    pieces : Pieces

    Yields
    ------
    Task, list of dict
        The rows that tell of a target or of money, for whoever sums them up.
    """
    named = [("package", pa.string()), ("scenario", pa.string())]
    named += [(name, KINDS[kind]) for name, kind in parameters.items()]
    schema = pa.schema([*named, *(field for field in PIECE if field.name != "address")])
    with (
        pq.ParquetWriter(home / "results.parquet", schema, compression="zstd") as parquet,
        (home / "results.csv").open("wb") as file,
    ):
        file.write(b"\xef\xbb\xbf")  # a spreadsheet then reads its letters right
        with pa.csv.CSVWriter(file, schema, write_options=_csv_options()) as csv:
            for batch in _in_batches(tasks, pieces):
                table = _table(batch, schema, parameters)
                parquet.write_table(table, row_group_size=len(table))
                csv.write_table(table)
                yield from ((task, _told(rows)) for task, rows in batch)


def _csv_options():
    return pa.csv.WriteOptions(quoting_style="needed", quoting_header="none")


def _in_batches(tasks, pieces):
    batch = []
    for task, address in tasks:
        if address in pieces:
            batch.append((task, pieces.rows(address)))
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _table(batch, schema, parameters):
    values = {"package": [], "scenario": []} | {name: [] for name in parameters}
    for task, _ in batch:
        values["package"].append(task.package.name)
        values["scenario"].append(task.id)
        columns = task.columns
        for name, kind in parameters.items():
            values[name].append(parameter(columns, name, kind))
    rows = pa.concat_tables([rows for _, rows in batch]).combine_chunks()
    each = np.repeat(np.arange(len(batch)), [len(rows) for _, rows in batch])
    made = [
        pa.array(values[field.name], field.type).take(pa.array(each))
        if field.name in values
        else rows[field.name].combine_chunks()
        for field in schema
    ]
    return pa.Table.from_arrays(made, schema=schema)


def parameter(columns, name, kind):
    """What a scenario has in a column of parameters, in the column's kind; None where it says nothing of it."""
    value = columns.get(name)
    if value is None:  # a number for every year stands for each of them
        above = name.rpartition(".")[0]
        value = columns.get(above)
    if value is None and not any(key.startswith(f"{name}.") for key in columns):
        value = UNNAMED.get(name, 1.0 if name.startswith("funding.") else None)
    if value is None or (kind is not str and isinstance(value, str)):
        return None
    if kind is str and not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else repr(float(value)).removesuffix(".0")
    return value


def _told(rows):
    """The rows that the index page tells of."""
    names = ["case", "group", "status", "year", "target", "chance", "chance_both", "q50"]
    names.append("money_delivered_bn_vnd")
    return [row for row in rows.select(names).to_pylist() if row["target"]] or rows.select(names).slice(
        0, 1
    ).to_pylist()
