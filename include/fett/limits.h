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

/* Bytes of a path. NTFS: 32,767 UTF-16 units, at most three bytes each. */
#define LIMIT_PATH_BYTES 98304

/* Size of one $MFT record. 1,024 and 4,096 are in use; the format would allow
 * more than any driver reads. */
#define LIMIT_MFT_RECORD_BYTES 65536

/* Runs of one file. A 2 TiB file in single clusters of 4 KiB that a driver
 * would ever write stays far below. */
#define LIMIT_RUNS_A_FILE 16777216

/* Volumes of one image; Linux stops at 256 a disk, broken extended partition
 * chains loop. */
#define LIMIT_VOLUMES 1024

/* A hive: Windows refuses more than 2 GiB; cells are addressed in 31 bits. */
#define LIMIT_HIVE_BYTES 0x80000000u

/* Depth of registry keys: Windows allows 512. */
#define LIMIT_KEY_DEPTH 512

/* Bytes of one registry value that records give whole; more is cut and told
 * by `length`. The largest honest ones (AppCompatCache, tasks) are below. */
#define LIMIT_VALUE_BYTES 16777216

/* A text file that is parsed as a whole: INI, AUTOEXEC.BAT, autorun.inf. */
#define LIMIT_INI_BYTES 4194304

/* Members of one record; the longest type has about fifty. */
#define LIMIT_RECORD_MEMBERS 96

/* Bytes of one line of input records: the largest value in hex, twice. */
#define LIMIT_LINE_BYTES 67108864

/* Unreadable places remembered one by one; neighbours are joined, and beyond
 * this number the last one grows to cover the rest. */
#define LIMIT_GAPS 65536

/* Threads: more only wait for memory. */
#define LIMIT_THREADS 64

/* Longest indicator: URLs beyond 2,083 bytes are not followed by browsers of
 * any era that matters; 4,096 leaves room for scheme and encoding. */
#define LIMIT_INDICATOR_BYTES 4096

#endif
