// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for zswap. mm/zswap.c includes this file.
 *
 * Each case has a swap device of its own: one cluster, whose swap_ops copy to
 * and from a buffer. The device is on no list of the slot allocator, so nothing
 * else uses it. The case picks its slots itself, which makes reuse of a slot
 * deterministic.
 *
 * Swap table, swap cache, swap_writeout(), swapin_sync() and all of zswap are
 * the real ones. Not covered: the slot allocator, swapoff of a device with slots
 * in use, races, and cgroups other than the root.
 */

#include <kunit/test.h>
#include <linux/jhash.h>
#include <linux/panic.h>
#include <linux/percpu-refcount.h>
#include <linux/uio.h>

#include "swap_table.h"

/* swapon takes the lowest type that is free, the tests take the highest */
#define ZSWAP_TEST_TYPE		(MAX_SWAPFILES - 1)

/* Slot 0 is bad, like that of a swap header */
#define ZSWAP_TEST_SLOTS	16

/* No two words of such a page are alike, so it cannot be compressed */
#define ZSWAP_TEST_NOISE	BIT(31)

/* A compressor other than the current one, to change to */
#define ZSWAP_TEST_COMPRESSOR	"deflate"

struct zswap_test {
	/*
	 * First, and kept from case to case: get_swap_device() looks at the
	 * swap_info_struct of a slot that it has no reference to.
	 */
	struct swap_info_struct si;
	struct swap_cluster_info ci;
	struct swap_table table;
#ifdef CONFIG_MEMCG
	struct swap_memcg_table memcg_table;
#endif
	DECLARE_BITMAP(zero_bitmap, SWAPFILE_CLUSTER);
	struct file file;

	/* What is on the device */
	char *data;
	unsigned int nr_writes;
	bool fail_writes;

	/* What exit has to undo, also if the case was aborted */
	struct folio *folios[4 * ZSWAP_TEST_SLOTS];
	unsigned int nr_folios;
	bool has_users;
	bool has_trees;

	/* zswap before the case */
	char compressor[CRYPTO_MAX_ALG_NAME];
	long stored_pages;
	long incompressible_pages;
	unsigned long nr_lru;
	unsigned long taint;
};

static struct zswap_test zswap_test;

/*
 * The swap device
 */

static void zswap_test_submit(struct swap_io_ctx *ctx, int rw)
{
	struct zswap_test *zt = container_of(ctx->sis, struct zswap_test, si);
	struct kiocb *iocb = &ctx->sio->iocb;
	struct iov_iter iter;
	void *data;
	long ret;

	swap_fs_prepare_rw(ctx, rw, &iter);
	data = zt->data + iocb->ki_pos;
	if (rw == READ) {
		ret = copy_to_iter(data, iov_iter_count(&iter), &iter);
	} else if (zt->fail_writes) {
		ret = -EIO;
	} else {
		ret = copy_from_iter(data, iov_iter_count(&iter), &iter);
		zt->nr_writes++;
	}
	iocb->ki_complete(iocb, ret);
}

static void zswap_test_submit_write(struct swap_io_ctx *ctx)
{
	zswap_test_submit(ctx, WRITE);
}

static void zswap_test_submit_read(struct swap_io_ctx *ctx)
{
	zswap_test_submit(ctx, READ);
}

static const struct swap_ops zswap_test_swap_ops = {
	.can_merge = swap_fs_can_merge,
	.submit_write = zswap_test_submit_write,
	.submit_read = zswap_test_submit_read,
};

static void zswap_test_users_release(struct percpu_ref *ref)
{
	complete(&container_of(ref, struct swap_info_struct, users)->comp);
}

