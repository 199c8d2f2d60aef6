/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The one declaration of all fields and record types. No include guard: it is
 * included for what the includer makes of RECORD_FIELD and RECORD_TYPE.
 *
 *     RECORD_FIELD(SYMBOL, "name", KIND, "meaning")
 *         KIND: TEXT, NUMBER, BOOL, TIME, LIST, OBJECT, ANY
 *     RECORD_TYPE(SYMBOL, "name", "meaning", FIELDS in the order they are written)
 *
 * The same fact has the same name in every type. fett-records(5) is made of this.
 */

#ifdef RECORD_FIELD
RECORD_FIELD(IMAGE, "image", TEXT, "the evidence as the operand names it")
RECORD_FIELD(VOLUME, "volume", TEXT, "volume in the image: p1, p0, p2.fs1; its shadow copy: p1.vss1")
RECORD_FIELD(PATH, "path", TEXT, "path in the volume; a stream is path:stream")
RECORD_FIELD(INODE, "inode", TEXT, "metadata address as TSK writes it")
RECORD_FIELD(HOST, "host", TEXT,
             "name of the machine: given by -H, else, of autostarts, keys, values and facts, as its own hives tell")
RECORD_FIELD(STATE, "state", TEXT, "allocated, deleted, orphan; of a target also absent")
RECORD_FIELD(META, "meta", TEXT, "of a deleted file: metadata allocated, deleted, reallocated")
RECORD_FIELD(CONTENT, "content", TEXT, "of a deleted file: intact, partial, overwritten, unknown")
RECORD_FIELD(AREA, "area", TEXT, "content, slack, resident, index, metadata, unallocated, unpartitioned")
RECORD_FIELD(OFFSET, "offset", NUMBER, "bytes from the start of the media; in a shadow copy of what the media was then")
RECORD_FIELD(FILE_OFFSET, "file_offset", NUMBER, "bytes from the start of the file")
RECORD_FIELD(DECODED_OFFSET, "decoded_offset", NUMBER,
             "bytes from the start of what was decoded of an encoded unit")
