// SPDX-License-Identifier: GPL-2.0-only
/* Parts that scenarios are made of. */
#include "scenarios.h"

/**
 * sc_in_zswap() - pages 0 to @nr - 1 are in zswap, in slots 1 to @nr of device 0
 * @nr: how many; each has compressed data of another length
 */
void sc_in_zswap(int nr)
{
	int i;

	swap_on(0);
	for (i = 0; i < nr; i++) {
		mm_store(PTE(i), VALUE(i + 1, i));
		mm_swapout(PTE(i));
	}
	zswap_age();
}

/**
 * sc_in_both() - page 0 is in zswap, and its folio is in the swap cache, mapped
 *
 * As if somebody else had a reference when reclaim wanted to free the folio.
 */
void sc_in_both(void)
{
	struct folio *folio;

	swap_on(0);
	mm_store(PTE(0), VALUE(1, 0));
	folio = PTE(0)->folio;
	folio_get(folio);
	mm_swapout(PTE(0));
	folio_put(folio);
	mm_load(PTE(0));
	zswap_age();
}

#ifdef HAVE_SWAP_CACHE_ALLOC
/**
 * sc_on_ramdisk() - pages 0, 2 and 3 are in slots 1 to 3 of device 0, a synchronous one
 *
 * Without zswap, which was never enabled; 2 and 3 may be read as a large folio.
 */
void sc_on_ramdisk(void)
{
	swap_info[0]->bdev->synchronous = true;
	swap_on(0);
	mm_store(PTE(0), VALUE(1, 0));
	mm_swapout(PTE(0));
	mm_store(PTE(2), VALUE(2, 0));
	mm_swapout(PTE(2));
	mm_store(PTE(3), VALUE(3, 0));
	mm_swapout(PTE(3));
}
#endif

static void writeback(void *arg)
{
	zswap_shrink();
}

/**
 * sc_writeback() - a thread that writes back the oldest object of the pool
 */
void sc_writeback(void)
{
	x_spawn("writeback", X_ROLE_WRITEBACK, writeback, NULL);
}

static void swapoff(void *arg)
{
	swap_off(0);
}

/**
 * sc_swapoff() - a thread that does swapoff of device 0
 */
void sc_swapoff(void)
{
	x_spawn("swapoff", X_ROLE_SWAPOFF, swapoff, NULL);
}

/**
 * sc_thread() - a thread of a program, or of the kernel on behalf of it
 * @name:	for reports
 * @fn:		what it does
 */
void sc_thread(const char *name, void (*fn)(void *arg))
{
	x_spawn(name, X_ROLE_USER, fn, NULL);
}

/**
 * sc_load() - page 0 is loaded
 * @arg: ignored
 */
void sc_load(void *arg)
{
	mm_load(PTE(0));
}

/**
 * sc_free() - page 0 goes, and with it its slot
 * @arg: ignored
 */
void sc_free(void *arg)
{
	mm_zap(PTE(0));
}

/**
 * sc_reuse() - page 0 goes, and page 4 is swapped out to its slot
 * @arg: ignored
 *
 * Page 4 is there since the set-up: mm_store(PTE(4), ...).
 */
void sc_reuse(void *arg)
{
	mm_zap(PTE(0));
	mm_swapout(PTE(4));
}

/**
 * sc_redirty() - page 0 is stored to and swapped out again
 * @arg: ignored
 */
void sc_redirty(void *arg)
{
	mm_store(PTE(0), VALUE(9, 2));
	mm_swapout(PTE(0));
}
