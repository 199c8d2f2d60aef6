/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ntfsforge: write files into an unmounted NTFS volume, without root.
 *
 *	ntfsforge VOLUME < SCRIPT
 *
 * A script is lines of tab-separated words; '#' starts a comment line. Commands:
 *
 *	clock T                 the time of everything that follows
 *	mkdir PATH
 *	write PATH FILE         create if absent; the content becomes that of FILE
 *	append PATH FILE
 *	stream PATH NAME FILE   an alternate stream
 *	truncate PATH SIZE      shorter leaves slack, longer makes a hole
 *	valid PATH SIZE         the initialised size
 *	dropdata PATH           remove the unnamed $DATA
 *	attrib PATH HEX         the file attributes; files made in a folder that has 0800
 *	                        are compressed
 *	link PATH NEWPATH       a hard link
 *	dosname PATH NAME       the 8.3 name; the long one becomes a Win32 name
 *	reparse PATH FILE       the reparse point, as it is stored, of what has no content
 *	times PATH B M A C      born, modified, accessed, changed: $SI and the folder's index
 *	fntimes PATH B M A C    the same of every $FILE_NAME in the record
 *	rm PATH
 *
 * T is YYYY-MM-DDThh:mm:ss[.fffffff]Z, UTC, in steps of 100 ns. In paths and stream names
 * %XXXX is one UTF-16 code unit, so that any name can be made, valid or not.
 *
 * libntfs-3g asks clock_gettime() what time it is. The definition below takes the place of
 * libc's, so that the result depends on the script alone.
 */
#define _FILE_OFFSET_BITS 64
#define _GNU_SOURCE

/* What libntfs-3g's headers otherwise expect from its own config.h. */
#define HAVE_ERRNO_H 1
#define HAVE_STDARG_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDIO_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRING_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_TIME_H 1

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <ntfs-3g/types.h>
#include <ntfs-3g/attrib.h>
#include <ntfs-3g/dir.h>
#include <ntfs-3g/inode.h>
#include <ntfs-3g/layout.h>
#include <ntfs-3g/ntfstime.h>
#include <ntfs-3g/reparse.h>
#include <ntfs-3g/security.h>
#include <ntfs-3g/volume.h>

enum { MAX_WORDS = 7, MAX_LINE = 4096 };

struct name {
	ntfschar units[NTFS_MAX_NAME_LEN];
	int length;
};

static ntfs_volume *vol;
static struct timespec now;
static unsigned long line_number;

int clock_gettime(clockid_t clock, struct timespec *t)
{
	(void)clock;
	*t = now;
	return 0;
}

static void die(const char *what, const char *object)
{
	fprintf(stderr, "ntfsforge: line %lu: %s: %s: %s\n",
	        line_number, what, object, strerror(errno));
	exit(1);
}

static void die_of_syntax(const char *what, const char *object)
{
	errno = EINVAL;
	die(what, object);
}

static struct timespec parse_time(const char *text)
{
	struct tm tm = { 0 };
	struct timespec t = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);

	if (!rest)
		die_of_syntax("not a time", text);
	t.tv_sec = timegm(&tm);
	if (*rest == '.') {
		long unit = 100000000;
		for (rest++; *rest >= '0' && *rest <= '9' && unit >= 100; rest++, unit /= 10)
			t.tv_nsec += (*rest - '0') * unit;
	}
	if (strcmp(rest, "Z"))
		die_of_syntax("not a time", text);
	return t;
}

static s64 parse_size(const char *text, int base)
{
	char *end;
	long long n = strtoll(text, &end, base);

	if (end == text || *end || n < 0)
		die_of_syntax("not a number", text);
	return n;
}

/* The scripts are written by programs that emit valid UTF-8; only the length is checked. */
static unsigned decode_utf8(const char **text)
{
	const unsigned char *p = (const unsigned char *)*text;
	int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : 0;
	unsigned c = more ? *p & (0x3f >> more) : *p;

	for (p++; more && *p; more--)
		c = c << 6 | (*p++ & 0x3f);
	*text = (const char *)p;
	return c;
}

