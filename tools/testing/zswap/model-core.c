// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model of what every part of the kernel uses: locks, references, RCU, memory,
 * CPU hotplug callbacks, work queues.
 */
#include "include/model.h"

/* -- strings --------------------------------------------------------------- */

/**
 * strscpy() - lib/string.c
 * @to:		buffer
 * @from:	string
 * @size:	of @to
 *
 * Return: length; coarser: never -E2BIG
 */
ssize_t strscpy(char *to, const char *from, size_t size)
{
	size_t i;

	for (i = 0; i + 1 < size && from[i]; i++)
		to[i] = from[i];
	to[i] = 0;
	return i;
}

/**
 * strstrip() - lib/string_helpers.c
 * @s: string
 *
 * Return: @s; coarser: the model passes no white space
 */
char *strstrip(char *s)
{
	return s;
}

/**
 * find_next_bit() - lib/find_bit.c
 * @p:		bitmap
 * @size:	in bits
 * @from:	first bit to look at
 *
 * Return: number of the bit, @size if there is none
 */
unsigned long find_next_bit(const unsigned long *p, unsigned long size,
			    unsigned long from)
{
	while (from < size && !test_bit(from, p))
		from++;
	return from;
}

/**
 * model_memset_l() - memset_l() of include/linux/string.h
 * @p:	where to
 * @v:	word
 * @n:	how many
 */
void model_memset_l(unsigned long *p, unsigned long v, size_t n)
{
	size_t i;

	x_write(p, n * sizeof(*p));
	for (i = 0; i < n; i++)
		p[i] = v;
}

/* -- references ------------------------------------------------------------ */

/**
 * model_ref_put() - refcount_dec_and_test(), include/linux/refcount.h
 * @ref:	count
 * @site:	caller
 *
 * What the caller touches afterwards may be gone, if it was not the last one:
 * a scheduling point follows.
 *
 * Return: true if it was the last reference
 */
bool model_ref_put(int *ref, const struct x_site *site)
{
	bool last;

	x_point(X_RUN, ref, site);
	if (*ref <= 0)
		x_bug("refcount", site, "put of a count of %d", *ref);
	last = !--*ref;
	x_point(X_AFTER, ref, site);
	return last;
}

/**
 * model_ref_get() - refcount_inc()
 * @ref:	count
 * @site:	caller
 */
void model_ref_get(int *ref, const struct x_site *site)
{
	x_point(X_RUN, ref, site);
	if (*ref <= 0)
		x_bug("refcount", site, "get of a count of %d", *ref);
	++*ref;
}

/**
 * model_ref_tryget() - refcount_inc_not_zero()
 * @ref:	count
 * @site:	caller
 *
 * Return: false if nobody has a reference any more
 */
bool model_ref_tryget(int *ref, const struct x_site *site)
{
	x_point(X_RUN, ref, site);
	if (!*ref)
		return false;
	++*ref;
	return true;
}

/**
 * model_percpu_ref_tryget() - percpu_ref_tryget(), include/linux/percpu-refcount.h
 * @ref:	reference
 * @site:	caller
 *
 * Return: false if it was released
 */
bool model_percpu_ref_tryget(struct percpu_ref *ref, const struct x_site *site)
{
	x_point(X_RUN, ref, site);
	if (!ref->refs.counter)
		return false;
	ref->refs.counter++;
	return true;
}

/**
 * model_percpu_ref_put() - percpu_ref_put()
 * @ref:	reference
 * @site:	caller
 *
 * Coarser: percpu_ref_kill() does not wait for a grace period before the last
 * one can be put.
 */
void model_percpu_ref_put(struct percpu_ref *ref, const struct x_site *site)
{
	x_point(X_RUN, ref, site);
	model_bug_on(ref->refs.counter <= 0);
	if (!--ref->refs.counter) {
		if (x_self()->irqs_off)
			x_met(MET_PUT_IRQS_OFF);
		ref->release(ref);
	}
	x_point(X_AFTER, ref, site);
}

