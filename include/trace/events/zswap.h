/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM zswap

#if !defined(_TRACE_ZSWAP_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_ZSWAP_H

#include <linux/mm.h>
#include <linux/swapops.h>
#include <linux/tracepoint.h>

#define ZSWAP_WRITEBACK_RESULT						\
	EM(ZSWAP_WRITEBACK_WRITTEN,		"written")		\
	EM(ZSWAP_WRITEBACK_SWAPOFF,		"swapoff")		\
	EM(ZSWAP_WRITEBACK_CACHED,		"cached")		\
	EM(ZSWAP_WRITEBACK_FREED,		"freed")		\
	EM(ZSWAP_WRITEBACK_NOMEM,		"nomem")		\
	EM(ZSWAP_WRITEBACK_STALE,		"stale")		\
	EMe(ZSWAP_WRITEBACK_DECOMPRESS_FAIL,	"decompress_fail")

#define ZSWAP_REJECT_REASON						\
	EM(ZSWAP_REJECT_DISABLED,		"disabled")		\
	EM(ZSWAP_REJECT_MEMCG_LIMIT,		"memcg_limit")		\
	EM(ZSWAP_REJECT_POOL_LIMIT,		"pool_limit")		\
	EM(ZSWAP_REJECT_NO_POOL,		"no_pool")		\
	EM(ZSWAP_REJECT_LRU_ALLOC_FAIL,		"lru_alloc_fail")	\
	EM(ZSWAP_REJECT_KMEMCACHE_FAIL,		"kmemcache_fail")	\
	EM(ZSWAP_REJECT_COMPRESS_POOR,		"compress_poor")	\
	EM(ZSWAP_REJECT_COMPRESS_FAIL,		"compress_fail")	\
	EMe(ZSWAP_REJECT_ALLOC_FAIL,		"alloc_fail")

#undef EM
#undef EMe
#define EM(a, b)	TRACE_DEFINE_ENUM(a);
#define EMe(a, b)	TRACE_DEFINE_ENUM(a);

ZSWAP_WRITEBACK_RESULT
ZSWAP_REJECT_REASON

#undef EM
#undef EMe
#define EM(a, b)	{a, b},
#define EMe(a, b)	{a, b}

DECLARE_EVENT_CLASS(zswap_entry_template,

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
 * zswap_writeback_start - called before an entry is written back
 *
 * @swpentry:	swap slot that the entry was stored for
 *
 * The shrinker has chosen the entry. The lock of its LRU is dropped already, so
 * the slot may be another one's by now. Always followed by zswap_writeback_end
 * of the same slot, in the same task.
 */
DEFINE_EVENT(zswap_entry_template, zswap_writeback_start,

	TP_PROTO(swp_entry_t swpentry),

	TP_ARGS(swpentry)
);

/**
 * zswap_invalidate - called when an entry is dropped with its contents
 *
 * @swpentry:	swap slot that the entry was stored for
 *
 * Either the slot is freed, or zswap does not take a folio: then what it has of
 * the slots of that goes, see zswap_store_reject. Not called for a slot of which
 * zswap has nothing, nor for an entry that was loaded, written back, or replaced
 * by a newer one.
 */
DEFINE_EVENT(zswap_entry_template, zswap_invalidate,

	TP_PROTO(swp_entry_t swpentry),

	TP_ARGS(swpentry)
);

/**
 * zswap_writeback_end - called after an attempt to write an entry back
 *
 * @swpentry:	swap slot, as told to zswap_writeback_start
 * @result:	one of enum zswap_writeback_result
 *
 * If it goes to the swap device, the I/O is not submitted yet: from then on the
 * slot might be freed and used again, and its events be out of order. block and
 * bio events tell how that goes on.
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
		  __print_symbolic(__entry->result, ZSWAP_WRITEBACK_RESULT))
);

/**
 * zswap_store_reject - called when a folio is not taken into zswap
 *
 * @page:	page that was the reason, or the first one if all of them were
 * @reason:	one of enum zswap_reject_reason
 *
 * Called once for a folio, which goes to the swap device as a whole then, if
 * its memcg lets it. The slot is that of the first page; index tells @page.
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
		  __print_symbolic(__entry->reason, ZSWAP_REJECT_REASON))
);

#endif /* _TRACE_ZSWAP_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
