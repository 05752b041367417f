/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM zswap

#if !defined(_TRACE_ZSWAP_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_ZSWAP_H

#include <linux/mm.h>
#include <linux/swapops.h>
#include <linux/tracepoint.h>

/*
 * Define enums for tracing information.
 *
 * How writeback of an entry ended. The errno of zswap_writeback_entry() does
 * not tell swapoff from cached, nor stale from nomem.
 */
#define ZSWAP_WRITEBACK_RESULTS						\
	EM(ZSWAP_WRITEBACK_WRITTEN,		"written")		\
	EM(ZSWAP_WRITEBACK_SWAPOFF,		"swapoff")		\
	EM(ZSWAP_WRITEBACK_CACHED,		"cached")		\
	EM(ZSWAP_WRITEBACK_FREED,		"freed")		\
	EM(ZSWAP_WRITEBACK_NOMEM,		"nomem")		\
	EM(ZSWAP_WRITEBACK_STALE,		"stale")		\
	E_(ZSWAP_WRITEBACK_DECOMPRESS_FAIL,	"decompress_fail")

/* Why zswap_store() rejected a folio. */
#define ZSWAP_REJECT_REASONS						\
	EM(ZSWAP_REJECT_DISABLED,		"disabled")		\
	EM(ZSWAP_REJECT_MEMCG_LIMIT,		"memcg_limit")		\
	EM(ZSWAP_REJECT_POOL_LIMIT,		"pool_limit")		\
	EM(ZSWAP_REJECT_NO_POOL,		"no_pool")		\
	EM(ZSWAP_REJECT_LRU_ALLOC_FAIL,		"lru_alloc_fail")	\
	EM(ZSWAP_REJECT_KMEMCACHE_FAIL,		"kmemcache_fail")	\
	EM(ZSWAP_REJECT_COMPRESS_POOR,		"compress_poor")	\
	EM(ZSWAP_REJECT_COMPRESS_FAIL,		"compress_fail")	\
	E_(ZSWAP_REJECT_ALLOC_FAIL,		"alloc_fail")

/*
 * Which caller invalidated an entry: swap_range_free(), swap_writeout() of a
 * zero-filled folio, or zswap_store() of a folio that it rejects.
 */
#define ZSWAP_INVALIDATE_REASONS					\
	EM(ZSWAP_INVALIDATE_FREED,		"freed")		\
	EM(ZSWAP_INVALIDATE_ZERO_FILLED,	"zero_filled")		\
	E_(ZSWAP_INVALIDATE_REJECTED,		"rejected")

#ifndef __ZSWAP_DECLARE_TRACE_ENUMS_ONCE_ONLY
#define __ZSWAP_DECLARE_TRACE_ENUMS_ONCE_ONLY

#undef EM
#undef E_
#define EM(a, b)	a,
#define E_(a, b)	a

enum zswap_writeback_result { ZSWAP_WRITEBACK_RESULTS };
enum zswap_reject_reason { ZSWAP_REJECT_REASONS };
enum zswap_invalidate_reason { ZSWAP_INVALIDATE_REASONS };

#endif /* __ZSWAP_DECLARE_TRACE_ENUMS_ONCE_ONLY */

/* Export the enums to user space. */
#undef EM
#undef E_
#define EM(a, b)	TRACE_DEFINE_ENUM(a);
#define E_(a, b)	TRACE_DEFINE_ENUM(a);

ZSWAP_WRITEBACK_RESULTS
ZSWAP_REJECT_REASONS
ZSWAP_INVALIDATE_REASONS

/* Map them to the strings that are printed. */
#undef EM
#undef E_
#define EM(a, b)	{ a, b },
#define E_(a, b)	{ a, b }

/**
 * zswap_store - called when a page was stored
 *
 * @swpentry:	swap slot of the page
 * @length:	bytes that the page takes in the pool, PAGE_SIZE if the page is
 *		incompressible
 *
 * Called for each page of a large folio. If a later page is rejected,
 * zswap_store_reject and zswap_invalidate of the earlier ones follow.
 */
TRACE_EVENT(zswap_store,

	TP_PROTO(swp_entry_t swpentry, unsigned int length),

	TP_ARGS(swpentry, length),

	TP_STRUCT__entry(
		__field(unsigned int,	type)
		__field(unsigned long,	offset)
		__field(unsigned int,	length)
	),

	TP_fast_assign(
		__entry->type	= swp_type(swpentry);
		__entry->offset	= swp_offset(swpentry);
		__entry->length	= length;
	),

	TP_printk("type=%u offset=%lu length=%u",
		  __entry->type, __entry->offset, __entry->length)
);

/**
 * zswap_store_reject - called when a folio is not stored
 *
 * @page:	page that was the reason, the first one if it was no single page
 * @reason:	one of enum zswap_reject_reason
 *
 * Called once for a folio. All of the folio goes to the swap device, or becomes
 * dirty again if its memcg must not write back. The slot is that of the first
 * page; index is that of @page.
 */
