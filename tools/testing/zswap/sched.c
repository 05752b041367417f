// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that run one at a time, until they come to the next scheduling point.
 *
 * A thread says there what it will do next, and goes to sleep; whether it can
 * go on is seen from outside (sched_enabled()). So nobody has to wake anybody,
 * and no wake-up of the explorer's can be lost: one that is lost in the code
 * under test is a condition that stays false, and reported as a deadlock.
 */
#include <stdlib.h>
#include <string.h>

#include "core.h"

struct x_thread_info x_info[X_THREADS];
void *x_main_sp;

/*
 * Only what a function call keeps has to be kept, and there is no system call
 * as in swapcontext(). A new thread returns to sched_start with its number in
 * the place of rbx.
 */
asm(".pushsection .text\n"
	"sched_switch:\n"
	"	push %rbp\n"
	"	push %rbx\n"
	"	push %r12\n"
	"	push %r13\n"
	"	push %r14\n"
	"	push %r15\n"
	"	mov %rsp, (%rdi)\n"
	"	mov %rsi, %rsp\n"
	"	pop %r15\n"
	"	pop %r14\n"
	"	pop %r13\n"
	"	pop %r12\n"
	"	pop %rbx\n"
	"	pop %rbp\n"
	"	ret\n"
	"sched_start:\n"
	"	mov %ebx, %edi\n"
	"	call sched_enter\n"
	"	hlt\n"
	".popsection\n");

static void *stack_top(int tid)
{
	return (void *)(X_PRIVATE + (tid + 2) * X_STACK);
}

/**
 * sched_init() - map the stacks
 */
void sched_init(void)
{
	access_map(X_PRIVATE, X_PRIVATE_SIZE);
}

/**
 * sched_reset() - no threads
 */
void sched_reset(void)
{
	memset(x, 0, sizeof(*x));
}

/* where a thread begins and ends */
void sched_enter(int tid)
{
	x_info[tid].fn(x_info[tid].arg);
	x_point(X_EXIT, NULL, X_SITE("exit"));
	abort();	/* nobody runs it again */
}

/**
 * x_spawn() - a new thread, which waits at its beginning
 * @name:	for reports
 * @role:	what it is to the oracle
 * @fn:		what it does
 * @arg:	for it
 */
void x_spawn(const char *name, enum x_role role, void (*fn)(void *), void *arg)
{
	int tid = x->nr++;
	struct x_thread *t = &x->t[tid];
	u64 *sp = stack_top(tid);

	if (tid >= X_THREADS) {
		fprintf(stderr, "explorer: too many threads\n");
		exit(2);
	}
	snprintf(x_info[tid].name, X_NAME, "%s", name);
	x_info[tid].role = role;
	x_info[tid].fn = fn;
	x_info[tid].arg = arg;
	/* a called function expects the stack to be 16-byte aligned there */
	*--sp = 0;
	*--sp = 0;
	*--sp = (u64)sched_start;
	*--sp = 0;		/* rbp */
	*--sp = tid;		/* rbx */
	sp -= 4;		/* r12 to r15 */
	memset(sp, 0, 4 * sizeof(*sp));
	*t = (struct x_thread){
		.sp = sp, .op = X_RUN, .site = X_SITE("start"),
		.hash = x_mix(tid + 1),
	};
}

/**
 * x_point() - a scheduling point
 * @op:		what the thread does next
 * @obj:	what it does that to
 * @site:	where
 */
void x_point(enum x_op op, const void *obj, const struct x_site *site)
{
	struct x_thread *t = x_self();

	t->op = op;
	t->obj = obj;
	t->site = site;
	sched_switch(&t->sp, x_main_sp);
}

/**
 * x_wait() - wait for a condition
 * @cond:	must only read, and may be asked at any time
 * @arg:	for it
 * @site:	where
 *
 * The caller has to load what the condition depends on once more, or the
 * reduction would not know of it.
 */
void x_wait(bool (*cond)(const void *), const void *arg,
	    const struct x_site *site)
{
	x_self()->cond = cond;
	x_point(X_WAIT, arg, site);
}

/**
 * x_poll() - a round of a loop that polls begins
 * @level: 0 for the innermost one, more for one around it
 *
 * What kernel loops do again and again, with a sleep or without, is done here
 * only if another thread has written something shared since the round began:
 * else it would see the same once more, and a schedule might never end.
 */
void x_poll(int level)
{
	x_self()->moved &= ~(1U << level);
}

/**
 * x_yield() - a round of a loop that polls was in vain
 * @level:	as in x_poll()
 * @site:	where
 */
void x_yield(int level, const struct x_site *site)
{
	x_self()->nr = level;
	x_point(X_YIELD, NULL, site);
}

/**
 * x_choose() - an outcome that is not up to the scheduler
 * @nr:		how many there are
 * @site:	where
 *
 * Return: 0 to @nr - 1, each one in a schedule of its own
 */
int x_choose(int nr, const struct x_site *site)
{
	x_self()->nr = nr;
	x_point(X_CHOOSE, NULL, site);
	return x_self()->nr;
}

/*
 * A lock that is not there, or not any more, does not keep the thread: it has
 * to go on and touch it to be found out.
 */
static bool lock_is_free(const void *lock)
{
	if ((unsigned long)lock < (1UL << 20) ||
	    !x_addressable(lock, sizeof(u64)))
		return true;
	return !*(const u64 *)lock;
}

/**
 * sched_enabled() - may the thread go on?
 * @tid: thread
 *
 * Return: true if it may
 */
bool sched_enabled(int tid)
{
	const struct x_thread *t = &x->t[tid];

	if (t->done)
		return false;
	switch (t->op) {
	case X_LOCK:
		return lock_is_free(t->obj);
	case X_WAIT:
		return t->cond(t->obj);
	case X_YIELD:
		return t->moved >> t->nr & 1;
	case X_EXIT:
		return false;
	default:
		return true;
	}
}

/**
 * sched_run() - let a thread do a step
 * @tid: thread, which must be enabled
 *
 * Returns when it has come to its next scheduling point, or has made a bug
 * (report_ended()).
 */
void sched_run(int tid)
{
	x->cur = tid;
	x->steps++;
	access_begin();
	x_tracking = true;
	sched_switch(&x_main_sp, x->t[tid].sp);
	x_tracking = false;
	if (x->t[tid].op == X_EXIT)
		x->t[tid].done = true;
}

/**
 * sched_abort() - leave the thread that runs where it is, for good
 */
void sched_abort(void)
{
	void *nowhere;

	sched_switch(&nowhere, x_main_sp);
	abort();
}