/* -- locks ----------------------------------------------------------------- */

/**
 * model_callback_returns() - writeback is done with an entry, for the oracle
 */
void model_callback_returns(void)
{
	if (x_info[x->cur].role != X_ROLE_WRITEBACK)
		return;
	x_count(X_COUNT_LRU_LOCK);
	x_self()->phase = X_PHASE_LOOKUP;
}

/**
 * model_walk_goes_on() - the lock of an LRU is taken, for the oracle
 *
 * If writeback has let go of its folio it was in a callback that has returned.
 */
void model_walk_goes_on(void)
{
	if (x_self()->phase == X_PHASE_UNPINNED ||
	    x_self()->phase == X_PHASE_SUBMITTED)
		model_callback_returns();
}

/**
 * model_tree_locked() - a tree is locked, for --count and the oracle
 *
 * Before it has submitted its page writeback does that to look for the entry.
 */
void model_tree_locked(void)
{
	struct x_thread *t = x_self();

	if (x_info[x->cur].role != X_ROLE_WRITEBACK)
		return;
	x_count(X_COUNT_TREE_LOCK);
	if (t->phase == X_PHASE_LOOKUP || t->phase == X_PHASE_PINNED)
		t->taken = x->taken;
}

/**
 * model_preempt_disable() - preempt_disable(), include/linux/preempt.h
 */
void model_preempt_disable(void)
{
	x_self()->atomic++;
	rcu_read_lock();	/* with preemption off nobody is quiescent */
}

/**
 * model_preempt_enable() - preempt_enable()
 */
void model_preempt_enable(void)
{
	x_self()->atomic--;
	rcu_read_unlock();
}

/**
 * model_irq_save() - local_irq_save(), include/linux/irqflags.h
 *
 * Coarser: no interrupt comes, what it does is done by a thread.
 *
 * Return: what flags say: interrupts were off before
 */
bool model_irq_save(void)
{
	bool off = x_self()->irqs_off;

	x_self()->irqs_off = true;
	return off;
}

/**
 * model_irq_enable() - local_irq_enable()
 * @site: caller
 *
 * Who finds interrupts on there has lost the section that had them off.
 */
void model_irq_enable(const struct x_site *site)
{
	if (!x_self()->irqs_off)
		x_remark("irqs-on", site, "enables interrupts that are on");
	x_self()->irqs_off = false;
}

/**
 * model_bh_disable() - local_bh_disable(), include/linux/bottom_half.h
 */
void model_bh_disable(void)
{
	x_self()->bh_off++;
}

/**
 * model_bh_enable() - __local_bh_enable_ip(), kernel/softirq.c
 * @site: caller
 *
 * Pending softirqs run there, so lockdep warns if interrupts are off.
 */
void model_bh_enable(const struct x_site *site)
{
	if (x_self()->irqs_off)
		x_remark("bh-irqs-off", site,
			 "enables bottom halves with interrupts off");
	if (!x_self()->bh_off)
		x_bug("unlock", site, "enables bottom halves that are on");
	x_self()->bh_off--;
}

/**
 * model_spin_lock() - spin_lock(), include/linux/spinlock.h
 * @lock:	lock
 * @site:	caller
 */
void model_spin_lock(spinlock_t *lock, const struct x_site *site)
{
	x_point(X_LOCK, &lock->owner, site);
	lock->owner = x->cur + 1;
	model_preempt_disable();
}

/**
 * model_spin_unlock() - spin_unlock()
 * @lock:	lock
 * @site:	caller
 */
void model_spin_unlock(spinlock_t *lock, const struct x_site *site)
{
	x_point(X_RUN, &lock->owner, site);
	if (lock->owner != x->cur + 1UL)
		x_bug("unlock", site, "unlocks a lock that it does not hold");
	lock->owner = 0;
	model_preempt_enable();
	x_point(X_AFTER, &lock->owner, site);
}

/**
 * model_might_sleep() - might_sleep(), with DEBUG_ATOMIC_SLEEP
 * @site: caller
 */
