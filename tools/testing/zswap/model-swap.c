// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model of mm/swapfile.c and mm/swap_state.c: slots, the swap cache, swapon and
 * swapoff.
 *
 * A critical section of the kernel's that calls nothing and that nobody can look
 * into without the lock is one step here, and its lock is left out: the cluster
 * locks and the xa_lock of the swap cache. si->lock is a lock here, too, since
 * frontswap and zswap are called with it held.
 */
#include "include/hooks.h"
#include "include/model.h"

struct swap_info_struct *swap_info[MAX_SWAPFILES];
spinlock_t swap_lock;	/* of the list of devices in use */

static struct folio *swap_cache[MAX_SWAPFILES][SLOTS];
static unsigned long truth[MAX_SWAPFILES][SLOTS];

static struct folio **cache_slot(swp_entry_t entry)
{
	return &swap_cache[swp_type(entry)][swp_offset(entry)];
}

/**
 * swap_truth() - what a slot holds, for the oracle
 * @entry: slot
 *
 * Return: where that is written down
 */
unsigned long *swap_truth(swp_entry_t entry)
{
	return &truth[swp_type(entry)][swp_offset(entry)];
}

/**
 * swap_count() - __swp_swapcount(), mm/swapfile.c
 * @entry: slot
 *
 * Return: how many page table entries have it
 */
int swap_count(swp_entry_t entry)
{
	struct swap_info_struct *si = swap_info[swp_type(entry)];

	if (READ_ONCE(si->users.dead) || swp_offset(entry) >= si->max)
		return 0;
	return si->swap_map[swp_offset(entry)] & ~SWAP_HAS_CACHE;
}

/* -- the device ------------------------------------------------------------ */

/**
 * get_swap_device() - mm/swapfile.c
 * @entry: slot
 *
 * Return: the device, which stays until put_swap_device(); NULL if swapoff has
 * come too far
 */
struct swap_info_struct *get_swap_device(swp_entry_t entry)
{
	struct swap_info_struct *si = swap_info[swp_type(entry)];

	x_point(X_RUN, si, X_HERE);
	if (READ_ONCE(si->users.dead))
		return NULL;
	x_add_long(&si->users.refs.counter, 1);
	return si;
}

/**
 * put_swap_device() - include/linux/swap.h
 * @si: device
 */
void put_swap_device(struct swap_info_struct *si)
{
	x_point(X_RUN, si, X_HERE);
	x_add_long(&si->users.refs.counter, -1);
}

/* -- slots ----------------------------------------------------------------- */

static void lower_inuse(struct swap_info_struct *si)
{
	x_point(X_RUN, &si->inuse_pages, X_SITE("si->inuse_pages--"));
	WRITE_ONCE(si->inuse_pages, si->inuse_pages - 1);
}

/*
 * swap_range_free(). Whether inuse_pages is lowered before or after the slot is
 * invalidated is what mm/swapfile.c of the tree does.
 */
static void swap_range_free(struct swap_info_struct *si, unsigned long offset)
{
	if (__is_defined(HAVE_ZEROMAP))
		clear_bit(offset, si->zeromap);
	if (!__is_defined(HAVE_INUSE_LAST))
		lower_inuse(si);
	x_note("slot %lu is freed", offset);
	if (!__is_defined(HAVE_INVALIDATE_FIRST))
		hook_invalidate(si->type, offset);
	if (__is_defined(HAVE_INUSE_LAST))
		lower_inuse(si);
}

/*
 * Where slots and swap cache are one table, si->lock is the lock of the cluster,
 * with which a slot goes from one state to another; here SWAP_HAS_CACHE says
 * then that it has a folio. See mm/swap_table.h.
 */
static void table_lock(struct swap_info_struct *si)
{
	if (__is_defined(HAVE_SWAP_CACHE_ALLOC))
		spin_lock(&si->lock);
}

static void table_unlock(struct swap_info_struct *si)
{
	if (__is_defined(HAVE_SWAP_CACHE_ALLOC))
		spin_unlock(&si->lock);
}

/* Same, of __remove_mapping() in mm/vmscan.c */
static void table_lock_irq(struct swap_info_struct *si)
{
	if (!__is_defined(HAVE_REMOVE_IRQ))
		table_lock(si);
	else if (__is_defined(HAVE_SWAP_CACHE_ALLOC))
		spin_lock_irq(&si->lock);
}

