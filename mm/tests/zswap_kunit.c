// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for zswap. mm/zswap.c includes this file.
 *
 * Each case swaps on a disk of a few pages in RAM, takes swap slots of it the
 * way reclaim does, and swaps it off again. So slots, swap cache and swapoff
 * are the real ones, and what zswap writes back can be looked at.
 *
 * swapon and swapoff want a path, and want it from user memory. The disk gets
 * a node in the root directory for that, which is not the root of kthreads,
 * and the path is in an mm which goes with the kthread it was attached to.
 */

#include <kunit/test.h>
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/file.h>
#include <linux/fs_struct.h>
#include <linux/jhash.h>
#include <linux/kdev_t.h>
#include <linux/mman.h>
#include <linux/panic.h>
#include <linux/shmem_fs.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

/* The first page of the disk is the swap header */
#define ZSWAP_TEST_PAGES	16
#define ZSWAP_TEST_SLOTS	(ZSWAP_TEST_PAGES - 1)
#define ZSWAP_TEST_NODE		"/zswap_kunit"

/* No two words of the page are the same, so no compressor gets it smaller */
#define ZSWAP_TEST_NOISE	BIT(31)

struct zswap_test {
	struct gendisk *disk;
	char *data;
	unsigned int nr_writes;
	const char __user *path;
	bool has_node;
	bool is_on;
	int type;

	/* What exit has to give back, whatever became of the case */
	struct folio *folios[4 * ZSWAP_TEST_PAGES];
	unsigned int nr_folios;
	swp_entry_t slots[ZSWAP_TEST_SLOTS];
	unsigned int nr_slots;

	/* What zswap had before the case */
	long stored_pages;
	long incompressible_pages;
	unsigned long total_pages;
	bool had_warned;
};

/*
 * The disk
 */

static void zswap_test_submit_bio(struct bio *bio)
{
	struct zswap_test *zt = bio->bi_bdev->bd_disk->private_data;
	struct bvec_iter iter;
	struct bio_vec bvec;

	bio_for_each_segment(bvec, bio, iter) {
		char *p = zt->data + (iter.bi_sector << SECTOR_SHIFT);

		if (op_is_write(bio_op(bio)))
			memcpy_from_bvec(p, &bvec);
		else
			memcpy_to_bvec(&bvec, p);
	}
	if (op_is_write(bio_op(bio)))
		zt->nr_writes++;
	bio_endio(bio);
}

static const struct block_device_operations zswap_test_fops = {
	.owner = THIS_MODULE,
	.submit_bio = zswap_test_submit_bio,
};

static int zswap_test_add_disk(struct zswap_test *zt)
{
	struct queue_limits lim = { .features = BLK_FEAT_SYNCHRONOUS };
	union swap_header *header;
	struct gendisk *disk;
	int err;

	zt->data = kvzalloc(ZSWAP_TEST_PAGES * PAGE_SIZE, GFP_KERNEL);
	if (!zt->data)
		return -ENOMEM;

	header = (union swap_header *)zt->data;
	header->info.version = 1;
	header->info.last_page = ZSWAP_TEST_PAGES - 1;
	memcpy(header->magic.magic, "SWAPSPACE2", sizeof(header->magic.magic));

	disk = blk_alloc_disk(&lim, NUMA_NO_NODE);
	if (IS_ERR(disk))
		return PTR_ERR(disk);

	disk->flags |= GENHD_FL_NO_PART;
	disk->fops = &zswap_test_fops;
	disk->private_data = zt;
	strscpy(disk->disk_name, "zswap_kunit", DISK_NAME_LEN);
	set_capacity(disk, ZSWAP_TEST_PAGES << PAGE_SECTORS_SHIFT);

	err = add_disk(disk);
	if (err) {
		put_disk(disk);
		return err;
	}
	zt->disk = disk;
	return 0;
}

/* Has to be called anew by each kthread, as the path is in its mm */
static int zswap_test_map_path(struct zswap_test *zt)
{
	unsigned long addr;
	int err;

	err = kunit_attach_mm();
	if (err)
		return err;

	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_ANONYMOUS | MAP_PRIVATE, 0);
	if (IS_ERR_VALUE(addr))
		return addr;

	if (copy_to_user((void __user *)addr, ZSWAP_TEST_NODE, sizeof(ZSWAP_TEST_NODE)))
		return -EFAULT;

	zt->path = (const char __user *)addr;
	return 0;
}

