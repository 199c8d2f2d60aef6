/* SPDX-License-Identifier: Apache-2.0 */

/* Transaction logs of both formats, made here by their description, whole and
 * damaged, over a small hive; and real ones, where the corpus is there. */

#include <stdlib.h>

#include <fett/digest.h>

#include "../../lib/hive/regf_log.h"
#include "hive_maker.h"
#include "tap.h"

enum { SECTOR = 512, PAGE = 4096, LOG_SIZE = 65536 };
enum { OLD = 1, OLD_2000 = 2, NEW = 6 };

struct log {
    uint8_t data[LOG_SIZE];
    size_t size;
};

static struct log one, two;
static uint8_t primary[SIZE];
static size_t primary_size;

/* The hive, waiting for entry `sequence`: its value a is "xy". */
static void make_primary(uint32_t sequence)
{
    build();
    put32(file + 4, sequence + 1);
    put32(file + 8, sequence);
    put32(file + 12, 0x1234);
    put32(file + 44, 1);
    seal(file);
    memcpy(primary, file, SIZE);
    primary_size = SIZE;
}

static void begin_log(struct log *log, unsigned type, uint32_t sequence)
{
    memset(log, 0, sizeof *log);
    memcpy(log->data, primary, SECTOR);
    put32(log->data + 4, sequence);
    put32(log->data + 8, sequence);
    put32(log->data + 28, type);
    seal(log->data);
    log->size = SECTOR;
}

/* The text of value a, two letters, in an hbin page. */
static void set_text(uint8_t *page, const char *text)
{
    page[text_cell + 4] = (uint8_t)text[0];
    page[text_cell + 6] = (uint8_t)text[1];
}

/* An entry of `count` pages of 4096 bytes; returns where the first one lies. */
static uint8_t *begin_entry(struct log *log, uint32_t sequence, uint32_t bins_size, uint32_t count)
{
    uint8_t *entry = log->data + log->size;
    size_t size = (40 + (8 + PAGE) * count + SECTOR - 1) / SECTOR * SECTOR;

    memset(entry, 0, size);
    memcpy(entry, "HvLE", 4);
    put32(entry + 4, (uint32_t)size);
    put32(entry + 12, sequence);
    put32(entry + 16, bins_size);
    put32(entry + 20, count);
    for (uint32_t i = 0; i < count; i++) {
        put32(entry + 40 + 8 * i, PAGE * i);
        put32(entry + 44 + 8 * i, PAGE);
    }
    log->size += size;
    memcpy(entry + 40 + 8 * count, primary + BASE, PAGE);
    return entry + 40 + 8 * count;
}

/* One that changes the text; returns the entry. */
static uint8_t *add_entry(struct log *log, uint32_t sequence, const char *text)
{
    uint8_t *entry = log->data + log->size;

    set_text(begin_entry(log, sequence, PAGE, 1), text);
    hash_entry(entry, log->size - (size_t)(entry - log->data));
    return entry;
}

static struct hive *opened(size_t log_count, struct error *error)
{
    struct reader *readers[] = { reader_over_memory(one.data, one.size),
                                 reader_over_memory(two.data, two.size) };
    struct reader *reader = reader_over_memory(primary, primary_size);
    struct hive *hive = NULL;

    if (hive_open_with_logs(&hive, reader, readers, log_count, error) != 0)
        hive = NULL;
    reader_free(reader);
    reader_free(readers[0]);
    reader_free(readers[1]);
    return hive;
}

/* The text of value a, whether a log was applied, and the only problem, "" for
 * none, "N: ..." of log N. */
static void gives(size_t log_count, const char *text, bool replayed, const char *problem,
                  const char *what)
{
    struct error error = ERROR_INIT;
    struct hive *hive = opened(log_count, &error);
    struct hive_value value = { .size = 0 };
    struct buffer got = BUFFER_INIT;
    uint64_t offset;

    if (!ok(hive != NULL, "%s: opens: %s", what, error.text))
        return;
    hive_key key = hive_key_find(hive, hive_root(hive), "Run");
    if (key && hive_value_find(hive, key, "a", &value, NULL) == 0)
        hive_value_text(hive, &value, &got);
    same_text(buffer_text(&got), text, what);
    ok(hive_is_replayed(hive) == replayed, "%s: applied or not", what);
    buffer_clear(&got);
    for (size_t i = 0; i < hive_problem_count(hive); i++)
        buffer_add_format(&got, "%s%zu: %s", i > 0 ? "; " : "", hive_problem_log(hive, i),
                          hive_problem(hive, i, &offset));
    same_text(buffer_text(&got), problem, what);
    buffer_release(&got);
    hive_free(hive);
}

