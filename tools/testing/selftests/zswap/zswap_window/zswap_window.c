// SPDX-License-Identifier: GPL-2.0-only
/*
 * zswap_window: hold zswap writeback at a chosen call, without a kernel patch.
 *
 * The races of zswap writeback with swapoff and with slot reuse have windows
 * of a few instructions.  This module makes such a window as long as user space
 * needs it: it redirects a callee of the writeback function (the site) to a
 * wrapper that waits at a gate, before or after the real call, until user space
 * opens the gate.  A gate and not a delay, so that a test neither guesses how
 * long swapoff takes nor passes because the delay was over too early.
 *
 * Delaying in the ftrace callback itself would not do: preemption is off in
 * there, so swapoff's synchronize_rcu() would wait for the end of the delay.
 * The callbacks only change the instruction pointer.  The wait is in the
 * wrapper, which is an ordinary function in the context of the caller.
 *
 * A wrapper passes on the six register arguments of the x86-64 ABI, and no
 * stack or floating point arguments.  It calls the original function at its
 * first instruction, therefore the callback sees the call again and lets it
 * through, because it comes from this module.  For that the call must not
 * become a tail call: see the Makefile.
 *
 * Control is in debugfs, directory zswap_window:
 *
 *	entry	  writeback function; a call of the site counts only below it
 *	site	  function to hold
 *	when	  before | after | never (never: do not hold, for use with fail)
 *	nth	  hold at the nth call of the site within one writeback
 *	fail	  value to return instead of calling the site, or "none"
 *	then	  function to hold before it is called, once the same writeback has
 *		  been let go at the site; or "none"
 *	timeout	  seconds after which a held task goes on by itself
 *	arm	  n: the next n matching calls are held; 0: disarm and release
 *	release	  any write opens the gate
 *	state	  idle | armed | held
 *	fired	  matching calls that were held or made to fail
 *	calls	  calls of entry
 *	ret0	  returns of entry with 0
 *	reterr	  returns of entry with anything else
 *	lastret	  what entry returned last
 *	timeouts  holds that ended by timeout
 *	atomic	  holds that were refused because the site may not sleep
 *	slot	  "type offset" of the swap slot at the last matching call, as far
 *		  as it can be told there, else "none"
 *	handle	  second argument of entry at the last matching call: the object
 *		  that is evicted, where zpool calls back with a handle
 *	watch	  1: keep a list of the entries that zswap allocates; 0: stop
 *	freed	  listed entries that were freed during the last hold
 *	again	  entries that were allocated during the last hold and were given
 *		  the address of the first one that was freed in it
 *	shrink	  any write shrinks the slab cache of entries; only up to 5.16,
 *		  use /sys/kernel/slab/zswap_entry/shrink later
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include <trace/events/kmem.h>

#ifndef CONFIG_X86_64
#error "zswap_window changes the x86-64 instruction pointer"
#endif

/*
 * All differences between kernel versions.  The Makefile looks into the
 * headers of the kernel for ftrace_get_regs() (since 5.11).  With it came the
 * meaning of RECURSION as "ftrace, please protect me"; before that the
 * protection was there unless a callback said it needed none.
 */
#ifdef WINDOW_HAVE_FTRACE_GET_REGS
#define window_regs		ftrace_regs
#define window_pt_regs(r)	ftrace_get_regs(r)
#define WINDOW_OPS_RECURSION	FTRACE_OPS_FL_RECURSION
#else
#define window_regs		pt_regs
#define window_pt_regs(r)	(r)
#define WINDOW_OPS_RECURSION	0
#endif

/* Not exported before 6.1: a module leaves an empty filter behind there. */
#ifndef WINDOW_HAVE_FTRACE_FREE_FILTER
#define ftrace_free_filter(ops)	ftrace_set_filter(ops, NULL, 0, 1)
#endif

#define WINDOW_OPS_FLAGS	(FTRACE_OPS_FL_SAVE_REGS | \
				 FTRACE_OPS_FL_IPMODIFY | \
				 WINDOW_OPS_RECURSION)

