/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What does nothing here, on purpose: messages, statistics, module parameters,
 * accounting that no decision of zswap depends on.
 */
#ifndef _ZSWAP_STUBS_H
#define _ZSWAP_STUBS_H

#define EXPORT_SYMBOL(x)
#define EXPORT_SYMBOL_GPL(x)
#define MODULE_LICENSE(x)
#define MODULE_AUTHOR(x)
#define MODULE_DESCRIPTION(x)
#define MODULE_ALIAS(x)
#define THIS_MODULE			NULL
#define request_module(x...)		0
#define try_module_get(x)		true
#define module_put(x)			((void)0)
#define subsys_initcall(x)
#define module_param_cb(name, ops, arg, perm)				\
	static const void *__param_##name[] __maybe_unused = { ops, arg }
#define module_param_named(name, value, type, perm)			\
	static const void *__param_##name __maybe_unused = &(value)

struct module;
struct lock_class_key;
typedef struct { int unused; } nodemask_t;

struct kernel_param {
	void *arg;
};

struct kernel_param_ops {
	int (*set)(const char *val, const struct kernel_param *kp);
	int (*get)(char *buf, const struct kernel_param *kp);
	void (*free)(void *arg);
};

static inline int param_get_bool(char *buf, const struct kernel_param *kp)
{
	return 0;
}

static inline int param_get_charp(char *buf, const struct kernel_param *kp)
{
	return 0;
}

static inline int param_set_bool(const char *val, const struct kernel_param *kp)
{
	*(bool *)kp->arg = val[0] == 'Y';
	return 0;
}

static inline int param_set_charp(const char *val, const struct kernel_param *kp)
{
	*(const char **)kp->arg = val;
	return 0;
}

static inline void param_free_charp(void *arg)
{
}

/* messages: told in the timeline, or not at all */
#define pr_debug(fmt...)		((void)0)
#define pr_info(fmt...)			((void)0)
#define pr_warn(fmt...)			((void)0)
#define pr_warn_ratelimited(fmt...)	((void)0)
#define pr_err(fmt, ...)		x_note("%s", fmt)
#define pr_err_ratelimited(fmt, ...)	pr_err(fmt)
#define pr_alert_ratelimited(fmt, ...)	pr_err(fmt)
#define pr_alert(fmt, ...)		pr_err(fmt)

/* statistics */
#define count_vm_event(x)		((void)0)
#define count_vm_events(x, nr)		((void)(nr))
#define count_objcg_event(objcg, x)	((void)(objcg))
#define count_objcg_events(objcg, x, nr) ((void)(objcg))
#define count_memcg_folio_events(f, x, nr) ((void)(nr))
#define count_mthp_stat(order, x)	((void)(order))
#define delayacct_thrashing_start(x)	((void)(x))
#define delayacct_thrashing_end(x)	((void)(x))
#define delayacct_swapin_start()	((void)0)
#define delayacct_swapin_end()		((void)0)
#define psi_memstall_enter(x)		((void)(x))
#define psi_memstall_leave(x)		((void)(x))
#define wbc_to_write_flags(wbc)		0

/* one order of memory for all: what a pass does not prove */
#define smp_mb()			barrier()
#define smp_rmb()			barrier()
#define smp_wmb()			barrier()
#define smp_mb__before_atomic()		barrier()
#define smp_mb__after_atomic()		barrier()
#define smp_store_release(p, v)		WRITE_ONCE(*(p), v)
#define smp_load_acquire(p)		READ_ONCE(*(p))

#define ASSERT_EXCLUSIVE_ACCESS(x)	((void)(x))
#define ASSERT_EXCLUSIVE_WRITER(x)	((void)(x))
#define lockdep_is_held(x)		true
#define lockdep_set_class(l, key)	((void)(key))
#define might_alloc(gfp)		((void)(gfp))
#define lockdep_assert_held(x)		((void)(x))
#define arch_prepare_to_swap(x)		0
#define security_vm_enough_memory_mm(mm, pages) 0
#define vm_unacct_memory(pages)		((void)(pages))
#define PageTransHuge(p)		false
#define PageWorkingset(p)		false
#define thp_size(p)			PAGE_SIZE
#define thp_nr_pages(p)			1
#define debugfs_initialized()		false

/* tracepoints, off */
#define trace_zswap_writeback_start(...)	((void)0)
#define trace_zswap_writeback_end(...)		((void)0)
#define trace_zswap_store_reject(...)		((void)0)
#define trace_zswap_invalidate(...)		((void)0)
#define trace_zswap_store(...)			((void)0)
#define trace_zswap_load(...)			((void)0)
/* their header has enums, too */
#define TRACE_EVENT(...)
#define TRACE_DEFINE_ENUM(x)

#endif /* _ZSWAP_STUBS_H */
