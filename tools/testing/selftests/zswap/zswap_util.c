// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shared by the zswap selftests, see zswap_util.h.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "zswap_util.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT		21
#endif

#define PARAM_DIR		"/sys/module/zswap/parameters/"
#define STAT_DIR		"/sys/kernel/debug/zswap/"
#define WINDOW_ARM		"/sys/kernel/debug/zswap_window/arm"

/* A swap header as mkswap(8) writes it; the magic ends the first page. */
#define SWAP_MAGIC		"SWAPSPACE2"
#define SWAP_MAGIC_LEN		10
#define SWAP_HEADER_AT		1024
#define SWAP_LABEL		"zswap-selftest"
/* other signatures are in here, e.g. that of btrfs at 64 KiB */
#define SIGNATURE_AREA		(68 * 1024)

struct swap_header {
	uint32_t version;
	uint32_t last_page;
	uint32_t nr_badpages;
	unsigned char uuid[16];
	char label[16];
};

const char *zsw_prog = "zswap";
unsigned int zsw_seconds = 5;
size_t zsw_page_size;

static int kmsg_fd = -1;
static int pagemap_fd = -1;

/* What has to be undone, also from the signal handler. */
static struct {
	const char *path;
	char val[64];
	bool saved;
} settings[] = {
	{ .path = PARAM_DIR "enabled" },
	{ .path = PARAM_DIR "max_pool_percent" },
	{ .path = PARAM_DIR "accept_threshold_percent" },
	{ .path = PARAM_DIR "shrinker_enabled" },
	{ .path = PARAM_DIR "compressor" },
	{ .path = PARAM_DIR "zpool" },
	{ .path = "/proc/sys/vm/page-cluster" },
};

static const char *swapped_on;

static void set_swapped_on(const char *dev)
{
	__atomic_store_n(&swapped_on, dev, __ATOMIC_SEQ_CST);
}

static const char *get_swapped_on(void)
{
	return __atomic_load_n(&swapped_on, __ATOMIC_SEQ_CST);
}

/**
 * zsw_note() - print a line that survives a crash of the kernel
 * @fmt: printf format
 *
 * The line goes to stdout as a TAP comment, and to the kernel log.
 *
 * Context: any thread.
 */
void zsw_note(const char *fmt, ...)
{
	char line[256];
	char msg[320];
	va_list args;
	int len;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);

	ksft_print_msg("%s\n", line);
	fflush(stdout);
	/* both may go to the same serial line */
	tcdrain(STDOUT_FILENO);
	if (kmsg_fd >= 0) {
		len = snprintf(msg, sizeof(msg), "%s: %s\n", zsw_prog, line);
		if (write(kmsg_fd, msg, len) != len)
			ksft_print_msg("cannot write to /dev/kmsg\n");
	}
}

/**
 * zsw_fail() - say why a test fails
 * @fmt: printf format
 *
 * Return: KSFT_FAIL.
 */
int zsw_fail(const char *fmt, ...)
{
	char line[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	zsw_note("fail: %s", line);
	return KSFT_FAIL;
}

static char skip_reason[256];

/**
 * zsw_skip() - say why a test cannot run
 * @fmt: printf format
 *
 * Return: KSFT_SKIP; the runner prints the reason with the result.
 */
int zsw_skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(skip_reason, sizeof(skip_reason), fmt, args);
	va_end(args);
	return KSFT_SKIP;
}

/**
 * zsw_msleep() - sleep
 * @ms: milliseconds
 */
void zsw_msleep(unsigned int ms)
{
	struct timespec ts = { ms / 1000, (ms % 1000) * 1000000L };

	nanosleep(&ts, NULL);
}

/**
 * zsw_now_ms() - time that only runs forward
 *
 * Return: milliseconds since some moment.
 */
unsigned long long zsw_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

/**
 * zsw_read_file() - read the first line of a small file
 * @path: file
 * @buf: where to put the line, without the newline
 * @size: size of @buf
 *
 * Return: 0, or -errno.
 */
