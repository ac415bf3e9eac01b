"""The studio's page, without a browser: what it decides, keeps and shows (STU-89 to STU-105, STU-120 to STU-122)."""
