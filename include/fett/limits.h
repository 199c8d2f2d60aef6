/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_LIMITS_H
#define FETT_LIMITS_H

/*
 * limits: every bound of the library, with its reason. A limit that is reached
 * is reported, never silent.
 */

/* Depth of folders. NTFS itself allows 32,767 characters of path; folders
 * deeper than this are a loop in a damaged volume. */
#define LIMIT_PATH_DEPTH 1024

/* Paths of folders up to this many bytes are kept, some thousand of them; longer
 * ones, which Windows itself can hardly make, are put together anew. */
#define LIMIT_KEPT_PATH_BYTES 4096

/* Size of one $MFT record. 1,024 and 4,096 are in use; the format would allow
 * more than any driver reads. */
#define LIMIT_MFT_RECORD_BYTES 65536

/* Clusters of one NTFS run, and the number of one: in bytes, of clusters of at
 * most 2 MiB, they and sums of two of them stay within 63 bits. */
#define LIMIT_RUN_CLUSTERS (UINT64_C(1) << 40)

/* Clusters of one stream, with its holes: NTFS numbers them in 63 bits, Windows
 * allows 8 PiB. Times clusters of 2 MiB it stays a number of bytes. */
#define LIMIT_STREAM_CLUSTERS (UINT64_C(1) << 41)

/* An NTFS $ATTRIBUTE_LIST: Windows keeps it within 256 KiB. */
#define LIMIT_ATTRIBUTE_LIST_BYTES 1048576

/* An NTFS compression unit: 16 clusters of at most 4 KiB; larger is no NTFS
 * that any system wrote. */
#define LIMIT_COMPRESSION_UNIT_BYTES 1048576

/* A reparse point: Windows allows 16 KiB. */
#define LIMIT_REPARSE_BYTES 16384

/* The target of a symbolic link: Linux allows 4,095 bytes. */
#define LIMIT_LINK_BYTES 4096

/* Hard links that one file is shown with, as many as NTFS allows; ext4 has up to
 * 65,000. Those beyond begin a further record. */
#define LIMIT_NAMES_A_FILE 1024

/* Blocks that a file of ext2 and ext3 may claim beyond those that its volume
 * has, as holes. libtsk keeps each hole block by itself and looks through all
 * of them for the next: 65,536 take seconds, a damaged size takes days. */
#define LIMIT_TSK_HOLE_BLOCKS 65536

/* Folders of an ISO 9660 that wait for being looked at, and the bytes of a path: its path
 * table can number 65,536 folders. */
#define LIMIT_ISO_FOLDERS 65536
#define LIMIT_ISO_PATH_BYTES 1024

/* Nodes of the catalogue of an HFS+ volume, 4 bytes of memory each: of 8 KiB they are a
 * catalogue of 128 GiB. */
#define LIMIT_HFS_NODES 16777216

/* Names of one file system that libtsk reads: 112 bytes of memory each. Folders
 * that are linked across multiply without end. */
#define LIMIT_TSK_NAMES 16777216

/* Time that libtsk may take to list a volume before it counts as hanging: some
 * seconds, and one for each MiB. On sound volumes it takes that only where one
 * folder has hundreds of thousands of files. */
#define LIMIT_TRIAL_SECONDS 5
#define LIMIT_TRIAL_BYTES_A_SECOND 1048576
#define LIMIT_TRIAL_MOST_SECONDS 3600
/* It hangs too when it does nothing at all for so long: media that answer later are broken. */
#define LIMIT_TRIAL_IDLE_SECONDS 30

/* Volumes of one image; Linux stops at 256 a disk, broken extended partition
 * chains loop. */
#define LIMIT_VOLUMES 1024

/* Blocks of the catalog of a volume's shadow copies: four are usual, nine hold the 512
 * copies that Windows keeps at most. */
#define LIMIT_SHADOW_CATALOG_BLOCKS 16

/* Links of one chain of logical partitions; Linux follows 100. */
#define LIMIT_LOGICAL_PARTITIONS 256

/* The entries of a GPT: 16 KiB by default. */
#define LIMIT_GPT_BYTES 1048576

/* A hive: Windows refuses more than 2 GiB; cells are addressed in 31 bits. */
#define LIMIT_HIVE_BYTES 0x80000000u

/* Hives of one tree that are read for what others need of them, and kept until they are
 * walked; one that is larger is read twice. Keys take as much again. */
