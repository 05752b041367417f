// SPDX-License-Identifier: GPL-2.0-only
/*
 * zswap_race: hit the race windows of zswap writeback, every time.
 *
 * Writeback starts from an unprotected zpool handle or LRU entry: until it has
 * locked a page for the swap slot in the swap cache, the slot may be freed or
 * reallocated, or go away with swapoff.  Each test holds writeback at one place
 * with the module zswap_window, does something that must be harmless then, and
 * lets writeback continue.  Some hold a page fault or swapoff instead.
 *
 * Most tests crash a kernel without the fix, so nothing runs without -f.  Every
 * step is written to the kernel log before it is taken, so that a harness can
 * tell a crash in the window from any other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "zswap_cgroup.h"
#include "zswap_util.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

/* Too small for the swap slot cache: a slot that is freed is free at once. */
#define SLOTS		256
#define PAGES		200

#define WINDOW_DIR	"/sys/kernel/debug/zswap_window/"
#define PAGE_CLUSTER	"/proc/sys/vm/page-cluster"

/* bounds in milliseconds; only a failing test uses them up */
#define HELD_MS		10000
#define SWAPOFF_MS	15000
#define RETURN_MS	10000
/* how long swapoff has to stay blocked in swapoff-waits */
#define BLOCKED_MS	1000
/* how long a removed cgroup has to hand its LRU to its parent */
#define OFFLINE_MS	1000
/* how long a pool that is replaced has to drop its own reference, after RCU */
#define REPLACED_MS	1000

/* Where to hold. */
struct window {
	const char *site;	/* or SWAP_CACHE_ALLOC */
	const char *when;
	const char *fail;
	const char *then;	/* or SWAP_CACHE_DEL */
	unsigned int nth;
};

/* What gets a folio for a slot, and what takes it out again, has a new name in 7.x. */
#define SWAP_CACHE_ALLOC	"__read_swap_cache_async"
#define SWAP_CACHE_DEL		"delete_from_swap_cache"
/* and it submits after __swap_writepage(), not in it */
#define SUBMISSION		"__swap_writepage"
/* how a fault reads a page, takes a folio since 6.8 */
#define SWAP_READ		"swap_readpage"
/* how swapoff waits once it has locked a page, a wrapper since 5.16 */
#define WAIT_WRITEBACK		"wait_on_page_writeback"
/* what reclaims a list of pages, and what stores one of them */
#define RECLAIM			"shrink_page_list"
#define STORE			"zswap_frontswap_store"

static const struct {
	const char *name;
	const char *later;
} renamed[] = {
	{ SWAP_CACHE_ALLOC, "swap_cache_alloc_folio" },
	{ SWAP_CACHE_DEL, "swap_cache_del_folio" },
	{ SUBMISSION, "swap_write_submit" },
	{ SWAP_READ, "swap_read_folio" },
	{ WAIT_WRITEBACK, "folio_wait_writeback" },
	{ RECLAIM, "shrink_folio_list" },
	{ STORE, "zswap_store" },
};

/*
 * How writeback is called depends on what picks the entry.  A static function
 * with a single caller may have been inlined: @writeback is one that cannot be.
 */
struct design {
	const char *symbol;	/* a kernel that has it has this design */
	const char *writeback;
	const char *load;
	struct window unpinned;	/* writeback has picked, and keeps nothing */
	bool handle;		/* zpool picks, and calls back with a handle */
	bool memcg;		/* the LRU is that of a memory cgroup */
};

static const struct design designs[] = {
	{
		.symbol = "zswap_frontswap_load",
		.writeback = "zswap_writeback_entry",
		.load = "zswap_frontswap_load",
		.unpinned = { .site = "zpool_map_handle", .when = "after" },
		.handle = true,
	},
	{
		/* the first lock that writeback lets go is that of the LRU */
		.symbol = "shrink_memcg_cb",
		.writeback = "shrink_memcg_cb",
		.load = "zswap_load",
		.unpinned = { .site = "_raw_spin_unlock", .when = "after" },
		.memcg = true,
	},
	{
		.symbol = "zswap_load",
		.writeback = "shrink_worker",
		.load = "zswap_load",
		.unpinned = { .site = "_raw_spin_unlock", .when = "after" },
	},
};

static const struct design *design;

/* Memory of one test: stored before the window, in it, and the trigger page. */
struct race {
	struct zsw_ctx *ctx;
	struct zsw_region old;
	struct zsw_region new;
	struct zsw_region extra;
	const struct window *window;
	long long fired;
	bool slot_known;
	unsigned long type;
	unsigned long offset;
	size_t index;		/* of the new page that has the slot */
	char page_cluster[16];	/* as it was before race_no_readahead() */
};

static int window_set(const char *name, const char *val)
{
	char path[128];
	int ret;

	snprintf(path, sizeof(path), WINDOW_DIR "%s", name);
	ret = zsw_write_file(path, val);
	if (ret)
		return zsw_fail("cannot write %s to %s: %s", val, path,
				strerror(-ret));
	return KSFT_PASS;
}

static int window_get(const char *name, char *buf, size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), WINDOW_DIR "%s", name);
	return zsw_read_file(path, buf, size);
}

static long long window_count(const char *name)
{
	char buf[32];

	if (window_get(name, buf, sizeof(buf)))
		return -1;
	return strtoll(buf, NULL, 0);
}

static bool window_is(const char *state)
{
	char buf[32];

	return !window_get("state", buf, sizeof(buf)) && !strcmp(buf, state);
}

static const char *name_here(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(renamed); i++)
		if (!strcmp(name, renamed[i].name) &&
		    zsw_has_symbol(renamed[i].later))
			return renamed[i].later;
	return name;
}

static int window_setup(const char *entry, const struct window *w)
{
	char nth[16];

	snprintf(nth, sizeof(nth), "%u", w->nth ? w->nth : 1);
	if (window_set("arm", "0") || window_set("entry", entry) ||
	    window_set("site", name_here(w->site)) || window_set("when", w->when) ||
	    window_set("nth", nth) ||
	    window_set("fail", w->fail ? w->fail : "none") ||
	    window_set("then", w->then ? name_here(w->then) : "none"))
		return KSFT_FAIL;
	return KSFT_PASS;
}

/* Swap on, and put PAGES old pages with contents of a kind into zswap. */
static int race_begin_with(struct race *race, struct zsw_ctx *ctx,
			   enum zsw_pattern pattern)
{
	size_t out;
	int ret;

	memset(race, 0, sizeof(*race));
	race->ctx = ctx;
	if (access(WINDOW_DIR "arm", W_OK))
		return zsw_skip("module zswap_window is not loaded");
	if (!design)
		return zsw_skip("no function of zswap is known here");
	ret = zsw_begin(ctx, SLOTS);
	if (ret)
		return ret;
	if (zsw_map(&race->old, PAGES) || zsw_map(&race->extra, 1) ||
	    zsw_map(&race->new, SLOTS))
		return KSFT_FAIL;
	zsw_fill(&race->old, pattern, 1000);
	out = zsw_pageout(&race->old);
	if (out < PAGES)
		return zsw_fail("only %zu of %d pages swapped out", out, PAGES);
	if (zsw_stat("stored_pages") < PAGES)
		return zsw_fail("only %lld of %d pages in zswap",
				zsw_stat("stored_pages"), PAGES);
	return KSFT_PASS;
}

static int race_begin(struct race *race, struct zsw_ctx *ctx)
{
	return race_begin_with(race, ctx, ZSW_SHORT);
}

/* A fault is to read its own page and no other, until race_end(). */
static int race_no_readahead(struct race *race)
{
	if (zsw_read_file(PAGE_CLUSTER, race->page_cluster,
			  sizeof(race->page_cluster)) ||
	    zsw_write_file(PAGE_CLUSTER, "0"))
		return zsw_fail("cannot turn readahead off");
	return KSFT_PASS;
}

static bool is_held(const struct race *race)
{
	return window_is("held");
}

static bool has_fired(const struct race *race)
{
	return window_count("fired") != race->fired;
}

/*
 * Arm the window and trigger writeback until @hit is true.  Where an entry has
 * a second chance one trigger may write nothing back.
 */
static int race_trigger(struct race *race, bool (*hit)(const struct race *race),
			const char *missed)
{
	unsigned long long end;

	race->fired = window_count("fired");
	if (window_set("arm", "1"))
		return KSFT_FAIL;
	if (!zsw_trigger(&race->extra, ZSW_ATTEMPTS))
		return zsw_fail("window not hit: cannot trigger writeback");
	end = zsw_now_ms() + HELD_MS;
	while (!hit(race)) {
		if (zsw_now_ms() > end)
			return zsw_fail("window not hit: %s", missed);
		zsw_msleep(5);
		if (zsw_second_chance())
			zsw_trigger(&race->extra, ZSW_ATTEMPTS);
	}
	return KSFT_PASS;
}