static void table_unlock_irq(struct swap_info_struct *si)
{
	if (!__is_defined(HAVE_REMOVE_IRQ))
		table_unlock(si);
	else if (__is_defined(HAVE_SWAP_CACHE_ALLOC))
		spin_unlock_irq(&si->lock);
}

/* swapcache_free_entries() for one entry; coarser: no cache of free slots. */
static void free_slot(struct swap_info_struct *si, unsigned long offset)
{
	/* free_swap_slot(), mm/swap_slots.c */
	if (__is_defined(HAVE_INVALIDATE_FIRST))
		hook_invalidate(si->type, offset);
	if (!__is_defined(HAVE_SWAP_CACHE_ALLOC))
		spin_lock(&si->lock);
	model_bug_on(si->swap_map[offset] != SWAP_HAS_CACHE);
	si->swap_map[offset] = 0;
	swap_range_free(si, offset);
	if (!__is_defined(HAVE_SWAP_CACHE_ALLOC))
		spin_unlock(&si->lock);
}

/*
 * __swap_entry_free_locked(): the last one leaves SWAP_HAS_CACHE behind, so
 * that the slot is not used again before free_slot() is done with it. Called
 * with table_lock(), as __swap_cluster_free_entries() is.
 */
static void drop_usage(swp_entry_t entry, unsigned char usage,
		       const struct x_site *site)
{
	struct swap_info_struct *si = swap_info[swp_type(entry)];
	unsigned long offset = swp_offset(entry);
	unsigned char left;

	x_point(X_RUN, &si->swap_map[offset], site);
	model_bug_on(usage == SWAP_HAS_CACHE && !(si->swap_map[offset] & usage));
	left = si->swap_map[offset] - usage;
	WRITE_ONCE(si->swap_map[offset], left ?: SWAP_HAS_CACHE);
	if (!left)
		free_slot(si, offset);
}

/**
 * swap_free() - mm/swapfile.c
 * @entry: slot that a page table entry has no more
 */
void swap_free(swp_entry_t entry)
{
	struct swap_info_struct *si = swap_info[swp_type(entry)];

	table_lock(si);
	drop_usage(entry, 1, X_HERE);
	table_unlock(si);
}

static void put_swap_folio(swp_entry_t entry, long nr)
{
	for (; nr; nr--, entry.val++)
		drop_usage(entry, SWAP_HAS_CACHE, X_HERE);
}

/**
 * swap_duplicate() - mm/swapfile.c
 * @entry: slot that a page table entry is to have
 *
 * Return: 0; coarser: the count does not overflow, and the caller holds the
 * folio of the slot, so that swapoff waits for it
 */
int swap_duplicate(swp_entry_t entry)
{
	struct swap_info_struct *si = swap_info[swp_type(entry)];

	x_point(X_RUN, &si->swap_map[swp_offset(entry)],
		X_HERE);
	si->swap_map[swp_offset(entry)]++;
	return 0;
}

#ifndef HAVE_SWAP_CACHE_ALLOC
/* swapcache_prepare(), mm/swapfile.c */
static int swapcache_prepare(swp_entry_t entry)
{
	struct swap_info_struct *si = swap_info[swp_type(entry)];
	unsigned char *map;

	x_point(X_RUN, si, X_HERE);
	if (READ_ONCE(si->users.dead) || swp_offset(entry) >= si->max)
		return -EINVAL;
	map = &si->swap_map[swp_offset(entry)];
	if (*map & SWAP_HAS_CACHE) {
		x_count(X_COUNT_LOST);
		return -EEXIST;
	}
	if (!*map)
		return -ENOENT;
	WRITE_ONCE(*map, *map | SWAP_HAS_CACHE);
	return 0;
}
#endif

static bool take_slot(struct swap_info_struct *si, swp_entry_t *entry)
{
	unsigned long offset;

	if (!si || !(si->flags & SWP_WRITEOK))
		return false;
	for (offset = 1; offset < si->max; offset++)
		if (!si->swap_map[offset])
			break;
	if (offset == si->max)
		return false;
	si->swap_map[offset] = SWAP_HAS_CACHE;
	WRITE_ONCE(si->inuse_pages, si->inuse_pages + 1);
	*entry = swp_entry(si->type, offset);
	return true;
}

