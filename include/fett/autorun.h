/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_AUTORUN_H
#define FETT_AUTORUN_H

/*
 * autorun: where Windows starts things from, and the walk over those places.
 *
 * The places are a table (lib/autorun/catalogue.c): adding one is adding a row.
 * A walk takes one hive or one INI file, and hands out what it finds there;
 * which file of an image that is, and what it starts, is joined by examine.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/buffer.h>
#include <fett/error.h>
#include <fett/hive.h>
#include <fett/instant.h>
#include <fett/record.h>

/* What a hive is: where it is mounted, and which rows apply. */
enum autorun_hive {
    AUTORUN_SOFTWARE,   /* HKLM\SOFTWARE */
    AUTORUN_SYSTEM,     /* HKLM\SYSTEM */
    AUTORUN_USER,       /* HKU\<SID> */
    AUTORUN_CLASSES,    /* HKU\<SID>_Classes, of UsrClass.dat */
    AUTORUN_9X_SYSTEM,  /* HKLM of SYSTEM.DAT */
    AUTORUN_9X_USER,    /* HKU of USER.DAT */
    AUTORUN_9X_CLASSES, /* HKLM\Software\Classes, of CLASSES.DAT */
    AUTORUN_SAM,        /* HKLM\SAM */
    AUTORUN_OTHER,      /* nothing starts from it */
};

/* Where the key of a row stands; a row may have several. */
enum {
    AUTORUN_IN_SOFTWARE = 1,      /* HKLM\SOFTWARE, of 9x HKLM\Software */
    AUTORUN_IN_WOW64 = 2,         /* HKLM\SOFTWARE\Wow6432Node */
    AUTORUN_IN_USER = 4,          /* HKU\<SID>\Software */
    AUTORUN_IN_USER_WOW64 = 8,    /* HKU\<SID>\Software\Wow6432Node */
    AUTORUN_IN_USER_ROOT = 16,    /* HKU\<SID> */
    AUTORUN_IN_CLASSES = 32,      /* HKLM\SOFTWARE\Classes, and its Wow6432Node */
    AUTORUN_IN_USER_CLASSES = 64, /* HKU\<SID>_Classes, HKU\<SID>\Software\Classes, likewise */
    AUTORUN_IN_SETS = 128,        /* HKLM\SYSTEM\ControlSet00N */
    AUTORUN_IN_SYSTEM = 256,      /* HKLM\SYSTEM */
    AUTORUN_IN_SETS_9X = 512,     /* HKLM\System\CurrentControlSet of 9x */
    AUTORUN_IN_SAM = 1024,        /* HKLM\SAM */
};

/* How a row is read. */
enum autorun_read {
    AUTORUN_VALUES,   /* each value that matches tells what is started */
    AUTORUN_NAMED,    /* the same of the names of values */
    AUTORUN_SERVICES, /* each key is a service or driver */
    AUTORUN_CLASS,    /* a class (CLSID or ProgID): in the data, else in the value's name, else
                         in the key's; its server is started */
    AUTORUN_CATALOG,  /* the data begins with the path of a library: PackedCatalogItem */
    AUTORUN_RENAMES,  /* pairs of files: the first becomes the second, or is deleted */
    AUTORUN_GROUP,    /* services that svchost may host: each string of a MULTI_SZ is one */
    AUTORUN_SEARCH,   /* folders, of which those before the first of the system count */
    AUTORUN_BESIDE,   /* a file, in the folder that AppPath beside it names */
    AUTORUN_ACCOUNT,  /* the data is F of a user in SAM: told where it has the RID of another */
    AUTORUN_SETTING,  /* nothing is started; the data is text, or a number in decimal */
};

/* How the programs stand in the data. */
enum autorun_list {
    AUTORUN_ONE,       /* one command line; of a MULTI_SZ one in each string */
    AUTORUN_COMMANDS,  /* command lines with commas between */
    AUTORUN_NAMES,     /* names without arguments, with blanks or commas between */
    AUTORUN_NATIVE,    /* as AUTORUN_ONE, behind a word for smss.exe ("autocheck") */
    AUTORUN_LIBRARY,   /* one file's name, blanks and all; .dll is added */
    AUTORUN_DRIVER,    /* the name of a driver's service: system32\drivers\NAME.sys */
    AUTORUN_FOLDER,    /* as AUTORUN_LIBRARY, but a folder: no program */
    AUTORUN_EVERY,     /* as AUTORUN_LIBRARY; of a MULTI_SZ an empty string ends nothing */
    AUTORUN_PARTS,     /* of RunOnceEx: "library|function|arguments", "||command" or a command */
    AUTORUN_NOTHING,   /* no program stands in it */
};