/* Start a writeback and wait until it is held. */
static int race_hold(struct race *race, const struct window *w)
{
	char missed[96], slot[64];
	int ret;

	race->window = w;
	ret = window_setup(design->writeback, w);
	if (ret)
		return ret;
	snprintf(missed, sizeof(missed), "%s is not held", w->site);
	ret = race_trigger(race, is_held, missed);
	if (ret)
		return ret;
	if (window_count("fired") != race->fired + 1)
		return zsw_fail("window not hit: fired did not grow");
	zsw_note("window: held %s", w->site);
	zsw_param_set("max_pool_percent", "20");

	if (window_get("slot", slot, sizeof(slot)))
		return zsw_fail("cannot read the slot");
	race->slot_known = sscanf(slot, "%lu %lu", &race->type,
				  &race->offset) == 2;
	zsw_note("window: slot %s", slot);
	return KSFT_PASS;
}

/* Nothing of the window may be over yet, or the test proves nothing. */
static int race_still_held(void)
{
	if (!window_is("held") || window_count("timeouts"))
		return zsw_fail("window not hit: the hold ended too early");
	return KSFT_PASS;
}

/* Let writeback go on to the place where it is held for the second time. */
static int race_hold_again(struct race *race)
{
	unsigned long long end = zsw_now_ms() + HELD_MS;

	zsw_note("window: released");
	if (window_set("release", "1"))
		return KSFT_FAIL;
	while (window_count("fired") != race->fired + 2 || !window_is("held")) {
		if (zsw_now_ms() > end)
			return zsw_fail("window not hit: %s is not held",
					race->window->then);
		zsw_msleep(5);
	}
	zsw_note("window: held %s", race->window->then);
	return KSFT_PASS;
}

/* Wait until no writeback is in progress. */
static int race_wait_return(void)
{
	unsigned long long end = zsw_now_ms() + RETURN_MS;
	long long calls, returns;

	do {
		zsw_msleep(20);
		/* this order: a call in between makes them differ */
		returns = window_count("ret0") + window_count("reterr");
		calls = window_count("calls");
		if (window_is("idle") && returns == calls) {
			zsw_note("window: writeback returned, %lld calls, last %lld",
				 calls, window_count("lastret"));
			return KSFT_PASS;
		}
	} while (zsw_now_ms() < end);
	return zsw_fail("writeback did not return");
}

/* Let writeback go on and wait until it has returned. */
static int race_release(void)
{
	zsw_note("window: released");
	if (window_set("release", "1"))
		return KSFT_FAIL;
	return race_wait_return();
}

/* swapoff that has to complete although writeback is held */
static int race_swapoff(struct race *race)
{
	struct zsw_swapoff *so;

	so = zsw_swapoff_start(race->ctx->dev);
	if (!so)
		return zsw_fail("cannot create a thread");
	if (!zsw_swapoff_wait(so, SWAPOFF_MS)) {
		window_set("arm", "0");
		zsw_swapoff_wait(so, SWAPOFF_MS);
		return zsw_fail("swapoff did not return while %s was held",
				race->window->site);
	}
	if (so->err)
		return zsw_fail("swapoff: %s", strerror(-so->err));
	if (race_still_held())
		return KSFT_FAIL;
	zsw_note("window: swapoff done");
	return KSFT_PASS;
}

/* Fill the swap area with new pages, so that the held slot is one of theirs. */
static int race_reuse(struct race *race, enum zsw_pattern pattern)
{
	long long stored;
	size_t out;

	zsw_unmap(&race->extra);
	zsw_fill(&race->new, pattern, 500000);
	out = zsw_pageout(&race->new);
	stored = zsw_stat("stored_pages");
	zsw_note("window: %zu new pages swapped out, %lld entries", out,
		 stored);
	if (race_still_held())
		return KSFT_FAIL;
	if (stored < (long long)out - 2)
		return zsw_fail("the new pages are not in zswap");
	if (race->slot_known) {
		if (!zsw_uses_slot(&race->new, race->type, race->offset,
				   &race->index))
			return zsw_fail("window not hit: slot %lu not reused",
					race->offset);
		zsw_note("window: slot %lu reused by new page %zu",
			 race->offset, race->index);
	} else {
		/* the slot of the first eviction is in the swap cache */
		if (!zsw_swap_full(race->ctx->dev, 0) ||
		    out < race->new.nr - 1)
			return zsw_fail("window not hit: not all slots reused");
		zsw_note("window: all slots reused");
	}
	return KSFT_PASS;
}

static int must_write_back(long long want)
{
	long long nr = zsw_write_back(want);

	if (nr < want)
		return zsw_fail("only %lld of %lld pages written back", nr,
				want);
	return KSFT_PASS;
}

/*
 * Check a region, which must survive being swapped out, written back in part
 * and read again: once as it is, and once with new contents.
 */
static int check_cycle(struct race *race, struct zsw_region *r)
{
	enum zsw_pattern pattern = ZSW_MIXED;
	long long stored, written;
	unsigned int i;
	int ret;

	ret = zsw_check(r, "after the window");
	/*
	 * Leave slots for the pages that trigger writeback, and for those that
	 * have one although they are not swapped out: what was read in does.
	 */
	zsw_trim(r, PAGES / 2);
	for (i = 0; !ret && i < 2; i++) {
		if (i)
			zsw_fill(r, pattern, 900000);
		written = zsw_stat("written_back_pages");
		if (zsw_pageout(r) < r->nr / 2)
			return zsw_fail("too few pages swapped out");
		/* same-filled pages cannot be written back */
		stored = zsw_stat("stored_pages") -
			 zsw_stat("same_filled_pages");
		/* the worker of the round before may still be at work */
		written = zsw_stat("written_back_pages") - written;
		if (stored > 40) {
			ret = must_write_back(32);
			if (ret)
				return ret;
		} else if (i && stored + written <= 40) {
			return zsw_fail("new contents: %lld pages in zswap, %lld written back",
					stored, written);
		}
		ret = zsw_check(r, i ? "new contents" : "after another cycle");
	}
	return ret;
}

static int race_end(struct race *race, int ret)
{
	/* whatever went wrong, leave no task held */
	if (race->window)
		zsw_write_file(WINDOW_DIR "arm", "0");
	if (race->page_cluster[0])
		zsw_write_file(PAGE_CLUSTER, race->page_cluster);
	zsw_param_set("max_pool_percent", "20");
	/* before swapoff, which has less to read in then */
	zsw_unmap(&race->new);
	zsw_unmap(&race->old);
	zsw_unmap(&race->extra);
	return ret;
}

static int swapoff_while_held(struct zsw_ctx *ctx, const struct window *w)
{
	struct race race;
	int ret;

	ret = race_begin(&race, ctx);
	if (!ret)
		ret = race_hold(&race, w);
	if (!ret)
		ret = race_swapoff(&race);
	if (!ret)
		ret = race_release();
	if (!ret)
		ret = zsw_check(&race.old, "after swapoff");
	if (!ret && zsw_stat("stored_pages"))
		ret = zsw_fail("stored_pages is %lld after swapoff",
			       zsw_stat("stored_pages"));
	if (!ret)
		ret = zsw_swapon(ctx->dev, ctx->dev_given, SLOTS);
	if (!ret)
		ret = check_cycle(&race, &race.old);
	return race_end(&race, ret);
}

static int test_swapoff_before_tree(struct zsw_ctx *ctx)
{
	return swapoff_while_held(ctx, &design->unpinned);
}

static int test_swapoff_failure_path(struct zsw_ctx *ctx)
{
	static const struct window w = {
		.site = SWAP_CACHE_ALLOC, .when = "before",
	};

	return swapoff_while_held(ctx, &w);
}

static int test_swapoff_after_submission(struct zsw_ctx *ctx)
{
	static const struct window w = {
		.site = SUBMISSION, .when = "after",
	};

	return swapoff_while_held(ctx, &w);
}

static int test_swapoff_swapon(struct zsw_ctx *ctx)
{
	struct race race;
	int ret;

	ret = race_begin(&race, ctx);
	if (!ret)
		ret = race_hold(&race, &design->unpinned);
	if (!ret)
		ret = race_swapoff(&race);
	if (!ret)
		ret = zsw_swapon(ctx->dev, ctx->dev_given, SLOTS);
	if (!ret) {
		zsw_note("window: swapon done");
		ret = race_reuse(&race, ZSW_LONG);
	}
	if (!ret)
		ret = race_release();
	if (!ret)
		ret = zsw_check(&race.old, "old pages");
	if (!ret)
		ret = check_cycle(&race, &race.new);
	return race_end(&race, ret);
}

/* Hold writeback, and let new pages have the slots meanwhile. */
static int race_hold_reuse(struct race *race, struct zsw_ctx *ctx,
			   const struct window *w, enum zsw_pattern old,
			   enum zsw_pattern pattern)
{
	int ret;

	ret = race_begin_with(race, ctx, old);
	if (!ret)
		ret = race_hold(race, w);
	if (!ret) {
		zsw_unmap(&race->old);
		ret = race_reuse(race, pattern);
	}
	return ret;
}

