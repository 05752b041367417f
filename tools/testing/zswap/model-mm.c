// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model of the users of swap: page table entries, the faults of a program,
 * reclaim of its pages, and the part of swapoff that swaps them in.
 */
#include "include/hooks.h"
#include "include/model.h"

struct model_pte model_pte[PTES];

static struct folio *new_folio(const struct x_site *site)
{
	struct folio *folio = page_folio(alloc_page(GFP_HIGHUSER_MOVABLE));

	folio->memcg = model_task_memcg;
	folio_set_swapbacked(folio);
	folio_set_uptodate(folio);
	return folio;
}

/* The oracle of all that is about data. */
static void check_value(struct model_pte *pte, struct page *page)
{
	bool torn;
	unsigned long value = page_value(page, &torn);

	x_note("loads %#lx", value);
	if (torn || value != pte->value)
		x_bug("lost-data", X_SITE("load"),
		      "page %d: stored %#lx, loaded %#lx%s",
		      (int)(pte - model_pte), pte->value, value,
		      torn ? " and parts of another" : "");
}

/* What does the entry have now? One look at it, with its lock. */
static struct folio *look(struct model_pte *pte, swp_entry_t *entry)
{
	struct folio *folio;

	spin_lock(&pte->ptl);
	folio = pte->folio;
	*entry = pte->entry;
	spin_unlock(&pte->ptl);
	return folio;
}

/* swapin_readahead(), of one page */
static struct folio *swap_in(swp_entry_t entry)
{
	struct folio *folio;
	bool new;

	folio = swap_cache_alloc(entry, GFP_HIGHUSER_MOVABLE, false, &new);
	if (new)
		hook_read(folio, false);
	return folio;
}

#ifdef HAVE_SWAP_CACHE_ALLOC
/*
 * thp_swapin_suitable_orders(), mm/memory.c. Coarser: a large folio has two pages, and
 * the entries of the two have a lock each.
 */
static unsigned long suitable_orders(struct model_pte *pte, swp_entry_t entry)
{
	unsigned long nr = pte - model_pte;
	swp_entry_t other;

	if (!zswap_never_enabled() || (nr ^ entry.val) & 1)
		return 0;
	look(&model_pte[nr ^ 1], &other);
	return other.val == (entry.val ^ 1) ? BIT(1) : 0;
}

/* mm/swap_state.c */
static struct folio *swapin_sync(struct model_pte *pte, swp_entry_t entry)
{
	unsigned long orders = suitable_orders(pte, entry) | BIT(0);
	struct folio *folio;

	do {
		folio = swap_cache_get(entry);
		if (folio)
			return folio;
		folio = swap_cache_alloc_folio(entry, GFP_HIGHUSER_MOVABLE, orders,
					       NULL, NULL, 0);
	} while (PTR_ERR(folio) == -EEXIST);
	if (IS_ERR(folio))
		return NULL;
	if (folio_test_large(folio) && !zswap_never_enabled())
		x_met(MET_LARGE_LATE);
	hook_read(folio, true);
	return folio;
}
#else
/* no scenario has a synchronous device */
static struct folio *swapin_sync(struct model_pte *pte, swp_entry_t entry)
{
	return NULL;
}
#endif

/* Both may be read only with the page table lock held. */
static bool pte_same(struct model_pte *pte, swp_entry_t entry)
{
	return !pte->folio && pte->entry.val == entry.val;
}

/* Is it still the folio of the slot? Known for certain once it is locked. */
static bool in_slot(struct folio *folio, swp_entry_t entry)
{
	return folio_test_swapcache(folio) &&
	       folio->private == round_down(entry.val, folio_nr_pages(folio));
}

/*
 * The page table entry gets its folio back, which is locked: do_swap_page() and
 * unuse_pte(). The slot's user goes with the page table lock held.
 */
static bool map_folio(struct model_pte *pte, swp_entry_t entry,
		      struct folio *folio)
{
	struct page *page;

