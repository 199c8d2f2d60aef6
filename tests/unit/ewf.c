/* SPDX-License-Identifier: Apache-2.0 */

/* Unit tests of image: EWF. The images are written here from the specification, and by
 * ewfacquire where there is one. */

#include <libdeflate.h>

#include <fett/buffer.h>
#include <fett/bytes.h>

#include "image_files.h"

enum { CHUNK = 32768, CHUNKS = 9, MEDIA = 8 * CHUNK + 512, PER_SEGMENT = 3 };

static uint8_t media[MEDIA];

/* Text that deflates, zeros, and noise that does not, by turns. */
static void make_media(void)
{
    uint32_t noise = 1;

    for (size_t i = 0; i < MEDIA; i++) {
        noise = noise * 1664525 + 1013904223;
        media[i] = i / CHUNK % 3 == 0   ? (uint8_t)(i / CHUNK + i % 251)
                   : i / CHUNK % 3 == 1 ? 0
                                        : (uint8_t)(noise >> 24);
    }
}

static void put32(struct buffer *out, uint32_t number)
{
    const uint8_t bytes[4] = { (uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
                               (uint8_t)(number >> 24) };
    buffer_add(out, bytes, 4);
}

static void put64(struct buffer *out, uint64_t number)
{
    put32(out, (uint32_t)number);
    put32(out, (uint32_t)(number >> 32));
}

static void put_zeros(struct buffer *out, size_t size)
{
    while (size-- > 0)
        buffer_add_byte(out, 0);
}

static void put_checksum(struct buffer *out, size_t from)
{
    put32(out, libdeflate_adler32(1, out->data + from, out->length - from));
}

static struct buffer segments[3];

static struct {
    int segment;
    size_t at; /* offset in its segment */
    const char *type;
} descriptors[32];
static int descriptor_count;

/* A section of `size` bytes of content begins here. */
static void put_section(struct buffer *out, const char *type, size_t size)
{
    size_t at = out->length;
    bool last = strcmp(type, "next") == 0 || strcmp(type, "done") == 0;

    descriptors[descriptor_count].segment = (int)(out - segments);
    descriptors[descriptor_count].type = type;
    descriptors[descriptor_count++].at = at;
    buffer_add(out, type, strlen(type));
    put_zeros(out, 16 - strlen(type));
    put64(out, last ? at : at + 76 + size);
    put64(out, last ? 0 : 76 + size);
    put_zeros(out, 40);
    put_checksum(out, at);
}

/* "volume", or "data", which says the same. */
static void put_volume(struct buffer *out, const char *type)
{
    put_section(out, type, 1052);
    size_t at = out->length;
    put32(out, 1); /* fixed */
    put32(out, CHUNKS);
    put32(out, CHUNK / 512);
    put32(out, 512);
    put64(out, MEDIA / 512);
    put_zeros(out, 1052 - 24 - 4);
    put_checksum(out, at);
}

static void put_header(struct buffer *out)
{
    static const char text[] = "1\nmain\na\tc\tm\nthe disk\tcase 7\t946684800\n\n";
    uint8_t utf16[2 * sizeof text] = { 0xff, 0xfe }, packed[512];
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);

    for (size_t i = 0; i < sizeof text - 1; i++)
        utf16[2 + 2 * i] = (uint8_t)text[i];
    size_t size = libdeflate_zlib_compress(compressor, utf16, sizeof utf16, packed,
                                           sizeof packed);
    put_section(out, "header2", size);
    buffer_add(out, packed, size);
    libdeflate_free_compressor(compressor);
}

struct places {
    size_t chunks[CHUNKS];       /* offset in its segment */
    size_t table[3], table2[3];  /* of the descriptors */
    size_t sectors[3];
};

static void put_table(struct buffer *out, const char *type, const uint32_t *entries)
{
    put_section(out, type, 24 + 4 * PER_SEGMENT + 4);
    size_t at = out->length;
    put32(out, PER_SEGMENT);
    put_zeros(out, 16);
    put_checksum(out, at);
    at = out->length;
    for (int i = 0; i < PER_SEGMENT; i++)
        put32(out, entries[i]);
    put_checksum(out, at);
}

