/* SPDX-License-Identifier: Apache-2.0 */

/* Unit tests of verify. The digests of "abc" and of a million 'a' are those of
 * RFC 1321 and FIPS 180-2. */

#include <fett/verify.h>

#include "test_folder.h"

#define ABC_MD5 "900150983cd24fb0d6963f7d28e17f72"
#define ABC_SHA1 "a9993e364706816aba3e25717850c26c9cd0d89d"
#define ABC_SHA256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define WRONG_MD5 "00000000000000000000000000000000"

static void write_text(const char *name, const char *text)
{
    write_file(name, text, strlen(text));
}

static struct verify *run(const char *name, const struct verify_options *options)
{
    struct image *image;
    struct verify *verify = NULL;
    struct error error = ERROR_INIT;

    if (image_open(&image, in_folder(name), NULL, &error) != 0 ||
        verify_open(&verify, image, options, &error) != 0) {
        printf("Bail out! %s\n", error.text);
        exit(1);
    }
    image_free(image);
    return verify;
}

static uint64_t last_done, last_total;

static void progress(void *context, uint64_t done, uint64_t total)
{
    *(int *)context += done > last_done && done <= total;
    last_done = done;
    last_total = total;
}

static void test_digests(void)
{
    int calls = 0;
    const struct verify_options options = { .progress = progress, .context = &calls };

    write_text("abc.raw", "abc");
    struct verify *verify = run("abc.raw", NULL);
    same_text(verify_digest(verify, DIGEST_MD5), ABC_MD5, "MD5");
    same_text(verify_digest(verify, DIGEST_SHA1), ABC_SHA1, "SHA-1");
    same_text(verify_digest(verify, DIGEST_SHA256), ABC_SHA256, "SHA-256");
    ok(verify_verdict(verify) == VERIFY_NOTHING && verify_check_count(verify) == 0,
       "nothing to compare with");
    verify_free(verify);

    FILE *file = fopen(in_folder("million.raw"), "wb");
    for (int i = 0; file && i < 1000000; i++)
        putc('a', file);
    if (!file || fclose(file) != 0)
        exit(1);
    verify = run("million.raw", &options);
    same_text(verify_digest(verify, DIGEST_SHA1), "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
              "a million");
    ok(calls == 1 && last_done == 1000000 && last_total == 1000000, "progress is told");
    verify_free(verify);

    /* More blocks than the ring has; 20 x 1 MiB of zeros and one byte. */
    file = fopen(in_folder("ring.raw"), "wb");
    if (!file || ftruncate(fileno(file), 20 * 1048576 + 1) != 0 || fclose(file) != 0)
        exit(1);
    calls = 0;
    last_done = 0;
    verify = run("ring.raw", &options);
    same_number(calls, 21, "21 blocks went through the ring");
    char command[256], expected[33] = "";
    snprintf(command, sizeof command, "md5sum < %s", in_folder("ring.raw"));
    FILE *sum = popen(command, "r");
    ok(sum && fscanf(sum, "%32s", expected) == 1, "md5sum runs");
    if (sum)
        pclose(sum);
    same_text(verify_digest(verify, DIGEST_MD5), expected, "and md5sum agrees");
    verify_free(verify);
}

static void test_expectations(void)
{
    struct verify_expectation expectation[2];
    struct error error = ERROR_INIT;
    struct verify_check check;

    ok(verify_parse_expectation(&expectation[0], "MD5:900150983CD24FB0D6963F7D28E17F72",
                                &error) == 0 && expectation[0].algorithm == DIGEST_MD5,
       "ALGORITHM:HEX in capitals");
    ok(verify_parse_expectation(&expectation[1], ABC_SHA1, &error) == 0 &&
       expectation[1].algorithm == DIGEST_SHA1, "HEX alone");
    ok(verify_parse_expectation(&expectation[1], "sha-256:" ABC_SHA256, &error) == 0 &&
       expectation[1].algorithm == DIGEST_SHA256, "sha-256");
    struct verify_expectation none;
    ok(verify_parse_expectation(&none, "md5:" ABC_SHA1, &error) == -1 &&
       error.kind == ERROR_USAGE, "of another length");
    ok(verify_parse_expectation(&none, "crc:" ABC_MD5, &error) == -1, "unknown");
    ok(verify_parse_expectation(&none, "md5:90015098zzd24fb0d6963f7d28e17f72", &error) == -1,
       "no hex");
    ok(verify_parse_expectation(&none, "", &error) == -1, "empty");

    struct verify_options options = { .expected = expectation, .expected_count = 2 };
    struct verify *verify = run("abc.raw", &options);
    ok(verify_verdict(verify) == VERIFY_MATCH, "both are equal");
    same_number((long long)verify_check_count(verify), 2, "two checks");
    verify_check(verify, 1, &check);
    ok(strcmp(check.source, "expected") == 0 && !check.subject &&
       check.algorithm == DIGEST_SHA256 && check.equal &&
       strcmp(check.computed, check.expected) == 0, "the second in its order");
    verify_free(verify);
    strcpy(expectation[0].hex, WRONG_MD5);
    verify = run("abc.raw", &options);
    verify_check(verify, 0, &check);
    ok(verify_verdict(verify) == VERIFY_DIFFER && !check.equal, "one differs");
    verify_free(verify);
}

