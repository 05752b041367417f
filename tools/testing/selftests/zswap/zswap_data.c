// SPDX-License-Identifier: GPL-2.0-only
/*
 * zswap_data: the contents of swapped out pages survive zswap writeback and
 * swapoff, and swapoff leaves nothing behind in zswap.
 *
 * Needs no help from the kernel but debugfs, and is safe to run anywhere as
 * root.  It skips if swap is in use.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "kselftest.h"
#include "zswap_util.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

/* More than twice of what is used: a full swap area is treated differently. */
#define SLOTS		2048
#define PAGES		600
#define WRITE_BACK	64

#define ZERO_PAGES	64
#define ZERO_ROUNDS	12

#define WRITERS		3
#define WRITER_PAGES	64
#define COLD_PAGES	300
#define SMOKE_WRITE_BACK	8

/*
 * Until 6.18 swapoff may say that there is no memory when all it has met is a
 * slot that a fault is about to free: with 13ddaf26be32 a fault that goes past
 * the swap cache keeps SWAP_HAS_CACHE for a moment longer than the count, and
 * unuse_pte_range() takes a slot for used that is not 0.  The caller may ask again.
 */
#define SMOKE_SWAPOFFS		4

/* Swap a region of varied pages out to zswap, as far as zswap takes them. */
static int store_variety(struct zsw_region *r, unsigned long seed)
{
	long long stored = zsw_stat("stored_pages");
	size_t out;

	if (zsw_map(r, PAGES))
		return KSFT_FAIL;
	zsw_fill(r, ZSW_VARIETY, seed);
	out = zsw_pageout(r);
	stored = zsw_stat("stored_pages") - stored;
	zsw_note("%zu pages swapped out, %lld of them to zswap, %lld same-filled",
		 out, stored, zsw_stat("same_filled_pages"));
	if (out < PAGES * 9 / 10)
		return zsw_fail("too few pages swapped out");
	if (stored < PAGES / 2)
		return zsw_fail("too few pages stored");
	return KSFT_PASS;
}

static int write_back_some(void)
{
	long long nr = zsw_write_back(WRITE_BACK);

	zsw_note("written_back_pages +%lld", nr);
	if (nr < WRITE_BACK)
		return zsw_fail("written_back_pages grew by %lld, not %d", nr,
				WRITE_BACK);
	return KSFT_PASS;
}

static int test_writeback_data(struct zsw_ctx *ctx)
{
	struct zsw_region r = { 0 };
	int ret;

	ret = zsw_begin(ctx, SLOTS);
	if (!ret)
		ret = store_variety(&r, 1000);
	if (!ret)
		ret = write_back_some();
	if (!ret)
		ret = zsw_check(&r, "after writeback");
	if (!ret) {
		/* once more: entries, disk and swap cache have history now */
		zsw_fill(&r, ZSW_VARIETY, 2000);
		zsw_pageout(&r);
		ret = write_back_some();
	}
	if (!ret)
		ret = zsw_check(&r, "after the second writeback");
	zsw_unmap(&r);
	return ret;
}

static int test_swapoff_empty(struct zsw_ctx *ctx)
{
	struct zsw_region r = { 0 };
	unsigned int i;
	int ret;

	ret = zsw_begin(ctx, SLOTS);
	if (!ret)
		ret = store_variety(&r, 20000);
	if (!ret)
		ret = write_back_some();
	if (!ret)
		ret = zsw_end(ctx);
	if (!ret && zsw_stat("stored_pages"))
		ret = zsw_fail("stored_pages is %lld after swapoff",
			       zsw_stat("stored_pages"));
	/* newer kernels do not have this one */
	if (!ret && zsw_stat("same_filled_pages") > 0)
		ret = zsw_fail("same_filled_pages is %lld after swapoff",
			       zsw_stat("same_filled_pages"));
	if (!ret)
		ret = zsw_check(&r, "after swapoff");
	for (i = 0; !ret && i < 10 && zsw_stat("pool_total_size"); i++) {
		zsw_msleep(100);
		ret = zsw_swapon(ctx->dev, ctx->dev_given, SLOTS);
		if (!ret)
			ret = zsw_recount();
		if (!ret)
			ret = zsw_end(ctx);
	}
	if (!ret && zsw_stat("pool_total_size"))
		ret = zsw_fail("pool_total_size is %lld after swapoff",
			       zsw_stat("pool_total_size"));
	zsw_unmap(&r);
	return ret;
}

static int reader_state;

static long thread_faults(void)
{
	struct rusage ru;

	getrusage(RUSAGE_THREAD, &ru);
	return ru.ru_minflt + ru.ru_majflt;
}

/*
 * For an old entry to be in the way of a page that is cleared after it was
 * stored, the page must not leave the swap cache in between.  A fault that
 * waits for the page while it is stored keeps it there: read a page until it
 * has faulted, then wait for swapout at the one after the next.
 */