/* As read in a log of Windows 10: the hash of its own maker. */
static void test_hash(void)
{
    static const uint8_t header[] = {
        0x48, 0x76, 0x4c, 0x45, 0x00, 0x5e, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00,
        0x00, 0x00, 0x00, 0x50, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x31, 0xe4, 0x07, 0x18,
        0x66, 0x6c, 0x86, 0x67,
    };
    static const uint8_t expected[] = { 0x02, 0x7f, 0x65, 0xa7, 0xcf, 0xf3, 0x44, 0xcd };
    uint8_t result[8];

    hash(header, sizeof header, result);
    ok(memcmp(result, expected, sizeof result) == 0, "the hash of these tests is Windows's");
}

static void test_entries(void)
{
    make_primary(5);
    begin_log(&one, NEW, 5);
    gives(0, "xy", false, "", "no log");
    add_entry(&one, 5, "aa");
    add_entry(&one, 6, "bb");
    gives(1, "bb", true, "", "two entries");
    begin_log(&two, NEW, 7);
    add_entry(&two, 7, "cc");
    gives(2, "cc", true, "", "two logs");
    struct log kept = one;
    one = two;
    two = kept;
    gives(2, "cc", true, "", "two logs, the second one first");

    make_primary(6);
    begin_log(&one, NEW, 4);
    add_entry(&one, 4, "aa");
    add_entry(&one, 5, "bb");
    gives(1, "xy", false, "", "entries that are in the hive already");
    add_entry(&one, 6, "cc");
    gives(1, "cc", true, "", "and one behind them that is not");
    add_entry(&one, 2, "dd");
    gives(1, "cc", true, "", "what an earlier use of the file left");
    begin_log(&one, NEW, 9);
    add_entry(&one, 9, "aa");
    gives(1, "aa", true, "", "a hive that was written but for its base block");
    put32(primary + 8, 7);
    put32(primary + 4, 7);
    seal(primary);
    gives(1, "xy", false, "", "a hive that needs none");
}

static void test_missing(void)
{
    make_primary(5);
    begin_log(&one, NEW, 5);
    add_entry(&one, 5, "aa");
    begin_log(&two, NEW, 7);
    add_entry(&two, 7, "cc");
    gives(2, "aa", true, "2: log: begins with entry 7, the next is 6: not applied",
          "an entry is missing between the logs");
    make_primary(6);
    begin_log(&one, NEW, 5);
    add_entry(&one, 5, "aa");
    add_entry(&one, 6, "bb");
    begin_log(&two, NEW, 8);
    add_entry(&two, 8, "cc");
    gives(2, "bb", true, "2: log: begins with entry 8, the next is 7: not applied",
          "behind a log of which a part is in the hive");
    begin_log(&one, NEW, 6);
    gives(1, "xy", false, "1: log: no entry 6", "a log without entries");
    add_entry(&one, 7, "aa");
    gives(1, "xy", false, "1: log: no entry 6", "a log without its first entry");
}

/* Damage to the second of three entries: the first is applied, the others are not. */
static uint8_t *make_three(void)
{
    make_primary(5);
    begin_log(&one, NEW, 5);
    add_entry(&one, 5, "aa");
    uint8_t *second = add_entry(&one, 6, "bb");
    add_entry(&one, 7, "cc");
    return second;
}

#define REST ": it and what is behind it are not applied"

