/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What mm/z3fold.c needs of the kernel, in user space; one thread runs at a time.
 *
 * Stubs that do nothing on purpose: locks do not exclude anybody (a lock that is
 * taken twice is a failure), atomics are plain, only a test migrates a page.
 * Different on purpose: a workqueue runs when a test says so, a page that is freed
 * stays allocated and is marked, spin_lock() calls a hook of the test first, and
 * the lists of a pool have one more behind them, which must stay empty.
 */
#ifndef Z3FOLD_SHIM_H
#define Z3FOLD_SHIM_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t u64;
typedef unsigned int gfp_t;
typedef unsigned int isolate_mode_t;

#define __init
#define __exit
#define __percpu
#define __always_unused	__attribute__((unused))
#define likely(x)	(x)
#define unlikely(x)	(x)
#define READ_ONCE(x)	(x)
#define BUILD_BUG_ON(x)	_Static_assert(!(x), #x)
#define container_of(p, t, m) ((t *)((char *)(p) - offsetof(t, m)))
#define min(a, b)	((a) < (b) ? (a) : (b))
#define max(a, b)	((a) > (b) ? (a) : (b))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define __ALIGN_KERNEL(x, a) (((x) + (a) - 1) & ~((a) - 1))
#define ALIGN(x, a)	__ALIGN_KERNEL(x, (size_t)(a))
#define round_up(x, y)	ALIGN(x, y)
#define EXPORT_SYMBOL(x)
#define MODULE_LICENSE(x)
#define MODULE_AUTHOR(x)
#define MODULE_DESCRIPTION(x)
#define MODULE_ALIAS(x)
#define module_init(fn)	int (*shim_init)(void) = fn
#define module_exit(fn)	void (*shim_exit)(void) = fn
#define KBUILD_MODNAME	"z3fold"
#define pr_err(...)	fprintf(stderr, __VA_ARGS__)
#define pr_info(...)	fprintf(stderr, __VA_ARGS__)