/* What may switch a row's values off. */
enum autorun_switch {
    AUTORUN_ALWAYS,        /* nothing */
    AUTORUN_APPROVED,      /* an odd first byte of the value of the same name in the same
                              hive's StartupApproved\Run or Run32: Windows 8 and later */
    AUTORUN_LOAD_APPINIT,  /* LoadAppInit_DLLs 0 beside it; before Vista it has no meaning */
    AUTORUN_IS_INSTALLED,  /* IsInstalled 0 beside it */
    AUTORUN_VERIFIER,      /* GlobalFlag beside it without 0x100 */
    AUTORUN_LOAD_BEHAVIOR, /* LoadBehavior beside it, of neither start nor demand */
    AUTORUN_PUT_ASIDE,     /* it stands where something puts what it has switched off */
};

struct autorun_location {
    const char *id;          /* of a user's hive -hku stands at its end, in place of -hklm; of
                                Wow6432Node -wow64 before that */
    const char *category;
    const char *technique;   /* ATT&CK */
    unsigned places;         /* AUTORUN_IN_... */
    const char *key;         /* parts separated by backslashes, each a pattern or several with
                                | between: `*` any characters, `?` one */
    const char *value;       /* likewise, for its name; "" is the default value */
    enum autorun_read read;
    enum autorun_list list;
    enum autorun_switch off_by;
    const char *only;        /* what the text must match to be worth a record, as
                                autorun_matches takes it; NULL: nothing */
    const char *says;        /* what is odd about it; NULL: nothing by itself */
};

/*
 * Whether a text matches one of the patterns that have | between, without case: `*`
 * any characters, `?` one, `^` makes the next literal; ! before the first: none of
 * them. A backslash stands for itself.
 */
bool autorun_matches(const char *patterns, const char *text, size_t size);

/* The table; NULL behind the last. */
const struct autorun_location *autorun_location(size_t index);

/*
 * What the hives of a machine, or of a user, tell about each other: which server a
 * class has, which services svchost groups list, which Windows it is.
 */
struct autorun_facts;
struct autorun_facts *autorun_facts_new(void);
void autorun_facts_free(struct autorun_facts *facts);
/* Learn from a hive; whatever was learnt before stays. 0 or -1 (memory). */
int autorun_facts_learn(struct autorun_facts *facts, struct hive *hive, enum autorun_hive kind,
                        struct error *error);

/* Versions of Windows, with the server of the same kernel. */
enum {
    AUTORUN_9X = 1, AUTORUN_NT4 = 2, AUTORUN_2000 = 4, AUTORUN_XP = 8, AUTORUN_2003 = 16,
    AUTORUN_VISTA = 32, AUTORUN_7 = 64, AUTORUN_8 = 128, AUTORUN_10 = 256, AUTORUN_11 = 512,
};

/* Who is asked: what is known of the machine and of the user; NULL: nothing. */
struct autorun_known {
    const struct autorun_facts *machine, *user;
};

/* A component of Active Setup, as the machine's hive has it. */
struct autorun_component {
    const char *name;    /* of its key */
    const char *version; /* "" for none */
    bool wow64;
};

/*
 * What Active Setup has run for a user, as his hive tells (NTUSER.DAT of NT): at each logon
 * it runs the components of the machine that the user's key of the same name and view
 * (Wow6432Node) is not there for, or has a lower version. NULL: no memory.
 */
struct autorun_components;
struct autorun_components *autorun_components_new(struct hive *hive);
void autorun_components_free(struct autorun_components *components);
bool autorun_is_pending(const struct autorun_components *components,
                        const struct autorun_component *component);