static void test_damaged_entries(void)
{
    enum { SIZE_OF_ONE = 4608 };
    uint8_t *entry = make_three();

    entry[2000] ^= 1;
    gives(1, "aa", true, "1: log: entry 6: hash of its pages does not match" REST, "a bit of a page");
    entry = make_three();
    entry[13] ^= 1;
    gives(1, "aa", true, "1: log: entry 6: hash of its header does not match" REST,
          "a bit of the header");
    begin_log(&two, NEW, 8);
    add_entry(&two, 8, "dd");
    gives(2, "aa", true,
          "1: log: entry 6: hash of its header does not match" REST
          "; 2: log: begins with entry 8, the next is 6: not applied",
          "the other log is not applied then");
    make_three();
    one.size = SECTOR + 2 * SIZE_OF_ONE - 100;
    gives(1, "aa", true, "1: log: entry 6: needs 4608 bytes, has 4508" REST, "a log that was cut");
    one.size = SECTOR + SIZE_OF_ONE + 20;
    gives(1, "aa", true, "", "a rest that has room for no entry");
    entry = make_three();
    put32(entry + 4, 0);
    hash_entry(entry, SIZE_OF_ONE);
    gives(1, "aa", true, "1: log: entry 6: size 0" REST, "an entry of no size");
    entry = make_three();
    put32(entry + 44, 1024 + 1);
    hash_entry(entry, SIZE_OF_ONE);
    gives(1, "aa", true, "1: log: entry 6: page of 1025 bytes for 4096" REST, "a page of odd size");
    entry = make_three();
    put32(entry + 40, PAGE);
    hash_entry(entry, SIZE_OF_ONE);
    gives(1, "aa", true, "1: log: entry 6: page of 4096 bytes for 8192" REST,
          "a page behind the hbins");
    entry = make_three();
    put32(entry + 20, 600);
    hash_entry(entry, SIZE_OF_ONE);
    gives(1, "aa", true, "1: log: entry 6: its pages need 4840 bytes, it has 4608" REST,
          "more pages than it has");
    entry = make_three();
    put32(entry + 16, 0x40000000);
    hash_entry(entry, SIZE_OF_ONE);
    gives(1, "aa", true, "1: log: entry 6: hbins of 1073741824 bytes, which are nowhere" REST,
          "hbins that nothing is there of");
    entry = make_three();
    put32(entry + 16, PAGE + 100);
    hash_entry(entry, SIZE_OF_ONE);
    gives(1, "aa", true, "1: log: entry 6: hbins of 4196 bytes, which are nowhere" REST,
          "a part of an hbin");
}

static void test_damaged_logs(void)
{
    make_three();
    one.data[100] ^= 1;
    gives(1, "xy", false,
          "1: log: base block: no signature, or its checksum does not match",
          "a log with a damaged base block");
    make_three();
    put32(one.data + 4, 6);
    seal(one.data);
    gives(1, "xy", false,
          "1: log: was not written to its end: sequence numbers 6 and 5", "one half written");
    make_three();
    put32(one.data + 28, 0);
    seal(one.data);
    gives(1, "xy", false, "1: log: file type 0", "a hive in the place of a log");
    make_three();
    one.size = 100;
    gives(1, "xy", false, "1: log: base block: needs 512 bytes at 0, has 100", "100 bytes");
    one.size = 0;
    gives(1, "xy", false, "", "an empty log");
    memset(&one, 0, sizeof one);
    one.size = LOG_SIZE;
    gives(1, "xy", false, "", "a log of zeros");
    make_three();
    struct log kept = one;
    memset(&one, 0, sizeof one);
    two = kept;
    gives(2, "cc", true, "", "an empty one beside a whole one");
}

/* The text of value a moves to a second hbin, which only the log has. */
static void grow(uint8_t *pages)
{
    uint8_t *bin = pages + PAGE;

    put32(pages + text_value + 4 + 8, PAGE + 32);
    memset(bin, 0, PAGE);
    memcpy(bin, "hbin", 4);
    put32(bin + 4, PAGE);
    put32(bin + 8, PAGE);
    put32(bin + 32, (uint32_t)-16);
    memcpy(bin + 36, "z\0z\0\0", 6);
    put32(bin + 48, PAGE - 48);
}

static void test_growing(void)
{
    make_primary(5);
    begin_log(&one, NEW, 5);
    uint8_t *entry = one.data + one.size;
    grow(begin_entry(&one, 5, 2 * PAGE, 2));
    hash_entry(entry, one.size - SECTOR);
    gives(1, "zz", true, "", "hbins grow");

    put32(entry + 16, 3 * PAGE);
    hash_entry(entry, one.size - SECTOR);
    gives(1, "zz", true, "0: hive: needs 12288 bytes behind the base block, has 8192",
          "hbins that grow further than they are there");
}

static void test_base_block(void)
{
    make_three();
    begin_log(&two, NEW, 3);
    add_entry(&two, 3, "ee");
    primary[508] ^= 1;
    gives(2, "cc", true, "", "a damaged base block: that of the newer log is taken");
    memset(primary, 0, SECTOR);
    gives(2, "cc", true, "", "a base block that was overwritten");
    memset(primary + BASE, 0, SECTOR);
    struct error error = ERROR_INIT;
    ok(!opened(2, &error) && error.kind == ERROR_DAMAGED, "what is no hive: %s", error.text);
    make_three();
    primary_size = 600;
    gives(1, "cc", true, "", "a hive that was cut behind its base block");
}

/* A log of the older format, with sectors of so many times 512 bytes: the hbin with
 * another text, of which `dirty` has a bit for each 512 bytes. */
