// SPDX-License-Identifier: GPL-2.0-only
/*
 * zswap_zero: memory that a program has cleared stays clear.
 *
 * A page is stored in zswap, but a fault keeps it in the swap cache.  Then its
 * owner clears it, and it is swapped out again: since v6.12 as a mark of its
 * slot.  The slot has two copies if the entry in zswap stays, and writeback
 * brings the older one back.
 *
 * Nothing is held or delayed, so each test runs for some time (-s), counts the
 * pages that read anything else than what was written last, and tells how often
 * a slot got its mark while zswap had an entry of it: without any the test has
 * shown nothing, and fails.
 *
 * Safe to run anywhere as root.  It skips if swap is in use.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kselftest.h"
#include "zswap_cgroup.h"
#include "zswap_util.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

/* More than twice of what is used: a full swap area is treated differently. */
#define SLOTS		8000

/* a round of the first two tests: pages that are cleared, pages that are not */
#define CLEARED		64
#define KEPT		32

/* the second test */
#define LARGE_DIR	"/sys/kernel/mm/transparent_hugepage/hugepages-64kB/"
#define LARGE_ON	LARGE_DIR "enabled"
#define LARGE_STORED	LARGE_DIR "stats/zswpout"

/* the third test */
#define WORKERS		4
#define OBJECTS		512
#define LOOK_UPS	64
#define ARENA_KEPT	64
#define WORK_MS		1000
#define RECLAIM		"256K"
#define STACK_SIZE	(128 * 1024)
#define CGROUP		"zswap_zero"
#define DROP_CACHES	"/proc/sys/vm/drop_caches"
#define TRIES		10

/* What a test has seen. */
static struct {
	unsigned long long start;	/* in ms */
	unsigned long long rounds;
	unsigned long long verified;	/* pages, each word of them */
	unsigned long long wrong;
	unsigned long long earlier;	/* of these: contents it once had */
	unsigned long long other;	/* wrong pages that were not cleared */
	long long both;			/* marks set while there was an entry */
	long long left;			/* such entries that were still there */
	long long written_back;
	long long marks;
} seen;

static void seen_begin(void)
{
	memset(&seen, 0, sizeof(seen));
	seen.start = zsw_now_ms();
	seen.written_back = zsw_stat("written_back_pages");
	seen.marks = zsw_vmstat("swpout_zero");
}

static void add(unsigned long long *counter, unsigned long long nr)
{
	__atomic_add_fetch(counter, nr, __ATOMIC_RELAXED);
}

/* Tell about a wrong page.  The first one comes with the time since boot. */
static void tell_wrong(const char *fmt, size_t page, unsigned long gen,
		       const unsigned long long *got)
{
	char uptime[64] = "?";

	if (__atomic_fetch_add(&seen.wrong, 1, __ATOMIC_RELAXED))
		return;
	zsw_read_file("/proc/uptime", uptime, sizeof(uptime));
	uptime[strcspn(uptime, " ")] = '\0';
	zsw_note(fmt, page, gen, got[0]);
	zsw_note("first wrong page at %s s of uptime, %llu ms of the test",
		 uptime, zsw_now_ms() - seen.start);
}

static bool is_zero(const void *page)
{
	const unsigned long long *p = page;
	size_t w;

	for (w = 0; w < zsw_page_size / sizeof(*p); w++)
		if (p[w])
			return false;
	return true;
}

/* What is chosen in "always [madvise] never". */
static const char *in_brackets(char *list)
{
	char *from = strchr(list, '[');
	char *to = from ? strchr(from, ']') : NULL;

	if (!to)
		return list;
	*to = '\0';
	return from + 1;
}

/*
 * All pages of @r are in memory and clear, and zswap has nothing of any other
 * memory.  Swap them out, and count: an entry that zswap has by now is one of a
 * slot that gets its mark, but for the pages that stay in memory.
 */
static void swap_out_cleared(struct zsw_region *r)
{
	long long before, after, resident;

	before = zsw_stat("stored_pages");
	resident = r->nr - zsw_pageout(r);
	after = zsw_stat("stored_pages");
	if (before > resident)
		seen.both += before - resident;
	if (after > resident)
		seen.left += after - resident;
}

