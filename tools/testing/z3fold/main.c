// SPDX-License-Identifier: GPL-2.0-only
/*
 * What z3fold does with a page whose objects are freed, or not, while it evicts
 * them, or are mapped more than once, and with one that is isolated for migration:
 * the kernel's own mm/z3fold.c, in user space.
 *
 * The order of what two CPUs do is made by hand: another CPU is what the evict
 * callback does, or what a hook does at a lock.  Where it has to go on later, it is
 * another thread, of which one at a time runs.
 *
 * Prints TAP. Exit: 0 all passed, 1 a test failed.
 */

#include <pthread.h>
#include <semaphore.h>

#include "shim.h"

#include Z3FOLD_C

#define HEADLESS_SIZE	(PAGE_SIZE - 64)
#define SMALL_SIZE	1000

int shim_warnings;
void (*shim_before_lock)(spinlock_t *lock);
void (*shim_before_trylock)(spinlock_t *lock);
void (*shim_after_unlock)(spinlock_t *lock);

/* -- the shim -- */

/* what the pages of a test are in is not freed, on purpose */
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static struct page pages[64];
static int nr_pages;

struct page *virt_to_page(const void *addr)
{
	int i;

	for (i = 0; i < nr_pages; i++)
		if (pages[i].address == (void *)((unsigned long)addr & PAGE_MASK))
			return &pages[i];
	abort();
}

struct page *alloc_page(gfp_t gfp)
{
	struct page *page = &pages[nr_pages++];

	page->address = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
	page->freed = false;
	page->isolated = false;
	return page;
}

void __free_page(struct page *page)
{
	WARN_ON(page->freed);
	page->freed = true;
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned long flags, void *ctor)
{
	struct kmem_cache *cache = calloc(1, sizeof(*cache));

	cache->size = ALIGN(size, align);
	cache->align = align;
	return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	free(cache);
}

void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp)
{
	void *p = aligned_alloc(cache->align, cache->size);

	memset(p, 0, cache->size);
	cache->objects++;
	return p;
}

void kmem_cache_free(struct kmem_cache *cache, void *p)
{
	cache->objects--;
	free(p);
}

struct workqueue_struct *create_singlethread_workqueue(const char *name)
{
	return calloc(1, sizeof(struct workqueue_struct));
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	shim_run(wq);
	free(wq);
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	struct work_struct **p;

	if (work->queued)
		return false;
	work->queued = true;
	work->next = NULL;
	for (p = &wq->first; *p; p = &(*p)->next)
		;
	*p = work;
	return true;
}

/* Only asked for by z3fold when the work has run. */
void cancel_work_sync(struct work_struct *work)
{
	WARN_ON(work->queued);
}

void shim_run(struct workqueue_struct *wq)
{
	struct work_struct *work;

	while ((work = wq->first)) {
		wq->first = work->next;
		work->queued = false;
		work->fn(work);
	}
}

/* -- the tests -- */
static struct z3fold_pool *pool;
static unsigned long handle[3];
static int evicted;
static bool claimed_by_free;
static unsigned long evicting;
static int (*evict)(void);

static int evict_cb(struct z3fold_pool *p, unsigned long h)
{
	evicted++;
	evicting = h;
	return evict();
}

static const struct z3fold_ops ops = { .evict = evict_cb };