#define WINDOW_NAME_LEN		64
#define WINDOW_SLOT_NONE	(~0UL)

static char *entry = "";
module_param(entry, charp, 0444);
MODULE_PARM_DESC(entry, "writeback function, may be set in debugfs");

static char *site = "";
module_param(site, charp, 0444);
MODULE_PARM_DESC(site, "function called by entry, to hold, may be set in debugfs");

static unsigned int timeout = 60;
module_param(timeout, uint, 0444);
MODULE_PARM_DESC(timeout, "seconds until a held task goes on by itself");

enum window_when {
	WINDOW_BEFORE,
	WINDOW_AFTER,
	WINDOW_NEVER,
};

static const char * const window_when_names[] = {
	[WINDOW_BEFORE]	= "before",
	[WINDOW_AFTER]	= "after",
	[WINDOW_NEVER]	= "never",
};

typedef unsigned long (*window_fn)(unsigned long a, unsigned long b,
				   unsigned long c, unsigned long d,
				   unsigned long e, unsigned long f);

/* One patched function: the ops, and the tasks that are in its wrapper. */
struct window_probe {
	struct ftrace_ops ops;
	char name[WINDOW_NAME_LEN];
	unsigned long addr;
	atomic_t active;
	bool registered;
};

/* The settings of the moment when the callback chose a call of probe. */
struct window_call {
	struct window_probe *probe;
	unsigned int gen;
	enum window_when when;
	bool do_fail;
	long fail;
};

/* One writeback in progress, on the stack of its task. */
struct window_ctx {
	struct list_head list;
	struct task_struct *task;
	unsigned long handle;	/* second argument, whatever it is */
	unsigned int nr;
	bool then;		/* was at the site, the next call of then is held */
	struct window_call call;
};

/* Serializes the control files. */
static DEFINE_MUTEX(window_mutex);

/* Protects everything in window, and the list of contexts. */
static DEFINE_RAW_SPINLOCK(window_lock);
static LIST_HEAD(window_ctxs);

static DECLARE_WAIT_QUEUE_HEAD(window_gate);
static DECLARE_WAIT_QUEUE_HEAD(window_drain);

static struct {
	enum window_when when;
	unsigned int nth;
	unsigned int timeout;
	bool do_fail;
	long fail;

	unsigned int armed;
	unsigned int held;
	/* a held task goes on as soon as this is not what it was when chosen */
	unsigned int gen;

	unsigned long slot;
	unsigned long handle;
	u64 fired;
	u64 calls;
	u64 ret0;
	u64 reterr;
	u64 timeouts;
	u64 atomic;
	int lastret;
} window = {
	.nth = 1,
	.slot = WINDOW_SLOT_NONE,
};

/* Entries of zswap that were allocated while watched and not freed yet. */
#define WINDOW_ENTRIES		64

static struct {
	bool on;
	const void *entries[WINDOW_ENTRIES];
	const void *first;	/* to be freed in this hold */
#ifdef WINDOW_HAVE_PAGE_SLAB_CACHE
	struct kmem_cache *cache;
#endif
	unsigned int freed;
	unsigned int again;
} window_watch;

static struct window_probe window_entry_probe;
static struct window_probe window_site_probe;
static struct window_probe window_then_probe;

/* Caller holds window_lock. */
static struct window_ctx *window_find_ctx(void)
{
	struct window_ctx *ctx;

	list_for_each_entry(ctx, &window_ctxs, list)
		if (ctx->task == current)
			return ctx;
	return NULL;
}

/*
 * Wait at the gate.  TASK_IDLE: neither a signal nor the hung task detector
 * has any business here.
 */
