/* Counts what a process does to the files below one folder, and at the n-th such call kills it,
 * fails it or does half of it, or stops before each or amid it until it is told to go on; sets the
 * clock it reads. Preloaded by torture/shim.py, asleep until
 * torture_arm. Calls counted: write, pwrite, writev, fsync, fdatasync, rename, link, unlink,
 * ftruncate, posix_fallocate, mkdir and the opening of a file to be made; and, where they are asked
 * for, the calls that read. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { COUNT = 0, KILL = 1, FAIL = 2, SHORT = 3, TORN = 4, STOP = 5, AMID = 6 };
enum { WRITE = 1, SYNC = 2, RENAME = 4, OTHER = 8, READ = 16 };

static char root[4096];
static size_t root_length;
static int mode, failure, kinds, lasting;
static long at;
static _Atomic long seen;
static _Atomic int armed;
static _Atomic long clock_offset;

/* What happened at the n-th call: "pwrite64 /folder/file", for the report of a failure. */
static char happened[4400];

void torture_arm(const char *folder, int what, long number, int which, int error, int stays) {
    snprintf(root, sizeof root, "%s", folder);
    root_length = strlen(root);
    mode = what, at = number, kinds = which, failure = error, lasting = stays;
    happened[0] = 0;
    atomic_store(&seen, 0);
    atomic_store(&armed, 1);
}
/* Copies of what was forced to disk, by inode: what a power cut would leave of each file. */
static char shadow[4096];
void torture_shadow(const char *folder) { snprintf(shadow, sizeof shadow, "%s", folder); }

void torture_disarm(void) { atomic_store(&armed, 0); }
long torture_seen(void) { return atomic_load(&seen); }
const char *torture_happened(void) { return happened; }
void torture_clock(long seconds) { atomic_store(&clock_offset, seconds); }

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

/* Who watches is told of each call by a line, and answers with a byte once it may be done. */
static int to_watcher = -1, from_watcher = -1;
static pthread_mutex_t one_by_one = PTHREAD_MUTEX_INITIALIZER;
void torture_watched(const char *to, const char *from) {
    to_watcher = open(to, O_WRONLY);
    from_watcher = open(from, O_RDONLY);
}
/* All other calls wait meanwhile, so that the watcher sees what a kill here would leave. */
static void stop(const char *name, const char *path) {
    char line[4096], may;
    int size = snprintf(line, sizeof line, "%s %s\n", name, path);
    if (size >= (int)sizeof line) size = sizeof line - 1;
    if (write(to_watcher, line, size) == size) while (read(from_watcher, &may, 1) < 0);
}
static void wait_for_others(void) {
    pthread_mutex_lock(&one_by_one);
    pthread_mutex_unlock(&one_by_one);
}

static int is_below(const char *path) {
    return strncmp(path, root, root_length) == 0 && path[root_length] == '/';
}
static int path_of(int fd, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_below(path);
}
/* Returns what is to become of this call: COUNT for nothing. */
static int fate(int kind, const char *name, const char *path) {
    if (!(kind & kinds)) return COUNT;
    long number = atomic_fetch_add(&seen, 1) + 1;
    if (number != at && !(lasting && number > at)) return COUNT;
    if (number == at) snprintf(happened, sizeof happened, "%s %s", name, path);
    if (mode == KILL) kill(getpid(), SIGKILL), pause();
    if (mode == STOP) {
        pthread_mutex_lock(&one_by_one);
        stop(name, path);
        pthread_mutex_unlock(&one_by_one);
        return COUNT;
    }
    if (mode == AMID && kind != WRITE) {
        wait_for_others();
        return COUNT;
    }
    if (mode == AMID) snprintf(happened, sizeof happened, "amid %s", path);
    return mode;
}
static int fate_of(int kind, const char *name, int fd) {
    if (!atomic_load(&armed) || !(kind & kinds)) return COUNT;
    int before = errno;
    char path[4096];
    int ours = path_of(fd, path, sizeof path);
    errno = before;
    return ours ? fate(kind, name, path) : COUNT;
}
static int fate_at(int kind, const char *name, const char *path) {
    if (!atomic_load(&armed) || !(kind & kinds)) return COUNT;
    char whole[8192];
    if (path[0] != '/') {
        char here[4000];
        if (!getcwd(here, sizeof here)) return COUNT;
        snprintf(whole, sizeof whole, "%s/%s", here, path);
        path = whole;
    }
    return is_below(path) ? fate(kind, name, path) : COUNT;
}

