// SPDX-License-Identifier: GPL-2.0-only
/*
 * zswap_bench: what writeback and swap-out cost.
 *
 * What is measured is the CPU time of the task that does it, of two tasks the
 * longer one, of kernel workers all of it: what else the kernel does now and then
 * is no part of it, nor, with IRQ_TIME_ACCOUNTING, are interrupts.  swapoff and
 * page faults are measured by the clock.  All of it is only worth something on
 * real hardware, or in a guest whose clock counts instructions (qemu -icount);
 * see scripts/bench, which reads the lines that begin with "bench:".
 *
 * Where zswap has a shrinker it is made to write back by memory.reclaim, in a
 * cgroup in which nothing else is left to reclaim; else a pool that is full does
 * it, in a worker.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "zswap_cgroup.h"
#include "zswap_util.h"

#define SLOTS		22000
#define PAGES		20000
#define TRIES		200
/*
 * Once is not enough: where the ticks fall makes a difference. And one more
 * before them, in which the RAM disk allocates its pages.
 */
#define ROUNDS		4
#define CGROUP		"zswap_a"
/* the shrinker protects a part of the LRU */
#define PART(nr)	((nr) * 8 / 10)
/* it decides by counters that are up to date every two seconds */
#define SETTLE_S	5

#define SWAPOFF_PAGES	16384		/* 64 MiB */
#define FAULT_PAGES	8000
#define ZERO_PAGES	16384
#define WORKER_PAGES	8000
#define TREE_PAGES	1000		/* of a tree, those that are written back */
#define TREE_CHUNK	4096UL
#define MEMCG_PAGES	16384
#define MAX_MEMCGS	256

static long long goal;

static unsigned long long clock_ns(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts))
		return 0;
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* One figure for scripts/bench. */
static void figure(const char *what, unsigned long long value, const char *unit)
{
	zsw_note("bench: %s %llu %s", what, value, unit);
}

/* -- what writes back -------------------------------------------------------- */

static bool has_shrinker(void)
{
	static int known = -1;

	if (known < 0)
		known = !zsw_param_set("shrinker_enabled", "N");
	return known;
}