/* swapon(), without SWP_WRITEOK and without the lists that it would be on */
static int zswap_test_swapon(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct swap_info_struct *si = &zt->si;
	struct swap_cluster_info *ci = &zt->ci;
	int err;

	zt->data = kunit_kzalloc(test, ZSWAP_TEST_SLOTS * PAGE_SIZE, GFP_KERNEL);
	if (!zt->data)
		return -ENOMEM;
	err = sio_pool_init();
	if (err)
		return err;

	spin_lock_init(&ci->lock);
	INIT_LIST_HEAD(&ci->list);
	RCU_INIT_POINTER(ci->table, zt->table.entries);
#ifdef CONFIG_MEMCG
	ci->memcg_table = &zt->memcg_table;
#endif
#if !SWAP_TABLE_HAS_ZEROFLAG
	ci->zero_bitmap = zt->zero_bitmap;
#endif
	/* The cluster is never empty, and so never freed */
	spin_lock(&ci->lock);
	__swap_table_set(ci, 0, SWP_TB_BAD);
	ci->count = 1;
	spin_unlock(&ci->lock);

	si->flags = SWP_USED;
	si->type = ZSWAP_TEST_TYPE;
	si->max = ZSWAP_TEST_SLOTS;
	si->pages = ZSWAP_TEST_SLOTS - 1;
	si->swap_file = &zt->file;
	si->ops = &zswap_test_swap_ops;
	si->cluster_info = ci;
	atomic_long_set(&si->inuse_pages, 0);
	spin_lock_init(&si->lock);
	init_completion(&si->comp);
	INIT_LIST_HEAD(&si->free_clusters);
	INIT_LIST_HEAD(&si->full_clusters);
	INIT_LIST_HEAD(&si->discard_clusters);
	for (unsigned int i = 0; i < SWAP_NR_ORDERS; i++) {
		INIT_LIST_HEAD(&si->nonfull_clusters[i]);
		INIT_LIST_HEAD(&si->frag_clusters[i]);
	}

	err = percpu_ref_init(&si->users, zswap_test_users_release, 0, GFP_KERNEL);
	if (err)
		return err;
	zt->has_users = true;

	err = zswap_swapon(si->type, si->max);
	if (err)
		return err;
	zt->has_trees = true;

	WRITE_ONCE(swap_info[si->type], si);
	return 0;
}

static void zswap_test_swapoff(struct zswap_test *zt)
{
	/* The shrinker may be at work on an entry of this device, as in swapoff */
	if (zt->has_users) {
		percpu_ref_kill(&zt->si.users);
		wait_for_completion(&zt->si.comp);
	}
	if (zt->has_trees) {
		WRITE_ONCE(swap_info[ZSWAP_TEST_TYPE], NULL);
		zswap_swapoff(ZSWAP_TEST_TYPE);
	}
	if (zt->has_users)
		percpu_ref_exit(&zt->si.users);
}

static swp_entry_t zswap_test_slot(unsigned int offset)
{
	return swp_entry(ZSWAP_TEST_TYPE, offset);
}

/*
 * Folios
 */

static u32 zswap_test_word(u32 seed, unsigned int i)
{
	if (!seed)
		return 0;
	return jhash_1word(seed & ZSWAP_TEST_NOISE ? i : i / 64, seed);
}

static bool zswap_test_is_data(const void *data, u32 seed)
{
	const u32 *p = data;

	for (unsigned int i = 0; i < PAGE_SIZE / sizeof(*p); i++) {
		if (p[i] != zswap_test_word(seed, i))
			return false;
	}
	return true;
}

static bool zswap_test_has(struct folio *folio, u32 seed)
{
	void *p = kmap_local_folio(folio, 0);
	bool ret = zswap_test_is_data(p, seed);

	kunmap_local(p);
	return ret;
}

/* Each page of a large folio gets contents of its own, unless all are zero */
static void zswap_test_fill(struct folio *folio, u32 seed)
{
	for (long index = 0; index < folio_nr_pages(folio); index++) {
		u32 *p = kmap_local_folio(folio, index * PAGE_SIZE);

		for (unsigned int i = 0; i < PAGE_SIZE / sizeof(*p); i++)
			p[i] = zswap_test_word(seed ? seed + index : 0, i);
		kunmap_local(p);
	}
}

/* Exit puts the reference */
static void zswap_test_keep(struct kunit *test, struct folio *folio)
{
	struct zswap_test *zt = test->priv;

	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(folio));
	KUNIT_ASSERT_LT(test, zt->nr_folios, ARRAY_SIZE(zt->folios));
	zt->folios[zt->nr_folios++] = folio;
}

/*
 * A folio that owns the slots from @offset on, in the swap cache, as reclaim
 * has it before swap_writeout(): folio_alloc_swap(), then try_to_unmap().
 */
