/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TSK_LIBRARY_H
#define TSK_LIBRARY_H

/*
 * tsk_library: the functions of libtsk that fett calls. Internal to lib/evidence.
 *
 * libtsk brings forty-odd other libraries (AFF over HTTP, SQLite, C++), which take longer to
 * load than many a question takes to answer, and NTFS, raw and EWF images do without it. So
 * no command is linked with it: it is loaded by those who come to a volume that it reads.
 * It stays in the process then, since its threads' error states need it to the end; nothing
 * is to be released. The members are what <tsk/libtsk.h> declares, without tsk_ before.
 */

#include <tsk/libtsk.h>

#include <fett/error.h>

#define TSK_FUNCTIONS(each) \
    each(error_get) each(error_reset) each(error_set_errno) each(error_set_errstr) \
    each(fs_attr_read) each(fs_block_walk) each(fs_close) each(fs_dir_close) \
    each(fs_dir_get_name) each(fs_dir_getsize) each(fs_dir_open_meta) each(fs_file_attr_get) \
    each(fs_file_attr_get_idx) each(fs_file_attr_get_type) each(fs_file_attr_getsize) \
    each(fs_file_close) each(fs_file_open_meta) each(fs_open_img) each(img_close) \
    each(img_open) each(img_open_external) each(img_read) each(list_add) each(list_free) \
    each(pool_close) each(pool_open_img_sing) each(version_get_str) each(vs_close) each(vs_open)

struct tsk {
#define TSK_MEMBER(name) __typeof__(tsk_##name) *name;
    TSK_FUNCTIONS(TSK_MEMBER)
#undef TSK_MEMBER
};

/* 0, or -1 where the library, or a function of it, is not on this machine. The library is the
 * one that fett was built with, by its name and version. Any thread. */
int tsk_load(struct tsk *tsk, struct error *error);

#endif