static void put_chunks(struct buffer *out, int segment, struct places *places)
{
    struct buffer data = BUFFER_INIT;
    uint32_t entries[PER_SEGMENT];
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);

    places->sectors[segment] = out->length;
    for (int i = 0; i < PER_SEGMENT; i++) {
        int chunk = segment * PER_SEGMENT + i;
        size_t length = chunk == CHUNKS - 1 ? MEDIA - 8 * CHUNK : CHUNK;
        const uint8_t *from = media + (size_t)chunk * CHUNK;
        uint8_t packed[CHUNK];
        size_t size = libdeflate_zlib_compress(compressor, from, length, packed, length);
        places->chunks[chunk] = out->length + 76 + data.length;
        entries[i] = (uint32_t)places->chunks[chunk] | (size ? 0x80000000 : 0);
        buffer_add(&data, size ? packed : from, size ? size : length);
        if (size == 0)
            put32(&data, libdeflate_adler32(1, from, length));
    }
    put_section(out, "sectors", data.length);
    buffer_add(out, data.data, data.length);
    places->table[segment] = out->length;
    put_table(out, "table", entries);
    places->table2[segment] = out->length;
    put_table(out, "table2", entries);
    buffer_release(&data);
    libdeflate_free_compressor(compressor);
}

static void put_digests(struct buffer *out)
{
    struct digest digest;
    char hex[DIGEST_HEX_SIZE];
    unsigned byte;

    put_section(out, "digest", 80);
    size_t at = out->length;
    for (int i = DIGEST_MD5; i <= DIGEST_SHA1; i++) {
        digest_init(&digest, (enum digest_algorithm)i, NULL);
        digest_update(&digest, media, MEDIA);
        digest_finish(&digest, hex);
        for (size_t j = 0; j < strlen(hex); j += 2) {
            sscanf(hex + j, "%2x", &byte);
            buffer_add_byte(out, (char)byte);
        }
    }
    put_zeros(out, 40);
    put_checksum(out, at);
    put_section(out, "error2", 520 + 8 + 4);
    at = out->length;
    put32(out, 1);
    put_zeros(out, 512);
    put_checksum(out, at);
    at = out->length;
    put32(out, 20);
    put32(out, 2);
    put_checksum(out, at);
}

static struct places places;

static void make_ewf(void)
{
    descriptor_count = 0;
    for (int i = 0; i < 3; i++) {
        struct buffer *out = &segments[i];
        buffer_clear(out);
        buffer_add(out, "EVF\x09\r\n\xff\0\x01", 9);
        buffer_add_byte(out, (char)(i + 1));
        put_zeros(out, 3);
        if (i == 0) {
            put_header(out);
            put_volume(out, "volume");
        }
        put_chunks(out, i, &places);
        if (i == 0)
            put_volume(out, "data");
        if (i == 2)
            put_digests(out);
        put_section(out, i == 2 ? "done" : "next", 0);
    }
}

static void write_segment(int segment)
{
    static const char *const names[] = { "e.E01", "e.E02", "e.E03" };

    write_file(names[segment], segments[segment].data, segments[segment].length);
}

static void write_ewf(void)
{
    for (int i = 0; i < 3; i++)
        write_segment(i);
}

/* Read all in pieces of `step` bytes; the number of places that differ from
 * the media by whole chunks, or -1 when some byte outside `lost` is wrong. */
static bool media_is(struct image *image, size_t step, int lost_from, int lost_count)
{
    static uint8_t got[MEDIA];
    struct reader *reader;
    size_t from = (size_t)lost_from * CHUNK, to = from + (size_t)lost_count * CHUNK;

    if (to > MEDIA)
        to = MEDIA;
    image_reader(image, &reader, NULL);
    for (size_t at = 0; at < MEDIA; at += step) {
        size_t part = MEDIA - at < step ? MEDIA - at : step;
        bool touches = lost_count > 0 && at < to && at + part > from;
        if ((reader_read(reader, at, got + at, part, NULL) != 0) != touches) {
            reader_free(reader);
            return false;
        }
    }
    reader_free(reader);
    if (lost_count == 0)
        return memcmp(got, media, MEDIA) == 0;
    return memcmp(got, media, from) == 0 && bytes_all_zero(got + from, to - from) &&
           memcmp(got + to, media + to, MEDIA - to) == 0;
}