/* One path component, up to '/' or the end. */
static const char *parse_name(const char *text, struct name *name)
{
	name->length = 0;
	while (*text && *text != '/') {
		unsigned c;
		int used = 0;
		if (sscanf(text, "%%%4x%n", &c, &used) == 1 && used == 5)
			text += used;
		else
			c = decode_utf8(&text);
		if (name->length + (c > 0xffff ? 2 : 1) > NTFS_MAX_NAME_LEN)
			die_of_syntax("name too long", text);
		if (c > 0xffff) {
			name->units[name->length++] = cpu_to_le16(0xd800 + ((c - 0x10000) >> 10));
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		name->units[name->length++] = cpu_to_le16(c);
	}
	return text;
}

static ntfs_inode *open_inode(MFT_REF ref, const char *path)
{
	ntfs_inode *ni = ntfs_inode_open(vol, ref);

	if (!ni)
		die("cannot open", path);
	return ni;
}

/* The folder that PATH lies in; the last component goes to NAME. */
static ntfs_inode *open_folder(const char *path, struct name *name)
{
	ntfs_inode *folder = open_inode(FILE_root, "/");
	const char *rest = path;

	for (;;) {
		while (*rest == '/')
			rest++;
		rest = parse_name(rest, name);
		if (!*rest)
			return folder;
		u64 ref = ntfs_inode_lookup_by_name(folder, name->units, name->length);
		if (ref == (u64)-1)
			die("no such folder", path);
		ntfs_inode_close(folder);
		folder = open_inode(MREF(ref), path);
	}
}

/* The inode of PATH, or NULL if there is none. */
static ntfs_inode *find_path(const char *path)
{
	struct name name;
	ntfs_inode *folder = open_folder(path, &name);
	u64 ref;

	if (!name.length)
		return folder;
	ref = ntfs_inode_lookup_by_name(folder, name.units, name.length);
	if (ntfs_inode_close(folder))
		die("cannot write the folder of", path);
	return ref == (u64)-1 ? NULL : open_inode(MREF(ref), path);
}

static ntfs_inode *open_path(const char *path)
{
	ntfs_inode *ni = find_path(path);

	if (!ni) {
		errno = ENOENT;
		die("cannot open", path);
	}
	return ni;
}

static void close_inode(ntfs_inode *ni, const char *path)
{
	if (ntfs_inode_close(ni))
		die("cannot write", path);
}

static ntfs_inode *create(const char *path, mode_t type)
{
	struct name name;
	ntfs_inode *folder = open_folder(path, &name);
	ntfs_inode *ni = ntfs_create(folder, const_cpu_to_le32(0), name.units, name.length, type);

	if (!ni)
		die("cannot create", path);
	ntfs_inode_update_times(folder, NTFS_UPDATE_MCTIME);
	close_inode(folder, path);
	return ni;
}

static ntfs_attr *open_data(ntfs_inode *ni, struct name *stream, const char *path)
{
	ntfschar *units = stream->length ? stream->units : AT_UNNAMED;
	ntfs_attr *na = ntfs_attr_open(ni, AT_DATA, units, stream->length);

	if (!na && errno == ENOENT) {
		if (ntfs_attr_add(ni, AT_DATA, units, stream->length, NULL, 0))
			die("cannot add a stream to", path);
		na = ntfs_attr_open(ni, AT_DATA, units, stream->length);
	}
	if (!na)
		die("cannot open the data of", path);
	return na;
}

static void copy_from(FILE *from, const char *file, ntfs_attr *na, const char *path)
{
	static char buffer[1 << 20];
	s64 at = na->data_size;
	size_t n;

	while ((n = fread(buffer, 1, sizeof buffer, from)) > 0) {
		if (ntfs_attr_pwrite(na, at, n, buffer) != (s64)n)
			die("cannot write", path);
		at += n;
	}
	if (ferror(from))
		die("cannot read", file);
	if (NAttrCompressed(na) && ntfs_attr_pclose(na))
		die("cannot compress", path);
}

static void fill(const char *path, const char *stream_name, const char *file, int append)
{
	struct name stream;
	ntfs_inode *ni = find_path(path);
	FILE *from = fopen(file, "rb");
	ntfs_attr *na;

	if (!from)
		die("cannot open", file);
	if (!ni)
		ni = create(path, S_IFREG);
	parse_name(stream_name, &stream);
	na = open_data(ni, &stream, path);
	if (!append && ntfs_attr_truncate(na, 0))
		die("cannot truncate", path);
	copy_from(from, file, na, path);
	fclose(from);
	ntfs_attr_close(na);
	ntfs_inode_update_times(ni, NTFS_UPDATE_MCTIME);
	close_inode(ni, path);
}

static void make_folder(const char *path)
{
	close_inode(create(path, S_IFDIR), path);
}

static void set_size(const char *path, const char *size)
{
	struct name unnamed = { .length = 0 };
	ntfs_inode *ni = open_path(path);
	ntfs_attr *na = open_data(ni, &unnamed, path);

	if (ntfs_attr_truncate(na, parse_size(size, 10)))
		die("cannot truncate", path);
	ntfs_attr_close(na);
	ntfs_inode_update_times(ni, NTFS_UPDATE_MCTIME);
	close_inode(ni, path);
}

/* libntfs-3g fills the gap with zeros when it is asked, so the record is edited instead. */
static void set_initialised_size(const char *path, const char *size)
{
	ntfs_inode *ni = open_path(path);
	ntfs_attr_search_ctx *at = ntfs_attr_get_search_ctx(ni, NULL);

	if (!at || ntfs_attr_lookup(AT_DATA, AT_UNNAMED, 0, CASE_SENSITIVE, 0, NULL, 0, at) ||
	    !at->attr->non_resident)
		die_of_syntax("no data outside the record", path);
	at->attr->initialized_size = cpu_to_sle64(parse_size(size, 10));
	ntfs_inode_mark_dirty(at->ntfs_ino);
	ntfs_attr_put_search_ctx(at);
	close_inode(ni, path);
}

static void drop_data(const char *path)
{
	struct name unnamed = { .length = 0 };
	ntfs_inode *ni = open_path(path);

	if (ntfs_attr_rm(open_data(ni, &unnamed, path)))
		die("cannot remove the data of", path);
	close_inode(ni, path);
}

static void set_attributes(const char *path, const char *hex)
{
	ntfs_inode *ni = open_path(path);
	le32 value = cpu_to_le32(parse_size(hex, 16));

	if (ntfs_set_ntfs_attrib(ni, (const char *)&value, sizeof value, 0))
		die("cannot set the attributes of", path);
	close_inode(ni, path);
}

static void make_link(const char *path, const char *new_path)
{
	struct name name;
	ntfs_inode *ni = open_path(path);
	ntfs_inode *folder = open_folder(new_path, &name);

	if (ntfs_link(ni, folder, name.units, name.length))
		die("cannot link", new_path);
	ntfs_inode_update_times(ni, NTFS_UPDATE_CTIME);
	ntfs_inode_update_times(folder, NTFS_UPDATE_MCTIME);
	close_inode(folder, new_path);
	close_inode(ni, path);
}

/* These two library calls close the inodes they are given. */

static void set_dos_name(const char *path, const char *dos_name)
{
	struct name name;
	ntfs_inode *ni = open_path(path);
	ntfs_inode *folder = open_folder(path, &name);

	if (ntfs_set_ntfs_dos_name(ni, folder, dos_name, strlen(dos_name), 0))
		die("cannot set the 8.3 name of", path);
}

static void set_reparse_point(const char *path, const char *file)
{
	static char data[1 << 14];
	ntfs_inode *ni = open_path(path);
	FILE *from = fopen(file, "rb");
	size_t size = from ? fread(data, 1, sizeof data, from) : 0;

	if (size == 0)
		die("cannot read", file);
	fclose(from);
	if (ntfs_set_ntfs_reparse_data(ni, data, size, 0))
		die("cannot set the reparse point of", path);
	close_inode(ni, path);
}

static void delete_path(const char *path)
{
	struct name name;
	ntfs_inode *ni = open_path(path);
	ntfs_inode *folder = open_folder(path, &name);

	ntfs_inode_update_times(folder, NTFS_UPDATE_MCTIME);
	if (ntfs_delete(vol, path, ni, folder, name.units, name.length))
		die("cannot delete", path);
}

static void set_times(char **word)
{
	ntfs_inode *ni = open_path(word[1]);

	ni->creation_time = timespec2ntfs(parse_time(word[2]));
	ni->last_data_change_time = timespec2ntfs(parse_time(word[3]));
	ni->last_access_time = timespec2ntfs(parse_time(word[4]));
	ni->last_mft_change_time = timespec2ntfs(parse_time(word[5]));
	ntfs_inode_mark_dirty(ni);
	NInoFileNameSetDirty(ni);
	close_inode(ni, word[1]);
}

static void set_name_times(char **word)
{
	ntfs_inode *ni = open_path(word[1]);
	ntfs_attr_search_ctx *at = ntfs_attr_get_search_ctx(ni, NULL);

	if (!at)
		die("cannot search", word[1]);
	while (!ntfs_attr_lookup(AT_FILE_NAME, AT_UNNAMED, 0, CASE_SENSITIVE, 0, NULL, 0, at)) {
		FILE_NAME_ATTR *fn = (FILE_NAME_ATTR *)
			((char *)at->attr + le16_to_cpu(at->attr->value_offset));
		fn->creation_time = timespec2ntfs(parse_time(word[2]));
		fn->last_data_change_time = timespec2ntfs(parse_time(word[3]));
		fn->last_access_time = timespec2ntfs(parse_time(word[4]));
		fn->last_mft_change_time = timespec2ntfs(parse_time(word[5]));
		ntfs_inode_mark_dirty(at->ntfs_ino);
	}
	ntfs_attr_put_search_ctx(at);
	close_inode(ni, word[1]);
}

static void obey(char **word, int words)
{
	const char *c = word[0];

	if (!strcmp(c, "clock") && words == 2)
		now = parse_time(word[1]);
	else if (!strcmp(c, "mkdir") && words == 2)
		make_folder(word[1]);
	else if (!strcmp(c, "write") && words == 3)
		fill(word[1], "", word[2], 0);
	else if (!strcmp(c, "append") && words == 3)
		fill(word[1], "", word[2], 1);
	else if (!strcmp(c, "stream") && words == 4)
		fill(word[1], word[2], word[3], 0);
	else if (!strcmp(c, "truncate") && words == 3)
		set_size(word[1], word[2]);
	else if (!strcmp(c, "valid") && words == 3)
		set_initialised_size(word[1], word[2]);
	else if (!strcmp(c, "dropdata") && words == 2)
		drop_data(word[1]);
	else if (!strcmp(c, "attrib") && words == 3)
		set_attributes(word[1], word[2]);
	else if (!strcmp(c, "link") && words == 3)
		make_link(word[1], word[2]);
	else if (!strcmp(c, "dosname") && words == 3)
		set_dos_name(word[1], word[2]);
	else if (!strcmp(c, "reparse") && words == 3)
		set_reparse_point(word[1], word[2]);
	else if (!strcmp(c, "times") && words == 6)
		set_times(word);
	else if (!strcmp(c, "fntimes") && words == 6)
		set_name_times(word);
	else if (!strcmp(c, "rm") && words == 2)
		delete_path(word[1]);
	else
		die_of_syntax("not a command", c);
}

int main(int argc, char **argv)
{
	static char line[MAX_LINE];

	if (argc != 2) {
		fprintf(stderr, "usage: ntfsforge VOLUME < SCRIPT\n");
		return 2;
	}
	vol = ntfs_mount(argv[1], 0);
	if (!vol)
		die("cannot open", argv[1]);
	NVolSetCompression(vol);
	while (fgets(line, sizeof line, stdin)) {
		char *word[MAX_WORDS] = { NULL };
		int words = 0;

		line_number++;
		line[strcspn(line, "\n")] = 0;
		if (!*line || *line == '#')
			continue;
		for (char *w = strtok(line, "\t"); w && words < MAX_WORDS; w = strtok(NULL, "\t"))
			word[words++] = w;
		obey(word, words);
	}
	if (ntfs_umount(vol, FALSE))
		die("cannot close", argv[1]);
	return 0;
}