TRACE_EVENT(zswap_store_reject,

	TP_PROTO(struct page *page, int reason),

	TP_ARGS(page, reason),

	TP_STRUCT__entry(
		__field(unsigned int,	type)
		__field(unsigned long,	offset)
		__field(unsigned long,	nr_pages)
		__field(unsigned long,	index)
		__field(int,		reason)
	),

	TP_fast_assign(
		struct folio *folio = page_folio(page);

		__entry->type		= swp_type(folio->swap);
		__entry->offset		= swp_offset(folio->swap);
		__entry->nr_pages	= folio_nr_pages(folio);
		__entry->index		= folio_page_idx(folio, page);
		__entry->reason		= reason;
	),

	TP_printk("type=%u offset=%lu nr_pages=%lu index=%lu reason=%s",
		  __entry->type, __entry->offset, __entry->nr_pages,
		  __entry->index,
		  __print_symbolic(__entry->reason, ZSWAP_REJECT_REASONS))
);

/**
 * zswap_load - called after a load of a page that is in zswap
 *
 * @swpentry:	swap slot of the page
 * @length:	bytes that the page takes in the pool
 * @err:	0 or -EIO, what zswap_load() returns
 *
 * Not called if zswap has no entry for the slot, nor for a large folio, which
 * zswap_load() refuses before it looks for one. After a load without error the
 * entry is gone.
 */
TRACE_EVENT(zswap_load,

	TP_PROTO(swp_entry_t swpentry, unsigned int length, int err),

	TP_ARGS(swpentry, length, err),

	TP_STRUCT__entry(
		__field(unsigned int,	type)
		__field(unsigned long,	offset)
		__field(unsigned int,	length)
		__field(int,		err)
	),

	TP_fast_assign(
		__entry->type	= swp_type(swpentry);
		__entry->offset	= swp_offset(swpentry);
		__entry->length	= length;
		__entry->err	= err;
	),

	TP_printk("type=%u offset=%lu length=%u err=%d",
		  __entry->type, __entry->offset, __entry->length, __entry->err)
);

/**
 * zswap_writeback_start - called before an entry is written back
 *
 * @swpentry:	swap slot that the entry was stored for
 *
 * The shrinker has dropped the LRU lock, so the slot may have been freed and
 * reused since. zswap_writeback_end of the same slot, in the same task, follows.
 */
TRACE_EVENT(zswap_writeback_start,

	TP_PROTO(swp_entry_t swpentry),

	TP_ARGS(swpentry),

	TP_STRUCT__entry(
		__field(unsigned int,	type)
		__field(unsigned long,	offset)
	),

	TP_fast_assign(
		__entry->type	= swp_type(swpentry);
		__entry->offset	= swp_offset(swpentry);
	),

	TP_printk("type=%u offset=%lu", __entry->type, __entry->offset)
);

/**
 * zswap_writeback_end - called after an attempt to write an entry back
 *
 * @swpentry:	swap slot, that of zswap_writeback_start
 * @result:	one of enum zswap_writeback_result
 *
 * "written" means that the entry is gone and its I/O is about to be submitted.
 * The folio is still locked, so the slot cannot be freed and reused before the
 * event. The block events show the I/O.
 */
TRACE_EVENT(zswap_writeback_end,

	TP_PROTO(swp_entry_t swpentry, int result),

	TP_ARGS(swpentry, result),

	TP_STRUCT__entry(
		__field(unsigned int,	type)
		__field(unsigned long,	offset)
		__field(int,		result)
	),

	TP_fast_assign(
		__entry->type	= swp_type(swpentry);
		__entry->offset	= swp_offset(swpentry);
		__entry->result	= result;
	),

	TP_printk("type=%u offset=%lu result=%s",
		  __entry->type, __entry->offset,
		  __print_symbolic(__entry->result, ZSWAP_WRITEBACK_RESULTS))
);

/**
 * zswap_invalidate - called before an entry is freed without having been used
 *
 * @swpentry:	swap slot that the entry was stored for
 * @reason:	one of enum zswap_invalidate_reason
 *
 * Not called for a slot without an entry, nor for an entry that was loaded,
 * written back, or replaced by a store to the same slot.
 */
TRACE_EVENT(zswap_invalidate,

	TP_PROTO(swp_entry_t swpentry, int reason),

	TP_ARGS(swpentry, reason),

	TP_STRUCT__entry(
		__field(unsigned int,	type)
		__field(unsigned long,	offset)
		__field(int,		reason)
	),

	TP_fast_assign(
		__entry->type	= swp_type(swpentry);
		__entry->offset	= swp_offset(swpentry);
		__entry->reason	= reason;
	),

	TP_printk("type=%u offset=%lu reason=%s",
		  __entry->type, __entry->offset,
		  __print_symbolic(__entry->reason, ZSWAP_INVALIDATE_REASONS))
);

#endif /* _TRACE_ZSWAP_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