/* What all tests need of the kernel. */
static int zero_begin(struct zsw_ctx *ctx)
{
	if (zsw_vmstat("swpout_zero") < 0)
		return zsw_skip("no swpout_zero in /proc/vmstat, so no zero marks");
	return zsw_begin(ctx, SLOTS);
}

/* Did the test prove anything, and what? */
static int verdict(struct zsw_ctx *ctx)
{
	/* 7.x frees the slot at the fault, if the device is a synchronous one */
	bool sync_frees = strncmp(ctx->dev, "/dev/vd", 7) &&
			  zsw_has_symbol("swap_cache_alloc_folio");

	seen.written_back = zsw_stat("written_back_pages") - seen.written_back;
	seen.marks = zsw_vmstat("swpout_zero") - seen.marks;
	zsw_note("%llu rounds in %llu ms, %llu pages verified, %llu wrong",
		 seen.rounds, zsw_now_ms() - seen.start, seen.verified,
		 seen.wrong + seen.other);
	zsw_note("written_back_pages +%lld, swpout_zero +%lld",
		 seen.written_back, seen.marks);
	zsw_note("window: held %lld entries when their slot was marked zero, %lld of them stayed",
		 seen.both, seen.left);
	if (seen.other)
		return zsw_fail("%llu pages that were not cleared are wrong",
				seen.other);
	if (seen.wrong)
		return zsw_fail("%llu of %llu pages wrong, %llu have their own earlier contents",
				seen.wrong, seen.verified, seen.earlier);
	if (!seen.both && sync_frees)
		return zsw_skip("a fault frees the slot, no page was in memory and in zswap");
	if (!seen.both || seen.marks < seen.both)
		return zsw_fail("window not hit: no slot was marked zero while zswap had an entry");
	if (seen.left)
		return zsw_fail("inconclusive: entries stayed, and no page was read in time");
	if (!seen.written_back)
		return zsw_fail("nothing was written back, so nothing is proven");
	return KSFT_PASS;
}

/*
 * Part 1: a program that hands memory back with MADV_PAGEOUT while another
 * thread still looks at it.
 */
static int reader_stop;

static void *reader(void *arg)
{
	struct zsw_region *r = arg;
	size_t i;

	while (!__atomic_load_n(&reader_stop, __ATOMIC_RELAXED))
		for (i = 0; i < r->nr; i++)
			__atomic_load_n(r->mem + i * zsw_page_size,
					__ATOMIC_RELAXED);
	return NULL;
}

