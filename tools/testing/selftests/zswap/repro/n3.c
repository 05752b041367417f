// SPDX-License-Identifier: GPL-2.0-only
/*
 * n3: zswap's shrinker writes nothing back for tasks in the root cgroup.
 *
 *	cc -O2 -pthread -o n3 <this file> && ./n3
 *
 * Needs root, zswap with a shrinker (v6.8), cgroup v2 and some free swap that is
 * not in memory.  All kernels with that shrinker have the bug.
 *
 * The same pages are swapped out to zswap, and the slab caches dropped, once by a
 * task in the root cgroup and once by one in a cgroup of its own.  The kernel counts
 * what zswap writes back: "zswpwb" in /proc/vmstat.
 *
 * exit: 0 nothing shown, 1 shown, 4 cannot run here
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
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

#define EXIT_SHOWN	1
#define EXIT_CANNOT	4

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* one call of the shrinker looks at 128 entries, and it looks at each one twice */
#define PAGES		512
#define DROPS		20

#define CGROUP_ROOT	"/sys/fs/cgroup"
#define PARAMETERS	"/sys/module/zswap/parameters/"
#define DROP_CACHES	"/proc/sys/vm/drop_caches"

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
	{ .path = PARAMETERS "enabled", .val = "Y" },
	{ .path = PARAMETERS "shrinker_enabled", .val = "Y" },
};

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

/* The number of a line "name number" of a file, -1 if there is none. */
static long long count(const char *path, const char *name)
{
	char line[128], key[64];
	long long nr = -1, val;
	FILE *f;

	f = fopen(path, "r");
	if (!f)
		return -1;
	while (nr < 0 && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %lld", key, &val) == 2 && !strcmp(key, name))
			nr = val;
	fclose(f);
	return nr;
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

/* Leave everything as it was. */
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

/* Is there swap with room for so many pages, and not in memory? */
static void need_swap(size_t pages)
{
	unsigned long size, used, room = 0;
	char line[512], dev[256];
	FILE *f = fopen("/proc/swaps", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%255s %*s %lu %lu", dev, &size, &used) == 3 &&
		    !strstr(dev, "zram") && !strstr(dev, "/ram"))
			room += size - used;
	if (f)
		fclose(f);
	if (room < pages * page_size / 1024)
		skip("less than %zu KiB of swap are free, see swapon(8)",
		     pages * page_size / 1024);
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

/* Half of a page can be compressed, and each page differs. */
static void fill(char *mem, size_t nr)
{
	size_t i, w, words = page_size / sizeof(unsigned int);
	static unsigned int seed = 1;
	unsigned int *page;

	for (i = 0; i < nr; i++) {
		page = (unsigned int *)(mem + i * page_size);
		for (w = 0; w < words; w++)
			page[w] = w < words / 2 ? 0x11111111 :
				  (seed = seed * 1664525 + 1013904223);
	}
}

static char *map(size_t nr)
{
	char *mem = mmap(NULL, nr * page_size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED)
		skip("out of memory");
	madvise(mem, nr * page_size, MADV_NOHUGEPAGE);
	return mem;
}

/* Of the pages that a task has in zswap, how many does the shrinker write back? */
static long long write_back(long long *stored)
{
	char *mem = map(PAGES);
	long long written;
	unsigned int i;

	fill(mem, PAGES);
	*stored = count("/proc/vmstat", "zswpout");
	for (i = 0; i < 3; i++)
		madvise(mem, PAGES * page_size, MADV_PAGEOUT);
	*stored = count("/proc/vmstat", "zswpout") - *stored;
	if (*stored < PAGES / 2)
		skip("only %lld of %d pages are stored in zswap", *stored, PAGES);
	/* the kernel updates the statistics of a cgroup every two seconds */
	if (!stop)
		sleep(3);
	written = count("/proc/vmstat", "zswpwb");
	for (i = 0; i < DROPS && !stop; i++)
		write_line(DROP_CACHES, "2");
	written = count("/proc/vmstat", "zswpwb") - written;
	munmap(mem, PAGES * page_size);
	return written;
}

int main(void)
{
	long long start, stored, written, unused;

	page_size = sysconf(_SC_PAGESIZE);
	if (geteuid())
		skip("must be root");
	need_settings();
	need_swap(4 * PAGES);
	if (count("/proc/vmstat", "zswpwb") < 0)
		skip("no zswpwb in /proc/vmstat");
	undo_at_exit();
	change_settings();
	make_cgroup("n3");
	/* the statistics of the root cgroup are the sum of all others */
	if (count(CGROUP_ROOT "/memory.stat", "zswapped") > 0)
		skip("other tasks have pages in zswap");

	/* the root cgroup first: none of the other's pages may be in the statistics */
	start = now_ns();
	if (write_line(CGROUP_ROOT "/cgroup.procs", "0"))
		skip("cannot enter " CGROUP_ROOT);
	written = write_back(&stored);
	if (!stop && !written) {
		if (cgroup_write("cgroup.procs", "0"))
			skip("cannot enter %s", cgroup);
		if (!write_back(&unused) && !stop)
			skip("the shrinker writes nothing back for a cgroup either");
	}
	return tell(stored, stop || written ? 0 : stored, start,
		    "a page of a task in the root cgroup that the shrinker leaves in zswap");
}
