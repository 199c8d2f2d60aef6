/* SPDX-License-Identifier: Apache-2.0 */

/* The trees that are no file systems: in memory, and a folder of this machine
 * that is made here, with all that a suspect may have put into it. */

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fett/buffer.h>
#include <fett/limits.h>
#include <fett/tree.h>

#include "tap.h"

static const struct file_times no_times;

static int add_path(void *context, const struct file *file)
{
    struct buffer *out = context;

    buffer_add(out, file->path, file->path_length);
    if (file->type == FILE_DIRECTORY && file->path_length > 1)
        buffer_add_byte(out, '/');
    if (file->type == FILE_LINK)
        buffer_add_byte(out, '@');
    if (file->type == FILE_SPECIAL)
        buffer_add_byte(out, '!');
    buffer_add_byte(out, ' ');
    return 0;
}

static void walks(struct tree *tree, const char *expected, const char *what)
{
    struct buffer got = BUFFER_INIT, again = BUFFER_INIT;

    ok(tree_walk(tree, add_path, &got, NULL) == 0, "%s: walked", what);
    same_text(buffer_text(&got), expected, what);
    tree_walk(tree, add_path, &again, NULL);
    same_text(buffer_text(&again), buffer_text(&got), "the same at each walk");
    buffer_release(&got);
    buffer_release(&again);
}

static void lists(struct tree *tree, const char *folder, const char *expected, const char *what)
{
    struct buffer got = BUFFER_INIT;
    struct file file;

    ok(tree_lookup(tree, folder, &file, NULL) == 0 &&
           tree_list(tree, file.handle, add_path, &got, NULL) == 0, "%s: listed", what);
    same_text(buffer_text(&got), expected, what);
    buffer_release(&got);
}

/* The path of the file that is found at a path; NULL: none. */
static void finds(struct tree *tree, const char *path, const char *expected)
{
    struct file file;
    struct error error = ERROR_INIT;
    char got[512];

    if (tree_lookup(tree, path, &file, &error) != 0) {
        if (ok(!expected, "%s is not there", path))
            ok(error.kind == ERROR_NOT_FOUND && strstr(error.text, path), "and is named: %s",
               error.text);
        return;
    }
    snprintf(got, sizeof got, "%.*s", (int)file.path_length, file.path);
    same_text(got, expected, path);
}

static void holds(struct tree *tree, const char *path, const char *expected)
{
    struct file file;
    struct reader *reader = NULL;
    char got[64] = "";

    if (!ok(tree_lookup(tree, path, &file, NULL) == 0 &&
                tree_open(tree, file.handle, &reader, NULL) == 0, "%s opens", path))
        return;
    ok(file.sized && file.size == strlen(expected) && reader->size == file.size &&
           reader_read(reader, 0, got, (size_t)file.size, NULL) == 0, "all of it");
    same_text(got, expected, "is what was put there");
    reader_free(reader);
}

static void has_no_content(struct tree *tree, const char *path)
{
    struct file file;
    struct reader *reader = NULL;
    struct error error = ERROR_INIT;

    ok(tree_lookup(tree, path, &file, NULL) == 0 &&
           tree_open(tree, file.handle, &reader, &error) == -1 && !reader &&
           error.kind == ERROR_UNSUPPORTED, "%s has no content", path);
}

static int stop_at_second(void *context, const struct file *file)
{
    (void)file;
    return ++*(int *)context == 2 ? 7 : 0;
}