static void test_ewf_whole(void)
{
    const char *name, *value;
    struct reader *reader;
    uint8_t block[CHUNK];

    make_ewf();
    write_ewf();
    struct image *image = open_image("e.E01", ERROR_NONE, "");
    if (!ok(image != NULL, "an EWF image of three segments opens"))
        return;
    same_text(image_format_name(image), "EWF", "it is EWF");
    same_number((long long)image_size(image), MEDIA, "its size");
    same_number((long long)image_segment_count(image), 3, "its segments");
    ok(media_is(image, MEDIA, 0, 0), "read at once");
    ok(media_is(image, 10000, 0, 0), "read in small pieces");
    ok(media_is(image, CHUNK, 0, 0), "read chunk by chunk");
    bool case_number = false, acquired = false;
    for (size_t i = 0; i < image_fact_count(image); i++) {
        image_fact(image, i, &name, &value);
        case_number = case_number ||
                      (strcmp(name, "case_number") == 0 && strcmp(value, "case 7") == 0);
        acquired = acquired || (strcmp(name, "acquired") == 0 &&
                                strcmp(value, "2000-01-01T00:00:00.000000000Z") == 0);
    }
    ok(case_number && acquired, "case number and time of acquisition");
    ok(image_stored_digest(image, DIGEST_MD5) && image_stored_digest(image, DIGEST_SHA1) &&
       !image_stored_digest(image, DIGEST_SHA256), "MD5 and SHA-1 are stored");
    same_number((long long)image_gap_count(image), 1, "one gap");
    same_text(gap_text(image, 0), "10240+1024 1 could not be read when the image was acquired",
              "the recorded read error");
    image_reader(image, &reader, NULL);
    ok(reader_read(reader, CHUNK, block, CHUNK, NULL) == 0 && bytes_all_zero(block, CHUNK) &&
       image_known_zero(image, reader, CHUNK, CHUNK), "a chunk of zeros is known to be");
    ok(!image_known_zero(image, reader, CHUNK - 1, 2) && !image_known_zero(image, reader, 0, 1),
       "its neighbour is not");
    reader_free(reader);
    image_free(image);
    open_image("e.E02", ERROR_USAGE, "segment 2");
}

static void spoil(int segment, size_t offset)
{
    segments[segment].data[offset] ^= 0x20;
}

static void test_ewf_chunk_damage(void)
{
    struct image *image;
    uint8_t got[CHUNK];

    make_ewf();
    spoil(1, places.chunks[3] + 60); /* deflated */
    write_ewf();
    image = open_image("e.E01", ERROR_NONE, "");
    ok(media_is(image, CHUNK, 3, 1), "a damaged deflated chunk is zeros, the rest is whole");
    same_number((long long)image_gap_count(image), 2, "one gap more");
    ok(strncmp(gap_text(image, 1), "98304+32768 0 EWF chunk 3: c", 28) == 0, "%s",
       gap_text(image, 1));
    ok(media_is(image, 777, 3, 1), "in pieces through the cache as well");
    same_number((long long)image_gap_count(image), 2, "and still one gap");
    image_free(image);

    make_ewf();
    spoil(0, places.chunks[3 - 2] - 1); /* the checksum that ends chunk 0 */
    write_ewf();
    image = open_image("e.E01", ERROR_NONE, "");
    ok(media_is(image, CHUNK, 0, 1), "a deflated chunk with a wrong checksum is zeros");
    same_text(gap_text(image, 0), "0+32768 0 EWF chunk 0: checksum does not match", "so it says");
    image_free(image);

    make_ewf();
    spoil(0, places.chunks[2] + 100); /* plain */
    write_ewf();
    image = open_image("e.E01", ERROR_NONE, "");
    ok(read_range(image, 2 * CHUNK, got, CHUNK) == -1, "a damaged plain chunk is told");
    ok(got[100] == (media[2 * CHUNK + 100] ^ 0x20) &&
       memcmp(got + 101, media + 2 * CHUNK + 101, CHUNK - 101) == 0, "its bytes are as stored");
    same_text(gap_text(image, 1), "65536+32768 0 EWF chunk 2: checksum does not match",
              "and its gap is known");
    image_free(image);
}

