// SPDX-License-Identifier: GPL-2.0-only
/*
 * z3fold_evict: what z3fold does with a page whose objects are freed, or not,
 * while it evicts them.
 *
 * The kernel's own mm/z3fold.c is compiled into this module, so that a test can
 * stop its worker, hold its lock, and evict from a pool of its own with a
 * callback of its own. The z3fold of the running kernel is not touched, and a
 * patched file can be tested in an unpatched kernel.
 *
 * insmod z3fold_evict.ko [test=<name>]
 *
 * TAP output goes to the kernel log. insmod fails if a test does. It needs three
 * CPUs for the test "claimed", which is skipped with fewer.
 */

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

static int z3fold_handles;

static void *z3fold_evict_zalloc(struct kmem_cache *cache, gfp_t gfp)
{
	void *p = kmem_cache_zalloc(cache, gfp);

	if (p)
		z3fold_handles++;
	return p;
}

static void z3fold_evict_free(struct kmem_cache *cache, void *p)
{
	if (p)
		z3fold_handles--;
	kmem_cache_free(cache, p);
}

/* One list more than z3fold asks for: nothing may ever be in it. */
static void __percpu *z3fold_evict_percpu(size_t size, size_t align)
{
	return __alloc_percpu(size + sizeof(struct list_head), align);
}

#define kmem_cache_zalloc	z3fold_evict_zalloc
#define kmem_cache_free		z3fold_evict_free
#define __alloc_percpu		z3fold_evict_percpu
#undef pr_fmt
#undef module_init
#undef module_exit
#undef __init
#undef __exit
#define __init
#define __exit
#define module_init(fn)	static int (*z3fold_init)(void) = fn
#define module_exit(fn)	static void (*z3fold_exit)(void) = fn

#include Z3FOLD_C

#undef __alloc_percpu
#undef kmem_cache_free
#undef kmem_cache_zalloc
#undef pr_fmt
#define pr_fmt(fmt) "z3fold_evict: " fmt

/* too large for a page with a header */
#define HEADLESS_SIZE	(PAGE_SIZE - 64)
#define SMALL_SIZE	1000
#define NR_OBJECTS	2

static char *test = "";
module_param(test, charp, 0444);
MODULE_PARM_DESC(test, "run only this test");

static struct {
	struct z3fold_pool *pool;
	unsigned long handle[NR_OBJECTS];
	int calls;
	int (*evict)(void);

	struct work_struct blocker;
	struct completion blocked;
	struct completion unblock;

	struct completion evicting;
	struct completion done[2];
	struct completion stop;
} t;

static int evict_cb(struct z3fold_pool *pool, unsigned long handle)
{
	t.calls++;
	return t.evict();
}

static const struct z3fold_ops evict_ops = { .evict = evict_cb };

