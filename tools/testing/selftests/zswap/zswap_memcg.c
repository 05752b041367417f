// SPDX-License-Identifier: GPL-2.0-only
/*
 * zswap_memcg: writeback out of the LRU of a memory cgroup.
 *
 * Since v6.8 zswap has an LRU for each memory cgroup, and writeback starts from
 * there: from the shrinker, from memory.reclaim, and from a store that does not
 * fit below memory.zswap.max.  Each test uses one of these, demands that pages
 * were written back, and checks every page.
 *
 * Safe to run anywhere as root.  It skips if swap is in use, or if cgroup v2
 * with the memory controller is not to be had.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest.h"
#include "zswap_cgroup.h"
#include "zswap_util.h"

#define SLOTS		4000
/* the shrinker leaves a region alone that is not much larger than its batch */
#define PAGES		1200
#define TRIES		20

#define V1_DIR		"/tmp/zswap_v1"
#define DROP_CACHES	"/proc/sys/vm/drop_caches"
#define LOCK_STAT	"/proc/lock_stat"
#define LOCK_STAT_ON	"/proc/sys/kernel/lock_stat"

/* Map a region that is charged to a cgroup, fill it and swap it out. */
static int cg_fill(const char *cg, struct zsw_region *r, unsigned long seed,
		   size_t *out)
{
	int ret;

	ret = zsw_cg_enter(cg);
	if (!ret)
		ret = zsw_map(r, PAGES);
	if (!ret) {
		zsw_fill(r, ZSW_LONG, seed);
		*out = zsw_pageout(r);
		zsw_note("%zu pages swapped out, %lld bytes in zswap, cgroup %s",
			 *out, zsw_cg_read(cg, "memory.zswap.current"), cg);
	}
	zsw_cg_enter(".");
	return ret;
}

/* Make a cgroup with a region in zswap. */
static int cg_store(const char *cg, struct zsw_region *r, unsigned long seed)
{
	size_t out;
	int ret;

	ret = zsw_cg_make(cg);
	if (!ret)
		ret = cg_fill(cg, r, seed, &out);
	if (!ret && (out < PAGES * 9 / 10 ||
		     zsw_cg_read(cg, "memory.zswap.current") <= 0))
		ret = zsw_fail("too few pages stored");
	return ret;
}

/* Repeat what makes zswap write back until it has. */
static int until_written_back(int (*trigger)(const char *cg), const char *cg)
{
	long long start = zsw_stat("written_back_pages");
	unsigned int i;
	int ret;

	for (i = 0; i < TRIES; i++) {
		ret = trigger(cg);
		if (ret)
			return ret;
		if (zsw_stat("written_back_pages") > start)
			break;
		zsw_msleep(100);
	}
	zsw_note("written_back_pages +%lld",
		 zsw_stat("written_back_pages") - start);
	if (i == TRIES)
		return zsw_fail("nothing was written back");
	return KSFT_PASS;
}

static int drop_slab(const char *cg)
{
	if (zsw_write_file(DROP_CACHES, "2"))
		return zsw_skip("no " DROP_CACHES);
	return KSFT_PASS;
}

/* More than there is: reclaim goes on to the highest priority, then gives up. */
static int cg_reclaim(const char *cg)
{
	int ret = zsw_cg_write(cg, "memory.reclaim", "64M");

	if (ret == -ENOENT)
		return zsw_skip("no memory.reclaim");
	return KSFT_PASS;
}

/* Run @body while zswap has a region of cgroup zswap_a, and the shrinker is on. */
static int with_shrinker(struct zsw_ctx *ctx, int (*body)(void))
{
	struct zsw_region r = { 0 };
	int ret;

	if (zsw_param_set("shrinker_enabled", "Y"))
		return zsw_skip("zswap has no shrinker");
	ret = zsw_begin(ctx, SLOTS);
	if (!ret)
		ret = cg_store("zswap_a", &r, 3000);
	if (!ret)
		ret = body();
	if (!ret)
		ret = zsw_check(&r, "after writeback");
	zsw_unmap(&r);
	zsw_cg_remove("zswap_a");
	zsw_param_set("shrinker_enabled", "N");
	return ret;
}

static int drop_slab_writes_back(void)
{
	return until_written_back(drop_slab, "zswap_a");
}

static int test_shrinker(struct zsw_ctx *ctx)
{
	return with_shrinker(ctx, drop_slab_writes_back);
}