/* What all trees answer alike. */
static void test_handles(struct tree *tree)
{
    struct file file, root;
    struct reader *reader = NULL;
    struct error error = ERROR_INIT;
    int count = 0;

    ok(tree_root(tree, &root, NULL) == 0 && root.handle != 0 && root.type == FILE_DIRECTORY &&
           strcmp(root.path, "/") == 0 && root.path_length == 1 && root.name_length == 0 &&
           !root.sized && root.state == FILE_ALLOCATED, "the root");
    ok(tree_file(tree, root.handle, &file, NULL) == 0 && file.handle == root.handle &&
           file.type == FILE_DIRECTORY, "by its handle");
    ok(tree_file(tree, 0, &file, &error) == -1 && error.kind == ERROR_NOT_FOUND, "no handle is 0");
    ok(tree_file(tree, UINT64_MAX, &file, NULL) == -1, "nor beyond all");
    ok(tree_list(tree, 0, add_path, NULL, NULL) == -1 &&
           tree_list(tree, UINT64_MAX, add_path, NULL, NULL) == -1, "nothing to list there");
    ok(tree_open(tree, 0, &reader, NULL) == -1 &&
           tree_open(tree, UINT64_MAX, &reader, NULL) == -1 && !reader, "nor to open");
    ok(tree_walk(tree, stop_at_second, &count, NULL) == 7 && count == 2, "a visitor ends a walk");
    count = 0;
    ok(tree_list(tree, root.handle, stop_at_second, &count, NULL) == 7 && count == 2, "and a list");
}

/* --- in memory --- */

static void add(struct tree *tree, const char *path, const char *content)
{
    ok(tree_memory_add(tree, path, content, strlen(content), &no_times) == 0, "%s is added", path);
}

static void test_memory(void)
{
    const struct file_times times = {
        .born = { 1, 0, PRECISION_SECOND, INSTANT_UTC, 0 },
        .modified = { 2, 0, PRECISION_SECOND, INSTANT_UTC, 0 },
        .accessed = { 3, 0, PRECISION_SECOND, INSTANT_UTC, 0 },
        .changed = { 4, 0, PRECISION_SECOND, INSTANT_UTC, 0 },
    };
    struct tree *tree = tree_new_memory();
    struct file file;

    walks(tree, "/ ", "empty but for its root");
    lists(tree, "/", "", "which has nothing");
    add(tree, "/b/c/file", "content");
    add(tree, "/b/a", "");
    add(tree, "/B2", "x");
    add(tree, "/a", "y");
    add(tree, "/b/c/file:stream", "hidden");
    walks(tree, "/ /b/ /b/c/ /b/c/file /b/a /B2 /a /b/c/file:stream ", "in the order of handles");
    lists(tree, "/", "/a /b/ /B2 ", "in the order of names, without case");
    lists(tree, "/b", "/b/a /b/c/ ", "a folder");
    lists(tree, "/b/c", "/b/c/file ", "streams are not listed");
    lists(tree, "/a", "", "a file has nothing below it");
    test_handles(tree);

    finds(tree, "/", "/");
    finds(tree, "/b/c", "/b/c");
    finds(tree, "/b/c/", "/b/c");
    finds(tree, "/B/C/FILE", "/b/c/file");
    finds(tree, "/b2", "/B2");
    finds(tree, "/b/c/file:stream", "/b/c/file:stream");
    finds(tree, "/b/c/FILE:STREAM", "/b/c/file:stream");
    finds(tree, "/b/c/file:other", NULL);
    finds(tree, "/b/c/fil", NULL);
    finds(tree, "/b/c/file2", NULL);
    finds(tree, "/nothing", NULL);
    finds(tree, "b", NULL);
    finds(tree, "", NULL);

    holds(tree, "/b/c/file", "content");
    holds(tree, "/b/c/file:stream", "hidden");
    holds(tree, "/b/a", "");
    has_no_content(tree, "/b");
    has_no_content(tree, "/");

    ok(tree_lookup(tree, "/b/c/file:stream", &file, NULL) == 0 && file.name_length == 4 &&
           memcmp(file.name, "file", 4) == 0 && file.stream_length == 6 &&
           memcmp(file.stream, "stream", 6) == 0 && file.type == FILE_REGULAR,
       "name and stream stand in the path");
    add(tree, "/c:d/e", "");
    ok(tree_lookup(tree, "/c:d/e", &file, NULL) == 0 && !file.stream && file.name_length == 1,
       "a colon in the name of a folder makes no stream");
    ok(tree_memory_add(tree, "/t", "", 0, &times) == 0 &&
           tree_lookup(tree, "/t", &file, NULL) == 0 && file.times.born.seconds == 1 &&
           file.times.modified.seconds == 2 && file.times.accessed.seconds == 3 &&
           file.times.changed.seconds == 4, "times are kept");
    ok(tree_memory_add(tree, "/n", "", 0, NULL) == 0 &&
           tree_lookup(tree, "/n", &file, NULL) == 0 && file.times.born.state == INSTANT_ABSENT,
       "or absent");
    tree_free(tree);
    tree_free(NULL);
    ok(true, "nothing is freed too");
}