static void *reader_thread(void *arg)
{
	struct zsw_region *r = arg;
	unsigned int n;
	long faults;
	size_t i;

	__atomic_store_n(&reader_state, 1, __ATOMIC_SEQ_CST);
	for (i = 0; i < r->nr; i += 2) {
		faults = thread_faults();
		do {
			if (__atomic_load_n(&reader_state, __ATOMIC_SEQ_CST) == 2)
				return NULL;
			for (n = 0; n < 50; n++)
				__atomic_load_n(r->mem + i * zsw_page_size,
						__ATOMIC_SEQ_CST);
		} while (thread_faults() == faults);
	}
	return NULL;
}

/* Return: how many pages are in memory and in zswap at the same time. */
static long long store_under_reads(struct zsw_region *r)
{
	pthread_t reader;

	__atomic_store_n(&reader_state, 0, __ATOMIC_SEQ_CST);
	if (pthread_create(&reader, NULL, reader_thread, r))
		return -1;
	while (!__atomic_load_n(&reader_state, __ATOMIC_SEQ_CST))
		;
	madvise(r->mem, r->nr * zsw_page_size, MADV_PAGEOUT);
	__atomic_store_n(&reader_state, 2, __ATOMIC_SEQ_CST);
	pthread_join(reader, NULL);
	return zsw_stat("stored_pages") - (r->nr - zsw_resident(r));
}

/*
 * A page that was stored, cleared and stored again must stay clear.  That is
 * hard only where a zero-filled page is a mark and not an entry: since v6.12,
 * and nothing that user space can see tells it from v6.11, which passes, too.
 */
static int test_zero_fill(struct zsw_ctx *ctx)
{
	/* 7.x frees the slot at the fault, if the device is a synchronous one */
	bool sync_frees = strncmp(ctx->dev, "/dev/vd", 7) &&
			  zsw_has_symbol("swap_cache_alloc_folio");
	long long both, in_way = 0, written = 0;
	struct zsw_region r = { 0 };
	unsigned int round;
	size_t i;
	int ret;

	if (!zsw_second_chance())
		return zsw_skip("zero-filled pages go through zswap here");
	ret = zsw_begin(ctx, SLOTS);
	for (round = 0; !ret && round < ZERO_ROUNDS; round++) {
		/* nothing of the last round in zswap */
		zsw_unmap(&r);
		ret = zsw_map(&r, ZERO_PAGES);
		if (ret)
			break;
		zsw_fill(&r, ZSW_MIXED, 40000 + round * ZERO_PAGES);
		both = store_under_reads(&r);
		if (both > 0)
			in_way += both;
		memset(r.mem, 0, r.nr * zsw_page_size);
		zsw_pageout(&r);
		if (zsw_stat("pool_total_size") > 0)
			written += zsw_write_back(1);
		for (i = 0; i < r.nr * zsw_page_size && !r.mem[i]; i++)
			;
		if (i < r.nr * zsw_page_size)
			ret = zsw_fail("round %u: page %zu was cleared, but reads %02hhx",
				       round, i / zsw_page_size, r.mem[i]);
	}
	zsw_note("written_back_pages +%lld", written);
	zsw_note("window: held %lld pages in the swap cache", in_way);
	if (!ret && !in_way && sync_frees)
		ret = zsw_skip("a fault frees the slot, no page was in memory and in zswap");
	else if (!ret && !in_way)
		ret = zsw_fail("window not hit: no page was in memory and in zswap");
	zsw_unmap(&r);
	return ret;
}

/*
 * The concurrency test.  The writers do not swap out in the moment when the
 * shrinker makes the pool look full, see zsw_trigger(); the shrink work itself
 * runs against all of them.
 */
static pthread_rwlock_t smoke_lock =
	PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;

static struct {
	int stop;
	int failed;
	long long rounds;
} smoke;

static void smoke_pageout(struct zsw_region *r)
{
	pthread_rwlock_rdlock(&smoke_lock);
	madvise(r->mem, r->nr * zsw_page_size, MADV_PAGEOUT);
	pthread_rwlock_unlock(&smoke_lock);
}

static void *writer(void *arg)
{
	unsigned long seed = 1000000 * (unsigned long)arg;
	struct zsw_region r;

	if (zsw_map(&r, WRITER_PAGES)) {
		__atomic_store_n(&smoke.failed, 1, __ATOMIC_RELAXED);
		return NULL;
	}
	while (!__atomic_load_n(&smoke.stop, __ATOMIC_RELAXED)) {
		zsw_fill(&r, ZSW_VARIETY, seed);
		smoke_pageout(&r);
		zsw_msleep(seed / WRITER_PAGES % 40);
		if (zsw_bad_pages(&r, "writer")) {
			__atomic_store_n(&smoke.failed, 1, __ATOMIC_RELAXED);
			break;
		}
		seed += WRITER_PAGES;
		__atomic_add_fetch(&smoke.rounds, 1, __ATOMIC_RELAXED);
	}
	zsw_unmap(&r);
	return NULL;
}

