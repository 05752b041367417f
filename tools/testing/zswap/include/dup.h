/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Declarations that mean here what they mean in the kernel: types, constants
 * and macros that its headers have, without the headers.
 */
#ifndef _ZSWAP_DUP_H
#define _ZSWAP_DUP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define CONFIG_64BIT				1
#define CONFIG_SWAP				1
#define CONFIG_FRONTSWAP			1
#define CONFIG_ZPOOL				1
#define CONFIG_ZSWAP				1
#define CONFIG_MEMCG				1
#define CONFIG_MEMCG_KMEM			1
#define CONFIG_ZSWAP_DEFAULT_ON			1
#define CONFIG_ZSWAP_COMPRESSOR_DEFAULT		"lzo"
#define CONFIG_ZSWAP_ZPOOL_DEFAULT			"zbud"
#define CONFIG_BASE_SMALL			0
#define __KERNEL__				1
#define KBUILD_MODNAME				"zswap"

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;
typedef u32 __u32;
typedef u64 __u64;
typedef long ssize_t;
typedef long long loff_t;
typedef u64 sector_t;
typedef u32 dev_t;
typedef unsigned int gfp_t;
typedef unsigned int fmode_t;
typedef unsigned long pgoff_t;
typedef u64 phys_addr_t;
typedef u8 blk_status_t;
typedef unsigned int blk_opf_t;
typedef unsigned int blk_qc_t;

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	long counter;
} atomic_long_t;

typedef struct {
	s64 counter;
} atomic64_t;

typedef struct {
	unsigned long val;
} swp_entry_t;

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_head {
	struct hlist_node *first;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct callback_head {
	struct callback_head *next;
	void (*func)(struct callback_head *head);
};

#define rcu_head callback_head

#define U32_MAX			((u32)~0U)
#define INT_MAX			((int)(~0U >> 1))
#define LONG_MAX		((long)(~0UL >> 1))
#define LONG_MIN		(-LONG_MAX - 1)
#define ULONG_MAX		(~0UL)
#define SIZE_MAX		(~(size_t)0)
#define BITS_PER_LONG		64

#define PAGE_SHIFT		12
#define PAGE_SIZE		(1UL << PAGE_SHIFT)
#define PAGE_MASK		(~(PAGE_SIZE - 1))

#define EPERM			1
#define ENOENT			2
#define EIO			5
#define ENOMEM			12
#define EBUSY			16
#define EEXIST			17
#define ENODEV			19
#define EINVAL			22
#define ENOSPC			28
#define EAGAIN			11
#define EOPNOTSUPP		95
#define EIOCBQUEUED		529

/* compiler */
#define __init
#define __exit
#define __read_mostly
#define __ro_after_init
#define __percpu
#define __rcu
#define __user
#define __force
#define __must_check
#define __always_inline		inline __attribute__((always_inline))
#define noinline		__attribute__((noinline))
#define __maybe_unused		__attribute__((unused))
#define __always_unused		__attribute__((unused))
#define __bitwise
#define __packed		__attribute__((packed))
#define __aligned(x)		__attribute__((aligned(x)))
#define ____cacheline_aligned_in_smp
#define __acquires(x)
#define __must_hold(x)
#define __releases(x)
#define __context_unsafe(x...)
#define __cond_acquires(x...)
#define __acquire(x)		((void)0)
#define __release(x)		((void)0)
#define fallthrough		__attribute__((fallthrough))
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define __printf(a, b)		__attribute__((format(printf, a, b)))
#define barrier()		asm volatile("" : : : "memory")
#define READ_ONCE(x)		(*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, val)						\
	do { *(volatile typeof(x) *)&(x) = (val); } while (0)
#define data_race(x)		(x)
#define typeof_member(T, m)	typeof(((T *)0)->m)
#define __same_type(a, b)	__builtin_types_compatible_p(typeof(a), typeof(b))
#define static_assert(x, ...)	_Static_assert(x, #x)
#define BUILD_BUG_ON(x)		_Static_assert(!(x), #x)
#define BUILD_BUG_ON_MSG(x, m)	_Static_assert(!(x), m)
#define __stringify_1(x...)	#x
#define __stringify(x...)	__stringify_1(x)

#define container_of(ptr, type, member)					\
	((type *)((char *)(ptr) - offsetof(type, member)))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define min(a, b)		({ typeof(a) _a = (a); typeof(b) _b = (b); _a < _b ? _a : _b; })
#define max(a, b)		({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })
#define min_t(t, a, b)		min((t)(a), (t)(b))
#define max_t(t, a, b)		max((t)(a), (t)(b))
#define clamp(v, lo, hi)	min(max(v, lo), hi)
#define swap(a, b)		do { typeof(a) _t = (a); (a) = (b); (b) = _t; } while (0)
#define __ffs(x)		((unsigned long)__builtin_ctzl(x))
#define BIT(n)			(1UL << (n))
#define round_down(x, n)	((x) & ~((n) - 1UL))
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]
#define BITS_TO_LONGS(n)	DIV_ROUND_UP(n, BITS_PER_LONG)
#define POISON_POINTER_DELTA	0
#define LIST_POISON1		((void *)0x100)
#define LIST_POISON2		((void *)0x122)