static void window_hold(const struct window_call *call)
{
	const char *when = window_when_names[call->when];
	unsigned long flags;
	bool opened;

	if (irqs_disabled() || preempt_count()) {
		raw_spin_lock_irqsave(&window_lock, flags);
		window.atomic++;
		raw_spin_unlock_irqrestore(&window_lock, flags);
		pr_warn("cannot hold %s %s: atomic context\n",
			call->probe->name, when);
		return;
	}

	pr_info("held %s %s in %s\n", call->probe->name, when,
		window_entry_probe.name);

	raw_spin_lock_irqsave(&window_lock, flags);
	window.held++;
	raw_spin_unlock_irqrestore(&window_lock, flags);

	opened = wait_event_idle_timeout(window_gate,
					 READ_ONCE(window.gen) != call->gen,
					 window.timeout * HZ);

	raw_spin_lock_irqsave(&window_lock, flags);
	window.held--;
	if (!opened)
		window.timeouts++;
	raw_spin_unlock_irqrestore(&window_lock, flags);

	pr_info("%s\n", opened ? "released" : "timed out");
}

/*
 * Remember which slot the held call is about.  A mapped zpool handle starts
 * with the swp_entry_t of the page that was stored; the swap cache lookup has
 * it as its first argument.
 */
static void window_note_slot(const struct window_call *call,
			     unsigned long first_arg, unsigned long ret,
			     bool called)
{
	unsigned long slot = WINDOW_SLOT_NONE;
	unsigned long flags;

	if (!strcmp(call->probe->name, "zpool_map_handle")) {
		if (!called || !ret ||
		    copy_from_kernel_nofault(&slot, (void *)ret, sizeof(slot)))
			return;
	} else if (!strcmp(call->probe->name, "__read_swap_cache_async") ||
		   !strcmp(call->probe->name, "swap_cache_alloc_folio")) {
		slot = first_arg;
	} else {
		return;
	}

	raw_spin_lock_irqsave(&window_lock, flags);
	window.slot = slot;
	raw_spin_unlock_irqrestore(&window_lock, flags);
}

static void window_leave(struct window_probe *probe)
{
	if (atomic_dec_and_test(&probe->active))
		wake_up(&window_drain);
}

/* Runs in place of site or then, only for a call that the callback has chosen. */
static noinline unsigned long window_site_wrapper(unsigned long a,
						  unsigned long b,
						  unsigned long c,
						  unsigned long d,
						  unsigned long e,
						  unsigned long f)
{
	struct window_call call;
	unsigned long flags;
	unsigned long ret;
	window_fn fn;

	raw_spin_lock_irqsave(&window_lock, flags);
	call = window_find_ctx()->call;
	raw_spin_unlock_irqrestore(&window_lock, flags);
	fn = (window_fn)READ_ONCE(call.probe->addr);

	if (call.when == WINDOW_BEFORE) {
		window_note_slot(&call, a, 0, false);
		window_hold(&call);
	}

	if (call.do_fail)
		ret = call.fail;
	else
		ret = fn(a, b, c, d, e, f);

	if (call.when == WINDOW_AFTER) {
		window_note_slot(&call, a, ret, !call.do_fail);
		window_hold(&call);
	}

	window_leave(call.probe);
	return ret;
}

/*
 * Is this call of the probe one to take?  If so, note in ctx what is to be done
 * with it.  Caller holds window_lock.
 */
static bool window_take(struct window_ctx *ctx, struct window_probe *probe)
{
	struct window_call *call = &ctx->call;

	if (probe == &window_then_probe) {
		if (!ctx->then)
			return false;
		ctx->then = false;
		call->when = WINDOW_BEFORE;
		call->do_fail = false;
	} else {
		ctx->nr++;
		if (!window.armed || ctx->nr != window.nth)
			return false;
		window.armed--;
		ctx->then = true;
		call->when = window.when;
		call->do_fail = window.do_fail;
		call->fail = window.fail;
	}
	call->probe = probe;
	call->gen = window.gen;
	window.fired++;
	window.handle = ctx->handle;
	atomic_inc(&probe->active);
	return true;
}

static void notrace window_site_callback(unsigned long ip,
					 unsigned long parent_ip,
					 struct ftrace_ops *ops,
					 struct window_regs *fregs)
{
	struct window_probe *probe = container_of(ops, struct window_probe, ops);
	struct pt_regs *regs = window_pt_regs(fregs);
	struct window_ctx *ctx;
	unsigned long flags;
	bool take;

	/* an interrupt in the middle of writeback has nothing to do with it */
	if (!regs || !in_task() || within_module(parent_ip, THIS_MODULE))
		return;