static int pageout_under_reads(struct zsw_region *r)
{
	pthread_t thread;

	__atomic_store_n(&reader_stop, 0, __ATOMIC_RELAXED);
	if (pthread_create(&thread, NULL, reader, r))
		return zsw_fail("cannot create a thread");
	madvise(r->mem, r->nr * zsw_page_size, MADV_PAGEOUT);
	__atomic_store_n(&reader_stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	return KSFT_PASS;
}

/* Read what was cleared. */
static void check_cleared(struct zsw_region *r)
{
	unsigned long long *was = calloc(1, zsw_page_size);
	void *page;
	size_t i;

	for (i = 0; was && i < r->nr; i++) {
		page = r->mem + i * zsw_page_size;
		seen.verified++;
		if (is_zero(page))
			continue;
		zsw_fill_page(was, r->pattern, r->seed + i);
		seen.earlier += !memcmp(page, was, zsw_page_size);
		tell_wrong("page %zu was cleared in round %lu, but reads %016llx",
			   i, seen.rounds, page);
	}
	free(was);
}

static int madvise_round(struct zsw_region *r, struct zsw_region *kept,
			 bool large)
{
	unsigned long seed = 100000 + seen.rounds * (CLEARED + KEPT);
	int ret;

	/* nothing of the last round in zswap */
	zsw_unmap(r);
	zsw_unmap(kept);
	ret = zsw_map(r, CLEARED);
	if (!ret)
		ret = zsw_map(kept, KEPT);
	if (ret)
		return ret;
	/* but for what is not aligned at either end */
	if (large)
		madvise(r->mem, r->nr * zsw_page_size, MADV_HUGEPAGE);

	zsw_fill(r, ZSW_MIXED, seed);
	ret = pageout_under_reads(r);
	if (ret)
		return ret;
	seen.other += zsw_bad_pages(r, "before it was cleared");
	memset(r->mem, 0, r->nr * zsw_page_size);
	swap_out_cleared(r);

	/* writeback must have something to do in any case */
	zsw_fill(kept, ZSW_MIXED, seed + CLEARED);
	zsw_pageout(kept);
	if (zsw_stat("stored_pages") > KEPT / 2)
		zsw_write_back(zsw_stat("stored_pages") - KEPT / 2);

	check_cleared(r);
	seen.other += zsw_bad_pages(kept, "not cleared");
	seen.verified += kept->nr;
	seen.rounds++;
	return KSFT_PASS;
}

static int pageout_and_clear(struct zsw_ctx *ctx, bool large)
{
	struct zsw_region r = { 0 }, kept = { 0 };
	unsigned long long end;
	int ret;

	ret = zero_begin(ctx);
	if (ret)
		return ret;
	/* it would write back in between; not every kernel has it */
	zsw_param_set("shrinker_enabled", "N");
	seen_begin();
	end = seen.start + ctx->seconds * 1000ULL;
	do {
		ret = madvise_round(&r, &kept, large);
	} while (!ret && zsw_now_ms() < end);
	zsw_unmap(&r);
	zsw_unmap(&kept);
	return ret ? ret : verdict(ctx);
}

static int test_madvise(struct zsw_ctx *ctx)
{
	return pageout_and_clear(ctx, false);
}

/*
 * Part 2: the same with folios of 64 KiB.  Each page of one has a slot, a mark
 * and an entry of its own, but the mark is set for all of them at once.
 */
static int test_large(struct zsw_ctx *ctx)
{
	char was[128] = "never";
	long long stored;
	int ret;

	if (zsw_page_size != 4096)
		return zsw_skip("a large folio is one of 16 pages here");
	stored = zsw_read_number(LARGE_STORED);
	if (stored < 0)
		return zsw_skip("zswap stores no large folio before v6.13, or there are none");
	zsw_read_file(LARGE_ON, was, sizeof(was));
	if (zsw_write_file(LARGE_ON, "madvise"))
		return zsw_skip("cannot write to " LARGE_ON);
	ret = pageout_and_clear(ctx, true);
	zsw_write_file(LARGE_ON, in_brackets(was));
	stored = zsw_read_number(LARGE_STORED) - stored;
	zsw_note("%lld folios of 64 KiB stored", stored);
	if (ret == KSFT_PASS && stored <= 0)
		return zsw_fail("no large folio was stored, so nothing is proven");
	return ret;
}

/*
 * Part 3: some threads, each with the same objects, of a page each, in an arena
 * that clears what is freed, so that it can hand it out as zeroed.  The
 * generation of an object is odd while it is in use.  There is a little more of
 * them than memory.high allows, and a service manager asks for more with
 * memory.reclaim.  Every second the arena is checked and flushed.
 */
static struct {
	struct zsw_region r;
	uint32_t gen[OBJECTS];
	char busy[OBJECTS];
	char high[32];
	/* held for reading by the threads that work */
	pthread_rwlock_t lock;
	int stop;
} arena = { .lock = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP };

static void *object(size_t i)
{
	return arena.r.mem + i * zsw_page_size;
}

static void fill_object(void *page, size_t i, uint32_t gen)
{
	if (gen & 1)
		zsw_fill_page(page, ZSW_LONG, (unsigned long)gen * OBJECTS + i);
	else
		memset(page, 0, zsw_page_size);
}

static void write_object(size_t i, uint32_t gen)
{
	fill_object(object(i), i, gen);
	__atomic_store_n(&arena.gen[i], gen, __ATOMIC_RELAXED);
}

/* An object has to have the contents of its generation. */
static void check_object(size_t i, unsigned long long *buf)
{
	uint32_t gen = arena.gen[i];
	uint32_t old;

	add(&seen.verified, 1);
	fill_object(buf, i, gen);
	if (!memcmp(buf, object(i), zsw_page_size))
		return;
	if (!(gen & 1))
		tell_wrong("page %zu was cleared in generation %lu, but reads %016llx",
			   i, gen, object(i));
	else if (!__atomic_fetch_add(&seen.other, 1, __ATOMIC_RELAXED))
		zsw_note("page %zu of generation %u, in use, is wrong", i, gen);
	/* which one does it have? */
	for (old = gen; old--; ) {
		if (!(old & 1))
			continue;
		fill_object(buf, i, old);
		if (!memcmp(buf, object(i), zsw_page_size)) {
			add(&seen.earlier, 1);
			break;
		}
	}
	/* or it would be counted again */
	write_object(i, gen);
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 8;
}

/* Read the heads of some objects in use, as a hash table or a collector does. */
static void look_up(uint64_t *random)
{
	unsigned int n;
	size_t i;

	for (n = 0; n < LOOK_UPS; n++) {
		i = next_random(random) % OBJECTS;
		if (__atomic_load_n(&arena.gen[i], __ATOMIC_RELAXED) & 1)
			__atomic_load_n((char *)object(i), __ATOMIC_RELAXED);
	}
}

/* Use a free object, free one in use, or write it again. */
static void use_object(size_t i, unsigned int dice, unsigned long long *buf)
{
	uint32_t gen = arena.gen[i];

	/* what is free is not even looked at for some time */
	if (!(gen & 1) && dice >= 8)
		return;
	check_object(i, buf);
	if (dice < 8)
		write_object(i, gen + 1);
	else if (dice < 10)
		write_object(i, gen + 2);
}

static void *worker(void *arg)
{
	uint64_t random = 88172645463325252ULL + (uintptr_t)arg;
	unsigned long long *buf = calloc(1, zsw_page_size);
	size_t i;

	while (buf && !__atomic_load_n(&arena.stop, __ATOMIC_RELAXED)) {
		pthread_rwlock_rdlock(&arena.lock);
		look_up(&random);
		i = next_random(&random) % OBJECTS;
		if (!__atomic_test_and_set(&arena.busy[i], __ATOMIC_ACQUIRE)) {
			use_object(i, next_random(&random) % 16, buf);
			__atomic_clear(&arena.busy[i], __ATOMIC_RELEASE);
		}
		pthread_rwlock_unlock(&arena.lock);
	}
	free(buf);
	return NULL;
}

/*
 * No thread works now.  Check and clear all objects and swap them out, then some
 * pages that are not clear.  The shrinker has to write back, and to leave what
 * it has written in the swap cache: memory.reclaim would drop it from there.
 */
static int flush_arena(unsigned long long *buf)
{
	struct zsw_region kept;
	long long goal;
	unsigned int try;
	size_t i;
	int ret;

	zsw_cg_write(CGROUP, "memory.high", "max");
	/* so that the entries can be counted */
	zsw_param_set("shrinker_enabled", "N");
	for (i = 0; i < OBJECTS; i++)
		check_object(i, buf);
	for (i = 0; i < OBJECTS; i++)
		write_object(i, (arena.gen[i] + 1) & ~1U);
	swap_out_cleared(&arena.r);

	ret = zsw_map(&kept, ARENA_KEPT);
	if (ret)
		return ret;
	zsw_fill(&kept, ZSW_LONG, 1000000000 + seen.rounds * ARENA_KEPT);
	zsw_pageout(&kept);
	zsw_param_set("shrinker_enabled", "Y");
	goal = zsw_stat("written_back_pages") + ARENA_KEPT / 2;
	for (try = 0; try < TRIES && zsw_stat("written_back_pages") < goal; try++)
		if (zsw_write_file(DROP_CACHES, "2"))
			break;
	/* not every kernel has it, and then the pool has to be full */
	if (zsw_stat("written_back_pages") < goal)
		zsw_write_back(ARENA_KEPT / 2);

	for (i = 0; i < OBJECTS; i++)
		check_object(i, buf);
	seen.other += zsw_bad_pages(&kept, "not cleared");
	add(&seen.verified, kept.nr);
	zsw_unmap(&kept);
	zsw_cg_write(CGROUP, "memory.high", arena.high);
	seen.rounds++;
	return KSFT_PASS;
}

/* Reclaim while the workers work, and flush, in turn. */
static int squeeze(struct zsw_ctx *ctx, unsigned long long *buf)
{
	unsigned long long end = seen.start + ctx->seconds * 1000ULL;
	unsigned long long flush;
	int ret = KSFT_PASS;

	while (!ret && zsw_now_ms() < end) {
		flush = zsw_now_ms() + WORK_MS;
		while (zsw_now_ms() < flush)
			if (zsw_cg_write(CGROUP, "memory.reclaim", RECLAIM))
				zsw_msleep(10);
		pthread_rwlock_wrlock(&arena.lock);
		ret = flush_arena(buf);
		pthread_rwlock_unlock(&arena.lock);
	}
	return ret;
}

static int make_arena(void)
{
	long long high;
	size_t i;
	int ret;

	ret = zsw_map(&arena.r, OBJECTS);
	if (ret)
		return ret;
	memset(arena.gen, 0, sizeof(arena.gen));
	for (i = 0; i < OBJECTS; i++)
		write_object(i, 1);
	high = zsw_cg_read(CGROUP, "memory.current") -
	       OBJECTS / 16 * (long long)zsw_page_size;
	snprintf(arena.high, sizeof(arena.high), "%lld", high);
	if (zsw_cg_write(CGROUP, "memory.high", arena.high))
		return zsw_skip("no memory.high");
	if (zsw_cg_write(CGROUP, "memory.reclaim", RECLAIM) == -ENOENT)
		return zsw_skip("no memory.reclaim");
	if (zsw_param_set("shrinker_enabled", "Y"))
		return zsw_skip("zswap has no shrinker");
	return KSFT_PASS;
}

static int work(struct zsw_ctx *ctx)
{
	unsigned long long *buf = calloc(1, zsw_page_size);
	pthread_t threads[WORKERS];
	pthread_attr_t attr;
	unsigned int nr;
	int ret;

	if (!buf)
		return zsw_fail("out of memory");
	ret = make_arena();
	arena.stop = 0;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	for (nr = 0; !ret && nr < WORKERS; nr++) {
		if (!pthread_create(&threads[nr], &attr, worker,
				    (void *)(uintptr_t)nr))
			continue;
		ret = zsw_fail("cannot create a thread");
		break;
	}
	pthread_attr_destroy(&attr);
	if (!ret)
		ret = squeeze(ctx, buf);
	__atomic_store_n(&arena.stop, 1, __ATOMIC_RELAXED);
	while (nr--)
		pthread_join(threads[nr], NULL);
	zsw_cg_write(CGROUP, "memory.high", "max");
	zsw_param_set("shrinker_enabled", "N");
	zsw_unmap(&arena.r);
	free(buf);
	return ret;
}

static int test_pressure(struct zsw_ctx *ctx)
{
	int ret;

	ret = zero_begin(ctx);
	if (!ret)
		ret = zsw_cg_make(CGROUP);
	if (!ret)
		ret = zsw_cg_enter(CGROUP);
	if (ret)
		return ret;
	/* of this process only the arena is to be swapped out */
	if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
		ret = zsw_skip("cannot lock memory");
	if (!ret) {
		seen_begin();
		ret = work(ctx);
		munlockall();
	}
	zsw_cg_remove(CGROUP);
	return ret ? ret : verdict(ctx);
}

static const struct zsw_test tests[] = {
	{
		"zero-madvise", test_madvise,
		"MADV_PAGEOUT of pages that are read, cleared and paged out again",
	},
	{
		"zero-large", test_large,
		"the same with folios of 64 KiB",
	},
	{
		"zero-pressure", test_pressure,
		"threads that use, free and clear pages above memory.high",
	},
};

/**
 * main() - run the tests of cleared memory
 * @argc: number of arguments
 * @argv: arguments, see -h
 *
 * Return: kselftest exit status.
 */
int main(int argc, char **argv)
{
	zsw_prog = "zswap_zero";
	zsw_seconds = 10;
	return zsw_main(argc, argv, "s:", tests, ARRAY_SIZE(tests));
}