/* CPU time of all kernel workers */
static unsigned long long workers_ns(void)
{
	unsigned long long ns = 0;
	struct dirent *d;
	char path[300], comm[32];
	clockid_t id;
	DIR *dir;

	dir = opendir("/proc");
	if (!dir)
		return 0;
	while ((d = readdir(dir))) {
		if (!isdigit((unsigned char)d->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", d->d_name);
		if (zsw_read_file(path, comm, sizeof(comm)) ||
		    strncmp(comm, "kworker", 7))
			continue;
		if (!clock_getcpuclockid(atoi(d->d_name), &id))
			ns += clock_ns(id);
	}
	closedir(dir);
	return ns;
}

static void *reclaimer(void *arg)
{
	unsigned long long *ns = arg;
	unsigned int i;

	*ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	for (i = 0; i < TRIES && zsw_stat("written_back_pages") < goal; i++)
		zsw_cg_write(CGROUP, "memory.reclaim", "64M");
	*ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - *ns;
	return NULL;
}

/* Run @tasks of them; @ns is set to the CPU time of the one that had most. */
static void reclaim_all(unsigned int tasks, unsigned long long *ns)
{
	unsigned long long task_ns[2];
	pthread_t thread[2];
	unsigned int i;

	for (i = 0; i < tasks; i++)
		if (pthread_create(&thread[i], NULL, reclaimer, &task_ns[i]))
			break;
	while (i--) {
		pthread_join(thread[i], NULL);
		if (*ns < task_ns[i])
			*ns = task_ns[i];
	}
}

/*
 * Write back @pages or more, by @tasks where there is a shrinker.  Sets @ns to
 * what a page has cost.
 */
static int write_back(long long pages, unsigned int tasks, unsigned long long *ns)
{
	long long written = zsw_stat("written_back_pages");
	unsigned long long total = 0;

	if (has_shrinker()) {
		goal = written + pages;
		sleep(SETTLE_S);
		zsw_param_set("shrinker_enabled", "Y");
		reclaim_all(tasks, &total);
		zsw_param_set("shrinker_enabled", "N");
	} else {
		total = workers_ns();
		zsw_write_back(pages);
		total = workers_ns() - total;
	}
	written = zsw_stat("written_back_pages") - written;
	if (written < pages)
		return zsw_fail("%lld pages written back, not %lld", written, pages);
	zsw_note("written_back_pages +%lld by %u tasks in %llu ns of CPU, %llu a page",
		 written, tasks, total, total / written);
	*ns = total / written;
	return KSFT_PASS;
}

/* Set up for @slots, and go to a cgroup of our own if the shrinker needs one. */
static int begin(struct zsw_ctx *ctx, size_t slots)
{
	int ret = zsw_begin(ctx, slots);

	if (!ret)
		zsw_param_set("max_pool_percent", "50");
	if (!ret && has_shrinker()) {
		ret = zsw_cg_make(CGROUP);
		if (!ret)
			ret = zsw_cg_enter(CGROUP);
	}
	return ret;
}

static int end(struct zsw_ctx *ctx, int ret)
{
	int err;

	if (has_shrinker())
		zsw_cg_remove(CGROUP);
	err = zsw_end(ctx);
	return ret ? ret : err;
}

/* Map and fill @r, and have it in zswap. */
static int swap_out(struct zsw_region *r, size_t nr, enum zsw_pattern pattern,
		    unsigned long seed)
{
	int ret = zsw_map(r, nr);

	if (ret)
		return ret;
	zsw_fill(r, pattern, seed);
	if (zsw_pageout(r) < nr * 9 / 10)
		return zsw_fail("too few pages swapped out");
	return KSFT_PASS;
}

/* Call @once again and again; its figures of the first time do not count. */
static int rounds(struct zsw_ctx *ctx, unsigned int arg,
		  int (*once)(struct zsw_ctx *ctx, unsigned int arg, bool report))
{
	int ret = KSFT_PASS;
	unsigned int i;

	for (i = 0; i <= ROUNDS && ret == KSFT_PASS; i++)
		ret = once(ctx, arg, i);
	return ret;
}

/* -- writeback ----------------------------------------------------------------- */

static int writeback_once(struct zsw_ctx *ctx, unsigned int tasks, bool report)
{
	struct zsw_region r = { 0 };
	unsigned long long ns;
	int ret;

	ret = begin(ctx, SLOTS);
	if (!ret)
		ret = swap_out(&r, PAGES, ZSW_LONG, 17000);
	zsw_cg_enter(".");
	if (!ret)
		ret = write_back(PART(PAGES), tasks, &ns);
	if (!ret && report)
		figure(tasks == 1 ? "one-reclaimer" : "two-reclaimers", ns, "ns/page");
	if (!ret)
		ret = zsw_check(&r, "after writeback");
	zsw_unmap(&r);
	return end(ctx, ret);
}

static int bench_one(struct zsw_ctx *ctx)
{
	return has_shrinker() ? rounds(ctx, 1, writeback_once) :
	       zsw_skip("zswap has no shrinker");
}

static int bench_two(struct zsw_ctx *ctx)
{
	return has_shrinker() ? rounds(ctx, 2, writeback_once) :
	       zsw_skip("zswap has no shrinker");
}

static int worker_once(struct zsw_ctx *ctx, unsigned int arg, bool report)
{
	struct zsw_region r = { 0 };
	unsigned long long ns;
	int ret;

	ret = begin(ctx, SLOTS);
	if (!ret)
		ret = swap_out(&r, WORKER_PAGES, ZSW_LONG, 18000);
	if (!ret)
		ret = write_back(PART(WORKER_PAGES), 1, &ns);
	if (!ret && report)
		figure("worker", ns, "ns/page");
	if (!ret)
		ret = zsw_check(&r, "after writeback");
	zsw_unmap(&r);
	return end(ctx, ret);
}

static int bench_worker(struct zsw_ctx *ctx)
{
	if (has_shrinker())
		return zsw_skip("the shrinker writes back");
	return rounds(ctx, 0, worker_once);
}

/* -- swapoff --------------------------------------------------------------------- */

static int swapoff_once(struct zsw_ctx *ctx, unsigned int arg, bool report)
{
	struct zsw_region r = { 0 };
	unsigned long long ns;
	long long stored = 0;
	int ret, err;

	ret = begin(ctx, SLOTS);
	if (!ret)
		ret = swap_out(&r, SWAPOFF_PAGES, ZSW_LONG, 19000);
	if (!ret) {
		stored = zsw_stat("stored_pages");
		ns = clock_ns(CLOCK_MONOTONIC);
		err = zsw_swapoff(ctx->dev);
		ns = clock_ns(CLOCK_MONOTONIC) - ns;
		if (err)
			ret = zsw_fail("swapoff: %s", strerror(-err));
	}
	if (!ret && stored < SWAPOFF_PAGES * 9 / 10)
		ret = zsw_fail("only %lld pages were in zswap", stored);
	if (!ret)
		ret = zsw_check(&r, "after swapoff");
	if (!ret && report)
		figure("swapoff-64M", ns / 1000, "us");
	zsw_unmap(&r);
	return end(ctx, ret);
}

static int bench_swapoff(struct zsw_ctx *ctx)
{
	return rounds(ctx, 0, swapoff_once);
}

/* -- page faults ------------------------------------------------------------------ */

static bool stop;

static void *keep_writing_back(void *arg)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		if (has_shrinker())
			zsw_cg_write(CGROUP, "memory.reclaim", "64M");
		else
			zsw_write_back(64);
	}
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	const unsigned int *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Read each page once, in an order that no readahead knows; ns are in @ns. */
static void fault_all(struct zsw_region *r, unsigned int *ns)
{
	unsigned long long start;
	size_t i, at = 0;

	for (i = 0; i < r->nr; i++) {
		/* a prime that is no factor of their number */
		at = (at + 3571) % r->nr;
		start = clock_ns(CLOCK_MONOTONIC);
		zsw_touched += r->mem[at * zsw_page_size];
		ns[i] = clock_ns(CLOCK_MONOTONIC) - start;
	}
}

static int fault_once(struct zsw_ctx *ctx, unsigned int arg, bool report)
{
	static unsigned int ns[FAULT_PAGES];
	struct zsw_region r = { 0 };
	long long written = 0;
	pthread_t thread;
	int ret;

	zsw_write_file("/proc/sys/vm/page-cluster", "0");
	ret = begin(ctx, SLOTS);
	if (!ret)
		ret = swap_out(&r, FAULT_PAGES, ZSW_LONG, 21000);
	zsw_cg_enter(".");
	/* what has been read must not be reclaimed again, that is another story */
	if (!ret && mlock2(r.mem, r.nr * zsw_page_size, MLOCK_ONFAULT))
		ret = zsw_fail("mlock2: %s", strerror(errno));
	if (!ret) {
		sleep(SETTLE_S);
		written = zsw_stat("written_back_pages");
		stop = false;
		zsw_param_set("shrinker_enabled", "Y");
		if (pthread_create(&thread, NULL, keep_writing_back, NULL))
			ret = zsw_fail("cannot create a thread");
	}
	if (!ret) {
		/* not before it has begun */
		while (zsw_stat("written_back_pages") - written < 64 &&
		       zsw_resident(&r) < r.nr)
			zsw_msleep(1);
		fault_all(&r, ns);
		__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
		pthread_join(thread, NULL);
		written = zsw_stat("written_back_pages") - written;
	}
	zsw_param_set("shrinker_enabled", "N");
	if (!ret)
		ret = zsw_check(&r, "after the faults");
	if (!ret) {
		zsw_note("written_back_pages +%lld while %zu pages were read",
			 written, r.nr);
		qsort(ns, r.nr, sizeof(*ns), by_size);
		if (report) {
			figure("fault-p50", ns[r.nr / 2], "ns");
			figure("fault-p99", ns[r.nr * 99 / 100], "ns");
			figure("fault-written", written, "pages");
		}
	}
	zsw_unmap(&r);
	return end(ctx, ret);
}

static int bench_fault(struct zsw_ctx *ctx)
{
	return rounds(ctx, 0, fault_once);
}

/* -- zero-filled pages ----------------------------------------------------------- */

/* Swap out pages that are all zero, again and again; swap is on. */
static int zero_fill(const char *name)
{
	size_t len = ZERO_PAGES * zsw_page_size, left, i;
	unsigned long long ns;
	unsigned char *in;
	unsigned int round;
	char *mem;

	in = malloc(ZERO_PAGES);
	mem = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		   -1, 0);
	if (mem == MAP_FAILED || !in)
		return zsw_fail("mmap: %s", strerror(errno));
	madvise(mem, len, MADV_NOHUGEPAGE);
	for (round = 0; round <= ROUNDS; round++) {
		memset(mem, 0, len);
		ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		madvise(mem, len, MADV_PAGEOUT);
		ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - ns;
		if (mincore(mem, len, in))
			return zsw_fail("mincore: %s", strerror(errno));
		for (left = 0, i = 0; i < ZERO_PAGES; i++)
			left += in[i] & 1;
		if (left > ZERO_PAGES / 10)
			return zsw_fail("too few pages swapped out, %zu left", left);
		if (round)
			figure(name, ns / ZERO_PAGES, "ns/page");
	}
	free(in);
	munmap(mem, len);
	return KSFT_PASS;
}

