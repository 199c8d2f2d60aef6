# SPDX-License-Identifier: Apache-2.0
# compare_views.py IMAGE [PATH-PREFIX [OPTION...]]: what ioc-strings with these options finds
# in the bytes of an image and gives to a live file must be what it finds in the
# content of that file, all records the same but for further owners. Two ways to the
# same lines: media with the map of owners, fragments and compression units put
# together; and the file's reader. Prints what differs, and how much was compared;
# status 1 if anything differs or nothing was found.
import collections
import json
import subprocess
import sys


def records(*command):
    output = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if output.returncode not in (0, 1):
        sys.exit(f"{command}: status {output.returncode}")
    return [json.loads(line) for line in output.stdout.splitlines()]


def key(record):
    return json.dumps({name: value for name, value in record.items() if name != "also"})


image, prefix = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "/"
find = ["ioc-strings", "-q", "-a", *sys.argv[3:]]
by_file = collections.defaultdict(list)
for record in records(*find, image):
    if record.get("state") == "allocated" and record["area"] in ("content", "resident"):
        by_file[record["volume"], record["inode"]].append(key(record))

files = hits = different = 0
for record in records("fs-ls", image):
    if record["type"] != "file" or record["state"] != "allocated" or not record.get("size") \
            or record["file_type"] != "regular" or record["path"].startswith("/$") \
            or not record["path"].startswith(prefix):
        continue
    own = [key(hit) for hit in records(*find, f"{image}:{record['volume']}:{record['inode']}")]
    files += 1
    hits += len(own)
    if sorted(own) != sorted(by_file[record["volume"], record["inode"]]):
        different += 1
        print(record["path"], "file:", set(own) - set(by_file[record["volume"], record["inode"]]),
              "image:", set(by_file[record["volume"], record["inode"]]) - set(own))
print(files, "files", hits, "hits", different, "different")
sys.exit(different > 0 or hits == 0)