	raw_spin_lock_irqsave(&window_lock, flags);
	ctx = window_find_ctx();
	take = ctx && window_take(ctx, probe);
	raw_spin_unlock_irqrestore(&window_lock, flags);
	if (!take)
		return;

	WRITE_ONCE(probe->addr, ip);
	regs->ip = (unsigned long)window_site_wrapper;
}

/* Runs in place of the writeback function and marks the task meanwhile. */
static noinline unsigned long window_entry_wrapper(unsigned long a,
						   unsigned long b,
						   unsigned long c,
						   unsigned long d,
						   unsigned long e,
						   unsigned long f)
{
	window_fn fn = (window_fn)READ_ONCE(window_entry_probe.addr);
	struct window_ctx ctx = { .task = current, .handle = b };
	unsigned long flags;
	unsigned long ret;

	raw_spin_lock_irqsave(&window_lock, flags);
	window.calls++;
	list_add(&ctx.list, &window_ctxs);
	raw_spin_unlock_irqrestore(&window_lock, flags);

	ret = fn(a, b, c, d, e, f);

	raw_spin_lock_irqsave(&window_lock, flags);
	list_del(&ctx.list);
	window.lastret = (int)ret;
	if ((int)ret)
		window.reterr++;
	else
		window.ret0++;
	raw_spin_unlock_irqrestore(&window_lock, flags);

	window_leave(&window_entry_probe);
	return ret;
}

static void notrace window_entry_callback(unsigned long ip,
					  unsigned long parent_ip,
					  struct ftrace_ops *ops,
					  struct window_regs *fregs)
{
	struct pt_regs *regs = window_pt_regs(fregs);

	if (!regs || within_module(parent_ip, THIS_MODULE))
		return;

	atomic_inc(&window_entry_probe.active);
	WRITE_ONCE(window_entry_probe.addr, ip);
	regs->ip = (unsigned long)window_entry_wrapper;
}

/*
 * QEMU without KVM may execute the int3 of a patched call after another virtual
 * CPU has replaced it, if it translates that code at the same moment.  The kernel
 * then dies of an int3 that is in no memory, silently if it is in a spinlock
 * function.  So no other CPU may run patched code: a loop of this module keeps
 * them busy, except for interrupts and for what RCU and ftrace wait for.
 */
static DECLARE_COMPLETION(window_cpu_is_quiet);

static int window_quiet_cpu(void *unused)
{
	complete(&window_cpu_is_quiet);
	while (!kthread_should_stop()) {
		cpu_relax();
		/* ftrace waits for each task to be outside of what it frees */
		cond_resched_tasks_rcu_qs();
	}
	return 0;
}

static struct task_struct *window_quiet_tasks[NR_CPUS];
static struct cpumask window_cpus_mask;

/* Caller holds window_mutex, or is the init or exit function. */
static void window_quiet(void)
{
	struct task_struct *task;
	int self = raw_smp_processor_id();
	int cpu;

	cpumask_copy(&window_cpus_mask, &current->cpus_mask);
	set_cpus_allowed_ptr(current, cpumask_of(self));
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		if (cpu == self)
			continue;
		task = kthread_create(window_quiet_cpu, NULL, "window/%d", cpu);
		if (IS_ERR(task))
			continue;
		kthread_bind(task, cpu);
		set_user_nice(task, MIN_NICE);
		window_quiet_tasks[cpu] = task;
		wake_up_process(task);
		wait_for_completion(&window_cpu_is_quiet);
	}
	cpus_read_unlock();
}

static void window_loud(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		if (window_quiet_tasks[cpu])
			kthread_stop(window_quiet_tasks[cpu]);
		window_quiet_tasks[cpu] = NULL;
	}
	set_cpus_allowed_ptr(current, &window_cpus_mask);
}

/*
 * After this no task is in the wrapper.  A task that has already counted
 * itself out may still be about to return from it; it does not sleep any more,
 * so that synchronize_rcu_tasks() waits for it.
 */