#define expect(cond)						\
({								\
	bool __ok = (cond);					\
								\
	if (!__ok)						\
		printf("# %s: not so: %s\n", __func__, #cond);	\
	__ok;							\
})

static struct list_head *spare_list(void)
{
	return &pool->unbuddied[NCHUNKS];
}

static bool begin(int nr, size_t size)
{
	int i;

	nr_pages = 0;
	evicted = 0;
	shim_warnings = 0;
	claimed_by_free = false;
	pool = z3fold_create_pool("test", GFP_KERNEL, &ops);
	INIT_LIST_HEAD(spare_list());
	for (i = 0; i < nr; i++)
		if (!expect(!z3fold_alloc(pool, size, GFP_KERNEL, &handle[i])))
			return false;
	return expect(atomic64_read(&pool->pages_nr) == 1);
}

/* Everything has been freed: nothing may be left. */
static bool end(bool ok)
{
	int i;

	shim_run(pool->compact_wq);
	shim_run(pool->release_wq);
	ok &= expect(list_empty(spare_list()));
	ok &= expect(list_empty(&pool->lru));
	ok &= expect(atomic64_read(&pool->pages_nr) == 0);
	ok &= expect(pool->c_handle->objects == 0);
	ok &= expect(shim_warnings == 0);
	for (i = 0; i < nr_pages; i++)
		ok &= expect(pages[i].freed);
	return ok;
}

static int evict_first_only(void)
{
	if (evicted > 1)
		return -EAGAIN;
	z3fold_free(pool, handle[0]);
	return 0;
}

/* one object is evicted, the other is not, and is freed later */
static bool test_partial(void)
{
	bool ok;

	if (!begin(2, SMALL_SIZE))
		return false;
	evict = evict_first_only;
	ok = expect(z3fold_reclaim_page(pool, 1) == -EAGAIN);
	ok &= expect(evicted == 2);
	z3fold_free(pool, handle[1]);
	return end(ok);
}

static int evict_second_object(void)
{
	z3fold_free(pool, handle[1]);
	return 0;
}

/* all objects are gone, and the queued compaction has the last reference */
static bool test_empty(void)
{
	bool ok;

	if (!begin(2, SMALL_SIZE))
		return false;
	z3fold_free(pool, handle[0]);
	evict = evict_second_object;
	z3fold_reclaim_page(pool, 1);
	ok = expect(evicted == 1);
	ok &= expect(list_empty(spare_list()));
	/* go on as if it had been on no list */
	if (!ok) {
		INIT_LIST_HEAD(spare_list());
		INIT_LIST_HEAD(&((struct z3fold_header *)page_address(&pages[0]))->buddy);
	}
	return end(ok);
}

static int evict_freed(void)
{
	z3fold_free(pool, handle[0]);
	return -ENOMEM;
}

/* the callback fails although the object has been freed */
static bool test_lost(void)
{
	bool ok;

	if (!begin(1, HEADLESS_SIZE))
		return false;
	evict = evict_freed;
	z3fold_reclaim_page(pool, 1);
	ok = expect(evicted == 1);
	return end(ok);
}

static int evict_no_owner(void)
{
	return 0;
}

/* the callback finds no owner: the store is still under way */
static bool test_in_use(void)
{
	bool ok;

	if (!begin(1, HEADLESS_SIZE))
		return false;
	evict = evict_no_owner;
	z3fold_reclaim_page(pool, 1);
	ok = expect(evicted == 1);
	ok &= expect(!pages[0].freed);
	if (!ok)
		return false;
	z3fold_free(pool, handle[0]);
	return end(ok);
}

static int evict_claimed(void)
{
	expect(!claimed_by_free);
	return -EAGAIN;
}

static void reclaim_first(spinlock_t *lock)
{
	if (lock != &pool->lock)
		return;
	shim_before_lock = NULL;
	claimed_by_free = test_bit(PAGE_CLAIMED, &pages[0].private);
	z3fold_reclaim_page(pool, 1);
}

/* reclaim looks at the page when a free is about to take the pool lock */
static bool test_claimed(void)
{
	bool ok;

	if (!begin(1, HEADLESS_SIZE))
		return false;
	evict = evict_claimed;
	shim_before_lock = reclaim_first;
	z3fold_free(pool, handle[0]);
	shim_before_lock = NULL;
	ok = expect(!claimed_by_free || !evicted);
	return end(ok);
}

static int evict_fails(void)
{
	return -EAGAIN;
}

/* another CPU has the page locked, and puts the reference of its last object */
static void put_last_object(spinlock_t *lock)
{
	struct z3fold_header *zhdr = page_address(&pages[0]);

	if (lock != &zhdr->page_lock || !pool->lock.held)
		return;
	shim_before_trylock = NULL;
	lock->held = true;
	if (zhdr->refcount.n == 2)
		kref_put(&zhdr->refcount, release_z3fold_page_locked_list);
}

/* reclaim must not be left with the last reference while it has the pool lock */
static bool test_last_reference(void)
{
	struct z3fold_header *zhdr;
	bool ok;

	if (!begin(1, SMALL_SIZE))
		return false;
	zhdr = page_address(&pages[0]);
	evict = evict_fails;
	shim_before_trylock = put_last_object;
	z3fold_reclaim_page(pool, 1);
	shim_before_trylock = NULL;
	ok = expect(shim_warnings == 0);
	ok &= expect(evicted == 0);
	if (!ok)
		return false;
	spin_unlock(&zhdr->page_lock);
	z3fold_free(pool, handle[0]);
	return end(ok);
}

/* another CPU frees the object as soon as reclaim has unlocked its page */
static void free_at_once(spinlock_t *lock)
{
	struct z3fold_header *zhdr = page_address(&pages[0]);

	if (lock != &zhdr->page_lock || !evicted)
		return;
	shim_after_unlock = NULL;
	claimed_by_free = test_bit(PAGE_CLAIMED, &pages[0].private);
	z3fold_free(pool, handle[0]);
}

/* a page that reclaim has given up must not look claimed */
static bool test_given_up(void)
{
	bool ok;

	if (!begin(1, SMALL_SIZE))
		return false;
	evict = evict_fails;
	shim_after_unlock = free_at_once;
	z3fold_reclaim_page(pool, 1);
	shim_after_unlock = NULL;
	ok = expect(evicted == 1);
	ok &= expect(!claimed_by_free);
	return end(ok);
}

/* writeback looks at the object, and finds that a load has its slot */
static int evict_loading(void)
{
	z3fold_map(pool, evicting);
	z3fold_unmap(pool, evicting);
	return -EEXIST;
}

/* of two users of the middle object one is done: it must not move */
static bool test_mapped_middle(void)
{
	enum { FIRST_ONE, LAST_ONE, MIDDLE_ONE };
	void *addr;
	bool ok;

	if (!begin(3, SMALL_SIZE))
		return false;
	addr = z3fold_map(pool, handle[MIDDLE_ONE]);
	evict = evict_loading;
	z3fold_reclaim_page(pool, 1);
	ok = expect(evicted == 1);
	z3fold_free(pool, handle[FIRST_ONE]);
	shim_run(pool->compact_wq);
	ok &= expect(z3fold_map(pool, handle[MIDDLE_ONE]) == addr);
	z3fold_unmap(pool, handle[MIDDLE_ONE]);
	z3fold_unmap(pool, handle[MIDDLE_ONE]);
	z3fold_free(pool, handle[LAST_ONE]);
	z3fold_free(pool, handle[MIDDLE_ONE]);
	return end(ok);
}

/* a load of each object and writeback of one: the page must not be migrated */
static bool test_mapped_often(void)
{
	int i;

	if (!begin(3, SMALL_SIZE))
		return false;
	for (i = 0; i < 5; i++) {
		z3fold_map(pool, handle[i % 3]);
		if (!expect(!z3fold_page_isolate(&pages[0], 0)))
			return false;
	}
	while (i--)
		z3fold_unmap(pool, handle[i % 3]);
	for (i = 0; i < 3; i++)
		z3fold_free(pool, handle[i]);
	return end(true);
}

/* since 6.0 without a mapping */
static int migrate_page(struct page *newpage, struct page *page)
{
	int (*without)(struct page *dst, struct page *src, enum migrate_mode mode);
	int (*with)(struct address_space *mapping, struct page *dst,
		    struct page *src, enum migrate_mode mode);
	void *fn = z3fold_page_migrate;

	if (__builtin_types_compatible_p(typeof(z3fold_page_migrate) *, typeof(without))) {
		without = fn;
		return without(newpage, page, MIGRATE_ASYNC);
	}
	with = fn;
	return with(NULL, newpage, page, MIGRATE_ASYNC);
}

/*
 * An object is loaded when its page, which compaction has isolated, is about to be
 * migrated, and is freed before the page is put back: nobody else may have the page.
 */
static bool isolated_and_freed(int nr)
{
	struct z3fold_header *zhdr;
	struct page newpage = { 0 };
	bool ok;

	if (!begin(nr, SMALL_SIZE))
		return false;
	shim_run(pool->compact_wq);
	zhdr = page_address(&pages[0]);
	ok = expect(z3fold_page_isolate(&pages[0], 0));
	pages[0].isolated = true;
	z3fold_map(pool, handle[0]);
	ok &= expect(migrate_page(&newpage, &pages[0]) == -EBUSY);
	z3fold_unmap(pool, handle[0]);
	z3fold_free(pool, handle[0]);
	shim_run(pool->compact_wq);
	ok &= expect(!pages[0].freed);
	ok &= expect(list_empty(&zhdr->buddy));
	ok &= expect(list_empty(spare_list()));
	if (!ok)
		return false;
	z3fold_page_putback(&pages[0]);
	pages[0].isolated = false;
	while (--nr)
		z3fold_free(pool, handle[nr]);
	return end(ok);
}

/* -- a page that is migrated, and another CPU -- */
static struct {
	pthread_t thread;
	sem_t go_on;
	sem_t stopped;
	bool started;
	void *addr;		/* of the object that it has mapped */
} other;

static __thread bool on_other;

/* it stops where it has read the handle */
static void stop_other(spinlock_t *lock)
{
	if (!on_other || lock != &handle_to_slots(handle[0])->lock)
		return;
	shim_after_unlock = NULL;
	sem_post(&other.stopped);
	sem_wait(&other.go_on);
}

static void *map_on_other(void *unused)
{
	on_other = true;
	other.addr = z3fold_map(pool, handle[0]);
	sem_post(&other.stopped);
	return unused;
}

/* the page has been copied, and is unlocked */
static void start_other(spinlock_t *lock)
{
	struct z3fold_header *zhdr = page_address(&pages[0]);

	if (lock != &zhdr->page_lock || !pages[0].isolated)
		return;
	shim_after_unlock = stop_other;
	other.started = !pthread_create(&other.thread, NULL, map_on_other, NULL);
	if (other.started)
		sem_wait(&other.stopped);
}

/* Migrate the page of begin().  Returns the new one, or NULL. */
static struct page *migrate(void)
{
	struct page *newpage;
	bool ok;

	shim_run(pool->compact_wq);
	newpage = alloc_page(GFP_KERNEL);
	ok = expect(z3fold_page_isolate(&pages[0], 0));
	pages[0].isolated = true;
	ok &= expect(!migrate_page(newpage, &pages[0]));
	pages[0].isolated = false;
	pages[0].freed = true;
	return ok ? newpage : NULL;
}

/* a load has read the handle, and maps the object when the page has been migrated */
static bool test_migrating(void)
{
	struct z3fold_header *zhdr;
	struct page *newpage;
	bool ok;

	if (!begin(1, SMALL_SIZE))
		return false;
	sem_init(&other.go_on, 0, 0);
	sem_init(&other.stopped, 0, 0);
	shim_after_unlock = start_other;
	newpage = migrate();
	shim_after_unlock = NULL;
	if (!expect(other.started))
		return false;
	sem_post(&other.go_on);
	pthread_join(other.thread, NULL);
	if (!newpage)
		return false;
	ok = expect(virt_to_page(other.addr) == newpage);
	z3fold_unmap(pool, handle[0]);
	zhdr = page_address(newpage);
	ok &= expect(zhdr->mapped_count == 0);
	if (!ok)
		return false;
	z3fold_free(pool, handle[0]);
	return end(ok);
}

/* a page that has been migrated can be reclaimed as any other */
static bool test_migrated(void)
{
	int i;

	if (!begin(2, SMALL_SIZE) || !migrate())
		return false;
	shim_run(pool->compact_wq);
	evict = evict_fails;
	z3fold_reclaim_page(pool, 1);
	if (!expect(evicted == 1))
		return false;
	for (i = 0; i < 2; i++)
		z3fold_free(pool, handle[i]);
	return end(true);
}

/* the new page has just been unlocked: another CPU reclaims it */
static void reclaim_new(spinlock_t *lock)
{
	struct z3fold_header *zhdr = page_address(&pages[1]);

	if (lock != &zhdr->page_lock || !pages[0].isolated)
		return;
	shim_after_unlock = NULL;
	z3fold_reclaim_page(pool, 1);
}

/*
 * ... and is not in the way of what migration has still to do.  The page is full:
 * reclaim leaves it without a CPU.
 */
static bool test_migrated_early(void)
{
	bool ok;
	int i;

	if (!begin(3, SMALL_SIZE))
		return false;
	evict = evict_fails;
	shim_after_unlock = reclaim_new;
	ok = expect(migrate());
	shim_after_unlock = NULL;
	if (!ok || !expect(evicted == 1))
		return false;
	for (i = 0; i < 3; i++)
		z3fold_free(pool, handle[i]);
	return end(true);
}

static bool test_isolated(void)
{
	return isolated_and_freed(2);
}

static bool test_isolated_last(void)
{
	return isolated_and_freed(1);
}

static const struct {
	const char *name;
	bool (*fn)(void);
} tests[] = {
	{ "partial", test_partial },
	{ "empty", test_empty },
	{ "lost", test_lost },
	{ "in-use", test_in_use },
	{ "claimed", test_claimed },
	{ "last-reference", test_last_reference },
	{ "given-up", test_given_up },
	{ "mapped-middle", test_mapped_middle },
	{ "mapped-often", test_mapped_often },
	{ "isolated", test_isolated },
	{ "isolated-last", test_isolated_last },
	{ "migrating", test_migrating },
	{ "migrated", test_migrated },
	{ "migrated-early", test_migrated_early },
};

int main(int argc, char **argv)
{
	int n = sizeof(tests) / sizeof(*tests), i, failed = 0;
	bool ok;

	if (shim_init())
		return 1;
	printf("TAP version 13\n1..%d\n", n);
	for (i = 0; i < n; i++) {
		ok = tests[i].fn();
		failed += !ok;
		printf("%s %d %s\n", ok ? "ok" : "not ok", i + 1, tests[i].name);
	}
	shim_exit();
	return !!failed;
}
