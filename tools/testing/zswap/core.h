/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the explorer itself share. Not for model or scenarios. */
#ifndef _ZSWAP_CORE_H
#define _ZSWAP_CORE_H

#include <stdio.h>

#include "include/explorer.h"

/*
 * Fixed addresses: a pointer has the same value in each run and schedule, so
 * that hashes and replay strings do too.
 */
#define X_ARENA		0x10000000UL
#define X_ARENA_SIZE	(32UL << 20)
#define X_STACK		(64UL << 10)
#define X_PRIVATE_SIZE	((1UL + X_THREADS) * X_STACK)

#define X_MAX_STEPS	20000		/* a schedule that long is a livelock */

static inline u64 x_mix(u64 h)
{
	/* the finalizer of splitmix64 */
	h ^= h >> 30;
	h *= 0xbf58476d1ce4e5b9ULL;
	h ^= h >> 27;
	h *= 0x94d049bb133111ebULL;
	return h ^ (h >> 31);
}

/* The linker's: the variables of the code under test, and the program. */
extern char __start_tested_data[], __stop_tested_data[];
extern char __start_tested_bss[], __stop_tested_bss[];
extern char __executable_start[], _end[];

/* access.c */
struct x_mark {
	u32 mem;
	u32 word;
	u32 shadow;
};

void *access_map(unsigned long at, size_t size);
void access_init(void);
void access_forget(void);
void access_begin(void);
u64 access_hash(u64 h);
enum x_shared { X_NOT_SHARED, X_SHARED_READ, X_SHARED_WRITE };
enum x_shared access_end(int tid, u64 h, bool learn);
void access_mark(struct x_mark *mark);
void access_undo(const struct x_mark *mark);
u64 access_digest(void);
void access_free(unsigned long addr, size_t len);
void access_save(void *p, size_t len);
void access_shadow(unsigned long addr, size_t len, u8 val);
u8 access_shadow_at(unsigned long addr);
extern bool x_tracking;		/* a step runs: check, log and remember */
extern unsigned int x_stacks_changed;	/* by other threads, a bit each */
extern bool x_grown;		/* a word turned out to be shared */

#define SHADOW_NONE	0	/* never allocated */
#define SHADOW_FREED	0xfd
#define SHADOW_OK	8	/* 1..7: only the first bytes of the word */

/* arena.c */
struct x_object {	/* stands right before each object, but for pages */
	const struct x_site *alloc;
	const struct x_site *free;	/* NULL while it is in use */
	u32 free_tid;
	u32 size;
	u32 tag;
	u32 pad[9];	/* 64 bytes: objects are aligned to 16 */
};

const struct x_object *arena_find(unsigned long addr);
void arena_ranges(void (*fn)(unsigned long from, unsigned long to, void *arg),
		  void *arg);
void arena_begin(void);
extern unsigned int arena_recycle;

/* sched.c */
extern void *x_main_sp;
void sched_init(void);
void sched_reset(void);
void sched_run(int tid);
bool sched_enabled(int tid);
[[gnu::noreturn]]
void sched_abort(void);
void sched_switch(void **save, void *load);
void sched_start(void);
[[gnu::noreturn, gnu::used]]
void sched_enter(int tid);

/* explore.c */
#define X_UNBOUNDED	31	/* as many preemptions as there are steps */

struct x_stats {
	u64 schedules;	/* complete ones */
	u64 pruned;	/* ended where another one had been */
	u64 steps;
	u64 begun;	/* all, with those of earlier rounds and random ones */
	u32 longest;
	double seconds;
	unsigned int met;	/* what schedules have come to, see x_met() */
	bool cut;	/* ended early: x_first, x_until, x_seconds */
};

struct x_path {
	s8 tid;
	s8 choice;
};

extern struct x_path x_path[X_MAX_STEPS + 1];
extern struct x_stats x_stats;
extern bool x_reduce;
extern bool x_unchecked;	/* accesses are logged, but not checked */
extern bool x_first;		/* stop at the first finding */
extern const char *x_until;	/* stop when all of these were found: B1,B4 */
extern double x_seconds;	/* stop a search after so long, if not 0 */
void explore_begin(const struct x_scenario *sc);
void explore_dfs(int bound);
bool explore_self_test(const struct x_scenario *sc, int bound);
void explore_random(u64 seed, u64 count);
char *explore_string(void);
int explore_replay(const char *string);

/* report.c */
struct x_finding {
	char class[24];
	char bug[8];		/* B1.., or empty */
	char text[200];
	char *replay;
	int events;		/* that led to it, if x_tracing is set */
	const struct x_site *site;
	unsigned long pc;
	int tid;
	enum x_phase phase;
	u64 times;
	u64 schedule;	/* the first one that has it */
	bool recycled;	/* in each of them the address of an entry came back */
};

extern struct x_finding x_findings[64];
extern int x_nr_findings;
extern bool x_tracing;
void report_reset(void);
void report_schedule_begin(void);
void report_schedule_end(void);
[[gnu::noreturn, gnu::cold]]
void report_bug_pc(const char *class, unsigned long pc, unsigned long addr,
		   const char *how);
[[gnu::noinline]]
void report_after_submit(unsigned long addr, unsigned long pc);
void report_bug_main(const char *class, const struct x_site *site,
		     const char *text);
bool report_ended(void);
void report_step(int tid, const struct x_site *site, bool shared);
void report_timeline(const struct x_finding *f);
void report_seek(const struct x_finding *f);
int report_trace(FILE *out);
void report_turns(const struct x_finding *f);
const char *report_where(const struct x_finding *f);
const char *report_name(const struct x_finding *f);
void report_json(FILE *f, const char *s);
extern u32 x_most[X_COUNTS];
extern u64 x_sum[X_COUNTS];

/* scenarios/scenarios.h: made by the linker of one pointer in each file there */
extern const struct x_scenario *const __start_x_scenario_list[];
extern const struct x_scenario *const __stop_x_scenario_list[];

#endif /* _ZSWAP_CORE_H */