/*
 * How much a cgroup has in zswap, exactly: the kernel updates the number every two
 * seconds only, unless many pages change in between.
 */
static long long cg_in_zswap(const char *cg)
{
	sleep(3);
	return zsw_cg_read(cg, "memory.zswap.current");
}

/* Store some pages of a cgroup that take less than a page in zswap. */
static int cg_store_little(const char *cg, struct zsw_region *r, size_t nr)
{
	long long used;
	int ret;

	ret = zsw_cg_enter(cg);
	if (!ret)
		ret = zsw_map(r, nr);
	if (!ret) {
		zsw_fill(r, ZSW_LONG, 25000);
		zsw_pageout(r);
		used = cg_in_zswap(cg);
		if (used <= 0 || used >= getpagesize())
			ret = zsw_fail("window not hit: %lld bytes in zswap, cgroup %s",
				       used, cg);
	}
	zsw_cg_enter(".");
	return ret;
}

/*
 * Swap pages of this process out, which zswap charges to no cgroup, and shrink, while
 * zswap_a has @little pages in zswap.
 */
static int shrink_uncharged(struct zsw_ctx *ctx, size_t little)
{
	struct zsw_region r = { 0 }, other = { 0 };
	long long charged;
	int ret;

	ret = zsw_begin(ctx, SLOTS);
	if (!ret && little)
		ret = cg_store_little("zswap_a", &other, little);
	if (!ret)
		ret = zsw_map(&r, PAGES);
	if (!ret) {
		zsw_fill(&r, ZSW_LONG, 13000);
		zsw_pageout(&r);
		/* statistics of cgroups are brought up to date every two seconds */
		sleep(3);
		charged = zsw_stat_line("/sys/fs/cgroup/memory.stat", "zswapped");
		zsw_note("window: held %lld entries, memory.stat of the root cgroup: zswapped %lld",
			 zsw_stat("stored_pages"), charged);
		if (zsw_stat("stored_pages") < PAGES * 9 / 10)
			ret = zsw_fail("too few pages stored");
		else if ((charged > 0) != (little > 0))
			ret = zsw_fail("window not hit: pages of cgroups in zswap: %lld bytes",
				       charged);
	}
	if (!ret)
		ret = until_written_back(drop_slab, ".");
	if (!ret)
		ret = zsw_check(&r, "after writeback");
	zsw_unmap(&r);
	zsw_unmap(&other);
	return ret;
}

/*
 * Pages of tasks in the root cgroup are charged to no cgroup: its statistics, from
 * which the shrinker takes the compression ratio, say that there is nothing.
 */
static int test_shrinker_root(struct zsw_ctx *ctx)
{
	int ret;

	if (zsw_param_set("shrinker_enabled", "Y"))
		return zsw_skip("zswap has no shrinker");
	/* this mounts cgroup v2; a cgroup whose pages have gone must not count */
	ret = zsw_cg_make("zswap_a");
	zsw_cg_remove("zswap_a");
	if (!ret)
		ret = shrink_uncharged(ctx, 0);
	zsw_param_set("shrinker_enabled", "N");
	return ret;
}

/* Or they say what some pages of another cgroup take, which is less than a page. */
static int test_shrinker_root_ratio(struct zsw_ctx *ctx)
{
	int ret;

	if (zsw_param_set("shrinker_enabled", "Y"))
		return zsw_skip("zswap has no shrinker");
	ret = zsw_cg_make("zswap_a");
	if (!ret)
		ret = shrink_uncharged(ctx, 2);
	zsw_cg_remove("zswap_a");
	zsw_param_set("shrinker_enabled", "N");
	return ret;
}

/*
 * On cgroup v1 zswap charges nothing to any cgroup.  The memory controller stays with
 * cgroup v1 for a while after this, so it is done in a guest of its own; where cgroup v2
 * has the controller the mount fails.
 */
