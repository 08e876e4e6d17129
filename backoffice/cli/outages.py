"""Outages, from the console: the register, and one outage with its list and results."""

import json

import click

from backoffice.cli.main import cli, in_app
from backoffice.intake.outages import queries
from backoffice.intake.outages.models import Outage, OutageList
from backoffice.intake.outages.values import LineState
from backoffice.intake.receipts import instant


@cli.group("outage")
def outage_group() -> None:
    """Outages and the dates they moved."""


@outage_group.command("list")
@in_app
def list_outages() -> None:
    """List the outages, the latest first, as JSON."""
    every = queries.outages()
    latest = queries.latest_lists(one.id for one in every)
    rows = [_facts(one) | {"list": latest[one.id].state.value if one.id in latest else None} for one in every]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=2))


@outage_group.command("show")
@click.argument("outage_id", type=int)
@in_app
def show(outage_id: int) -> None:
    """Show an outage with its lists: who signed, the digest, the counts, the results, as JSON."""
    outage = queries.outage(outage_id)
    found = _facts(outage) | {"lists": [_list(one) for one in queries.lists(outage_id)]}
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _facts(outage: Outage) -> dict[str, object]:
    ended, reversed_ = outage.ends_at, outage.reversed_at
    return {
        "outage": outage.id, "starts_at": instant(outage.starts_at), "ends_at": instant(ended) if ended else None, **outage.extent.to_json(),
        "summary": outage.summary, "source": outage.source, "version": outage.version, "reversed_at": instant(reversed_) if reversed_ else None,
    }  # fmt: skip


def _list(listed: OutageList) -> dict[str, object]:
    counts, progress = queries.counts(listed.id), queries.progress(listed.id)
    return {
        "list": listed.id, "kind": listed.kind.value, "state": listed.state.value, "list_sha256": listed.list_sha256, "asked_by": listed.by_id,
        "second": listed.second_id, "lines": {kind.value: many for kind, many in counts.by_kind.items()}, "terms": counts.by_term, "why": counts.by_why,
        "results": {state.value: progress.by_state.get(state, 0) for state in LineState}, "told": progress.told,
        "prepared_at": instant(listed.prepared_at), "done_at": instant(listed.done_at) if listed.done_at else None,
    }  # fmt: skip