static void make_old(struct log *log, unsigned type, unsigned sectors, uint8_t dirty,
                     const char *text)
{
    uint8_t page[PAGE];
    size_t sector = (size_t)sectors * SECTOR;

    begin_log(log, type, 6);
    put32(log->data + 44, sectors);
    seal(log->data);
    memcpy(log->data + sector, "DIRT", 4);
    log->data[sector + 4] = dirty;
    log->size = 2 * sector;
    memcpy(page, primary + BASE, PAGE);
    set_text(page, text);
    for (unsigned i = 0; i < 8; i++)
        if (dirty >> i & 1) {
            memcpy(log->data + log->size, page + (size_t)i * SECTOR, SECTOR);
            log->size += SECTOR;
        }
}

static void test_old(void)
{
    make_primary(5);
    make_old(&one, OLD, 1, 0xff, "aa");
    one.size += 1000;
    gives(1, "aa", true, "", "the older format");
    make_old(&one, OLD_2000, 8, 0xff, "bb");
    gives(1, "bb", true, "", "of Windows 2000, sectors of 4096 bytes");
    make_old(&one, OLD, 1, (uint8_t)(1 << text_cell / SECTOR), "cc");
    gives(1, "cc", true, "", "one page of 512 bytes");
    make_old(&one, OLD, 1, (uint8_t)~(1 << text_cell / SECTOR), "cc");
    gives(1, "xy", true, "", "all pages but that one");
    make_old(&one, OLD, 1, 0xff, "aa");
    struct log kept = one;
    begin_log(&one, NEW, 3);
    add_entry(&one, 3, "bb");
    two = kept;
    gives(2, "aa", true, "", "one beside a log of the newer format that does not apply");
}

static void test_old_growing(void)
{
    static uint8_t pages[2 * PAGE];

    make_primary(5);
    begin_log(&one, OLD, 6);
    put32(one.data + 40, 2 * PAGE);
    seal(one.data);
    memcpy(one.data + SECTOR, "DIRT\xff\xff", 6);
    memcpy(pages, primary + BASE, PAGE);
    grow(pages);
    memcpy(one.data + 2 * SECTOR, pages, sizeof pages);
    one.size = 2 * SECTOR + sizeof pages;
    gives(1, "zz", true, "", "hbins grow in the older format");
    one.data[SECTOR + 5] = 0;
    gives(1, "", true,
          "0: hive: needs 8192 bytes behind the base block, has 4096; "
          "0: value: needs 6 bytes, has 0", "the new hbin is not in the log");
}

static void test_old_damaged(void)
{
    make_primary(5);
    make_old(&one, OLD, 1, 0xff, "aa");
    one.size = 2 * SECTOR + SECTOR + 100;
    gives(1, text_cell < SECTOR ? "aa" : "xy", true,
          "1: log: ends before page 1: it and what is behind it are not applied",
          "an older log that was cut");
    make_old(&one, OLD, 1, 0xff, "aa");
    one.data[SECTOR] = 'X';
    gives(1, "xy", false, "1: log: list of pages: no signature", "no list of pages");
    one.size = SECTOR + 3;
    gives(1, "xy", false, "1: log: list of pages: needs 5 bytes at 512, has 3",
          "a list that was cut");
    make_old(&one, OLD, 1, 0xff, "aa");
    put32(one.data + 44, 9);
    seal(one.data);
    gives(1, "xy", false, "1: log: hbins of 4096 bytes, sectors of 9 times 512",
          "sectors that no disk has");
    make_old(&one, OLD, 1, 0xff, "aa");
    put32(one.data + 12, 0x9999);
    seal(one.data);
    gives(1, "xy", false, "1: log: is of another time than the hive: not applied",
          "a log of another time");
    make_old(&two, OLD, 1, 0xff, "bb");
    gives(2, "bb", true, "", "beside one that fits");
    put32(primary + BASE + 20, 0x9999);
    primary[60] ^= 1;
    gives(1, "aa", true, "", "a damaged base block: the time of the first hbin counts");
}

/* The corpus's folder; false: it is not there. */
static bool find_corpus(char *path, int size)
{
    FILE *command = popen("../shared/corpus/unpack 2>/dev/null", "r");
    bool found = command && fgets(path, size, command);

    if (command)
        pclose(command);
    path[strcspn(path, "\n")] = '\0';
    return found;
}

static struct reader *open_in(const char *corpus, const char *name)
{
    struct buffer path = BUFFER_INIT;
    struct reader *reader = NULL;

    buffer_add_format(&path, "%s/hives/%s", corpus, name);
    if (reader_open_file(&reader, buffer_text(&path), NULL) != 0)
        reader = NULL;
    buffer_release(&path);
    return reader;
}