/* Who says what is odd about an autostart. */
enum {
    AUTORUN_SAYS_ROW,    /* the catalogue, or the group of the service */
    AUTORUN_SAYS_VALUE,  /* how it is started, what stands in its way */
    AUTORUN_SAYS_FILES,  /* the files of its task */
    AUTORUN_SAYS_RIGHTS, /* the rights of its key */
    AUTORUN_SAYS_LOST,   /* what is not known of it */
    AUTORUN_SAYS_HIVE,   /* the damage of its hive */
    AUTORUN_SAYS_COUNT,
};

/* One autostart. All texts hold for the call only. */
struct autorun {
    const char *location, *category, *technique;
    const char *row;              /* id of the catalogue's row: without -hku and -wow64 */
    const char *defaults;         /* of INI files: patterns of what Windows ships */
    const struct autorun_known *known;
    const char *key;              /* from the mount point; of INI files the section */
    const char *name;
    size_t name_length;
    const struct hive *hive;      /* NULL: from an INI file */
    const struct hive_value *value; /* likewise; NULL too where the key itself tells */
    const char *text;             /* what is started, as text; may be empty */
    const char *data;             /* of a file: what stands there, if that is not `text` */
    size_t data_length;           /* bytes at data, where a NUL is in them; else 0 */
    const char *folder;           /* of a file: Windows' path of the folder that it is started
                                     in; NULL: not said */
    const char *user;             /* whom it runs as, if it says so */
    const struct autorun_component *component; /* of Active Setup; NULL: it is none */
    const struct member *facts;   /* what the file says besides */
    size_t fact_count;
    const char *beside;           /* folder below that of its file in which names are looked
                                     for first, "" for that itself; NULL: they are not */
    const char *arguments;        /* what stands elsewhere than in the text; NULL: nothing */
    bool whole;                   /* the text is made of the data: a MULTI_SZ is not split */
    enum autorun_list list;       /* how the programs stand in it */
    const char *identity;         /* that Windows' own table knows it by: name of the service,
                                     class, value */
    const char *says[AUTORUN_SAYS_COUNT]; /* what is odd about it, or NULL */
    const char *damaged;          /* what of it could not be read; NULL: nothing */
    struct instant last_write;
    bool wow64;                   /* a program of 32 bits starts it, on a Windows of 64 */
    bool deletes;                 /* what the text names is deleted, not started */
    bool more;                    /* behind a NUL or an empty string the data has what
                                     Windows does not read */
    bool unless_default;          /* it is told only where it is none of Windows' own */
    bool enabled;                 /* it has a program, and nothing has switched it off */
    bool deleted;                 /* key or value were deleted; of a value without the time of
                                     its key */
    bool in_control_set, current; /* of a control set where it is known which one is in use;
                                     it is this one */
};

/* Other than 0 ends the walk, which returns it. */
typedef int (*autorun_visit)(void *context, const struct autorun *autorun);

/* What a hive is by the keys at its root, whatever its file is called. */
enum autorun_hive autorun_hive_kind(struct hive *hive);

/* The number of the control set in use; 0 when the hive does not tell. */
uint32_t autorun_current_set(struct hive *hive);

/* The code page of Windows' 8-bit text, as a hive of the machine says; 0: it does
 * not. */
unsigned autorun_code_page(struct hive *hive, enum autorun_hive kind);

/* Walk all rows over a hive that is mounted at `mount` ("HKLM\\SOFTWARE"); after
 * hive_recover then once more over what was deleted. */
int autorun_walk_hive(struct hive *hive, enum autorun_hive kind, const char *mount,
                      const struct autorun_known *known, autorun_visit visit, void *context,
                      struct error *error);

/* Call for the name of each file in a Startup folder that is switched off, as a
 * hive of the user, or of the machine for the folder of all users, says. */
void autorun_startup_off(struct hive *hive, enum autorun_hive kind,
                         void (*each)(void *context, const char *name, size_t size),
                         void *context);

/* Whether the text of an autostart, or one program's part of it, is what Windows
 * itself puts there: name and text are those that its version ships. */
bool autorun_is_default(const struct autorun *autorun, const char *text, size_t size);

struct autorun_program;

/*
 * Tell what is odd about an autostart, and, where it is known and starts, about the name
 * and place of its program: short sentences that hold as long as the autostart. Returns
 * how many.
 */