static void test_ewf_tables(void)
{
    struct image *image;

    make_ewf();
    spoil(1, places.table[1] + 76 + 24); /* an entry */
    write_ewf();
    image = open_image("e.E01", ERROR_NONE, "");
    ok(media_is(image, MEDIA, 0, 0), "the second table serves for a damaged first");
    ok(strstr(gap_text(image, 1), "the second is used"), "%s", gap_text(image, 1));
    image_free(image);

    make_ewf();
    spoil(1, places.table[1] + 76); /* the number of entries */
    write_ewf();
    image = open_image("e.E01", ERROR_NONE, "");
    ok(media_is(image, MEDIA, 0, 0), "also where its header is damaged");
    image_free(image);

    make_ewf();
    spoil(1, places.table[1] + 76);
    spoil(1, places.table2[1] + 76);
    write_ewf();
    image = open_image("e.E01", ERROR_NONE, "");
    ok(media_is(image, MEDIA, 0, 0), "without any, its chunks are found one behind the other");
    ok(strstr(gap_text(image, 1), "all were found without it") ||
       strstr(gap_text(image, 2), "all were found without it") ||
       strstr(gap_text(image, 0), "all were found without it"), "which is told");
    image_free(image);

    make_ewf();
    spoil(1, places.table[1] + 76);
    spoil(1, places.table2[1] + 76);
    spoil(1, places.chunks[4] + 10);
    write_ewf();
    image = open_image("e.E01", ERROR_NONE, "");
    ok(media_is(image, CHUNK, 4, 2), "up to the first that is damaged; behind the segment all is "
       "in its place");
    image_free(image);

    make_ewf();
    spoil(1, places.table[1] + 20); /* descriptor: the end of the chain, by its checksum */
    uint32_t sum = libdeflate_adler32(1, segments[1].data + places.table[1], 72);
    memcpy(segments[1].data + places.table[1] + 72, &sum, 4);
    write_ewf();
    image = open_image("e.E01", ERROR_NONE, "");
    ok(media_is(image, MEDIA, 0, 0), "behind a link that leads nowhere the chain goes on");
    image_free(image);
}

static bool is_told(struct image *image)
{
    struct gap gap = { .kind = GAP_ACQUISITION };

    for (size_t i = 0; i < image_gap_count(image) && gap.kind == GAP_ACQUISITION; i++)
        image_gap(image, i, &gap);
    return gap.kind != GAP_ACQUISITION;
}

/* Whether the media of e.E01 is whole, and that something was damaged is told. */
static bool is_whole_and_told(void)
{
    struct image *image = NULL;

    if (image_open(&image, in_folder("e.E01"), NULL, NULL) != 0)
        return false;
    bool whole = media_is(image, MEDIA, 0, 0) && is_told(image);
    image_free(image);
    return whole;
}

/* Whether no chunk of e.E01 is wrong without being told, and how many are right. */
static bool is_right_or_told(int *right)
{
    uint8_t got[CHUNK];
    struct image *image = NULL;
    struct reader *reader;
    bool fine = true;

    *right = 0;
    if (image_open(&image, in_folder("e.E01"), NULL, NULL) != 0)
        return true;
    fine = is_told(image) && image_reader(image, &reader, NULL) == 0;
    for (int chunk = 0; fine && chunk < CHUNKS; chunk++) {
        size_t at = (size_t)chunk * CHUNK, size = MEDIA - at < CHUNK ? MEDIA - at : CHUNK;
        if (reader_read(reader, at, got, size, NULL) != 0)
            continue;
        fine = memcmp(got, media + at, size) == 0;
        ++*right;
    }
    if (fine)
        reader_free(reader);
    image_free(image);
    return fine;
}

static void wipe(int descriptor, uint8_t with)
{
    memset(segments[descriptors[descriptor].segment].data + descriptors[descriptor].at, with, 76);
}

/* One bad byte in a descriptor, wherever it is, costs nothing. */
static void test_ewf_descriptor_byte(void)
{
    bool fine = true;

    make_ewf();
    write_ewf();
    for (int i = 0; i < descriptor_count; i++) {
        for (size_t at = 0; at < 76 && fine; at++) {
            uint8_t *byte = (uint8_t *)segments[descriptors[i].segment].data +
                            descriptors[i].at + at;
            *byte ^= 0x55;
            write_segment(descriptors[i].segment);
            fine = is_whole_and_told();
            *byte ^= 0x55;
            if (!fine)
                printf("# byte %zu of \"%s\" in segment %d\n", at, descriptors[i].type,
                       descriptors[i].segment);
        }
        write_segment(descriptors[i].segment);
    }
    ok(fine, "one bad byte in a descriptor costs no chunk, and is told");
}