static int zswap_test_swapon(struct zswap_test *zt)
{
	int err, type;

	scoped_with_init_fs()
		err = sys_mknodat(AT_FDCWD, zt->path, S_IFBLK | 0600,
				  new_encode_dev(disk_devt(zt->disk)));
	if (err)
		return err;
	zt->has_node = true;

	scoped_with_init_fs()
		err = sys_swapon(zt->path, 0);
	if (err)
		return err;
	zt->is_on = true;

	for (type = 0; type < MAX_SWAPFILES; type++) {
		if (swap_info[type] && swap_info[type]->bdev == zt->disk->part0)
			zt->type = type;
	}
	return 0;
}

static int zswap_test_swapoff(struct zswap_test *zt)
{
	int err;

	scoped_with_init_fs()
		err = sys_swapoff(zt->path);
	if (!err)
		zt->is_on = false;
	/* a kthread closes its files later, and the disk is to go now */
	flush_delayed_fput();
	return err;
}

/*
 * Folios and slots
 */

static u32 zswap_test_word(u32 seed, unsigned int i)
{
	if (!seed)
		return 0;
	return jhash_1word(seed & ZSWAP_TEST_NOISE ? i : i / 64, seed);
}

static void zswap_test_fill(struct folio *folio, u32 seed)
{
	u32 *p = kmap_local_folio(folio, 0);
	unsigned int i;

	for (i = 0; i < PAGE_SIZE / sizeof(*p); i++)
		p[i] = zswap_test_word(seed, i);
	kunmap_local(p);
}

static bool zswap_test_is_data(const void *data, u32 seed)
{
	const u32 *p = data;
	unsigned int i;

	for (i = 0; i < PAGE_SIZE / sizeof(*p); i++) {
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

/* Exit puts the reference */
static void zswap_test_keep(struct kunit *test, struct folio *folio)
{
	struct zswap_test *zt = test->priv;

	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(folio));
	KUNIT_ASSERT_LT(test, zt->nr_folios, ARRAY_SIZE(zt->folios));
	zt->folios[zt->nr_folios++] = folio;
}

/* A folio in the swap cache, and a swap count that keeps its slot */
static struct folio *zswap_test_new_folio(struct kunit *test, u32 seed)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio;
	int err;

	KUNIT_ASSERT_LT(test, zt->nr_slots, ARRAY_SIZE(zt->slots));

	folio = folio_alloc(GFP_KERNEL, 0);
	zswap_test_keep(test, folio);
	KUNIT_ASSERT_EQ(test, mem_cgroup_charge(folio, current->mm, GFP_KERNEL), 0);
	zswap_test_fill(folio, seed);
	__folio_set_swapbacked(folio);
	__folio_mark_uptodate(folio);

	folio_lock(folio);
	err = folio_alloc_swap(folio);
	if (!err) {
		err = folio_dup_swap(folio, NULL);
		if (err)
			swap_cache_del_folio(folio);
		else
			zt->slots[zt->nr_slots++] = folio->swap;
	}
	folio_unlock(folio);

	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_EQ(test, swp_type(folio->swap), zt->type);
	return folio;
}

static void zswap_test_free_last_slot(struct zswap_test *zt)
{
	swap_put_entries_direct(zt->slots[--zt->nr_slots], 1);
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

/* A slot that only zswap has the data of */
static swp_entry_t zswap_test_new_slot(struct kunit *test, u32 seed)
{
	struct folio *folio = zswap_test_new_folio(test, seed);
	swp_entry_t swp = folio->swap;

	KUNIT_EXPECT_TRUE(test, zswap_test_store(folio));
	zswap_test_uncache(folio);
	return swp;
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

/* All of swapin: the swap cache, then the zero mark, zswap and the disk */
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

static struct zswap_entry *zswap_test_entry(swp_entry_t swp)
{
	return xa_load(swap_zswap_tree(swp), swp_offset(swp));
}

/* No compressor takes a run of ones for its own output */
static void zswap_test_spoil(struct kunit *test, struct zswap_entry *entry)
{
	void *ones;

	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_ASSERT_LT(test, entry->length, PAGE_SIZE);
	ones = kunit_kmalloc(test, entry->length, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ones);
	memset(ones, 0xff, entry->length);
	zs_obj_write(entry->pool->zs_pool, entry->handle, ones, entry->length);
}

/*
 * The cases
 */

static void zswap_store_load(struct kunit *test)
{
	swp_entry_t one = zswap_test_new_slot(test, 1);
	swp_entry_t two = zswap_test_new_slot(test, 2);
	struct folio *folio;

	KUNIT_EXPECT_EQ(test, zswap_test_load(test, two, &folio), 0);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 2));
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, one, &folio), 0);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 1));
}

