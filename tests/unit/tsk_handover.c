/* SPDX-License-Identifier: Apache-2.0 */

/* The index from one process to another: all of it comes, and what cannot be one, or was cut,
 * is refused: the process that wrote it had a library in it that damage can lead anywhere. */

#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/evidence/tsk_index.h"

#include "test_folder.h"

enum { ENTRIES = 3, CLAIMED = 5 };

static const struct volume volume = { .name = "p1", .kind = FS_FAT32, .kind_name = "FAT32" };
static const char names[] = "folderfileFILE~1";

/* The root, a folder in it, and a file with a DOS name in that. */
static void fill(struct tsk_filesystem *owner, struct image *image)
{
    static struct tsk_entry entries[ENTRIES];
    static uint8_t claimed[CLAIMED] = { 1, 2, 3, 4, 0xff };

    entries[0] = (struct tsk_entry){ .inode = 2, .type = FILE_DIRECTORY };
    entries[1] = (struct tsk_entry){ .inode = 5, .length = 6, .type = FILE_DIRECTORY };
    entries[2] = (struct tsk_entry){ .inode = 5, .parent = 1, .text = 6, .length = 4,
                                     .dos_length = 6, .type = FILE_REGULAR, .size = 1 << 20 };
    *owner = (struct tsk_filesystem){ .base = { .image = image, .volume = &volume },
                                      .entries = entries,
                                      .count = ENTRIES,
                                      .claimed = claimed,
                                      .claimed_size = sizeof claimed };
    buffer_add(&owner->text, names, sizeof names - 1);
}

/* Write the index into a new file. */
static int hand_over(struct tsk_filesystem *owner)
{
    int file = memfd_create("test", MFD_CLOEXEC);

    tsk_index_hand_over(owner, file);
    return file;
}

/* What reading it returns; it goes to *taken, if that is not NULL. */
static int take_over(int file, struct image *image, struct tsk_filesystem *taken,
                     struct error *error)
{
    struct tsk_filesystem owner = { .base = { .image = image, .volume = &volume } };
    int result = tsk_index_take_over(&owner, file, error);

    if (taken) {
        *taken = owner;
        return result;
    }
    free(owner.entries);
    free(owner.claimed);
    buffer_release(&owner.text);
    return result;
}

static void test_whole(struct image *child, struct image *parent)
{
    const struct gap gap = { .offset = 512, .length = 32, .kind = GAP_STRUCTURE,
                             .reason = "its chain", .volume = "p1", .path = "/folder/file" };
    struct tsk_filesystem owner, taken;
    struct gap told;

    image_add_gap(child, &gap);
    fill(&owner, child);
    owner.base.may_lack_names = true;
    int file = hand_over(&owner);
    same_number(take_over(file, parent, &taken, NULL), 0, "an index is taken over");
    same_number((long long)taken.count, ENTRIES, "all entries");
    ok(memcmp(taken.entries, owner.entries, ENTRIES * sizeof *owner.entries) == 0,
       "as they were");
    ok(taken.text.length == sizeof names - 1 &&
           memcmp(taken.text.data, names, sizeof names - 1) == 0, "their names");
    ok(taken.claimed_size == CLAIMED && memcmp(taken.claimed, owner.claimed, CLAIMED) == 0,
       "the clusters of live files");
    ok(taken.base.may_lack_names, "that names may be lost");
    same_number((long long)image_gap_count(parent), 1, "the gaps");
    image_gap(parent, 0, &told);
    ok(told.offset == 512 && told.length == 32 && told.kind == GAP_STRUCTURE && !told.inode,
       "where they are");
    same_text(told.reason, "its chain", "why");
    same_text(told.path, "/folder/file", "of what");
    free(taken.entries);
    free(taken.claimed);
    buffer_release(&taken.text);
    same_number(take_over(file, parent, NULL, NULL), 0, "once more");
    same_number((long long)image_gap_count(parent), 1, "gaps that are known are none more");
    close(file);
    buffer_release(&owner.text);
}

static void test_none(struct image *image)
{
    int file = memfd_create("test", MFD_CLOEXEC);

    same_number(take_over(-1, image, NULL, NULL), 1, "no file: nothing was handed over");
    same_number(take_over(file, image, NULL, NULL), 1, "nor in an empty one");
    ok(ftruncate(file, 100000) == 0, "a file of zeros");
    same_number(take_over(file, image, NULL, NULL), 1, "nor where the head is missing");
    close(file);
}

/* One fault in the entries, by which it must be refused. */
static void test_fault(struct image *image, size_t at, struct tsk_entry fault, const char *what)
{
    struct error error = ERROR_INIT;
    struct tsk_filesystem owner;

    fill(&owner, image);
    owner.entries[at] = fault;
    int file = hand_over(&owner);
    ok(take_over(file, image, NULL, &error) == -1 && error.kind == ERROR_DAMAGED &&
           strstr(error.text, "FAT32: libtsk fails on it"), "%s: %s", what, error.text);
    close(file);
    buffer_release(&owner.text);
}

/* Whatever its bytes are, it comes back; where it is cut it is refused. */
static void test_bytes(struct image *image)
{
    struct tsk_filesystem owner;
    bool refused = true;

    fill(&owner, image);
    int file = hand_over(&owner);
    off_t size = lseek(file, 0, SEEK_END);
    for (off_t i = 0; i < size; i++) {
        uint8_t byte, changed;
        if (pread(file, &byte, 1, i) != 1)
            break;
        for (int bit = 0; bit < 8; bit += 7) {
            changed = byte ^ (uint8_t)(1 << bit);
            if (pwrite(file, &changed, 1, i) == 1)
                take_over(file, image, NULL, NULL);
        }
        if (pwrite(file, &byte, 1, i) != 1)
            break;
    }
    same_number(take_over(file, image, NULL, NULL), 0, "with each byte changed and back");
    while (size-- > 0 && ftruncate(file, size) == 0)
        refused &= take_over(file, image, NULL, NULL) != 0;
    ok(refused, "cut anywhere it is none");
    close(file);
    buffer_release(&owner.text);
}

static struct image *open_empty(const char *name)
{
    struct image *image = NULL;

    write_file(name, (uint8_t[1024]){ 0 }, 1024);
    ok(image_open(&image, in_folder(name), NULL, NULL) == 0, "%s", name);
    return image;
}

int main(void)
{
    enum { TEXT = sizeof names - 1 };

    make_folder();
    struct image *child = open_empty("child.raw"), *parent = open_empty("parent.raw");
    test_whole(child, parent);
    test_none(parent);
    test_fault(parent, 2, (struct tsk_entry){ .inode = 5, .text = TEXT - 3, .length = 4 },
               "a name that ends behind the names");
    test_fault(parent, 2, (struct tsk_entry){ .inode = 5, .text = UINT32_MAX, .length = 4 },
               "a name that begins behind them");
    test_fault(parent, 2, (struct tsk_entry){ .inode = 5, .parent = ENTRIES },
               "a folder that is none");
    test_fault(parent, 2, (struct tsk_entry){ .inode = 4 }, "entries that are in no order");
    test_fault(parent, 1, (struct tsk_entry){ .inode = 5, .type = FILE_VIRTUAL + 1 },
               "a kind of file that there is not");
    test_fault(parent, 1, (struct tsk_entry){ .inode = 5, .state = FILE_ORPHAN + 1 },
               "a state that there is not");
    test_bytes(parent);
    image_free(child);
    image_free(parent);
    return done();
}
