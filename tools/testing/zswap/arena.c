// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory that kernel and model allocate.
 *
 * Each thread takes from a part of its own, so that two allocations of different
 * threads are independent steps, and a freed object is not hidden by the next one
 * at its address: this is the quarantine.
 *
 * Some bugs need the opposite: code that compares an address with an older one is
 * wrong only if the address comes back. So when a zswap entry or a page is
 * allocated, and one of its kind has been freed in this schedule, it is up to the
 * search whether the new one gets a new address or that of one of those; at most
 * arena_recycle times a schedule and kind. Its contents are what the old one left,
 * as in SLUB.
 *
 * The first part of the arena is mem_map[], a struct page for each page. The first
 * page, which mem_map[] is in, is never handed out; two words of its own struct
 * page stand for the lists of freed objects: who frees or allocates touches them,
 * so that the reductions know that the order matters.
 */
#include <assert.h>
#include <string.h>

#include "core.h"

#define PAGE		4096UL
#define MEM_MAP_ENTRY	128UL		/* custom.h checks sizeof(struct page) */
#define MEM_MAP_SIZE	(X_ARENA_SIZE / PAGE * MEM_MAP_ENTRY)
#define PART		((X_ARENA_SIZE - MEM_MAP_SIZE) / X_THREADS / PAGE * PAGE)
#define REDZONE		16UL

static_assert(sizeof(struct x_object) == 64, "objects are aligned");

unsigned int arena_recycle = 1;

static unsigned long part(int tid)
{
	return X_ARENA + MEM_MAP_SIZE + tid * PART;
}

static struct x_object *header(unsigned long addr)
{
	return (struct x_object *)addr - 1;
}

static unsigned long room(size_t size)
{
	return sizeof(struct x_object) + ((size + 15) & ~15UL) + REDZONE;
}

static unsigned long page_struct(unsigned long addr)
{
	return X_ARENA + (addr - X_ARENA) / PAGE * MEM_MAP_ENTRY;
}

static int *freed_word(enum x_recycled kind)
{
	return (int *)(X_ARENA + kind * 8);
}

static bool recycling(void)
{
	return arena_recycle && x->started && !x->checking;
}

/* The address for a new object: 0 if it is to have one of its own. */
static unsigned long take(enum x_recycled kind, const struct x_site *site)
{
	unsigned long *freed = x->freed[kind], addr;
	int nr = 0, choice;

	if (!recycling())
		return 0;
	x_read(freed_word(kind), sizeof(int));
	while (nr < X_FREED && freed[nr])
		nr++;
	if (!nr || x->recycled[kind] >= arena_recycle)
		return 0;
	choice = x_choose(nr + 1, site);
	if (!choice)
		return 0;
	x_write(freed_word(kind), sizeof(int));
	x->recycled[kind]++;
	addr = freed[choice - 1];
	for (; choice < nr; choice++)
		freed[choice - 1] = freed[choice];
	freed[nr - 1] = 0;
	x_note("at the address of one that was freed");
	return addr;
}

/*
 * The lowest ones are kept, in order: the same ones whichever was freed first, so
 * that this commutes.
 */
static void keep(enum x_recycled kind, unsigned long addr)
{
	unsigned long *freed = x->freed[kind], next;
	int i;

	if (!recycling())
		return;
	x_add(freed_word(kind), 0);
	for (i = 0; i < X_FREED && addr; i++) {
		if (freed[i] && freed[i] < addr)
			continue;
		next = freed[i];
		freed[i] = addr;
		addr = next;
	}
}

/**
 * arena_begin() - nothing has been allocated yet
 */
void arena_begin(void)
{
	access_shadow(X_ARENA, X_RECYCLED * 8, SHADOW_OK);
}

/**
 * x_alloc() - an object
 * @size:	in bytes
 * @tag:	what it is
 * @site:	who wants it
 *
 * Return: its address; filled with zeros, or with what an object left that was freed
 */
void *x_alloc(size_t size, enum x_tag tag, const struct x_site *site)
{
	struct x_thread *t = x_self();
	struct x_object *obj;
	unsigned long addr = 0;

	if (tag == X_TAG_ENTRY)
		addr = take(X_RECYCLED_ENTRY, site);
	if (!addr) {
		addr = part(x->cur) + t->small + sizeof(*obj);
		t->small += room(size);
		if (t->small + t->pages * PAGE > PART)
			x_bug("explorer", site, "the arena is full");
	}
	obj = header(addr);
	access_save(obj, sizeof(*obj));
	memset(obj, 0, sizeof(*obj));
	obj->size = size;
	obj->tag = tag;
	obj->alloc = site;
	access_shadow(addr, size, SHADOW_OK);
	x->live[tag]++;
	return (void *)addr;
}