#define expect(cond)						\
({								\
	bool __ok = (cond);					\
								\
	if (!__ok)						\
		pr_err("# %s: not so: %s\n", __func__, #cond);	\
	__ok;							\
})

static struct list_head *spare_list(int cpu)
{
	return &per_cpu_ptr(t.pool->unbuddied, cpu)[NCHUNKS];
}

static bool spare_lists_empty(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (!list_empty(spare_list(cpu)))
			return false;
	return true;
}

static bool pool_up(void)
{
	int cpu;

	z3fold_handles = 0;
	t.calls = 0;
	t.pool = z3fold_create_pool("z3fold_evict", GFP_KERNEL, &evict_ops);
	if (!t.pool)
		return false;
	for_each_possible_cpu(cpu)
		INIT_LIST_HEAD(spare_list(cpu));
	return true;
}

/* Let the workers finish what there is to do. */
static void settle(void)
{
	flush_workqueue(t.pool->compact_wq);
	flush_workqueue(t.pool->release_wq);
}

static long long pages(void)
{
	return atomic64_read(&t.pool->pages_nr);
}

/* A pool that is not empty, or a list that is broken, is not taken down. */
static bool pool_down(bool ok)
{
	settle();
	ok &= expect(spare_lists_empty());
	ok &= expect(list_empty(&t.pool->lru));
	ok &= expect(pages() == 0);
	ok &= expect(z3fold_handles == 0);
	if (ok)
		z3fold_destroy_pool(t.pool);
	return ok;
}

static bool objects_up(int nr, size_t size)
{
	int i;

	if (!pool_up())
		return false;
	for (i = 0; i < nr; i++)
		if (!expect(!z3fold_alloc(t.pool, size, GFP_KERNEL, &t.handle[i])))
			return false;
	return expect(pages() == 1);
}

static void blocker_fn(struct work_struct *work)
{
	complete(&t.blocked);
	wait_for_completion(&t.unblock);
}

/* Compaction runs on a workqueue of one thread: keep that busy. */
static void block_worker(void)
{
	init_completion(&t.blocked);
	init_completion(&t.unblock);
	INIT_WORK_ONSTACK(&t.blocker, blocker_fn);
	queue_work(t.pool->compact_wq, &t.blocker);
	wait_for_completion(&t.blocked);
}

static void unblock_worker(void)
{
	complete(&t.unblock);
	flush_work(&t.blocker);
	destroy_work_on_stack(&t.blocker);
}

/* -- all objects of a page are freed, a queued worker has the last reference -- */

static int evict_second_object(void)
{
	z3fold_free(t.pool, t.handle[1]);
	return 0;
}

static bool test_empty(void)
{
	bool ok;

	if (!objects_up(2, SMALL_SIZE))
		return false;
	block_worker();
	z3fold_free(t.pool, t.handle[0]);
	t.evict = evict_second_object;
	z3fold_reclaim_page(t.pool, 1);
	ok = expect(t.calls == 1);
	ok &= expect(spare_lists_empty());
	unblock_worker();
	settle();
	return pool_down(ok);
}

/* -- one object of a page is evicted, the other is not, and is freed later -- */

static int evict_every_other(void)
{
	if (t.calls > 1)
		return -EAGAIN;
	/* first, middle, last is their order, and eviction begins in the middle */
	z3fold_free(t.pool, t.handle[0]);
	return 0;
}

static bool test_partial(void)
{
	bool ok;

	if (!objects_up(2, SMALL_SIZE))
		return false;
	t.evict = evict_every_other;
	ok = expect(z3fold_reclaim_page(t.pool, 1) == -EAGAIN);
	ok &= expect(t.calls == 2);
	z3fold_free(t.pool, t.handle[1]);
	return pool_down(ok);
}

/* -- the callback fails although the object is freed meanwhile -- */

static int evict_freed(void)
{
	z3fold_free(t.pool, t.handle[0]);
	return -ENOMEM;
}

static bool test_lost(void)
{
	bool ok;

	if (!objects_up(1, HEADLESS_SIZE))
		return false;
	t.evict = evict_freed;
	z3fold_reclaim_page(t.pool, 1);
	ok = expect(t.calls == 1);
	return pool_down(ok);
}

/* -- the callback finds no owner yet, for the store is still under way -- */

static int evict_no_owner(void)
{
	return 0;
}

static bool test_in_use(void)
{
	bool ok;

	if (!objects_up(1, HEADLESS_SIZE))
		return false;
	t.evict = evict_no_owner;
	z3fold_reclaim_page(t.pool, 1);
	ok = expect(t.calls == 1);
	if (!expect(pages() == 1))
		return false;
	memset(z3fold_map(t.pool, t.handle[0]), 0x5a, HEADLESS_SIZE);
	z3fold_unmap(t.pool, t.handle[0]);
	z3fold_free(t.pool, t.handle[0]);
	return pool_down(ok);
}

/* -- reclaim looks at a page that a free has claimed and not yet unlinked -- */

static int evict_while_freed(void)
{
	complete(&t.evicting);
	/* let the free go on, it waits for the pool lock */
	wait_for_completion_timeout(&t.done[1], HZ);
	return -EAGAIN;
}

static int claimed_reclaim(void *unused)
{
	z3fold_reclaim_page(t.pool, 1);
	complete(&t.done[0]);
	return 0;
}

static int claimed_free(void *unused)
{
	z3fold_free(t.pool, t.handle[0]);
	complete(&t.done[1]);
	return 0;
}

static bool start_on(int cpu, int (*fn)(void *))
{
	struct task_struct *task = kthread_create(fn, NULL, "z3fold_evict/%d", cpu);

	if (IS_ERR(task))
		return false;
	kthread_bind(task, cpu);
	wake_up_process(task);
	return true;
}

/*
 * The pool lock is fair. Whoever spins on it first has it first: reclaim, then
 * the free, which may have claimed the page before.
 */
static bool test_claimed(void)
{
	bool ok = true;
	int cpu, cpus[2], i = 0;

	if (!objects_up(1, HEADLESS_SIZE))
		return false;
	init_completion(&t.evicting);
	init_completion(&t.done[0]);
	init_completion(&t.done[1]);
	t.evict = evict_while_freed;

	migrate_disable();
	for_each_online_cpu(cpu)
		if (cpu != raw_smp_processor_id() && i < 2)
			cpus[i++] = cpu;

	spin_lock(&t.pool->lock);
	ok &= start_on(cpus[0], claimed_reclaim);
	while (ok && !spin_is_contended(&t.pool->lock))
		cpu_relax();
	ok &= start_on(cpus[1], claimed_free);
	mdelay(50);
	spin_unlock(&t.pool->lock);
	migrate_enable();

	for (i = 0; ok && i < 2; i++)
		ok &= expect(wait_for_completion_timeout(&t.done[i], 10 * HZ));
	return pool_down(ok);
}

static const struct {
	const char *name;
	bool (*fn)(void);
	unsigned int cpus;
} tests[] = {
	{ "partial", test_partial, 1 },
	{ "empty", test_empty, 1 },
	{ "lost", test_lost, 1 },
	{ "claimed", test_claimed, 3 },
	{ "in-use", test_in_use, 1 },
};

int init_module(void)
{
	int i, n = 0, failed = 0;
	int ret = z3fold_init();

	if (ret)
		return ret;
	pr_info("TAP version 13\n");
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		bool ok;

		if (*test && strcmp(test, tests[i].name))
			continue;
		n++;
		if (num_online_cpus() < tests[i].cpus) {
			pr_info("ok %d - %s # SKIP needs %u CPUs\n", n,
				tests[i].name, tests[i].cpus);
			continue;
		}
		ok = tests[i].fn();
		failed += !ok;
		pr_info("%s %d - %s\n", ok ? "ok" : "not ok", n, tests[i].name);
	}
	pr_info("1..%d\n", n);
	if (failed || !n) {
		z3fold_exit();
		return -EINVAL;
	}
	return 0;
}

void cleanup_module(void)
{
	z3fold_exit();
}

MODULE_DESCRIPTION("Eviction from z3fold, with objects that are freed meanwhile");
MODULE_LICENSE("GPL");
