// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model of pages and folios: references, the lock, writeback, and contents.
 *
 * What a page contains is one number, in its first word, with its complement in
 * the second one; or in all words, if it is to be same-value filled.
 */
#include "include/model.h"

#define MEM_MAP		0x10000000UL	/* X_ARENA of core.h, where arena.c has it */

/**
 * model_page_address() - page_address(), mm/highmem.c
 * @page: page
 *
 * Return: its memory
 */
void *model_page_address(const struct page *page)
{
	return (void *)(MEM_MAP + ((unsigned long)page - MEM_MAP) /
			sizeof(*page) * PAGE_SIZE);
}

/**
 * model_virt_to_page() - virt_to_page(), arch/x86/include/asm/page.h
 * @addr: anywhere in the memory of the page
 *
 * Return: its struct page
 */
struct page *model_virt_to_page(const void *addr)
{
	return (struct page *)(MEM_MAP + ((unsigned long)addr - MEM_MAP) /
			       PAGE_SIZE * sizeof(struct page));
}

/**
 * model_alloc_pages() - alloc_pages(), include/linux/gfp.h
 * @gfp:	may it sleep
 * @order:	of a large folio, or 0
 * @site:	caller
 *
 * Return: the first page, with one reference; NULL if the explorer tries that
 */
struct page *model_alloc_pages(gfp_t gfp, unsigned int order, const struct x_site *site)
{
	struct page *page;

	if (gfp & __GFP_DIRECT_RECLAIM)
		model_might_sleep(site);
	x_point(X_RUN, NULL, site);
	if (model_fault(FAULT_ALLOC, site))
		return NULL;
	x_count(X_COUNT_ALLOC);
	page = x_alloc_pages(1 << order, site);
	page->_refcount = 1;
	page->order = order;
	return page;
}

/**
 * model_free_page() - __free_page(), mm/page_alloc.c
 * @page:	page
 * @site:	caller
 */
void model_free_page(struct page *page, const struct x_site *site)
{
	x_point(X_RUN, page, site);
	x_free_page(page, site);
}

/**
 * model_set_locked() - __folio_set_locked(), include/linux/pagemap.h
 * @folio: folio that nobody else has, or that is not locked
 */
void model_set_locked(struct folio *folio)
{
	folio->lock = x->cur + 1;
	x->live[X_TAG_LOCKED]++;
}

/**
 * model_folio_lock() - folio_lock(), include/linux/pagemap.h
 * @folio:	folio
 * @site:	caller
 */
void model_folio_lock(struct folio *folio, const struct x_site *site)
{
	model_might_sleep(site);
	x_point(X_LOCK, &folio->lock, site);
	model_set_locked(folio);
}

/**
 * model_folio_trylock() - folio_trylock()
 * @folio:	folio
 * @site:	caller
 *
 * Return: true if it is locked now
 */
bool model_folio_trylock(struct folio *folio, const struct x_site *site)
{
	x_point(X_RUN, &folio->lock, site);
	if (folio->lock)
		return false;
	model_set_locked(folio);
	return true;
}

/*
 * The folio that this thread writes back is on its way: from now on nothing of
 * zswap is its own any more (R5).
 */
static void let_go(struct folio *folio)
{
	struct x_thread *t = x_self();

	if (t->phase == X_PHASE_PINNED && folio_test_writeback(folio)) {
		t->phase = X_PHASE_SUBMITTED;
		x_count(X_COUNT_WRITTEN);
	}
}

/**
 * model_folio_unlock() - folio_unlock(), mm/filemap.c
 * @folio:	folio
 * @site:	caller
 */
void model_folio_unlock(struct folio *folio, const struct x_site *site)
{
	x_point(X_RUN, &folio->lock, site);
	if (!folio->lock)
		x_bug("unlock", site, "unlocks a folio that is not locked");
	folio->lock = 0;
	x->live[X_TAG_LOCKED]--;
	let_go(folio);
	x_point(X_AFTER, &folio->lock, site);
}

/**
 * model_folio_get() - folio_get(), include/linux/mm.h
 * @folio:	folio
 * @site:	caller
 */
void model_folio_get(struct folio *folio, const struct x_site *site)
{
	model_ref_get(&folio->_refcount, site);
}

/**
 * model_folio_put() - folio_put(), include/linux/mm.h
 * @folio:	folio
 * @site:	caller
 */
void model_folio_put(struct folio *folio, const struct x_site *site)
{
	long i;

	if (!model_ref_put(&folio->_refcount, site))
		return;
	if (folio->lock)
		x_bug("folio-locked", site, "frees a locked folio");
	if (folio_test_swapcache(folio) || folio_test_writeback(folio))
		x_bug("bad-page", site, "frees a folio that is in use");
	/* the first one tells how many there are */
	for (i = folio_nr_pages(folio) - 1; i >= 0; i--)
		x_free_page(folio_page(folio, i), site);
}

/**
 * model_start_writeback() - folio_start_writeback(), mm/page-writeback.c
 * @folio:	folio
 * @site:	caller
 */
void model_start_writeback(struct folio *folio, const struct x_site *site)
{
	model_bug_on(folio_test_writeback(folio));
	model_check_write(folio, site);
	folio_set_writeback(folio);
}

/**
 * model_end_writeback() - folio_end_writeback(), mm/filemap.c
 * @folio:	folio
 * @site:	caller
 */
void model_end_writeback(struct folio *folio, const struct x_site *site)
{
	x_point(X_RUN, folio, site);
	model_bug_on(!folio_test_writeback(folio));
	folio_clear_reclaim(folio);
	folio_clear_writeback(folio);
}

static bool not_under_writeback(const void *arg)
{
	return !folio_test_writeback(arg);
}

/**
 * model_wait_writeback() - folio_wait_writeback(), mm/page-writeback.c
 * @folio:	folio
 * @site:	caller
 */
void model_wait_writeback(struct folio *folio, const struct x_site *site)
{
	model_might_sleep(site);
	if (!folio_test_writeback(folio))
		return;
	x_wait(not_under_writeback, folio, site);
	model_bug_on(folio_test_writeback(folio));
}

/**
 * page_set_value() - what a program stores in a page
 * @page:	page
 * @value:	number; with VALUE_FILLED in it, it is in each word
 */
void page_set_value(struct page *page, unsigned long value)
{
	unsigned long *data = model_page_address(page);

	if (value_is_filled(value)) {
		model_memset_l(data, value, PAGE_SIZE / sizeof(value));
		return;
	}
	data[0] = value;
	data[1] = ~value;
}

/**
 * page_value() - what a program loads from a page
 * @page:	page
 * @torn:	set if it is parts of two values
 *
 * Return: number
 */
unsigned long page_value(const struct page *page, bool *torn)
{
	unsigned long *data = model_page_address(page);
	unsigned long second = value_is_filled(data[0]) ? data[0] : ~data[0];

	*torn = data[1] != second;
	return data[0];
}