/* The chunks may hold an EWF image themselves: its descriptors say that they stand elsewhere. */
static void test_ewf_in_ewf(void)
{
    make_ewf();
    size_t from = places.table[1];
    memcpy(media + 5 * CHUNK + 1000, segments[1].data + from, segments[1].length - from);
    make_ewf();
    memset(segments[1].data + places.sectors[1], 0xff, 76);
    write_ewf();
    ok(is_whole_and_told(), "descriptors in a chunk are not taken for those of the image");
    make_media();
}

static void test_ewf_volume(void)
{
    make_ewf();
    spoil(0, places.sectors[0] - 1052 + 16); /* the number of sectors */
    write_ewf();
    struct image *image = open_image("e.E01", ERROR_NONE, "");
    same_number((long long)image_size(image), MEDIA, "the size is that of the whole copy");
    image_free(image);
    ok(is_whole_and_told(), "of a damaged volume, which is told");
}

/* A lost descriptor costs its section, and no chunk, since those tell where they belong. */
static void test_ewf_descriptor_lost(void)
{
    bool whole = true, fine = true;
    int right;

    for (int i = 0; i < 2 * 32; i++) {
        make_ewf();
        if (i / 2 >= descriptor_count)
            break;
        wipe(i / 2, i % 2 ? 0xff : 0);
        write_ewf();
        if (!is_whole_and_told()) {
            printf("# \"%s\" in segment %d\n", descriptors[i / 2].type,
                   descriptors[i / 2].segment);
            whole = false;
        }
    }
    ok(whole, "a wiped descriptor costs no chunk, and is told");
    for (int i = 0; i < descriptor_count; i++)
        for (int j = i + 1; j < descriptor_count; j++) {
            make_ewf();
            wipe(i, 0xff);
            wipe(j, 0);
            write_ewf();
            bool is_fine = is_right_or_told(&right);
            /* The size of the media is lost with both of them, and the length of the last
             * chunk with both that end before it. */
            bool size = strcmp(descriptors[i].type, "volume") == 0 &&
                        strcmp(descriptors[j].type, "data") == 0;
            if (!is_fine || (right < CHUNKS - 1 && !size)) {
                printf("# \"%s\" in segment %d, \"%s\" in segment %d: %d chunks are right\n",
                       descriptors[i].type, descriptors[i].segment, descriptors[j].type,
                       descriptors[j].segment, right);
                fine = false;
            }
        }
    ok(fine, "nor do two of them, but for those of the size");
}

static void test_ewf_segments(void)
{
    struct image *image;

    make_ewf();
    write_ewf();
    unlink(in_folder("e.E02"));
    image = open_image("e.E01", ERROR_NONE, "");
    ok(image && media_is(image, CHUNK, 3, 3), "behind a missing segment all is in its place");
    same_text(gap_text(image, 1),
              "98304+98304 0 EWF chunks 3 to 5 are missing: segment file 2 is missing", "its gap");
    ok(image_stored_digest(image, DIGEST_MD5) != NULL, "the digest is still known");
    image_free(image);

    write_ewf();
    unlink(in_folder("e.E03"));
    image = open_image("e.E01", ERROR_NONE, "");
    ok(image && media_is(image, CHUNK, 6, 3), "the last segment is missing");
    ok(strstr(gap_text(image, 0), "EWF chunks 6 to 8 are missing"), "%s", gap_text(image, 0));
    image_free(image);

    write_ewf();
    write_file("e.E02", segments[0].data, segments[0].length);
    image = open_image("e.E01", ERROR_NONE, "");
    ok(image && media_is(image, CHUNK, 3, 3), "a segment under a wrong name is not taken");
    image_free(image);

    for (int damaged = 0; damaged < 2; damaged++) { /* the header of the first, of the second */
        write_ewf();
        segments[damaged].data[3] ^= 0xff;
        write_segment(damaged);
        segments[damaged].data[3] ^= 0xff;
        image = open_image("e.E01", ERROR_NONE, "");
        ok(image && media_is(image, CHUNK, 0, 0), "a damaged file header costs nothing");
        ok(strstr(gap_text(image, 0), "its file header is damaged"), "%s", gap_text(image, 0));
        image_free(image);
    }
    write_ewf();
    write_file("e.E02", segments[1].data, places.chunks[4]);
    image = open_image("e.E01", ERROR_NONE, "");
    ok(image && media_is(image, CHUNK, 4, 2), "a segment that ends early keeps its whole chunks");
    ok(strstr(gap_text(image, 1), "e.E02 ends early"), "%s", gap_text(image, 1));
    image_free(image);

    unlink(in_folder("e.E02"));
    unlink(in_folder("e.E03"));
    write_file("e.E01", segments[0].data, 40);
    open_image("e.E01", ERROR_DAMAGED, "ends early");
    /* Every length: no crash, and an error or an image. */
    bool fine = true;
    for (size_t size = 13; size < segments[0].length; size += 37) {
        write_file("e.E01", segments[0].data, size);
        image = NULL;
        fine = fine && (image_open(&image, in_folder("e.E01"), NULL, NULL) != 0 ||
                        image_gap_count(image) > 0);
        image_free(image);
    }
    ok(fine, "cut anywhere it is refused or has a gap");
}

