/* SPDX-License-Identifier: Apache-2.0 */

/* The trees that are no file systems: in memory, and a folder of this machine
 * that is made here, with all that a suspect may have put into it. */

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
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

/* Folders of two spellings: what is in either is found by both. */
static void test_folders_of_two_cases(struct tree *tree)
{
    walks(tree, "/ /DIR/ /DIR/SAME /DIR/Sub/ /DIR/Sub/second /DIR/b /Dir/ /Dir/a /Dir/same "
                "/Dir/sub/ /Dir/sub/first ", "each of its own");
    lists(tree, "/DIR", "/DIR/b /DIR/SAME /DIR/Sub/ ", "one");
    lists(tree, "/Dir", "/Dir/a /Dir/same /Dir/sub/ ", "the other");
    finds(tree, "/Dir/a", "/Dir/a");
    finds(tree, "/DIR/b", "/DIR/b");
    finds(tree, "/dir/A", "/Dir/a");
    finds(tree, "/dir/B", "/DIR/b");
    finds(tree, "/DIR/a", "/Dir/a");
    finds(tree, "/Dir/b", "/DIR/b");
    finds(tree, "/Dir/SAME", "/Dir/same");
    finds(tree, "/DIR/same", "/DIR/SAME");
    finds(tree, "/dir/sub/first", "/Dir/sub/first");
    finds(tree, "/dir/sub/second", "/DIR/Sub/second");
    finds(tree, "/dir/sub/third", NULL);
}

static void test_memory_of_two_cases(void)
{
    static const char *const paths[] = { "/DIR/SAME", "/DIR/Sub/second", "/DIR/b",
                                         "/Dir/a",    "/Dir/same",       "/Dir/sub/first" };
    struct tree *tree = tree_new_memory();

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        add(tree, paths[i], paths[i]);
    test_folders_of_two_cases(tree);
    holds(tree, "/dir/sub/first", "/Dir/sub/first");
    tree_free(tree);
}

static int count_sorted(void *context, const struct file *file)
{
    struct {
        int count;
        char last[32];
    } *sorted = context;

    sorted->count += strcmp(sorted->last, file->path) < 0;
    snprintf(sorted->last, sizeof sorted->last, "%s", file->path);
    return 0;
}

/* As many files in one folder as a mail store has: looked up by name, as they are
 * written and otherwise, and listed. One by one through all, it takes minutes. */
static void test_crowd(void)
{
    enum { FILES = 200000, SECONDS = 10 };
    struct tree *tree = tree_new_memory();
    struct file file;
    char path[32];
    int found = 0;
    struct {
        int count;
        char last[32];
    } sorted = { 0, "" };

    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "/mail/File%06d", i);
        tree_memory_add(tree, path, "", 0, NULL);
    }
    clock_t start = clock();
    for (int i = 0; i < FILES && clock() - start < SECONDS * CLOCKS_PER_SEC; i++) {
        snprintf(path, sizeof path, i % 2 ? "/mail/File%06d" : "/MAIL/fILE%06d", i);
        found += tree_lookup(tree, path, &file, NULL) == 0 && file.handle == (uint64_t)i + 3;
    }
    same_number(found, FILES, "200,000 files of one folder are found in seconds");
    ok(tree_lookup(tree, "/Mail", &file, NULL) == 0 &&
           tree_list(tree, file.handle, count_sorted, &sorted, NULL) == 0, "and listed");
    same_number(sorted.count, FILES, "in order");
    ok(clock() - start < SECONDS * CLOCKS_PER_SEC, "within %d s", SECONDS);
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

/* What was told to be lost since the last question: "PATH: REASON; ". */
static struct buffer told = BUFFER_INIT;

static void tell(void *context, const char *path, const char *reason)
{
    buffer_add_format(context, "%s: %s; ", path, reason);
}

static void lost(const char *expected, const char *what)
{
    same_text(buffer_text(&told), expected, what);
    buffer_clear(&told);
}

static struct tree *opened(const char *path)
{
    struct error error = ERROR_INIT;
    struct tree *tree = NULL;

    ok(tree_open_directory(&tree, in_base(path), tell, &told, &error) == 0, "%s opens%s%s", path,
       *error.text ? ": " : "", error.text);
    return tree;
}

