// SPDX-License-Identifier: GPL-2.0-only
/*
 * b1: zswap writeback uses what swapoff has freed.
 *
 *	insmod zswap_window.ko
 *	cc -O2 -pthread -o b1 <this file> && ./b1 DEVICE
 *
 * Needs root, zswap, debugfs and the module zswap_window.  v5.10 to v6.8 have the
 * bug, and crash: do not run it where that matters.  DEVICE is overwritten; a
 * ramdisk will do (modprobe brd, /dev/ram0).
 *
 * Writeback picks an entry of zswap, and looks for the tree of its swap device
 * before it has pinned that device.  The module holds it there, swapoff frees the
 * tree, and the module lets writeback go.
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
#include <sys/swap.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

#define EXIT_SHOWN	1
#define EXIT_CANNOT	4

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define SLOTS		256
#define PAGES		200

/* bounds in seconds */
#define HELD		20
#define SWAPOFF		15
#define RETURN		10

#define PARAMETERS	"/sys/module/zswap/parameters/"
#define WINDOW		"/sys/kernel/debug/zswap_window/"
#define STORED		"/sys/kernel/debug/zswap/stored_pages"

static size_t page_size;
static const char *dev;
static bool swapped_on;
static atomic_int stop;

static struct {
	const char *path;
	const char *val;
	char was[64];
} settings[] = {
	{ .path = PARAMETERS "enabled", .val = "Y" },
	{ .path = PARAMETERS "max_pool_percent", .val = "20" },
};

static char zpool_was[64];

