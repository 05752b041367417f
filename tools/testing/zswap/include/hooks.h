/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the swap core of the tree calls what is compiled of it. Where kernels
 * differ, they differ here; features tells how.
 */
#ifndef _ZSWAP_HOOKS_H
#define _ZSWAP_HOOKS_H

#include "model.h"

#ifdef HAVE_FRONTSWAP
#include <linux/frontswap.h>

static inline void hook_invalidate(unsigned int type, pgoff_t offset)
{
	frontswap_invalidate_page(type, offset);
}

static inline void hook_swapon(struct swap_info_struct *si)
{
	frontswap_init(si->type, kzalloc(sizeof(long), GFP_KERNEL));
}

static inline void hook_swapoff(struct swap_info_struct *si)
{
	unsigned long *map = frontswap_map_get(si);

	frontswap_invalidate_area(si->type);
	frontswap_map_set(si, NULL);
	kvfree(map);
}
#else
#include <linux/zswap.h>

static inline void hook_invalidate(unsigned int type, pgoff_t offset)
{
#ifdef HAVE_INVALIDATE_SWP
	zswap_invalidate(swp_entry(type, offset));
#else
	zswap_invalidate(type, offset);
#endif
}

static inline void hook_swapon(struct swap_info_struct *si)
{
#ifdef HAVE_SWAPON_NR
	zswap_swapon(si->type, SLOTS);
#else
	zswap_swapon(si->type);
#endif
}

static inline void hook_swapoff(struct swap_info_struct *si)
{
	zswap_swapoff(si->type);
}
#endif

static inline void hook_write(struct folio *folio)
{
#ifdef HAVE_SWAP_IO_CTX
	struct swap_io_ctx ctx = { };

	swap_writeout(&ctx, folio);
	swap_write_submit(&ctx);
#elif defined(HAVE_SWAP_WRITEOUT)
	swap_writeout(folio, NULL);
#else
	struct writeback_control wbc = { .sync_mode = WB_SYNC_NONE };

	swap_writepage(&folio->page, &wbc);
#endif
}

/* @sync: the read of a fault that bypasses the swap cache, where that is an argument */
static inline void hook_read(struct folio *folio, bool sync)
{
#ifdef HAVE_SWAP_IO_CTX
	struct swap_io_ctx ctx = { };

	swap_read_folio(&ctx, folio);
	swap_read_submit(&ctx);
#elif defined(HAVE_SWAP_READ_FOLIO_PLUG)
	swap_read_folio(folio, NULL);
#elif defined(HAVE_SWAP_READ_FOLIO)
	swap_read_folio(folio, sync, NULL);
#elif defined(HAVE_SWAP_READPAGE_POLL)
	swap_readpage(&folio->page, sync);
#else
	swap_readpage(&folio->page, sync, NULL);
#endif
}

#endif /* _ZSWAP_HOOKS_H */