int zsw_read_file(const char *path, char *buf, size_t size)
{
	ssize_t len;
	int fd;

	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -errno;
	len = read(fd, buf, size - 1);
	if (len < 0)
		len = -errno;
	close(fd);
	if (len < 0)
		return len;
	buf[len] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

/**
 * zsw_write_file() - write a string to a file
 * @path: file, must exist
 * @val: string
 *
 * Context: also from a signal handler.
 * Return: 0, or -errno.
 */
int zsw_write_file(const char *path, const char *val)
{
	int ret = 0;
	int fd;

	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;
	if (write(fd, val, strlen(val)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/**
 * zsw_param_set() - set a module parameter of zswap
 * @name: parameter
 * @val: value
 *
 * Return: 0, or -errno.
 */
int zsw_param_set(const char *name, const char *val)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), PARAM_DIR "%s", name);
	return zsw_write_file(path, val);
}

/**
 * zsw_read_number() - read the number that a small file begins with
 * @path: file
 *
 * Return: the value, or -1.
 */
long long zsw_read_number(const char *path)
{
	char buf[64];

	if (zsw_read_file(path, buf, sizeof(buf)))
		return -1;
	return strtoll(buf, NULL, 0);
}

/**
 * zsw_stat() - read one of zswap's debugfs statistics
 * @name: file in debugfs zswap/
 *
 * Return: the value, or -1.
 */
long long zsw_stat(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), STAT_DIR "%s", name);
	return zsw_read_number(path);
}

/**
 * zsw_stat_line() - read a number from a file that has a name and a number a line
 * @path: file
 * @name: of the line
 *
 * Return: the value, or -1 if there is no such line.
 */
long long zsw_stat_line(const char *path, const char *name)
{
	long long val = -1, found;
	char line[128], key[64];
	FILE *f;

	f = fopen(path, "r");
	if (!f)
		return -1;
	while (val < 0 && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %lld", key, &found) == 2 &&
		    !strcmp(key, name))
			val = found;
	fclose(f);
	return val;
}

/**
 * zsw_vmstat() - read a counter of the whole kernel
 * @name: as in /proc/vmstat
 *
 * Return: the value, or -1 if this kernel has no such counter.
 */
long long zsw_vmstat(const char *name)
{
	return zsw_stat_line("/proc/vmstat", name);
}

/**
 * zsw_has_symbol() - does the kernel have a symbol of this name?
 * @name: function or variable, static ones as well
 *
 * Return: true if /proc/kallsyms has it.
 */
bool zsw_has_symbol(const char *name)
{
	char line[256], symbol[128];
	bool found = false;
	FILE *f;

	f = fopen("/proc/kallsyms", "r");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%*s %*s %127s", symbol) == 1 &&
			!strcmp(symbol, name);
	fclose(f);
	return found;
}

/*
 * The gate first: a swapoff could be waiting for the held writeback.  Nothing
 * in here may allocate or take a lock of stdio, the signal handler calls it.
 */
static void undo(void)
{
	const char *dev = get_swapped_on();
	size_t i;

	zsw_write_file(WINDOW_ARM, "0");
	if (dev && !swapoff(dev))
		set_swapped_on(NULL);
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (settings[i].saved)
			zsw_write_file(settings[i].path, settings[i].val);
}

static void on_signal(int sig)
{
	undo();
	_exit(128 + sig);
}

static void save_settings(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		settings[i].saved = !zsw_read_file(settings[i].path,
						   settings[i].val,
						   sizeof(settings[i].val));
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	atexit(undo);
}

static bool all_zero(const char *buf, size_t len)
{
	return !len || (!buf[0] && !memcmp(buf, buf + 1, len - 1));
}

/*
 * Opening with O_EXCL fails for a device that is mounted, in use as swap or
 * claimed by a driver on top of it.
 */
static int open_device(const char *dev, bool dev_given)
{
	struct swap_header *hdr;
	char *buf;
	int fd;

	fd = open(dev, O_RDWR | O_EXCL);
	if (fd < 0) {
		if (errno == EBUSY)
			zsw_skip("%s is mounted or in use", dev);
		else
			zsw_skip("cannot open %s: %s", dev, strerror(errno));
		return -1;
	}
	if (dev_given)
		return fd;

	buf = malloc(SIGNATURE_AREA);
	if (!buf || pread(fd, buf, SIGNATURE_AREA, 0) != SIGNATURE_AREA) {
		zsw_skip("cannot read %s", dev);
		goto refuse;
	}
	hdr = (struct swap_header *)(buf + SWAP_HEADER_AT);
	if (!all_zero(buf, SIGNATURE_AREA) &&
	    (memcmp(buf + zsw_page_size - SWAP_MAGIC_LEN, SWAP_MAGIC,
		    SWAP_MAGIC_LEN) ||
	     strncmp(hdr->label, SWAP_LABEL, sizeof(hdr->label)))) {
		zsw_skip("%s is not empty, name it with -d to overwrite it",
			 dev);
		goto refuse;
	}
	free(buf);
	return fd;

refuse:
	free(buf);
	close(fd);
	return -1;
}

/**
 * zsw_swapon() - write a swap header and swap to the device
 * @dev: block device
 * @dev_given: the user named this device, its contents may be lost
 * @slots: usable size in pages, smaller than the device
 *
 * Return: KSFT_PASS, KSFT_SKIP or KSFT_FAIL.
 */
