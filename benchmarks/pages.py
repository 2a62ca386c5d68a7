"""Pages whose tables a benchmark writes."""

from __future__ import annotations


def written(page: str, tables: dict[str, str]) -> str:
    """Return the page with the tables between their marks."""
    for name, table in tables.items():
        before, mark, after = page.partition(f"<!-- {name} -->\n")
        if mark:
            page = f"{before}{mark}{table}\n<!-- end -->{after.partition('<!-- end -->')[2]}"
    return page
