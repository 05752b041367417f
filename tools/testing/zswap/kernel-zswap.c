// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree's mm/zswap.c, and what the model needs of its static parts.
 */
#include "mm/zswap.c"

#include "include/model.h"

void *__real_zpool_map_handle(struct zpool *pool, unsigned long handle,
			      enum zpool_mapmode mode);
void *__wrap_zpool_map_handle(struct zpool *pool, unsigned long handle,
			      enum zpool_mapmode mode);

/**
 * __wrap_zpool_map_handle() - zpool_map_handle(), and a note for the oracle
 * @pool:	pool
 * @handle:	object
 * @mode:	how
 *
 * Writeback that maps an object before it has the slot pinned is at the
 * beginning of an eviction.
 *
 * Return: address of the object
 */
void *__wrap_zpool_map_handle(struct zpool *pool, unsigned long handle,
			      enum zpool_mapmode mode)
{
	struct x_thread *t = x_self();

	if (x_info[x->cur].role == X_ROLE_WRITEBACK &&
	    t->phase != X_PHASE_PINNED)
		t->phase = X_PHASE_LOOKUP;
	return __real_zpool_map_handle(pool, handle, mode);
}

/**
 * zswap_boot() - the init call of zswap
 */
void zswap_boot(void)
{
	BUG_ON(init_zswap());
}

/**
 * zswap_shrink() - what the worker does when the pool is full
 */
void zswap_shrink(void)
{
	struct zswap_pool *pool = zswap_pool_last_get();

	if (pool)
		shrink_worker(&pool->shrink_work);
}

/**
 * zswap_set_enabled() - write to the parameter "enabled"
 * @on: Y or N
 */
void zswap_set_enabled(bool on)
{
	x_point(X_RUN, &zswap_enabled, X_SITE("echo >enabled"));
	zswap_enabled = on;
}

/**
 * zswap_set_compressor() - write to the parameter "compressor"
 * @name: another one; the pool is replaced
 */
void zswap_set_compressor(const char *name)
{
	static const struct kernel_param kp = { .arg = &zswap_compressor };

	zswap_compressor_param_set(name, &kp);
}

/**
 * zswap_final() - oracle: nothing is left when all slots are free
 */
void zswap_final(void)
{
	int stored = atomic_read(&zswap_stored_pages);
	int filled = atomic_read(&zswap_same_filled_pages);
	int type;

	if (stored || filled)
		x_bug("leak", X_SITE("zswap_stored_pages"),
		      "%d pages are counted as stored, %d as same-filled",
		      stored, filled);
	for (type = 0; type < MAX_SWAPFILES; type++)
		if (zswap_trees[type])
			x_bug("tree-left", X_SITE("zswap_trees"),
			      "device %d still has a tree", type);
}