static void window_unregister(struct window_probe *probe)
{
	if (!probe->registered)
		return;
	window_quiet();
	unregister_ftrace_function(&probe->ops);
	window_loud();
	probe->registered = false;
	wait_event(window_drain, !atomic_read(&probe->active));
	synchronize_rcu_tasks();
}

/* ftrace takes a pattern; a name with a wildcard in it could match more. */
static bool window_name_ok(const char *name)
{
	return *name && strlen(name) < WINDOW_NAME_LEN && !strpbrk(name, "*?[!:, ");
}

/* Caller holds window_mutex, or is the init function. */
static int window_register(struct window_probe *probe, const char *name)
{
	char buf[WINDOW_NAME_LEN];
	int ret;

	if (!window_name_ok(name))
		return -EINVAL;

	strscpy(buf, name, sizeof(buf));
	window_unregister(probe);
	ret = ftrace_set_filter(&probe->ops, buf, strlen(buf), 1);
	if (ret) {
		pr_err("cannot trace %s: %d\n", name, ret);
		return ret;
	}
	window_quiet();
	ret = register_ftrace_function(&probe->ops);
	window_loud();
	if (ret) {
		pr_err("cannot redirect %s: %d\n", name, ret);
		return ret;
	}
	probe->registered = true;
	strscpy(probe->name, name, sizeof(probe->name));
	return 0;
}

/*
 * The probes of two tracepoints, whose arguments differ between kernels except
 * for the first two: the caller, and the object.  All of them are in registers,
 * so a probe may take fewer than it is passed.
 *
 * The name of the caller tells an allocation of zswap.  It does not tell a free,
 * which may be a tail call: a freed entry is known by its address.
 */
static void window_on_alloc(void *data, unsigned long call_site, const void *ptr)
{
	unsigned long flags;
	char name[16];
	int i;

	snprintf(name, sizeof(name), "%ps", (void *)call_site);
	if (!ptr || strncmp(name, "zswap_", strlen("zswap_")))
		return;

	raw_spin_lock_irqsave(&window_lock, flags);
	for (i = 0; i < WINDOW_ENTRIES; i++) {
		if (!window_watch.entries[i]) {
			window_watch.entries[i] = ptr;
#ifdef WINDOW_HAVE_PAGE_SLAB_CACHE
			/* later the page may have been given back */
			window_watch.cache = virt_to_head_page(ptr)->slab_cache;
#endif
			break;
		}
	}
	if (window.held && ptr == window_watch.first)
		window_watch.again++;
	raw_spin_unlock_irqrestore(&window_lock, flags);
}

static void window_on_free(void *data, unsigned long call_site, const void *ptr)
{
	unsigned long flags;
	int i;

	if (!ptr)
		return;

	raw_spin_lock_irqsave(&window_lock, flags);
	for (i = 0; i < WINDOW_ENTRIES; i++) {
		if (window_watch.entries[i] != ptr)
			continue;
		window_watch.entries[i] = NULL;
		if (window.held && !window_watch.freed++)
			window_watch.first = ptr;
		break;
	}
	raw_spin_unlock_irqrestore(&window_lock, flags);
}

/* Caller holds window_mutex, or is the exit function. */
static int window_watch_set(bool on)
{
	int ret = 0;

	if (on == window_watch.on)
		return 0;
	window_quiet();
	if (on) {
		memset(window_watch.entries, 0, sizeof(window_watch.entries));
		ret = tracepoint_probe_register(&__tracepoint_kmem_cache_alloc,
						window_on_alloc, NULL);
		if (!ret)
			ret = tracepoint_probe_register(&__tracepoint_kmem_cache_free,
							window_on_free, NULL);
		if (ret)
			tracepoint_probe_unregister(&__tracepoint_kmem_cache_alloc,
						    window_on_alloc, NULL);
	} else {
		tracepoint_probe_unregister(&__tracepoint_kmem_cache_free,
					    window_on_free, NULL);
		tracepoint_probe_unregister(&__tracepoint_kmem_cache_alloc,
					    window_on_alloc, NULL);
	}
	window_loud();
	if (!on)
		tracepoint_synchronize_unregister();
	if (!ret)
		window_watch.on = on;
	return ret;
}

