/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What behaves differently here, on purpose: it is a scheduling point, an access
 * that the explorer has to know of, or a model of a part of the kernel. The
 * functions are in model-*.c; each says what it mirrors and where it is coarser.
 *
 * A macro for what is called in the kernel's files, so that the scheduling point
 * has the file and line of the caller.
 */
#ifndef _ZSWAP_CUSTOM_H
#define _ZSWAP_CUSTOM_H

/* -- bugs that the code reports itself ------------------------------------- */

#define BUG()		x_bug("bug", X_SITE("BUG()"), "BUG()")
#define BUG_ON(c)							\
	do {								\
		if (unlikely(c))					\
			x_bug("bug", X_SITE("BUG_ON(" #c ")"), "BUG_ON(%s)", #c); \
	} while (0)
/* for the model itself: a caller has broken a rule of its */
#define model_bug_on(c)		BUG_ON(c)
#define WARN(c, fmt...)	({						\
	bool __w = !!(c);						\
									\
	if (unlikely(__w))						\
		x_remark("warn", X_SITE("WARN(" #c ")"), "WARN(%s)", #c); \
	__w;								\
})
#define WARN_ON(c)		WARN(c, "")
#define WARN_ON_ONCE(c)		WARN(c, "")
#define WARN_ONCE(c, fmt...)	WARN(c, fmt)
#define VM_BUG_ON(c)		BUG_ON(c)
#define VM_BUG_ON_PAGE(c, p)	BUG_ON(c)
#define VM_BUG_ON_FOLIO(c, f)	BUG_ON(c)
#define VM_WARN_ON(c)		WARN_ON(c)
#define VM_WARN_ON_ONCE(c)	WARN_ON(c)
#define VM_WARN_ON_FOLIO(c, f)	WARN_ON(c)
#define VM_WARN_ON_ONCE_FOLIO(c, f) WARN_ON(c)

/* -- memory and strings ---------------------------------------------------- */

#define memcpy(to, from, n)	x_copy(to, from, n)
#define memmove(to, from, n)	x_copy(to, from, n)
#define memset(p, c, n)		x_fill(p, c, n)
#define memset_l(p, v, n)	model_memset_l(p, v, n)

int strcmp(const char *a, const char *b);
size_t strlen(const char *s);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
ssize_t strscpy(char *to, const char *from, size_t size);
#define strlcpy(to, from, size)	strscpy(to, from, size)
char *strstrip(char *s);
void model_memset_l(unsigned long *p, unsigned long v, size_t n);

/* -- atomics --------------------------------------------------------------- */

#define ATOMIC_INIT(n)		{ (n) }
#define ATOMIC_LONG_INIT(n)	{ (n) }
#define atomic_set(v, n)	((v)->counter = (n))
#define atomic_long_set(v, n)	((v)->counter = (n))
#define atomic_read(v)		READ_ONCE((v)->counter)
#define atomic_long_read(v)	READ_ONCE((v)->counter)
#define x_atomic(v, what)	x_point(X_RUN, v, X_SITE(what "(" #v ")"))

/* without a result: commute with each other */
#define atomic_inc(v)		(x_atomic(v, "atomic_inc"), x_add(&(v)->counter, 1))
#define atomic_dec(v)		(x_atomic(v, "atomic_dec"), x_add(&(v)->counter, -1))
#define atomic_add(n, v)	(x_atomic(v, "atomic_add"), x_add(&(v)->counter, n))
#define atomic_sub(n, v)	(x_atomic(v, "atomic_sub"), x_add(&(v)->counter, -(int)(n)))
#define atomic_long_inc(v)	(x_atomic(v, "atomic_long_inc"), x_add_long(&(v)->counter, 1))
#define atomic_long_dec(v)	(x_atomic(v, "atomic_long_dec"), x_add_long(&(v)->counter, -1))
#define atomic_long_add(n, v)	(x_atomic(v, "atomic_long_add"), x_add_long(&(v)->counter, n))
#define atomic_long_sub(n, v)						\
	(x_atomic(v, "atomic_long_sub"), x_add_long(&(v)->counter, -(long)(n)))

/* with a result */
#define atomic_inc_return(v)	(x_atomic(v, "atomic_inc_return"), ++(v)->counter)
#define atomic_dec_return(v)	(x_atomic(v, "atomic_dec_return"), --(v)->counter)
#define atomic_dec_and_test(v)	({					\
	bool __zero;							\
									\
	x_atomic(v, "atomic_dec_and_test");				\
	__zero = !--(v)->counter;					\
	x_point(X_AFTER, v, X_SITE("atomic_dec_and_test(" #v ")"));	\
	__zero;								\
})
#define cmpxchg(p, old, new)	({					\
	typeof(*(p)) __was;						\
									\
	x_point(X_RUN, p, X_SITE("cmpxchg(" #p ")"));			\
	__was = *(p);							\
	if (__was == (old))						\
		*(p) = (new);						\
	__was;								\
})
#define xchg(p, new)	({						\
	typeof(*(p)) __was;						\
									\
	x_point(X_RUN, p, X_SITE("xchg(" #p ")"));			\
	__was = *(p);							\
	*(p) = (new);							\
	__was;								\
})

#define atomic_long_inc_return(v) (x_atomic(v, "atomic_long_inc_return"), ++(v)->counter)
#define atomic_long_try_cmpxchg(v, old, new)	({			\
	bool __same;							\
									\
	x_point(X_RUN, v, X_SITE("atomic_long_try_cmpxchg(" #v ")"));	\
	__same = (v)->counter == *(old);				\
	if (__same)							\
		(v)->counter = (new);					\
	else								\
		*(old) = (v)->counter;					\
	__same;								\
})
#define test_bit(nr, p)		(((const unsigned long *)(p))[(nr) / 64] >> ((nr) % 64) & 1)
#define __set_bit(nr, p)	((void)(((unsigned long *)(p))[(nr) / 64] |= BIT((nr) % 64)))
#define __clear_bit(nr, p)	((void)(((unsigned long *)(p))[(nr) / 64] &= ~BIT((nr) % 64)))
#define set_bit(nr, p)		(x_atomic(p, "set_bit"), __set_bit(nr, p))
#define clear_bit(nr, p)	(x_atomic(p, "clear_bit"), __clear_bit(nr, p))
#define bitmap_zero(p, nr)	x_fill(p, 0, BITS_TO_LONGS(nr) * sizeof(long))

#define __test_and_set_bit(nr, p) ({ bool __was = test_bit(nr, p); __set_bit(nr, p); __was; })
#define __test_and_clear_bit(nr, p) ({ bool __was = test_bit(nr, p); __clear_bit(nr, p); __was; })
unsigned long find_next_bit(const unsigned long *p, unsigned long size,
			    unsigned long from);
#define find_first_bit(p, size)	find_next_bit(p, size, 0)
#define bitmap_clear(p, from, nr)					\
	do {								\
		unsigned int __i;					\
									\
		for (__i = (from); __i < (from) + (nr); __i++)		\
			__clear_bit(__i, p);				\
	} while (0)
#define for_each_set_bit(nr, p, size)					\
	for ((nr) = find_first_bit(p, size); (nr) < (size);		\
	     (nr) = find_next_bit(p, size, (nr) + 1))
#define bitmap_equal(a, b, nr)	(*(a) == *(b))	/* of a word or less */
#define bitmap_empty(p, nr)	(find_first_bit(p, nr) >= (nr))
#define bitmap_fill(p, nr)	x_fill(p, 0xff, BITS_TO_LONGS(nr) * sizeof(long))

typedef struct {
	atomic_t refs;
} refcount_t;

#define REFCOUNT_INIT(n)	{ .refs = ATOMIC_INIT(n) }
#define refcount_set(r, n)	atomic_set(&(r)->refs, n)
#define refcount_read(r)	atomic_read(&(r)->refs)
#define refcount_dec_and_test(r) model_ref_put(&(r)->refs.counter, X_SITE("refcount_dec_and_test"))
#define refcount_inc(r)		model_ref_get(&(r)->refs.counter, X_SITE("refcount_inc"))
#define refcount_inc_not_zero(r)					\
	model_ref_tryget(&(r)->refs.counter, X_SITE("refcount_inc_not_zero"))

bool model_ref_put(int *ref, const struct x_site *site);
void model_ref_get(int *ref, const struct x_site *site);
bool model_ref_tryget(int *ref, const struct x_site *site);

struct mutex;
struct spinlock;
static inline bool refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *m)
{
	return false;	/* kref.h wants it, nobody calls it */
}

static inline bool refcount_dec_and_lock(refcount_t *r, struct spinlock *l)
{
	return false;	/* same */
}

struct percpu_ref {
	atomic_long_t refs;	/* its one initial reference included */
	bool dead;
	void (*release)(struct percpu_ref *ref);
};

#define PERCPU_REF_ALLOW_REINIT	0
#define percpu_ref_init(r, fn, flags, gfp)				\
	((r)->refs.counter = 1, (r)->dead = false, (r)->release = (fn), 0)
#define percpu_ref_exit(r)	((void)(r))
#define percpu_ref_is_zero(r)	(!READ_ONCE((r)->refs.counter))
#define percpu_ref_tryget(r)	model_percpu_ref_tryget(r, X_SITE("percpu_ref_tryget()"))
#define percpu_ref_get(r)	model_percpu_ref_tryget(r, X_SITE("percpu_ref_get()"))
#define percpu_ref_put(r)	model_percpu_ref_put(r, X_SITE("percpu_ref_put()"))
#define percpu_ref_kill(r)						\
	((r)->dead = true, model_percpu_ref_put(r, X_SITE("percpu_ref_kill()")))
#define percpu_ref_resurrect(r)						\
	((r)->dead = false,						\
	 (void)model_percpu_ref_tryget(r, X_SITE("percpu_ref_resurrect()")))
bool model_percpu_ref_tryget(struct percpu_ref *ref, const struct x_site *site);
void model_percpu_ref_put(struct percpu_ref *ref, const struct x_site *site);

/* -- locks ----------------------------------------------------------------- */

typedef struct spinlock {
	unsigned long owner;	/* thread + 1, 0: free */
} spinlock_t;

struct mutex {
	unsigned long owner;
};

#define DEFINE_SPINLOCK(x)	spinlock_t x
#define DEFINE_MUTEX(x)		struct mutex x
#define __SPIN_LOCK_UNLOCKED(x)	{ 0 }
#define spin_lock_init(l)	((l)->owner = 0)
#define mutex_init(m)		((m)->owner = 0)
#define spin_lock(l)							\
	do {								\
		/* the LRU lock, in a callback that is about to return */ \
		if (!__builtin_strcmp(#l, "lock"))			\
			model_callback_returns();			\
		/* same, where the walk takes it */			\
		if (!__builtin_strcmp(#l, "&l->lock"))			\
			model_walk_goes_on();				\
		model_spin_lock(l, X_SITE("spin_lock(" #l ")"));	\
		if (!__builtin_strcmp(#l, "&tree->lock") ||		\
		    __builtin_strstr(#l, "xa_lock"))			\
			model_tree_locked();				\
	} while (0)
#define spin_unlock(l)		model_spin_unlock(l, X_SITE("spin_unlock(" #l ")"))
#define SINGLE_DEPTH_NESTING	1
#define spin_lock_nested(l, sub) spin_lock(l)
#define spin_lock_irq(l)						\
	do {								\
		model_irq_save();					\
		spin_lock(l);						\
	} while (0)
#define spin_unlock_irq(l)						\
	do {								\
		spin_unlock(l);						\
		model_irq_enable(X_SITE("spin_unlock_irq(" #l ")"));	\
	} while (0)
#define spin_lock_bh(l)							\
	do {								\
		model_bh_disable();					\
		spin_lock(l);						\
	} while (0)
#define spin_unlock_bh(l)						\
	do {								\
		spin_unlock(l);						\
		model_bh_enable(X_SITE("spin_unlock_bh(" #l ")"));	\
	} while (0)
#define spin_lock_irqsave(l, f)						\
	do {								\
		(f) = model_irq_save();					\
		spin_lock(l);						\
	} while (0)
#define spin_unlock_irqrestore(l, f)					\
	do {								\
		spin_unlock(l);						\
		if (!(f))						\
			model_irq_enable(X_SITE("spin_unlock_irqrestore(" #l ")")); \
	} while (0)
#define assert_spin_locked(l)	BUG_ON(!(l)->owner)
#define mutex_lock(m)		model_mutex_lock(m, X_SITE("mutex_lock(" #m ")"))
#define mutex_unlock(m)		model_mutex_unlock(m, X_SITE("mutex_unlock(" #m ")"))
#define might_sleep()		model_might_sleep(X_SITE("might_sleep()"))
#define cond_resched()		might_sleep()

void model_callback_returns(void);
void model_walk_goes_on(void);
void model_tree_locked(void);
bool model_irq_save(void);
void model_irq_enable(const struct x_site *site);
void model_bh_disable(void);
void model_bh_enable(const struct x_site *site);
void model_spin_lock(spinlock_t *lock, const struct x_site *site);
void model_spin_unlock(spinlock_t *lock, const struct x_site *site);
void model_mutex_lock(struct mutex *lock, const struct x_site *site);
void model_mutex_unlock(struct mutex *lock, const struct x_site *site);
void model_might_sleep(const struct x_site *site);

/* -- RCU ------------------------------------------------------------------- */

struct kmem_cache;
void rcu_read_lock(void);
void rcu_read_unlock(void);
#define synchronize_rcu()	model_synchronize_rcu(X_SITE("synchronize_rcu()"))
void model_synchronize_rcu(const struct x_site *site);
#define call_rcu(head, fn)		model_call_rcu(head, fn)
/* the offset of the head tells kvfree_rcu() from a function */
#define kvfree_rcu(p, field)						\
	model_call_rcu(&(p)->field,					\
		       (void *)offsetof(typeof(*(p)), field))
#define kfree_rcu(p, field)		kvfree_rcu(p, field)
void model_call_rcu(struct callback_head *head,
		    void (*fn)(struct callback_head *head));
#define rcu_dereference(p)		READ_ONCE(p)
#define rcu_dereference_check(p, c)	READ_ONCE(p)
#define rcu_dereference_raw(p)		READ_ONCE(p)
#define rcu_dereference_protected(p, c)	(p)
#define rcu_access_pointer(p)		READ_ONCE(p)
#define rcu_assign_pointer(p, v)	WRITE_ONCE(p, v)
#define RCU_INIT_POINTER(p, v)		WRITE_ONCE(p, v)
#define rcu_read_lock_any_held()	true
#define rcu_read_lock_held()		true

/* -- the tree's own headers that need what is above ------------------------- */

#include <linux/list.h>
#include <linux/rculist.h>
#include <linux/rbtree.h>
#include <linux/kref.h>

/* -- memory ---------------------------------------------------------------- */

#define X_TAG_HERE							\
	(!__builtin_strcmp(__func__, "zswap_frontswap_init") ||		\
	 !__builtin_strcmp(__func__, "zswap_swapon") ?			\
	 X_TAG_TREE : X_TAG_KMALLOC)
#define kmalloc(size, gfp)	model_kmalloc(size, gfp, X_TAG_HERE, X_SITE("kmalloc()"))
#define kzalloc(size, gfp)						\
	model_kmalloc(size, (gfp) | __GFP_ZERO, X_TAG_HERE, X_SITE("kzalloc()"))
#define kmalloc_node(s, g, n)	kmalloc(s, g)
#define kzalloc_node(s, g, n)	kzalloc(s, g)
#define struct_size(p, member, n) (sizeof(*(p)) + sizeof((p)->member[0]) * (n))
#define kmalloc_array(n, size, gfp) kmalloc((n) * (size), gfp)
#define kmem_cache_alloc_node(c, gfp, nid) kmem_cache_alloc(c, gfp)
#define kmem_cache_alloc_lru(c, lru, gfp) kmem_cache_alloc(c, gfp)
#define kmalloc_flex(obj, member, n, gfp)				\
	((typeof(obj) *)kmalloc(struct_size(&(obj), member, n), gfp))
#define kcalloc(n, size, gfp)	kzalloc((n) * (size), gfp)
#define kzalloc_objs(obj, n)	kvzalloc_objs(obj, n)
#define kvcalloc(n, size, gfp)	kcalloc(n, size, gfp)
#define kzalloc_obj(obj)	((typeof(obj) *)kzalloc(sizeof(obj), GFP_KERNEL))
#define kvzalloc_objs(obj, n)	((typeof(obj) *)kcalloc(n, sizeof(obj), GFP_KERNEL))
#define kfree(p)		model_kfree(p, X_SITE("kfree(" #p ")"))
#define kvfree(p)		kfree(p)
#define vfree(p)		kfree(p)
#define alloc_page(gfp)		model_alloc_pages(gfp, 0, X_SITE("alloc_page()"))
#define __free_page(p)		model_free_page(p, X_SITE("__free_page(" #p ")"))

struct page;
void *model_kmalloc(size_t size, gfp_t gfp, enum x_tag tag,
		    const struct x_site *site);
void model_kfree(const void *p, const struct x_site *site);
struct page *model_alloc_pages(gfp_t gfp, unsigned int order, const struct x_site *site);
void model_free_page(struct page *page, const struct x_site *site);

struct kmem_cache {
	const char *name;
	size_t size;
	enum x_tag tag;
	void (*ctor)(void *);
};

extern struct kmem_cache *radix_tree_node_cachep;
void radix_tree_node_rcu_free(struct callback_head *head);

#define KMEM_CACHE(s, flags)	kmem_cache_create(#s, sizeof(struct s), 0, 0, NULL)
#define kmem_cache_alloc(c, gfp) model_cache_alloc(c, gfp, X_SITE("kmem_cache_alloc()"))
#define kmem_cache_free(c, p)	model_kfree(p, X_SITE("kmem_cache_free(" #p ")"))
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned long flags, void (*ctor)(void *));
void *model_cache_alloc(struct kmem_cache *cache, gfp_t gfp,
			const struct x_site *site);
void kmem_cache_destroy(struct kmem_cache *cache);

typedef struct mempool {
	size_t size;
} mempool_t;

mempool_t *mempool_create_kmalloc_pool(int nr, size_t size);
void mempool_destroy(mempool_t *pool);
/* it has a reserve, and every caller may wait for that */
#define mempool_alloc(pool, gfp)	kmalloc((pool)->size, (gfp) | __GFP_NOFAIL)
#define mempool_free(p, pool)		kfree(p)

/* every thread has a CPU of its own */
#define NR_CPUS			X_THREADS
#define cpu_to_node(cpu)	0
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < NR_CPUS; (cpu)++)
#define raw_cpu_ptr(p)		(&(p)[x->cur])
#define get_cpu_ptr(p)		(model_preempt_disable(), raw_cpu_ptr(p))
#define put_cpu_ptr(p)		model_preempt_enable()
#define get_cpu_var(name)	(*get_cpu_ptr(name))
#define put_cpu_var(name)	model_preempt_enable()
void model_preempt_disable(void);
void model_preempt_enable(void);
#define per_cpu_ptr(p, cpu)	(&(p)[cpu])
#define per_cpu(name, cpu)	((name)[cpu])
#define DEFINE_PER_CPU(type, name) __typeof__(type) name[NR_CPUS]
#define alloc_percpu(type)						\
	((typeof(type) *)kzalloc(NR_CPUS * sizeof(type), GFP_KERNEL))
#define alloc_percpu_gfp(type, gfp) alloc_percpu(type)
#define free_percpu(p)		kfree(p)

enum cpuhp_state {
	CPUHP_MM_ZSWP_MEM_PREPARE,
	CPUHP_MM_ZSWP_POOL_PREPARE,
	CPUHP_NR,
};

int cpuhp_setup_state(enum cpuhp_state state, const char *name,
		      int (*up)(unsigned int), int (*down)(unsigned int));
int cpuhp_setup_state_multi(enum cpuhp_state state, const char *name,
			    int (*up)(unsigned int, struct hlist_node *),
			    int (*down)(unsigned int, struct hlist_node *));
int cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node);
void cpuhp_state_remove_instance(enum cpuhp_state state, struct hlist_node *node);
void cpuhp_remove_state(enum cpuhp_state state);
#define cpuhp_remove_multi_state(state)	cpuhp_remove_state(state)

/* -- pages and folios ------------------------------------------------------ */

enum pageflags {
	PG_uptodate, PG_dirty, PG_swapcache, PG_swapbacked, PG_reclaim, PG_error,
	PG_writeback,
};

struct swap_info_struct;
struct mem_cgroup;

/*
 * The order of the fields is nobody's business. PG_locked is a word of its
 * own, so that a thread that waits for it can be told from one that does not.
 */
#define PAGE_FIELDS							\
	unsigned long lock;						\
	unsigned long flags;						\
	int _refcount;							\
	int _mapcount;							\
	union {								\
		unsigned long private;					\
		swp_entry_t swap;					\
	};								\
	struct mem_cgroup *memcg;					\
	struct list_head lru;						\
	unsigned long order;	/* of the first page of a folio */	\
	unsigned long __room[8]

struct page {
	PAGE_FIELDS;
};

struct folio {
	union {
		struct { PAGE_FIELDS; };
		struct page page;
	};
};

_Static_assert(sizeof(struct page) == 128, "arena.c has the size, too");

#define page_folio(p)		((struct folio *)(p))
#define folio_page(f, n)	(&(f)->page + (n))
#define page_private(p)		((p)->private)
#define page_address(p)		model_page_address(p)
#define page_swap_entry(p)	((p)->swap)
#define virt_to_page(addr)	model_virt_to_page(addr)
#define virt_addr_valid(addr)	((void)(addr), true)
#define kmap_atomic(p)		model_page_address(p)
#define kunmap_atomic(addr)	((void)(addr))
#define kmap_local_page(p)	model_page_address(p)
#define kmap_local_folio(f, off) (model_page_address(&(f)->page) + (off))
#define kunmap_local(addr)	((void)(addr))
#define memcpy_to_folio(f, off, from, len)				\
	x_copy(kmap_local_folio(f, off), from, len)
#define folio_zero_range(f, off, len)					\
	model_memset_l(kmap_local_folio(f, off), 0, (len) / sizeof(long))

void *model_page_address(const struct page *page);
struct page *model_virt_to_page(const void *addr);

/* the flags are set and tested with the folio locked: no scheduling points */
#define PAGE_FLAG(Name, name)						\
static inline bool Page##Name(const struct page *p)			\
{									\
	return p->flags & BIT(PG_##name);				\
}									\
static inline void SetPage##Name(struct page *p)			\
{									\
	p->flags |= BIT(PG_##name);					\
}									\
static inline void ClearPage##Name(struct page *p)			\
{									\
	p->flags &= ~BIT(PG_##name);					\
}									\
static inline bool folio_test_##name(const struct folio *f)		\
{									\
	return f->flags & BIT(PG_##name);				\
}									\
static inline void folio_set_##name(struct folio *f)			\
{									\
	f->flags |= BIT(PG_##name);					\
}									\
static inline void folio_clear_##name(struct folio *f)			\
{									\
	f->flags &= ~BIT(PG_##name);					\
}

PAGE_FLAG(Uptodate, uptodate)
PAGE_FLAG(Dirty, dirty)
PAGE_FLAG(SwapCache, swapcache)
PAGE_FLAG(SwapBacked, swapbacked)
PAGE_FLAG(Reclaim, reclaim)
PAGE_FLAG(Error, error)
PAGE_FLAG(Writeback, writeback)

#define PageLocked(p)		((p)->lock != 0)
#define folio_test_locked(f)	((f)->lock != 0)
#define folio_mark_uptodate(f)	folio_set_uptodate(f)
#define folio_mark_dirty(f)	folio_set_dirty(f)
#define set_page_dirty(p)	SetPageDirty(p)
#define lock_page(p)		model_folio_lock(page_folio(p), X_SITE("lock_page(" #p ")"))
#define unlock_page(p)							\
	model_folio_unlock(page_folio(p), X_SITE("unlock_page(" #p ")"))
#define get_page(p)		model_folio_get(page_folio(p), X_SITE("get_page(" #p ")"))
#define put_page(p)		model_folio_put(page_folio(p), X_SITE("put_page(" #p ")"))
#define set_page_writeback(p)						\
	model_start_writeback(page_folio(p), X_SITE("set_page_writeback(" #p ")"))
#define end_page_writeback(p)						\
	model_end_writeback(page_folio(p), X_SITE("end_page_writeback(" #p ")"))
#define folio_lock(f)		model_folio_lock(f, X_SITE("folio_lock(" #f ")"))
#define folio_trylock(f)	model_folio_trylock(f, X_SITE("folio_trylock(" #f ")"))
#define folio_unlock(f)		model_folio_unlock(f, X_SITE("folio_unlock(" #f ")"))
#define folio_get(f)		model_folio_get(f, X_SITE("folio_get(" #f ")"))
#define folio_put(f)		model_folio_put(f, X_SITE("folio_put(" #f ")"))
#define folio_start_writeback(f) model_start_writeback(f, X_SITE("folio_start_writeback(" #f ")"))
#define folio_end_writeback(f)	model_end_writeback(f, X_SITE("folio_end_writeback(" #f ")"))
#define folio_wait_writeback(f)						\
	model_wait_writeback(f, X_SITE("folio_wait_writeback(" #f ")"))

void model_set_locked(struct folio *folio);
void model_folio_lock(struct folio *folio, const struct x_site *site);
bool model_folio_trylock(struct folio *folio, const struct x_site *site);
void model_folio_unlock(struct folio *folio, const struct x_site *site);
void model_folio_get(struct folio *folio, const struct x_site *site);
void model_folio_put(struct folio *folio, const struct x_site *site);
void model_start_writeback(struct folio *folio, const struct x_site *site);
void model_end_writeback(struct folio *folio, const struct x_site *site);
void model_wait_writeback(struct folio *folio, const struct x_site *site);

static inline unsigned long totalram_pages(void)
{
	return 1UL << 20;
}

/* -- work queues ----------------------------------------------------------- */

struct work_struct {
	struct list_head entry;
	void (*func)(struct work_struct *work);
	bool pending;
};

struct workqueue_struct {
	int unused;
};

extern struct workqueue_struct model_wq;

#define INIT_WORK(w, fn)						\
	do {								\
		(w)->func = (fn);					\
		(w)->pending = false;					\
		INIT_LIST_HEAD(&(w)->entry);				\
	} while (0)
#define create_workqueue(name)		(&model_wq)
#define alloc_workqueue(name, flags, max) (&model_wq)
#define WQ_UNBOUND			0
#define WQ_MEM_RECLAIM			0
#define destroy_workqueue(wq)		((void)(wq))
#define queue_work(wq, w)		model_queue_work(w, X_SITE("queue_work()"))
#define schedule_work(w)		model_queue_work(w, X_SITE("schedule_work()"))
bool model_queue_work(struct work_struct *work, const struct x_site *site);

/* -- compressor ------------------------------------------------------------ */

struct scatterlist {
	void *buf;
	unsigned int length;
};

#define sg_init_table(sg, n)		((void)(sg))
#define sg_init_one(sg, b, l)		((sg)->buf = (b), (sg)->length = (l))
#define sg_set_page(sg, p, l, off)	((sg)->buf = page_address(p), (sg)->length = (l))
#define sg_set_folio(sg, f, l, off)	sg_set_page(sg, &(f)->page, l, off)
/* of a list with one entry */
#define memcpy_from_sglist(to, sg, from, len) x_copy(to, (char *)(sg)->buf + (from), len)
#define flush_dcache_folio(f)		((void)(f))

struct crypto_acomp {
	int cpu;
};

struct crypto_comp {
	int unused;
};

struct crypto_wait {
	int err;
};

struct acomp_req {
	struct scatterlist *src, *dst;
	unsigned int slen, dlen;
};

#define acomp_is_async(a)		((void)(a), false)
#define crypto_init_wait(w)		((w)->err = 0)
#define crypto_req_done			NULL
#define crypto_wait_req(err, w)		({ (void)(w); (err); })
#define acomp_request_set_callback(r, flags, fn, data) ((void)(data))
#define acomp_request_set_params(r, s, d, sl, dl)			\
	((r)->src = (s), (r)->dst = (d), (r)->slen = (sl), (r)->dlen = (dl))
#define crypto_has_acomp(name, type, mask)	model_has_acomp(name)
#define crypto_has_comp(name, type, mask)	model_has_acomp(name)
bool model_has_acomp(const char *name);
struct crypto_acomp *crypto_alloc_acomp_node(const char *name, u32 type,
					     u32 mask, int node);
void crypto_free_acomp(struct crypto_acomp *acomp);
struct acomp_req *acomp_request_alloc(struct crypto_acomp *acomp);
void acomp_request_free(struct acomp_req *req);
int crypto_acomp_compress(struct acomp_req *req);
int crypto_acomp_decompress(struct acomp_req *req);
struct crypto_comp *crypto_alloc_comp(const char *name, u32 type, u32 mask);
void crypto_free_comp(struct crypto_comp *tfm);
int crypto_comp_compress(struct crypto_comp *tfm, const u8 *src, unsigned int slen,
			 u8 *dst, unsigned int *dlen);
int crypto_comp_decompress(struct crypto_comp *tfm, const u8 *src, unsigned int slen,
			   u8 *dst, unsigned int *dlen);

/* -- zsmalloc, where zswap uses it itself ------------------------------------ */

#ifdef HAVE_ZSMALLOC
struct zs_pool {
	spinlock_t size_class;	/* protects @nr */
	unsigned long nr;
};

struct zs_pool *zs_create_pool(const char *name);
void zs_destroy_pool(struct zs_pool *pool);
unsigned long zs_malloc(struct zs_pool *pool, size_t size, gfp_t gfp, int nid);
void zs_free(struct zs_pool *pool, unsigned long handle);
void zs_obj_write(struct zs_pool *pool, unsigned long handle, void *mem, size_t len);
void *zs_obj_read_begin(struct zs_pool *pool, unsigned long handle, void *local_copy);
void zs_obj_read_end(struct zs_pool *pool, unsigned long handle, void *mem);
#ifdef HAVE_ZSMALLOC_SG
void zs_obj_read_sg_begin(struct zs_pool *pool, unsigned long handle,
			  struct scatterlist *sg, size_t len);
void zs_obj_read_sg_end(struct zs_pool *pool, unsigned long handle);
#endif
unsigned long zs_get_total_pages(struct zs_pool *pool);
#endif

/* -- memory cgroups -------------------------------------------------------- */

#ifdef HAVE_LRUVEC_STATE
#include <linux/zswap.h>
#endif

struct cgroup {
	int level;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct lruvec {
#ifdef HAVE_LRUVEC_STATE
	struct zswap_lruvec_state zswap_lruvec_state;
#endif
};

enum memcg_stat_item {
	MEMCG_ZSWAP_B,
	MEMCG_ZSWAPPED,
	MEMCG_NR_STAT,
};

struct mem_cgroup {
	struct cgroup_subsys_state css;
	struct cgroup cgroup;
	int kmemcg_id;
	int refs;
	bool online;
	struct mem_cgroup *parent;
	struct obj_cgroup *objcg;
	struct lruvec lruvec;
	long stat[MEMCG_NR_STAT];
};

struct obj_cgroup {
	int refs;
	struct mem_cgroup *memcg;
	struct mem_cgroup *home;	/* whose statistics have it; NULL: nothing is charged */
	atomic_long_t zswap;
};

#define NODE_DATA(nid)			NULL
#define memcg_kmem_id(memcg)		((memcg) ? READ_ONCE((memcg)->kmemcg_id) : -1)
#define parent_mem_cgroup(memcg)	((memcg)->parent)
#define mem_cgroup_disabled()		false
/* of a whole node, which zswap does not walk */
#define mem_cgroup_from_id(id)		((struct mem_cgroup *)NULL)
#define mem_cgroup_from_private_id(id)	mem_cgroup_from_id(id)
#define mem_cgroup_tryget(memcg)	false
#define css_is_dying(c)			(!READ_ONCE(mem_cgroup_from_css(c)->online))
#define mem_cgroup_kmem_disabled()	false
#define mem_cgroup_from_css(c)		container_of(c, struct mem_cgroup, css)
#define mem_cgroup_from_slab_obj(p)	NULL
#define mem_cgroup_from_virt(p)		NULL
#define set_shrinker_bit(memcg, nid, id) ((void)(memcg))
/* the only child has no children */
#define css_for_each_descendant_pre(pos, root)				\
	for ((pos) = (root); (pos); (pos) = NULL)
#define obj_cgroup_memcg(o)		READ_ONCE((o)->memcg)
#define mem_cgroup_online(memcg)	READ_ONCE((memcg)->online)
#define mem_cgroup_zswap_writeback_enabled(memcg) true
#define mem_cgroup_flush_stats(memcg)	((void)(memcg))
#define mem_cgroup_flush_stats_ratelimited(memcg) mem_cgroup_flush_stats(memcg)
#define memcg_page_state(memcg, item)	model_memcg_stat(memcg, item)
#define folio_memcg(f)			((f)->memcg)
#define get_mem_cgroup_from_folio(f)	((f)->memcg)	/* zswap has the list made before */
#define mem_cgroup_put(memcg)		model_memcg_put(memcg)
#define mem_cgroup_tryget_online(memcg)	model_memcg_tryget_online(memcg)
#define get_mem_cgroup_from_objcg(o)	model_memcg_of_objcg(o)
#define mem_cgroup_lruvec(memcg, pgdat)	model_lruvec(memcg)
#define folio_lruvec(f)			model_lruvec((f)->memcg)
#define mem_cgroup_iter(root, prev, cookie) model_memcg_iter(prev)
#define mem_cgroup_iter_break(root, prev) model_memcg_put(prev)
void model_memcg_put(struct mem_cgroup *memcg);
bool model_memcg_tryget_online(struct mem_cgroup *memcg);
struct mem_cgroup *model_memcg_of_objcg(struct obj_cgroup *objcg);
struct mem_cgroup *model_memcg_iter(struct mem_cgroup *prev);
struct lruvec *model_lruvec(struct mem_cgroup *memcg);
struct mem_cgroup *set_active_memcg(struct mem_cgroup *memcg);
#define mem_cgroup_is_root(memcg)	(!(memcg)->parent)
unsigned long model_memcg_stat(struct mem_cgroup *memcg, enum memcg_stat_item item);
#define get_obj_cgroup_from_folio(f)	get_obj_cgroup_from_page(&(f)->page)

/* one node */
#define nr_node_ids			1
#define N_NORMAL_MEMORY			0
#define for_each_node(nid)		for ((nid) = 0; (nid) < 1; (nid)++)
#define for_each_node_state(nid, state)	for_each_node(nid)
#define page_to_nid(p)			((void)(p), 0)
#define folio_nid(f)			((void)(f), 0)

/* shrinkers are called by scenarios only */
struct shrink_control {
	gfp_t gfp_mask;
	int nid;
	unsigned long nr_to_scan, nr_scanned;
	struct mem_cgroup *memcg;
};

struct shrinker {
	unsigned long (*count_objects)(struct shrinker *s, struct shrink_control *sc);
	unsigned long (*scan_objects)(struct shrinker *s, struct shrink_control *sc);
	long batch;
	int seeks;
	int id;
	unsigned int flags;
	void *private_data;
};

#define SHRINK_STOP			(~0UL)
#define SHRINKER_NUMA_AWARE		4
#define SHRINKER_MEMCG_AWARE		8
#define DEFAULT_SEEKS			2
#define shrinker_alloc(flags, name)					\
	/* no flags: no id */						\
	((struct shrinker *)kzalloc(sizeof(struct shrinker), GFP_KERNEL))
#define shrinker_register(s)		((void)(s))
#define shrinker_free(s)		kfree(s)
#define mult_frac(x, n, d)		((x) * (n) / (d))

struct obj_cgroup *get_obj_cgroup_from_page(struct page *page);
#define obj_cgroup_get(o)	model_ref_get(&(o)->refs, X_SITE("obj_cgroup_get(" #o ")"))
#define obj_cgroup_put(o)	model_objcg_put(o, X_SITE("obj_cgroup_put(" #o ")"))
#define obj_cgroup_may_zswap(o)	true
#define obj_cgroup_charge_zswap(o, n)					\
	(atomic_long_add(n, &(o)->zswap), model_charge_zswap(o, n))
#define obj_cgroup_uncharge_zswap(o, n)					\
	(atomic_long_sub(n, &(o)->zswap), model_charge_zswap(o, -(long)(n)))
void model_charge_zswap(struct obj_cgroup *objcg, long bytes);
void model_objcg_put(struct obj_cgroup *objcg, const struct x_site *site);

/* -- block layer ----------------------------------------------------------- */

struct bio_vec {
	struct page *bv_page;
	unsigned int bv_len, bv_offset;
};

struct gendisk {
	int unused;
};

struct block_device {
	int type;
	bool synchronous;
	struct gendisk *bd_disk;
};

struct bio;
typedef void bio_end_io_t(struct bio *bio);

struct task_struct {
	struct mm_struct *mm;
};

struct bio {
	struct list_head entry;
	struct block_device *bi_bdev;
	struct gendisk *bi_disk;
	struct page *page;
	void *bi_private;
	void (*bi_end_io)(struct bio *bio);
	struct {
		sector_t bi_sector;
		unsigned int bi_size;
	} bi_iter;
	blk_opf_t bi_opf;
	int bi_status;
	int refs;
};

#define AOP_WRITEPAGE_ACTIVATE	0x80000
#define MAJOR(dev)		0
#define MINOR(dev)		0
#define bio_dev(bio)		0
#define bio_first_page_all(bio)	((bio)->page)
#define bio_add_page(bio, p, len, off) ((bio)->page = (p))
#define bdev_write_page(bdev, sector, page, wbc) (-EOPNOTSUPP)
#define bdev_read_page(bdev, sector, page) (-EOPNOTSUPP)
#define bio_first_folio_all(bio) page_folio((bio)->page)
#ifdef HAVE_SWAP_IO_CTX
/* the table has been filled before */
#define bio_init(bio, dev, vec, nr, opf)					\
	((bio)->page = (vec)->bv_page, (bio)->bi_bdev = (dev),		\
	 (bio)->bi_opf = (opf), (bio)->bi_status = 0)
#else
#define bio_init(bio, dev, vec, nr, opf)					\
	((bio)->bi_bdev = (dev), (bio)->bi_opf = (opf), (bio)->bi_status = 0)
#endif
#define bio_uninit(bio)		((void)(bio))
#define READ			0
#define WRITE			1
#define SECTOR_SHIFT		9
#define bio_add_folio_nofail(bio, f, len, off) bio_add_page(bio, &(f)->page, len, off)
#define submit_bio_wait(bio)	model_submit_bio_wait(bio, X_SITE("submit_bio_wait(" #bio ")"))
#define __bio_add_page(bio, p, len, off) bio_add_page(bio, p, len, off)
#define bvec_set_page(bv, p, len, off) ((bv)->bv_page = (p))
#define bvec_set_folio(bv, f, len, off) ((bv)->bv_page = &(f)->page)
#define bvec_folio(bv)		page_folio((bv)->bv_page)
#define folio_size(f)		(PAGE_SIZE << (f)->order)
#define folio_nr_pages(f)	(1L << (f)->order)
#define folio_order(f)		((f)->order)
#define folio_file_pos(f)	((loff_t)0)
#define folio_test_large(f)	((f)->order != 0)
#define folio_test_workingset(f) false
#ifdef HAVE_BIO_SET_DEV
#define bio_alloc(gfp, nr)	model_bio_alloc(NULL, 0)
#define bio_set_dev(bio, bdev)	((bio)->bi_bdev = (bdev))
#else
#define bio_alloc(bdev, nr, opf, gfp)	model_bio_alloc(bdev, opf)
#endif
#define bio_set_op_attrs(bio, op, flags) ((bio)->bi_opf = (op) | (flags))
#define blk_poll(queue, cookie, spin) false
#define bio_get(bio)		model_ref_get(&(bio)->refs, X_SITE("bio_get()"))
#define bio_put(bio)		model_bio_put(bio)
#define submit_bio(bio)		(model_submit_bio(bio, X_SITE("submit_bio(" #bio ")")), 0)
struct bio *model_bio_alloc(struct block_device *bdev, blk_opf_t opf);
void model_bio_put(struct bio *bio);
void model_submit_bio(struct bio *bio, const struct x_site *site);
int model_submit_bio_wait(struct bio *bio, const struct x_site *site);
#define bdev_synchronous(bdev)	((bdev)->synchronous)
void model_check_write(struct folio *folio, const struct x_site *site);

extern struct task_struct model_task;
#define current			(&model_task)
#define get_task_struct(t)	((void)(t))
#define put_task_struct(t)	((void)(t))
#define blk_wake_io_task(t)	((void)(t))
#define set_current_state(s)	((void)(s))
#define __set_current_state(s)	((void)(s))
/* blk_io_schedule(): wait until the I/O of the only bio there is was done */
#define blk_io_schedule()						\
	x_wait(model_bio_done, bio, X_SITE("blk_io_schedule()"))
bool model_bio_done(const void *bio);

/* for page_io.c's swap files on a file system; never run */
struct kiocb {
	void (*ki_complete)(struct kiocb *iocb, long ret);
	struct file *ki_filp;
	loff_t ki_pos;
};

struct iov_iter {
	int unused;
};

struct inode {
	unsigned int i_blkbits;
};

struct file;
struct address_space_operations {
	int (*swap_rw)(struct kiocb *iocb, struct iov_iter *iter);
	int (*direct_IO)(struct kiocb *iocb, struct iov_iter *iter);
	int (*readpage)(struct file *file, struct page *page);
	int (*SetPageDirty)(struct page *page);	/* what is left of set_page_dirty() */
};

struct address_space {
	const struct address_space_operations *a_ops;
	struct inode *host;
};

struct file {
	struct address_space *f_mapping;
};

#define ITER_SOURCE		1
#define ITER_DEST		0
#define init_sync_kiocb(k, f)	((k)->ki_filp = (f))
#define iov_iter_bvec(i, d, b, n, l) ((void)(i))
#define page_file_offset(p)	((loff_t)0)
#define i_size_read(inode)	((loff_t)0)
#define bmap(inode, block)	(-EINVAL)

/* -- swap ------------------------------------------------------------------ */

struct swap_info_struct {
	struct percpu_ref users;
	unsigned long flags;
	unsigned int type;
	unsigned int max, pages;
	unsigned int highest_bit;
	union {
		unsigned char *swap_map;
		void *table;	/* of the only cluster */
	};
	unsigned int inuse_pages;
	struct block_device *bdev;
	struct file *swap_file;
	spinlock_t lock;
	unsigned long *zeromap;
	const struct swap_ops *ops;
	unsigned long *frontswap_map;
	atomic_t frontswap_pages;
};

#define SLOTS		4	/* of a device, 0 is its header */
/* 32 there: how many entries shrink_memcg() looks at, from 7.3 on */
#define SWAP_CLUSTER_MAX 2

enum system_states { SYSTEM_BOOTING, SYSTEM_RUNNING };
#define system_state		SYSTEM_RUNNING

static inline u32 hash_ptr(const void *p, unsigned int bits)
{
	return (unsigned long)p * 0x61C8864680B583EBull >> (64 - bits);
}

#define ilog2(n)		(63 - __builtin_clzl(n))

extern struct swap_info_struct *swap_info[MAX_SWAPFILES];

#define page_swap_info(p)	(swap_info[swp_type((swp_entry_t){ page_private(p) })])
#define map_swap_page(p, where)						\
	(*(where) = page_swap_info(p)->bdev, swap_page_sector(p))
#define __swap_entry_to_info(e)	swp_swap_info(e)
#define swp_swap_info(e)	(swap_info[swp_type(e)])
#define swap_dev_pos(e)		((loff_t)swp_offset(e) << PAGE_SHIFT)
#define swap_folio_sector(f)	((sector_t)swp_offset((f)->swap))
#define swap_page_sector(p)	((sector_t)swp_offset((swp_entry_t){ page_private(p) }))
#define add_swap_extent(sis, start, nr, block) 0

static inline bool swap_zero_mark(swp_entry_t entry)
{
	return test_bit(swp_offset(entry), swp_swap_info(entry)->zeromap);
}

#ifdef HAVE_ZERO_FLAG
/* mm/swap.h, mm/swap_table.h: the only cluster of a device is the device */
#define swap_cluster_info	swap_info_struct
#define SWAPFILE_CLUSTER	SLOTS
#define swp_cluster_offset(e)	swp_offset(e)
#define __swap_entry_to_cluster(e) swp_swap_info(e)
#define swap_cluster_get_and_lock(f) model_cluster_lock(f)
#define swap_cluster_unlock(ci)	spin_unlock(&(ci)->lock)
#define __swap_table_set_zero(ci, off) __set_bit(off, (ci)->zeromap)
#define __swap_table_clear_zero(ci, off) __clear_bit(off, (ci)->zeromap)
#define __swap_table_test_zero(ci, off) test_bit(off, (ci)->zeromap)
struct swap_cluster_info *model_cluster_lock(struct folio *folio);
#else
/* mm/swap.h, for a single page */
static inline int swap_zeromap_batch(swp_entry_t entry, int max_nr, bool *is_zeromap)
{
	*is_zeromap = swap_zero_mark(entry);
	return max_nr;
}
#endif

/* no device is in use when frontswap gets its operations */
#define plist_for_each_entry(pos, head, member)				\
	for ((pos) = NULL; (pos); )
extern spinlock_t swap_lock;

struct vm_area_struct;
struct swap_info_struct *get_swap_device(swp_entry_t entry);
void put_swap_device(struct swap_info_struct *si);
bool folio_free_swap(struct folio *folio);
#define try_to_free_swap(p)	folio_free_swap(page_folio(p))
#define __set_page_dirty_no_writeback(p) (SetPageDirty(p), 1)
void swap_cache_del_folio(struct folio *folio);
#ifdef HAVE_DELETE_PAGE
#define delete_from_swap_cache(p) swap_cache_del_folio(page_folio(p))
#else
#define delete_from_swap_cache(f) swap_cache_del_folio(f)
#endif
int swap_writepage(struct page *page, struct writeback_control *wbc);
struct mempolicy;
#define get_task_policy(task)	NULL
#define NO_INTERLEAVE_INDEX	(-1UL)
#ifdef HAVE_SWAP_CACHE_ALLOC
struct vm_fault;
struct folio *swap_cache_alloc_folio(swp_entry_t entry, gfp_t gfp,
				     unsigned long orders, struct vm_fault *vmf,
				     struct mempolicy *mpol, pgoff_t ilx);
struct folio *swap_cache_get(swp_entry_t entry);
#define swap_cache_get_folio(entry)	swap_cache_get(entry)
#elif defined(HAVE_SWAPIN_MPOL)
struct folio *__read_swap_cache_async(swp_entry_t entry, gfp_t gfp,
				      struct mempolicy *mpol, pgoff_t ilx,
				      bool *allocated, bool skip);
#elif defined(HAVE_SWAPIN_MPOL_PAGE)
struct page *__read_swap_cache_async(swp_entry_t entry, gfp_t gfp,
				     struct mempolicy *mpol, pgoff_t ilx,
				     bool *allocated);
#else
struct page *__read_swap_cache_async(swp_entry_t entry, gfp_t gfp,
				     struct vm_area_struct *vma,
				     unsigned long addr, bool *allocated);
#endif
#ifdef HAVE_SWAP_IO_CTX
#include <linux/swap_ops.h>

extern const struct swap_ops swap_bdev_ops;
int sio_pool_init(void);
int swap_writeout(struct swap_io_ctx *ctx, struct folio *folio);
void swap_write_submit(struct swap_io_ctx *ctx);
void swap_read_submit(struct swap_io_ctx *ctx);
#elif defined(HAVE_SWAP_WRITEOUT)
int swap_writeout(struct folio *folio, struct swap_iocb **plug);
#endif
#ifdef HAVE_SWAP_IO_CTX
void __swap_writepage(struct swap_io_ctx *ctx, struct folio *folio);
#elif defined(HAVE_SWAP_WRITEPAGE_PLUG)
void __swap_writepage(struct folio *folio, struct swap_iocb **plug);
#elif defined(HAVE_SWAP_WRITEPAGE_FOLIO)
void __swap_writepage(struct folio *folio, struct writeback_control *wbc);
#elif defined(HAVE_SWAP_WRITEPAGE_VOID)
void __swap_writepage(struct page *page, struct writeback_control *wbc);
#elif defined(HAVE_SWAP_WRITEPAGE_END)
void end_swap_bio_write(struct bio *bio);
int __swap_writepage(struct page *page, struct writeback_control *wbc,
		     bio_end_io_t end_write_func);
#else
int __swap_writepage(struct page *page, struct writeback_control *wbc);
#endif
#ifdef HAVE_SWAP_IO_CTX
void swap_read_folio(struct swap_io_ctx *ctx, struct folio *folio);
#elif defined(HAVE_SWAP_READ_FOLIO_PLUG)
void swap_read_folio(struct folio *folio, struct swap_iocb **plug);
#elif defined(HAVE_SWAP_READ_FOLIO)
void swap_read_folio(struct folio *folio, bool synchronous, struct swap_iocb **plug);
#elif defined(HAVE_SWAP_READPAGE_POLL)
int swap_readpage(struct page *page, bool synchronous);
#elif defined(HAVE_SWAP_READPAGE_VOID)
void swap_readpage(struct page *page, bool synchronous, struct swap_iocb **plug);
#else
int swap_readpage(struct page *page, bool synchronous, struct swap_iocb **plug);
#endif
void swap_write_unplug(struct swap_iocb *sio);
void __swap_read_unplug(struct swap_iocb *sio);
static inline void swap_read_unplug(struct swap_iocb *sio)
{
	if (sio)
		__swap_read_unplug(sio);
}

/* -- init calls ------------------------------------------------------------ */

#define module_init(fn)							\
	int initcall_##fn(void);					\
	int initcall_##fn(void) { return fn(); }
#define late_initcall(fn)	module_init(fn)
#define module_exit(fn)		static void *__exit_##fn __maybe_unused = fn

struct static_key_false {
	int enabled;
};

#define DEFINE_STATIC_KEY_FALSE(name)	struct static_key_false name
#define DEFINE_STATIC_KEY_MAYBE(config, name) struct static_key_false name
#define static_branch_enable(key)	((key)->enabled = 1)
#define static_branch_maybe(config, key) ((key)->enabled)
#define static_branch_inc(key)		((key)->enabled = 1)
#define static_branch_unlikely(key)	((key)->enabled)

struct dentry;

#endif /* _ZSWAP_CUSTOM_H */