/* folio_alloc_swap(); coarser: the lowest slot that is free, no cache of slots */
static swp_entry_t alloc_slot(void)
{
	swp_entry_t entry = { 0 };
	bool found = false;
	int type;

	for (type = 0; type < MAX_SWAPFILES && !found; type++) {
		struct swap_info_struct *si = swap_info[type];

		spin_lock(&si->lock);
		found = take_slot(si, &entry);
		spin_unlock(&si->lock);
	}
	return entry;
}

/* -- swap cache ------------------------------------------------------------ */

/**
 * swap_cache_get() - swap_cache_get_folio(), mm/swap_state.c
 * @entry: slot
 *
 * Return: its folio, with a reference, or NULL
 */
struct folio *swap_cache_get(swp_entry_t entry)
{
	struct swap_info_struct *si = swap_info[swp_type(entry)];
	struct folio *folio;

	x_point(X_RUN, cache_slot(entry), X_SITE("filemap_get_folio()"));
	if (READ_ONCE(si->users.dead))
		return NULL;
	folio = READ_ONCE(*cache_slot(entry));
	if (folio)
		folio->_refcount++;
	return folio;
}

static void add_to_swap_cache(struct folio *folio, swp_entry_t entry)
{
	long nr = folio_nr_pages(folio), i;

	x_point(X_RUN, cache_slot(entry), X_HERE);
	model_bug_on(!folio_test_locked(folio));
	folio->_refcount += nr;
	folio->private = entry.val;
	folio_set_swapcache(folio);
	for (i = 0; i < nr; i++) {
		model_bug_on(cache_slot(entry)[i]);
		WRITE_ONCE(cache_slot(entry)[i], folio);
	}
}

/* __delete_from_swap_cache() */
static void remove_from_cache(struct folio *folio, swp_entry_t entry)
{
	long nr = folio_nr_pages(folio), i;

	model_bug_on(!folio_test_locked(folio) || !folio_test_swapcache(folio) ||
		     folio_test_writeback(folio));
	for (i = 0; i < nr; i++) {
		model_bug_on(cache_slot(entry)[i] != folio);
		WRITE_ONCE(cache_slot(entry)[i], NULL);
	}
	folio->private = 0;
	folio_clear_swapcache(folio);
}

/**
 * swap_cache_del_folio() - mm/swap_state.c, in older kernels delete_from_swap_cache()
 * @folio: folio, locked
 */
void swap_cache_del_folio(struct folio *folio)
{
	swp_entry_t entry = { folio->private };
	struct swap_info_struct *si = swap_info[swp_type(entry)];

	table_lock(si);
	x_point(X_RUN, cache_slot(entry), X_HERE);
	remove_from_cache(folio, entry);
	if (x_self()->phase == X_PHASE_PINNED)
		x_self()->phase = X_PHASE_UNPINNED;
	put_swap_folio(entry, folio_nr_pages(folio));
	table_unlock(si);
	x_point(X_RUN, folio, X_SITE("folio_ref_sub()"));
	folio->_refcount -= folio_nr_pages(folio);
}

/* mm/swapfile.c: is a slot of the folio still in use? */
static bool folio_swapped(const struct folio *folio)
{
	swp_entry_t entry = { folio->private };
	long nr;

	for (nr = folio_nr_pages(folio); nr; nr--, entry.val++)
		if (swap_count(entry))
			return true;
	return false;
}

/**
 * folio_free_swap() - mm/swapfile.c
 * @folio: folio, locked
 *
 * Return: true if its slots are given up
 */
bool folio_free_swap(struct folio *folio)
{
	x_point(X_RUN, folio, X_HERE);
	if (!folio_test_swapcache(folio) || folio_test_writeback(folio) ||
	    folio_swapped(folio))
		return false;
	swap_cache_del_folio(folio);
	folio_set_dirty(folio);
	return true;
}

/**
 * add_to_swap() - mm/swap_state.c
 * @folio: folio, locked
 *
 * Return: true if it has a slot now
 */
bool add_to_swap(struct folio *folio)
{
	swp_entry_t entry = alloc_slot();

	if (!entry.val)
		return false;
	add_to_swap_cache(folio, entry);
	folio_set_dirty(folio);
	return true;
}

