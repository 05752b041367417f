// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree's mm/zswap.c, and what the model needs of its static parts.
 */
#include "include/model.h"

#ifndef HAVE_RB_TREE
#include <linux/xarray.h>

/* calls of zswap.c, to count them: the LRUs have xarrays, too */
#define xa_load(...)	({ x_count(X_COUNT_LOOKUP); xa_load(__VA_ARGS__); })
#define xa_erase(...)	({ x_count(X_COUNT_LOOKUP); xa_erase(__VA_ARGS__); })
#define xa_cmpxchg(...)	({ x_count(X_COUNT_LOOKUP); xa_cmpxchg(__VA_ARGS__); })
#endif

#include "mm/zswap.c"

#ifndef HAVE_ZSMALLOC
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
#endif

/**
 * __cyg_profile_func_enter() - a function of zswap.c is called, see the Makefile
 * @fn:		which
 * @caller:	ignored
 *
 * Counts lookups, where zswap has a tree of its own.
 */
__attribute__((no_instrument_function))
void __cyg_profile_func_enter(void *fn, void *caller)
{
#ifdef HAVE_RB_SEARCH
	if (fn == zswap_rb_search)
		x_count(X_COUNT_LOOKUP);
#endif
}

/**
 * __cyg_profile_func_exit() - same, it returns
 * @fn:		ignored
 * @caller:	ignored
 */
__attribute__((no_instrument_function))
void __cyg_profile_func_exit(void *fn, void *caller)
{
}

/**
 * zswap_boot() - the init call of zswap
 * @on: it is to be enabled
 */
void zswap_boot(bool on)
{
	zswap_enabled = on;
	if (!on)
		return;
#ifdef HAVE_ZSWAP_SETUP
	model_bug_on(zswap_setup());
#else
	model_bug_on(init_zswap());
#endif
}

/**
 * zswap_shrink() - what the worker does when the pool is full
 */
void zswap_shrink(void)
{
#ifdef HAVE_SHRINK_MEMCG
	x_self()->phase = X_PHASE_LOOKUP;
	shrink_memcg(model_task_memcg);
#else
	struct zswap_pool *pool = zswap_pool_last_get();

	x_self()->phase = X_PHASE_LOOKUP;
	if (pool)
		shrink_worker(&pool->shrink_work);
#endif
}

#ifdef HAVE_SHRINKER_COUNT
/* before v6.9 each pool has these: of the only one */
#ifdef HAVE_POOL_LRU
#define only_pool()	list_first_entry(&zswap_pools, struct zswap_pool, list)
#define the_lru()	(&only_pool()->list_lru)
#define the_shrinker()	(only_pool()->shrinker)
#define the_work()	(&zswap_pool_last_get()->shrink_work)	/* which it puts */
#else
#define the_lru()	(&zswap_list_lru)
#define the_shrinker()	zswap_shrinker
#define the_work()	(&zswap_shrink_work)
#endif

/* those that were read from swap a short while ago, before v6.9 */
static unsigned long nr_protected(struct mem_cgroup *memcg)
{
#ifdef HAVE_POOL_LRU
	struct lruvec *lruvec = model_lruvec(memcg);

	return atomic_long_read(&lruvec->zswap_lruvec_state.nr_zswap_protected);
#else
	return 0;
#endif
}

static void shrink_one(struct mem_cgroup *memcg)
{
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL, .memcg = memcg };
	struct shrinker *shrinker = the_shrinker();
	unsigned long before, after, count;

	before = list_lru_shrink_count(the_lru(), &sc);
	count = shrinker->count_objects(shrinker, &sc);
	after = list_lru_shrink_count(the_lru(), &sc);
	if (before > nr_protected(memcg) && after) {
		x_met(MET_SHRINKER);
		if (!count)
			x_remark("shrinker-blind", X_SITE("count_objects()"),
				 "%lu entries are on the LRU, the shrinker counts none",
				 after);
	}
	x_self()->phase = X_PHASE_LOOKUP;
	for (; count; count--) {
		sc.nr_to_scan = 1;
		if (shrinker->scan_objects(shrinker, &sc) == SHRINK_STOP)
			break;
	}
}

/**
 * zswap_shrink_slab() - shrink_slab(), mm/shrinker.c, of all cgroups
 *
 * An oracle, too: entries that are on the LRU of a cgroup are counted. Here an object
 * is a page of the pool, so that a single one is not lost when the ratio is taken.
 */
void zswap_shrink_slab(void)
{
	struct mem_cgroup *memcg = NULL;

	zswap_shrinker_enabled = true;
	while ((memcg = model_memcg_iter(memcg)))
		if (READ_ONCE(memcg->online))
			shrink_one(memcg);
}

/**
 * zswap_shrink_all() - what the worker does when the pool stays full
 *
 * An oracle, too: it gets to the last cgroup, which stays online; entries of one that goes
 * offline may come to the root when it is through.
 */
void zswap_shrink_all(void)
{
	struct shrink_control sc = { };
	struct mem_cgroup *memcg = NULL;

	zswap_max_pool_percent = 0;
	x_self()->phase = X_PHASE_LOOKUP;
	shrink_worker(the_work());
	while ((memcg = model_memcg_iter(memcg)))
		sc.memcg = memcg;
	if (list_lru_shrink_count(the_lru(), &sc))
		x_remark("walk-stuck", X_SITE("shrink_worker()"),
			 "the pool is full, and a cgroup with entries was not reached");
}
#endif

#ifdef HAVE_SECOND_CHANCE
#ifdef HAVE_LRU_ONE_LOCK
static enum lru_status age(struct list_head *item, struct list_lru_one *list,
			   void *arg)
