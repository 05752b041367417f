// SPDX-License-Identifier: GPL-2.0-only
/*
 * b6: a page that its program has cleared reads its old contents again.
 *
 *	cc -O2 -pthread -o b6 <this file> && ./b6 [SECONDS]
 *
 * Needs root, zswap, cgroup v2 and some hundred free pages of swap that is not in
 * memory (no zram, no ramdisk).  v6.12 and later have the bug.
 *
 *	1. A page is swapped out, to zswap, and read at the same moment.  The fault
 *	   has a reference, so the page stays in the swap cache and zswap keeps its
 *	   entry.
 *	2. The page is cleared and swapped out again.  The slot is marked as zero
 *	   filled, and the entry with the old contents is left in zswap.
 *	3. zswap writes the entry back: the old contents are in the swap cache now,
 *	   and whoever reads the page gets them.
 *
 * Two threads meet in step 1; how much later the second one starts is swept over
 * the time that the first one takes.
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

#define EXIT_SHOWN	1
#define EXIT_CANNOT	4

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define PAGES		32
/* each one that zswap refuses makes it look at one entry; it looks at each twice */
#define FILLER		(8 * PAGES)

#define CGROUP_ROOT	"/sys/fs/cgroup"

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
	{ .path = "/sys/module/zswap/parameters/enabled", .val = "Y" },
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

/* The two threads that meet. */
static struct {
	char *page;
	long long delay;	/* ns, of the reader */
	unsigned int go;	/* rounds that have begun */
	unsigned int done;	/* rounds that the reader has ended */
	bool over;
} meet;

static void *reader(void *unused)
{
	unsigned int round;
	long long end;

	for (round = 1; ; round++) {
		while (__atomic_load_n(&meet.go, __ATOMIC_ACQUIRE) != round)
			if (__atomic_load_n(&meet.over, __ATOMIC_ACQUIRE))
				return unused;
		end = now_ns() + meet.delay;
		while (now_ns() < end)
			;
		__atomic_load_n(meet.page, __ATOMIC_SEQ_CST);
		__atomic_store_n(&meet.done, round, __ATOMIC_RELEASE);
	}
}

/* The reader of a page begins up to so much later as this takes, on the average. */
static long long longest = 1000;

static void begin_to_read(char *page)
{
	meet.page = page;
	meet.delay = random() % longest;
	__atomic_store_n(&meet.go, meet.go + 1, __ATOMIC_RELEASE);
}

static void wait_for_reader(long long took)
{
	/* follow it slowly: a single slow one must not count */
	longest += (took - longest) / 16;
	if (longest < 100)
		longest = 100;
	while (__atomic_load_n(&meet.done, __ATOMIC_ACQUIRE) != meet.go)
		;
}

/* Swap a page out while it is read. */
static void swap_out_and_read(char *page)
{
	long long start;

	begin_to_read(page);
	start = now_ns();
	madvise(page, page_size, MADV_PAGEOUT);
	wait_for_reader(now_ns() - start);
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

static bool is_clear(const char *page)
{
	size_t i;

	for (i = 0; i < page_size; i++)
		if (page[i])
			return false;
	return true;
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

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 1 ? atoi(argv[1]) : 10;
	unsigned long rounds = 0, hits = 0;
	char *mem, *filler;
	long long start;
	pthread_t thread;
	size_t i;

	page_size = sysconf(_SC_PAGESIZE);
	if (geteuid())
		skip("must be root");
	need_settings();
	need_swap(4 * (PAGES + FILLER));
	undo_at_exit();
	change_settings();
	/* its limit makes zswap write back */
	make_cgroup("b6");
	if (cgroup_write("memory.zswap.max", "max"))
		skip("no memory.zswap.max: no zswap, or a kernel before v5.19");
	if (cgroup_write("cgroup.procs", "0"))
		skip("cannot enter %s", cgroup);
	mem = map(PAGES);
	filler = map(FILLER);
	if (pthread_create(&thread, NULL, reader, NULL))
		skip("cannot create a thread");

	start = now_ns();
	while (!stop && now_ns() < start + seconds * 1000000000LL) {
		fill(mem, PAGES);
		for (i = 0; i < PAGES; i++)
			swap_out_and_read(mem + i * page_size);
		memset(mem, 0, PAGES * page_size);
		madvise(mem, PAGES * page_size, MADV_PAGEOUT);

		fill(filler, FILLER);
		cgroup_write("memory.zswap.max", "0");
		madvise(filler, FILLER * page_size, MADV_PAGEOUT);
		cgroup_write("memory.zswap.max", "max");

		for (i = 0; i < PAGES; i++)
			hits += !is_clear(mem + i * page_size);
		rounds += PAGES;
	}
	__atomic_store_n(&meet.over, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	return tell(rounds, hits, start, "a page that was cleared reads its old contents");
}