/*
 * What the file "shrink" of the cache in sysfs does.  On 5.10 lockdep warns of
 * that one as soon as another cache is created: kernfs, CPU hotplug, slab_mutex.
 */
static int window_shrink(void)
{
#ifdef WINDOW_HAVE_PAGE_SLAB_CACHE
	struct kmem_cache *cache = READ_ONCE(window_watch.cache);

	if (cache)
		return kmem_cache_shrink(cache);
#endif
	return -ENOENT;
}

static void window_open_gate(bool disarm)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&window_lock, flags);
	if (disarm)
		window.armed = 0;
	window.gen++;
	raw_spin_unlock_irqrestore(&window_lock, flags);
	wake_up_all(&window_gate);
}

static bool window_busy(void)
{
	return READ_ONCE(window.armed) ||
	       atomic_read(&window_site_probe.active) ||
	       atomic_read(&window_then_probe.active);
}

/* The control files. */
enum window_file {
	WINDOW_F_ENTRY,
	WINDOW_F_SITE,
	WINDOW_F_WHEN,
	WINDOW_F_NTH,
	WINDOW_F_FAIL,
	WINDOW_F_THEN,
	WINDOW_F_TIMEOUT,
	WINDOW_F_ARM,
	WINDOW_F_RELEASE,
	WINDOW_F_STATE,
	WINDOW_F_FIRED,
	WINDOW_F_CALLS,
	WINDOW_F_RET0,
	WINDOW_F_RETERR,
	WINDOW_F_LASTRET,
	WINDOW_F_TIMEOUTS,
	WINDOW_F_ATOMIC,
	WINDOW_F_SLOT,
	WINDOW_F_HANDLE,
	WINDOW_F_WATCH,
	WINDOW_F_FREED,
	WINDOW_F_AGAIN,
	WINDOW_F_SHRINK,
};

static const struct {
	const char *name;
	umode_t mode;
} window_files[] = {
	[WINDOW_F_ENTRY]	= { "entry", 0600 },
	[WINDOW_F_SITE]		= { "site", 0600 },
	[WINDOW_F_WHEN]		= { "when", 0600 },
	[WINDOW_F_NTH]		= { "nth", 0600 },
	[WINDOW_F_FAIL]		= { "fail", 0600 },
	[WINDOW_F_THEN]		= { "then", 0600 },
	[WINDOW_F_TIMEOUT]	= { "timeout", 0600 },
	[WINDOW_F_ARM]		= { "arm", 0600 },
	[WINDOW_F_RELEASE]	= { "release", 0200 },
	[WINDOW_F_STATE]	= { "state", 0400 },
	[WINDOW_F_FIRED]	= { "fired", 0400 },
	[WINDOW_F_CALLS]	= { "calls", 0400 },
	[WINDOW_F_RET0]		= { "ret0", 0400 },
	[WINDOW_F_RETERR]	= { "reterr", 0400 },
	[WINDOW_F_LASTRET]	= { "lastret", 0400 },
	[WINDOW_F_TIMEOUTS]	= { "timeouts", 0400 },
	[WINDOW_F_ATOMIC]	= { "atomic", 0400 },
	[WINDOW_F_SLOT]		= { "slot", 0400 },
	[WINDOW_F_HANDLE]	= { "handle", 0400 },
	[WINDOW_F_WATCH]	= { "watch", 0600 },
	[WINDOW_F_FREED]	= { "freed", 0400 },
	[WINDOW_F_AGAIN]	= { "again", 0400 },
#ifdef WINDOW_HAVE_PAGE_SLAB_CACHE
	[WINDOW_F_SHRINK]	= { "shrink", 0200 },
#endif
};