/* Both spellings exist: the exact one is meant, else the first. */
static void test_case(void)
{
    struct tree *tree = tree_new_memory();

    add(tree, "/File", "first");
    add(tree, "/FILE", "second");
    add(tree, "/\u00c4\u00d6/\u0416\u03a3", "third");
    finds(tree, "/File", "/File");
    finds(tree, "/FILE", "/FILE");
    finds(tree, "/file", "/File");
    holds(tree, "/FILE", "second");
    finds(tree, "/\u00e4\u00f6/\u0436\u03c3", "/\u00c4\u00d6/\u0416\u03a3");
    tree_free(tree);
}

/* More than any table has room for at first. */
static void test_many(void)
{
    struct tree *tree = tree_new_memory();
    struct file file;
    struct reader *reader;
    char path[32], content[32], got[32];
    int good = 0;

    for (int i = 0; i < 1000; i++) {
        snprintf(path, sizeof path, "/d%d/f%d", i % 10, i);
        tree_memory_add(tree, path, path, strlen(path), NULL);
    }
    for (int i = 0; i < 1000; i++) {
        snprintf(content, sizeof content, "/d%d/f%d", i % 10, i);
        if (tree_lookup(tree, content, &file, NULL) != 0 ||
            tree_open(tree, file.handle, &reader, NULL) != 0)
            continue;
        memset(got, 0, sizeof got);
        reader_read(reader, 0, got, (size_t)file.size, NULL);
        good += strcmp(got, content) == 0;
        reader_free(reader);
    }
    same_number(good, 1000, "1,000 files, each with its content");
    tree_free(tree);
}

/* --- a folder of this machine --- */

static char base[1024];
static char path_text[8192];

static const char *in_base(const char *path)
{
    snprintf(path_text, sizeof path_text, "%s%s", base, path);
    return path_text;
}

static void put(const char *path, const char *content)
{
    FILE *file = fopen(in_base(path), "wb");

    if (!file || fwrite(content, 1, strlen(content), file) != strlen(content) ||
        fclose(file) != 0) {
        printf("Bail out! cannot write %s: %s\n", path_text, strerror(errno));
        exit(1);
    }
}

static void make_folder(const char *path)
{
    if (mkdir(in_base(path), 0700) != 0) {
        printf("Bail out! cannot make %s: %s\n", path_text, strerror(errno));
        exit(1);
    }
}

static void link_to(const char *target, const char *path)
{
    if (symlink(target, in_base(path)) != 0) {
        printf("Bail out! cannot link %s: %s\n", path_text, strerror(errno));
        exit(1);
    }
}