static int bench_zero(struct zsw_ctx *ctx)
{
	long long marked = zsw_vmstat("swpout_zero");
	int ret = zsw_begin(ctx, SLOTS);

	if (!ret)
		ret = zero_fill("zero-fill");
	zsw_note("swpout_zero +%lld", zsw_vmstat("swpout_zero") - marked);
	return end(ctx, ret);
}

/*
 * Nothing of zswap may be touched, so this is not for zsw_main(): the guest was
 * booted with zswap.enabled=0.
 */
static int never_enabled(const char *dev)
{
	char on[8] = "";
	int ret;

	zsw_page_size = sysconf(_SC_PAGESIZE);
	ksft_print_header();
	ksft_set_plan(1);
	printf("# start zero-fill-never - %s\n", dev);
	if (zsw_read_file("/sys/module/zswap/parameters/enabled", on, sizeof(on)) ||
	    on[0] != 'N')
		ret = zsw_fail("zswap is enabled");
	else
		ret = zsw_swapon(dev, true, SLOTS);
	if (!ret)
		ret = zero_fill("zero-fill-never");
	zsw_swapoff(dev);
	printf("# end zero-fill-never - %s\n", dev);
	if (ret) {
		ksft_test_result_fail("zero-fill-never - %s\n", dev);
		ksft_exit_fail();
	}
	ksft_test_result_pass("zero-fill-never - %s\n", dev);
	ksft_print_cnts();
	return KSFT_PASS;
}

