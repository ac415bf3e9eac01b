"""Where state lives: AWS clients, tables, clock and ids."""
