// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model of mm/zsmalloc.c, for a zswap that calls it without zpool: an allocator
 * whose objects are at an address of their own, and that does not evict.
 */
#include "include/model.h"

#ifdef HAVE_ZSMALLOC
/**
 * zs_create_pool() - mm/zsmalloc.c
 * @name: ignored
 *
 * Return: a pool without objects
 */
struct zs_pool *zs_create_pool(const char *name)
{
	return kzalloc(sizeof(struct zs_pool), GFP_KERNEL);
}

/**
 * zs_destroy_pool() - mm/zsmalloc.c
 * @pool: pool; zsmalloc complains of objects that are left, so does the oracle
 */
void zs_destroy_pool(struct zs_pool *pool)
{
	model_bug_on(pool->nr);
	kfree(pool);
}

/**
 * zs_malloc() - mm/zsmalloc.c
 * @pool:	pool
 * @size:	of the object, in bytes
 * @gfp:	may it sleep
 * @nid:	ignored
 *
 * Coarser: one lock, and each object is an allocation of its own.
 *
 * Return: a handle; -ENOMEM as one if the explorer tries that
 */
unsigned long zs_malloc(struct zs_pool *pool, size_t size, gfp_t gfp, int nid)
{
	void *object = kmalloc(size, gfp);

	if (!object)
		return (unsigned long)-ENOMEM;
	spin_lock(&pool->size_class);
	pool->nr++;
	spin_unlock(&pool->size_class);
	return (unsigned long)object;
}

/**
 * zs_free() - mm/zsmalloc.c
 * @pool:	pool
 * @handle:	object, or an error
 */
void zs_free(struct zs_pool *pool, unsigned long handle)
{
	if (IS_ERR_VALUE(handle))
		return;
	spin_lock(&pool->size_class);
	pool->nr--;
	spin_unlock(&pool->size_class);
	kfree((void *)handle);
}

/**
 * zs_obj_write() - mm/zsmalloc.c
 * @pool:	ignored
 * @handle:	object
 * @mem:	what to write
 * @len:	in bytes
 */
void zs_obj_write(struct zs_pool *pool, unsigned long handle, void *mem, size_t len)
{
	x_copy((void *)handle, mem, len);
}

/**
 * zs_obj_read_begin() - mm/zsmalloc.c
 * @pool:	ignored
 * @handle:	object
 * @local_copy:	ignored, no object spans two pages
 *
 * Return: its address, until zs_obj_read_end(); the caller may sleep
 */
void *zs_obj_read_begin(struct zs_pool *pool, unsigned long handle, void *local_copy)
{
	return (void *)handle;
}

/**
 * zs_obj_read_end() - mm/zsmalloc.c
 * @pool:	ignored
 * @handle:	ignored
 * @mem:	ignored
 */
void zs_obj_read_end(struct zs_pool *pool, unsigned long handle, void *mem)
{
}

#ifdef HAVE_ZSMALLOC_SG
/**
 * zs_obj_read_sg_begin() - mm/zsmalloc.c
 * @pool:	ignored
 * @handle:	object
 * @sg:		list of two; coarser: the first is enough
 * @len:	of the object, in bytes
 *
 * Context: until zs_obj_read_sg_end(); the caller may sleep
 */
void zs_obj_read_sg_begin(struct zs_pool *pool, unsigned long handle,
			  struct scatterlist *sg, size_t len)
{
	sg_init_one(sg, (void *)handle, len);
}

/**
 * zs_obj_read_sg_end() - mm/zsmalloc.c
 * @pool:	ignored
 * @handle:	ignored
 */
void zs_obj_read_sg_end(struct zs_pool *pool, unsigned long handle)
{
}
#endif

/**
 * zs_get_total_pages() - mm/zsmalloc.c
 * @pool: pool
 *
 * Return: its size in pages; here its objects
 */
unsigned long zs_get_total_pages(struct zs_pool *pool)
{
	return READ_ONCE(pool->nr);
}
#endif