int zsw_swapon(const char *dev, bool dev_given, size_t slots)
{
	struct swap_header *hdr;
	char *page;
	bool ok;
	int fd;

	fd = open_device(dev, dev_given);
	if (fd < 0)
		return KSFT_SKIP;
	if (lseek(fd, 0, SEEK_END) < (off_t)((slots + 1) * zsw_page_size)) {
		close(fd);
		return zsw_skip("%s is too small", dev);
	}

	page = calloc(1, zsw_page_size);
	if (!page) {
		close(fd);
		return zsw_fail("out of memory");
	}
	hdr = (struct swap_header *)(page + SWAP_HEADER_AT);
	hdr->version = 1;
	hdr->last_page = slots;
	strncpy(hdr->label, SWAP_LABEL, sizeof(hdr->label));
	memcpy(page + zsw_page_size - SWAP_MAGIC_LEN, SWAP_MAGIC,
	       SWAP_MAGIC_LEN);
	ok = pwrite(fd, page, zsw_page_size, 0) == (ssize_t)zsw_page_size &&
	     !fsync(fd);
	free(page);
	close(fd);
	if (!ok)
		return zsw_fail("cannot write to %s: %s", dev, strerror(errno));

	if (swapon(dev, SWAP_FLAG_PREFER | 32767))
		return zsw_fail("swapon %s: %s", dev, strerror(errno));
	set_swapped_on(dev);
	return KSFT_PASS;
}

/**
 * zsw_swapoff() - stop swapping to the device
 * @dev: block device
 *
 * Return: 0, or -errno.
 */
int zsw_swapoff(const char *dev)
{
	if (swapoff(dev))
		return -errno;
	set_swapped_on(NULL);
	return 0;
}