/* -- scaling ----------------------------------------------------------------------- */

/*
 * A tree of @nr entries, of which as many as always are written back: those of a
 * cgroup of their own, or the oldest.
 */
static int tree_once(struct zsw_ctx *ctx, unsigned long nr, bool report)
{
	unsigned long rest = nr - TREE_PAGES, i;
	struct zsw_region few = { 0 }, *many;
	unsigned long long ns;
	char name[32];
	int ret;

	many = calloc(rest / TREE_CHUNK + 1, sizeof(*many));
	if (!many)
		return zsw_fail("out of memory");
	ret = begin(ctx, nr + 4 * TREE_CHUNK);
	zsw_param_set("max_pool_percent", "90");
	if (!ret)
		ret = swap_out(&few, TREE_PAGES, ZSW_LONG, 23000);
	zsw_cg_enter(".");
	for (i = 0; !ret && i * TREE_CHUNK < rest; i++)
		ret = swap_out(&many[i], rest - i * TREE_CHUNK < TREE_CHUNK ?
			       rest - i * TREE_CHUNK : TREE_CHUNK, ZSW_SHORT, i);
	if (!ret && (unsigned long long)zsw_stat("stored_pages") < nr - nr / 10)
		ret = zsw_fail("%lld pages stored, not %lu",
			       zsw_stat("stored_pages"), nr);
	if (!ret) {
		zsw_note("stored_pages %lld", zsw_stat("stored_pages"));
		ret = write_back(TREE_PAGES * 6 / 10, 1, &ns);
	}
	if (!ret)
		ret = zsw_check(&few, "after writeback");
	if (!ret && report) {
		snprintf(name, sizeof(name), "tree-%lu", nr);
		figure(name, ns, "ns/page");
	}
	for (i = 0; i * TREE_CHUNK < rest; i++)
		zsw_unmap(&many[i]);
	free(many);
	zsw_unmap(&few);
	return end(ctx, ret);
}

static int bench_tree(struct zsw_ctx *ctx, unsigned long nr)
{
	static bool warm;
	int ret = KSFT_PASS;

	/* the first time the RAM disk has no pages yet */
	if (!warm)
		ret = tree_once(ctx, 2 * TREE_PAGES, false);
	warm = true;
	return ret ? ret : tree_once(ctx, nr, true);
}

