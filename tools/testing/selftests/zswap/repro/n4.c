// SPDX-License-Identifier: GPL-2.0-only
/*
 * n4: swapoff fails with ENOMEM although there is memory.
 *
 *	cc -O2 -pthread -o n4 <this file> && ./n4 [SECONDS]
 *
 * Needs root and zram; no zswap.  v6.15 to v7.0 have the bug.
 *
 * A fault that reads past the swap cache, from a synchronous device, reserves the
 * slot, maps the page, lowers the count of the slot to zero, and drops the
 * reservation last.  A swapoff that has read the page table before finds neither a
 * page in the swap cache nor a slot that is free, and says ENOMEM.
 *
 * One page is swapped out to a zram device of this program.  Then one thread reads
 * it and another one calls swapoff; how much later the one starts is swept over
 * the time that the other takes.
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

#define SLOTS		64

#define HOT_ADD		"/sys/class/zram-control/hot_add"
#define HOT_REMOVE	"/sys/class/zram-control/hot_remove"

static size_t page_size;
static int zram = -1;
static char dev[32];
static atomic_int stop;

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

/* Leave everything as it was. */
static void undo(void)
{
	char id[16];
	unsigned int i;

	if (zram < 0)
		return;
	for (i = 0; i < 100 && swapoff(dev) && errno != EINVAL; i++)
		usleep(1000);
	snprintf(id, sizeof(id), "%d", zram);
	for (i = 0; i < 100 && write_line(HOT_REMOVE, id) == -EBUSY; i++)
		usleep(10000);
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

static void make_zram(void)
{
	char buf[64], path[64];
	int fd;

	if (read_line(HOT_ADD, buf, sizeof(buf)))
		skip("no zram: modprobe zram");
	zram = atoi(buf);
	snprintf(dev, sizeof(dev), "/dev/zram%d", zram);
	snprintf(path, sizeof(path), "/sys/block/zram%d/disksize", zram);
	snprintf(buf, sizeof(buf), "%zu", (SLOTS + 1) * page_size);
	if (write_line(path, buf))
		skip("cannot set %s", path);
	fd = open(dev, O_WRONLY);
	if (fd < 0)
		skip("cannot open %s: %s", dev, strerror(errno));
	make_swap(fd, SLOTS);
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

/* Call swapoff while a page is read. */
static int swapoff_and_read(char *page)
{
	long long start;
	int err;

	begin_to_read(page);
	start = now_ns();
	err = swapoff(dev) ? errno : 0;
	wait_for_reader(now_ns() - start);
	return err;
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 1 ? atoi(argv[1]) : 10;
	unsigned long rounds = 0, hits = 0;
	pthread_t thread;
	long long start;
	char *page;
	int err;

	page_size = sysconf(_SC_PAGESIZE);
	if (geteuid())
		skip("must be root");
	undo_at_exit();
	make_zram();
	page = map(1);
	if (pthread_create(&thread, NULL, reader, NULL))
		skip("cannot create a thread");

	start = now_ns();
	while (!stop && now_ns() < start + seconds * 1000000000LL) {
		if (swapon(dev, SWAP_FLAG_PREFER | 32767))
			skip("swapon %s: %s", dev, strerror(errno));
		memset(page, 1 + ++rounds % 255, page_size);
		madvise(page, page_size, MADV_PAGEOUT);
		err = swapoff_and_read(page);
		hits += err == ENOMEM;
		while (err == ENOMEM && !stop)
			err = swapoff(dev) ? errno : 0;
		if (err && !stop)
			skip("swapoff %s: %s", dev, strerror(err));
	}
	__atomic_store_n(&meet.over, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	return tell(rounds, hits, start, "swapoff says ENOMEM");
}
