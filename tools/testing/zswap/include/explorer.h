/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the explorer offers to the model, the scenarios and to itself.
 *
 * Two kinds of code live in one program. The kernel's files, the model and the
 * scenarios are compiled with -fsanitize=thread: each of their loads and stores
 * calls access.c, which checks it, notes it for the reduction, and remembers
 * the old value so that a schedule can be taken back. The explorer itself is
 * not instrumented, and keeps what belongs to a schedule in one struct x_state.
 */
#ifndef _ZSWAP_EXPLORER_H
#define _ZSWAP_EXPLORER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* the shim has them, with the kernel's names */
#ifndef _ZSWAP_DUP_H
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
#endif

#define X_THREADS	10	/* of a scenario, with the ones of the model */
#define X_TAGS		16
#define X_NAME		32

/* Where in the source something happens. */
struct x_site {
	const char *file;
	const char *func;
	const char *what;
	int line;
};

#define X_SITE(_what) ({						\
	static const struct x_site __x_site = {				\
		.file = __FILE__, .func = __func__,			\
		.what = (_what), .line = __LINE__,			\
	};								\
	&__x_site;							\
})

/* Same, of something that has the name of the function that it is in. */
#define X_HERE		X_SITE(__func__)

/* What a thread does next, and so when the scheduler may let it. */
enum x_op {
	X_RUN,		/* anything that cannot block */
	X_AFTER,	/* same, it goes on after it has let go of something */
	X_LOCK,		/* takes the lock word @obj, runs when that is 0 */
	X_WAIT,		/* runs when @cond(@obj) is true */
	X_YIELD,	/* polls: runs if a thread has changed something, see x_poll() */
	X_CHOOSE,	/* asks the explorer for one of @nr outcomes */
	X_EXIT,
};

/* How far the writeback of an entry has come; tells B1, B2 and B5 apart. */
enum x_phase {
	X_PHASE_NONE,
	X_PHASE_LOOKUP,		/* before it has tried to pin the slot */
	X_PHASE_UNPINNED,	/* the swap cache folio is another one's, or none */
	X_PHASE_PINNED,		/* it holds its own swap cache folio, locked */
	X_PHASE_SUBMITTED,	/* __swap_writepage() has let go of the folio */
};

enum x_role {
	X_ROLE_USER,
	X_ROLE_WRITEBACK,
	X_ROLE_SWAPOFF,
	X_ROLE_DAEMON,		/* never finishes: I/O, work queue, RCU */
	X_ROLE_CHECK,		/* runs when all others have finished */
};

/* What an object of the arena is, for leaks and for R5. */
enum x_tag {
	X_TAG_KMALLOC,
	X_TAG_PAGE,
	X_TAG_ENTRY,
	X_TAG_TREE,
	X_TAG_OBJCG,
	X_TAG_BIO,
	X_TAG_COMP,
	X_TAG_LOCKED,	/* no object: folios that are locked */
};

/* What may get the address of one of its kind that was freed, see arena.c. */
enum x_recycled {
	X_RECYCLED_ENTRY,
	X_RECYCLED_PAGE,
	X_RECYCLED,
};

#define X_FREED		3	/* of each kind, that are known */

/**
 * struct x_thread - a thread of the schedule; copied with each decision
 * @sp:		its stack pointer while it does not run
 * @img:	where its stack was saved when it last stopped
 * @img_len:	how much of it
 * @hash:	of the steps it has done, see access.c
 * @op:		what it does next
 * @obj:	the lock or the argument of @cond
 * @cond:	when X_WAIT may go on
 * @site:	where that is
 * @nr:		outcomes of X_CHOOSE, and then the one chosen; level of X_YIELD
 * @atomic:	how many spinlocks it holds
 * @bh_off:	how often it has disabled bottom halves
 * @irqs_off:	it has interrupts off
 * @active_memcg: what is charged instead of its own cgroup, or NULL
 * @phase:	of its writeback
 * @moved:	a bit for each level of polling: another thread has changed something
 * @done:	it has finished
 * @small:	bytes taken from its part of the arena
 * @pages:	pages taken from its part of the arena
 * @taken:	@taken of struct x_state when its writeback last looked for the entry
 */
struct x_thread {
	void *sp;
	u32 img;
	u32 img_len;
	u64 hash;
	enum x_op op;
	const void *obj;
	bool (*cond)(const void *obj);
	const struct x_site *site;
	int nr;
	int atomic;
	int bh_off;
	bool irqs_off;
	void *active_memcg;
	enum x_phase phase;
	u8 moved;
	bool done;
	u32 small;
	u32 pages;
	u32 taken;
};