static void *shrinker(void *arg)
{
	/* as long as entries have their first chance nothing is written */
	unsigned int triggers = zsw_second_chance() ? 40 : 1;
	unsigned int patience = zsw_second_chance() ? 5 : 50;
	struct zsw_region extra;
	long long shrinks;
	unsigned int i;

	if (zsw_map(&extra, 1))
		return NULL;
	while (!__atomic_load_n(&smoke.stop, __ATOMIC_RELAXED)) {
		pthread_rwlock_wrlock(&smoke_lock);
		shrinks = zsw_shrinks();
		/* swapoff may be in the way, so it need not succeed */
		for (i = 0; i < triggers && zsw_shrinks() == shrinks; i++) {
			if (i)
				zsw_msleep(2);
			zsw_trigger(&extra, 2);
		}
		zsw_param_set("max_pool_percent", "20");
		pthread_rwlock_unlock(&smoke_lock);
		for (i = 0; i < patience && zsw_shrinks() == shrinks; i++)
			zsw_msleep(2);
	}
	zsw_unmap(&extra);
	return NULL;
}

static int test_writers(struct zsw_ctx *ctx)
{
	unsigned long long now, end, last;
	pthread_t threads[WRITERS + 1];
	struct zsw_region cold = { 0 };
	long long written_back;
	unsigned int swapoffs = 0;
	long long before;
	unsigned int w;
	unsigned long i;
	int ret;

	ret = zsw_begin(ctx, SLOTS);
	if (ret)
		return ret;
	/* pages that are not read before swapoff: they can be written back */
	if (zsw_map(&cold, COLD_PAGES))
		return KSFT_FAIL;
	zsw_fill(&cold, ZSW_VARIETY, 70000);
	written_back = zsw_stat("written_back_pages");
	memset(&smoke, 0, sizeof(smoke));
	/* on a slow machine give it more time until pages were written */
	end = zsw_now_ms() + ctx->seconds * 1000ULL;
	last = end + ctx->seconds * 3000ULL;
	for (i = 0; i <= WRITERS; i++) {
		if (pthread_create(&threads[i], NULL,
				   i < WRITERS ? writer : shrinker,
				   (void *)(i + 1))) {
			ret = zsw_fail("cannot create a thread");
			break;
		}
	}

	while (!ret && !__atomic_load_n(&smoke.failed, __ATOMIC_RELAXED)) {
		now = zsw_now_ms();
		if (now > last || (now > end && swapoffs &&
				   zsw_stat("written_back_pages") >=
				   written_back + SMOKE_WRITE_BACK))
			break;
		smoke_pageout(&cold);
		/* swapoff when writeback is going on */
		before = zsw_stat("written_back_pages");
		for (w = 0; w < (zsw_second_chance() ? 300 : 100); w++) {
			zsw_msleep(20);
			if (zsw_stat("written_back_pages") >= before + 4)
				break;
		}
		ret = zsw_end_tries(ctx, SMOKE_SWAPOFFS);
		if (!ret)
			ret = zsw_check(&cold, "cold pages");
		if (!ret)
			ret = zsw_swapon(ctx->dev, ctx->dev_given, SLOTS);
		swapoffs++;
	}

	__atomic_store_n(&smoke.stop, 1, __ATOMIC_RELAXED);
	while (i--)
		pthread_join(threads[i], NULL);
	zsw_param_set("max_pool_percent", "20");
	zsw_unmap(&cold);
	written_back = zsw_stat("written_back_pages") - written_back;
	zsw_note("%lld rounds, %u swapoffs, written_back_pages +%lld",
		 smoke.rounds, swapoffs, written_back);
	if (ret)
		return ret;
	if (smoke.failed)
		return zsw_fail("a writer has read wrong contents");
	if (!smoke.rounds || !swapoffs || written_back < SMOKE_WRITE_BACK)
		return zsw_fail("too little happened, so nothing is proven");
	return KSFT_PASS;
}

static const struct zsw_test tests[] = {
	{
		"writeback-data", test_writeback_data,
		"pages of all kinds, partly written back, read back unchanged",
	},
	{
		"swapoff-empty", test_swapoff_empty,
		"after writeback and swapoff zswap holds neither entry nor pool page",
	},
	{
		"zero-fill", test_zero_fill,
		"a page that was cleared after it was stored stays clear",
	},
	{
		"writers", test_writers,
		"several threads against writeback and a loop of swapoff and swapon",
	},
};

/**
 * main() - run the tests that are safe on any kernel
 * @argc: number of arguments
 * @argv: arguments, see -h
 *
 * Return: kselftest exit status.
 */
int main(int argc, char **argv)
{
	zsw_prog = "zswap_data";
	return zsw_main(argc, argv, "s:", tests, ARRAY_SIZE(tests));
}
