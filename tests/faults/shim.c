/* Stands between a program and the C library (LD_PRELOAD), for the files below one folder.

   Each call that changes a file or a folder there is counted, and one of them may fail (FAIL: errno), be done by half
   (SHORT), or be the last thing the process does (KILL before it, KILLED after it, KILL_SOON so many microseconds later). What was done can be written down,
   with every byte, for a power cut to be reckoned from (see power.py): one record a call,

       kind, inode, folder's inode, other folder's inode, offset, length   (6 little-endian int64)
       name length, other name length                                     (2 little-endian int64)
       name, other name, bytes

   Or another process decides (ASKED): after so many calls as it allowed, and wherever this one would wait, sleep or ask
   the network, it is told so, and this one stands still until it is answered (see simulation.py).

   Nothing is done until `faults_arm` is called, and nothing for files elsewhere. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { NONE, FAIL, SHORT, KILL, KILLED, FAIL_ON, READ_ONLY, ASKED, KILL_SOON };
enum { WRITE = 1, SYNC, TRUNCATE, CREATE, LINK, UNLINK, RENAME, MKDIR, RMDIR, NOTE };

static char root[PATH_MAX];
static size_t root_length;
static int mode, error, trace = -1;
static long long wanted, counted;
static char last[256];
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void faults_arm(const char *folder, int how, long long at, int number, const char *into) {
    root_length = (size_t)snprintf(root, sizeof root, "%s", folder);
    if (trace >= 0) syscall(SYS_close, trace);
    trace = -1; mode = how; wanted = at; error = number; counted = 0; last[0] = 0;
    if (into && *into) trace = (int)syscall(SYS_openat, AT_FDCWD, into, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}
long long faults_counted(void) { return counted; }
const char *faults_last(void) { return last; }

static void put(const void *bytes, size_t length) {
    const char *at = bytes;
    while (length) {
        long done = syscall(SYS_write, trace, at, length);
        if (done <= 0) return;
        at += done; length -= (size_t)done;
    }
}
static void record(int kind, ino_t inode, ino_t folder, ino_t other, off_t offset, size_t length, const char *name,
                   const char *other_name, const void *bytes) {
    if (trace < 0) return;
    long long head[8] = {kind, (long long)inode, (long long)folder, (long long)other, offset, (long long)length,
                         name ? (long long)strlen(name) : 0, other_name ? (long long)strlen(other_name) : 0};
    put(head, sizeof head);
    if (name) put(name, strlen(name));
    if (other_name) put(other_name, strlen(other_name));
    if (bytes) put(bytes, length);
}
void faults_note(const char *words) { record(NOTE, 0, 0, 0, 0, strlen(words), 0, 0, words); }

/* Whole path of NAME in the folder DIRECTORY is open at; 1 where it lies below the root. */
static int below(int directory, const char *name, char *whole) {
    if (!root_length || !name) return 0;
    if (name[0] == '/') snprintf(whole, PATH_MAX, "%s", name);
    else {
        char link[64], folder[PATH_MAX];
        snprintf(link, sizeof link, directory == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", directory);
        ssize_t length = readlink(link, folder, sizeof folder - 1);
        if (length < 0) return 0;
        folder[length] = 0;
        if ((size_t)snprintf(whole, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX) return 0;
    }
    return strncmp(whole, root, root_length) == 0 && (whole[root_length] == '/' || whole[root_length] == 0);
}
static char touched[PATH_MAX]; /* below the root, by the name it has */
static int file_below(int descriptor, struct stat *found) {
    char link[64], whole[PATH_MAX];
    if (!root_length) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, whole, sizeof whole - 1);
    if (length <= 0) return 0;
    whole[length] = 0;
    if (strncmp(whole, root, root_length) || (whole[root_length] != '/' && whole[root_length])) return 0;
    size_t end = strlen(whole);
    if (end > 4 && !strcmp(whole + end - 4, "-shm")) return 0; /* shared memory: no file that a power cut leaves */
    if (syscall(SYS_fstat, descriptor, found)) return 0;
    snprintf(touched, sizeof touched, "%s", whole + root_length);
    return 1;
}
static ino_t folder_of(const char *whole, const char **name) {
    static __thread char folder[PATH_MAX];
    struct stat found;
    snprintf(folder, sizeof folder, "%s", whole);
    char *slash = strrchr(folder, '/');
    *slash = 0;
    *name = whole + (slash - folder) + 1;
    return stat(folder, &found) ? 0 : found.st_ino;
}
/* -- another process decides ------------------------------------------------------------------------------------ */

static int decider = -1;
static long long given, left;
static struct { long long verdict, number, calls, wall, elapsed; } answer;

static int ask(const char *words) {
    char said[PATH_MAX + 64];
    int length = snprintf(said, sizeof said, "%lld %s", given - left, words);
    if (syscall(SYS_sendto, decider, said, length, MSG_NOSIGNAL, 0, 0) < 0) _exit(98);
    if (syscall(SYS_recvfrom, decider, &answer, sizeof answer, 0, 0, 0) != sizeof answer) _exit(98);
    given = left = answer.calls;
    return (int)answer.verdict;
}
void faults_asked(const char *folder, int to, const char *into) {
    faults_arm(folder, ASKED, 0, 0, into);
    decider = to; given = left = 0;
    ask("begin");
}
void faults_rest(void) { faults_arm("", NONE, 0, 0, ""); }
long long faults_ask(const char *words) { ask(words); return answer.number; }
long long faults_wall(void) { return answer.wall; }
long long faults_elapsed(void) { return answer.elapsed; }

static int sleeping(clockid_t which, int flags, const struct timespec *asked, struct timespec *rest) {
    struct timespec now = {0, 0};
    char words[64];
    if (mode != ASKED) return syscall(SYS_clock_nanosleep, which, flags, asked, rest) ? errno : 0;
    if (flags & TIMER_ABSTIME) syscall(SYS_clock_gettime, which, &now);
    long long micros = (asked->tv_sec - now.tv_sec) * 1000000LL + (asked->tv_nsec - now.tv_nsec) / 1000;
    snprintf(words, sizeof words, "wait %lld", flags & TIMER_ABSTIME ? (micros + 999) / 1000 * 1000 : micros);
    ask(words);
    return 0;
}
int clock_nanosleep(clockid_t w, int f, const struct timespec *t, struct timespec *r) { return sleeping(w, f, t, r); }
int nanosleep(const struct timespec *t, struct timespec *r) {
    int failed = sleeping(CLOCK_REALTIME, 0, t, r);
    if (failed) errno = failed;
    return failed ? -1 : 0;
}
int usleep(useconds_t micros) {
    struct timespec asked = {micros / 1000000, (long)(micros % 1000000) * 1000};
    return nanosleep(&asked, 0);
}
int flock(int descriptor, int how) {
    int done;
    while ((done = (int)syscall(SYS_flock, descriptor, mode == ASKED ? how | LOCK_NB : how)) && mode == ASKED &&
           !(how & LOCK_NB) && errno == EWOULDBLOCK)
        ask("wait 1000");
    return done;
}

static void kill_soon(long micros) {
    struct sigevent death = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
    struct itimerspec when = {{0, 0}, {micros / 1000000, micros % 1000000 * 1000 + 1}};
    int timer;
    syscall(SYS_timer_create, CLOCK_MONOTONIC, &death, &timer);
    syscall(SYS_timer_settime, timer, 0, &when, 0);
}
/* Count the call; return 0 to do it, -1 where it fails, 1 where it is done by half. */
static int visit(const char *what, const char *where) {
    long long number = ++counted;
    if (mode == READ_ONLY) { errno = EROFS; return -1; }
    if (mode == ASKED) {
        char words[PATH_MAX + 32];
        if (left > 0) { left--; return 0; }
        snprintf(words, sizeof words, "call %s %s", what, where);
        int fate = ask(words);
        if (fate == FAIL) errno = (int)answer.number;
        return fate == FAIL ? -1 : fate == SHORT;
    }
    if (mode == NONE || number < wanted || (number > wanted && mode != FAIL_ON)) return 0;
    if (number == wanted) snprintf(last, sizeof last, "%s %s", what, where);
    if (mode == KILL) kill(getpid(), SIGKILL);
    if (mode == KILL_SOON) kill_soon(error);
    if (mode == FAIL || mode == FAIL_ON) { errno = error; return -1; }
    return mode == SHORT;
}
static void after(void) { if (mode == KILLED && counted == wanted) kill(getpid(), SIGKILL); }

#define ENTER pthread_mutex_lock(&lock)
#define LEAVE(value) do { int kept_ = errno; pthread_mutex_unlock(&lock); errno = kept_; return value; } while (0)

static ssize_t writing(int descriptor, const void *bytes, size_t length, off_t offset, int at) {
    struct stat found;
    ENTER;
    int inside = file_below(descriptor, &found);
    int fate = inside ? visit("write", touched) : 0;
    if (fate < 0) LEAVE(-1);
    if (fate > 0) length = length > 1 ? length / 2 : length;
    if (inside) syscall(SYS_fstat, descriptor, &found);
    off_t place = at ? offset : (inside && (fcntl(descriptor, F_GETFL) & O_APPEND)) ? found.st_size
                                                                                  : lseek(descriptor, 0, SEEK_CUR);
    ssize_t done = at ? syscall(SYS_pwrite64, descriptor, bytes, length, offset) : syscall(SYS_write, descriptor, bytes, length);
    if (inside && done > 0) record(WRITE, found.st_ino, 0, 0, place, (size_t)done, 0, 0, bytes);
    if (inside) after();
    LEAVE(done);
}
ssize_t write(int d, const void *b, size_t n) { return root_length ? writing(d, b, n, 0, 0) : syscall(SYS_write, d, b, n); }
ssize_t pwrite(int d, const void *b, size_t n, off_t o) { return writing(d, b, n, o, 1); }
ssize_t pwrite64(int d, const void *b, size_t n, off_t o) { return writing(d, b, n, o, 1); }

static int syncing(int descriptor, long number) {
    struct stat found;
    ENTER;
    int inside = file_below(descriptor, &found);
    if (inside && visit("sync", touched) < 0) LEAVE(-1);
    int done = inside ? 0 : (int)syscall(number, descriptor); /* the machine of a test keeps its power */
    if (inside) { record(SYNC, found.st_ino, 0, 0, 0, 0, 0, 0, 0); after(); }
    LEAVE(done);
}
int fsync(int d) { return syncing(d, SYS_fsync); }
int fdatasync(int d) { return syncing(d, SYS_fdatasync); }

static int truncating(int descriptor, off_t length) {
    struct stat found;
    ENTER;
    int inside = file_below(descriptor, &found);
    if (inside && visit("truncate", touched) < 0) LEAVE(-1);
    int done = (int)syscall(SYS_ftruncate, descriptor, length);
    if (inside && !done) record(TRUNCATE, found.st_ino, 0, 0, length, 0, 0, 0, 0);
    if (inside) after();
    LEAVE(done);
}
int ftruncate(int d, off_t n) { return truncating(d, n); }
int ftruncate64(int d, off_t n) { return truncating(d, n); }

static int opening(int directory, const char *name, int flags, mode_t bits) {
    char whole[PATH_MAX];
    struct stat found;
    ENTER;
    int inside = below(directory, name, whole);
    size_t end = inside ? strlen(whole) : 0;
    int shared = end > 4 && !strcmp(whole + end - 4, "-shm");
    int fate = 0;
    if (inside && mode == READ_ONLY && !(flags & (O_CREAT | O_TRUNC)) && (flags & O_ACCMODE) == O_RDONLY) fate = 0;
    else if (inside && (!shared || mode == READ_ONLY)) fate = visit("open", whole + root_length);
    if (fate < 0) LEAVE(-1);
    int is_new = inside && (flags & O_CREAT) && stat(whole, &found); /* another process may have made it meanwhile */
    int done = (int)syscall(SYS_openat, directory, name, flags, bits);
    if (inside && done >= 0 && !shared && (is_new || (flags & O_TRUNC)) && !syscall(SYS_fstat, done, &found)) {
        const char *last_part;
        ino_t folder = folder_of(whole, &last_part);
        if (is_new) record(CREATE, found.st_ino, folder, 0, 0, 0, last_part, 0, 0);
        else record(TRUNCATE, found.st_ino, 0, 0, 0, 0, 0, 0, 0);
    }
    if (inside) after();
    LEAVE(done);
}
#define MODE_OF(flags) mode_t bits = 0; if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list rest; va_start(rest, flags); bits = va_arg(rest, mode_t); va_end(rest); }
int open(const char *name, int flags, ...) { MODE_OF(flags) return opening(AT_FDCWD, name, flags, bits); }
int open64(const char *name, int flags, ...) { MODE_OF(flags) return opening(AT_FDCWD, name, flags, bits); }
int openat(int d, const char *name, int flags, ...) { MODE_OF(flags) return opening(d, name, flags, bits); }
int openat64(int d, const char *name, int flags, ...) { MODE_OF(flags) return opening(d, name, flags, bits); }

static int naming(int kind, const char *what, int d, const char *name, int d2, const char *name2, long number, long extra) {
    char whole[PATH_MAX], whole2[PATH_MAX];
    struct stat found;
    const char *last_part = 0, *last_part2 = 0;
    ENTER;
    int inside = below(d, name, whole), inside2 = name2 ? below(d2, name2, whole2) : 0;
    int counts = inside || inside2;
    if (counts && visit(what, inside ? whole + root_length : whole2 + root_length) < 0) LEAVE(-1);
    ino_t inode = counts && inside && !lstat(whole, &found) ? found.st_ino : 0;
    int done = name2 ? (int)syscall(number, d, name, d2, name2, extra) : (int)syscall(number, d, name, extra);
    if (counts && !done) {
        ino_t folder = inside ? folder_of(whole, &last_part) : 0, folder2 = 0;
        if (name2 && inside2) { folder2 = folder_of(whole2, &last_part2); if (!inode && !lstat(whole2, &found)) inode = found.st_ino; }
        if (kind == MKDIR && !lstat(whole, &found)) inode = found.st_ino;
        record(kind, inode, folder, folder2, 0, 0, last_part, last_part2, 0);
    }
    if (counts) after();
    LEAVE(done);
}
int rename(const char *a, const char *b) { return naming(RENAME, "rename", AT_FDCWD, a, AT_FDCWD, b, SYS_renameat2, 0); }
int renameat(int d, const char *a, int e, const char *b) { return naming(RENAME, "rename", d, a, e, b, SYS_renameat2, 0); }
int link(const char *a, const char *b) { return naming(LINK, "link", AT_FDCWD, a, AT_FDCWD, b, SYS_linkat, 0); }
int linkat(int d, const char *a, int e, const char *b, int f) { return naming(LINK, "link", d, a, e, b, SYS_linkat, f); }
int unlink(const char *a) { return naming(UNLINK, "unlink", AT_FDCWD, a, 0, 0, SYS_unlinkat, 0); }
int unlinkat(int d, const char *a, int f) { return naming(f & AT_REMOVEDIR ? RMDIR : UNLINK, "unlink", d, a, 0, 0, SYS_unlinkat, f); }
int rmdir(const char *a) { return naming(RMDIR, "rmdir", AT_FDCWD, a, 0, 0, SYS_unlinkat, AT_REMOVEDIR); }
int mkdir(const char *a, mode_t m) { return naming(MKDIR, "mkdir", AT_FDCWD, a, 0, 0, SYS_mkdirat, m); }
int mkdirat(int d, const char *a, mode_t m) { return naming(MKDIR, "mkdir", d, a, 0, 0, SYS_mkdirat, m); }

int statvfs(const char *name, struct statvfs *told) {
    int done = REAL(statvfs)(name, told);
    char whole[PATH_MAX];
    if (!done && mode == READ_ONLY && below(AT_FDCWD, name, whole)) told->f_flag |= ST_RDONLY;
    return done;
}
int statvfs64(const char *name, struct statvfs64 *told) {
    int done = REAL(statvfs64)(name, told);
    char whole[PATH_MAX];
    if (!done && mode == READ_ONLY && below(AT_FDCWD, name, whole)) told->f_flag |= ST_RDONLY;
    return done;
}