/* What writeback does in a schedule, for --count. */
enum x_count {
	X_COUNT_LOOKUP,
	X_COUNT_TREE_LOCK,
	X_COUNT_LRU_LOCK,
	X_COUNT_ALLOC,
	X_COUNT_LOST,		/* the slot had a folio in the swap cache already */
	X_COUNT_WRITTEN,
	X_COUNTS,
};

/**
 * struct x_state - all of a schedule that is not memory of kernel or model
 * @nr:		threads
 * @cur:	the one that ran last
 * @sig:	of the steps done: equal when only independent steps differ in order
 * @steps:	done in this schedule
 * @preempt:	preemptions used
 * @faults:	failures injected
 * @taken:	how often a slot was to hold another page
 * @met:	see x_met()
 * @freed:	addresses that may be handed out again, ascending, then zeros
 * @recycled:	how often that was done
 * @started:	the set-up is done
 * @checking:	the threads of the scenario are done, its check runs
 * @live:	objects of the arena by tag
 * @count:	see enum x_count
 * @t:		the threads; last, so that not all of them need to be copied
 */
struct x_state {
	int nr;
	int cur;
	u64 sig;
	u32 steps;
	int preempt;
	int faults;
	u32 taken;
	unsigned int met;
	unsigned long freed[X_RECYCLED][X_FREED];
	u32 recycled[X_RECYCLED];
	bool started;
	bool checking;
	int live[X_TAGS];
	u32 count[X_COUNTS];
	struct x_thread t[X_THREADS];
};

/* What does not change while a scenario is explored. */
struct x_thread_info {
	char name[X_NAME];
	enum x_role role;
	void (*fn)(void *arg);
	void *arg;
};

/**
 * struct x_scenario - one file in scenarios/, or one part of self-test.c
 * @name:	for --scenario
 * @what:	one line for --list
 * @setup:	builds the state that the threads start from, then x_spawn()s them
 * @met:	what some schedule must have met, see x_met(); or it is "vacuous"
 * @off:	zswap is not enabled at boot
 * @triple:	three or more threads, or very many steps: the default bound is 2
 * @bound:	of a self-test
 * @finds:	class of what a self-test has to find, NULL if that is nothing
 */
struct x_scenario {
	const char *name;
	const char *what;
	void (*setup)(void);
	unsigned int met;
	bool off;
	bool triple;
	int bound;
	const char *finds;
};

/* self-test.c: up to one without a name */
extern const struct x_scenario x_self_tests[];

/* At a fixed address, for the reason given in core.h; the stacks follow. */
#define X_PRIVATE	0x20000000UL
static struct x_state *const x = (struct x_state *)X_PRIVATE;

extern struct x_thread_info x_info[X_THREADS];

static inline struct x_thread *x_self(void)
{
	return &x->t[x->cur];
}

/* sched.c: called by the threads */
void x_spawn(const char *name, enum x_role role, void (*fn)(void *), void *arg);
void x_point(enum x_op op, const void *obj, const struct x_site *site);
void x_wait(bool (*cond)(const void *), const void *arg,
	    const struct x_site *site);
void x_poll(int level);
void x_yield(int level, const struct x_site *site);
int x_choose(int nr, const struct x_site *site);

/* access.c: what kernel and model do to memory other than by plain C */
void x_read(const void *p, size_t len);
void x_write(const void *p, size_t len);
void x_fill(void *p, int c, size_t len);
void x_copy(void *to, const void *from, size_t len);
void x_add(int *p, int n);
void x_add_long(long *p, long n);
bool x_addressable(const void *p, size_t len);

/* arena.c */
void *x_alloc(size_t size, enum x_tag tag, const struct x_site *site);
void *x_alloc_pages(unsigned int nr, const struct x_site *site);
void x_free(const void *p, const struct x_site *site);
void x_free_page(const void *p, const struct x_site *site);

/* report.c: a finding ends the schedule, a remark does not */
[[gnu::noreturn, gnu::format(printf, 3, 4)]]
void x_bug(const char *class, const struct x_site *site, const char *fmt, ...);
[[gnu::format(printf, 3, 4)]]
void x_remark(const char *class, const struct x_site *site, const char *fmt, ...);
[[gnu::format(printf, 1, 2)]]
void x_note(const char *fmt, ...);

/* if it is writeback that does it */
static inline void x_count(enum x_count what)
{
	if (x_info[x->cur].role == X_ROLE_WRITEBACK)
		x->count[what]++;
}

/* this schedule has come to something, a bit of the model's */
static inline void x_met(unsigned int what)
{
	x->met |= what;
}

/* model.c */
void model_boot(bool zswap);
void model_final(void);

#endif /* _ZSWAP_EXPLORER_H */