/* What a digest file of this text leads to, for a raw image. */
static void test_file(const char *name, const char *text, enum verify_verdict verdict,
                      size_t checks, const char *what)
{
    write_text(name, text);
    struct verify *verify = run("abc.raw", NULL);
    ok(verify_verdict(verify) == verdict && verify_check_count(verify) == checks, "%s", what);
    const struct verify_options options = { .ignore_files = true };
    verify_free(verify);
    verify = run("abc.raw", &options);
    if (verify_check_count(verify) != 0)
        ok(false, "%s: is not looked at with ignore_files", what);
    verify_free(verify);
    unlink(in_folder(name));
}

static void test_files(void)
{
    test_file("abc.raw.md5", ABC_MD5 "\n", VERIFY_MATCH, 1, "a digest alone");
    test_file("abc.raw.md5", ABC_MD5, VERIFY_MATCH, 1, "without a line end");
    test_file("abc.raw.md5", WRONG_MD5 "\r\n", VERIFY_DIFFER, 1, "a wrong one, DOS line end");
    test_file("abc.raw.md5", ABC_MD5 "  abc.raw\n", VERIFY_MATCH, 1, "md5sum");
    test_file("abc.raw.md5", ABC_MD5 " *abc.raw\n", VERIFY_MATCH, 1, "md5sum -b");
    test_file("abc.raw.md5", ABC_MD5 "  /case/7/abc.raw\n", VERIFY_MATCH, 1, "with a folder");
    test_file("abc.raw.md5", ABC_MD5 "  before.dd\n", VERIFY_MATCH, 1,
              "the only line of a renamed image");
    test_file("abc.raw.md5", ABC_MD5 "  a.dd\n" WRONG_MD5 "  b.dd\n", VERIFY_NOTHING, 0,
              "lines of other files");
    test_file("abc.raw.sha256", "SHA256 (abc.raw) = " ABC_SHA256 "\n", VERIFY_MATCH, 1,
              "BSD line");
    test_file("abc.raw.sha1", ABC_SHA1 "  -\n", VERIFY_MATCH, 1, "of standard input");
    test_file("abc.raw.txt",
              "Created By AccessData FTK Imager\r\n[Computed Hashes]\r\n"
              " MD5 checksum:    " ABC_MD5 "\r\n SHA1 checksum:   " ABC_SHA1 "\r\n\r\n"
              "Image Verification Results:\r\n"
              " MD5 checksum:    " ABC_MD5 " : verified\r\n"
              " SHA1 checksum:   " ABC_SHA1 " : verified\r\n", VERIFY_MATCH, 2,
              "FTK Imager, each once");
    test_file("abc.info",
              "MD5 hash                   : " ABC_MD5 "\nSHA-256 hash verified source: --\n"
              "SHA256 hash                : " ABC_SHA256 "\n", VERIFY_MATCH, 2, "Guymager");
    test_file("abc.raw.txt", "serial: " ABC_MD5 "\nsee md5: here\n", VERIFY_NOTHING, 0,
              "hex that is no digest");
    test_file("SHA256SUMS", ABC_SHA256 "  abc.raw\n" ABC_SHA256 "  other.raw\n", VERIFY_MATCH, 1,
              "SHA256SUMS: the line with the name");
    test_file("MD5SUMS", ABC_MD5 "  other.raw\n", VERIFY_NOTHING, 0, "MD5SUMS without it");
}

/* Of a split image a name means that file, a digest alone the media. */
static void test_split(void)
{
    struct verify_check check;

    write_text("s.000", "a");
    write_text("s.001", "bc");
    write_text("s.000.md5", ABC_MD5 "\n");
    write_text("MD5SUMS", "0cc175b9c0f1b6a831c399e269772661  s.000\n"
                          WRONG_MD5 "  s.001\n");
    struct verify *verify = run("s.000", NULL);
    same_number((long long)verify_check_count(verify), 3, "three checks");
    verify_check(verify, 0, &check);
    ok(!check.subject && check.equal, "the media");
    verify_check(verify, 1, &check);
    ok(check.subject && strstr(check.subject, "s.000") && check.equal, "the first file");
    verify_check(verify, 2, &check);
    ok(check.subject && strstr(check.subject, "s.001") && !check.equal, "the second differs");
    ok(verify_verdict(verify) == VERIFY_DIFFER, "so all differs");
    verify_free(verify);
}

int main(void)
{
    make_folder();
    test_digests();
    test_expectations();
    test_files();
    test_split();
    return done();
}