/**
 * remove_mapping() - __remove_mapping(), mm/vmscan.c
 * @folio: folio in the swap cache, locked, the caller has a reference
 *
 * Return: true if nobody else has it; it is not in the swap cache any more then
 */
bool remove_mapping(struct folio *folio)
{
	swp_entry_t entry = { folio->private };
	struct swap_info_struct *si = swap_info[swp_type(entry)];
	bool gone;

	table_lock_irq(si);
	x_point(X_RUN, cache_slot(entry), X_SITE("__remove_mapping()"));
	gone = folio->_refcount == 1 + folio_nr_pages(folio) && !folio_test_dirty(folio);
	if (gone) {
		remove_from_cache(folio, entry);
		folio->_refcount = 1;
		put_swap_folio(entry, folio_nr_pages(folio));
	}
	table_unlock_irq(si);
	return gone;
}

/**
 * free_swap_and_cache() - mm/swapfile.c
 * @entry: slot that a page table entry has no more
 *
 * Coarser: __try_to_reclaim_swap() reclaims whenever it can.
 */
void free_swap_and_cache(swp_entry_t entry)
{
	struct swap_info_struct *si = get_swap_device(entry);
	struct folio *folio;

	if (!si)
		return;
	swap_free(entry);
	folio = swap_cache_get(entry);
	if (folio && folio_trylock(folio)) {
		folio_free_swap(folio);
		folio_unlock(folio);
	}
	if (folio)
		folio_put(folio);
	put_swap_device(si);
}

#ifdef HAVE_SWAP_CACHE_ALLOC
/*
 * mm/swap_table.h: what the table has of a slot is the slot itself here, to be looked up
 * when it is asked. Coarser: no shadows, and all slots are of one cgroup.
 */
#define __swap_table_get(ci, off)	(swp_entry((ci)->type, off).val)
#define swp_tb_is_folio(tb)		(!!READ_ONCE(*cache_slot((swp_entry_t){ tb })))
#define __swp_tb_get_count(tb)		swap_count((swp_entry_t){ tb })
#define swp_tb_is_shadow(tb)		((void)(tb), false)
#define swp_tb_to_shadow(tb)		((void)(tb), NULL)
#define __swap_cgroup_get(ci, off)	0

/* __swap_cache_add_check() of the tree's mm/swap_state.c, see forward */
#include "swap_cache_add_check.h"

/* Same, for the oracle and --count: may a folio of so many pages be added? */
static int add_check(swp_entry_t targ, unsigned long nr, void **shadow,
		     unsigned short *memcg_id)
{
	int err = __swap_cache_add_check(swap_info[swp_type(targ)], targ, nr, shadow,
					 memcg_id);
	swp_entry_t entry = { round_down(targ.val, nr) };

	if (err == -EEXIST)
		x_count(X_COUNT_LOST);
	if (nr == 1 || (err && err != -EBUSY))
		return err;
	for (; nr; nr--, entry.val++)
		if (!READ_ONCE(*cache_slot(entry)) && swap_count(entry) && zswap_has(entry))
			x_met(MET_LARGE_STORED);
	return err;
}

/* __swap_cache_alloc(), without the phase for the oracle */
static struct folio *table_alloc(swp_entry_t targ, gfp_t gfp, unsigned int order)
{
	unsigned long nr = 1UL << order, i;
	swp_entry_t entry = { round_down(targ.val, nr) };
	struct swap_info_struct *si = swap_info[swp_type(entry)];
	unsigned short memcg_id;
	struct folio *folio;
	void *shadow;
	int err;

	table_lock(si);
	err = add_check(targ, nr, NULL, NULL);
	table_unlock(si);
	if (err)
		return ERR_PTR(err);
	folio = page_folio(model_alloc_pages(gfp, order, X_SITE("folio_alloc_mpol()")));
	if (!folio)
		return ERR_PTR(-ENOMEM);
	table_lock(si);
	err = add_check(targ, nr, &shadow, &memcg_id);
	if (err) {
		table_unlock(si);
		folio_put(folio);
		return ERR_PTR(err);
	}
	model_set_locked(folio);
	folio_set_swapbacked(folio);
	folio->memcg = model_task_memcg;
	model_swapin_charge(X_SITE("mem_cgroup_swapin_charge_folio()"));
	for (i = 0; i < nr; i++)
		si->swap_map[swp_offset(entry) + i] |= SWAP_HAS_CACHE;
	add_to_swap_cache(folio, entry);
	table_unlock(si);
	if (model_fault(FAULT_ALLOC, X_SITE("mem_cgroup_swapin_charge_folio()"))) {
		swap_cache_del_folio(folio);
		folio_unlock(folio);
		folio_put(folio);
		return ERR_PTR(-ENOMEM);
	}
	return folio;
}