static struct folio *zswap_test_new_folio(struct kunit *test, unsigned int offset,
					  unsigned int order, u32 seed)
{
	struct zswap_test *zt = test->priv;
	struct swap_cluster_info *ci;
	struct folio *folio;
	int err;

	folio = folio_alloc(GFP_KERNEL, order);
	zswap_test_keep(test, folio);
	KUNIT_ASSERT_EQ(test, mem_cgroup_charge(folio, NULL, GFP_KERNEL), 0);
	zswap_test_fill(folio, seed);
	__folio_set_swapbacked(folio);
	__folio_mark_uptodate(folio);

	folio_lock(folio);
	ci = swap_cluster_lock(&zt->si, offset);
	__swap_cache_add_folio(ci, folio, zswap_test_slot(offset));
	ci->count += 1 << order;
	swap_cluster_unlock(ci);
	atomic_long_add(1 << order, &zt->si.inuse_pages);
	atomic_long_sub(1 << order, &nr_swap_pages);
	err = folio_dup_swap(folio, NULL);
	folio_unlock(folio);

	KUNIT_ASSERT_EQ(test, err, 0);
	return folio;
}

static void zswap_test_uncache(struct folio *folio)
{
	folio_lock(folio);
	swap_cache_del_folio(folio);
	folio_unlock(folio);
}

static bool zswap_test_store(struct folio *folio)
{
	bool ret;

	folio_lock(folio);
	ret = zswap_store(folio);
	folio_unlock(folio);
	return ret;
}

/* A slot whose data is in zswap only */
static swp_entry_t zswap_test_new_slot(struct kunit *test, unsigned int offset, u32 seed)
{
	struct folio *folio = zswap_test_new_folio(test, offset, 0, seed);

	KUNIT_ASSERT_TRUE(test, zswap_test_store(folio));
	zswap_test_uncache(folio);
	return zswap_test_slot(offset);
}

static int zswap_test_load(struct kunit *test, swp_entry_t swp, struct folio **foliop)
{
	struct folio *folio;
	int err;

	folio = swap_cache_alloc_folio(swp, GFP_KERNEL, BIT(0), NULL,
				       get_task_policy(current), NO_INTERLEAVE_INDEX);
	zswap_test_keep(test, folio);
	err = zswap_load(folio);
	if (err == -ENOENT)
		folio_unlock(folio);
	*foliop = folio;
	return err;
}

/* All of swapin: the swap cache, then the zero flag, zswap, and the device */
static struct folio *zswap_test_swapin(struct kunit *test, swp_entry_t swp)
{
	struct folio *folio;

	folio = swapin_sync(swp, GFP_KERNEL, BIT(0), NULL,
			    get_task_policy(current), NO_INTERLEAVE_INDEX);
	zswap_test_keep(test, folio);
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(folio));
	return folio;
}

static void zswap_test_swapout(struct kunit *test, struct folio *folio)
{
	struct swap_io_ctx ctx = {};

	folio_lock(folio);
	KUNIT_EXPECT_EQ(test, swap_writeout(&ctx, folio), 0);
	swap_write_submit(&ctx);
}

/* With zswap disabled, so that the device gets the data */
static void zswap_test_swapout_disabled(struct kunit *test, struct folio *folio)
{
	zswap_enabled = false;
	zswap_test_swapout(test, folio);
	zswap_enabled = true;
}

static struct zswap_entry *zswap_test_entry(swp_entry_t swp)
{
	return xa_load(swap_zswap_tree(swp), swp_offset(swp));
}

/* Take away the second chance of an entry */
static struct zswap_entry *zswap_test_old_entry(struct kunit *test, swp_entry_t swp)
{
	struct zswap_entry *entry = zswap_test_entry(swp);

	KUNIT_ASSERT_NOT_NULL(test, entry);
	entry->referenced = false;
	return entry;
}

/* No decompressor takes a run of ones */
static struct zswap_entry *zswap_test_spoil(struct kunit *test, swp_entry_t swp)
{
	struct zswap_entry *entry = zswap_test_entry(swp);
	void *ones;

	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_ASSERT_LT(test, entry->length, PAGE_SIZE);
	ones = kunit_kmalloc(test, entry->length, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ones);
	memset(ones, 0xff, entry->length);
	zs_obj_write(entry->pool->zs_pool, entry->handle, ones, entry->length);
	return entry;
}