static int test_shrinker_v1(struct zsw_ctx *ctx)
{
	int ret;

	if (zsw_param_set("enabled", "Y") || zsw_param_set("shrinker_enabled", "Y"))
		return zsw_skip("zswap has no shrinker");
	mkdir("/tmp", 0755);
	mkdir(V1_DIR, 0755);
	if (mount("none", V1_DIR, "cgroup", 0, "memory")) {
		ret = zsw_skip("no memory controller of cgroup v1: %s", strerror(errno));
	} else {
		mkdir(V1_DIR "/zswap_a", 0755);
		ret = zsw_write_file(V1_DIR "/zswap_a/cgroup.procs", "0");
		ret = ret ? zsw_fail("cannot enter a cgroup: %s", strerror(-ret)) :
			    shrink_uncharged(ctx, 0);
		zsw_write_file(V1_DIR "/cgroup.procs", "0");
		rmdir(V1_DIR "/zswap_a");
		umount(V1_DIR);
	}
	rmdir(V1_DIR);
	zsw_param_set("shrinker_enabled", "N");
	return ret;
}

static int reclaim_writes_back(void)
{
	return until_written_back(cg_reclaim, "zswap_a");
}

static int test_reclaim(struct zsw_ctx *ctx)
{
	return with_shrinker(ctx, reclaim_writes_back);
}

/* For what happens only where each cgroup has an LRU of its own. */
static int lru_begin(struct zsw_ctx *ctx, struct zsw_region *r,
		     unsigned long seed)
{
	int ret;

	if (!zsw_has_symbol("shrink_memcg_cb"))
		return zsw_skip("zswap has no LRU for a memory cgroup");
	ret = zsw_begin(ctx, SLOTS);
	return ret ? ret : cg_store("zswap_a", r, seed);
}

/*
 * How often a lock has been taken since the statistics were cleared, by the
 * name that lockdep has for it.  Return: -1 if it knows no such lock.
 */
static long long acquisitions(const char *name)
{
	size_t len = strlen(name);
	long long nr = -1;
	char line[512];
	char *at;
	FILE *f;

	f = fopen(LOCK_STAT, "r");
	if (!f)
		return -1;
	while (nr < 0 && fgets(line, sizeof(line), f)) {
		at = line + strspn(line, " ");
		/* contentions: bounces, number, four times; then the same */
		if (!strncmp(at, name, len) && at[len] == ':' &&
		    sscanf(at + len + 1, "%*u %*u %*f %*f %*f %*f %*u %lld",
			   &nr) != 1)
			nr = -1;
	}
	fclose(f);
	return nr;
}

/*
 * Nothing is stored, loaded or freed while memory.reclaim makes the shrinker
 * write back, so every acquisition of the tree lock is one of writeback: one to
 * look the entry up, and for a page that is written one to invalidate it.
 */
static int count_tree_lock(void)
{
	long long written, failed, tree;
	int ret;

	if (zsw_write_file(LOCK_STAT_ON, "1") || zsw_write_file(LOCK_STAT, "0"))
		return zsw_skip("the kernel counts no locks");
	written = zsw_stat("written_back_pages");
	failed = zsw_stat("reject_reclaim_fail");
	ret = reclaim_writes_back();
	zsw_write_file(LOCK_STAT_ON, "0");
	if (ret)
		return ret;
	written = zsw_stat("written_back_pages") - written;
	failed = zsw_stat("reject_reclaim_fail") - failed;
	tree = acquisitions("&tree->lock");
	zsw_note("%lld failed, tree lock taken %lld times, LRU lock %lld",
		 failed, tree, acquisitions("&lru->node[i].lock"));
	if (tree < 0)
		return zsw_skip("the tree has no lock of that name");
	if (tree > 2 * written + failed)
		return zsw_fail("the tree lock is taken more than twice a page");
	return KSFT_PASS;
}

static int test_tree_lock(struct zsw_ctx *ctx)
{
	return with_shrinker(ctx, count_tree_lock);
}

/*
 * A store that does not fit writes back the oldest entry of its own cgroup,
 * and of no other one.
 */