	spin_lock(&pte->ptl);
	if (!pte_same(pte, entry)) {
		spin_unlock(&pte->ptl);
		return false;
	}
	if (!in_slot(folio, entry))
		x_bug("left-cache", X_SITE("unuse_pte()"),
		      "the folio is not in the swap cache any more, but mapped");
	if (!folio_test_uptodate(folio)) {
		/* SIGBUS; that is legal only after a failure */
		if (!x->faults)
			x_bug(folio_test_large(folio) ? "large-load" : "lost-data",
			      X_SITE("do_swap_page()"), "the page cannot be read");
		pte->entry.val = 0;
		pte->used = false;
		swap_free(entry);
		spin_unlock(&pte->ptl);
		return false;
	}
	page = folio_page(folio, entry.val & (folio_nr_pages(folio) - 1));
	check_value(pte, page);
	folio_get(folio);
	folio->_mapcount++;
	swap_free(entry);
	pte->folio = folio;
	pte->page = page;
	pte->entry.val = 0;
	spin_unlock(&pte->ptl);
	return true;
}

/*
 * do_swap_page(), mm/memory.c. Returns false if the fault has to be tried again;
 * coarser: a swap-in through the swap cache only, and a page is mapped without the
 * others of its folio.
 */
static bool fault(struct model_pte *pte, swp_entry_t entry, bool write)
{
	struct swap_info_struct *si = get_swap_device(entry);
	struct folio *folio;

	if (!si)
		return false;
	folio = swap_cache_get(entry);
	if (!folio)
		folio = bdev_synchronous(si->bdev) ? swapin_sync(pte, entry) : swap_in(entry);
	if (folio) {
		folio_lock(folio);
		if (in_slot(folio, entry) && map_folio(pte, entry, folio) && write)
			folio_free_swap(folio);
		folio_unlock(folio);
		folio_put(folio);
	}
	put_swap_device(si);
	return folio;
}

/* A fault that cannot get a page is tried again, when others have done something. */
static void fault_in(struct model_pte *pte, bool write)
{
	swp_entry_t entry;

	for (;;) {
		x_poll(1);
		if (look(pte, &entry) || !entry.val)
			return;
		if (!fault(pte, entry, write) && pte_same(pte, entry))
			x_yield(1, X_SITE("fault is tried again"));
	}
}

/**
 * mm_load() - a program loads from its page
 * @pte: its page table entry
 */
void mm_load(struct model_pte *pte)
{
	if (!pte->used)
		return;
	fault_in(pte, false);
	spin_lock(&pte->ptl);
	if (pte->folio)
		check_value(pte, pte->page);
	spin_unlock(&pte->ptl);
}

/**
 * mm_store() - a program stores to its page
 * @pte:	its page table entry
 * @value:	what it stores
 */
void mm_store(struct model_pte *pte, unsigned long value)
{
	struct folio *folio = NULL;

	fault_in(pte, true);
	if (!pte->used)
		folio = new_folio(X_SITE("do_anonymous_page()"));
	spin_lock(&pte->ptl);
	if (folio) {
		pte->used = true;
		pte->folio = folio;
		pte->page = &folio->page;
		folio->_mapcount = 1;
	}
	/* swapped out again in between: the program would fault once more */
	if (pte->folio) {
		page_set_value(pte->page, value);
		folio_set_dirty(pte->folio);
		pte->value = value;
	}
	spin_unlock(&pte->ptl);
}

/**
 * mm_zap() - a page table entry goes away: zap_pte_range(), mm/memory.c
 * @pte: page table entry
 */
void mm_zap(struct model_pte *pte)
{
	struct folio *folio;

	spin_lock(&pte->ptl);
	folio = pte->folio;
	if (pte->entry.val)
		free_swap_and_cache(pte->entry);
	pte->folio = NULL;
	pte->entry.val = 0;
	pte->used = false;
	spin_unlock(&pte->ptl);
	if (!folio)
		return;
	/* free_page_and_swap_cache() */
	folio->_mapcount--;
	if (folio_trylock(folio)) {
		folio_free_swap(folio);
		folio_unlock(folio);
	}
	folio_put(folio);
}