/**
 * swap_cache_alloc_folio() - mm/swap_state.c
 * @entry:	slot
 * @gfp:	may it sleep
 * @orders:	that are tried, the largest first
 * @vmf:	ignored
 * @mpol:	ignored
 * @ilx:	ignored
 *
 * Return: a new folio of the slot, without data, and locked; an error if it has
 * one, is free, or there is no memory
 */
struct folio *swap_cache_alloc_folio(swp_entry_t entry, gfp_t gfp,
				     unsigned long orders, struct vm_fault *vmf,
				     struct mempolicy *mpol, pgoff_t ilx)
{
	struct folio *folio;

	do {
		unsigned int order = ilog2(orders);

		folio = table_alloc(entry, gfp, order);
		orders &= ~BIT(order);
	} while (orders && (PTR_ERR(folio) == -EBUSY || PTR_ERR(folio) == -ENOMEM));
	if (x_info[x->cur].role == X_ROLE_WRITEBACK)
		x_self()->phase = IS_ERR(folio) ? X_PHASE_UNPINNED : X_PHASE_PINNED;
	return folio;
}

/**
 * swap_cache_alloc() - swap_cache_read_folio(), mm/swap_state.c, but the reading
 * @entry:	slot
 * @gfp:	may it sleep
 * @skip:	ignored, nobody is about to add a folio
 * @allocated:	set if the folio is a new one, without data, and locked
 *
 * Return: the folio of the slot, or NULL
 */
struct folio *swap_cache_alloc(swp_entry_t entry, gfp_t gfp, bool skip,
			       bool *allocated)
{
	struct folio *folio;

	*allocated = false;
	do {
		x_poll(0);
		folio = swap_cache_get(entry);
		if (folio)
			return folio;
		folio = table_alloc(entry, gfp, 0);
	} while (PTR_ERR(folio) == -EEXIST);
	*allocated = !IS_ERR(folio);
	return IS_ERR(folio) ? NULL : folio;
}

/**
 * model_cluster_lock() - swap_cluster_get_and_lock(), mm/swap.h
 * @folio: folio in the swap cache, locked
 *
 * Return: the cluster of its slot, locked
 */
struct swap_cluster_info *model_cluster_lock(struct folio *folio)
{
	struct swap_cluster_info *ci = swap_info[swp_type(folio->swap)];

	spin_lock(&ci->lock);
	return ci;
}
#else
/*
 * The tail of __read_swap_cache_async(): SWAP_HAS_CACHE is ours. Returns NULL if
 * the folio cannot be added, the slot is let go then.
 */
static struct folio *publish(struct folio *folio, swp_entry_t entry)
{
	model_set_locked(folio);
	folio_set_swapbacked(folio);
	folio->memcg = model_task_memcg;
	model_swapin_charge(X_SITE("mem_cgroup_swapin_charge_folio()"));
	if (model_fault(FAULT_ALLOC, X_SITE("mem_cgroup_swapin_charge_folio()"))) {
		put_swap_folio(entry, 1);
		folio_unlock(folio);
		folio_put(folio);
		return NULL;
	}
	add_to_swap_cache(folio, entry);
	return folio;
}

/*
 * Get the folio that somebody else has in the swap cache, or SWAP_HAS_CACHE for
 * @page. Returns -EAGAIN if neither could be had, and may be a moment later.
 */
static int get_or_prepare(swp_entry_t entry, gfp_t gfp, struct page **page,
			  struct folio **folio)
{
	int err;

	*folio = swap_cache_get(entry);
	if (*folio)
		return 0;
	if (!swap_count(entry))
		return -ENOENT;
	if (!*page)
		*page = alloc_page(gfp);
	if (!*page)
		return -ENOMEM;
	err = swapcache_prepare(entry);
	return err == -EEXIST ? -EAGAIN : err;
}