#else
static enum lru_status age(struct list_head *item, struct list_lru_one *list,
			   spinlock_t *lock, void *arg)
#endif
{
	container_of(item, struct zswap_entry, lru)->referenced = false;
	return LRU_SKIP;
}
#endif

/**
 * zswap_age() - each entry that was stored so far has had its second chance
 */
void zswap_age(void)
{
#ifdef HAVE_SECOND_CHANCE
	unsigned long nr = ULONG_MAX;

	list_lru_walk_one(&zswap_list_lru, 0, model_task_memcg, age, NULL, &nr);
#endif
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

#ifdef HAVE_SWAP_CACHE_ALLOC
/**
 * zswap_first_enable() - write to the parameter "enabled", with zswap_boot(false)
 */
void zswap_first_enable(void)
{
	static const struct kernel_param kp = { .arg = &zswap_enabled };

	model_bug_on(zswap_enabled_param_set("Y", &kp));
}

/**
 * zswap_has() - oracle: is there an entry of a slot?
 * @entry: slot
 *
 * Coarser: a look without the lock of the tree.
 *
 * Return: true if there is one
 */
bool zswap_has(swp_entry_t entry)
{
	return xa_load(swap_zswap_tree(entry), swp_offset(entry));
}
#endif

/**
 * zswap_set_exclusive() - a load takes the entry out of zswap
 *
 * Where that can be chosen.
 */
void zswap_set_exclusive(void)
{
#ifdef HAVE_EXCLUSIVE_LOADS
	zswap_exclusive_loads_enabled = true;
#endif
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
 * zswap_set_pool() - entries are stored in another pool from now on
 *
 * Of another allocator, if there are several.
 */
void zswap_set_pool(void)
{
#ifdef HAVE_ZSMALLOC
	zswap_set_compressor("zstd");
#else
	static const struct kernel_param kp = { .arg = &zswap_zpool_type };

	zswap_zpool_param_set("zsmalloc", &kp);
#endif
}

#ifdef HAVE_LIST_LRU
static long list_length(const struct list_lru_one *l)
{
	const struct list_head *item;
	long nr = 0;

	list_for_each(item, &l->list)
		nr++;
	if (nr != l->nr_items)
		x_bug("lru-count", X_SITE("list_lru_one"),
		      "nr_items is %ld, %ld entries are on the list",
		      l->nr_items, nr);
	return nr;
}

static void check_lru(struct list_lru *lru)
{
	struct list_lru_memcg *mlru;
	unsigned long index;
	long nr = list_length(&lru->node[0].lru), counted;

#ifdef HAVE_LRU_ONE_LOCK
	counted = atomic_long_read(&lru->node[0].nr_items);
#else
	counted = lru->node[0].nr_items;
#endif
	xa_for_each(&lru->xa, index, mlru)
		nr += list_length(&mlru->node[0]);
	if (nr != counted)
		x_bug(nr > counted ? "lru-twice" : "lru-count",
		      X_SITE("list_lru_node"),
		      "nr_items is %ld, %ld entries are on the lists",
		      counted, nr);
}
#endif

/**
 * zswap_check_lru() - oracle: the counts of the LRUs are those of the lists
 */
void zswap_check_lru(void)
{
#ifdef HAVE_POOL_LRU
	struct zswap_pool *pool;

	list_for_each_entry(pool, &zswap_pools, list)
		check_lru(&pool->list_lru);
#elif defined(HAVE_LIST_LRU)
	check_lru(&zswap_list_lru);
#endif
}

static bool has_entries(unsigned int type)
{
	if (!zswap_trees[type])
		return false;
#ifdef HAVE_RB_TREE
	return !RB_EMPTY_ROOT(&zswap_trees[type]->rbroot);
#else
	return !xa_empty(zswap_trees[type]);
#endif
}

/**
 * zswap_check_tree() - oracle: swapoff has no slot left to free
 * @type: of the device
 *
 * Coarser: a look without the lock of the tree.
 */
void zswap_check_tree(unsigned int type)
{
	if (has_entries(type))
		x_remark("unuse-early", X_SITE("try_to_unuse()"),
			 "no slot is in use, but zswap has an entry of device %u",
			 type);
}

/**
 * zswap_check_slot() - oracle: what a slot holds is not in two places (R9)
 * @entry: slot
 *
 * The mark of a zero-filled page and an entry cannot both be right. An entry and
 * a copy on the device can: in old kernels a load takes the entry.
 */
void zswap_check_slot(swp_entry_t entry)
{
#ifdef HAVE_ZEROMAP
	if (swap_zero_mark(entry) && xa_load(swap_zswap_tree(entry), swp_offset(entry)))
		x_remark("two-copies", X_SITE("zero mark"),
			 "slot %lu is marked as zero, and zswap has an entry of it",
			 swp_offset(entry));
#endif
}

/**
 * zswap_final() - oracle: nothing is left when all slots are free
 */
void zswap_final(void)
{
	int stored, filled = 0, type;

#ifdef HAVE_STORED_LONG
	stored = atomic_long_read(&zswap_stored_pages);
#else
	stored = atomic_read(&zswap_stored_pages);
#endif
#ifdef HAVE_SAME_FILLED
	filled = atomic_read(&zswap_same_filled_pages);
#endif

	if (stored || filled)
		x_bug("leak", X_SITE("zswap_stored_pages"),
		      "%d pages are counted as stored, %d as same-filled",
		      stored, filled);
	for (type = 0; type < MAX_SWAPFILES; type++)
		if (zswap_trees[type])
			x_bug("tree-left", X_SITE("zswap_trees"),
			      "device %d still has a tree", type);
}
