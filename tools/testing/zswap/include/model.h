/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the scenarios may do to the model: the users of swap, which is all that
 * zswap sees of the rest of the kernel.
 */
#ifndef _ZSWAP_MODEL_H
#define _ZSWAP_MODEL_H

#include "shim.h"

#define PTES		6

/**
 * struct model_pte - a page table entry, the only one for its page
 * @ptl:	its page table lock
 * @folio:	what it maps, or NULL
 * @page:	the page of @folio, which may be a large one
 * @entry:	where that was swapped out to, if @folio is NULL; 0: nothing
 * @value:	what the program stored last, and must load again
 * @used:	it has a page at all
 */
struct model_pte {
	spinlock_t ptl;		/* page table lock */
	struct folio *folio;
	struct page *page;
	swp_entry_t entry;
	unsigned long value;
	bool used;
};

extern struct model_pte model_pte[PTES];
extern struct mem_cgroup *model_memcg;		/* the first child of the root */
extern struct mem_cgroup *model_task_memcg;	/* that all pages are charged to */

/* Values; two of them have compressed data of the same length if equal mod 4. */
#define VALUE(n, len)	(0x1000UL * (n) + (len))
#define VALUE_FILLED	0x8000000000000000UL	/* all words of the page equal it */
#define VALUE_ZERO	0UL			/* same */

static inline bool value_is_filled(unsigned long value)
{
	return !value || value & VALUE_FILLED;
}

/* What schedules may come to: x_met() */
#define MET_PUT_IRQS_OFF	BIT(0)	/* the last reference goes, interrupts are off */
#define MET_LARGE_LATE		BIT(1)	/* a large folio is read, zswap is enabled by now */
#define MET_LARGE_STORED	BIT(2)	/* one is to be added, zswap has some of its slots */
#define MET_SHRINKER		BIT(3)	/* the shrinker counts, there is something to count */
#define MET_WALK_OFFLINE	BIT(4)	/* a walk over all cgroups meets one that is offline */
#define MET_CHARGE_OFFLINE	BIT(5)	/* writeback reads a page of a cgroup that is offline */

/* model-mm.c: what a program does, and reclaim to it */
void mm_store(struct model_pte *pte, unsigned long value);
void mm_load(struct model_pte *pte);
bool mm_swapout(struct model_pte *pte);
void mm_zap(struct model_pte *pte);
bool mm_unuse(unsigned int type);
void mm_final(void);

/* model-swap.c */
void swap_on(unsigned int type);
int swap_off(unsigned int type);
struct folio *swap_cache_get(swp_entry_t entry);
bool add_to_swap(struct folio *folio);
struct folio *swap_cache_alloc(swp_entry_t entry, gfp_t gfp, bool skip,
			       bool *allocated);
int swap_duplicate(swp_entry_t entry);
void swap_free(swp_entry_t entry);
void free_swap_and_cache(swp_entry_t entry);
bool remove_mapping(struct folio *folio);
unsigned long *swap_truth(swp_entry_t entry);
int swap_count(swp_entry_t entry);
void swap_check_copies(void);
void swap_boot(void);
void swap_final(void);

/* model-folio.c */
void page_set_value(struct page *page, unsigned long value);
unsigned long page_value(const struct page *page, bool *torn);

/* model-block.c */
unsigned long block_reads(void);
void block_boot(void);

/* model-memcg.c */
void memcg_boot(void);
void memcg_offline(void);
void memcg_use_root(void);
void memcg_use_other(void);
void memcg_reclaim_in_other(void);
void model_swapin_charge(const struct x_site *site);
void memcg_final(void);

/* model-core.c */
extern int model_fault_budget;
extern unsigned int model_fault_kinds;
#define FAULT_ALLOC		1
#define FAULT_DECOMPRESS	2
bool model_fault(unsigned int kind, const struct x_site *site);
void core_boot(void);

/* model-zpool.c */
void model_zpool_boot(void);

/* kernel-zswap.c: parts of mm/zswap.c that are static there */
void zswap_boot(bool on);
void zswap_first_enable(void);
bool zswap_has(swp_entry_t entry);
void zswap_shrink(void);
void zswap_shrink_slab(void);
void zswap_shrink_all(void);
void zswap_age(void);
void zswap_set_enabled(bool on);
void zswap_set_exclusive(void);
void zswap_set_compressor(const char *name);
void zswap_set_pool(void);
void zswap_check_lru(void);
void zswap_check_tree(unsigned int type);
void zswap_check_slot(swp_entry_t entry);
void zswap_final(void);
void __cyg_profile_func_enter(void *fn, void *caller);
void __cyg_profile_func_exit(void *fn, void *caller);

#endif /* _ZSWAP_MODEL_H */