#define HALF(count) ((count) > 1 ? (count) / 2 : (count))
#define WRITING(name, fd, count, call, half, rest) \
    switch (fate_of(WRITE, name, fd)) { \
        case FAIL: errno = failure; return -1; \
        case SHORT: return half; \
        case TORN: { ssize_t done = half; (void)done; kill(getpid(), SIGKILL); pause(); } \
        case AMID: { \
            pthread_mutex_lock(&one_by_one); \
            ssize_t done = half; \
            if (done > 0) stop(name, happened); \
            ssize_t more = done > 0 ? rest : 0; \
            pthread_mutex_unlock(&one_by_one); \
            return more > 0 ? done + more : done; \
        } \
    } \
    return call

ssize_t write(int fd, const void *data, size_t count) {
    REAL(write);
    WRITING("write", fd, count, real(fd, data, count), real(fd, data, HALF(count)),
            real(fd, (const char *)data + done, count - done));
}
ssize_t pwrite(int fd, const void *data, size_t count, off_t place) {
    REAL(pwrite);
    WRITING("pwrite", fd, count, real(fd, data, count, place), real(fd, data, HALF(count), place),
            real(fd, (const char *)data + done, count - done, place + done));
}
ssize_t pwrite64(int fd, const void *data, size_t count, off64_t place) {
    REAL(pwrite64);
    WRITING("pwrite64", fd, count, real(fd, data, count, place), real(fd, data, HALF(count), place),
            real(fd, (const char *)data + done, count - done, place + done));
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev);
    WRITING("writev", fd, count, real(fd, parts, count), real(fd, parts, HALF(count)), 0);
}
ssize_t sendfile(int out, int in, off_t *place, size_t count);
ssize_t sendfile64(int out, int in, off64_t *place, size_t count) {
    REAL(sendfile64);
    WRITING("sendfile", out, count, real(out, in, place, count), real(out, in, place, HALF(count)),
            real(out, in, place, count - done));
}
ssize_t sendfile(int out, int in, off_t *place, size_t count) {
    REAL(sendfile);
    WRITING("sendfile", out, count, real(out, in, place, count), real(out, in, place, HALF(count)),
            real(out, in, place, count - done));
}
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t count, unsigned flags) {
    REAL(copy_file_range);
    WRITING("copy_file_range", out, count, real(in, from, out, to, count, flags),
            real(in, from, out, to, HALF(count), flags),
            real(in, from, out, to, count - done, flags));
}

#define READING(name, fd, call, half) \
    switch (fate_of(READ, name, fd)) { \
        case FAIL: errno = failure; return -1; \
        case SHORT: return half; \
    } \
    return call

ssize_t read(int fd, void *data, size_t count) {
    REAL(read);
    READING("read", fd, real(fd, data, count), real(fd, data, HALF(count)));
}
ssize_t pread(int fd, void *data, size_t count, off_t place) {
    REAL(pread);
    READING("pread", fd, real(fd, data, count, place), real(fd, data, HALF(count), place));
}
ssize_t pread64(int fd, void *data, size_t count, off64_t place) {
    REAL(pread64);
    READING("pread64", fd, real(fd, data, count, place), real(fd, data, HALF(count), place));
}

#define DOING(kind, name, fate_now, call) \
    if ((fate_now) >= FAIL) { errno = failure ? failure : EIO; return -1; } \
    return call