/* What writeback is called, and what it calls when it has picked an entry. */
static const struct {
	const char *symbol;	/* of a kernel in which it is so */
	const char *entry;
	const char *site;
} designs[] = {
	{ "zswap_frontswap_load", "zswap_writeback_entry", "zpool_map_handle" },
	/* the first lock that it lets go is that of the LRU */
	{ "shrink_memcg_cb", "shrink_memcg_cb", "_raw_spin_unlock" },
	{ "zswap_load", "shrink_worker", "_raw_spin_unlock" },
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

/* Leave everything as it was. */
static void undo(void)
{
	unsigned int i;

	write_line(WINDOW "arm", "0");
	for (i = 0; i < 100 && swapped_on && swapoff(dev) && errno != EINVAL; i++)
		usleep(10000);
	restore_settings();
	if (*zpool_was)
		write_line(PARAMETERS "zpool", zpool_was);
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

/* The header that mkswap(8) writes. */
static void make_swap(int fd, unsigned int slots)
{
	unsigned int *header;
	char *page;

	page = calloc(1, page_size);
	if (!page)
		skip("out of memory");
	header = (unsigned int *)(page + 1024);
	header[0] = 1;
	header[1] = slots;
	memcpy(page + page_size - 10, "SWAPSPACE2", 10);
	if (write(fd, page, page_size) != (ssize_t)page_size || fsync(fd))
		skip("cannot write to %s: %s", dev, strerror(errno));
	close(fd);
	free(page);
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

static bool has_symbol(const char *name)
{
	char line[256], symbol[128];
	bool found = false;
	FILE *f;

	f = fopen("/proc/kallsyms", "r");
	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%*s %*s %127s", symbol) == 1 &&
			!strcmp(symbol, name);
	if (f)
		fclose(f);
	return found;
}

static long number(const char *path)
{
	char buf[64];

	return read_line(path, buf, sizeof(buf)) ? -1 : atol(buf);
}

static bool is_held(void)
{
	char buf[64];

	return !read_line(WINDOW "state", buf, sizeof(buf)) && !strcmp(buf, "held");
}

/* Is no writeback under way? */
static bool all_returned(void)
{
	long returns = number(WINDOW "ret0") + number(WINDOW "reterr");

	return returns == number(WINDOW "calls");
}

static void set_window(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(designs); i++)
		if (has_symbol(designs[i].symbol))
			break;
	if (i == ARRAY_SIZE(designs))
		skip("no function of zswap is known here");
	/* zsmalloc writes nothing back there, or has no such call */
	if (!i) {
		read_line(PARAMETERS "zpool", zpool_was, sizeof(zpool_was));
		if (write_line(PARAMETERS "zpool", "zbud"))
			skip("no zbud: modprobe zbud");
	}
	if (write_line(WINDOW "arm", "0") ||
	    write_line(WINDOW "entry", designs[i].entry) ||
	    write_line(WINDOW "site", designs[i].site) ||
	    write_line(WINDOW "when", "after") || write_line(WINDOW "nth", "1") ||
	    write_line(WINDOW "fail", "none") || write_line(WINDOW "then", "none") ||
	    write_line(WINDOW "timeout", "60"))
		skip("%s cannot be held in %s", designs[i].site, designs[i].entry);
}

/* Swap out more than zswap may have, until the window has its writeback. */
static void hold_writeback(void)
{
	long long end = now_ns() + HELD * 1000000000LL;
	char *more = map(1);

	if (write_line(WINDOW "arm", "1") ||
	    write_line(PARAMETERS "max_pool_percent", "0"))
		skip("writeback cannot be held");
	while (!is_held()) {
		if (stop)
			exit(128 + stop);
		if (now_ns() > end)
			skip("zswap writes nothing back");
		fill(more, 1);
		madvise(more, page_size, MADV_PAGEOUT);
		usleep(5000);
	}
	write_line(PARAMETERS "max_pool_percent", "20");
	munmap(more, page_size);
}

static atomic_bool swapoff_done;

static void *swap_off(void *unused)
{
	while (swapoff(dev) && errno == EINTR)
		;
	swapoff_done = true;
	return unused;
}

/* Has the kernel complained since the file was opened? */
static bool complains(int kmsg)
{
	char line[8192];
	bool found = false;
	ssize_t len;

	while ((len = read(kmsg, line, sizeof(line) - 1)) > 0 || errno == EPIPE) {
		line[len > 0 ? len : 0] = '\0';
		found = found || strstr(line, "BUG: ") || strstr(line, "kernel BUG at") ||
			strstr(line, "Oops") || strstr(line, "general protection fault");
	}
	return found;
}

int main(int argc, char **argv)
{
	static const char warning[] =
		"b1: swapoff is done, writeback goes on: a kernel with the bug crashes now\n";
	long long start, end;
	pthread_t thread;
	bool shown;
	char *mem;
	int fd;

	page_size = sysconf(_SC_PAGESIZE);
	if (geteuid())
		skip("must be root");
	if (argc != 2)
		skip("name a device that may be overwritten: b1 /dev/ram0");
	dev = argv[1];
	if (access(WINDOW "arm", W_OK))
		skip("load zswap_window.ko, and mount debugfs");
	need_settings();
	fd = open(dev, O_RDWR | O_EXCL);
	if (fd < 0)
		skip("%s: %s", dev, strerror(errno));
	if (lseek(fd, 0, SEEK_END) < (off_t)((SLOTS + 1) * page_size) ||
	    lseek(fd, 0, SEEK_SET))
		skip("%s is too small", dev);
	undo_at_exit();
	set_window();
	change_settings();
	/* an older one would be written back first */
	if (number(STORED))
		skip("zswap has pages stored, or no statistics");
	make_swap(fd, SLOTS);
	if (swapon(dev, SWAP_FLAG_PREFER | 32767))
		skip("swapon %s: %s", dev, strerror(errno));
	swapped_on = true;
	mem = map(PAGES);
	fill(mem, PAGES);
	madvise(mem, PAGES * page_size, MADV_PAGEOUT);
	if (number(STORED) < PAGES / 2)
		skip("only %ld of %d pages are stored in zswap", number(STORED), PAGES);

	start = now_ns();
	hold_writeback();
	if (pthread_create(&thread, NULL, swap_off, NULL))
		skip("cannot create a thread");
	end = now_ns() + SWAPOFF * 1000000000LL;
	while (!swapoff_done && !stop && now_ns() < end)
		usleep(10000);
	fd = open("/dev/kmsg", O_RDWR | O_NONBLOCK);
	if (swapoff_done) {
		printf("%s", warning);
		fflush(stdout);
		/* without it the crash is there all the same */
		if (write(fd, warning, strlen(warning)) < 0)
			perror("/dev/kmsg");
	}
	lseek(fd, 0, SEEK_END);
	write_line(WINDOW "release", "1");
	end = now_ns() + RETURN * 1000000000LL;
	do {
		usleep(100000);
	} while (!all_returned() && now_ns() < end);
	shown = complains(fd) || !all_returned();
	if (!swapoff_done)
		pthread_join(thread, NULL);
	return tell(1, shown, start, "writeback uses what swapoff has freed");
}