#define TREE(nr)							\
	static int tree_##nr(struct zsw_ctx *ctx)			\
	{								\
		return bench_tree(ctx, nr);				\
	}

TREE(1000)
TREE(10000)
TREE(100000)
TREE(1000000)

static void cg_name(char *name, size_t size, unsigned int i)
{
	snprintf(name, size, CGROUP "/%u", i);
}

/* The same number of pages, of @nr cgroups; reclaim is from their parent. */
static int memcgs_once(struct zsw_ctx *ctx, unsigned int nr, bool report)
{
	static struct zsw_region r[MAX_MEMCGS];
	unsigned long long ns;
	unsigned int i, made = 0;
	char name[32];
	int ret;

	memset(r, 0, sizeof(r));
	ret = begin(ctx, SLOTS);
	zsw_cg_enter(".");
	if (!ret && zsw_cg_write(CGROUP, "cgroup.subtree_control", "+memory"))
		ret = zsw_fail("no memory controller below " CGROUP);
	for (i = 0; !ret && i < nr; i++) {
		cg_name(name, sizeof(name), i);
		ret = zsw_cg_make(name);
		made += !ret;
		if (!ret)
			ret = zsw_cg_enter(name);
		if (!ret)
			ret = swap_out(&r[i], MEMCG_PAGES / nr, ZSW_LONG, 24000 + i);
	}
	zsw_cg_enter(".");
	if (!ret)
		ret = write_back(MEMCG_PAGES / 2, 1, &ns);
	for (i = 0; i < nr; i++) {
		if (!ret)
			ret = zsw_check(&r[i], "after writeback");
		zsw_unmap(&r[i]);
	}
	if (!ret && report) {
		snprintf(name, sizeof(name), "memcgs-%u", nr);
		figure(name, ns, "ns/page");
	}
	while (made--) {
		cg_name(name, sizeof(name), made);
		zsw_cg_remove(name);
	}
	zsw_cg_write(CGROUP, "cgroup.subtree_control", "-memory");
	return end(ctx, ret);
}

static int bench_memcgs(struct zsw_ctx *ctx, unsigned int nr)
{
	int ret;

	if (!has_shrinker())
		return zsw_skip("zswap has one LRU for all memory cgroups");
	ret = memcgs_once(ctx, nr, false);
	return ret ? ret : memcgs_once(ctx, nr, true);
}

#define MEMCGS(nr)							\
	static int memcgs_##nr(struct zsw_ctx *ctx)			\
	{								\
		return bench_memcgs(ctx, nr);				\
	}

MEMCGS(1)
MEMCGS(4)
MEMCGS(16)
MEMCGS(64)
MEMCGS(256)

static const struct zsw_test tests[] = {
	{ "one-reclaimer", bench_one, "writeback by one task" },
	{ "two-reclaimers", bench_two, "writeback by two tasks at a time" },
	{ "worker", bench_worker, "writeback by a worker, the pool is full" },
	{ "swapoff", bench_swapoff, "swapoff with 64 MiB in zswap" },
	{ "fault", bench_fault, "page faults during writeback" },
	{ "zero-fill", bench_zero, "swap-out of pages that are all zero" },
	{ "tree-1000", tree_1000, "writeback from a tree of 10^3 entries" },
	{ "tree-10000", tree_10000, "of 10^4" },
	{ "tree-100000", tree_100000, "of 10^5" },
	{ "tree-1000000", tree_1000000, "of 10^6: needs 1 GiB and 4 GiB of swap" },
	{ "memcgs-1", memcgs_1, "writeback from one memory cgroup" },
	{ "memcgs-4", memcgs_4, "from 4" },
	{ "memcgs-16", memcgs_16, "from 16" },
	{ "memcgs-64", memcgs_64, "from 64" },
	{ "memcgs-256", memcgs_256, "from 256" },
};

/**
 * main() - run the measurements
 * @argc: number of arguments
 * @argv: arguments, see -h; "never DEVICE": swap-out of pages that are all zero,
 *	  with zswap never enabled
 *
 * Return: kselftest exit status.
 */
int main(int argc, char **argv)
{
	zsw_prog = "zswap_bench";
	if (argc == 3 && !strcmp(argv[1], "never"))
		return never_enabled(argv[2]);
	return zsw_main(argc, argv, "", tests, ARRAY_SIZE(tests));
}
