"""The page in the browser, without a browser: what it decides and when (CONV-60 to CONV-69)."""
