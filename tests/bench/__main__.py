"""`make bench`: our service and stock Rasa in one run, written to docs/benchmarks.md's table."""

import argparse
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.engine.train import data_fingerprint
from bot.knowledge.files import read_faqs
from bot.settings import PROJECT
from bot.supervisor import engine_python
from tests.bench import stock
from tests.bench.service import USERS, Row, measure_huicai, measure_stock

console = Console()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--without-stock", action="store_true", help="skip the peer (2 GB, minutes)")
    given = arguments.parse_args()
    console.print(f"{platform.machine()}, {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}")
    rows = {"惠才通": measure_huicai(trained_model())}
    if not given.without_stock:
        rows["stock Rasa"] = _stock()
    _show(rows)


def trained_model() -> Path:
    folder = PROJECT / ".stamps" / "models"
    command = [engine_python(), "-m", "bot.engine.train", "--unless-current", "--out", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, stdout=sys.stderr)
    return max(folder.glob(f"huicai-*-{data_fingerprint(config=PROJECT / 'config.yml')}.tar.gz"))


def _stock() -> Row:
    stock.install()
    faqs, _ = read_faqs(PROJECT / "data" / "knowledge")
    faqs = faqs[: stock.FAQS]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stock.write_project(folder, faqs)
        console.print(f"training stock Rasa on {len(faqs)} FAQs …")
        stock.train(folder)
        port, url = stock.address()
        return measure_stock(url, stock.serve_command(port), cwd=folder, env=stock.environment())


def _show(rows: dict[str, Row]) -> None:
    table = Table("measure", *rows, box=None)
    for label, show in (
        ("ready after start, s", lambda row: f"{row.ready_s:.1f}"),
        ("memory after load, MB", lambda row: f"{row.idle_mb:.0f}"),
        ("1 user", lambda row: str(row.one_user)),
        (f"{USERS} users", lambda row: str(row.many_users)),
        ("arriving at a fixed rate", lambda row: str(row.steady)),
        ("turn 10 and on, ms", lambda row: f"{row.at_10_ms:.0f}"),
        ("turn 1,000 and on, ms", lambda row: f"{row.at_1000_ms:.0f}"),
        ("1,000 ÷ 10", lambda row: f"{row.at_1000_ms / row.at_10_ms:.2f}"),
    ):
        table.add_row(label, *(show(row) for row in rows.values()))
    console.print(table)


if __name__ == "__main__":
    main()
