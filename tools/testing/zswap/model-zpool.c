// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model of mm/zsmalloc.c for a zswap that calls it through zpool: an allocator that
 * does not evict, and whose objects can be mapped only with preemption off.
 */
#include "include/model.h"

#ifndef HAVE_ZSMALLOC
#include <linux/zpool.h>

/**
 * struct model_zs_pool - struct zs_pool of mm/zsmalloc.c
 * @lock:	of @nr
 * @nr:		objects
 */
struct model_zs_pool {
	spinlock_t lock;	/* of @nr */
	int nr;
};

#ifdef HAVE_ZPOOL_OPS
static void *zpool_create(const char *name, gfp_t gfp, const struct zpool_ops *ops,
			  struct zpool *zpool)
#else
static void *zpool_create(const char *name, gfp_t gfp)
#endif
{
	return kzalloc(sizeof(struct model_zs_pool), GFP_KERNEL);
}

/* zsmalloc complains of objects that are left, so does the oracle */
static void zpool_destroy(void *pool)
{
	struct model_zs_pool *zs = pool;

	model_bug_on(zs->nr);
	kfree(pool);
}

static void count_object(struct model_zs_pool *zs, int n)
{
	spin_lock(&zs->lock);
	zs->nr += n;
	spin_unlock(&zs->lock);
}

/* Coarser: each object is an allocation of its own. */
static int zpool_malloc_object(void *pool, size_t size, gfp_t gfp,
			       unsigned long *handle)
{
	void *object = kmalloc(size, gfp);

	if (!object)
		return -ENOMEM;
	count_object(pool, 1);
	*handle = (unsigned long)object;
	return 0;
}

static void zpool_free_object(void *pool, unsigned long handle)
{
	count_object(pool, -1);
	kfree((void *)handle);
}

static void *zpool_map(void *pool, unsigned long handle, enum zpool_mapmode mode)
{
	model_preempt_disable();
	return (void *)handle;
}

static void zpool_unmap(void *pool, unsigned long handle)
{
	model_preempt_enable();
}

static u64 zpool_size(void *pool)
{
	return 0;
}

static struct zpool_driver zpool_driver = {
	.type = "zsmalloc",
	.owner = THIS_MODULE,
	.create = zpool_create,
	.destroy = zpool_destroy,
	.malloc = zpool_malloc_object,
	.free = zpool_free_object,
	.map = zpool_map,
	.unmap = zpool_unmap,
#ifdef HAVE_ZPOOL_TOTAL_PAGES
	.total_pages = zpool_size,
#else
	.total_size = zpool_size,
#endif
};

/**
 * model_zpool_boot() - the init call of zsmalloc
 */
void model_zpool_boot(void)
{
	zpool_register_driver(&zpool_driver);
}
#endif