/* What the page reads that has the slot now, and what was written to it. */
static void note_contents(const struct race *race)
{
	const unsigned long long *got;
	unsigned long long *want;

	want = calloc(1, zsw_page_size);
	if (want && race->slot_known) {
		got = (void *)(race->new.mem + race->index * zsw_page_size);
		zsw_fill_page(want, race->new.pattern,
			      race->new.seed + race->index);
		zsw_note("page %zu begins with %016llx %016llx, written was %016llx %016llx",
			 race->index, got[0], got[1], want[0], want[1]);
	}
	free(want);
}

static int slot_reuse_from(struct zsw_ctx *ctx, const struct window *w,
			   enum zsw_pattern old, enum zsw_pattern pattern)
{
	struct race race;
	int ret;

	ret = race_hold_reuse(&race, ctx, w, old, pattern);
	if (!ret)
		ret = race_release();
	if (!ret) {
		note_contents(&race);
		ret = check_cycle(&race, &race.new);
	}
	return race_end(&race, ret);
}

static int slot_reuse(struct zsw_ctx *ctx, const struct window *w,
		      enum zsw_pattern pattern)
{
	return slot_reuse_from(ctx, w, ZSW_SHORT, pattern);
}

static int test_slot_reuse(struct zsw_ctx *ctx)
{
	return slot_reuse(ctx, &design->unpinned, ZSW_LONG);
}

static int test_slot_reuse_same_length(struct zsw_ctx *ctx)
{
	return slot_reuse(ctx, &design->unpinned, ZSW_SHORT);
}

static int test_slot_reuse_same_filled(struct zsw_ctx *ctx)
{
	return slot_reuse(ctx, &design->unpinned, ZSW_SAME);
}

/*
 * The same a bit later, for a kernel whose writeback looks at the entry before it
 * has locked the page of the slot: by then the slot has another entry, and its
 * new owner must not read the old data from that page.
 */
static int test_slot_reuse_late(struct zsw_ctx *ctx)
{
	static const struct window w = {
		.site = SWAP_CACHE_ALLOC, .when = "before",
	};

	/* alone in their pool page, or the next object would be met as well */
	return slot_reuse_from(ctx, &w, ZSW_BIG, ZSW_LONG);
}

/*
 * A free slot cannot be pinned, so writeback cannot tell that the object is free
 * as well.  Its memory must not leak; z3fold has a separate path for a page with
 * a single object.
 */
static int test_slot_free(struct zsw_ctx *ctx)
{
	static const struct window w = {
		.site = SWAP_CACHE_ALLOC, .when = "before",
	};
	bool single = !strcmp(ctx->zpool, "z3fold");
	struct race race;
	unsigned int i;
	int ret;

	ret = race_begin_with(&race, ctx, single ? ZSW_HEADLESS : ZSW_LONG);
	if (!ret)
		ret = race_hold(&race, &w);
	if (!ret) {
		zsw_unmap(&race.old);
		zsw_unmap(&race.extra);
		zsw_note("window: slots freed");
		ret = race_still_held();
	}
	if (!ret)
		ret = race_release();
	for (i = 0; !ret && i < 20; i++) {
		zsw_msleep(50);
		ret = zsw_recount();
		if (!zsw_stat("pool_total_size"))
			break;
	}
	if (!ret && (zsw_stat("stored_pages") || zsw_stat("pool_total_size")))
		ret = zsw_fail("%lld entries and %lld bytes of pool left, all slots are free",
			       zsw_stat("stored_pages"),
			       zsw_stat("pool_total_size"));
	return race_end(&race, ret);
}

/*
 * zbud and z3fold encode all handles of a pool page before they evict the
 * first: the others are stale for as long as the first eviction takes.
 */
static int test_slot_reuse_second_handle(struct zsw_ctx *ctx)
{
	static const struct window w = {
		.site = "__swap_writepage", .when = "after",
	};

	if (!design->handle)
		return zsw_skip("entries are written back one by one");
	return slot_reuse(ctx, &w, ZSW_LONG);
}

/*
 * Writeback picks an entry and drops the LRU lock.  Until it has pinned the slot
 * the entry may be freed, and the next entry of that slot allocated at the same
 * address: to compare addresses then does not tell the two apart.
 *
 * Two slots, one for the page that is written back and one for the page that
 * triggers writeback, leave a new page no choice of its slot.
 */
#define REUSE_SLOTS	2
/* more than the slabs that have free objects have of them */
#define REUSE_TRIES	250

/*
 * Without KASAN the first store gets the address back.  KASAN keeps a freed
 * object in quarantine until its cache is shrunk; after that each store takes
 * another free object of the slab, since what it frees is in quarantine again.
 */
#define ENTRY_CACHE_SHRINK	"/sys/kernel/slab/zswap_entry/shrink"

static int shrink_entry_cache(void)
{
	/* older kernels have the file of the module, see there */
	const char *path = WINDOW_DIR "shrink";
	int ret;

	if (access(path, W_OK))
		path = ENTRY_CACHE_SHRINK;
	ret = zsw_write_file(path, "1");
	if (ret)
		return zsw_skip("%s: %s", path, strerror(-ret));
	return KSFT_PASS;
}

/*
 * Where a swap area has clusters, the slot after the one taken last on this CPU
 * is not looked at: the only free slot may not be found.
 */
static bool solid_state(const char *dev)
{
	const char *name = strrchr(dev, '/');
	char path[128];

	snprintf(path, sizeof(path), "/sys/block/%s/queue/rotational",
		 name ? name + 1 : dev);
	return !zsw_read_number(path);
}