static void zswap_test_set_compressor(struct kunit *test, const char *name)
{
	const struct kernel_param kp = { .arg = &zswap_compressor };
	char buf[CRYPTO_MAX_ALG_NAME];

	strscpy(buf, name);
	KUNIT_EXPECT_EQ(test, zswap_compressor_param_set(buf, &kp), 0);
}

/*
 * Store, load, invalidate
 */

static void test_store_load(struct kunit *test)
{
	swp_entry_t one = zswap_test_new_slot(test, 1, 1);
	swp_entry_t two = zswap_test_new_slot(test, 2, 2);
	struct folio *folio;

	KUNIT_EXPECT_EQ(test, zswap_test_load(test, two, &folio), 0);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 2));
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, one, &folio), 0);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 1));
}

static void test_store_load_incompressible(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp = zswap_test_new_slot(test, 1, 1 | ZSWAP_TEST_NOISE);
	struct zswap_entry *entry = zswap_test_entry(swp);
	struct folio *folio;

	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_EXPECT_EQ(test, entry->length, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, list_lru_count(&zswap_list_lru), zt->nr_lru + 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_incompressible_pages),
			zt->incompressible_pages + 1);
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, swp, &folio), 0);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 1 | ZSWAP_TEST_NOISE));
}

/* After a load the swap cache has the only copy */
static void test_load_exclusive(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp = zswap_test_new_slot(test, 1, 1);
	struct folio *folio;

	KUNIT_EXPECT_NOT_NULL(test, zswap_test_entry(swp));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages + 1);

	KUNIT_EXPECT_EQ(test, zswap_test_load(test, swp, &folio), 0);
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(folio));
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(folio));
	KUNIT_ASSERT_FALSE(test, folio_test_locked(folio));
	KUNIT_EXPECT_NULL(test, zswap_test_entry(swp));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages);

	zswap_test_uncache(folio);
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, swp, &folio), -ENOENT);
	KUNIT_EXPECT_FALSE(test, folio_test_uptodate(folio));
}

/* The entry stays, there is no other copy */
static void test_load_decompress_fails(struct kunit *test)
{
	swp_entry_t swp = zswap_test_new_slot(test, 1, 1);
	struct zswap_entry *entry = zswap_test_spoil(test, swp);
	u64 nr_failed = zswap_decompress_fail;
	struct folio *folio;

	KUNIT_EXPECT_EQ(test, zswap_test_load(test, swp, &folio), -EIO);
	KUNIT_EXPECT_FALSE(test, folio_test_uptodate(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_dirty(folio));
	KUNIT_ASSERT_FALSE(test, folio_test_locked(folio));
	KUNIT_EXPECT_PTR_EQ(test, zswap_test_entry(swp), entry);
	KUNIT_EXPECT_EQ(test, zswap_decompress_fail, nr_failed + 1);

	zswap_test_uncache(folio);
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, swp, &folio), -EIO);
}

/* An entry belongs to the pool it was stored in, whatever pool is current */
static void test_load_old_pool(struct kunit *test)
{
	swp_entry_t one, two;
	struct folio *folio;

	if (!crypto_has_acomp(ZSWAP_TEST_COMPRESSOR, 0, 0) ||
	    !strcmp(zswap_compressor, ZSWAP_TEST_COMPRESSOR))
		kunit_skip(test, "no compressor " ZSWAP_TEST_COMPRESSOR " to change to");

	one = zswap_test_new_slot(test, 1, 1);
	zswap_test_set_compressor(test, ZSWAP_TEST_COMPRESSOR);
	two = zswap_test_new_slot(test, 2, 2);
	KUNIT_EXPECT_PTR_NE(test, zswap_test_entry(one)->pool, zswap_test_entry(two)->pool);

	KUNIT_EXPECT_EQ(test, zswap_test_load(test, one, &folio), 0);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 1));
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, two, &folio), 0);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 2));
}

