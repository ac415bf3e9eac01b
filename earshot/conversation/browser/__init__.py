"""The page in the browser, without a browser: what it decides and when (conversation sheet, section 7)."""
