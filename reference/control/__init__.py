"""The control plane: faults to order and observations to read, for tests on this machine (contract/control.openapi.yaml)."""