static void test_invalidate_slot(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t one = zswap_test_new_slot(test, 1, 1);
	swp_entry_t two = zswap_test_new_slot(test, 2, 2);
	struct folio *folio;

	zswap_invalidate(one);
	KUNIT_EXPECT_NULL(test, zswap_test_entry(one));
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, one, &folio), -ENOENT);

	KUNIT_EXPECT_NOT_NULL(test, zswap_test_entry(two));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages + 1);

	/* Freeing a slot invalidates its entry */
	swap_put_entries_direct(two, 1);
	KUNIT_EXPECT_NULL(test, zswap_test_entry(two));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages);
}

static void test_slot_reuse(struct kunit *test)
{
	swp_entry_t swp = zswap_test_new_slot(test, 1, 1);
	struct folio *folio;

	swap_put_entries_direct(swp, 1);
	zswap_test_new_slot(test, 1, 2);
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, swp, &folio), 0);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 2));
}

/*
 * A second swapout to the same slot. The folio stays in the swap cache after
 * the first one and is modified there, so the entry is stale.
 */

static void test_store_twice(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 1, 0, 1);
	swp_entry_t swp = folio->swap;

	KUNIT_EXPECT_TRUE(test, zswap_test_store(folio));
	zswap_test_fill(folio, 2);
	KUNIT_EXPECT_TRUE(test, zswap_test_store(folio));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages + 1);

	zswap_test_uncache(folio);
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, swp, &folio), 0);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 2));
}

static void test_store_fails(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 1, 0, 1);
	swp_entry_t swp = folio->swap;

	KUNIT_EXPECT_TRUE(test, zswap_test_store(folio));
	zswap_test_fill(folio, 2);
	zswap_test_swapout_disabled(test, folio);
	KUNIT_EXPECT_NULL(test, zswap_test_entry(swp));
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 1);

	zswap_test_uncache(folio);
	folio = zswap_test_swapin(test, swp);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 2));
}

/*
 * swap_writeout() does not call zswap_store() for a zero-filled folio, so the
 * entry of the first swapout has to be removed by other means. Left alone, it
 * is hidden from swapin by the zero flag, but writeback puts its data into the
 * swap cache.
 */
static void test_zero_filled_rewrite(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 1, 0, 1);
	swp_entry_t swp = folio->swap;

	zswap_test_swapout(test, folio);
	KUNIT_EXPECT_NOT_NULL(test, zswap_test_entry(swp));

	zswap_test_fill(folio, 0);
	zswap_test_swapout(test, folio);
	KUNIT_EXPECT_NULL(test, zswap_test_entry(swp));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages);
	zswap_test_uncache(folio);

	/* The first call only takes away the second chance */
	shrink_memcg(NULL);
	shrink_memcg(NULL);
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
	KUNIT_EXPECT_FALSE(test, swap_cache_has_folio(swp));

	folio = zswap_test_swapin(test, swp);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 0));
}

/* The zero flag must not hide what is stored later */
static void test_zero_filled_before(struct kunit *test)
{
	struct folio *folio = zswap_test_new_folio(test, 1, 0, 0);
	swp_entry_t swp = folio->swap;

	zswap_test_swapout(test, folio);
	KUNIT_EXPECT_NULL(test, zswap_test_entry(swp));

	zswap_test_fill(folio, 1);
	zswap_test_swapout(test, folio);
	KUNIT_EXPECT_NOT_NULL(test, zswap_test_entry(swp));

	zswap_test_uncache(folio);
	folio = zswap_test_swapin(test, swp);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 1));
}

/*
 * Large folios: each page has an entry, and all of them go together
 */

static void test_large_store_load(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 4, 2, 1);

	zswap_test_swapout(test, folio);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages + 4);
	zswap_test_uncache(folio);

	for (unsigned int i = 0; i < 4; i++) {
		folio = zswap_test_swapin(test, zswap_test_slot(4 + i));
		KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 1 + i));
	}
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages);
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
}

static void test_large_store_fails(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 4, 2, 1);

	zswap_test_swapout(test, folio);
	zswap_test_fill(folio, 11);
	zswap_test_swapout_disabled(test, folio);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages);
	zswap_test_uncache(folio);

	for (unsigned int i = 0; i < 4; i++) {
		KUNIT_EXPECT_NULL(test, zswap_test_entry(zswap_test_slot(4 + i)));
		folio = zswap_test_swapin(test, zswap_test_slot(4 + i));
		KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 11 + i));
	}
}