static int kept(int fd, int result) {
    struct stat facts;
    char path[4300], part[4320];
    if (result || !shadow[0] || !atomic_load(&armed) || fstat(fd, &facts)) return result;
    if (!S_ISREG(facts.st_mode) || !path_of(fd, path, sizeof path)) return result;
    int from = open(path, O_RDONLY);
    snprintf(path, sizeof path, "%s/%lu", shadow, (unsigned long)facts.st_ino);
    snprintf(part, sizeof part, "%s.%d", path, (int)gettid());
    int to = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    static char block[1 << 16];
    static _Atomic int busy;
    while (atomic_exchange(&busy, 1)) usleep(100);
    for (ssize_t n; from >= 0 && (n = read(from, block, sizeof block)) > 0;)
        if (write(to, block, n) != n) break;
    atomic_store(&busy, 0);
    close(from), close(to);
    rename(part, path);
    return result;
}
int fsync(int fd) {
    REAL(fsync);
    DOING(SYNC, "fsync", fate_of(SYNC, "fsync", fd), kept(fd, real(fd)));
}
int fdatasync(int fd) {
    REAL(fdatasync);
    DOING(SYNC, "fdatasync", fate_of(SYNC, "fdatasync", fd), kept(fd, real(fd)));
}
int rename(const char *from, const char *to) {
    REAL(rename);
    DOING(RENAME, "rename", fate_at(RENAME, "rename", to), real(from, to));
}
int renameat(int a, const char *from, int b, const char *to) {
    REAL(renameat);
    DOING(RENAME, "renameat", fate_at(RENAME, "renameat", to), real(a, from, b, to));
}
int link(const char *from, const char *to) {
    REAL(link);
    DOING(RENAME, "link", fate_at(RENAME, "link", to), real(from, to));
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
    REAL(linkat);
    DOING(RENAME, "linkat", fate_at(RENAME, "linkat", to), real(a, from, b, to, flags));
}
int unlink(const char *path) {
    REAL(unlink);
    DOING(OTHER, "unlink", fate_at(OTHER, "unlink", path), real(path));
}
int unlinkat(int folder, const char *path, int flags) {
    REAL(unlinkat);
    DOING(OTHER, "unlinkat", fate_at(OTHER, "unlinkat", path), real(folder, path, flags));
}
int mkdir(const char *path, mode_t rights) {
    REAL(mkdir);
    DOING(OTHER, "mkdir", fate_at(OTHER, "mkdir", path), real(path, rights));
}
int ftruncate(int fd, off_t size) {
    REAL(ftruncate);
    DOING(OTHER, "ftruncate", fate_of(OTHER, "ftruncate", fd), real(fd, size));
}
int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    DOING(OTHER, "ftruncate", fate_of(OTHER, "ftruncate", fd), real(fd, size));
}
int posix_fallocate(int fd, off_t place, off_t size) {
    REAL(posix_fallocate);
    int now = fate_of(WRITE, "posix_fallocate", fd);
    return now >= FAIL && now != AMID ? failure : real(fd, place, size);
}
#define OPENING(name, ...) \
    mode_t rights = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        rights = va_arg(rest, mode_t); \
        va_end(rest); \
    } \
    if (flags & O_CREAT && fate_at(OTHER, name, path) >= FAIL) { \
        errno = failure ? failure : EIO; \
        return -1; \
    } \
    return real(__VA_ARGS__)
int open(const char *path, int flags, ...) { REAL(open); OPENING("open", path, flags, rights); }
int open64(const char *path, int flags, ...) { REAL(open64); OPENING("open", path, flags, rights); }
int openat(int folder, const char *path, int flags, ...) {
    REAL(openat);
    OPENING("openat", folder, path, flags, rights);
}

int clock_gettime(clockid_t which, struct timespec *now) {
    REAL(clock_gettime);
    int result = real(which, now);
    if (result == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        now->tv_sec += atomic_load(&clock_offset);
    return result;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    REAL(gettimeofday);
    int result = real(now, zone);
    if (result == 0) now->tv_sec += atomic_load(&clock_offset);
    return result;
}
time_t time(time_t *now) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now) *now = exact.tv_sec;
    return exact.tv_sec;
}