RECORD_FIELD(LENGTH, "length", NUMBER, "bytes of the thing")
RECORD_FIELD(RUNS, "runs", LIST, "its pieces where it is not in one: list of {offset, length}")
RECORD_FIELD(ALSO, "also", LIST, "further owners of the same bytes: list of {path, inode, state}")
RECORD_FIELD(FILE_TYPE, "file_type", TEXT, "regular, directory, link, special, virtual, unknown")
RECORD_FIELD(SIZE, "size", NUMBER, "bytes of content")
RECORD_FIELD(MODE, "mode", TEXT, "permission bits, octal")
RECORD_FIELD(UID, "uid", NUMBER, "owner")
RECORD_FIELD(GID, "gid", NUMBER, "group")
RECORD_FIELD(LINKS, "links", NUMBER, "hard links")
RECORD_FIELD(SEQ, "seq", NUMBER, "sequence number of the $MFT record")
RECORD_FIELD(PARENT, "parent", TEXT, "metadata address of the folder; NTFS with the sequence number: 40-7")
RECORD_FIELD(NAMES, "names", LIST, "further hard links: list of paths")
RECORD_FIELD(LINK_TARGET, "link_target", TEXT, "where a symbolic link points, of files and of keys")
RECORD_FIELD(ATTRIBUTES, "attributes", LIST, "hidden, system, read-only, archive, compressed, encrypted, sparse")
RECORD_FIELD(BTIME, "btime", TIME, "born; of a shadow copy: when it was made")
RECORD_FIELD(MTIME, "mtime", TIME, "modified")
RECORD_FIELD(ATIME, "atime", TIME, "accessed")
RECORD_FIELD(CTIME, "ctime", TIME, "metadata changed")
RECORD_FIELD(DTIME, "dtime", TIME, "deleted")
RECORD_FIELD(FN_BTIME, "fn_btime", TIME, "born, in the $FILE_NAME of this name and parent")
RECORD_FIELD(FN_MTIME, "fn_mtime", TIME, "modified, likewise")
RECORD_FIELD(FN_ATIME, "fn_atime", TIME, "accessed, likewise")
RECORD_FIELD(FN_CTIME, "fn_ctime", TIME, "metadata changed, likewise")
RECORD_FIELD(MD5, "md5", TEXT, "of the content")
RECORD_FIELD(SHA1, "sha1", TEXT, "of the content")
RECORD_FIELD(SHA256, "sha256", TEXT, "of the content")
RECORD_FIELD(MIME, "mime", TEXT, "type of the content")
RECORD_FIELD(MAGIC, "magic", TEXT, "description of the content")
RECORD_FIELD(KIND, "kind", TEXT, "of an indicator: domain, url ... as ioc-strings(1) has them; of a gap: damage, acquisition, structure")
RECORD_FIELD(VALUE, "value", TEXT, "of an indicator, normalised; of a fact")
RECORD_FIELD(ENCODING, "encoding", TEXT, "of an indicator: ascii, utf-8, utf-16le, utf-16be")
RECORD_FIELD(CONFIDENCE, "confidence", NUMBER, "0-100")
RECORD_FIELD(REASON, "reason", TEXT, "why: of a confidence, of a gap, of an event that is shown")
RECORD_FIELD(CONTEXT, "context", TEXT, "the bytes of an indicator whose value is not as it stands there")
RECORD_FIELD(LOCATION, "location", TEXT, "of an autostart: its id in the catalogue")
RECORD_FIELD(CATEGORY, "category", TEXT, "of an autostart: logon, service, driver, boot ...; of a fact: system, user, network ...")
RECORD_FIELD(SUBJECT, "subject", TEXT, "of a fact: which user, interface, drive, device; none: the machine itself")
RECORD_FIELD(VALUE_NAME, "value_name", TEXT, "of a fact: the registry value that tells it; none: several, or the key")
RECORD_FIELD(TECHNIQUE, "technique", TEXT, "ATT&CK id")
RECORD_FIELD(USER, "user", TEXT, "whose autostart it is, where it is one user's")
RECORD_FIELD(KEY, "key", TEXT, "registry key from the hive's mount point; of INI files the section")
RECORD_FIELD(NAME, "name", TEXT, "of the value; of a volume's label; of a fact")
RECORD_FIELD(DATA_TYPE, "data_type", TEXT, "REG_SZ ...")
RECORD_FIELD(DATA, "data", ANY, "text, number, list of texts, or hex")
RECORD_FIELD(KEY_LAST_WRITE, "key_last_write", TIME, "of the key; values have none")
RECORD_FIELD(CLASS, "class", TEXT, "of a key: its class name")
RECORD_FIELD(OWNER, "owner", TEXT, "of a key: SID of its owner")
RECORD_FIELD(ORIGIN, "origin", TEXT, "live, log, superseded, deleted, backup")
RECORD_FIELD(CURRENT, "current", BOOL, "of a control set: it is the one in use")
RECORD_FIELD(ENABLED, "enabled", BOOL, "the autostart is in effect")
RECORD_FIELD(DEFAULT, "default", BOOL, "ships with this version of Windows")
RECORD_FIELD(PROGRAM, "program", TEXT, "what is started, as a path in the volume where it was found")
RECORD_FIELD(ARGUMENTS, "arguments", TEXT, "with which arguments")
RECORD_FIELD(ANOMALIES, "anomalies", LIST, "what is odd about it, in words")
RECORD_FIELD(TARGET, "target", OBJECT, "the file that it starts, or of which a journal tells (path, inode): image, volume, path, inode, state, size, times, mime, linked, sha256")
RECORD_FIELD(DATETIME, "datetime", TIME, "when")
RECORD_FIELD(DATETIME_CLOCK, "datetime_clock", TIME, "when by the evidence's clock, before --clock")
RECORD_FIELD(TIMESTAMP_DESC, "timestamp_desc", TEXT, "what: born; modified; metadata changed; accessed")
RECORD_FIELD(MESSAGE, "message", TEXT, "in words")
RECORD_FIELD(SOURCE, "source", TEXT, "si, fn, fs, reg, usn, evt, prefetch, vss ...")
RECORD_FIELD(PROVIDER, "provider", TEXT, "of an event of a log: who wrote it")
RECORD_FIELD(EVENT_ID, "event_id", NUMBER, "likewise: its number for what happened")
RECORD_FIELD(RECORD_NUMBER, "record_number", NUMBER, "of an event: its number in its log or journal")
RECORD_FIELD(MACB, "macb", TEXT, "mactime's letters")
RECORD_FIELD(NAME_ID, "name_id", NUMBER, "of a $FILE_NAME: its attribute id")
RECORD_FIELD(CODE, "code", TEXT, "of an anomaly")
RECORD_FIELD(EVIDENCE, "evidence", TEXT, "what shows the anomaly")
RECORD_FIELD(FIRST_SEEN, "first_seen", TIME, "of the same thing over backups, snapshots, hosts")
RECORD_FIELD(LAST_SEEN, "last_seen", TIME, "likewise")
RECORD_FIELD(SRC, "src", TEXT, "of a flow: source address")
RECORD_FIELD(SPORT, "sport", NUMBER, "source port")
RECORD_FIELD(DST, "dst", TEXT, "destination address")
RECORD_FIELD(DPORT, "dport", NUMBER, "destination port")
RECORD_FIELD(PROTOCOL, "protocol", TEXT, "tcp, udp, icmp ...")
RECORD_FIELD(COUNT, "count", NUMBER, "how many")
RECORD_FIELD(FILES, "files", NUMBER, "in how many files")
RECORD_FIELD(ACTION, "action", TEXT, "accept, deny ...")
RECORD_FIELD(FORMAT, "format", TEXT, "of an image: raw, EWF ...; of a volume: NTFS, FAT16 ...")
RECORD_FIELD(SCHEME, "scheme", TEXT, "of an image: none, MBR, GPT ...")
RECORD_FIELD(SECTOR_SIZE, "sector_size", NUMBER, "bytes")
RECORD_FIELD(SECTOR, "sector", NUMBER, "of a volume: its first sector")
RECORD_FIELD(SECTORS, "sectors", NUMBER, "of a volume: how many")
RECORD_FIELD(SLOT, "slot", NUMBER, "of a volume: mmls slot")
RECORD_FIELD(CLUSTER_SIZE, "cluster_size", NUMBER, "bytes")
RECORD_FIELD(DETAIL, "detail", TEXT, "partition type, encryption scheme")
RECORD_FIELD(SEGMENTS, "segments", LIST, "files the image consists of")
RECORD_FIELD(FACTS, "facts", OBJECT, "of an image: what the container says about its acquisition; of a shadow copy: its identifiers and the machine that made it; of an autostart: what its task, shortcut or event consumer says besides, such as author, triggers, last_run, volume_serial, query; of a component of Active Setup for which users it is pending or done; of boot code the jump to it, and whose it is known to be")
RECORD_FIELD(STORED, "stored", OBJECT, "digests that the image stores")
RECORD_FIELD(EXPECTED, "expected", LIST, "what digests were compared with: list of {source, subject, algorithm, digest, equal}")
RECORD_FIELD(VERDICT, "verdict", TEXT, "of a verification: match, differ, nothing to compare with")
RECORD_FIELD(COMMAND, "command", TEXT, "of a run: the command line")
RECORD_FIELD(VERSIONS, "versions", OBJECT, "of a run: fett, libraries, data")
RECORD_FIELD(OPTIONS, "options", OBJECT, "of a run: options in effect")
RECORD_FIELD(START, "start", TIME, "of a run")
RECORD_FIELD(END, "end", TIME, "of a run")
RECORD_FIELD(STATUS, "status", NUMBER, "of a run: exit status; 141: the reader of its output went away")
RECORD_FIELD(RECORDS, "records", NUMBER, "of a run: how many were written")
RECORD_FIELD(RULE, "rule", TEXT, "of an alert")
RECORD_FIELD(TITLE, "title", TEXT, "of an alert")
RECORD_FIELD(LEVEL, "level", TEXT, "of an alert")
RECORD_FIELD(MATCH, "match", LIST, "added by ioc-match: list of {rule, title, level, indicator}")
#endif