static int window_format(enum window_file file, char *buf, size_t size)
{
	swp_entry_t slot = { .val = window.slot };

	switch (file) {
	case WINDOW_F_ENTRY:
		return scnprintf(buf, size, "%s\n", window_entry_probe.name);
	case WINDOW_F_SITE:
		return scnprintf(buf, size, "%s\n", window_site_probe.name);
	case WINDOW_F_WHEN:
		return scnprintf(buf, size, "%s\n",
				 window_when_names[window.when]);
	case WINDOW_F_NTH:
		return scnprintf(buf, size, "%u\n", window.nth);
	case WINDOW_F_FAIL:
		if (!window.do_fail)
			return scnprintf(buf, size, "none\n");
		return scnprintf(buf, size, "%ld\n", window.fail);
	case WINDOW_F_THEN:
		return scnprintf(buf, size, "%s\n",
				 window_then_probe.registered ?
				 window_then_probe.name : "none");
	case WINDOW_F_TIMEOUT:
		return scnprintf(buf, size, "%u\n", window.timeout);
	case WINDOW_F_ARM:
		return scnprintf(buf, size, "%u\n", window.armed);
	case WINDOW_F_STATE:
		return scnprintf(buf, size, "%s\n", window.held ? "held" :
				 window_busy() ? "armed" : "idle");
	case WINDOW_F_FIRED:
		return scnprintf(buf, size, "%llu\n", window.fired);
	case WINDOW_F_CALLS:
		return scnprintf(buf, size, "%llu\n", window.calls);
	case WINDOW_F_RET0:
		return scnprintf(buf, size, "%llu\n", window.ret0);
	case WINDOW_F_RETERR:
		return scnprintf(buf, size, "%llu\n", window.reterr);
	case WINDOW_F_LASTRET:
		return scnprintf(buf, size, "%d\n", window.lastret);
	case WINDOW_F_TIMEOUTS:
		return scnprintf(buf, size, "%llu\n", window.timeouts);
	case WINDOW_F_ATOMIC:
		return scnprintf(buf, size, "%llu\n", window.atomic);
	case WINDOW_F_SLOT:
		if (slot.val == WINDOW_SLOT_NONE)
			return scnprintf(buf, size, "none\n");
		return scnprintf(buf, size, "%lu %lu\n",
				 (unsigned long)swp_type(slot),
				 (unsigned long)swp_offset(slot));
	case WINDOW_F_HANDLE:
		return scnprintf(buf, size, "%#lx\n", window.handle);
	case WINDOW_F_WATCH:
		return scnprintf(buf, size, "%u\n", window_watch.on);
	case WINDOW_F_FREED:
		return scnprintf(buf, size, "%u\n", window_watch.freed);
	case WINDOW_F_AGAIN:
		return scnprintf(buf, size, "%u\n", window_watch.again);
	default:
		return -EINVAL;
	}
}

static ssize_t window_read(struct file *filp, char __user *ubuf, size_t count,
			   loff_t *ppos)
{
	char buf[WINDOW_NAME_LEN + 2];
	int len;

	mutex_lock(&window_mutex);
	len = window_format((unsigned long)filp->private_data, buf,
			    sizeof(buf));
	mutex_unlock(&window_mutex);
	if (len < 0)
		return len;
	return simple_read_from_buffer(ubuf, count, ppos, buf, len);
}

static int window_arm(const char *val)
{
	unsigned int armed;
	unsigned long flags;
	int ret;

	ret = kstrtouint(val, 0, &armed);
	if (ret)
		return ret;
	if (!armed) {
		window_open_gate(true);
		return 0;
	}
	if (window_busy())
		return -EBUSY;
	if (!window_entry_probe.registered || !window_site_probe.registered)
		return -ENODEV;

	raw_spin_lock_irqsave(&window_lock, flags);
	window.slot = WINDOW_SLOT_NONE;
	window_watch.first = NULL;
	window_watch.freed = 0;
	window_watch.again = 0;
	window.armed = armed;
	raw_spin_unlock_irqrestore(&window_lock, flags);
	return 0;
}