/* -- reclaim --------------------------------------------------------------- */

/* try_to_unmap(): the entry has the slot of its folio from now on */
static bool unmap(struct model_pte *pte, struct folio *folio)
{
	swp_entry_t entry = { folio->private };

	spin_lock(&pte->ptl);
	if (pte->folio != folio) {
		spin_unlock(&pte->ptl);
		return false;
	}
	swap_duplicate(entry);
	*swap_truth(entry) = pte->value;
	x->taken++;
	pte->folio = NULL;
	pte->entry = entry;
	folio->_mapcount--;
	spin_unlock(&pte->ptl);
	folio_put(folio);
	return true;
}

/*
 * pageout(), mm/vmscan.c. Returns with the folio locked, and true if it is clean
 * and on its device.
 */
static bool pageout(struct folio *folio)
{
	folio_clear_dirty(folio);
	folio_set_reclaim(folio);
	hook_write(folio);
	if (!folio_trylock(folio))
		return false;
	if (folio_test_dirty(folio) || folio_test_writeback(folio)) {
		folio_unlock(folio);
		return false;
	}
	return true;
}

/* Reclaim has found the folio of the entry, and isolated it. */
static struct folio *isolate(struct model_pte *pte)
{
	struct folio *folio;

	spin_lock(&pte->ptl);
	folio = pte->folio;
	if (folio)
		folio_get(folio);
	spin_unlock(&pte->ptl);
	return folio;
}

/**
 * mm_swapout() - reclaim takes the page of an entry: shrink_folio_list()
 * @pte: page table entry
 *
 * Return: true if the page is gone
 */
bool mm_swapout(struct model_pte *pte)
{
	struct folio *folio = isolate(pte);
	bool gone = false;

	if (!folio)
		return false;
	if (!folio_trylock(folio))
		goto put;
	if (folio_test_writeback(folio))
		goto unlock;
	if (!folio_test_swapcache(folio) && !add_to_swap(folio))
		goto unlock;
	if (!unmap(pte, folio))
		goto unlock;
	if (folio_test_dirty(folio) && !pageout(folio))
		goto put;
	if (folio_test_swapcache(folio))
		gone = remove_mapping(folio);
unlock:
	folio_unlock(folio);
put:
	folio_put(folio);
	return gone;
}

/* -- swapoff --------------------------------------------------------------- */

/*
 * unuse_pte_range() for one entry. Does unuse_pte() look whether the folio that
 * it has waited for is still that of the slot? See B9 in README.md.
 */
static bool unuse(struct model_pte *pte, swp_entry_t entry)
{
	struct folio *folio = swap_cache_get(entry);
	bool done = false;

	if (!folio)
		folio = swap_in(entry);
	if (!folio)
		return false;
	folio_lock(folio);
	folio_wait_writeback(folio);
	if (!__is_defined(HAVE_UNUSE_CHECK) || in_slot(folio, entry))
		done = map_folio(pte, entry, folio);
	folio_free_swap(folio);
	folio_unlock(folio);
	folio_put(folio);
	return done;
}

/**
 * mm_unuse() - the first loop of try_to_unuse(), mm/swapfile.c
 * @type: of the swap device
 *
 * Coarser: swapoff does not fail if a page cannot be allocated, it tries again.
 *
 * Return: true if a page has been swapped in
 */
bool mm_unuse(unsigned int type)
{
	bool progress = false;
	swp_entry_t entry;
	int i;

	for (i = 0; i < PTES; i++) {
		if (!READ_ONCE(model_pte[i].used))
			continue;
		if (look(&model_pte[i], &entry) || !entry.val ||
		    swp_type(entry) != type)
			continue;
		progress |= unuse(&model_pte[i], entry);
	}
	return progress;
}

/**
 * mm_final() - oracle: each page has what was stored last; then they all go
 */
void mm_final(void)
{
	int i;

	for (i = 0; i < PTES; i++)
		mm_load(&model_pte[i]);
	for (i = 0; i < PTES; i++)
		if (model_pte[i].used)
			mm_zap(&model_pte[i]);
}