static void zswap_store_load_incompressible(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp = zswap_test_new_slot(test, 1 | ZSWAP_TEST_NOISE);
	struct zswap_entry *entry = zswap_test_entry(swp);
	struct folio *folio;

	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_EXPECT_EQ(test, entry->length, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_incompressible_pages),
			zt->incompressible_pages + 1);
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, swp, &folio), 0);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 1 | ZSWAP_TEST_NOISE));
}

/* The swap cache has the data after a load: zswap does not keep it too */
static void zswap_load_exclusive(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp = zswap_test_new_slot(test, 1);
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

static void zswap_invalidate_slot(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t one = zswap_test_new_slot(test, 1);
	swp_entry_t two = zswap_test_new_slot(test, 2);
	struct folio *folio;

	zswap_invalidate(one);
	KUNIT_EXPECT_NULL(test, zswap_test_entry(one));
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, one, &folio), -ENOENT);

	KUNIT_EXPECT_NOT_NULL(test, zswap_test_entry(two));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages + 1);

	/* the last swap count takes the entry with it */
	zswap_test_free_last_slot(zt);
	KUNIT_EXPECT_NULL(test, zswap_test_entry(two));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages);
}

/* A folio that was dirtied in the swap cache is stored to the same slot again */
static void zswap_store_twice(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 1);
	swp_entry_t swp = folio->swap;

	KUNIT_EXPECT_TRUE(test, zswap_test_store(folio));
	zswap_test_fill(folio, 2);
	KUNIT_EXPECT_TRUE(test, zswap_test_store(folio));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages + 1);

	zswap_test_uncache(folio);
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, swp, &folio), 0);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 2));
}

/* As above, but the second store fails and the disk gets the newer data */
static void zswap_store_fails(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 1);
	swp_entry_t swp = folio->swap;

	KUNIT_EXPECT_TRUE(test, zswap_test_store(folio));
	zswap_test_fill(folio, 2);

	zswap_enabled = false;
	zswap_test_swapout(test, folio);
	zswap_enabled = true;

	KUNIT_EXPECT_NULL(test, zswap_test_entry(swp));
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 1);

	zswap_test_uncache(folio);
	folio = zswap_test_swapin(test, swp);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 2));
}

/*
 * As above, but the page is zero-filled the second time. It is only marked in
 * the swap table then and zswap_store() is not called, so the entry of the
 * first time has to go by other means. One that stayed would do no harm while
 * the mark is looked at first, but writeback puts it into the swap cache, and
 * there swapin finds the old data.
 */
static void zswap_zero_filled_rewrite(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 1);
	swp_entry_t swp = folio->swap;

	zswap_test_swapout(test, folio);
	KUNIT_EXPECT_NOT_NULL(test, zswap_test_entry(swp));

	zswap_test_fill(folio, 0);
	zswap_test_swapout(test, folio);
	KUNIT_EXPECT_NULL(test, zswap_test_entry(swp));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages);
	zswap_test_uncache(folio);

	/* the first time only clears the referenced bit */
	shrink_memcg(NULL);
	shrink_memcg(NULL);
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
	KUNIT_EXPECT_FALSE(test, swap_cache_has_folio(swp));

	folio = zswap_test_swapin(test, swp);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 0));
}

/* And the other way round: the mark does not hide what is stored later */
static void zswap_zero_filled_before(struct kunit *test)
{
	struct folio *folio = zswap_test_new_folio(test, 0);
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

static void zswap_slot_reuse(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp = zswap_test_new_slot(test, 1);
	struct folio *folio;

	zswap_test_free_last_slot(zt);

	/* it is the allocator that chooses, but at the latest it is the last one */
	do {
		folio = zswap_test_new_folio(test, 2);
	} while (folio->swap.val != swp.val && zt->nr_slots < ZSWAP_TEST_SLOTS);
	KUNIT_ASSERT_EQ(test, folio->swap.val, swp.val);

	KUNIT_EXPECT_NULL(test, zswap_test_entry(swp));
	KUNIT_EXPECT_TRUE(test, zswap_test_store(folio));
	zswap_test_uncache(folio);
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, swp, &folio), 0);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 2));
}