static int delete_each(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

static struct tree *opened(const char *path)
{
    struct error error = ERROR_INIT;
    struct tree *tree = NULL;

    ok(tree_open_directory(&tree, in_base(path), &error) == 0, "%s opens%s%s", path,
       *error.text ? ": " : "", error.text);
    return tree;
}

static void test_directory(void)
{
    struct file file;

    make_folder("/plain");
    make_folder("/plain/Windows");
    make_folder("/plain/empty");
    put("/plain/Windows/win.ini", "[windows]\r\n");
    put("/plain/b", "");
    put("/plain/A", "a");
    struct tree *tree = opened("/plain");
    if (!tree)
        return;
    walks(tree, "/ /A /Windows/ /Windows/win.ini /b /empty/ ", "folders before what is in them");
    lists(tree, "/", "/A /b /empty/ /Windows/ ", "in the order of names");
    lists(tree, "/empty", "", "an empty folder");
    test_handles(tree);
    finds(tree, "/WINDOWS/WIN.INI", "/Windows/win.ini");
    finds(tree, "/windows/", "/Windows");
    finds(tree, "/windows/../b", NULL);
    finds(tree, "/../plain/b", NULL);
    finds(tree, "/.", NULL);
    holds(tree, "/Windows/win.ini", "[windows]\r\n");
    holds(tree, "/b", "");
    has_no_content(tree, "/Windows");
    ok(tree_lookup(tree, "/A", &file, NULL) == 0 && file.type == FILE_REGULAR &&
           file.state == FILE_ALLOCATED && file.times.born.state == INSTANT_ABSENT &&
           file.times.modified.state == INSTANT_ABSENT && !file.stream, "without the copy's times");

    /* What became of it after it was listed. */
    struct reader *reader = NULL;
    struct error error = ERROR_INIT;
    unlink(in_base("/plain/A"));
    ok(tree_open(tree, file.handle, &reader, &error) == -1 && error.kind == ERROR_SYSTEM,
       "a file that is gone: %s", error.text);
    make_folder("/plain/A");
    ok(tree_open(tree, file.handle, &reader, &error) == -1 && !reader, "a folder in its place");
    rmdir(in_base("/plain/A"));
    ok(mkfifo(in_base("/plain/A"), 0600) == 0 &&
           tree_open(tree, file.handle, &reader, &error) == -1 && !reader,
       "a FIFO in its place, which is not waited for");
    tree_free(tree);

    tree = opened("/plain/");
    finds(tree, "/Windows/win.ini", "/Windows/win.ini");
    holds(tree, "/Windows/win.ini", "[windows]\r\n");
    tree_free(tree);
}

static void test_none(void)
{
    struct tree *const none = (struct tree *)base;
    struct tree *tree = none;
    struct error error = ERROR_INIT;

    ok(tree_open_directory(&tree, in_base("/nowhere"), &error) == -1 &&
           error.kind == ERROR_SYSTEM && strstr(error.text, "/nowhere") && tree == none,
       "no folder: %s", error.text);
    put("/file", "x");
    ok(tree_open_directory(&tree, in_base("/file"), &error) == -1 && error.kind == ERROR_SYSTEM &&
           tree == none, "a file is none: %s", error.text);
}

/* Links out of the folder, to itself, in circles, to nothing; what is no file. */
static void test_links(void)
{
    struct file file;

    make_folder("/outside");
    put("/outside/secret", "secret");
    make_folder("/links");
    make_folder("/links/d");
    put("/links/real", "real");
    link_to("../outside/secret", "/links/out");
    link_to("../outside", "/links/outfolder");
    link_to("/etc/passwd", "/links/absolute");
    link_to("..", "/links/d/up");
    link_to(".", "/links/d/self");
    link_to("b", "/links/a");
    link_to("a", "/links/b");
    link_to("nothing", "/links/dangling");
    link_to("real", "/links/within");
    ok(mknod(in_base("/links/socket"), S_IFSOCK | 0600, 0) == 0 &&
           mkfifo(in_base("/links/fifo"), 0600) == 0, "a socket and a FIFO");

    struct tree *tree = opened("/links");
    if (!tree)
        return;
    walks(tree, "/ /a@ /absolute@ /b@ /d/ /d/self@ /d/up@ /dangling@ /fifo! /out@ /outfolder@ "
                "/real /socket! /within@ ", "links are files of their own");
    finds(tree, "/outfolder/secret", NULL);
    finds(tree, "/d/up/real", NULL);
    lists(tree, "/outfolder", "", "nothing is behind a link");
    lists(tree, "/d/up", "", "nor behind one that leads up");
    has_no_content(tree, "/out");
    has_no_content(tree, "/outfolder");
    has_no_content(tree, "/absolute");
    has_no_content(tree, "/a");
    has_no_content(tree, "/dangling");
    has_no_content(tree, "/within");
    has_no_content(tree, "/fifo");
    has_no_content(tree, "/socket");
    ok(tree_lookup(tree, "/out", &file, NULL) == 0 && file.type == FILE_LINK, "a link is one");
    tree_free(tree);
}

/* Names as only a file system allows them. Each is found, listed and read. */
static void test_names(void)
{
    static const char *const names[] = {
        "a b", " ", "...", "-rf", "a\nb", "\t", "\x1b[31mred", "back\\slash", "C:", "a:b:c",
        "100%", "%s%n", "*?", "\"q\"", "\xff\xfe", "\xc3", "a\xcc\x88", "\u202egpj.exe", "~",
        ".hidden",
    };
    enum { COUNT = sizeof names / sizeof *names };
    char longest[256], path[300];
    int found = 0, read = 0;

    make_folder("/names");
    memset(longest, 'n', 255);
    longest[255] = '\0';
    for (int i = 0; i <= COUNT; i++) {
        const char *name = i < COUNT ? names[i] : longest;
        snprintf(path, sizeof path, "/names/%s", name);
        put(path, name);
    }
    struct tree *tree = opened("/names");
    if (!tree)
        return;
    for (int i = 0; i <= COUNT; i++) {
        const char *name = i < COUNT ? names[i] : longest;
        struct file file;
        struct reader *reader;
        char content[256] = "";
        snprintf(path, sizeof path, "/%s", name);
        if (tree_lookup(tree, path, &file, NULL) != 0 || strcmp(file.path, path) != 0 ||
            file.name_length != strlen(name) || memcmp(file.name, name, file.name_length) != 0)
            continue;
        found++;
        if (tree_open(tree, file.handle, &reader, NULL) != 0)
            continue;
        read += reader->size == strlen(name) &&
                reader_read(reader, 0, content, strlen(name), NULL) == 0 &&
                strcmp(content, name) == 0;
        reader_free(reader);
    }
    same_number(found, COUNT + 1, "each name, byte for byte");
    same_number(read, COUNT + 1, "each content");
    struct buffer all = BUFFER_INIT;
    struct file root;
    size_t bytes = 0;
    tree_root(tree, &root, NULL);
    tree_list(tree, root.handle, add_path, &all, NULL);
    for (int i = 0; i <= COUNT; i++)
        bytes += strlen(i < COUNT ? names[i] : longest) + 2;
    same_number((long long)all.length, (long long)bytes, "all are listed, once");
    buffer_release(&all);
    tree_free(tree);
}

/* Folders in folders: as deep as the limit allows, and deeper. */
static void test_depth(void)
{
    struct tree *tree = NULL;
    struct error error = ERROR_INIT;
    struct buffer deepest = BUFFER_INIT;
    struct file file;
    int depth = 0;

    make_folder("/deep");
    int at = open(in_base("/deep"), O_RDONLY | O_DIRECTORY);
    for (; at >= 0 && depth < LIMIT_PATH_DEPTH; depth++) {
        int next = mkdirat(at, "d", 0700) == 0 ? openat(at, "d", O_RDONLY | O_DIRECTORY) : -1;
        buffer_add_text(&deepest, "/d");
        close(at);
        at = next;
    }
    ok(at >= 0 && depth == LIMIT_PATH_DEPTH, "%d folders", depth);
    tree = opened("/deep");
    ok(tree && tree_lookup(tree, buffer_text(&deepest), &file, NULL) == 0, "the last is there");
    tree_free(tree);
    tree = NULL;
    ok(mkdirat(at, "d", 0700) == 0 &&
           tree_open_directory(&tree, in_base("/deep"), &error) == -1 && !tree &&
           error.kind == ERROR_LIMIT, "one more is too deep, and told");
    close(at);
    buffer_release(&deepest);
}

int main(void)
{
    test_memory();
    test_case();
    test_many();

    const char *temporary = getenv("TMPDIR");
    snprintf(base, sizeof base, "%s/fett-tree-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(base)) {
        printf("Bail out! cannot make %s\n", base);
        return 1;
    }
    test_directory();
    test_none();
    test_links();
    test_names();
    test_depth();
    ok(nftw(base, delete_each, 16, FTW_DEPTH | FTW_PHYS) == 0, "all is deleted again");
    return tap_done();
}