/* A file that does not open any more, in a tree that says why. */
static void is_lost(struct tree *tree, const char *path, const char *reason)
{
    struct buffer expected = BUFFER_INIT;
    struct reader *reader = NULL;
    struct error error = ERROR_INIT;
    struct file file;

    ok(tree_lookup(tree, path, &file, NULL) == 0 &&
           tree_open(tree, file.handle, &reader, &error) == -1 && !reader &&
           error.kind == ERROR_DAMAGED, "%s does not open", path);
    buffer_add_format(&expected, "%s: %s", path, reason);
    same_text(error.text, buffer_text(&expected), "the error says why");
    buffer_add_text(&expected, "; ");
    lost(buffer_text(&expected), "and it is told");
    buffer_release(&expected);
}

static void test_directory(void)
{
    struct reader *reader = NULL;
    struct error error = ERROR_INIT;
    struct file file;
    char got[16];

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
    lost("", "nothing was lost");
    unlink(in_base("/plain/A"));
    is_lost(tree, "/A", "cannot open: No such file or directory");
    make_folder("/plain/A");
    is_lost(tree, "/A", "not an ordinary file");
    rmdir(in_base("/plain/A"));
    ok(mkfifo(in_base("/plain/A"), 0600) == 0, "a FIFO in its place, which is not waited for");
    is_lost(tree, "/A", "not an ordinary file");
    holds(tree, "/Windows/win.ini", "[windows]\r\n");
    put("/plain/b", "no more empty");
    ok(tree_lookup(tree, "/b", &file, NULL) == 0 && file.size == 0, "as it was listed");
    ok(tree_open(tree, file.handle, &reader, NULL) == 0 && reader->size == 13, "as it is now");
    reader_free(reader);
    lost("/b: changed after it was listed: from 0 bytes to 13; ", "that it grew is told");
    holds(tree, "/b", "no more empty");
    lost("", "once");
    put("/plain/b", "short");
    ok(tree_open(tree, file.handle, &reader, NULL) == 0 && reader->size == 5, "it shrank");
    lost("/b: changed after it was listed: from 13 bytes to 5; ", "which is told too");
    put("/plain/b", "");
    ok(reader_read(reader, 0, got, 5, &error) == -1 && error.kind == ERROR_DAMAGED &&
           memcmp(got, "\0\0\0\0", 5) == 0, "what is cut off while it is open is zeros: %s",
       error.text);
    reader_free(reader);
    tree_free(tree);
    buffer_clear(&told);

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

    ok(tree_open_directory(&tree, in_base("/nowhere"), NULL, NULL, &error) == -1 &&
           error.kind == ERROR_SYSTEM && strstr(error.text, "/nowhere") && tree == none,
       "no folder: %s", error.text);
    put("/file", "x");
    ok(tree_open_directory(&tree, in_base("/file"), NULL, NULL, &error) == -1 &&
           error.kind == ERROR_SYSTEM && tree == none, "a file is none: %s", error.text);
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

struct swap {
    struct tree *tree;
    const char *path; /* of a folder */
    int inside;
};

static int swap_after_first(void *context, const struct file *file)
{
    struct swap *swap = context;
    struct reader *reader;
    char got[6] = "";

    if (file->type != FILE_REGULAR || tree_open(swap->tree, file->handle, &reader, NULL) != 0)
        return 0;
    swap->inside += reader_read(reader, 0, got, 6, NULL) == 0 && memcmp(got, "inside", 6) == 0;
    reader_free(reader);
    if (swap->inside == 1) {
        rename(swap->path, in_base("/was"));
        link_to("../away", "/swap/a");
    }
    return 0;
}

/* How many descriptors are open: numbers are given from the lowest on. */
static int next_descriptor(void)
{
    int fd = dup(0);

    close(fd);
    return fd;
}

/* Hosts may be many, each a tree. */
static void test_descriptors(void)
{
    int before = next_descriptor();
    struct tree *tree = opened("/swap");

    same_number(next_descriptor(), before + 1, "a tree keeps one descriptor");
    holds(tree, "/a/b/file", "inside");
    same_number(next_descriptor(), before + 1, "after reading, too");
    tree_free(tree);
    same_number(next_descriptor(), before, "and gives it back");
}

/* What is put in the place of a part of a path after it was listed. */
static void test_swapped(void)
{
    static const char *const folders[] = { "/swap", "/swap/a", "/swap/a/b", "/away", "/away/b" };
    static const char *const files[] = { "/swap/a/file", "/swap/a/b/file", "/swap/a/b/other" };
    char path[sizeof path_text];

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        make_folder(folders[i]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        put(files[i], "inside");
    put("/away/file", "secret");
    put("/away/b/file", "secret");
    put("/away/b/other", "secret");

    test_descriptors();
    struct tree *tree = opened("/swap");
    if (!tree)
        return;
    unlink(in_base("/swap/a/file"));
    link_to("../../away/file", "/swap/a/file");
    is_lost(tree, "/a/file", "not an ordinary file");
    tree_free(tree);

    /* The folder that a file is in, and the one above it. */
    tree = opened("/swap");
    strcpy(path, in_base("/swap/a/b"));
    ok(rename(path, in_base("/was")) == 0, "a folder is gone");
    is_lost(tree, "/a/b/file", "cannot open its folder: No such file or directory");
    link_to("../../away/b", "/swap/a/b");
    is_lost(tree, "/a/b/file", "cannot open its folder: Not a directory");
    ok(unlink(path) == 0 && mkfifo(path, 0600) == 0, "a FIFO in its place");
    is_lost(tree, "/a/b/file", "cannot open its folder: Not a directory");
    ok(unlink(path) == 0 && rename(in_base("/was"), path) == 0, "it is back");
    holds(tree, "/a/b/file", "inside");
    tree_free(tree);

    tree = opened("/swap");
    strcpy(path, in_base("/swap/a"));
    ok(rename(path, in_base("/was")) == 0, "the folder above is gone");
    link_to("../away", "/swap/a");
    is_lost(tree, "/a/b/file", "cannot open its folder: Not a directory");
    ok(unlink(path) == 0 && rename(in_base("/was"), path) == 0, "it is back");

    /* After a file of it was read, too. */
    holds(tree, "/a/b/file", "inside");
    ok(rename(path, in_base("/was")) == 0, "the folder above is gone again");
    link_to("../away", "/swap/a");
    is_lost(tree, "/a/b/other", "cannot open its folder: Not a directory");
    tree_free(tree);
    ok(unlink(path) == 0 && rename(in_base("/was"), path) == 0, "it is back");

    /* During a walk the folder that was opened is read on, wherever it is now. */
    struct swap swap = { opened("/swap"), path, 0 };
    ok(tree_walk(swap.tree, swap_after_first, &swap, NULL) == 0, "a walk");
    same_number(swap.inside, 2, "both files of it are those that were listed");
    lost("", "nothing is lost by that");
    tree_free(swap.tree);

    /* The tree itself. */
    tree = opened("/away");
    strcpy(path, in_base("/away"));
    ok(rename(path, in_base("/moved")) == 0, "the root is moved");
    link_to("swap", "/away");
    holds(tree, "/file", "secret");
    tree_free(tree);
}

/* A folder without rights costs what is in it. */
static void test_unreadable(void)
{
    struct file file;
    bool is_root = geteuid() == 0;

    make_folder("/rights");
    make_folder("/rights/a");
    make_folder("/rights/closed");
    make_folder("/rights/names");
    make_folder("/rights/z");
    put("/rights/a/file", "a");
    put("/rights/closed/file", "c");
    put("/rights/names/file", "n");
    put("/rights/secret", "s");
    put("/rights/z/file", "z");
    chmod(in_base(""), 0711);
    chmod(in_base("/rights"), 0755);
    chmod(in_base("/rights/a"), 0755);
    chmod(in_base("/rights/z"), 0755);
    chmod(in_base("/rights/a/file"), 0644);
    chmod(in_base("/rights/z/file"), 0644);
    chmod(in_base("/rights/secret"), 0000);
    chmod(in_base("/rights/closed"), 0000);
    chmod(in_base("/rights/names"), 0444);
    if (is_root && seteuid(65534) != 0) {
        ok(true, "unreadable folders # SKIP root reads all");
        return;
    }
    struct tree *tree = opened("/rights");
    walks(tree, "/ /a/ /a/file /closed/ /names/ /secret /z/ /z/file ", "the others are there");
    lost("/closed: cannot read folder: Permission denied; "
         "/names/file: cannot read: Permission denied; ", "those that are not are told");
    lists(tree, "/closed", "", "nothing is in it");
    holds(tree, "/a/file", "a");
    holds(tree, "/z/file", "z");
    is_lost(tree, "/secret", "cannot open: Permission denied");
    ok(tree_lookup(tree, "/closed/file", &file, NULL) == -1, "nor found");
    tree_free(tree);
    if (is_root && seteuid(0) != 0)
        exit(1);
    chmod(in_base("/rights/closed"), 0700);
    chmod(in_base("/rights/names"), 0700);
}

/* Folders that differ by case only: as Linux allows. */
static void test_directory_of_two_cases(void)
{
    static const char *const folders[] = { "/two", "/two/DIR", "/two/DIR/Sub", "/two/Dir",
                                           "/two/Dir/sub" };
    static const char *const files[] = { "/two/DIR/SAME", "/two/DIR/Sub/second", "/two/DIR/b",
                                         "/two/Dir/a",    "/two/Dir/same", "/two/Dir/sub/first" };

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        make_folder(folders[i]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        put(files[i], "");
    struct tree *tree = opened("/two");
    test_folders_of_two_cases(tree);
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

/* A chain of folders of one name below `path`; the descriptor of the last, or -1. */
static int make_chain(const char *path, const char *name, int depth)
{
    make_folder(path);
    int at = open(in_base(path), O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < depth && at >= 0; i++) {
        int next = mkdirat(at, name, 0700) == 0 ? openat(at, name, O_RDONLY | O_DIRECTORY) : -1;
        close(at);
        at = next;
    }
    ok(at >= 0, "%d folders of %d bytes", depth, (int)strlen(name));
    return at;
}

/* Its path may be longer than the system takes. */
static void delete_chain(const char *name, int last, int depth)
{
    bool gone = true;

    for (; depth > 0; depth--) {
        int above = openat(last, "..", O_RDONLY | O_DIRECTORY);
        close(last);
        last = above;
        gone &= unlinkat(last, name, AT_REMOVEDIR) == 0;
    }
    close(last);
    ok(gone, "and is deleted");
}

/* `count` parts of one name. */
static const char *chain_path(const char *name, int count)
{
    static struct buffer path = BUFFER_INIT;

    buffer_release(&path);
    for (int i = 0; i < count; i++) {
        buffer_add_byte(&path, '/');
        buffer_add_text(&path, name);
    }
    return buffer_text(&path);
}

/* Folders in folders: as deep as the limit allows, and deeper. */
static void test_depth(void)
{
    struct file file;
    int at = make_chain("/deep", "d", LIMIT_PATH_DEPTH);

    close(openat(at, "last", O_WRONLY | O_CREAT, 0600));
    put("/deep/e", "beside");
    struct tree *tree = opened("/deep");
    lost("", "as deep as can be");
    struct buffer path = BUFFER_INIT;
    buffer_add_format(&path, "%s/last", chain_path("d", LIMIT_PATH_DEPTH));
    holds(tree, buffer_text(&path), "");
    holds(tree, "/e", "beside");
    tree_free(tree);

    mkdirat(at, "d", 0700);
    tree = opened("/deep");
    buffer_clear(&path);
    buffer_add_format(&path, "%s: cannot read folder: deeper than any that fett reads; ",
                      chain_path("d", LIMIT_PATH_DEPTH + 1));
    lost(buffer_text(&path), "one more is too deep, and told");
    ok(tree_lookup(tree, chain_path("d", LIMIT_PATH_DEPTH + 1), &file, NULL) == 0,
       "but for what is in it, it is there");
    holds(tree, "/e", "beside");
    tree_free(tree);
    unlinkat(at, "last", 0);
    unlinkat(at, "d", AT_REMOVEDIR);
    delete_chain("d", at, LIMIT_PATH_DEPTH);
    buffer_release(&path);
}

/* Paths longer than the system takes at once. */
static void test_long_paths(void)
{
    enum { DEPTH = 100 };
    struct buffer path = BUFFER_INIT;
    char name[256];

    memset(name, 'n', 255);
    name[255] = '\0';
    int at = make_chain("/long", name, DEPTH);
    close(openat(at, "last", O_WRONLY | O_CREAT, 0600));
    struct tree *tree = opened("/long");
    lost("", "paths of 25,600 bytes");
    buffer_add_format(&path, "%s/last", chain_path(name, DEPTH));
    holds(tree, buffer_text(&path), "");
    tree_free(tree);
    unlinkat(at, "last", 0);
    delete_chain(name, at, DEPTH);
    buffer_release(&path);
}

int main(void)
{
    test_memory();
    test_case();
    test_memory_of_two_cases();
    test_many();
    test_crowd();

    const char *temporary = getenv("TMPDIR");
    snprintf(base, sizeof base, "%s/fett-tree-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(base)) {
        printf("Bail out! cannot make %s\n", base);
        return 1;
    }
    test_directory();
    test_none();
    test_links();
    test_swapped();
    test_unreadable();
    test_directory_of_two_cases();
    test_names();
    test_depth();
    test_long_paths();
    buffer_release(&told);
    ok(nftw(base, delete_each, 16, FTW_DEPTH | FTW_PHYS) == 0, "all is deleted again");
    return tap_done();
}
