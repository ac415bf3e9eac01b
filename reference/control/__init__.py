"""The control plane: faults to order and observations to read, for tests (contract/control.openapi.yaml)."""
