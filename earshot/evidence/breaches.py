"""What the service said that the contract does not allow."""

from __future__ import annotations

from earshot.evidence.page import counted, page, text
from earshot.evidence.wirelog import shown
from earshot.ledger import Kind, Ledger
from earshot.pages import stylesheet

STYLE = stylesheet("breaches")


def breaches_page(ledger: Ledger, *, title: str = "Breaches of the contract") -> str | None:
    """Return a page with every message that broke the contract, and how; None if none did."""
    observations = list(ledger)
    breaches = [o for o in observations if o.kind is Kind.VIOLATION]
    if not breaches:
        return None
    body = ""
    for breach in breaches:
        cause = next((o for o in observations if o.at_ns == breach.at_ns and o.kind is not Kind.VIOLATION), None)
        message = f'<p class="mono">{text(shown(cause))}</p>' if cause else ""
        body += (
            f'<section class="card breach"><b>{text(breach.words)}</b>'
            f"<span>{text(breach.leg)}, {ledger.elapsed_ms(breach):,.0f} ms into the scenario</span>{message}</section>"
        )
    return page(
        title, f'<p class="facts">{counted(len(breaches), "message")} broke the contract.</p>{body}', style=STYLE
    )