/*
 * Coarser: the page is kept for the next round of the loop, as 6.9 does, and not
 * freed and allocated again.
 */
static struct folio *read_swap_cache(swp_entry_t entry, gfp_t gfp, bool skip,
				     bool *new)
{
	struct page *page = NULL;
	struct folio *folio;
	int err;

	*new = false;
	for (;;) {
		x_poll(0);
		err = get_or_prepare(entry, gfp, &page, &folio);
		if (err != -EAGAIN || skip)
			break;
		x_yield(0, X_SITE("schedule_timeout_uninterruptible(1)"));
	}
	if (!err && !folio) {
		folio = publish(page_folio(page), entry);
		*new = folio;
		return folio;
	}
	if (page)
		put_page(page);
	return folio;
}

/**
 * swap_cache_alloc() - __read_swap_cache_async(), mm/swap_state.c
 * @entry:	slot
 * @gfp:	may it sleep
 * @skip:	give up instead of waiting for somebody who is about to add a folio
 * @allocated:	set if the folio is a new one, without data, and locked
 *
 * Return: the folio of the slot, or NULL
 */
struct folio *swap_cache_alloc(swp_entry_t entry, gfp_t gfp, bool skip,
			       bool *allocated)
{
	struct folio *folio = read_swap_cache(entry, gfp, skip, allocated);

	if (x_info[x->cur].role == X_ROLE_WRITEBACK)
		x_self()->phase = *allocated ? X_PHASE_PINNED : X_PHASE_UNPINNED;
	return folio;
}

#ifdef HAVE_SWAPIN_MPOL
struct folio *__read_swap_cache_async(swp_entry_t entry, gfp_t gfp,
				      struct mempolicy *mpol, pgoff_t ilx,
				      bool *allocated, bool skip)
{
	return swap_cache_alloc(entry, gfp, skip, allocated);
}
#else
static struct page *swap_cache_alloc_page(swp_entry_t entry, gfp_t gfp,
					  bool *allocated)
{
	struct folio *folio = swap_cache_alloc(entry, gfp, false, allocated);

	return folio ? &folio->page : NULL;
}

#ifdef HAVE_SWAPIN_MPOL_PAGE
struct page *__read_swap_cache_async(swp_entry_t entry, gfp_t gfp,
				     struct mempolicy *mpol, pgoff_t ilx,
				     bool *allocated)
{
	return swap_cache_alloc_page(entry, gfp, allocated);
}
#else
struct page *__read_swap_cache_async(swp_entry_t entry, gfp_t gfp,
				     struct vm_area_struct *vma,
				     unsigned long addr, bool *allocated)
{
	return swap_cache_alloc_page(entry, gfp, allocated);
}
#endif
#endif
#endif

/* -- swapon and swapoff ---------------------------------------------------- */

/**
 * swap_on() - swapon(), mm/swapfile.c, of a device with all slots free
 * @type: of the device
 *
 * In the order of enable_swap_info(): zswap has its tree first.
 */
void swap_on(unsigned int type)
{
	struct swap_info_struct *si = swap_info[type];

	model_bug_on(si->flags);
	si->flags = SWP_USED;
	hook_swapon(si);
	spin_lock(&si->lock);
	si->swap_map = kzalloc(SLOTS, GFP_NOWAIT);
	if (__is_defined(HAVE_ZEROMAP))
		si->zeromap = kzalloc(sizeof(long), GFP_NOWAIT);
	si->max = SLOTS;
	spin_unlock(&si->lock);
	x_point(X_RUN, si, X_SITE("percpu_ref_resurrect()"));
	si->users.refs.counter = 1;
	WRITE_ONCE(si->users.dead, false);
	spin_lock(&si->lock);
	if (bdev_synchronous(si->bdev))
		si->flags |= SWP_SYNCHRONOUS_IO;
	si->flags |= SWP_WRITEOK;
	spin_unlock(&si->lock);
}