#define LIMIT_KEPT_HIVES_BYTES 50331648

/* A transaction log of a hive: of each 512 bytes where they go is kept in memory.
 * Windows changes to the other log long before. */
#define LIMIT_HIVE_LOG_BYTES 536870912

/* Depth of registry keys: Windows allows 512. */
#define LIMIT_KEY_DEPTH 512

/* A Windows 9x hive, which is taken into memory; Windows Me stops at 16 MiB. */
#define LIMIT_9X_HIVE_BYTES 67108864

/* Hbins in a row whose hive is lost; they are taken into memory. */
#define LIMIT_FRAGMENT_BYTES 134217728

/* Bytes of all hives that are carved, and those in which their ends are sought, in sizes of the
 * media: real ones overlap little. Fragments count for none of it, and do not overlap. */
#define LIMIT_CARVED_TIMES 4

/* Keys of a Windows 9x hive; real ones have some ten thousand, loops have no end. */
#define LIMIT_9X_KEYS 1000000

/* Problems of one hive that are told one by one. */
#define LIMIT_HIVE_PROBLEMS 1000

/* Values of one key that are tried; a cell has no room for more pointers. */
#define LIMIT_VALUES_A_KEY 1048576

/* Data of deleted values that is read, in sizes of the hive: values that were not made
 * to claim the same data ask for each only a few times. */
#define LIMIT_DELETED_DATA_TIMES 64

/* The name of a program that is not quoted, with blanks in it: Windows tries each
 * of its starts up to MAX_PATH; folders with more words than these are not known. */
#define LIMIT_PROGRAM_BYTES 1040
#define LIMIT_PROGRAM_WORDS 24

/* Links on one path: as many as Windows follows. */
#define LIMIT_LINKS_A_PATH 63

/* Variables of one environment, which may have 32,767 characters in all; how many are put into
 * one name, those in their texts too, and how long it may be then. */
#define LIMIT_VARIABLES 1024
#define LIMIT_VARIABLES_A_NAME 32
#define LIMIT_EXPANDED_BYTES 4096

/* Programs that only start another one, one in the other. */
#define LIMIT_HOST_DEPTH 8

/* A pattern of the catalogue with its escapes: the tables are ours. */
#define LIMIT_PATTERN_BYTES 512

/* Programs that one value or line lists; win.ini of 1995 had a handful. */
#define LIMIT_PROGRAMS_A_VALUE 256

/* A file that something starts is read whole for its digest: programs are smaller, and
 * what an attacker blew up to be larger is not to hold up the rest. */
#define LIMIT_TARGET_BYTES 268435456

/* A text file that is parsed as a whole: INI, AUTOEXEC.BAT, autorun.inf. */
#define LIMIT_INI_BYTES 4194304

/* Nested elements of an XML text; those of a task have six. */
#define LIMIT_XML_DEPTH 64

/* The name of an XML element: those of tasks have some twenty letters. All that are
 * open are one path, which each end looks at. */
#define LIMIT_XML_NAME_BYTES 255

/* A task: Windows' own have up to some ten KiB. */
#define LIMIT_TASK_BYTES 4194304

/* A mapping of WMI's repository: 24 bytes for each page of 8 KiB are one of 8 GiB. */
#define LIMIT_WMI_MAPPING_BYTES 33554432

/* An instance in WMI's repository: scripts in it have some ten KiB. */
#define LIMIT_WMI_INSTANCE_BYTES 4194304

/* Bytes that are read again for instances, in sizes of OBJECTS.DATA: those that were not made
 * to claim the same bytes share few. */
#define LIMIT_WMI_TIMES 4

/* Texts of instances that are kept, and problems of one repository that are told. */
#define LIMIT_WMI_KEPT_BYTES 33554432
#define LIMIT_WMI_PROBLEMS 1000

/* Bindings of one event consumer that are told: more than a few were made to fill a disk. */
#define LIMIT_WMI_BINDINGS 64

/* What is read of a shortcut: its fields are shorter; programs that hide in one stand
 * behind them. */
#define LIMIT_SHORTCUT_BYTES 1048576

/* An event log of Windows NT to 2003, a list of a recycle bin, which are taken into
 * memory; all logs of a machine together had less than 300 MB. */
#define LIMIT_EVENT_LOG_BYTES 67108864