#ifdef RECORD_TYPE
#define RECORD_OBJECT IMAGE, VOLUME, PATH, INODE
RECORD_TYPE(HOST, "host", "a fact about the machine", RECORD_OBJECT, HOST, CATEGORY, SUBJECT,
            NAME, VALUE, KEY, VALUE_NAME, KEY_LAST_WRITE, ORIGIN, CURRENT)
RECORD_TYPE(IMAGE, "image", "an image: what it is, whether it is whole", IMAGE, HOST, FORMAT, SIZE,
            SECTOR_SIZE, SCHEME, SEGMENTS, FACTS, MD5, SHA1, SHA256, STORED, EXPECTED, VERDICT)
RECORD_TYPE(VOLUME, "volume", "a volume or an unpartitioned range of an image", IMAGE, VOLUME, HOST,
            AREA, OFFSET, LENGTH, SECTOR, SECTORS, SLOT, FORMAT, NAME, CLUSTER_SIZE, BTIME, DETAIL,
            FACTS)
RECORD_TYPE(FILE, "file", "a file or stream", RECORD_OBJECT, HOST, STATE, META, CONTENT, FILE_TYPE,
            SIZE, MODE, UID, GID, LINKS, SEQ, PARENT, NAMES, LINK_TARGET, ATTRIBUTES, BTIME, MTIME,
            ATIME, CTIME, DTIME, FN_BTIME, FN_MTIME, FN_ATIME, FN_CTIME, MD5, SHA1, SHA256, MIME,
            MAGIC)