/* The entry stays: zswap has nothing better to tell the next who asks */
static void zswap_load_decompress_fails(struct kunit *test)
{
	swp_entry_t swp = zswap_test_new_slot(test, 1);
	struct zswap_entry *entry = zswap_test_entry(swp);
	u64 nr_failed = zswap_decompress_fail;
	struct folio *folio;

	zswap_test_spoil(test, entry);

	KUNIT_EXPECT_EQ(test, zswap_test_load(test, swp, &folio), -EIO);
	KUNIT_EXPECT_FALSE(test, folio_test_uptodate(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_dirty(folio));
	KUNIT_ASSERT_FALSE(test, folio_test_locked(folio));
	KUNIT_EXPECT_PTR_EQ(test, zswap_test_entry(swp), entry);
	KUNIT_EXPECT_EQ(test, zswap_decompress_fail, nr_failed + 1);

	zswap_test_uncache(folio);
	KUNIT_EXPECT_EQ(test, zswap_test_load(test, swp, &folio), -EIO);
}

static void zswap_writeback(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	unsigned long nr_lru = list_lru_count(&zswap_list_lru);
	swp_entry_t swp = zswap_test_new_slot(test, 1);
	struct folio *folio;

	KUNIT_EXPECT_EQ(test, list_lru_count(&zswap_list_lru), nr_lru + 1);

	/* a second chance first */
	KUNIT_EXPECT_EQ(test, shrink_memcg(NULL), -EAGAIN);
	KUNIT_EXPECT_NOT_NULL(test, zswap_test_entry(swp));
	KUNIT_EXPECT_EQ(test, shrink_memcg(NULL), 0);
	KUNIT_EXPECT_NULL(test, zswap_test_entry(swp));

	KUNIT_EXPECT_EQ(test, zt->nr_writes, 1);
	KUNIT_EXPECT_TRUE(test, zswap_test_is_data(zt->data + swap_dev_pos(swp), 1));
	KUNIT_EXPECT_EQ(test, list_lru_count(&zswap_list_lru), nr_lru);

	folio = swap_cache_get_folio(swp);
	zswap_test_keep(test, folio);
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_dirty(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_writeback(folio));

	zswap_test_uncache(folio);
	folio = zswap_test_swapin(test, swp);
	KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, 1));
}

/* A slot with a folio in the swap cache is in use, or about to be */
static void zswap_writeback_cached(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio = zswap_test_new_folio(test, 1);
	struct zswap_entry *entry;

	KUNIT_EXPECT_TRUE(test, zswap_test_store(folio));
	entry = zswap_test_entry(folio->swap);
	KUNIT_ASSERT_NOT_NULL(test, entry);

	KUNIT_EXPECT_EQ(test, zswap_writeback_entry(entry, folio->swap), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, zswap_test_entry(folio->swap), entry);
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
}

/*
 * Writeback knows the entry from the LRU, whose lock it no longer has. Here
 * the entry is freed in between: it must only be compared then.
 */
static void zswap_writeback_invalidated(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp = zswap_test_new_slot(test, 1);
	struct zswap_entry *entry = zswap_test_entry(swp);

	zswap_invalidate(swp);
	KUNIT_EXPECT_EQ(test, zswap_writeback_entry(entry, swp), -ENOMEM);
	KUNIT_EXPECT_FALSE(test, swap_cache_has_folio(swp));
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
}

/* Nothing of a page that cannot be decompressed may get to the disk */
static void zswap_writeback_decompress_fails(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	swp_entry_t swp = zswap_test_new_slot(test, 1);
	struct zswap_entry *entry = zswap_test_entry(swp);

	zswap_test_spoil(test, entry);

	KUNIT_EXPECT_EQ(test, zswap_writeback_entry(entry, swp), -EIO);
	KUNIT_EXPECT_PTR_EQ(test, zswap_test_entry(swp), entry);
	KUNIT_EXPECT_FALSE(test, swap_cache_has_folio(swp));
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);
}

static void zswap_test_fput(void *file)
{
	__fput_sync(file);
}

/*
 * swapoff has to bring back what is swapped out, so this needs somebody who
 * owns the slots: a file in shmem, which reclaim is asked to swap out.
 */
static void zswap_swapoff_empties(struct kunit *test)
{
	struct zswap_test *zt = test->priv;
	struct folio *folio;
	struct file *file;
	LIST_HEAD(folios);
	unsigned int i;

	file = shmem_kernel_file_setup("zswap_kunit", 4 * PAGE_SIZE, EMPTY_VMA_FLAGS);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, zswap_test_fput, file), 0);

	for (i = 0; i < 4; i++) {
		folio = shmem_read_folio(file->f_mapping, i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(folio));
		zswap_test_fill(folio, i + 1);
		folio_mark_dirty(folio);
		lru_add_drain();
		if (folio_isolate_lru(folio))
			list_add_tail(&folio->lru, &folios);
		folio_put(folio);
	}
	KUNIT_EXPECT_EQ(test, reclaim_pages(&folios), 4);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages + 4);
	KUNIT_EXPECT_GT(test, zswap_total_pages(), zt->total_pages);

	KUNIT_ASSERT_EQ(test, zswap_test_swapoff(zt), 0);
	KUNIT_EXPECT_NULL(test, zswap_trees[zt->type]);
	KUNIT_EXPECT_EQ(test, nr_zswap_trees[zt->type], 0);
	KUNIT_EXPECT_EQ(test, zt->nr_writes, 0);

	for (i = 0; i < 4; i++) {
		folio = shmem_read_folio(file->f_mapping, i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(folio));
		KUNIT_EXPECT_TRUE(test, zswap_test_has(folio, i + 1));
		folio_put(folio);
	}
}