static int test_zswap_max(struct zsw_ctx *ctx)
{
	struct zsw_region a = { 0 }, b = { 0 }, more = { 0 };
	long long start, other = 0;
	unsigned int i;
	char max[32];
	size_t out;
	int ret;

	ret = lru_begin(ctx, &a, 5000);
	if (!ret)
		ret = cg_store("zswap_b", &b, 7000);
	if (!ret) {
		other = cg_in_zswap("zswap_b");
		snprintf(max, sizeof(max), "%lld",
			 zsw_cg_read("zswap_a", "memory.zswap.current"));
		if (zsw_cg_write("zswap_a", "memory.zswap.max", max))
			ret = zsw_skip("no memory.zswap.max");
	}
	start = zsw_stat("written_back_pages");
	/* the first time may be spent on giving every entry a second chance */
	for (i = 0; !ret && i < TRIES; i++) {
		zsw_unmap(&more);
		ret = cg_fill("zswap_a", &more, 9000, &out);
		if (zsw_stat("written_back_pages") > start)
			break;
	}
	if (!ret) {
		start = zsw_stat("written_back_pages") - start;
		zsw_note("written_back_pages +%lld", start);
		if (!start)
			ret = zsw_fail("nothing was written back");
		else if (cg_in_zswap("zswap_b") != other)
			ret = zsw_fail("entries of another cgroup were written back");
	}
	if (!ret)
		ret = zsw_check(&a, "the limited cgroup");
	if (!ret)
		ret = zsw_check(&more, "what did not fit");
	if (!ret)
		ret = zsw_check(&b, "the other cgroup");
	zsw_unmap(&more);
	zsw_unmap(&a);
	zsw_unmap(&b);
	zsw_cg_remove("zswap_a");
	zsw_cg_remove("zswap_b");
	return ret;
}

/*
 * The entries of a cgroup that is gone are its parent's.  All of them must
 * still be found by writeback.
 */
static int test_offline(struct zsw_ctx *ctx)
{
	struct zsw_region r = { 0 };
	long long nr;
	int ret;

	ret = lru_begin(ctx, &r, 11000);
	if (!ret) {
		zsw_cg_remove("zswap_a");
		nr = zsw_write_back(PAGES * 8 / 10);
		zsw_note("written_back_pages +%lld", nr);
		if (nr < PAGES * 8 / 10)
			ret = zsw_fail("only %lld of %d pages written back", nr,
				       PAGES);
	}
	if (!ret)
		ret = zsw_check(&r, "after writeback");
	zsw_unmap(&r);
	zsw_cg_remove("zswap_a");
	return ret;
}

/*
 * The walk over all cgroups meets the dying one first, and has to get to the one behind
 * it: c5519e0a9bfb, v6.12.
 */
static int test_offline_first(struct zsw_ctx *ctx)
{
	struct zsw_region a = { 0 }, b = { 0 };
	long long nr;
	int ret;

	ret = lru_begin(ctx, &a, 11000);
	if (!ret)
		ret = cg_store("zswap_b", &b, 17000);
	if (!ret) {
		zsw_cg_remove("zswap_a");
		zsw_note("window: held %lld entries, the first cgroup removed",
			 zsw_stat("stored_pages"));
		nr = zsw_write_back(2 * PAGES * 8 / 10);
		zsw_note("written_back_pages +%lld, %lld bytes left of the second cgroup",
			 nr, zsw_cg_read("zswap_b", "memory.zswap.current"));
		if (nr < 2 * PAGES * 8 / 10)
			ret = zsw_fail("only %lld pages of two cgroups written back", nr);
	}
	if (!ret)
		ret = zsw_check(&a, "of the removed cgroup");
	if (!ret)
		ret = zsw_check(&b, "of the other cgroup");
	zsw_unmap(&a);
	zsw_unmap(&b);
	zsw_cg_remove("zswap_b");
	zsw_cg_remove("zswap_a");
	return ret;
}

/*
 * Make zswap write back entries of a cgroup that is gone, as a task of zswap_b, which is
 * not to be charged for these pages: they are none of its own.
 */
static int writer_not_charged(int (*trigger)(const char *cg), const char *cg)
{
	long long written, charged;
	int ret;

	ret = zsw_cg_make("zswap_b");
	if (!ret)
		ret = zsw_cg_enter("zswap_b");
	if (!ret) {
		zsw_note("window: held %lld entries, the cgroup removed",
			 zsw_stat("stored_pages"));
		written = zsw_stat("written_back_pages");
		charged = zsw_cg_read("zswap_b", "memory.current");
		ret = until_written_back(trigger, cg);
		written = zsw_stat("written_back_pages") - written;
		charged = (zsw_cg_read("zswap_b", "memory.current") - charged) / getpagesize();
		zsw_note("charged to the writer: %lld pages", charged);
		/* charges are made 64 pages at a time */
		if (!ret && written < 300)
			ret = zsw_fail("too few pages written back");
		else if (!ret && charged > PAGES / 4)
			ret = zsw_fail("%lld pages of a removed cgroup are charged to the writer",
				       charged);
	}
	zsw_cg_enter(".");
	zsw_cg_remove("zswap_b");
	return ret;
}