extern int shim_warnings;
#define WARN_ON(c)						\
({								\
	bool __w = (c);						\
								\
	if (__w) {						\
		shim_warnings++;				\
		printf("# WARN_ON(%s), %s:%d\n", #c, __func__, __LINE__); \
	}							\
	__w;							\
})
#define WARN_ON_ONCE	WARN_ON
#define VM_BUG_ON_PAGE(c, p) ((void)WARN_ON(c))

#define PAGE_SHIFT	12
#define PAGE_SIZE	4096UL
#define PAGE_MASK	(~(PAGE_SIZE - 1))

#define __GFP_HIGHMEM	1u
#define __GFP_MOVABLE	2u
#define GFP_KERNEL	4u
#define GFP_ATOMIC	8u
#define GFP_NOIO	16u
#define gfpflags_allow_blocking(g) ((g) == GFP_KERNEL)

/* -- lists -- */
struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(n) { &(n), &(n) }
#define INIT_LIST_HEAD(l) ((void)((l)->next = (l)->prev = (l)))
#define list_entry	container_of
#define list_empty(l)	((l)->next == (l))
#define list_first_entry(l, t, m) list_entry((l)->next, t, m)
#define list_first_entry_or_null(l, t, m) \
	(list_empty(l) ? NULL : list_first_entry(l, t, m))
#define list_for_each_prev(p, h) for ((p) = (h)->prev; (p) != (h); (p) = (p)->prev)

static inline void list_add(struct list_head *n, struct list_head *h)
{
	WARN_ON(h->next->prev != h);
	n->next = h->next;
	n->prev = h;
	h->next->prev = n;
	h->next = n;
}

static inline void list_del(struct list_head *e)
{
	WARN_ON(e->prev->next != e || e->next->prev != e);
	e->next->prev = e->prev;
	e->prev->next = e->next;
	e->next = NULL;
	e->prev = NULL;
}

static inline void list_del_init(struct list_head *e)
{
	list_del(e);
	INIT_LIST_HEAD(e);
}

/* -- bits, atomics, references -- */
#define test_bit(n, p)	((*(p) >> (n)) & 1)
#define set_bit(n, p)	((void)(*(p) |= 1UL << (n)))
#define clear_bit(n, p)	((void)(*(p) &= ~(1UL << (n))))

static inline bool test_and_set_bit(int n, unsigned long *p)
{
	bool old = test_bit(n, p);

	set_bit(n, p);
	return old;
}

static inline bool test_and_clear_bit(int n, unsigned long *p)
{
	bool old = test_bit(n, p);

	clear_bit(n, p);
	return old;
}

typedef struct {
	long long v;
} atomic64_t;

#define atomic64_set(a, n) ((void)((a)->v = (n)))
#define atomic64_read(a)   ((a)->v)
#define atomic64_inc(a)	   ((void)(a)->v++)
#define atomic64_dec(a)	   ((void)(a)->v--)

struct kref {
	int n;
};

#define kref_init(k)	((void)((k)->n = 1))
#define kref_get(k)	((void)(k)->n++)

static inline int kref_get_unless_zero(struct kref *k)
{
	return k->n ? k->n++ : 0;
}

static inline int kref_put(struct kref *k, void (*release)(struct kref *))
{
	if (--k->n)
		return 0;
	release(k);
	return 1;
}

/* -- locks -- */
typedef struct {
	bool held;
} spinlock_t;
typedef spinlock_t rwlock_t;

extern void (*shim_before_lock)(spinlock_t *lock);
extern void (*shim_before_trylock)(spinlock_t *lock);
extern void (*shim_after_unlock)(spinlock_t *lock);

#define spin_lock_init(l) ((void)((l)->held = false))
#define rwlock_init	spin_lock_init

static inline void shim_lock(spinlock_t *l)
{
	WARN_ON(l->held);
	l->held = true;
}

static inline void spin_lock(spinlock_t *l)
{
	if (shim_before_lock)
		shim_before_lock(l);
	shim_lock(l);
}

static inline bool spin_trylock(spinlock_t *l)
{
	bool taken;

	if (shim_before_trylock)
		shim_before_trylock(l);
	taken = !l->held;
	l->held = true;
	return taken;
}

static inline void spin_unlock(spinlock_t *l)
{
	WARN_ON(!l->held);
	l->held = false;
	if (shim_after_unlock)
		shim_after_unlock(l);
}

#define read_lock	shim_lock
#define write_lock	shim_lock
#define read_unlock	spin_unlock
#define write_unlock	spin_unlock
#define cpu_relax()	do { } while (0)
#define cond_resched()	do { } while (0)
#define migrate_disable() do { } while (0)
#define migrate_enable() do { } while (0)
#define preempt_disable() do { } while (0)
#define preempt_enable() do { } while (0)

/* -- pages -- */
struct page {
	struct list_head lru;
	unsigned long private;
	void *address;
	bool freed;
	bool isolated;		/* by compaction, for migration */
};

struct page *virt_to_page(const void *addr);
struct page *alloc_page(gfp_t gfp);
void __free_page(struct page *page);
#define page_address(p)	((p)->address)
#define lock_page(p)	((void)(p))
#define unlock_page(p)	((void)(p))
#define trylock_page(p)	((void)(p), true)
#define get_page(p)	((void)(p))
#define put_page(p)	((void)(p))
#define PageLocked(p)	((void)(p), true)
#define PageMovable(p)	((void)(p), true)
#define PageIsolated(p)	((p)->isolated)
#define __SetPageMovable(p, m) ((void)(p))
#define __ClearPageMovable(p) ((void)(p))
#define page_mapcount_reset(p) ((void)(p))

enum migrate_mode { MIGRATE_ASYNC };

struct movable_operations {
	bool (*isolate_page)(struct page *page, isolate_mode_t mode);
	int (*migrate_page)(struct page *dst, struct page *src,
			    enum migrate_mode mode);
	void (*putback_page)(struct page *page);
};

/* before 6.0 migration came by a file system of its own: it does nothing here */
#define Z3FOLD_MAGIC	0
#define ERR_PTR(e)	((void *)(long)(e))
#define PTR_ERR(p)	((long)(p))
#define IS_ERR(p)	((unsigned long)(p) >= -4095UL)
#define kern_unmount(m)	free(m)
#define kill_anon_super	NULL
#define init_pseudo(fc, magic) ((void *)(fc))
#define iput		free
#define SetPageReclaim(p) ((void)(p))

struct fs_context;
struct super_block;
struct address_space {
	const struct address_space_operations *a_ops;
	void *private_data;
};

struct inode {
	struct address_space mapping;
	struct address_space *i_mapping;
};

static inline struct inode *alloc_anon_inode(struct super_block *sb)
{
	struct inode *inode = calloc(1, sizeof(*inode));

	inode->i_mapping = &inode->mapping;
	return inode;
}

struct vfsmount {
	struct super_block *mnt_sb;
};

#define kern_mount(type)	calloc((type) ? 1 : 0, sizeof(struct vfsmount))
#define page_mapping(p)	((void)(p), (struct address_space *)NULL)
#define ClearPagePrivate(p) ((void)(p))

struct file_system_type {
	const char *name;
	int (*init_fs_context)(struct fs_context *fc);
	void *kill_sb;
};

struct address_space_operations {
	bool (*isolate_page)(struct page *page, isolate_mode_t mode);
	int (*migratepage)(struct address_space *mapping, struct page *dst,
			   struct page *src, enum migrate_mode mode);
	void (*putback_page)(struct page *page);
};

/* -- slab -- */
struct kmem_cache {
	size_t size, align;
	int objects;
};

#define SLAB_HWCACHE_ALIGN 0
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned long flags, void *ctor);
void kmem_cache_destroy(struct kmem_cache *cache);
void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *cache, void *p);
#define kzalloc(size, gfp) calloc(1, size)
#define kfree		free
#define kmemleak_not_leak(p) ((void)(p))

