# SPDX-License-Identifier: Apache-2.0
"""logs.py OUTDIR SYSTEM APPLICATION SECURITY: the three event logs from their descriptions."""
import sys

import artifact

for name, path in zip(("SysEvent.Evt", "AppEvent.Evt", "SecEvent.Evt"), sys.argv[2:]):
    with open(f"{sys.argv[1]}/{name}", "wb") as log:
        log.write(artifact.event_log(path, "KRAKUS-WS3", 65536))
