"""``bilan schema``: the JSON schema of what ``bilan compile`` writes."""

from __future__ import annotations

import json

from bilan.cli import new_app

app = new_app()


@app.command()
def schema() -> None:
    """Print the JSON schema."""
    from bilan.plan.schema import json_schema

    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))