/* A log of transactions of a hive, to be asked whether it has anything but zeros: Windows makes
 * them of half a MB to some MB. A larger one is taken to have. */
#define LIMIT_TRANSACTION_LOG_BYTES 67108864

/* Zeros that a loose file may begin with: the journal of a volume is a hole of some GB
 * before its first record, which a copy has as zeros. They are read in seconds. */
#define LIMIT_LEADING_ZEROS 17179869184

/* What of one artifact cannot be used and is told one by one. */
#define LIMIT_ARTIFACT_PROBLEMS 100

/* A prefetch file, also decompressed: real ones have less than 2 MB. */
#define LIMIT_PREFETCH_BYTES 16777216

/* Objects and lists within each other in a record: ours have three; the parser goes down as deep. */
#define LIMIT_JSON_DEPTH 2048

/* Bytes of one line of input records: the largest value in hex, twice. */
#define LIMIT_LINE_BYTES 67108864

/* Memory in which records are sorted; more goes to TMPDIR in sorted runs. A
 * quarter of what a command may take (256 MiB). */
#define LIMIT_SORT_BYTES 67108864

/* Records that wait in memory until all are there, as fs-timeline's do; more goes
 * to TMPDIR. */
#define LIMIT_SPOOL_BYTES 33554432

/* Names in the indexes of a volume that its $MFT does not have, in memory; more are a gap. A busy
 * disk has some ten thousand; with their texts as many take 16 MB. */
#define LIMIT_LOST_NAMES 131072

/* Entries with one name in one folder that are compared with each other. */
#define LIMIT_LOST_COPIES 64

/* Events of files and records that fs-timeline keeps in memory, 32 bytes each; more go to
 * TMPDIR. With the index of a million files this stays below the 256 MiB of the design. */
#define LIMIT_EVENTS_IN_MEMORY 524288

/* The chain of fs-timeline --first: steps back from what is in focus, which real ones do
 * not have; events looked at in a step; programs that come in one moment when a dropper
 * brings them, where an installation brings more; files in focus, for all of which a
 * person can read the chain. */
#define LIMIT_FIRST_STEPS 16
/* How far a start of the system or a logon may lie from what it led to: updates start a system
 * again every month. What lies farther is the end of a log that was cleared or is too short. */
#define LIMIT_FIRST_SESSION_SECONDS (31 * 86400)
#define LIMIT_FIRST_LOOKED 65536
#define LIMIT_FIRST_SIBLINGS 16
#define LIMIT_FIRST_MEANT 10000

/* Sorted runs merged at once: 64 KiB of each is in memory. */
#define LIMIT_SORT_RUNS 256

/* Unreadable places remembered one by one; neighbours are joined, and beyond
 * this number the last one grows to cover the rest. */
#define LIMIT_GAPS 65536

/* A chunk of an EWF image: EnCase goes up to 32,768 sectors; of 4,096 bytes
 * that would be 128 MiB, which nothing is known to write. */
#define LIMIT_EWF_CHUNK_BYTES 67108864

/* Media that an image claims and no segment holds is hashed as zeros up to this
 * many times what it holds (segments that are missing), and one GiB: more is a
 * damaged size, and hashing it would take days. */
#define LIMIT_MISSING_TIMES 16
#define LIMIT_MISSING_BYTES 1073741824

/* Entries of one chunk table of an EWF image: 16,375 by the specification,
 * 65,534 in newer EnCase. libewf's own variant (EWF-X) has no bound; this is
 * 128 GiB of media in one segment. */
#define LIMIT_EWF_TABLE_ENTRIES 4194304

/* Case data of an EWF image. EnCase limits all fields but one to 3,000
 * characters. */
#define LIMIT_EWF_HEADER_BYTES 4194304

/* Facts of the case that img-info gives; EWF has 20 at most. */
#define LIMIT_IMAGE_FACTS 32

/* The descriptor of a VMDK image: a line for each extent of 2 GiB. */
#define LIMIT_VMDK_DESCRIPTOR_BYTES 1048576

/* A list of digests beside an image: SHA256SUMS of 600,000 files. */
#define LIMIT_DIGEST_FILE_BYTES 67108864

/* The log of an acquisition, of which the first bytes are read: what is longer is
 * another text that has the image's name. */
#define LIMIT_ACQUISITION_LOG_BYTES 1048576

/* Segments that may be missing in a row before a file is no longer believed to
 * belong to the series: "disk.ab" is not followed by "disk.db". */