void model_might_sleep(const struct x_site *site)
{
	if (x_self()->atomic)
		x_bug("atomic-sleep", site, "sleeps with a spinlock held");
	if (x_self()->irqs_off || x_self()->bh_off)
		x_bug("atomic-sleep", site, "sleeps with interrupts or bottom halves off");
}

/**
 * model_mutex_lock() - mutex_lock(), kernel/locking/mutex.c
 * @lock:	mutex
 * @site:	caller
 */
void model_mutex_lock(struct mutex *lock, const struct x_site *site)
{
	model_might_sleep(site);
	x_point(X_LOCK, &lock->owner, site);
	lock->owner = x->cur + 1;
}

/**
 * model_mutex_unlock() - mutex_unlock()
 * @lock:	mutex
 * @site:	caller
 */
void model_mutex_unlock(struct mutex *lock, const struct x_site *site)
{
	x_point(X_RUN, &lock->owner, site);
	if (lock->owner != x->cur + 1UL)
		x_bug("unlock", site, "unlocks a mutex that it does not hold");
	lock->owner = 0;
	x_point(X_AFTER, &lock->owner, site);
}

/* -- RCU ------------------------------------------------------------------- */

static unsigned long rcu_nesting[X_THREADS];

/**
 * rcu_read_lock() - include/linux/rcupdate.h
 */
void rcu_read_lock(void)
{
	rcu_nesting[x->cur]++;
}

/**
 * rcu_read_unlock() - same
 */
void rcu_read_unlock(void)
{
	rcu_nesting[x->cur]--;
}

static bool outside_of_section(const void *nesting)
{
	return !*(const unsigned long *)nesting;
}

/**
 * model_synchronize_rcu() - synchronize_rcu(), kernel/rcu/tree.c
 * @site: caller
 *
 * Coarser: waits until each thread has been outside of a section once, and not
 * only for sections that had begun.
 */
void model_synchronize_rcu(const struct x_site *site)
{
	int i;

	model_might_sleep(site);
	for (i = 0; i < X_THREADS; i++) {
		if (!READ_ONCE(rcu_nesting[i]))
			continue;
		x_wait(outside_of_section, &rcu_nesting[i], site);
		(void)READ_ONCE(rcu_nesting[i]);
	}
}

static struct callback_head *rcu_callbacks;

static bool callback_queued(const void *arg)
{
	return rcu_callbacks;
}

static void invoke(struct callback_head *head)
{
	unsigned long offset = (unsigned long)head->func;

	if (offset < 4096)
		kfree((char *)head - offset);
	else
		head->func(head);
}

static void rcu_daemon(void *arg)
{
	for (;;) {
		struct callback_head *head;

		x_wait(callback_queued, NULL, X_SITE("rcu_gp_kthread()"));
		head = rcu_callbacks;
		rcu_callbacks = head->next;
		synchronize_rcu();
		invoke(head);
	}
}

/**
 * model_call_rcu() - call_rcu(), kernel/rcu/tree.c
 * @head:	in the object
 * @fn:		to be called after a grace period; an offset means kvfree_rcu()
 */
void model_call_rcu(struct callback_head *head,
		    void (*fn)(struct callback_head *head))
{
	x_point(X_RUN, head, X_SITE("call_rcu()"));
	head->func = fn;
	head->next = rcu_callbacks;
	rcu_callbacks = head;
}

/* -- memory ---------------------------------------------------------------- */

int model_fault_budget;
unsigned int model_fault_kinds;

/**
 * model_fault() - does this fail? Both answers are explored.
 * @kind:	FAULT_ALLOC or another
 * @site:	caller
 *
 * Return: true if it does; at most model_fault_budget times in a schedule
 */
bool model_fault(unsigned int kind, const struct x_site *site)
{
	if (!x->started || x->checking || !(model_fault_kinds & kind) ||
	    x->faults >= model_fault_budget)
		return false;
	if (!x_choose(2, site))
		return false;
	x->faults++;
	x_note("%s fails", site->what);
	return true;
}