/* The second loop of try_to_unuse(). Returns true if it has freed a slot. */
static bool unuse_cache(struct swap_info_struct *si)
{
	unsigned int before = READ_ONCE(si->inuse_pages);
	unsigned long offset;

	for (offset = 1; offset < si->max; offset++) {
		struct folio *folio;

		if (!READ_ONCE(si->swap_map[offset]))
			continue;
		folio = swap_cache_get(swp_entry(si->type, offset));
		if (!folio)
			continue;
		folio_lock(folio);
		folio_wait_writeback(folio);
		folio_free_swap(folio);
		folio_unlock(folio);
		folio_put(folio);
	}
	return READ_ONCE(si->inuse_pages) != before;
}

/* try_to_unuse(); it polls, and so gives way when it has done nothing */
static void try_to_unuse(struct swap_info_struct *si)
{
	bool progress;

	for (;;) {
		x_poll(1);
		x_point(X_RUN, &si->inuse_pages, X_HERE);
		if (!READ_ONCE(si->inuse_pages))
			return;
		progress = mm_unuse(si->type);
		progress |= unuse_cache(si);
		if (!progress)
			x_yield(1, X_SITE("retry"));
	}
}

static bool no_users(const void *arg)
{
	const struct swap_info_struct *si = arg;

	return !si->users.refs.counter;
}

/* percpu_ref_kill(), synchronize_rcu(), wait_for_completion() */
static void wait_for_users(struct swap_info_struct *si)
{
	x_point(X_RUN, si, X_SITE("percpu_ref_kill()"));
	WRITE_ONCE(si->users.dead, true);
	si->users.refs.counter--;
	synchronize_rcu();
	x_wait(no_users, si, X_SITE("wait_for_completion(&p->comp)"));
	model_bug_on(si->users.refs.counter);
}

/**
 * swap_off() - swapoff(), mm/swapfile.c
 * @type: of the device
 *
 * Return: 0, -EINVAL if it is not in use
 */
int swap_off(unsigned int type)
{
	struct swap_info_struct *si = swap_info[type];
	unsigned char *swap_map;
	unsigned long *zeromap;

	spin_lock(&si->lock);
	if (!(si->flags & SWP_WRITEOK)) {
		spin_unlock(&si->lock);
		return -EINVAL;
	}
	si->flags &= ~SWP_WRITEOK;
	spin_unlock(&si->lock);

	try_to_unuse(si);
	zswap_check_tree(type);
	wait_for_users(si);

	spin_lock(&si->lock);
	si->max = 0;
	swap_map = si->swap_map;
	si->swap_map = NULL;
	zeromap = si->zeromap;
	si->zeromap = NULL;
	spin_unlock(&si->lock);
	hook_swapoff(si);
	vfree(swap_map);
	kvfree(zeromap);
	x_point(X_RUN, si, X_SITE("p->flags = 0"));
	si->flags = 0;
	return 0;
}

/**
 * swap_boot() - the devices are there, none is in use
 */
void swap_boot(void)
{
	unsigned int type;

	for (type = 0; type < MAX_SWAPFILES; type++) {
		struct swap_info_struct *si;

		si = kzalloc(sizeof(*si), GFP_KERNEL);
		si->type = type;
		si->users.dead = true;
		si->bdev = kzalloc(sizeof(*si->bdev), GFP_KERNEL);
		si->bdev->type = type;
#ifdef HAVE_SWAP_IO_CTX
		si->ops = &swap_bdev_ops;
		model_bug_on(sio_pool_init());
#endif
		swap_info[type] = si;
	}
}

/**
 * swap_check_copies() - oracle: what is in use is not in two places (R9)
 */
void swap_check_copies(void)
{
	unsigned int type, offset;

	for (type = 0; type < MAX_SWAPFILES; type++)
		for (offset = 1; offset < swap_info[type]->max; offset++)
			if (swap_count(swp_entry(type, offset)))
				zswap_check_slot(swp_entry(type, offset));
}

/**
 * swap_final() - oracle: swapoff leaves nothing in the swap cache
 */
void swap_final(void)
{
	unsigned int type, offset;

	for (type = 0; type < MAX_SWAPFILES; type++) {
		if (swap_info[type]->flags)
			swap_off(type);
		for (offset = 0; offset < SLOTS; offset++)
			if (swap_cache[type][offset])
				x_bug("swapcache-left", X_SITE("swapoff()"),
				      "slot %u still has a folio", offset);
	}
}