/* SHA-256 of the hbins. */
static void hash_bins(struct reader *reader, char hex[DIGEST_HEX_SIZE])
{
    struct digest digest;
    uint8_t *data;
    size_t size;

    strcpy(hex, "cannot be read");
    if (reader_read_all(reader, SIZE_MAX, &data, &size, NULL, NULL) != 0)
        return;
    if (digest_init(&digest, DIGEST_SHA256, NULL) == 0) {
        digest_update(&digest, data + BASE, size - BASE);
        digest_finish(&digest, hex);
    }
    free(data);
}

/* A dirty hive and its logs become what Windows 10 made of them. */
static void test_recovered(const char *corpus, const char *hive_name, const char *log1_name,
                           const char *log2_name)
{
    struct reader *hive_reader = open_in(corpus, hive_name), *after = NULL;
    struct reader *logs[] = { open_in(corpus, log1_name), open_in(corpus, log2_name) };
    struct reader *expected = open_in(corpus, "yarp/NewDirtyHive1/RecoveredHive_Windows10");
    char got_hex[DIGEST_HEX_SIZE], expected_hex[DIGEST_HEX_SIZE];
    struct hive *hive = calloc(1, sizeof *hive);

    if (ok(hive_reader && logs[0] && logs[1] && expected, "%s is there", hive_name) &&
        regf_replay(hive, hive_reader, logs, 2, &after, NULL) == 0 && after) {
        hash_bins(after, got_hex);
        hash_bins(expected, expected_hex);
        same_text(got_hex, expected_hex, "its hbins are those that Windows 10 recovered");
    }
    hive_free(hive);
    reader_free(after);
    reader_free(hive_reader);
    reader_free(logs[0]);
    reader_free(logs[1]);
    reader_free(expected);
}

static size_t count_keys(struct hive *hive, hive_key key, size_t *values)
{
    size_t keys = 1;

    *values += hive_value_count(hive, key);
    for (size_t i = 0; i < hive_key_child_count(hive, key); i++)
        keys += count_keys(hive, hive_key_child(hive, key, i), values);
    return keys;
}

/* As many keys and values as libregf counts in the hive after a replay that was
 * written without this one. */
static void test_counts(const char *corpus, const char *const *names, size_t log_count,
                        size_t keys, size_t values)
{
    struct reader *readers[3] = { NULL };
    size_t got_values = 0;
    struct hive *hive;

    for (size_t i = 0; i < log_count + 1; i++)
        readers[i] = open_in(corpus, names[i]);
    if (ok(readers[0] && readers[1] &&
               hive_open_with_logs(&hive, readers[0], readers + 1, log_count, NULL) == 0,
           "%s opens", names[0])) {
        ok(hive_is_replayed(hive), "its logs are applied");
        same_number((long long)count_keys(hive, hive_root(hive), &got_values), (long long)keys,
                    "keys");
        same_number((long long)got_values, (long long)values, "values");
        hive_free(hive);
    }
    for (size_t i = 0; i < 3; i++)
        reader_free(readers[i]);
}

static void test_real(void)
{
    char corpus[1024];

    if (!find_corpus(corpus, sizeof corpus)) {
        ok(true, "real logs # SKIP ../shared/corpus is not there");
        return;
    }
    test_recovered(corpus, "yarp/NewDirtyHive1/NewDirtyHive", "yarp/NewDirtyHive1/NewDirtyHive.LOG1",
                   "yarp/NewDirtyHive1/NewDirtyHive.LOG2");
    test_counts(corpus, (const char *[]){ "regipy/SYSTEM_B", "regipy/SYSTEM_B.LOG1",
                                          "regipy/SYSTEM_B.LOG2" }, 2, 35595, 78901);
    test_counts(corpus, (const char *[]){ "regipy/transactions_NTUSER.DAT",
                                          "regipy/transactions_ntuser.dat.log1",
                                          "regipy/transactions_ntuser.dat.log2" }, 2, 3105, 4695);
    test_counts(corpus, (const char *[]){ "yarp/NewDirtyHive2/NewDirtyHive",
                                          "yarp/NewDirtyHive2/NewDirtyHive.LOG1",
                                          "yarp/NewDirtyHive2/NewDirtyHive.LOG2" }, 2, 5, 1);
    test_counts(corpus, (const char *[]){ "yarp/BadBaseBlockHive/BadBaseBlockHive",
                                          "yarp/OldLogWithRemnantData" }, 1, 5003, 1);
}

int main(void)
{
    test_hash();
    test_entries();
    test_missing();
    test_damaged_entries();
    test_damaged_logs();
    test_growing();
    test_base_block();
    test_old();
    test_old_growing();
    test_old_damaged();
    test_real();
    return tap_done();
}