/**
 * model_kmalloc() - kmalloc(), include/linux/slab.h
 * @size:	in bytes
 * @gfp:	may it sleep, is it to be zeroed
 * @tag:	what it is, to the oracle
 * @site:	caller
 *
 * Coarser: does not reclaim, so a caller never meets itself in zswap.
 *
 * Return: the object, NULL if the explorer tries that
 */
void *model_kmalloc(size_t size, gfp_t gfp, enum x_tag tag,
		    const struct x_site *site)
{
	u32 recycled;
	void *p;

	if (gfp & __GFP_DIRECT_RECLAIM)
		model_might_sleep(site);
	x_point(X_RUN, NULL, site);
	if (!(gfp & __GFP_NOFAIL) && model_fault(FAULT_ALLOC, site))
		return NULL;
	x_count(X_COUNT_ALLOC);
	recycled = x->recycled[X_RECYCLED_ENTRY];
	p = x_alloc(size, tag, site);
	if (size <= 256 && gfp & __GFP_ZERO)
		x_fill(p, 0, size);
	else if (size <= 256 && x->recycled[X_RECYCLED_ENTRY] == recycled)
		x_fill(p, 0x5a, size);
	return p;
}

/**
 * model_kfree() - kfree(), mm/slab_common.c
 * @p:		object or NULL
 * @site:	caller
 */
void model_kfree(const void *p, const struct x_site *site)
{
	if (!p)
		return;
	x_point(X_RUN, p, site);
	x_free(p, site);
}

/**
 * kmem_cache_create() - mm/slab_common.c
 * @name:	of the cache
 * @size:	of an object
 * @align:	of an object
 * @flags:	ignored
 * @ctor:	for each object, each time it is handed out
 *
 * Return: the cache
 */
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned long flags, void (*ctor)(void *))
{
	struct kmem_cache *cache = kmalloc(sizeof(*cache), GFP_KERNEL);

	cache->name = name;
	cache->size = size;
	cache->tag = strcmp(name, "zswap_entry") ? X_TAG_KMALLOC : X_TAG_ENTRY;
	cache->ctor = ctor;
	return cache;
}

/**
 * model_cache_alloc() - kmem_cache_alloc()
 * @cache:	cache
 * @gfp:	may it sleep
 * @site:	caller
 *
 * Return: an object, NULL if the explorer tries that
 */
void *model_cache_alloc(struct kmem_cache *cache, gfp_t gfp,
			const struct x_site *site)
{
	void *p = model_kmalloc(cache->size, gfp, cache->tag, site);

	if (p && cache->ctor)
		cache->ctor(p);
	return p;
}

/**
 * kmem_cache_destroy() - mm/slab_common.c
 * @cache: cache
 */
void kmem_cache_destroy(struct kmem_cache *cache)
{
	kfree(cache);
}

/**
 * mempool_create_kmalloc_pool() - include/linux/mempool.h
 * @nr:		ignored
 * @size:	of an object
 *
 * Return: the pool
 */
mempool_t *mempool_create_kmalloc_pool(int nr, size_t size)
{
	mempool_t *pool = kmalloc(sizeof(*pool), GFP_KERNEL);

	pool->size = size;
	return pool;
}

/**
 * mempool_destroy() - mm/mempool.c
 * @pool: pool
 */
void mempool_destroy(mempool_t *pool)
{
	kfree(pool);
}

/* -- CPU hotplug: all CPUs are there ---------------------------------------- */

static int (*cpuhp_up[CPUHP_NR])(unsigned int cpu, struct hlist_node *node);
static int (*cpuhp_down[CPUHP_NR])(unsigned int cpu, struct hlist_node *node);

/**
 * cpuhp_setup_state() - kernel/cpu.c
 * @state:	which
 * @name:	ignored
 * @up:		called for each CPU
 * @down:	ignored, no CPU goes
 *
 * Return: 0 or what @up returns
 */