static void *swapoff_thread(void *arg)
{
	struct zsw_swapoff *so = arg;

	so->err = zsw_swapoff(so->dev);
	__atomic_store_n(&so->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/**
 * zsw_swapoff_start() - begin a swapoff in a thread
 * @dev: block device
 *
 * Return: handle for zsw_swapoff_wait(), or NULL.  It is never freed, because
 * the thread may be stuck in the kernel for longer than the caller waits.
 */
struct zsw_swapoff *zsw_swapoff_start(const char *dev)
{
	struct zsw_swapoff *so = calloc(1, sizeof(*so));

	if (!so)
		return NULL;
	so->dev = dev;
	if (pthread_create(&so->thread, NULL, swapoff_thread, so)) {
		free(so);
		return NULL;
	}
	pthread_detach(so->thread);
	return so;
}

/**
 * zsw_swapoff_wait() - wait for a swapoff
 * @so: from zsw_swapoff_start()
 * @ms: for how long
 *
 * Return: true if it is done; @so->err has the result then.
 */
bool zsw_swapoff_wait(struct zsw_swapoff *so, unsigned int ms)
{
	unsigned long long end = zsw_now_ms() + ms;

	while (!__atomic_load_n(&so->done, __ATOMIC_ACQUIRE)) {
		if (zsw_now_ms() >= end)
			return false;
		zsw_msleep(5);
	}
	return true;
}

/* Find the line of a device in /proc/swaps, or count all but that device. */
static unsigned int scan_swaps(const char *dev, unsigned long *size,
			       unsigned long *used)
{
	unsigned int others = 0;
	char line[512];
	char name[256];
	FILE *f;

	*size = 0;
	*used = 0;
	f = fopen("/proc/swaps", "r");
	if (!f)
		return 0;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%255s", name) != 1)
			continue;
		if (!dev || strcmp(name, dev)) {
			others++;
			continue;
		}
		sscanf(line, "%*s %*s %lu %lu", size, used);
	}
	fclose(f);
	return others;
}

/**
 * zsw_swap_full() - are the slots of the device in use?
 * @dev: block device
 * @spare: how many free slots are all right
 *
 * Return: true if not more than @spare slots are free.
 */
bool zsw_swap_full(const char *dev, unsigned int spare)
{
	unsigned long size, used;

	scan_swaps(dev, &size, &used);
	return size && size - used <= spare * (zsw_page_size / 1024);
}

/* A generator that gives the same bytes for the same seed everywhere. */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/*
 * A word whose eight bytes all differ: the upper three bits of each are its
 * position.  Repeated, all such words compress to the same length.
 */
static uint64_t spread(unsigned long seed)
{
	uint64_t word = 0;
	unsigned int i;

	for (i = 0; i < 8; i++)
		word |= ((uint64_t)(i << 5) | ((seed >> (5 * i)) & 31)) <<
			(8 * i);
	return word;
}

/**
 * zsw_fill_page() - write contents to a page
 * @page: page
 * @pattern: what kind of contents
 * @seed: makes the contents distinct
 */
void zsw_fill_page(void *page, enum zsw_pattern pattern, unsigned long seed)
{
	unsigned long long *p = page;
	size_t words = zsw_page_size / sizeof(*p);
	size_t random = 0;
	size_t i;

	if (pattern == ZSW_VARIETY) {
		switch (seed % 16) {
		case 3:
			pattern = ZSW_SAME;
			break;
		case 7:
			pattern = ZSW_HEADLESS;
			break;
		case 11:
			pattern = ZSW_RANDOM;
			break;
		default:
			pattern = ZSW_MIXED;
		}
	}

	switch (pattern) {
	case ZSW_LONG:
		random = words / 3;
		break;
	case ZSW_MIXED:
		random = mix(seed) % (words * 2 / 5);
		break;
	case ZSW_BIG:
		random = words * 2 / 3;
		break;
	case ZSW_HEADLESS:
		random = words - 16;
		break;
	case ZSW_RANDOM:
		random = words;
		break;
	default:
		break;
	}

	/*
	 * LZO takes ever longer steps over what it cannot compress, and would
	 * miss the end of an almost random page: the random part is the last.
	 */
	for (i = 0; i < words; i++) {
		if (i < words - random)
			p[i] = pattern == ZSW_VALUE ? seed : spread(seed);
		else
			p[i] = mix(seed * words + i);
	}
	if (pattern != ZSW_SAME && pattern != ZSW_VALUE && pattern != ZSW_RANDOM)
		p[words - 1] = ~p[words - 1];
}

/**
 * zsw_map() - map anonymous memory without huge pages
 * @r: filled in
 * @nr: number of pages
 *
 * Return: KSFT_PASS or KSFT_FAIL.
 */
int zsw_map(struct zsw_region *r, size_t nr)
{
	memset(r, 0, sizeof(*r));
	r->mem = mmap(NULL, nr * zsw_page_size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (r->mem == MAP_FAILED) {
		r->mem = NULL;
		return zsw_fail("mmap: %s", strerror(errno));
	}
	/* fails without CONFIG_TRANSPARENT_HUGEPAGE, which is as good */
	madvise(r->mem, nr * zsw_page_size, MADV_NOHUGEPAGE);
	/* it is there to be swapped out, whatever else mlockall() has locked */
	munlock(r->mem, nr * zsw_page_size);
	r->nr = nr;
	return KSFT_PASS;
}

/**
 * zsw_unmap() - unmap a region, which frees its swap slots
 * @r: region, may be unmapped already
 */
void zsw_unmap(struct zsw_region *r)
{
	if (r->mem)
		munmap(r->mem, r->nr * zsw_page_size);
	r->mem = NULL;
	r->nr = 0;
}

/**
 * zsw_trim() - unmap the last pages of a region
 * @r: region
 * @nr: number of pages to keep
 */
void zsw_trim(struct zsw_region *r, size_t nr)
{
	if (r->nr <= nr)
		return;
	munmap(r->mem + nr * zsw_page_size, (r->nr - nr) * zsw_page_size);
	r->nr = nr;
}

/**
 * zsw_fill() - write new contents
 * @r: region
 * @pattern: what kind of contents
 * @seed: makes the contents distinct; page i gets @seed + i
 */
void zsw_fill(struct zsw_region *r, enum zsw_pattern pattern,
	      unsigned long seed)
{
	size_t i;

	r->pattern = pattern;
	r->seed = seed;
	for (i = 0; i < r->nr; i++)
		zsw_fill_page(r->mem + i * zsw_page_size, pattern, seed + i);
}

static uint64_t pagemap_of(const char *addr)
{
	uint64_t pm = 0;
	off_t at = (uintptr_t)addr / zsw_page_size * sizeof(pm);

	if (pread(pagemap_fd, &pm, sizeof(pm), at) != sizeof(pm))
		return 0;
	return pm;
}

#define PM_SWAP			0x4000000000000000ULL
#define PM_SWAP_TYPE(pm)	((pm) & 31)
#define PM_SWAP_OFFSET(pm)	(((pm) >> 5) & ((1ULL << 50) - 1))

/* keeps the compiler from leaving out a read */
unsigned int zsw_touched;

/*
 * Count the pages that are in memory, be it only in the swap cache, and with
 * @touch map those again, so that the next MADV_PAGEOUT sees them.
 */
static size_t resident_pages(const struct zsw_region *r, bool touch)
{
	unsigned char *vec = malloc(r->nr);
	size_t nr = 0;
	size_t i;

	if (!vec || mincore(r->mem, r->nr * zsw_page_size, vec)) {
		free(vec);
		return r->nr;
	}
	for (i = 0; i < r->nr; i++) {
		if (!(vec[i] & 1))
			continue;
		nr++;
		if (touch)
			zsw_touched += r->mem[i * zsw_page_size];
	}
	free(vec);
	return nr;
}

/**
 * zsw_resident() - count the pages of a region that are in memory
 * @r: region
 *
 * Return: number of pages that are mapped or in the swap cache.
 */
size_t zsw_resident(const struct zsw_region *r)
{
	return resident_pages(r, false);
}

/*
 * MADV_PAGEOUT on one CPU after the other.  A page that is on its way to the
 * LRU list in the batch of a CPU cannot be reclaimed, and madvise() only drains
 * the batch of the CPU it runs on.
 */
static void pageout_on(const struct zsw_region *r, unsigned int round)
{
	cpu_set_t all, one;
	int cpu;

	if (!round || sched_getaffinity(0, sizeof(all), &all)) {
		madvise(r->mem, r->nr * zsw_page_size, MADV_PAGEOUT);
		return;
	}
	round %= CPU_COUNT(&all);
	for (cpu = 0; !CPU_ISSET(cpu, &all) || round--; cpu++)
		;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
	madvise(r->mem, r->nr * zsw_page_size, MADV_PAGEOUT);
	sched_setaffinity(0, sizeof(all), &all);
}

/**
 * zsw_pageout() - swap a region out
 * @r: region
 *
 * A page that is unmapped but still in the swap cache does not count: it may
 * not even have been stored.
 *
 * Return: number of pages that are out of memory now.
 */
size_t zsw_pageout(struct zsw_region *r)
{
	unsigned int round;
	size_t left = r->nr;

	for (round = 0; left && round < 12; round++) {
		if (round) {
			zsw_msleep(2);
			resident_pages(r, true);
		}
		pageout_on(r, round);
		left = resident_pages(r, false);
	}
	return r->nr - left;
}

/**
 * zsw_recount() - have zswap count the size of its pools
 *
 * It does so when it stores or frees an entry, and z3fold frees later than
 * that: store one more page and free it.  A swap device must be on.
 *
 * Return: KSFT_PASS, or what zsw_map() returns.
 */
int zsw_recount(void)
{
	struct zsw_region one;
	int ret;

	ret = zsw_map(&one, 1);
	if (ret)
		return ret;
	zsw_fill(&one, ZSW_SAME, 5);
	zsw_pageout(&one);
	zsw_unmap(&one);
	return KSFT_PASS;
}

/**
 * zsw_bad_pages() - read a region, which swaps it in, and compare every byte
 * @r: region
 * @what: name for the message about the first bad page
 *
 * Return: number of pages with wrong contents.
 */
size_t zsw_bad_pages(struct zsw_region *r, const char *what)
{
	unsigned long long *want, *got;
	size_t bad = 0;
	size_t i, w;

	want = calloc(1, zsw_page_size);
	if (!want)
		return r->nr;
	for (i = 0; i < r->nr; i++) {
		got = (void *)(r->mem + i * zsw_page_size);
		zsw_fill_page(want, r->pattern, r->seed + i);
		if (!memcmp(want, got, zsw_page_size))
			continue;
		if (bad++)
			continue;
		w = 0;
		while (want[w] == got[w])
			w++;
		zsw_note("%s: page %zu word %zu: expected %016llx got %016llx",
			 what, i, w, want[w], got[w]);
		zsw_note("%s: first words expected %016llx got %016llx", what,
			 want[0], got[0]);
	}
	free(want);
	return bad;
}

/**
 * zsw_check() - read a region and fail if a page is wrong
 * @r: region
 * @what: name for the messages
 *
 * Return: KSFT_PASS or KSFT_FAIL.
 */
int zsw_check(struct zsw_region *r, const char *what)
{
	size_t bad = zsw_bad_pages(r, what);

	if (bad)
		return zsw_fail("%s: %zu pages wrong", what, bad);
	return KSFT_PASS;
}

/**
 * zsw_slot_of() - which swap slot has a page?
 * @r: region
 * @index: index of the page
 * @type: set to the swap type
 * @offset: set to the swap offset
 *
 * Return: true if the page is swapped out.
 */
bool zsw_slot_of(const struct zsw_region *r, size_t index, unsigned long *type,
		 unsigned long *offset)
{
	uint64_t pm = pagemap_of(r->mem + index * zsw_page_size);

	if (!(pm & PM_SWAP))
		return false;
	*type = PM_SWAP_TYPE(pm);
	*offset = PM_SWAP_OFFSET(pm);
	return true;
}

/**
 * zsw_uses_slot() - does a page of the region have this swap slot?
 * @r: region
 * @type: swap type
 * @offset: swap offset
 * @index: set to the index of the page
 *
 * Return: true if one does.
 */
bool zsw_uses_slot(const struct zsw_region *r, unsigned long type,
		   unsigned long offset, size_t *index)
{
	unsigned long t, o;
	size_t i;

	for (i = 0; i < r->nr; i++) {
		if (zsw_slot_of(r, i, &t, &o) && t == type && o == offset) {
			*index = i;
			return true;
		}
	}
	return false;
}

/**
 * zsw_trigger() - make zswap queue its shrink work once
 * @extra: a region of one page
 * @attempts: how often to try to swap the page out
 *
 * With max_pool_percent=0 the pool is full as soon as it is not empty: the
 * extra page is refused, goes to the device, and the shrink work is queued.
 * The caller sets max_pool_percent back, and waits for the end of the work
 * before the next trigger: older kernels lose a reference to the pool when the
 * work is queued already, and then go on shrinking this pool, even if it is
 * empty, when another zpool has been chosen.
 *
 * Return: true if the work was queued.
 */
bool zsw_trigger(struct zsw_region *extra, unsigned int attempts)
{
	long long hits = zsw_stat("pool_limit_hit");
	unsigned int round;

	if (zsw_param_set("max_pool_percent", "0"))
		return false;
	for (round = 0; round < attempts; round++) {
		if (round)
			zsw_msleep(5);
		zsw_fill(extra, ZSW_MIXED, extra->seed + 1);
		pageout_on(extra, round);
		if (zsw_stat("pool_limit_hit") != hits)
			return true;
	}
	return false;
}

/**
 * zsw_shrinks() - count the ends of shrink work
 *
 * Return: a number that changes when shrink work has done something or failed.
 */
long long zsw_shrinks(void)
{
	return zsw_stat("written_back_pages") + zsw_stat("reject_reclaim_fail");
}

/**
 * zsw_second_chance() - does an entry survive the first look of the shrinker?
 *
 * Then the shrink work gives up after a few entries that it has looked at for
 * the first time, and has to be triggered until all of them had their chance.
 *
 * Return: true since v6.11; zswap_total_pages() is one version older.
 */
bool zsw_second_chance(void)
{
	static int known = -1;

	if (known < 0)
		known = zsw_has_symbol("zswap_total_pages");
	return known;
}

/**
 * zsw_write_back() - force zswap to write pages back
 * @want: at least so many
 *
 * Leaves max_pool_percent at 20.
 *
 * Return: number of pages written back; less than @want if zswap did not write
 * anything for two seconds, or 20 if it gives every entry a second chance.
 */
long long zsw_write_back(long long want)
{
	long long start = zsw_stat("written_back_pages");
	unsigned long long last_change = zsw_now_ms();
	unsigned int wait_ms = 200, limit_ms = 10000;
	struct zsw_region extra;
	long long nr = 0, now;
	long long shrinks;
	unsigned int i;

	if (zsw_second_chance()) {
		wait_ms = 30;
		limit_ms = 20000;
	}
	if (zsw_map(&extra, 1))
		return 0;
	while (nr < want && zsw_now_ms() - last_change < limit_ms) {
		shrinks = zsw_shrinks();
		if (!zsw_trigger(&extra, ZSW_ATTEMPTS)) {
			zsw_note("the pool limit was not hit");
			break;
		}
		for (i = 0; i < wait_ms && zsw_shrinks() == shrinks; i += 2)
			zsw_msleep(2);
		now = zsw_stat("written_back_pages") - start;
		if (now != nr)
			last_change = zsw_now_ms();
		nr = now;
	}
	/* more than that if the pool ran empty, and the limit cannot be hit */
	nr = zsw_stat("written_back_pages") - start;
	zsw_param_set("max_pool_percent", "20");
	zsw_unmap(&extra);
	return nr;
}

/* Newer kernels have zsmalloc and no choice. */
static int set_zpool(const char *zpool)
{
	if (!access(PARAM_DIR "zpool", F_OK))
		return zsw_param_set("zpool", zpool);
	return strcmp(zpool, "zsmalloc") ? -ENOENT : 0;
}

/**
 * zsw_begin() - set zswap up for a test and swap to the device
 * @ctx: zpool and device
 * @slots: size of the swap area in pages
 *
 * Return: KSFT_PASS, KSFT_SKIP or KSFT_FAIL.
 */
int zsw_begin(struct zsw_ctx *ctx, size_t slots)
{
	unsigned long size, used;
	long long stored;
	int ret;

	if (scan_swaps(NULL, &size, &used))
		return zsw_skip("other swap is in use");
	stored = zsw_stat("stored_pages");
	if (stored)
		return zsw_skip("zswap has pages stored");
	ret = set_zpool(ctx->zpool);
	if (ret)
		return zsw_skip("no zpool %s: %s", ctx->zpool, strerror(-ret));
	ret = zsw_param_set("compressor", "lzo");
	if (ret)
		return zsw_skip("no compressor lzo: %s", strerror(-ret));
	if (zsw_param_set("max_pool_percent", "20") ||
	    zsw_param_set("accept_threshold_percent", "90") ||
	    zsw_param_set("enabled", "Y"))
		return zsw_fail("cannot set the parameters of zswap");
	return zsw_swapon(ctx->dev, ctx->dev_given, slots);
}

/**
 * zsw_end_tries() - stop swapping to the device, if it is still in use
 * @ctx: as for zsw_begin()
 * @tries: how often to ask swapoff that says there is no memory, at least once
 *
 * Bounded: a swapoff that does not return is reported, not waited for.
 *
 * Return: KSFT_PASS or KSFT_FAIL.
 */
int zsw_end_tries(struct zsw_ctx *ctx, unsigned int tries)
{
	struct zsw_swapoff *so;

	if (!get_swapped_on())
		return KSFT_PASS;
	for (;;) {
		so = zsw_swapoff_start(ctx->dev);
		if (!so)
			return zsw_fail("cannot create a thread");
		if (!zsw_swapoff_wait(so, 20000))
			return zsw_fail("swapoff does not return");
		if (so->err != -ENOMEM || !--tries)
			break;
		zsw_note("swapoff: %s, once more", strerror(ENOMEM));
	}
	if (so->err)
		return zsw_fail("swapoff: %s", strerror(-so->err));
	return KSFT_PASS;
}

/**
 * zsw_end() - the same, with one swapoff that has to do it
 * @ctx: as for zsw_begin()
 *
 * Return: KSFT_PASS or KSFT_FAIL.
 */
int zsw_end(struct zsw_ctx *ctx)
{
	return zsw_end_tries(ctx, 1);
}

/* What every test needs, or the reason why nothing can run. */
static const char *probe(void)
{
	if (geteuid())
		return "must be root";
	if (access(PARAM_DIR "enabled", W_OK))
		return "no zswap";
	if (pagemap_fd < 0)
		return "no /proc/self/pagemap";
	save_settings();
	return NULL;
}

/* Newer kernels set zswap up when it is enabled for the first time. */
static const char *probe_stats(bool first)
{
	if (first)
		return access(STAT_DIR "written_back_pages", R_OK) ? NULL :
		       "zswap has been enabled since boot";
	if (access(STAT_DIR "written_back_pages", R_OK))
		zsw_param_set("enabled", "Y");
	if (access(STAT_DIR "written_back_pages", R_OK))
		return "no zswap statistics, is debugfs mounted?";
	return NULL;
}

/*
 * Without -d: the first ramdisk, and the first virtio disk if an earlier run
 * with -d has left its label on it.  Any other disk may hold data of the user.
 */
static size_t default_devices(const char **devs)
{
	char buf[16] = "";
	size_t nr = 0;
	int fd;

	devs[nr++] = "/dev/ram0";
	fd = open("/dev/vda", O_RDONLY);
	if (fd >= 0) {
		if (pread(fd, buf, sizeof(buf), SWAP_HEADER_AT +
			  offsetof(struct swap_header, label)) == sizeof(buf) &&
		    !strncmp(buf, SWAP_LABEL, sizeof(buf)))
			devs[nr++] = "/dev/vda";
		close(fd);
	}
	return nr;
}

static void help(const char *opts, const struct zsw_test *tests, size_t nr)
{
	size_t i;

	printf("usage: %s [-l] [-h]%s [-z zbud|z3fold|zsmalloc] [-d DEV] [-t NAME]%s\n"
	       "  -d DEV   swap device, its contents are lost; may be repeated\n"
	       "  -z NAME  zpool; may be repeated, default zbud and z3fold\n"
	       "  -t NAME  only this test; may be repeated\n"
	       "  -l       list the tests\n"
	       "%s",
	       zsw_prog, strchr(opts, 'f') ? " [-f]" : "",
	       strchr(opts, 's') ? " [-s SECONDS]" : "",
	       strchr(opts, 'f') ?
	       "  -f       run although a kernel without the fix will crash\n" : "");
	if (strchr(opts, 's'))
		printf("  -s SEC   how long a test of concurrency runs, default %u\n",
		       zsw_seconds);
	for (i = 0; i < nr; i++)
		printf("%s\n    %s\n", tests[i].name, tests[i].what);
}

static bool selected(const char *name, const char **list, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(name, list[i]))
			return true;
	return !nr;
}

static void run_one(const struct zsw_test *test, struct zsw_ctx *ctx,
		    const char *why_not)
{
	unsigned long long start = zsw_now_ms();
	int ret, end;

	if (!why_not)
		why_not = probe_stats(test->first);
	if (why_not) {
		ksft_test_result_skip("%s %s %s: %s\n", test->name, ctx->zpool,
				      ctx->dev, why_not);
		return;
	}
	zsw_note("start %s %s %s", test->name, ctx->zpool, ctx->dev);
	ret = test->fn(ctx);
	end = zsw_end(ctx);
	if (ret == KSFT_PASS)
		ret = end;
	zsw_note("end %s %s %s: %llu ms", test->name, ctx->zpool, ctx->dev,
		 zsw_now_ms() - start);
	if (ret == KSFT_SKIP)
		ksft_test_result_skip("%s %s %s: %s\n", test->name, ctx->zpool,
				      ctx->dev, skip_reason);
	else
		ksft_test_result(ret == KSFT_PASS, "%s %s %s\n", test->name,
				 ctx->zpool, ctx->dev);
	fflush(stdout);
}

/* One that is dropped would look as if it had passed. */
static void list_add_arg(const char **list, size_t *nr, const char *arg)
{
	if (*nr == ZSW_MAX_LIST)
		ksft_exit_fail_msg("more than %d times the same option\n",
				   ZSW_MAX_LIST);
	list[(*nr)++] = arg;
}

/**
 * zsw_main() - parse the options and run the tests
 * @argc: from main()
 * @argv: from main()
 * @opts: letters of the optional options: f, s
 * @tests: all tests
 * @nr_tests: number of them
 *
 * Return: does not return, exits as kselftest wants it.
 */
int zsw_main(int argc, char **argv, const char *opts,
	     const struct zsw_test *tests, size_t nr_tests)
{
	const char *zpools[ZSW_MAX_LIST], *devs[ZSW_MAX_LIST];
	const char *names[ZSW_MAX_LIST];
	size_t nr_zpools = 0, nr_devs = 0, nr_names = 0;
	struct zsw_ctx ctx = { .seconds = zsw_seconds };
	const char *why_not;
	unsigned int plan = 0;
	size_t d, z, t;
	char optstr[32];
	int c;

	zsw_page_size = sysconf(_SC_PAGESIZE);
	setvbuf(stdout, NULL, _IOLBF, 0);

	snprintf(optstr, sizeof(optstr), "hlz:d:t:%s", opts);
	while ((c = getopt(argc, argv, optstr)) != -1) {
		switch (c) {
		case 'z':
			list_add_arg(zpools, &nr_zpools, optarg);
			break;
		case 'd':
			list_add_arg(devs, &nr_devs, optarg);
			break;
		case 't':
			list_add_arg(names, &nr_names, optarg);
			break;
		case 's':
			ctx.seconds = strtoul(optarg, NULL, 0);
			break;
		case 'f':
			ctx.force = true;
			break;
		case 'l':
			for (t = 0; t < nr_tests; t++)
				printf("%s\n", tests[t].name);
			exit(0);
		case 'h':
			help(opts, tests, nr_tests);
			exit(0);
		default:
			help(opts, tests, nr_tests);
			exit(KSFT_FAIL);
		}
	}

	ctx.dev_given = nr_devs > 0;
	if (!nr_devs)
		nr_devs = default_devices(devs);
	if (!nr_zpools) {
		zpools[nr_zpools++] = "zbud";
		zpools[nr_zpools++] = "z3fold";
	}
	for (t = 0; t < nr_tests; t++)
		if (selected(tests[t].name, names, nr_names))
			plan += nr_devs * nr_zpools;

	ksft_print_header();
	if (!plan)
		ksft_exit_fail_msg("no such test, see -l\n");
	ksft_set_plan(plan);

	kmsg_fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	pagemap_fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	why_not = probe();
	if (!why_not && strchr(opts, 'f') && !ctx.force)
		why_not = "crashes a kernel without the fix, use -f";

	/*
	 * Do not change the zpool more often than necessary.  z3fold loses the
	 * handles of a pool page that was evicted only in part, and warns about
	 * that when the pool is destroyed: to run this with panic_on_warn, boot
	 * with zswap.zpool=z3fold, so that its pool is never destroyed.
	 */
	for (z = 0; z < nr_zpools; z++) {
		for (d = 0; d < nr_devs; d++) {
			ctx.dev = devs[d];
			ctx.zpool = zpools[z];
			for (t = 0; t < nr_tests; t++) {
				if (!selected(tests[t].name, names, nr_names))
					continue;
				run_one(&tests[t], &ctx, why_not);
			}
		}
	}
	if (ksft_get_fail_cnt())
		ksft_exit_fail();
	if (ksft_get_pass_cnt())
		ksft_exit_pass();
	ksft_print_cnts();
	exit(KSFT_SKIP);
}