/* Each CPU has its own list of free objects. */
static void stay_on_this_cpu(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/*
 * Store new pages in the held slot until the entry of one of them has the address
 * of the entry that writeback picked.
 */
static int reuse_entry(struct race *race, enum zsw_pattern pattern,
		       unsigned long seed)
{
	unsigned int try;
	int ret;

	for (try = 1; try <= REUSE_TRIES; try++) {
		if (zsw_map(&race->new, 1))
			return KSFT_FAIL;
		zsw_fill(&race->new, pattern, seed);
		if (zsw_pageout(&race->new) != 1)
			return zsw_fail("the new page is not swapped out");
		if (race_still_held())
			return KSFT_FAIL;
		if (!zsw_uses_slot(&race->new, race->type, race->offset,
				   &race->index))
			return zsw_fail("window not hit: slot %lu not reused",
					race->offset);
		if (window_count("again") == 1) {
			zsw_note("window: the address of the entry came back with store %u",
				 try);
			return KSFT_PASS;
		}
		zsw_unmap(&race->new);
		ret = try % 50 == 1 ? shrink_entry_cache() : KSFT_PASS;
		if (ret)
			return ret;
	}
	return zsw_skip("the address of the entry did not come back in %u stores",
			REUSE_TRIES);
}

/* Hold writeback of the one page that is in zswap, and free its entry. */
static int free_held_entry(struct race *race, const char *zpool)
{
	long long freed;
	int ret;

	zsw_fill(&race->old, ZSW_SHORT, 1000);
	if (zsw_pageout(&race->old) != 1 || zsw_stat("stored_pages") != 1 ||
	    !zsw_slot_of(&race->old, 0, &race->type, &race->offset))
		return zsw_fail("the page is not in zswap");
	ret = race_hold(race, &design->unpinned);
	if (ret)
		return ret;
	/* its slot must not be free when the new page takes one */
	if (zsw_pageout(&race->extra) != 1)
		return zsw_fail("the page that triggers is not swapped out");
	if (zpool && zsw_param_set("zpool", zpool))
		return zsw_skip("no zpool %s", zpool);
	zsw_unmap(&race->old);
	freed = window_count("freed");
	if (!freed)
		return zsw_skip("writeback has a reference, the entry is not freed");
	if (freed != 1)
		return zsw_fail("%lld entries were freed, expected 1", freed);
	zsw_note("window: the entry of slot %lu is freed", race->offset);
	return race_still_held();
}

/* With @zpool the new entry is in another pool than the old one. */
static int entry_reuse(struct zsw_ctx *ctx, const char *zpool,
		       enum zsw_pattern pattern, unsigned long seed)
{
	struct race race = { .ctx = ctx };
	char handle[32];
	cpu_set_t cpus;
	int ret;

	if (access(WINDOW_DIR "watch", W_OK))
		return zsw_skip("module zswap_window is not loaded");
	if (!design)
		return zsw_skip("no function of zswap is known here");
	if (solid_state(ctx->dev))
		return zsw_skip("the last free slot of a solid-state device may not be found");
	sched_getaffinity(0, sizeof(cpus), &cpus);
	stay_on_this_cpu();
	ret = zsw_begin(ctx, REUSE_SLOTS);
	if (!ret && (zsw_map(&race.old, 1) || zsw_map(&race.extra, 1)))
		ret = KSFT_FAIL;
	if (!ret)
		ret = window_set("watch", "1");
	if (!ret)
		ret = free_held_entry(&race, zpool);
	if (!ret && pattern == ZSW_VALUE && design->handle) {
		/* the value has the place of the handle: let them be equal */
		if (window_get("handle", handle, sizeof(handle)))
			ret = zsw_fail("cannot read the handle");
		else
			seed = strtoul(handle, NULL, 0);
	}
	if (!ret)
		ret = reuse_entry(&race, pattern, seed);
	if (!ret)
		ret = race_release();
	if (!ret)
		ret = zsw_check(&race.new, "after the window");
	/* with two slots it may not be possible to swap it out again at once */
	zsw_unmap(&race.extra);
	if (!ret && zsw_pageout(&race.new) == 1)
		ret = zsw_check(&race.new, "after another cycle");
	ret = race_end(&race, ret);
	if (!ret || ret == KSFT_SKIP)
		ret = race_wait_return() ?: ret;
	zsw_write_file(WINDOW_DIR "watch", "0");
	sched_setaffinity(0, sizeof(cpus), &cpus);
	return ret;
}

static int test_entry_reuse(struct zsw_ctx *ctx)
{
	return entry_reuse(ctx, NULL, ZSW_VALUE, 0x1111111111111111);
}

static int test_entry_reuse_pool(struct zsw_ctx *ctx)
{
	bool zbud = !strcmp(ctx->zpool, "zbud");

	if (!strcmp(ctx->zpool, "z3fold"))
		return zsw_skip("z3fold warns when its pool is destroyed");
	return entry_reuse(ctx, zbud ? "zsmalloc" : "zbud", ZSW_SHORT, 500000);
}

/*
 * The reverse: while writeback has the page of the slot locked in the swap cache,
 * swapoff must wait for it.
 */
static int race_swapoff_waits(struct race *race)
{
	struct zsw_swapoff *so;
	int ret = KSFT_PASS;

	so = zsw_swapoff_start(race->ctx->dev);
	if (!so)
		return zsw_fail("cannot create a thread");
	if (zsw_swapoff_wait(so, BLOCKED_MS))
		ret = zsw_fail("swapoff did not wait for the locked page: %s",
			       strerror(-so->err));
	else
		zsw_note("window: swapoff waits");
	if (!ret)
		ret = race_still_held();
	if (!ret)
		ret = race_release();
	if (!ret && !zsw_swapoff_wait(so, SWAPOFF_MS))
		ret = zsw_fail("swapoff did not return after the release");
	if (!ret && so->err)
		ret = zsw_fail("swapoff: %s", strerror(-so->err));
	if (!ret)
		zsw_note("window: swapoff done");
	return ret;
}

static int swapoff_waits(struct zsw_ctx *ctx, const struct window *w)
{
	struct race race;
	int ret;

	ret = race_begin(&race, ctx);
	if (!ret)
		ret = race_hold(&race, w);
	if (!ret)
		ret = race_swapoff_waits(&race);
	if (!ret)
		ret = zsw_check(&race.old, "after swapoff");
	return race_end(&race, ret);
}

static int test_swapoff_waits(struct zsw_ctx *ctx)
{
	static const struct window locked = {
		.site = SWAP_CACHE_ALLOC, .when = "after",
	};
	static const struct window submission = {
		.site = "__swap_writepage", .when = "before",
	};
	int ret;

	ret = swapoff_waits(ctx, &locked);
	if (!ret)
		ret = swapoff_waits(ctx, &submission);
	return ret;
}

static int offline_while_held(struct zsw_ctx *ctx, const char *cgroup,
			      const struct window *w)
{
	struct race race = { 0 };
	int ret;

	ret = zsw_cg_enter(cgroup);
	if (!ret)
		ret = race_begin(&race, ctx);
	zsw_cg_enter(".");
	if (!ret)
		ret = race_hold(&race, w);
	if (!ret) {
		if (zsw_cg_remove(cgroup))
			ret = zsw_fail("cannot remove the cgroup");
		zsw_msleep(OFFLINE_MS);
		zsw_note("window: cgroup removed");
	}
	if (!ret)
		ret = race_still_held();
	if (!ret)
		ret = race_release();
	if (!ret)
		ret = must_write_back(PAGES * 8 / 10);
	if (!ret)
		ret = zsw_check(&race.old, "of the removed cgroup");
	return race_end(&race, ret);
}

/*
 * A removed cgroup hands its LRU to its parent, including the entry that is being
 * written back.  No entry may be lost.
 *
 * The cgroup created last is removed first: until v6.12 (c5519e0a9bfb) the
 * shrinker restarts at the root when it meets a dying cgroup, and never reaches
 * the cgroups after it.
 */
static int test_offline_while_held(struct zsw_ctx *ctx)
{
	static const struct window locked = {
		.site = SWAP_CACHE_ALLOC, .when = "after",
	};
	int ret;

	if (!design || !design->memcg)
		return zsw_skip("zswap has no LRU for a memory cgroup");
	ret = zsw_cg_make("zswap_a");
	if (!ret)
		ret = zsw_cg_make("zswap_b");
	if (!ret)
		ret = offline_while_held(ctx, "zswap_b", &design->unpinned);
	if (!ret)
		ret = zsw_end(ctx);
	if (!ret)
		ret = offline_while_held(ctx, "zswap_a", &locked);
	zsw_cg_remove("zswap_b");
	zsw_cg_remove("zswap_a");
	return ret;
}

/* Wait until the worker, which continues until the pool has room, is done. */
static int race_settle(void)
{
	unsigned long long end = zsw_now_ms() + RETURN_MS;
	long long written;

	do {
		written = zsw_stat("written_back_pages");
		zsw_msleep(100);
		if (zsw_stat("written_back_pages") == written)
			return KSFT_PASS;
	} while (zsw_now_ms() < end);
	return zsw_fail("writeback does not end");
}

static long long writeback_errors(void)
{
	return design->handle ? window_count("reterr") :
				zsw_stat("reject_reclaim_fail");
}

/* -6 is LZO_E_LOOKBEHIND_OVERRUN, what corrupted data would give */
static const struct window decompress_fails = {
	.site = "lzo1x_decompress_safe", .when = "never", .fail = "-6",
};

static int test_decompress_fail(struct zsw_ctx *ctx)
{
	long long stored, written, errors;
	struct race race;
	int ret;

	ret = race_begin(&race, ctx);
	if (!ret) {
		race.window = &decompress_fails;
		ret = window_setup(design->writeback, &decompress_fails);
	}
	if (ret)
		return race_end(&race, ret);

	errors = writeback_errors();
	stored = zsw_stat("stored_pages");
	written = zsw_stat("written_back_pages");
	zsw_note("window: failing %s once", decompress_fails.site);
	ret = race_trigger(&race, has_fired, "nothing decompressed");
	zsw_param_set("max_pool_percent", "20");
	if (!ret)
		ret = race_wait_return();
	if (!ret)
		ret = race_settle();
	if (ret)
		return race_end(&race, ret);

	errors = writeback_errors() - errors;
	written = zsw_stat("written_back_pages") - written;
	stored -= zsw_stat("stored_pages");
	zsw_note("window: %lld writebacks failed, %lld pages written back, %lld entries gone",
		 errors, written, stored);
	if (!errors)
		ret = zsw_fail("a failed writeback was reported as success");
	else if (stored != written)
		ret = zsw_fail("an entry is gone although its page was not written");
	if (!ret)
		ret = check_cycle(&race, &race.old);
	return race_end(&race, ret);
}

static sigjmp_buf bus_env;

static void on_sigbus(int sig)
{
	siglongjmp(bus_env, sig);
}

/*
 * Read every page.  Return: how many cannot be read, the last one in @which.
 * What is counted is static because the stack is not kept by siglongjmp().
 */
static size_t unreadable(const struct zsw_region *r, size_t *which)
{
	struct sigaction sa = { .sa_handler = on_sigbus }, old;
	static size_t i, nr;

	nr = 0;
	sigaction(SIGBUS, &sa, &old);
	for (i = 0; i < r->nr; i++) {
		if (sigsetjmp(bus_env, 1)) {
			*which = i;
			nr++;
		} else {
			__atomic_load_n(r->mem + i * zsw_page_size,
					__ATOMIC_SEQ_CST);
		}
	}
	sigaction(SIGBUS, &old, NULL);
	return nr;
}

/* Let decompression fail once, in a load. */
static int fail_next_load(struct race *race)
{
	int ret;

	race->window = &decompress_fails;
	ret = window_setup(design->load, &decompress_fails);
	if (ret)
		return ret;
	race->fired = window_count("fired");
	zsw_note("window: failing %s once, in a load", decompress_fails.site);
	return window_set("arm", "1");
}

/*
 * The same in a load: SIGBUS for the one page, no crash, and not the stale data
 * that the device has in the slot.
 */
static int test_load_fail(struct zsw_ctx *ctx)
{
	struct zsw_region before, after;
	size_t nr, which = 0;
	struct race race;
	int ret;

	ret = race_begin(&race, ctx);
	if (!ret)
		ret = fail_next_load(&race);
	if (!ret) {
		nr = unreadable(&race.old, &which);
		zsw_note("window: %zu pages cannot be read, the last is %zu",
			 nr, which);
		if (window_count("fired") != race.fired + 1)
			ret = zsw_fail("window not hit: nothing decompressed");
		else if (nr != 1)
			ret = zsw_fail("%zu pages get SIGBUS, expected 1", nr);
	}
	if (!ret) {
		before = race.old;
		before.nr = which;
		after = race.old;
		after.mem += (which + 1) * zsw_page_size;
		after.nr -= which + 1;
		after.seed += which + 1;
		ret = zsw_check(&before, "pages before it");
		if (!ret)
			ret = zsw_check(&after, "pages after it");
	}
	return race_end(&race, ret);
}

/*
 * An entry that a load could not decompress stays in zswap, and its page may stay
 * in the swap cache, not uptodate.  Writeback must pass over that entry and write
 * back the others.  A second access to the page gets SIGBUS or the data.
 */
static int test_load_fail_reclaim(struct zsw_ctx *ctx)
{
	struct zsw_region page, others;
	long long written, errors;
	struct race race;
	unsigned int i;
	size_t which;
	int ret;

	ret = race_begin(&race, ctx);
	page = race.old;
	page.nr = 1;
	others = race.old;
	others.mem += zsw_page_size;
	others.nr--;
	others.seed++;
	if (!ret)
		ret = fail_next_load(&race);
	if (!ret)
		ret = race_no_readahead(&race);
	if (!ret && unreadable(&page, &which) != 1)
		ret = zsw_fail("page 0 gets no SIGBUS");
	if (!ret && window_count("fired") != race.fired + 1)
		ret = zsw_fail("window not hit: nothing decompressed");
	/* from here on it only counts */
	if (!ret)
		ret = window_setup(design->writeback, &decompress_fails);
	if (ret)
		return race_end(&race, ret);

	errors = writeback_errors();
	written = zsw_stat("written_back_pages");
	ret = must_write_back(others.nr * 9 / 10);
	/* a load may have moved its entry to the other end of the LRU */
	for (i = 0; !ret && i < PAGES && writeback_errors() == errors &&
	     zsw_stat("stored_pages") > 0; i++) {
		zsw_trigger(&race.extra, ZSW_ATTEMPTS);
		ret = race_wait_return();
	}
	zsw_param_set("max_pool_percent", "20");
	if (!ret)
		ret = race_wait_return();
	errors = writeback_errors() - errors;
	written = zsw_stat("written_back_pages") - written;
	zsw_note("window: %lld writebacks failed, %lld of %zu pages written back",
		 errors, written, race.old.nr);
	if (!ret)
		ret = zsw_check(&others, "the other pages");
	if (!ret && !unreadable(&page, &which)) {
		zsw_note("window: page 0 can be read");
		ret = zsw_check(&page, "page 0");
	} else if (!ret) {
		zsw_note("window: page 0 gets SIGBUS");
		if (!errors)
			ret = zsw_fail("window not hit: writeback did not meet page 0");
	}
	return race_end(&race, ret);
}

/*
 * A load that asks for memory to decompress zsmalloc's object and gets none.  The
 * page must not be read from the device, which has older data or none.  A load
 * that needs no memory passes.
 */
static int test_load_alloc_fail(struct zsw_ctx *ctx)
{
	static const struct window w = {
		.site = "__kmalloc", .when = "never", .fail = "0",
	};
	struct zsw_ctx zsmalloc = *ctx;
	long long calls = 0, failed = 0;
	size_t nr, which = 0;
	struct race race;
	int ret;

	if (!zsw_has_symbol(w.site))
		return zsw_skip("no function %s", w.site);
	if (!strcmp(ctx->zpool, "z3fold"))
		return zsw_skip("z3fold warns when its pool is destroyed");
	/* the others let a load sleep while it has the object mapped */
	zsmalloc.zpool = "zsmalloc";
	ret = race_begin(&race, &zsmalloc);
	if (!ret) {
		race.window = &w;
		ret = window_setup(design->load, &w);
	}
	if (!ret) {
		race.fired = window_count("fired");
		calls = window_count("calls");
		zsw_note("window: failing %s once, in a load", w.site);
		ret = window_set("arm", "1");
	}
	if (!ret) {
		nr = unreadable(&race.old, &which);
		calls = window_count("calls") - calls;
		failed = window_count("fired") - race.fired;
		zsw_note("window: %lld of %lld loads got no memory", failed,
			 calls);
		if (calls < PAGES)
			ret = zsw_fail("window not hit: only %lld loads", calls);
		else if (nr)
			ret = zsw_fail("%zu pages get SIGBUS, the last is %zu",
				       nr, which);
	}
	if (!ret)
		ret = zsw_check(&race.old, "after the loads");
	return race_end(&race, ret);
}

/*
 * Writeback that finds another entry in the slot removes its page, which was
 * never filled, from the swap cache.  A swapoff that waits for the page must
 * neither map it nor install an error pte: the data is in zswap.
 */
static int test_swapoff_late_failure(struct zsw_ctx *ctx)
{
	static const struct window w = {
		.site = SWAP_CACHE_ALLOC, .when = "before",
		.then = SWAP_CACHE_DEL,
	};
	size_t nr, which = 0;
	struct race race;
	int ret;

	ret = race_hold_reuse(&race, ctx, &w, ZSW_SHORT, ZSW_LONG);
	if (!ret)
		ret = race_hold_again(&race);
	if (!ret)
		ret = race_swapoff_waits(&race);
	if (!ret) {
		nr = unreadable(&race.new, &which);
		if (nr)
			ret = zsw_fail("%zu pages get SIGBUS, the last is %zu",
				       nr, which);
	}
	if (!ret)
		ret = zsw_check(&race.new, "after swapoff");
	return race_end(&race, ret);
}

/*
 * Let decompression fail in swapoff, and hold swapoff while it has the page locked
 * and has not looked at the page table yet.
 */
static int swapoff_unreadable(struct race *race, bool unmap)
{
	static const struct window w = {
		.site = "lzo1x_decompress_safe", .when = "never", .fail = "-6",
		.then = WAIT_WRITEBACK,
	};
	unsigned long long end;
	unsigned long type, offset;
	struct zsw_swapoff *so;
	int ret;

	/* readahead must have nothing else to read */
	zsw_trim(&race->old, 1);
	if (!zsw_slot_of(&race->old, 0, &type, &offset))
		return zsw_fail("the page has no slot");
	race->window = &w;
	ret = window_setup("__x64_sys_swapoff", &w);
	if (ret)
		return ret;
	race->fired = window_count("fired");
	zsw_note("window: failing %s once, in swapoff", w.site);
	if (window_set("arm", "1"))
		return KSFT_FAIL;
	so = zsw_swapoff_start(race->ctx->dev);
	if (!so)
		return zsw_fail("cannot create a thread");
	end = zsw_now_ms() + HELD_MS;
	while (!window_is("held")) {
		if (zsw_now_ms() > end || zsw_swapoff_wait(so, 0))
			return zsw_fail("window not hit: %s is not held", w.then);
		zsw_msleep(5);
	}
	if (window_count("fired") != race->fired + 2)
		return zsw_fail("window not hit: nothing decompressed");
	zsw_note("window: held %s, slot %lu", w.then, offset);
	if (unmap) {
		/* munmap() would wait for swapoff, which holds mmap_lock */
		madvise(race->old.mem, zsw_page_size, MADV_DONTNEED);
		if (zsw_slot_of(&race->old, 0, &type, &offset))
			return zsw_fail("window not hit: the page is still mapped");
		zsw_note("window: page unmapped");
	}
	if (race_still_held())
		return KSFT_FAIL;
	zsw_note("window: released");
	if (window_set("release", "1"))
		return KSFT_FAIL;
	if (!zsw_swapoff_wait(so, SWAPOFF_MS))
		return zsw_fail("swapoff did not return after the release");
	zsw_note("window: swapoff: %s", strerror(-so->err));
	/* where page tables have no error entries (before 5.19), swapoff must fail */
	if (so->err && (unmap || so->err != -EIO))
		return zsw_fail("swapoff: %s", strerror(-so->err));
	return KSFT_PASS;
}

/* swapoff must not map a page that could not be read. */
static int test_swapoff_unreadable(struct zsw_ctx *ctx)
{
	struct race race;
	size_t which;
	int ret;

	ret = race_begin(&race, ctx);
	if (!ret)
		ret = swapoff_unreadable(&race, false);
	if (!ret && unreadable(&race.old, &which) != 1)
		ret = zsw_fail("the page can be read after swapoff");
	return race_end(&race, ret);
}

/*
 * If the owner has unmapped the page meanwhile, no data is lost: swapoff must not
 * fail.
 */
static int test_swapoff_unmapped(struct zsw_ctx *ctx)
{
	struct race race;
	int ret;

	ret = race_begin(&race, ctx);
	if (!ret)
		ret = swapoff_unreadable(&race, true);
	return race_end(&race, ret);
}

/*
 * A thread that faults on a page, or pages it out, or calls swapoff, when it is
 * told to.  Create it before a fault is held: that fault has mmap_lock, and a new
 * stack needs it.
 */
struct fault {
	pthread_t thread;
	struct zsw_region page;
	bool write;
	bool pageout;		/* MADV_PAGEOUT instead of a fault */
	bool in_kernel;		/* the kernel reads the page: -EFAULT, not SIGBUS */
	const char *swapoff;	/* a device: swapoff instead of a fault */
	int err;
	int go;
	int done;
	unsigned long long end;	/* see cycles() */
};

/* The clock of a guest may be no finer than a tick. */
static unsigned long long cycles(void)
{
#ifdef __x86_64__
	return __builtin_ia32_rdtsc();
#else
	return 0;
#endif
}

/* Return: 0, or -errno. */
static int read_in_kernel(const char *byte)
{
	int fds[2], ret = 0;

	if (pipe(fds))
		return -errno;
	if (write(fds[1], byte, 1) != 1)
		ret = -errno;
	close(fds[0]);
	close(fds[1]);
	return ret;
}

static void *fault_thread(void *arg)
{
	struct fault *f = arg;

	while (!__atomic_load_n(&f->go, __ATOMIC_ACQUIRE))
		zsw_msleep(1);
	if (f->swapoff)
		f->err = zsw_swapoff(f->swapoff);
	else if (f->pageout)
		madvise(f->page.mem, zsw_page_size, MADV_PAGEOUT);
	else if (f->in_kernel)
		f->err = read_in_kernel(f->page.mem);
	else if (f->write)
		zsw_fill_page(f->page.mem, f->page.pattern, f->page.seed);
	else
		__atomic_load_n(f->page.mem, __ATOMIC_SEQ_CST);
	f->end = cycles();
	__atomic_store_n(&f->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static int fault_prepare(struct fault *f)
{
	if (pthread_create(&f->thread, NULL, fault_thread, f))
		return zsw_fail("cannot create a thread");
	pthread_detach(f->thread);
	return KSFT_PASS;
}

static void fault_start(struct fault *f)
{
	__atomic_store_n(&f->go, 1, __ATOMIC_RELEASE);
}

static bool fault_wait(struct fault *f, unsigned int ms)
{
	unsigned long long end = zsw_now_ms() + ms;

	while (!__atomic_load_n(&f->done, __ATOMIC_ACQUIRE)) {
		if (zsw_now_ms() > end)
			return false;
		zsw_msleep(5);
	}
	return true;
}

/* Start a fault that reads past the swap cache, and wait until it is held. */
static int fault_hold(struct race *race, struct fault *f, const struct window *w)
{
	const char *site = name_here(w->site);
	unsigned long long end;
	int ret = KSFT_PASS;

	if (race->window != w) {
		ret = window_setup("do_swap_page", w);
		if (!ret)
			ret = race_no_readahead(race);
	}
	race->window = w;
	if (!ret)
		ret = window_set("arm", "1");
	if (ret)
		return ret;
	fault_start(f);
	end = zsw_now_ms() + HELD_MS;
	while (!window_is("held")) {
		if (zsw_now_ms() > end)
			return zsw_fail("window not hit: %s is not held", site);
		zsw_msleep(5);
	}
	zsw_note("window: held %s in a fault", site);
	if (zsw_resident(&f->page))
		return zsw_skip("the fault reads into the swap cache");
	return KSFT_PASS;
}

/* Let another fault write to the page, and swap the page out again. */
static int write_while_held(struct fault *writer, unsigned long offset)
{
	long long calls = window_count("calls");
	unsigned long type, again;

	fault_start(writer);
	if (!fault_wait(writer, BLOCKED_MS)) {
		calls = window_count("calls") - calls;
		zsw_note("window: the second fault waits, %lld tries", calls);
		if (calls < 2)
			return zsw_fail("window not hit: no retry");
		return race_still_held();
	}
	if (zsw_pageout(&writer->page) != 1 ||
	    !zsw_slot_of(&writer->page, 0, &type, &again))
		return zsw_fail("window not hit: the page is not swapped out");
	if (again != offset)
		return zsw_fail("window not hit: slot %lu, was %lu", again,
				offset);
	zsw_note("window: page written and swapped out, slot %lu again", again);
	return race_still_held();
}

/*
 * A fault on a synchronous device reads the page past the swap cache.  Meanwhile
 * another fault may map the page, and the page may be written to and swapped out
 * to the same slot.  pte_same() cannot tell, and the first fault maps the old data
 * (CVE-2024-26759).  The second fault must wait until the first is done.
 */
static int test_fault_skips_swap_cache(struct zsw_ctx *ctx)
{
	static const struct window w = { .site = SWAP_READ, .when = "after" };
	struct fault reader = { 0 }, writer = { .write = true };
	unsigned long type, offset;
	struct zsw_region page;
	struct race race;
	int ret;

	ret = race_begin(&race, ctx);
	if (ret)
		return race_end(&race, ret);
	/* not the first page: its slot may be next to the one taken last */
	page = race.old;
	page.mem += PAGES / 2 * zsw_page_size;
	page.nr = 1;
	/* no other slot may be free */
	zsw_fill(&race.new, ZSW_SHORT, 500000);
	zsw_pageout(&race.new);
	if (!zsw_swap_full(ctx->dev, 0) ||
	    !zsw_slot_of(&page, 0, &type, &offset))
		return race_end(&race, zsw_fail("window not hit: a slot is free"));
	reader.page = page;
	page.pattern = ZSW_LONG;
	page.seed = 700000;
	writer.page = page;
	ret = fault_prepare(&reader);
	if (ret)
		return race_end(&race, ret);
	ret = fault_prepare(&writer);
	if (!ret)
		ret = fault_hold(&race, &reader, &w);
	if (!ret)
		ret = write_while_held(&writer, offset);
	zsw_note("window: released");
	window_set("arm", "0");
	fault_start(&reader);
	fault_start(&writer);
	if (!fault_wait(&reader, RETURN_MS) || !fault_wait(&writer, RETURN_MS))
		ret = zsw_fail("a fault does not return");
	if (!ret)
		ret = zsw_check(&page, "what was written");
	return race_end(&race, ret);
}

static long long coarse_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* The coarse clock advances with the tick. */
static long long cycles_per_tick(void)
{
	unsigned long long before = 0, cycle = 0;
	long long start = 0, now, last;
	struct timespec tick;
	unsigned int nr = 0;

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	last = coarse_ns();
	while (nr <= 16) {
		cycle = cycles();
		now = coarse_ns();
		if (now == last)
			continue;
		last = now;
		if (!nr++) {
			before = cycle;
			start = now;
		}
	}
	return (cycle - before) * tick.tv_nsec / (last - start);
}

/*
 * While the first fault is held, the second retries and sleeps again, one or two
 * ticks each time.  Release the first soon after a retry.  @late is how many cycles
 * later than the first the second ends, or -1 if the first took so long that the
 * second may have been about to retry.
 */
static int time_second_fault(struct race *race, long long tick, long long *late)
{
	static const struct window w = { .site = SWAP_READ, .when = "after" };
	unsigned long long end, before = 0;
	struct fault first = { 0 }, second = { 0 };
	struct zsw_region page = race->old;
	long long calls, seen;
	int ret;

	*late = -1;
	page.nr = 1;
	if (zsw_pageout(&page) != 1)
		return zsw_fail("the page is not swapped out");
	first.page = page;
	second.page = page;
	ret = fault_prepare(&first);
	if (ret)
		return ret;
	ret = fault_prepare(&second);
	if (!ret)
		ret = fault_hold(race, &first, &w);
	seen = window_count("calls");
	/* the second fault, its first retry, and one after that */
	calls = seen + 3;
	end = zsw_now_ms() + BLOCKED_MS;
	fault_start(&second);
	while (!ret && seen < calls && zsw_now_ms() < end) {
		before = cycles();
		seen = window_count("calls");
	}
	if (!ret && seen < calls)
		ret = zsw_skip("a fault on a slot in use does not retry");
	/* it is asleep again after that */
	while (!ret && (long long)(cycles() - before) < tick / 8)
		;
	window_set("arm", "0");
	fault_start(&first);
	if (!fault_wait(&first, RETURN_MS) || !fault_wait(&second, RETURN_MS))
		return zsw_fail("a fault does not return");
	if ((long long)(first.end - before) < tick)
		*late = second.end > first.end ? second.end - first.end : 0;
	return ret;
}

/* at most so many rounds, until so many could be timed */
#define WAKE_ROUNDS	16
#define WAKE_TIMED	5

/*
 * A fault that finds its slot reserved by another fault must be woken when that one
 * is done, and not sleep for a jiffy.  The test is skipped on a machine that is too
 * busy for its times to mean anything.  Run it in a guest with one CPU whose clock
 * counts instructions (qemu -icount).
 */
static int test_fault_wakes_fault(struct zsw_ctx *ctx)
{
	long long tick = 0, late, least = 0;
	unsigned int round, timed = 0;
	struct race race;
	int ret;

	if (!cycles())
		return zsw_skip("no cycle counter");
	ret = race_begin(&race, ctx);
	if (!ret)
		tick = cycles_per_tick();
	/* no longer than the rounds that are left may do */
	for (round = 0; !ret && timed < WAKE_TIMED &&
	     WAKE_TIMED - timed <= WAKE_ROUNDS - round; round++) {
		ret = time_second_fault(&race, tick, &late);
		if (ret || late < 0)
			continue;
		if (!timed++ || late < least)
			least = late;
	}
	if (!ret && timed < WAKE_TIMED)
		ret = zsw_skip("too busy: only %u of %u faults could be timed",
			       timed, round);
	if (!ret) {
		zsw_note("window: second fault done %lld%% of a tick after the first, least of %u",
			 least * 100 / tick, timed);
		if (least >= tick / 2)
			ret = zsw_fail("the second fault was not woken");
	}
	if (!ret)
		ret = zsw_check(&race.old, "after the faults");
	return race_end(&race, ret);
}

/*
 * A fault past the swap cache drops the swap count of its slot before it clears
 * SWAP_HAS_CACHE.  A swapoff that has read the pte earlier must wait for both, and
 * not fail with -ENOMEM because it cannot get a page for the slot.
 */
static int test_swapoff_meets_fault(struct zsw_ctx *ctx)
{
	static const struct window w = {
		.site = SWAP_READ, .when = "after", .then = "swapcache_clear",
	};
	struct fault reader = { 0 }, off = { .swapoff = ctx->dev };
	struct race race;
	int ret;

	if (!zsw_has_symbol(w.then))
		return zsw_skip("no fault reserves its slot here");
	ret = race_begin(&race, ctx);
	if (ret)
		return race_end(&race, ret);
	/* nothing else for swapoff to wait for */
	zsw_trim(&race.old, 1);
	reader.page = race.old;
	ret = fault_prepare(&reader);
	if (ret)
		return race_end(&race, ret);
	ret = fault_prepare(&off);
	race.fired = window_count("fired");
	if (!ret)
		ret = fault_hold(&race, &reader, &w);
	fault_start(&off);
	if (!ret && fault_wait(&off, BLOCKED_MS))
		ret = zsw_fail("swapoff did not wait for the fault: %s",
			       strerror(-off.err));
	if (!ret)
		ret = race_hold_again(&race);
	if (!ret && fault_wait(&off, BLOCKED_MS))
		ret = zsw_fail("swapoff did not wait for the slot: %s",
			       strerror(-off.err));
	if (!ret)
		zsw_note("window: swapoff waits");
	window_set("arm", "0");
	fault_start(&reader);
	if (!fault_wait(&reader, RETURN_MS) || !fault_wait(&off, SWAPOFF_MS))
		return race_end(&race, zsw_fail("swapoff does not return"));
	if (!ret && off.err)
		ret = zsw_fail("swapoff: %s", strerror(-off.err));
	if (!ret)
		ret = zsw_check(&race.old, "after swapoff");
	return race_end(&race, ret);
}

/* Have reclaim take the page, and wait until it is held. */
static int reclaim_hold(struct race *race, struct fault *reclaim,
			const struct window *w)
{
	unsigned long long end = zsw_now_ms() + HELD_MS;

	race->window = w;
	if (window_setup(name_here(RECLAIM), w) || window_set("arm", "1"))
		return KSFT_FAIL;
	fault_start(reclaim);
	while (!window_is("held")) {
		if (zsw_now_ms() > end)
			return zsw_fail("window not hit: %s is not held",
					name_here(w->site));
		zsw_msleep(5);
	}
	zsw_note("window: held %s in reclaim", name_here(w->site));
	return KSFT_PASS;
}

/*
 * Read the page while reclaim stores it.  The reader has a reference, so reclaim
 * leaves the page in the swap cache, clean, and zswap has an entry for it.
 */
static int read_while_stored(struct race *race, struct fault *store,
			     struct fault *reader)
{
	static const struct window w = { .site = STORE, .when = "after" };
	int ret;

	ret = reclaim_hold(race, store, &w);
	if (ret)
		return ret;
	fault_start(reader);
	if (fault_wait(reader, BLOCKED_MS))
		return zsw_fail("window not hit: the reader does not wait");
	zsw_note("window: released");
	if (window_set("release", "1"))
		return KSFT_FAIL;
	if (!fault_wait(store, RETURN_MS) || !fault_wait(reader, RETURN_MS))
		return zsw_fail("reclaim or the reader does not return");
	if (zsw_resident(&race->old) != 1)
		return zsw_fail("window not hit: the page is not mapped");
	if (!zsw_stat("stored_pages"))
		return zsw_skip("a fault frees the slot on this device");
	return KSFT_PASS;
}

/* Unmap the page while reclaim has it locked: reclaim frees its slot, then. */
static int unmap_while_reclaimed(struct race *race, struct fault *reclaim)
{
	static const struct window w = { .site = "try_to_unmap", .when = "before" };
	int ret;

	ret = reclaim_hold(race, reclaim, &w);
	if (ret)
		return ret;
	madvise(race->old.mem, zsw_page_size, MADV_DONTNEED);
	zsw_note("window: page unmapped, %lld entries", zsw_stat("stored_pages"));
	if (zsw_stat("stored_pages") != 1)
		return zsw_fail("window not hit: the entry went with the page");
	ret = race_still_held();
	if (ret)
		return ret;
	zsw_note("window: released");
	if (window_set("release", "1"))
		return KSFT_FAIL;
	if (!fault_wait(reclaim, RETURN_MS))
		return zsw_fail("reclaim does not return");
	if (zsw_stat("stored_pages"))
		return zsw_fail("window not hit: reclaim did not free the slot");
	return KSFT_PASS;
}

/*
 * The last entry of a pool that has been replaced goes, and the pool with it, while
 * reclaim takes its folio out of the swap cache: with interrupts off, and a
 * spinlock of the swap cache held.
 */
static int test_pool_last_entry(struct zsw_ctx *ctx)
{
	struct fault store = { .pageout = true }, reclaim = { .pageout = true };
	struct fault reader = { 0 };
	struct race race = { .ctx = ctx };
	cpu_set_t cpus;
	int ret;

	if (access(WINDOW_DIR "arm", W_OK))
		return zsw_skip("module zswap_window is not loaded");
	if (!zsw_has_symbol("swap_cache_alloc_folio"))
		return zsw_skip("slots are freed with interrupts on here");
	/* MADV_PAGEOUT finds a page that is in the batch of its own CPU */
	sched_getaffinity(0, sizeof(cpus), &cpus);
	stay_on_this_cpu();
	ret = zsw_begin(ctx, SLOTS) ?: zsw_map(&race.old, 1);
	if (!ret) {
		zsw_fill(&race.old, ZSW_SHORT, 1000);
		store.page = race.old;
		reclaim.page = race.old;
		reader.page = race.old;
		ret = fault_prepare(&store) ?: fault_prepare(&reclaim) ?:
		      fault_prepare(&reader);
	}
	if (ret)
		goto out;

	ret = read_while_stored(&race, &store, &reader);
	if (!ret && zsw_param_set("compressor", "lzo-rle"))
		ret = zsw_skip("no compressor lzo-rle");
	if (!ret) {
		zsw_msleep(REPLACED_MS);
		ret = unmap_while_reclaimed(&race, &reclaim);
	}
	/* what was not started would wait for ever */
	window_set("arm", "0");
	fault_start(&store);
	fault_start(&reclaim);
	fault_start(&reader);
	if (!fault_wait(&store, RETURN_MS) || !fault_wait(&reclaim, RETURN_MS) ||
	    !fault_wait(&reader, RETURN_MS))
		ret = zsw_fail("a thread does not return");
out:
	sched_setaffinity(0, sizeof(cpus), &cpus);
	return race_end(&race, ret);
}

/* Folios of 64 KiB, anonymous and of shmem. */
#define LARGE_PAGES	16
#define LARGE_DIR	"/sys/kernel/mm/transparent_hugepage/hugepages-64kB/"
/* more than one cluster of the swap area, which a large folio takes its slots from */
#define LARGE_SLOTS	2048

/* Map and fill one large folio, and swap it out as it is. */
static int large_out(struct zsw_region *r, int flags, unsigned long seed)
{
	size_t size = LARGE_PAGES * zsw_page_size;
	char *mem;

	mem = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS,
		   -1, 0);
	if (mem == MAP_FAILED)
		return zsw_fail("out of memory");
	r->mem = (char *)(((unsigned long)mem + size - 1) & ~(size - 1));
	/* that of shmem is aligned in its file */
	if (flags & MAP_SHARED)
		r->mem = mem;
	r->nr = LARGE_PAGES;
	zsw_fill(r, ZSW_SHORT, seed);
	if (zsw_pageout(r) != LARGE_PAGES)
		return zsw_fail("%zu pages of a large folio are not swapped out",
				zsw_resident(r));
	return KSFT_PASS;
}

/*
 * Hold faults that are about to read a large folio, or have added it to the swap
 * cache, and enable zswap for the first time.
 */
static int large_load_hold(struct race *race, struct fault *readers, size_t nr,
			   const char *when)
{
	static struct window w = { .site = SWAP_CACHE_ALLOC };
	unsigned long long end = zsw_now_ms() + HELD_MS;
	char arm[16];
	size_t i;

	/* before 7.0 a fault that reads past the swap cache reserves the slots */
	if (zsw_has_symbol("swapcache_prepare"))
		w.site = "swapcache_prepare";
	w.when = when;
	race->window = &w;
	race->fired = window_count("fired");
	snprintf(arm, sizeof(arm), "%zu", nr);
	if (window_setup("handle_mm_fault", &w) || window_set("arm", arm))
		return KSFT_FAIL;
	for (i = 0; i < nr; i++)
		fault_start(&readers[i]);
	while (window_count("fired") != race->fired + (long long)nr ||
	       !window_is("held")) {
		if (zsw_now_ms() > end)
			return zsw_fail("window not hit: %s is not held",
					name_here(w.site));
		zsw_msleep(5);
	}
	zsw_note("window: held %s in %zu faults", name_here(w.site), nr);
	if (zsw_param_set("enabled", "Y"))
		return zsw_fail("zswap cannot be enabled");
	return race_still_held();
}

static int large_load_check(const struct fault *f, const char *what)
{
	struct zsw_region r = f->page;
	size_t which;

	zsw_note("window: %s: %s, %zu pages mapped", what, strerror(-f->err),
		 zsw_resident(&r));
	if (f->err)
		return zsw_fail("a read of a large folio failed, %s: %zu pages are lost",
				what, unreadable(&r, &which));
	return zsw_check(&r, what);
}

static int large_begin(struct zsw_ctx *ctx)
{
	if (access(WINDOW_DIR "arm", W_OK))
		return zsw_skip("module zswap_window is not loaded");
	if (zsw_write_file(LARGE_DIR "enabled", "always") ||
	    zsw_write_file(LARGE_DIR "shmem_enabled", "always"))
		return zsw_skip("no large folios of anonymous memory and shmem");
	return zsw_swapon(ctx->dev, ctx->dev_given, LARGE_SLOTS);
}

static int large_end(struct race *race, struct fault *readers, size_t nr, int ret)
{
	size_t i;

	zsw_note("window: released");
	window_set("arm", "0");
	for (i = 0; i < nr; i++) {
		fault_start(&readers[i]);
		if (!fault_wait(&readers[i], RETURN_MS))
			ret = zsw_fail("a fault does not return");
	}
	return ret;
}

/*
 * While zswap has never been enabled, a fault may read a large folio from a
 * synchronous device.  If zswap is enabled after the folio was added to the swap
 * cache, the device still has all of it.
 */
static int test_large_load_first(struct zsw_ctx *ctx)
{
	struct fault readers[2] = { { .in_kernel = true }, { .in_kernel = true } };
	struct race race = { .ctx = ctx };
	int ret;

	ret = large_begin(ctx) ?:
	      large_out(&readers[0].page, MAP_PRIVATE, 1000) ?:
	      large_out(&readers[1].page, MAP_SHARED, 2000) ?:
	      fault_prepare(&readers[0]) ?: fault_prepare(&readers[1]);
	if (ret)
		return ret;
	ret = large_load_hold(&race, readers, 2, "after");
	ret = large_end(&race, readers, 2, ret);
	if (!ret && !readers[0].err && zsw_resident(&readers[0].page) != LARGE_PAGES)
		ret = zsw_fail("window not hit: the folio was not large");
	if (!ret) {
		ret = large_load_check(&readers[1], "shmem");
		ret = large_load_check(&readers[0], "anonymous") ?: ret;
	}
	return race_end(&race, ret);
}

/*
 * If zswap is enabled before the folio is added, one of its slots may be freed and
 * used again meanwhile, by a page that zswap takes.
 */
static int test_large_load_reuse(struct zsw_ctx *ctx)
{
	struct fault reader = { .in_kernel = true };
	unsigned long type, offset, again;
	struct race race = { .ctx = ctx };
	struct zsw_region last;
	int ret;

	ret = large_begin(ctx) ?: large_out(&reader.page, MAP_PRIVATE, 1000) ?:
	      fault_prepare(&reader) ?: zsw_map(&race.new, LARGE_SLOTS) ?:
	      zsw_map(&race.extra, 1);
	if (ret)
		return ret;
	/* no other slot may be free */
	zsw_fill(&race.new, ZSW_SHORT, 500000);
	zsw_pageout(&race.new);
	last = reader.page;
	last.mem += (LARGE_PAGES - 1) * zsw_page_size;
	last.seed += LARGE_PAGES - 1;
	last.nr = 1;
	if (!zsw_swap_full(ctx->dev, 0) || !zsw_slot_of(&last, 0, &type, &offset))
		ret = zsw_fail("window not hit: a slot is free");
	if (!ret)
		ret = large_load_hold(&race, &reader, 1, "before");
	if (!ret)
		ret = zsw_check(&last, "last page");
	zsw_fill(&race.extra, ZSW_SHORT, 700000);
	if (!ret && (zsw_pageout(&race.extra) != 1 ||
		     !zsw_slot_of(&race.extra, 0, &type, &again) || again != offset ||
		     zsw_stat("stored_pages") != 1))
		ret = zsw_fail("window not hit: slot %lu is not used again", offset);
	if (!ret) {
		zsw_note("window: slot %lu has a page in zswap now", offset);
		ret = race_still_held();
	}
	ret = large_end(&race, &reader, 1, ret);
	if (!ret)
		ret = large_load_check(&reader, "anonymous");
	if (!ret)
		ret = zsw_check(&race.extra, "the page that has the slot");
	return race_end(&race, ret);
}

static const struct zsw_test tests[] = {
	{
		"swapoff-before-tree", test_swapoff_before_tree,
		"swapoff before writeback looks at the tree of the swap type",
	},
	{
		"swapoff-failure-path", test_swapoff_failure_path,
		"swapoff before the swap cache lookup, which fails for it",
	},
	{
		"swapoff-after-submission", test_swapoff_after_submission,
		"swapoff after the page has been submitted for writing",
	},
	{
		"swapoff-swapon", test_swapoff_swapon,
		"swapoff, swapon and new pages under a held writeback",
	},
	{
		"slot-reuse", test_slot_reuse,
		"a new page of another compressed length in the slot",
	},
	{
		"slot-reuse-same-length", test_slot_reuse_same_length,
		"a new page of the same compressed length in the slot",
	},
	{
		"slot-reuse-same-filled", test_slot_reuse_same_filled,
		"a new same-filled page in the slot",
	},
	{
		"slot-reuse-late", test_slot_reuse_late,
		"a new page in the slot, just before its page is locked",
	},
	{
		"slot-reuse-second-handle", test_slot_reuse_second_handle,
		"slots reused while the first handle of a pool page is evicted",
	},
	{
		"entry-reuse", test_entry_reuse,
		"a same-filled page in the slot, its entry at the same address",
	},
	{
		"entry-reuse-pool", test_entry_reuse_pool,
		"a new page in the slot, its entry at the same address, another pool",
	},
	{
		"slot-free", test_slot_free,
		"slots freed while writeback cannot tell: no memory is lost",
	},
	{
		"swapoff-waits", test_swapoff_waits,
		"swapoff waits while writeback has the page of a slot locked",
	},
	{
		"swapoff-late-failure", test_swapoff_late_failure,
		"swapoff waits for a page that writeback then gives up",
	},
	{
		"offline-while-held", test_offline_while_held,
		"the memory cgroup goes while an entry of it is written back",
	},
	{
		"decompress-fail", test_decompress_fail,
		"decompression fails in writeback: no crash, no entry lost",
	},
	{
		"load-fail", test_load_fail,
		"decompression fails in a load: SIGBUS, no crash, no other data",
	},
	{
		"load-fail-reclaim", test_load_fail_reclaim,
		"the same, and the other entries are written back after it",
	},
	{
		"load-alloc-fail", test_load_alloc_fail,
		"no memory in a load: the page has the data that was written",
	},
	{
		"fault-skips-swap-cache", test_fault_skips_swap_cache,
		"a page is written and swapped out while a fault reads it",
	},
	{
		"fault-wakes-fault", test_fault_wakes_fault,
		"a fault that waits for another one is woken, not after a tick",
	},
	{
		"swapoff-meets-fault", test_swapoff_meets_fault,
		"swapoff while a fault has reserved the slot",
	},
	{
		"pool-last-entry", test_pool_last_entry,
		"reclaim frees a slot that has the last entry of an old pool",
	},
	{
		"large-load-first", test_large_load_first,
		"zswap is enabled for the first time while large folios are read",
		true,
	},
	{
		"large-load-reuse", test_large_load_reuse,
		"the same, and zswap has a page in one of the slots by then",
		true,
	},
	{
		"swapoff-unreadable", test_swapoff_unreadable,
		"decompression fails in swapoff: SIGBUS or -EIO, no other data",
	},
	{
		"swapoff-unmapped", test_swapoff_unmapped,
		"the same, and the page is unmapped meanwhile: swapoff succeeds",
	},
};

/**
 * main() - run the tests that need the window held open
 * @argc: number of arguments
 * @argv: arguments, see -h
 *
 * Return: kselftest exit status.
 */
int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; !design && i < ARRAY_SIZE(designs); i++)
		if (zsw_has_symbol(designs[i].symbol))
			design = &designs[i];

	zsw_prog = "zswap_race";
	return zsw_main(argc, argv, "f", tests, ARRAY_SIZE(tests));
}