RECORD_TYPE(GAP, "gap", "something that could not be read, and why", RECORD_OBJECT, HOST, OFFSET,
            FILE_OFFSET, LENGTH, KIND, REASON)
RECORD_TYPE(INDICATOR, "indicator", "a host, address, path ... in the evidence", RECORD_OBJECT, HOST,
            STATE, META, CONTENT, AREA, OFFSET, FILE_OFFSET, LENGTH, RUNS, ALSO, KIND, VALUE,
            ENCODING, DECODED_OFFSET, CONFIDENCE, REASON, CONTEXT)
RECORD_TYPE(AUTORUN, "autorun", "something that starts by itself", RECORD_OBJECT, HOST, OFFSET,
            LENGTH, LOCATION, CATEGORY, TECHNIQUE, USER, KEY, NAME, DATA_TYPE, DATA, KEY_LAST_WRITE, ORIGIN, CURRENT,
            ENABLED, DEFAULT, PROGRAM, ARGUMENTS, FACTS, ANOMALIES, FIRST_SEEN, LAST_SEEN, TARGET)
RECORD_TYPE(KEY, "key", "a registry key", RECORD_OBJECT, HOST, OFFSET, KEY, FILE_OFFSET,
            KEY_LAST_WRITE, CLASS, OWNER, LINK_TARGET, ORIGIN, CURRENT, ANOMALIES)
RECORD_TYPE(VALUE, "value", "a registry value", RECORD_OBJECT, HOST, OFFSET, KEY, NAME,
            DATA_TYPE, DATA, LENGTH, FILE_OFFSET, KEY_LAST_WRITE, ORIGIN, CURRENT, ANOMALIES)
RECORD_TYPE(EVENT, "event", "something that happened at a time", DATETIME, DATETIME_CLOCK,
            TIMESTAMP_DESC, MESSAGE, SOURCE, MACB, RECORD_OBJECT, HOST, STATE, META, FILE_TYPE, SIZE,
            MODE, UID, GID, LINK_TARGET, PARENT, NAME_ID, ORIGIN, USER, PROVIDER, EVENT_ID,
            RECORD_NUMBER, KEY, PROGRAM, COUNT, TARGET, REASON)
RECORD_TYPE(ANOMALY, "anomaly", "a sign that times were changed", DATETIME, RECORD_OBJECT, HOST, STATE,
            META, CODE, EVIDENCE, MESSAGE, REASON)
RECORD_TYPE(FLOW, "flow", "network traffic as a log tells it", DATETIME, HOST, SRC, SPORT, DST, DPORT,
            PROTOCOL, COUNT, ACTION, MESSAGE)
RECORD_TYPE(ALERT, "alert", "a rule that matched", DATETIME, HOST, RULE, TITLE, LEVEL, COUNT,
            FIRST_SEEN, LAST_SEEN, MESSAGE)
RECORD_TYPE(COUNT, "count", "how often a value occurs, and where first", KIND, VALUE,
            COUNT, FILES, IMAGE, HOST, OFFSET)
RECORD_TYPE(RUN, "run", "the custody record of one run", COMMAND, VERSIONS, OPTIONS, STORED, START,
            END, STATUS, RECORDS, SHA256)
#undef RECORD_OBJECT
#endif