/* Swapped out while zswap was disabled, and read when it is enabled again */
static void test_large_load_not_stored(struct kunit *test)
{
	struct folio *folio = zswap_test_new_folio(test, 4, 2, 1);

	zswap_test_swapout_disabled(test, folio);
	folio_lock(folio);
	KUNIT_EXPECT_EQ(test, zswap_load(folio), -ENOENT);
	/* After any other error it is not locked any more */
	if (folio_test_locked(folio))
		folio_unlock(folio);
	zswap_test_uncache(folio);

	for (unsigned int i = 0; i < 4; i++) {
		folio = zswap_test_swapin(test, zswap_test_slot(4 + i));
		KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 1 + i));
	}
}

static void test_large_zero_filled_rewrite(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 4, 2, 1);

	zswap_test_swapout(test, folio);
	zswap_test_fill(folio, 0);
	zswap_test_swapout(test, folio);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages);
	zswap_test_uncache(folio);

	for (unsigned int i = 0; i < 4; i++) {
		KUNIT_EXPECT_NULL(test, zswap_test_entry(zswap_test_slot(4 + i)));
		folio = zswap_test_swapin(test, zswap_test_slot(4 + i));
		KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 0));
	}
}

/*
 * Writeback
 */

static void test_writeback(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp = zswap_test_new_slot(test, 1, 1);
	struct folio *folio;

	KUNIT_EXPECT_EQ(test, list_lru_count(&zswap_list_lru), zt->nr_lru + 1);

	/* A second chance first */
	KUNIT_EXPECT_EQ(test, shrink_memcg(NULL), -EAGAIN);
	KUNIT_EXPECT_NOT_NULL(test, zswap_test_entry(swp));
	KUNIT_EXPECT_EQ(test, shrink_memcg(NULL), 0);
	KUNIT_EXPECT_NULL(test, zswap_test_entry(swp));

	KUNIT_EXPECT_EQ(test, zt->nr_writes, 1);
	KUNIT_EXPECT_TRUE(test, zswap_test_is_data(zt->data + swap_dev_pos(swp), 1));
	KUNIT_EXPECT_EQ(test, list_lru_count(&zswap_list_lru), zt->nr_lru);

	folio = swap_cache_get_folio(swp);
	zswap_test_keep(test, folio);
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_dirty(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_writeback(folio));

	zswap_test_uncache(folio);
	folio = zswap_test_swapin(test, swp);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 1));
}

/* The folio has the only copy then, so it must be dirty */
static void test_writeback_io_error(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp = zswap_test_new_slot(test, 1, 1);
	struct folio *folio;

	zt->fail_writes = true;
	KUNIT_EXPECT_EQ(test, zswap_writeback_entry(zswap_test_entry(swp), swp), 0);
	KUNIT_EXPECT_NULL(test, zswap_test_entry(swp));

	folio = zswap_test_swapin(test, swp);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 1));
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_writeback(folio));
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
}

/* A slot with a folio in the swap cache is in use */
static void test_writeback_cached(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 1, 0, 1);
	struct zswap_entry *entry;

	KUNIT_EXPECT_TRUE(test, zswap_test_store(folio));
	entry = zswap_test_entry(folio->swap);
	KUNIT_ASSERT_NOT_NULL(test, entry);

	KUNIT_EXPECT_EQ(test, zswap_writeback_entry(entry, folio->swap), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, zswap_test_entry(folio->swap), entry);
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
}

/* The slot was freed after the LRU lock was dropped */
static void test_writeback_freed(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp = zswap_test_new_slot(test, 1, 1);
	struct zswap_entry *entry = zswap_test_entry(swp);

	swap_put_entries_direct(swp, 1);
	KUNIT_EXPECT_EQ(test, zswap_writeback_entry(entry, swp), -ENOENT);
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
}

/* The entry was freed after the LRU lock was dropped, but not the slot */
static void test_writeback_invalidated(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp = zswap_test_new_slot(test, 1, 1);
	struct zswap_entry *entry = zswap_test_entry(swp);

	zswap_invalidate(swp);
	KUNIT_EXPECT_EQ(test, zswap_writeback_entry(entry, swp), -ENOMEM);
	KUNIT_EXPECT_FALSE(test, swap_cache_has_folio(swp));
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
}

