// SPDX-License-Identifier: GPL-2.0-only
/*
 * n2: pages are lost when zswap is enabled for the first time.
 *
 *	cc -O2 -pthread -o n2 <this file> && ./n2
 *
 * Needs root, a kernel with huge pages, cgroup v2, swap on zram or a ramdisk with
 * the highest priority, and zswap that was never enabled since boot: one run a boot.
 * v6.12 and later have the bug.
 *
 * A fault on a synchronous device reads a large folio if zswap was never enabled.
 * It looks at that first, then allocates and charges the folio, and then reads it.
 * If zswap is enabled in between, the read fails: SIGBUS, and for shmem the pages
 * are gone.
 *
 * Threads swap folios of 64 KiB out and read them again, anonymous memory and
 * shmem, in a cgroup that is far above its memory.high.  A thread that charges much
 * in one system call has to reclaim there, and then sleeps for up to two seconds:
 * between the two.  All of them are there when zswap is enabled.
 *
 * exit: 0 nothing shown, 1 shown, 4 cannot run here
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ	22
#endif

#define EXIT_SHOWN	1
#define EXIT_CANNOT	4

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define FOLIO		(64 * 1024)
#define FOLIOS		8	/* of a thread */
#define THREADS		16
#define STACK		(64 * 1024)
#define HIGH		"65536"

/* bounds in seconds, of a slow machine */
#define BEFORE		30
#define AFTER		3

#define CGROUP_ROOT	"/sys/fs/cgroup"
#define ENABLED		"/sys/module/zswap/parameters/enabled"
#define SINCE_BOOT	"/sys/kernel/debug/zswap"
#define THP		"/sys/kernel/mm/transparent_hugepage/"
#define LARGE		THP "hugepages-64kB/"

static size_t page_size;
static char cgroup[64];
static char home[512] = CGROUP_ROOT "/cgroup.procs";
static bool memory_was_off;
static atomic_int stop;

static struct {
	const char *path;
	const char *val;
	char was[64];
} settings[] = {
	{ .path = ENABLED },
	/* neither larger ones, nor any that may not wait */
	{ .path = THP "enabled", .val = "never" },
	{ .path = THP "defrag", .val = "madvise" },
	{ .path = LARGE "enabled", .val = "always" },
	{ .path = LARGE "shmem_enabled", .val = "always" },
};

/* One thread and its memory. */
static struct job {
	pthread_t thread;
	char *mem;
	bool shmem;
	atomic_bool reading;
	atomic_uint rounds;	/* folios that were read */
	atomic_uint failed;	/* and those that could not be */
} jobs[THREADS];

static atomic_bool go, over;

