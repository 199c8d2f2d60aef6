# SPDX-License-Identifier: Apache-2.0
"""Times as the recipes write them: YYYY-MM-DDThh:mm:ss[.fffffff]Z, UTC."""
import calendar
import time


def unix_100ns(text):
    """The time in units of 100 ns since 1970."""
    if not text.endswith("Z"):
        raise ValueError(f"not a UTC time: {text}")
    whole, _, fraction = text[:-1].partition(".")
    seconds = calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))
    return seconds * 10_000_000 + int(fraction.ljust(7, "0"))


def unix(text):
    return unix_100ns(text) // 10_000_000


def filetime(text):
    """The time as a Windows FILETIME: 100 ns since 1601."""
    return unix_100ns(text) + 116_444_736_000_000_000
