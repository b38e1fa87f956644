from tests.desk_client import archive, client, filled

__all__ = ["archive", "client", "filled"]