/* -- per CPU: there is one -- */
#define __alloc_percpu(size, align) calloc(1, (size) + sizeof(struct list_head))
#define free_percpu	free
#define per_cpu_ptr(p, cpu) ((void)(cpu), (p))
#define this_cpu_ptr(p)	(p)
#define get_cpu_ptr(p)	(p)
#define put_cpu_ptr(p)	((void)(p))
#define smp_processor_id() 0
#define cpu_online(cpu)	((cpu) == 0)
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define for_each_online_cpu for_each_possible_cpu

/* -- workqueues -- */
struct work_struct {
	void (*fn)(struct work_struct *work);
	bool queued;
	struct work_struct *next;
};

struct workqueue_struct {
	struct work_struct *first;
};

#define INIT_WORK(w, f)	((void)((w)->fn = (f), (w)->queued = false))
#define work_pending(w)	((w)->queued)
struct workqueue_struct *create_singlethread_workqueue(const char *name);
void destroy_workqueue(struct workqueue_struct *wq);
bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
#define queue_work_on(cpu, wq, work) \
	(WARN_ON(!cpu_online(cpu)), queue_work(wq, work))
void cancel_work_sync(struct work_struct *work);
void shim_run(struct workqueue_struct *wq);

/* -- zpool -- */
struct zpool;
enum zpool_mapmode { ZPOOL_MM_RW, ZPOOL_MM_RO, ZPOOL_MM_WO };

struct zpool_ops {
	int (*evict)(struct zpool *pool, unsigned long handle);
};

struct zpool_driver {
	const char *type;
	void *owner;
	void *(*create)(const char *name, gfp_t gfp, const struct zpool_ops *ops,
			struct zpool *zpool);
	void (*destroy)(void *pool);
	bool malloc_support_movable;
	int (*malloc)(void *pool, size_t size, gfp_t gfp, unsigned long *handle);
	void (*free)(void *pool, unsigned long handle);
	int (*shrink)(void *pool, unsigned int pages, unsigned int *reclaimed);
	bool sleep_mapped;
	void *(*map)(void *pool, unsigned long handle, enum zpool_mapmode mm);
	void (*unmap)(void *pool, unsigned long handle);
	u64 (*total_size)(void *pool);
};

#define THIS_MODULE	NULL
#define zpool_register_driver(d) ((void)(d))
#define zpool_unregister_driver(d) ((void)(d))

#endif /* Z3FOLD_SHIM_H */