#define MAX_ERRNO		4095
#define IS_ERR_VALUE(x)		((unsigned long)(void *)(x) >= (unsigned long)-MAX_ERRNO)
#define ERR_PTR(e)		((void *)(long)(e))
#define PTR_ERR(p)		((long)(p))
#define IS_ERR(p)		IS_ERR_VALUE(p)
#define IS_ERR_OR_NULL(p)	(!(p) || IS_ERR(p))

/* include/linux/gfp_types.h; only what decides about sleeping has a meaning */
#define __GFP_HIGHMEM		0x02u
#define __GFP_MOVABLE		0x08u
#define __GFP_HIGH		0x20u
#define __GFP_IO		0x40u
#define __GFP_FS		0x80u
#define __GFP_ZERO		0x100u
#define __GFP_DIRECT_RECLAIM	0x400u
#define __GFP_KSWAPD_RECLAIM	0x800u
#define __GFP_NOWARN		0x2000u
#define __GFP_NOFAIL		0x8000u
#define __GFP_NORETRY		0x10000u
#define __GFP_NOMEMALLOC	0x80000u
#define __GFP_ACCOUNT		0x400000u
#define __GFP_RECLAIM		(__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)
#define __GFP_BITS_SHIFT	27
#define MAX_RECLAIM_RETRIES	16
#define GFP_ATOMIC		(__GFP_HIGH | __GFP_KSWAPD_RECLAIM)
#define GFP_KERNEL		(__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_NOWAIT		__GFP_KSWAPD_RECLAIM
#define GFP_NOIO		__GFP_RECLAIM
#define GFP_RECLAIM_MASK						\
	(__GFP_RECLAIM | __GFP_HIGH | __GFP_IO | __GFP_FS |		\
	 __GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC)
#define gfpflags_allow_blocking(gfp) (!!((gfp) & __GFP_DIRECT_RECLAIM))
#define gfp_has_io_fs(gfp)	(((gfp) & (__GFP_IO | __GFP_FS)) == (__GFP_IO | __GFP_FS))
#define GFP_HIGHUSER_MOVABLE	(GFP_KERNEL | __GFP_HIGHMEM | __GFP_MOVABLE)

/* include/linux/swap.h, include/linux/swapops.h */
#define MAX_SWAPFILES		4
#define SWAP_ADDRESS_SPACE_SHIFT 14
#define SWAP_ADDRESS_SPACE_PAGES (1 << SWAP_ADDRESS_SPACE_SHIFT)
#define SWP_TYPE_SHIFT		58
#define SWP_USED		(1 << 0)
#define SWP_WRITEOK		(1 << 1)
#define SWP_BLKDEV		(1 << 6)
#define SWP_FS_OPS		(1 << 11)
#define SWP_SYNCHRONOUS_IO	(1 << 12)
#define SWAP_HAS_CACHE		0x40
#define SWAP_MAP_BAD		0x3f

static inline swp_entry_t swp_entry(unsigned long type, pgoff_t offset)
{
	return (swp_entry_t){ (type << SWP_TYPE_SHIFT) | offset };
}

static inline unsigned int swp_type(swp_entry_t entry)
{
	return entry.val >> SWP_TYPE_SHIFT;
}

static inline pgoff_t swp_offset(swp_entry_t entry)
{
	return entry.val & ((1UL << SWP_TYPE_SHIFT) - 1);
}

/* include/linux/writeback.h */
enum writeback_sync_modes { WB_SYNC_NONE, WB_SYNC_ALL };

struct swap_iocb;

struct writeback_control {
	long nr_to_write;
	enum writeback_sync_modes sync_mode;
	struct swap_iocb **swap_plug;
};

#define REQ_OP_READ		0
#define REQ_OP_WRITE		1
#define REQ_SWAP		2
#define REQ_HIPRI		4

#define TASK_RUNNING		0
#define TASK_UNINTERRUPTIBLE	2

#define CRYPTO_MAX_ALG_NAME	128
#define CRYPTO_TFM_REQ_MAY_BACKLOG 0x400

#endif /* _ZSWAP_DUP_H */
