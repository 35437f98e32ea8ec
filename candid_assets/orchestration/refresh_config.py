"""The options of a refresh's run, and what it yields to Dagster."""

import dagster as dg

DagsterEvent = dg.MaterializeResult[None] | dg.AssetCheckEvaluation | dg.AssetObservation


class RefreshConfig(dg.Config):
    """What a person may set when launching a refresh."""

    force: bool = False
    """Read and build everything again although nothing changed."""
    read_all: bool = False
    """Read every workbook, whatever Drive says; build where the content changed."""
    accept_loss: bool = False
    """Take tabs as they are that lost most of their rows."""