enum { AUTORUN_MOST_ODDITIES = AUTORUN_SAYS_COUNT + 6 };
size_t autorun_oddities(const struct autorun *autorun, const struct autorun_program *program,
                        const char *windows, const char *texts[AUTORUN_MOST_ODDITIES]);

/*
 * Environment variables of a machine or of a user, as their hives tell them. A text is as it
 * stands there, and may name other variables.
 */
struct autorun_variables;
struct autorun_variables *autorun_variables_new(void);
void autorun_variables_free(struct autorun_variables *variables);
/* What SOFTWARE, SYSTEM or NTUSER.DAT tells, and SYSTEM.DAT of 9x; what was learnt before stays
 * where it tells nothing else. 0 or -1 (memory). */
int autorun_variables_learn(struct autorun_variables *variables, struct hive *hive,
                            enum autorun_hive kind);
/* Put one in, in place of what has its name; none behind LIMIT_VARIABLES. 0 or -1 (memory). */
int autorun_variables_add(struct autorun_variables *variables, const char *name, size_t size,
                          const char *text);
/* The text of a variable, without case; NULL: there is none, or there are no variables. */
const char *autorun_variables_find(const struct autorun_variables *variables, const char *name,
                                   size_t size);

/* What the variables and searches of a command line stand for in a tree. */
struct autorun_machine {
    const char *folder;   /* of the tree, in which relative names are looked for first; NULL:
                             none, "" its root */
    const char *windows;  /* "/WINNT": path of the Windows folder in the tree, or "" */
    const char *root;     /* "/Windows.old": folder of the tree that the root of its drive is
                             found in now; NULL: the tree's own root. Of what was moved like
                             this nobody knows that it is absent. */
    const char *profile;  /* of the user: "/Users/bob"; NULL: no user's, or unknown */
    const struct autorun_variables *variables, *user_variables; /* NULL: none are known. Of
                             what they do not tell stands what Windows has by default, where
                             a file is found by it; by a default none is absent. */
    char drive;           /* letter of the tree's volume, upper case; 0: it has none, for only
                             a copy of the Windows folder lies in it */
    const char *drives;   /* letters of other volumes in which files can be looked for, upper
                             case; NULL: none. Paths in them begin with it: "D:/a", and windows
                             and root may. */
    bool has_wow64;       /* a Windows of 64 bits that runs programs of 32 too */
    bool wow64;           /* what starts the text is one of these: it has SysWOW64 where it says
                             System32 */
    const char *search;   /* PATH, with semicolons between its folders; NULL: not known, and
                             of a name without a folder nobody knows that it is absent */
    /* Add what App Paths says that a name without a folder is; NULL: it is not asked. */
    bool (*app_path)(void *context, const char *name, size_t size, struct buffer *text);
    /* Whether a file is at this path; the one who asks last is the one meant. */
    bool (*find)(void *context, const char *path);
    void *context;
};

/* One program of a command line or list. Places are within the text. */
struct autorun_program {
    enum {
        AUTORUN_FOUND,   /* machine.find said so */
        AUTORUN_ABSENT,  /* it is known where it would be, and it is not there */
        AUTORUN_UNKNOWN, /* another drive, a network, a variable that is not known */
    } state;
    const char *text;      /* this program's part of the data, with its arguments */
    size_t text_size;
    const char *arguments; /* "" for none */
    size_t arguments_size;
    const char *next;      /* where the next one begins; NULL behind the last */
    bool conditional;      /* cmd starts it where an "if" before it holds: nobody knows whether */
    struct buffer path;    /* of the tree where it can be told, else as written */
};

/*
 * The program that a text starts: quotes, variables, \SystemRoot\ and \??\ are
 * undone, unquoted names with spaces tried from the shortest on as Windows
 * does, .exe and others added, the system folders, PATH and App Paths searched.
 * False: there is none (any more). program->path is the caller's to release.
 */
bool autorun_resolve(const struct autorun_machine *machine, enum autorun_list list,
                     const char *text, struct autorun_program *program);

/* Put the path of the tree that a name with variables stands for into *path. *guessed: by what
 * Windows has by default; NULL: that is not asked for. False: it lies in no folder of this tree,
 * or nobody knows in which. */
bool autorun_path(const struct autorun_machine *machine, const char *name, size_t size,
                  struct buffer *path, bool *guessed);

#endif