/* The slot has another entry than the one found on the LRU */
static void test_writeback_replaced(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t one = zswap_test_new_slot(test, 1, 1);
	swp_entry_t two = zswap_test_new_slot(test, 2, 2);
	struct zswap_entry *entry = zswap_test_entry(two);

	KUNIT_EXPECT_EQ(test, zswap_writeback_entry(zswap_test_entry(one), two), -ENOMEM);
	KUNIT_EXPECT_NOT_NULL(test, zswap_test_entry(one));
	KUNIT_EXPECT_PTR_EQ(test, zswap_test_entry(two), entry);
	KUNIT_EXPECT_FALSE(test, swap_cache_has_folio(two));
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
}

/* Nothing of a page that cannot be decompressed may reach the device */
static void test_writeback_decompress_fails(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp = zswap_test_new_slot(test, 1, 1);
	struct zswap_entry *entry = zswap_test_spoil(test, swp);

	KUNIT_EXPECT_EQ(test, zswap_writeback_entry(entry, swp), -EIO);
	KUNIT_EXPECT_PTR_EQ(test, zswap_test_entry(swp), entry);
	KUNIT_EXPECT_FALSE(test, swap_cache_has_folio(swp));
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
}

/*
 * Two entries on the LRU, the first one with its folio in the swap cache. The
 * dynamic shrinker takes this as a sign of warm pages and stops. shrink_memcg()
 * has to make room, and goes on.
 */

static void test_shrink_memcg_cached(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 1, 0, 1);
	swp_entry_t two;

	KUNIT_EXPECT_TRUE(test, zswap_test_store(folio));
	two = zswap_test_new_slot(test, 2, 2);
	zswap_test_old_entry(test, folio->swap);
	zswap_test_old_entry(test, two);

	KUNIT_EXPECT_EQ(test, shrink_memcg(NULL), 0);
	KUNIT_EXPECT_NOT_NULL(test, zswap_test_entry(folio->swap));
	KUNIT_EXPECT_NULL(test, zswap_test_entry(two));
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 1);
	KUNIT_EXPECT_EQ(test, list_lru_count(&zswap_list_lru), zt->nr_lru + 1);
}

static void test_shrinker_cached(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 1, 0, 1);
	bool was_enabled = zswap_shrinker_enabled;
	struct shrink_control sc = {
		.gfp_mask = GFP_KERNEL,
		.nr_to_scan = SWAP_CLUSTER_MAX,
	};
	swp_entry_t two;

	KUNIT_EXPECT_TRUE(test, zswap_test_store(folio));
	two = zswap_test_new_slot(test, 2, 2);
	sc.nid = entry_to_nid(zswap_test_old_entry(test, folio->swap));
	if (entry_to_nid(zswap_test_old_entry(test, two)) != sc.nid)
		kunit_skip(test, "the entries are on two nodes");

	zswap_shrinker_enabled = true;
	KUNIT_EXPECT_EQ(test, zswap_shrinker_scan(zswap_shrinker, &sc), SHRINK_STOP);
	zswap_shrinker_enabled = was_enabled;

	KUNIT_EXPECT_NOT_NULL(test, zswap_test_entry(folio->swap));
	KUNIT_EXPECT_NOT_NULL(test, zswap_test_entry(two));
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
}

/*
 * One tree for each ZSWAP_ADDRESS_SPACE_PAGES slots
 */
static void test_swapon_trees(struct kunit *test)
{
	static const unsigned long pages[] = {
		1, ZSWAP_ADDRESS_SPACE_PAGES, ZSWAP_ADDRESS_SPACE_PAGES + 1
	};
	static const unsigned int trees[] = { 1, 1, 2 };
	const int type = ZSWAP_TEST_TYPE - 1;
	swp_entry_t last;

	if (zswap_trees[type])
		kunit_skip(test, "no free swap type");

	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		KUNIT_ASSERT_EQ(test, zswap_swapon(type, pages[i]), 0);
		KUNIT_EXPECT_EQ(test, nr_zswap_trees[type], trees[i]);
		last = swp_entry(type, pages[i] - 1);
		KUNIT_EXPECT_PTR_EQ(test, swap_zswap_tree(last),
				    zswap_trees[type] + trees[i] - 1);
		zswap_swapoff(type);
		KUNIT_EXPECT_NULL(test, zswap_trees[type]);
	}
}

