"""Files and bundled sets become a Dataset here."""

from landscape_app.data.bundled import BundledColumn, BundledSet, bundled_catalogue, bundled_names, load_bundled
from landscape_app.data.choosing import Missing, Scale, chosen_columns, dataset_from_table
from landscape_app.data.files import read_table
from landscape_app.data.listing import data_listing
from landscape_app.data.names import DataKind, resolve_name
from landscape_app.data.table import Column, Table

__all__ = [
    "BundledColumn",
    "BundledSet",
    "Column",
    "DataKind",
    "Missing",
    "Scale",
    "Table",
    "bundled_catalogue",
    "bundled_names",
    "chosen_columns",
    "data_listing",
    "dataset_from_table",
    "load_bundled",
    "read_table",
    "resolve_name",
]