int cpuhp_setup_state(enum cpuhp_state state, const char *name,
		      int (*up)(unsigned int), int (*down)(unsigned int))
{
	unsigned int cpu;
	int ret = 0;

	for (cpu = 0; cpu < X_THREADS && !ret; cpu++)
		ret = up(cpu);
	return ret;
}

/**
 * cpuhp_setup_state_multi() - kernel/cpu.c
 * @state:	which
 * @name:	ignored
 * @up:		called for each instance and CPU
 * @down:	same, when the instance goes; may be NULL
 *
 * Return: 0
 */
int cpuhp_setup_state_multi(enum cpuhp_state state, const char *name,
			    int (*up)(unsigned int, struct hlist_node *),
			    int (*down)(unsigned int, struct hlist_node *))
{
	cpuhp_up[state] = up;
	cpuhp_down[state] = down;
	return 0;
}

/**
 * cpuhp_state_add_instance() - kernel/cpu.c
 * @state:	which
 * @node:	instance
 *
 * Return: 0 or what the callback returns
 */
int cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node)
{
	unsigned int cpu;
	int ret = 0;

	for (cpu = 0; cpu < X_THREADS && !ret; cpu++)
		ret = cpuhp_up[state](cpu, node);
	return ret;
}

/**
 * cpuhp_state_remove_instance() - kernel/cpu.c
 * @state:	which
 * @node:	instance
 */
void cpuhp_state_remove_instance(enum cpuhp_state state, struct hlist_node *node)
{
	unsigned int cpu;

	for (cpu = 0; cpu < X_THREADS; cpu++)
		if (cpuhp_down[state])
			cpuhp_down[state](cpu, node);
}

/**
 * cpuhp_remove_state() - kernel/cpu.c
 * @state: which
 */
void cpuhp_remove_state(enum cpuhp_state state)
{
}

/* -- work queues ----------------------------------------------------------- */

struct workqueue_struct model_wq;
static LIST_HEAD(works);

static bool work_queued(const void *arg)
{
	return !list_empty(&works);
}

static void kworker(void *arg)
{
	for (;;) {
		struct work_struct *work;

		x_wait(work_queued, NULL, X_SITE("worker_thread()"));
		work = list_first_entry(&works, struct work_struct, entry);
		list_del_init(&work->entry);
		work->pending = false;
		work->func(work);
	}
}

/**
 * model_queue_work() - queue_work(), kernel/workqueue.c
 * @work:	work
 * @site:	caller
 *
 * Coarser: one worker for all queues, in the order of queueing.
 *
 * Return: false if it was queued already
 */
bool model_queue_work(struct work_struct *work, const struct x_site *site)
{
	x_point(X_RUN, work, site);
	if (work->pending)
		return false;
	work->pending = true;
	list_add_tail(&work->entry, &works);
	return true;
}

#ifdef HAVE_LIST_LRU
#include <linux/xarray.h>

struct kmem_cache *radix_tree_node_cachep;

/* radix_tree_node_ctor(), lib/radix-tree.c */
static void node_ctor(void *p)
{
	struct xa_node *node = p;

	x_fill(node, 0, sizeof(*node));
	INIT_LIST_HEAD(&node->private_list);
}

/**
 * radix_tree_node_rcu_free() - lib/radix-tree.c
 * @head: in the node
 */
void radix_tree_node_rcu_free(struct callback_head *head)
{
	kmem_cache_free(radix_tree_node_cachep,
			container_of(head, struct xa_node, rcu_head));
}
#endif

/**
 * core_boot() - start the daemons
 */
void core_boot(void)
{
#ifdef HAVE_LIST_LRU
	radix_tree_node_cachep = kmem_cache_create("radix_tree_node",
						   sizeof(struct xa_node), 0, 0,
						   node_ctor);
#endif
	x_spawn("kworker", X_ROLE_DAEMON, kworker, NULL);
#ifdef HAVE_LIST_LRU
	x_spawn("rcu", X_ROLE_DAEMON, rcu_daemon, NULL);
#endif
}