/* Caller holds window_mutex; nothing is armed or held. */
static int window_set(enum window_file file, const char *val)
{
	bool on;
	long fail;
	int ret;

	switch (file) {
	case WINDOW_F_ENTRY:
		return window_register(&window_entry_probe, val);
	case WINDOW_F_SITE:
		return window_register(&window_site_probe, val);
	case WINDOW_F_WHEN:
		ret = match_string(window_when_names,
				   ARRAY_SIZE(window_when_names), val);
		if (ret < 0)
			return ret;
		window.when = ret;
		return 0;
	case WINDOW_F_NTH:
		return kstrtouint(val, 0, &window.nth);
	case WINDOW_F_FAIL:
		if (!strcmp(val, "none")) {
			window.do_fail = false;
			return 0;
		}
		ret = kstrtol(val, 0, &fail);
		if (ret)
			return ret;
		window.fail = fail;
		window.do_fail = true;
		return 0;
	case WINDOW_F_THEN:
		if (strcmp(val, "none"))
			return window_register(&window_then_probe, val);
		window_unregister(&window_then_probe);
		return 0;
	case WINDOW_F_TIMEOUT:
		return kstrtouint(val, 0, &window.timeout);
	case WINDOW_F_WATCH:
		ret = kstrtobool(val, &on);
		return ret ? ret : window_watch_set(on);
	default:
		return -EINVAL;
	}
}

static ssize_t window_write(struct file *filp, const char __user *ubuf,
			    size_t count, loff_t *ppos)
{
	enum window_file file = (unsigned long)filp->private_data;
	char buf[WINDOW_NAME_LEN + 2];
	char *val;
	int ret;

	if (count >= sizeof(buf))
		return -EINVAL;
	if (copy_from_user(buf, ubuf, count))
		return -EFAULT;
	buf[count] = '\0';
	val = strim(buf);

	mutex_lock(&window_mutex);
	if (file == WINDOW_F_RELEASE) {
		window_open_gate(false);
		ret = 0;
	} else if (file == WINDOW_F_SHRINK) {
		ret = window_shrink();
		ret = ret < 0 ? ret : 0;
	} else if (file == WINDOW_F_ARM) {
		ret = window_arm(val);
	} else if (window_busy()) {
		ret = -EBUSY;
	} else {
		ret = window_set(file, val);
	}
	mutex_unlock(&window_mutex);
	return ret ? ret : count;
}

static const struct file_operations window_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.read	= window_read,
	.write	= window_write,
	.llseek	= default_llseek,
};

static struct dentry *window_dir;

static int __init window_init(void)
{
	unsigned long i;
	int ret;

#ifdef CONFIG_X86_KERNEL_IBT
	/* The wrappers call a function past its ENDBR. */
	if (cpu_feature_enabled(X86_FEATURE_IBT)) {
		pr_err("boot with ibt=off\n");
		return -EOPNOTSUPP;
	}
#endif
	window.timeout = timeout;

	window_entry_probe.ops.func = window_entry_callback;
	window_entry_probe.ops.flags = WINDOW_OPS_FLAGS;
	window_site_probe.ops.func = window_site_callback;
	window_site_probe.ops.flags = WINDOW_OPS_FLAGS;
	window_then_probe.ops.func = window_site_callback;
	window_then_probe.ops.flags = WINDOW_OPS_FLAGS;

	if (*entry) {
		ret = window_register(&window_entry_probe, entry);
		if (ret)
			return ret;
	}
	if (*site) {
		ret = window_register(&window_site_probe, site);
		if (ret) {
			window_unregister(&window_entry_probe);
			return ret;
		}
	}

	window_dir = debugfs_create_dir("zswap_window", NULL);
	for (i = 0; i < ARRAY_SIZE(window_files); i++)
		debugfs_create_file(window_files[i].name, window_files[i].mode,
				    window_dir, (void *)i, &window_fops);
	return 0;
}

static void __exit window_exit(void)
{
	debugfs_remove(window_dir);
	window_open_gate(true);
	window_watch_set(false);
	window_unregister(&window_then_probe);
	window_unregister(&window_site_probe);
	window_unregister(&window_entry_probe);
	ftrace_free_filter(&window_then_probe.ops);
	ftrace_free_filter(&window_site_probe.ops);
	ftrace_free_filter(&window_entry_probe.ops);
}

module_init(window_init);
module_exit(window_exit);

MODULE_DESCRIPTION("Hold zswap writeback at a chosen call");
MODULE_LICENSE("GPL");
