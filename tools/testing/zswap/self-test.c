// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small programs that the search is tried on: --self-test. Each is about one thing
 * that was wrong once, and shows nothing, or too much, when it is wrong again.
 */
#include "scenarios/scenarios.h"

static unsigned long *shared;

/* Nothing lies between the two, but a step of its own and an answer. */
static void load_and_choose(void *arg)
{
	unsigned long *p;

	x_point(X_RUN, &shared, X_SITE("load of the pointer"));
	p = READ_ONCE(shared);
	x_point(X_RUN, NULL, X_SITE("nothing"));
	x_choose(2, X_SITE("an answer"));
	if (p)
		(void)READ_ONCE(*p);
}

static void free_object(void *arg)
{
	unsigned long *p = shared;

	x_point(X_RUN, &shared, X_SITE("the pointer goes"));
	WRITE_ONCE(shared, NULL);
	kfree(p);
}

static void setup_choice(void)
{
	shared = kmalloc(64, GFP_KERNEL);
	sc_thread("load", load_and_choose);
	sc_thread("free", free_object);
}

static struct page *page;

/* The page's own memory only, not its struct page. */
static void load_data(void *arg)
{
	unsigned long *data;

	x_point(X_RUN, &shared, X_SITE("load of the pointer"));
	data = READ_ONCE(shared);
	x_point(X_RUN, NULL, X_SITE("load of the data"));
	if (data)
		(void)READ_ONCE(data[3]);
}

static void free_page_of_data(void *arg)
{
	x_point(X_RUN, &shared, X_SITE("the pointer goes"));
	WRITE_ONCE(shared, NULL);
	__free_page(page);
}

static void setup_page(void)
{
	page = alloc_page(GFP_KERNEL);
	shared = page_address(page);
	sc_thread("load", load_data);
	sc_thread("free", free_page_of_data);
}

/* The first answer leaves headers where the second one has an object of zeros. */
static void alloc_zeroed(void *arg)
{
	unsigned long *p;
	int i;

	if (!x_choose(2, X_SITE("many small ones, or one"))) {
		for (i = 0; i < 4; i++)
			kfree(kmalloc(32, GFP_KERNEL));
		return;
	}
	p = kzalloc(1024, GFP_KERNEL);
	for (i = 0; i < 1024 / sizeof(*p); i++)
		if (READ_ONCE(p[i]))
			x_bug("bug", X_SITE("kzalloc()"), "word %d is %#lx", i, p[i]);
	kfree(p);
}

static void setup_zeroed(void)
{
	sc_thread("alloc", alloc_zeroed);
}

static struct kmem_cache *cache;
static int users;

static void put_object(void)
{
	if (!model_ref_put(&users, X_SITE("the end")))
		return;
	kmem_cache_free(cache, shared);
	kmem_cache_destroy(cache);
}

/* Is it still the same object, if it is at the same address? */
static void compare(void *arg)
{
	unsigned long *p, value;

	x_point(X_RUN, &shared, X_SITE("first look"));
	p = READ_ONCE(shared);
	value = p ? READ_ONCE(*p) : 0;
	x_point(X_RUN, &shared, X_SITE("second look"));
	if (p && READ_ONCE(shared) == p && READ_ONCE(*p) != value)
		x_bug("bug", X_SITE("comparison"), "another object at the same address");
	put_object();
}

static void replace_object(void *arg)
{
	unsigned long *p = shared;

	x_point(X_RUN, &shared, X_SITE("the pointer goes"));
	WRITE_ONCE(shared, NULL);
	kmem_cache_free(cache, p);
	p = kmem_cache_alloc(cache, GFP_KERNEL);
	*p = 2;
	x_point(X_RUN, &shared, X_SITE("the pointer is back"));
	WRITE_ONCE(shared, p);
	put_object();
}

static void setup_recycled(void)
{
	cache = kmem_cache_create("zswap_entry", 64, 0, 0, NULL);
	shared = kmem_cache_alloc(cache, GFP_KERNEL);
	*shared = 1;
	users = 2;
	sc_thread("compare", compare);
	sc_thread("replace", replace_object);
}

static int freeing;

/* Nothing but the address tells that the other one has been freed by now. */
static void alloc_same(void *arg)
{
	unsigned long *old = shared, *p;
	int began;

	x_point(X_RUN, &freeing, X_SITE("look"));
	began = READ_ONCE(freeing);
	p = model_kmalloc(64, GFP_KERNEL, X_TAG_ENTRY, X_SITE("allocation"));
	if (!began && p == old)
		x_bug("bug", X_SITE("allocation"), "an address that is in use");
	kfree(p);
}

static void free_same(void *arg)
{
	unsigned long *p = shared;

	x_point(X_RUN, &freeing, X_SITE("begin"));
	WRITE_ONCE(freeing, 1);
	kfree(p);
}

static void setup_freed(void)
{
	shared = model_kmalloc(64, GFP_KERNEL, X_TAG_ENTRY, X_SITE("allocation"));
	sc_thread("alloc", alloc_same);
	sc_thread("free", free_same);
}

static unsigned long order, own[2];

/* Independent of what the other thread does at first: the same state comes up again. */
static void step_alone(int me)
{
	x_point(X_RUN, &own[me], X_SITE("alone"));
	own[me]++;
}

/* Each one depends on all of the other thread's that came before it. */
static void turn(int me)
{
	x_point(X_RUN, &order, X_SITE("turn"));
	order = order * 3 + me + 1;
}

#define TURNS	6	/* of each thread */

static void turns(int me)
{
	int i;

	step_alone(me);
	step_alone(me);
	for (i = 0; i < TURNS; i++)
		turn(me);
	x_point(X_RUN, &own[!me], X_SITE("end"));
	order += READ_ONCE(own[!me]);
}

static void first(void *arg)
{
	turns(0);
}

static void second(void *arg)
{
	turns(1);
}

static void setup_bound(void)
{
	sc_thread("first", first);
	sc_thread("second", second);
}

static void read_back(void *arg)
{
	zswap_shrink();
	mm_load(PTE(0));
	folio_wait_writeback(PTE(0)->folio);
	mm_swapout(PTE(0));
	mm_load(PTE(0));
	if (!block_reads())
		x_bug("vacuous", X_SITE("end"), "nothing was read from the device");
}

static void setup_io(void)
{
	sc_in_zswap(1);
	x_spawn("all", X_ROLE_USER, read_back, NULL);
}

/* one after the other; the last one has no name */
const struct x_scenario x_self_tests[] = {
	{
		.name = "self-choice",
		.what = "a preemption before an answer that the search gives",
		.setup = setup_choice,
		.bound = 1,
		.finds = "uaf",
	},
	{
		.name = "self-page",
		.what = "a page is freed while its memory is loaded from",
		.setup = setup_page,
		.bound = 1,
		.finds = "uaf",
	},
	{
		.name = "self-zeroed",
		.what = "what is taken back leaves nothing in memory",
		.setup = setup_zeroed,
		.bound = 1,
	},
	{
		.name = "self-recycled",
		.what = "an address comes back",
		.setup = setup_recycled,
		.bound = 2,
		.finds = "bug",
	},
	{
		.name = "self-freed",
		.what = "which address is handed out depends on what was freed",
		.setup = setup_freed,
		.bound = 1,
		.finds = "bug",
	},
	{
		.name = "self-bound",
		.what = "many preemptions",
		.setup = setup_bound,
		.bound = 9,
	},
	{
		.name = "self-io",
		.what = "a page is written back, reclaimed and read from its device",
		.setup = setup_io,
		.bound = 0,
	},
	{ }
};