static int read_line(const char *path, char *buf, size_t size)
{
	ssize_t len;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return -errno;
	len = read(fd, buf, size - 1);
	close(fd);
	if (len < 0)
		return -EIO;
	buf[len] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

static int write_line(const char *path, const char *val)
{
	int fd = open(path, O_WRONLY);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, val, strlen(val)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static void restore_settings(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (*settings[i].was)
			write_line(settings[i].path, settings[i].was);
}

static int cgroup_write(const char *name, const char *val)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", cgroup, name);
	return write_line(path, val);
}

/* Back to where this program came from. */
static void remove_cgroup(void)
{
	unsigned int i;

	if (*cgroup) {
		write_line(home, "0");
		for (i = 0; i < 100 && rmdir(cgroup) && errno == EBUSY; i++)
			usleep(10000);
	}
	if (memory_was_off)
		write_line(CGROUP_ROOT "/cgroup.subtree_control", "-memory");
}

/* Leave everything as it was, but for zswap, which has been enabled once. */
static void undo(void)
{
	remove_cgroup();
	restore_settings();
}

[[gnu::format(printf, 1, 2), gnu::noreturn]]
static void skip(const char *fmt, ...)
{
	va_list args;

	printf("cannot run here: ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	exit(EXIT_CANNOT);
}

static void on_signal(int sig)
{
	stop = sig;
}

/* Whatever ends this program, undo() runs. */
static void undo_at_exit(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	atexit(undo);
	sigaction(SIGHUP, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* The last line, and the exit code. */
static int tell(unsigned long rounds, unsigned long hits, long long since,
		const char *hit)
{
	double seconds = (now_ns() - since) / 1e9;

	printf("%lu rounds, %lu hits (%.2f%%), %.1f rounds a second: %s\n", rounds,
	       hits, rounds ? hits * 100.0 / rounds : 0, rounds / seconds, hit);
	if (hits)
		return EXIT_SHOWN;
	return stop ? 128 + stop : 0;
}

/* What a setting is: of a choice, the word in brackets. */
static int read_setting(const char *path, char *buf, size_t size)
{
	char *choice;
	int ret = read_line(path, buf, size);

	choice = ret ? NULL : strchr(buf, '[');
	if (choice) {
		choice[strcspn(choice, "]")] = '\0';
		memmove(buf, choice + 1, strlen(choice));
	}
	return ret;
}

static void need_settings(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (read_setting(settings[i].path, settings[i].was,
				 sizeof(settings[i].was)))
			skip("no %s here", settings[i].path);
}

static void change_settings(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		if (!settings[i].val)
			continue;
		if (write_line(settings[i].path, settings[i].val))
			skip("%s cannot be set", settings[i].path);
	}
}

/* The swap device that is used first must be synchronous, and have room. */
static void need_swap(unsigned long bytes)
{
	unsigned long size, used, room = 0;
	char line[512], dev[256];
	int prio, highest = -100;
	bool sync = false;
	FILE *f;

	f = fopen("/proc/swaps", "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%255s %*s %lu %lu %d", dev, &size, &used,
			   &prio) != 4 || prio <= highest)
			continue;
		highest = prio;
		room = (size - used) * 1024;
		sync = strstr(dev, "zram") || strstr(dev, "/ram");
	}
	if (f)
		fclose(f);
	if (!sync)
		skip("no swap on zram or a ramdisk with the highest priority");
	if (room < bytes)
		skip("less than %lu KiB of it are free", bytes / 1024);
}

static void make_cgroup(const char *name)
{
	char buf[512];
	FILE *f;

	f = fopen("/proc/self/cgroup", "r");
	while (f && fgets(buf, sizeof(buf), f)) {
		buf[strcspn(buf, "\n")] = '\0';
		if (!strncmp(buf, "0::", 3))
			snprintf(home, sizeof(home), "%s%.400s/cgroup.procs",
				 CGROUP_ROOT, strcmp(buf + 3, "/") ? buf + 3 : "");
	}
	if (f)
		fclose(f);
	if (read_line(CGROUP_ROOT "/cgroup.subtree_control", buf, sizeof(buf)))
		skip("no cgroup v2 at " CGROUP_ROOT);
	if (!strstr(buf, "memory")) {
		if (write_line(CGROUP_ROOT "/cgroup.subtree_control", "+memory"))
			skip("no memory controller in cgroup v2");
		memory_was_off = true;
	}
	snprintf(cgroup, sizeof(cgroup), CGROUP_ROOT "/%s.%d", name, getpid());
	if (mkdir(cgroup, 0755)) {
		snprintf(buf, sizeof(buf), "%s", cgroup);
		*cgroup = '\0';
		skip("mkdir %s: %s", buf, strerror(errno));
	}
}

/* Large folios that have been read since boot, -1 if the kernel does not count them. */
static long large_reads(void)
{
	char buf[32];

	return read_line(LARGE "stats/swpin", buf, sizeof(buf)) ? -1 : atol(buf);
}

static char *map(bool shmem)
{
	size_t size = FOLIOS * FOLIO;
	char *mem;

	mem = mmap(NULL, size + FOLIO, PROT_READ | PROT_WRITE, MAP_ANONYMOUS |
		   (shmem ? MAP_SHARED : MAP_PRIVATE), -1, 0);
	if (mem == MAP_FAILED)
		skip("out of memory");
	/* folios of shmem are aligned in their file, which begins here */
	if (!shmem)
		mem = (char *)(((unsigned long)mem + FOLIO - 1) & ~(FOLIO - 1UL));
	madvise(mem, size, MADV_HUGEPAGE);
	memset(mem, 0x5a, size);
	return mem;
}

/* No signal: the kernel says what a task would get SIGBUS for. */
static bool readable(char *mem, size_t size)
{
	while (madvise(mem, size, MADV_POPULATE_READ))
		if (errno == EFAULT || errno == EHWPOISON)
			return false;
		else if (errno != EINTR && errno != EAGAIN)
			skip("MADV_POPULATE_READ: %s", strerror(errno));
	return true;
}

/* How many parts of a size cannot be read? */
static unsigned int unreadable(const struct job *job, size_t size)
{
	unsigned int nr = 0;
	size_t at;

	for (at = 0; at < FOLIOS * FOLIO; at += size)
		nr += !readable(job->mem + at, size);
	return nr;
}

static void *work(void *arg)
{
	struct job *job = arg;
	unsigned int failed;

	while (!go)
		usleep(1000);
	while (!over) {
		madvise(job->mem, FOLIOS * FOLIO, MADV_PAGEOUT);
		job->reading = true;
		if (!readable(job->mem, FOLIOS * FOLIO)) {
			/* the first one may be readable by now */
			failed = unreadable(job, FOLIO);
			job->failed += failed ? failed : 1;
		}
		job->reading = false;
		job->rounds += FOLIOS;
	}
	return NULL;
}

static bool all_are_reading(void)
{
	size_t i;

	for (i = 0; i < THREADS; i++)
		if (!jobs[i].reading)
			return false;
	return true;
}

static void make_threads(void)
{
	pthread_attr_t attr;
	size_t i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&jobs[i].thread, &attr, work, &jobs[i]))
			skip("cannot create a thread");
	pthread_attr_destroy(&attr);
}