#define LIMIT_MISSING_SEGMENTS 8

/* What a clock can be wrong by: a century, from a battery that failed to a date of
 * 2099 set by hand. */
#define LIMIT_CLOCK_SECONDS INT64_C(3155760000)

/* Threads: more only wait for memory. */
#define LIMIT_THREADS 64

/* What blocks that were searched may hold until their turn comes: beyond it threads
 * wait, but for the one whose block is the next. A block that held more than its part
 * of what all may keep gives its memory back. */
#define LIMIT_FOUND_BYTES 67108864
#define LIMIT_FOUND_KEPT_BYTES 33554432

/* What the hits in encoded units of one block of a MiB may hold: some 200,000, where logs
 * under gzip have 150,000. Those beyond are sorted in so much memory, and in TMPDIR; those
 * of units in fragments are counted in a gap. */
#define LIMIT_FOUND_UNIT_BYTES 16777216
#define LIMIT_FOUND_SORT_BYTES 4194304

/* Longest indicator: URLs beyond 2,083 bytes are not followed by browsers of
 * any era that matters; 4,096 leaves room for scheme and encoding. */
#define LIMIT_INDICATOR_BYTES 4096

/* Encoded units (ioc_decode.h). A cell is what one spends its work in: small
 * enough that a part which does not begin at one repeats little, large enough
 * that its work lets a long unit through. */
#define LIMIT_DECODE_CELL 262144

/* What all units of a cell may read and make: 256 bytes for each of its own at
 * the worst, some tenths of a second. Deflate makes up to 1,032 of one, and
 * units that overlap or hold others multiply that. */
#define LIMIT_DECODE_CELL_WORK 67108864

/* What of a unit is in memory at once; half of that for one inside it, and so on: less
 * than 16 MiB a thread in all, and as much again where long units stand in each other.
 * A unit that makes more is a long one: it is decoded to its end, window by window. */
#define LIMIT_DECODED_WINDOW 8388608

/* A long unit may make LIMIT_DECODED_WINDOW, and this many bytes of each that it reads; so
 * may all that is inside it. Text has up to 100. Deflate makes up to 1,032 of one byte, but
 * of runs of one byte, as the zeros of which images of disks are full: they are made fast,
 * nothing is found in them, and they count as the eighth part, so that they never reach
 * this limit. */
#define LIMIT_DECODED_RATIO 256
#define LIMIT_DECODED_SAME 8

/* Units of so many bytes that begin inside a long one, until it is not followed any more:
 * real ones do not lie over each other, and all that begin at one place and end at another
 * would be quadratic. */
#define LIMIT_DECODE_CROWD 8
#define LIMIT_DECODE_CROWD_BYTES 2097152

/* A program under XOR: those that others carry in them are smaller. */
#define LIMIT_DECODED_PROGRAM_BYTES 33554432

/* What is read of a unit before it makes anything: long names of files, empty
 * blocks. */
#define LIMIT_DECODE_SILENT_BYTES 65536

/* Codings inside each other: a ZIP in a ZIP in base64 in gzip is four. */
#define LIMIT_DECODE_DEPTH 5

/* A cabinet with a copy of the registry, and what one of its folders unpacks to: hives of
 * Windows 98 and Me have a few MiB, and all of them lie in one folder. */
#define LIMIT_CABINET_BYTES 67108864
#define LIMIT_CABINET_CONTENT_BYTES 134217728

/* Hives and INI files of one such cabinet: Windows packs five, each is unpacked by itself. */
#define LIMIT_CABINET_PLACES 32

/* One keyword, in UTF-8: a URL, a registry key, a paragraph. Each byte of the
 * evidence is looked at once for each of these at worst. */
#define LIMIT_KEYWORD_BYTES 1024

/* A printable string goes on as another piece beyond one to two times these bytes, so
 * that it fits into the margins of a block; and the most characters that a string can
 * be asked to have at least, so that a piece has them. */
#define LIMIT_STRING_PIECE_BYTES 4096
#define LIMIT_STRING_LEAST_CHARACTERS 1024

/* Keywords searched for at once, and their text, which is also the size of a
 * keyword file: some hundred bytes of memory a keyword, six for each of its. */
#define LIMIT_KEYWORDS 262144
#define LIMIT_KEYWORDS_BYTES 16777216

#endif