static int test_offline_charge(struct zsw_ctx *ctx)
{
	struct zsw_region r = { 0 };
	int ret;

	if (zsw_param_set("shrinker_enabled", "Y"))
		return zsw_skip("zswap has no shrinker");
	ret = lru_begin(ctx, &r, 19000);
	if (!ret) {
		zsw_cg_remove("zswap_a");
		ret = writer_not_charged(drop_slab, ".");
	}
	if (!ret)
		ret = zsw_check(&r, "after writeback");
	zsw_unmap(&r);
	zsw_cg_remove("zswap_a");
	zsw_param_set("shrinker_enabled", "N");
	return ret;
}

/* The same where a page of the parent does not fit below its memory.zswap.max. */
static int test_offline_charge_max(struct zsw_ctx *ctx)
{
	struct zsw_region r = { 0 }, more = { 0 };
	char max[32];
	int ret;

	if (!zsw_has_symbol("shrink_memcg_cb"))
		return zsw_skip("zswap has no LRU for a memory cgroup");
	ret = zsw_begin(ctx, SLOTS);
	if (!ret)
		ret = zsw_cg_make("zswap_p");
	if (!ret) {
		zsw_cg_write("zswap_p", "cgroup.subtree_control", "+memory");
		ret = cg_store("zswap_p/zswap_a", &r, 21000);
	}
	if (!ret) {
		/* a cgroup with tasks has no children with controllers */
		zsw_cg_remove("zswap_p/zswap_a");
		zsw_cg_write("zswap_p", "cgroup.subtree_control", "-memory");
		ret = zsw_cg_enter("zswap_p");
	}
	/* as many stores as entries may be spent on giving each a second chance */
	if (!ret)
		ret = zsw_map(&more, 2 * PAGES);
	if (!ret) {
		zsw_fill(&more, ZSW_LONG, 23000);
		snprintf(max, sizeof(max), "%lld", cg_in_zswap("zswap_p"));
		if (zsw_cg_write("zswap_p", "memory.zswap.max", max))
			ret = zsw_skip("no memory.zswap.max");
	}
	if (!ret)
		ret = writer_not_charged(cg_reclaim, "zswap_p");
	if (!ret)
		ret = zsw_check(&r, "of the removed cgroup");
	if (!ret)
		ret = zsw_check(&more, "of its parent");
	zsw_unmap(&more);
	zsw_unmap(&r);
	zsw_cg_remove("zswap_p/zswap_a");
	zsw_cg_remove("zswap_p");
	return ret;
}

static const struct zsw_test tests[] = {
	{
		"shrinker", test_shrinker,
		"the dynamic shrinker writes pages of a cgroup back",
	},
	{
		"shrinker-root", test_shrinker_root,
		"the same for pages of tasks that are in no cgroup but the root",
	},
	{
		"shrinker-root-ratio", test_shrinker_root_ratio,
		"the same while another cgroup has less than a page in zswap",
	},
	{
		"shrinker-v1", test_shrinker_v1,
		"the same for pages of a cgroup of cgroup v1",
		true,
	},
	{
		"reclaim", test_reclaim,
		"memory.reclaim makes the shrinker write pages back",
	},
	{
		"zswap-max", test_zswap_max,
		"a store above memory.zswap.max writes back pages of its cgroup",
	},
	{
		"offline", test_offline,
		"pages of a cgroup that is gone are written back",
	},
	{
		"offline-first", test_offline_first,
		"pages of a cgroup that comes after one that is gone are written back",
	},
	{
		"offline-charge", test_offline_charge,
		"the shrinker's caller is not charged for pages of a cgroup that is gone",
	},
	{
		"offline-charge-max", test_offline_charge_max,
		"nor is who reclaims its parent, when a store is above memory.zswap.max",
	},
	{
		"tree-lock", test_tree_lock,
		"the tree lock is taken at most twice for a page written back",
	},
};

/**
 * main() - run the tests of writeback from memory cgroups
 * @argc: number of arguments
 * @argv: arguments, see -h
 *
 * Return: kselftest exit status.
 */
int main(int argc, char **argv)
{
	zsw_prog = "zswap_memcg";
	return zsw_main(argc, argv, "", tests, ARRAY_SIZE(tests));
}