int main(void)
{
	unsigned long rounds = 0, failed = 0, pages[2] = { 0 };
	long long start;
	long large;
	size_t i;

	page_size = sysconf(_SC_PAGESIZE);
	if (geteuid())
		skip("must be root");
	need_settings();
	if (*settings[0].was != 'N' || !access(SINCE_BOOT, F_OK))
		skip("zswap has been enabled since boot");
	need_swap(THREADS * FOLIOS * FOLIO);
	if (madvise(NULL, 0, MADV_POPULATE_READ))
		skip("no MADV_POPULATE_READ, a kernel before v5.14");
	undo_at_exit();
	change_settings();
	make_cgroup("n2");
	if (cgroup_write("cgroup.procs", "0"))
		skip("cannot enter %s", cgroup);
	make_threads();
	/* what this thread needs is not to be reclaimed */
	if (mlockall(MCL_CURRENT))
		skip("mlockall: %s", strerror(errno));
	for (i = 0; i < THREADS; i++) {
		jobs[i].shmem = i % 2;
		jobs[i].mem = map(jobs[i].shmem);
	}
	large = large_reads();
	if (cgroup_write("memory.high", HIGH))
		skip("cannot set memory.high");
	start = now_ns();
	go = true;
	while (!stop && now_ns() < start + BEFORE * 1000000000LL &&
	       ((large >= 0 && large_reads() < large + THREADS) || !all_are_reading()))
		usleep(10000);
	usleep(200000);
	if (!stop && write_line(ENABLED, "Y"))
		skip("zswap cannot be enabled");
	over = true;
	for (i = 0; !stop && i < AFTER; i++)
		sleep(1);
	cgroup_write("memory.high", "max");
	for (i = 0; i < THREADS; i++) {
		pthread_join(jobs[i].thread, NULL);
		rounds += jobs[i].rounds;
		failed += jobs[i].failed;
		pages[jobs[i].shmem] += unreadable(&jobs[i], page_size);
	}
	if (large >= 0) {
		large = large_reads() - large;
		if (!large && !stop)
			skip("no large folio was read");
	}
	printf("%ld large folios read; of %d pages each %lu anonymous and %lu of shmem are lost\n",
	       large, THREADS / 2 * FOLIOS * (FOLIO / (int)page_size), pages[0], pages[1]);
	return tell(rounds, failed, start,
		    "a folio that cannot be read once zswap is enabled");
}