/* A chain that leads back, or says impossible numbers. */
static void test_ewf_hostile(void)
{
    struct image *image;
    bool fine = true;

    make_ewf();
    struct buffer *out = &segments[0];
    size_t at = places.table[0];
    memset(out->data + at + 16, 0, 8);
    out->data[at + 16] = 13;
    uint32_t sum = libdeflate_adler32(1, out->data + at, 72);
    memcpy(out->data + at + 72, &sum, 4);
    write_ewf();
    image = open_image("e.E01", ERROR_NONE, "");
    ok(image && image_gap_count(image) > 0, "a chain that leads back ends");
    image_free(image);

    for (size_t field = 4; field < 24; field += 4) {
        make_ewf();
        size_t volume = places.sectors[0] - 1052;
        memset(segments[0].data + volume + field, 0xff, 4);
        sum = libdeflate_adler32(1, segments[0].data + volume, 1048);
        memcpy(segments[0].data + volume + 1048, &sum, 4);
        write_ewf();
        uint8_t block[512];
        image = NULL;
        if (image_open(&image, in_folder("e.E01"), NULL, NULL) == 0)
            fine = fine && read_range(image, image_size(image) - 512, block, 512) <= 0;
        image_free(image);
    }
    ok(fine, "impossible geometry is refused or read as missing");
}

static void test_ewfacquire(void)
{
    char command[1024];
    uint8_t got[4096];

    if (system("command -v ewfacquire >/dev/null 2>&1") != 0) {
        ok(true, "# SKIP no ewfacquire");
        return;
    }
    write_file("media.raw", media, MEDIA);
    static const char *const formats[] = { "encase1", "encase5", "encase7", "ftk", "smart" };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        snprintf(command, sizeof command,
                 "cd %s && rm -f acquired.* && ewfacquire -u -q -c fast -f %s -t acquired "
                 "media.raw >/dev/null 2>&1", folder, formats[i]);
        int status = system(command);
        struct image *image = open_image(i == 4 ? "acquired.s01" : "acquired.E01", ERROR_NONE,
                                         "");
        ok(status == 0 && image && media_is(image, MEDIA, 0, 0) && image_gap_count(image) == 0,
           "%s by ewfacquire", formats[i]);
        ok(image && read_range(image, MEDIA - 100, got, 100) == 0 &&
           memcmp(got, media + MEDIA - 100, 100) == 0, "its end");
        image_free(image);
    }
}
int main(void)
{
    make_folder();
    make_media();
    test_ewf_whole();
    test_ewf_chunk_damage();
    test_ewf_tables();
    test_ewf_descriptor_byte();
    test_ewf_descriptor_lost();
    test_ewf_in_ewf();
    test_ewf_volume();
    test_ewf_segments();
    test_ewf_hostile();
    test_ewfacquire();
    for (int i = 0; i < 3; i++)
        buffer_release(&segments[i]);
    return done();
}