/**
 * x_free() - free what x_alloc() has returned
 * @p:		object
 * @site:	who frees it
 */
void x_free(const void *p, const struct x_site *site)
{
	unsigned long addr = (unsigned long)p;
	struct x_object *obj = header(addr);

	if (addr - X_ARENA >= X_ARENA_SIZE || addr % 16 ||
	    access_shadow_at(addr) == SHADOW_NONE)
		x_bug("bad-free", site, "%p is no object", p);
	if (access_shadow_at(addr) == SHADOW_FREED)
		x_bug("double-free", site, "%p was freed before", p);
	access_free(addr, obj->size);
	access_save(obj, sizeof(*obj));
	obj->free = site;
	obj->free_tid = x->cur;
	access_shadow(addr, obj->size, SHADOW_FREED);
	x->live[obj->tag]--;
	if (obj->tag == X_TAG_ENTRY)
		keep(X_RECYCLED_ENTRY, addr);
}

/**
 * x_alloc_pages() - pages that follow each other
 * @nr:		how many
 * @site:	who wants them
 *
 * Coarser: more than one have addresses of their own.
 *
 * Return: the first struct page, filled with zeros; what a page has is as x_alloc() says
 */
void *x_alloc_pages(unsigned int nr, const struct x_site *site)
{
	struct x_thread *t = x_self();
	unsigned long addr = nr == 1 ? take(X_RECYCLED_PAGE, site) : 0, page;

	if (!addr) {
		t->pages += nr;
		if (t->small + t->pages * PAGE > PART)
			x_bug("explorer", site, "the arena is full");
		addr = part(x->cur) + PART - t->pages * PAGE;
	}
	page = page_struct(addr);
	access_shadow(addr, nr * PAGE, SHADOW_OK);
	access_shadow(page, nr * MEM_MAP_ENTRY, SHADOW_OK);
	x_fill((void *)page, 0, nr * MEM_MAP_ENTRY);
	x->live[X_TAG_PAGE] += nr;
	return (void *)page;
}

/**
 * x_free_page() - free one of what x_alloc_pages() has returned
 * @p:		struct page
 * @site:	who frees it
 */
void x_free_page(const void *p, const struct x_site *site)
{
	unsigned long page = (unsigned long)p;
	unsigned long addr = X_ARENA + (page - X_ARENA) / MEM_MAP_ENTRY * PAGE;

	if (access_shadow_at(page) != SHADOW_OK)
		x_bug("double-free", site, "page %p was freed before", p);
	x_write(p, MEM_MAP_ENTRY);
	access_free(addr, PAGE);
	access_shadow(page, MEM_MAP_ENTRY, SHADOW_FREED);
	access_shadow(addr, PAGE, SHADOW_FREED);
	x->live[X_TAG_PAGE]--;
	keep(X_RECYCLED_PAGE, addr);
}

/**
 * arena_ranges() - visit all memory that has been handed out
 * @fn:		called with each range
 * @arg:	for it
 */
void arena_ranges(void (*fn)(unsigned long from, unsigned long to, void *arg),
		  void *arg)
{
	int tid;

	for (tid = 0; tid < X_THREADS; tid++) {
		unsigned long end = part(tid) + PART;
		unsigned long pages = end - x->t[tid].pages * PAGE;

		fn(part(tid), part(tid) + x->t[tid].small, arg);
		fn(pages, end, arg);
		fn(page_struct(pages), page_struct(end), arg);
	}
}

/**
 * arena_find() - the object that an address belongs to, pages excepted
 * @addr: address
 *
 * Return: the header of the object, NULL if there is none
 */
const struct x_object *arena_find(unsigned long addr)
{
	unsigned long tid = (addr - part(0)) / PART, at;

	if (tid >= X_THREADS)
		return NULL;
	for (at = part(tid); at < part(tid) + x->t[tid].small;
	     at += room(((struct x_object *)at)->size)) {
		const struct x_object *obj = (struct x_object *)at;
		unsigned long begin = at + sizeof(*obj);

		if (addr >= begin && addr < begin + obj->size + REDZONE)
			return obj;
	}
	return NULL;
}
