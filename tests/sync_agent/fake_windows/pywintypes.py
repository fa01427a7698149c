"""Stands where pywin32's module is on Windows: the one exception that COM raises there."""

from __future__ import annotations


class com_error(Exception):  # noqa: N801 - the name that pywin32 gives it
    """hresult and the number inside excepinfo are signed, as pywin32 has them."""

    def __init__(self, hresult: int, strerror: str, excepinfo: tuple | None, argerror: int | None) -> None:
        super().__init__(hresult, strerror, excepinfo, argerror)
        self.hresult, self.strerror, self.excepinfo, self.argerror = hresult, strerror, excepinfo, argerror