/*
 * Before and after each case
 */

static int zswap_test_init(struct kunit *test)
{
	struct zswap_test *zt = &zswap_test;

	if (!zswap_is_enabled() || !zswap_has_pool)
		kunit_skip(test, "zswap is off, zswap.enabled=1 turns it on");
	if (total_swap_pages || swap_info[ZSWAP_TEST_TYPE])
		kunit_skip(test, "swap is in use");

	memset_after(zt, 0, si);
	test->priv = zt;

	strscpy(zt->compressor, zswap_compressor);
	zt->stored_pages = atomic_long_read(&zswap_stored_pages);
	zt->incompressible_pages = atomic_long_read(&zswap_stored_incompressible_pages);
	zt->nr_lru = list_lru_count(&zswap_list_lru);
	zt->taint = get_taint();
	return zswap_test_swapon(test);
}

static void zswap_test_exit(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp;

	if (!zt)
		return;

	for (unsigned int i = 0; i < zt->nr_folios; i++) {
		KUNIT_EXPECT_FALSE(test, folio_test_locked(zt->folios[i]));
		if (folio_test_locked(zt->folios[i]))
			folio_unlock(zt->folios[i]);
	}
	for (unsigned int i = 1; zt->has_trees && i < ZSWAP_TEST_SLOTS; i++) {
		swp = zswap_test_slot(i);
		if (swap_entry_swapped(&zt->si, swp))
			swap_put_entries_direct(swp, 1);
		KUNIT_EXPECT_NULL(test, zswap_test_entry(swp));
		/* zswap_swapoff() warns */
		zswap_invalidate(swp);
	}
	while (zt->nr_folios)
		folio_put(zt->folios[--zt->nr_folios]);
	if (strcmp(zswap_compressor, zt->compressor))
		zswap_test_set_compressor(test, zt->compressor);
	/* A folio that is freed while locked is reported only when it is freed */
	lru_add_drain();

	/* Only the bad slot is left */
	KUNIT_EXPECT_EQ(test, zt->ci.count, 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zt->si.inuse_pages), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_incompressible_pages),
			zt->incompressible_pages);
	KUNIT_EXPECT_EQ(test, list_lru_count(&zswap_list_lru), zt->nr_lru);

	zswap_test_swapoff(zt);
	/* No warning, no bad page */
	KUNIT_EXPECT_EQ(test, get_taint(), zt->taint);
}

static struct kunit_case zswap_test_cases[] = {
	KUNIT_CASE(test_store_load),
	KUNIT_CASE(test_store_load_incompressible),
	KUNIT_CASE(test_load_exclusive),
	KUNIT_CASE(test_load_decompress_fails),
	KUNIT_CASE(test_load_old_pool),
	KUNIT_CASE(test_invalidate_slot),
	KUNIT_CASE(test_slot_reuse),
	KUNIT_CASE(test_store_twice),
	KUNIT_CASE(test_store_fails),
	KUNIT_CASE(test_zero_filled_rewrite),
	KUNIT_CASE(test_zero_filled_before),
	KUNIT_CASE(test_large_store_load),
	KUNIT_CASE(test_large_store_fails),
	KUNIT_CASE(test_large_load_not_stored),
	KUNIT_CASE(test_large_zero_filled_rewrite),
	KUNIT_CASE(test_writeback),
	KUNIT_CASE(test_writeback_io_error),
	KUNIT_CASE(test_writeback_cached),
	KUNIT_CASE(test_writeback_freed),
	KUNIT_CASE(test_writeback_invalidated),
	KUNIT_CASE(test_writeback_replaced),
	KUNIT_CASE(test_writeback_decompress_fails),
	KUNIT_CASE(test_shrink_memcg_cached),
	KUNIT_CASE(test_shrinker_cached),
	KUNIT_CASE(test_swapon_trees),
	{}
};

static struct kunit_suite zswap_test_suite = {
	.name = "zswap",
	.init = zswap_test_init,
	.exit = zswap_test_exit,
	.test_cases = zswap_test_cases,
};

kunit_test_suite(zswap_test_suite);