/*
 * Before and after each case
 */

static int zswap_test_init(struct kunit *test)
{
	struct zswap_test *zt;
	int err;

	if (!zswap_is_enabled() || !zswap_has_pool)
		kunit_skip(test, "zswap is off, zswap.enabled=1 turns it on");
	if (total_swap_pages)
		kunit_skip(test, "there is swap in use");

	zt = kunit_kzalloc(test, sizeof(*zt), GFP_KERNEL);
	if (!zt)
		return -ENOMEM;
	test->priv = zt;

	zt->stored_pages = atomic_long_read(&zswap_stored_pages);
	zt->incompressible_pages = atomic_long_read(&zswap_stored_incompressible_pages);
	zt->total_pages = zswap_total_pages();
	zt->had_warned = test_taint(TAINT_WARN);

	err = zswap_test_add_disk(zt);
	if (!err)
		err = zswap_test_map_path(zt);
	if (!err)
		err = zswap_test_swapon(zt);
	return err;
}

static void zswap_test_exit(struct kunit *test)
{
	struct zswap_test *zt = test->priv;

	if (!zt)
		return;

	if (zt->has_node)
		KUNIT_EXPECT_EQ(test, zswap_test_map_path(zt), 0);

	/* swapoff would wait for a folio that was left locked */
	for (unsigned int i = 0; i < zt->nr_folios; i++) {
		KUNIT_EXPECT_FALSE(test, folio_test_locked(zt->folios[i]));
		if (folio_test_locked(zt->folios[i]))
			folio_unlock(zt->folios[i]);
	}
	while (zt->nr_slots)
		zswap_test_free_last_slot(zt);
	while (zt->nr_folios)
		folio_put(zt->folios[--zt->nr_folios]);
	lru_add_drain();

	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_pages), zt->stored_pages);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&zswap_stored_incompressible_pages),
			zt->incompressible_pages);
	KUNIT_EXPECT_EQ(test, zswap_total_pages(), zt->total_pages);

	if (zt->is_on) {
		KUNIT_EXPECT_EQ(test, zswap_test_swapoff(zt), 0);
		KUNIT_EXPECT_NULL(test, zswap_trees[zt->type]);
	}
	/* zswap_swapoff() warns of a tree that is not empty */
	KUNIT_EXPECT_EQ(test, test_taint(TAINT_WARN), zt->had_warned);

	if (zt->has_node) {
		scoped_with_init_fs()
			KUNIT_EXPECT_EQ(test, sys_unlinkat(AT_FDCWD, zt->path, 0), 0);
	}
	if (zt->disk) {
		del_gendisk(zt->disk);
		put_disk(zt->disk);
	}
	kvfree(zt->data);
}

static struct kunit_case zswap_test_cases[] = {
	KUNIT_CASE(zswap_store_load),
	KUNIT_CASE(zswap_store_load_incompressible),
	KUNIT_CASE(zswap_load_exclusive),
	KUNIT_CASE(zswap_invalidate_slot),
	KUNIT_CASE(zswap_store_twice),
	KUNIT_CASE(zswap_store_fails),
	KUNIT_CASE(zswap_zero_filled_rewrite),
	KUNIT_CASE(zswap_zero_filled_before),
	KUNIT_CASE(zswap_slot_reuse),
	KUNIT_CASE(zswap_load_decompress_fails),
	KUNIT_CASE(zswap_writeback),
	KUNIT_CASE(zswap_writeback_cached),
	KUNIT_CASE(zswap_writeback_invalidated),
	KUNIT_CASE(zswap_writeback_decompress_fails),
	KUNIT_CASE(zswap_swapoff_empties),
	{}
};

static struct kunit_suite zswap_test_suite = {
	.name = "zswap",
	.init = zswap_test_init,
	.exit = zswap_test_exit,
	.test_cases = zswap_test_cases,
};

kunit_test_suite(zswap_test_suite);
