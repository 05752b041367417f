// SPDX-License-Identifier: GPL-2.0-only
/* A fault reads past the swap cache, gives up, and is tried again. */
#include "include/hooks.h"
#include "scenarios.h"

#ifdef HAVE_FAULT_BYPASS
/*
 * do_swap_page(), of a slot with one user on a synchronous device, if the page
 * table entry has changed while the slot was read: the folio, which was never in
 * the swap cache, is dropped. Coarser: nobody else is there, so the slot is not
 * reserved, and zswap has the page.
 */
static void give_up(struct model_pte *pte)
{
	struct swap_info_struct *si = get_swap_device(pte->entry);
	struct folio *folio = page_folio(alloc_page(GFP_HIGHUSER_MOVABLE));

	folio->memcg = model_task_memcg;
	model_set_locked(folio);
	folio_set_swapbacked(folio);
	folio->private = pte->entry.val;
	si->flags |= SWP_SYNCHRONOUS_IO;
	hook_read(folio, true);
	si->flags &= ~SWP_SYNCHRONOUS_IO;
	folio->private = 0;
	folio_put(folio);
	put_swap_device(si);
}

static void load(void *arg)
{
	give_up(PTE(0));
	mm_load(PTE(0));
}

static void setup(void)
{
	zswap_set_exclusive();
	sc_in_zswap(1);
	sc_thread("load", load);
}

X_SCENARIO = {
	.name = "load-bypass",
	.what = "a load past the swap cache whose fault gives up, and a second one",
	.setup = setup,
};
#endif
