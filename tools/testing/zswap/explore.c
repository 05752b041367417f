// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which thread takes the next step: every way there is, a random one, or the
 * one of a replay string.
 *
 * The exhaustive search is depth first, in the order of fewest preemptions. A
 * preemption is a switch away from a thread that could have gone on; the bound
 * limits how many a schedule may have. A switch at a point where the thread
 * blocks, polls or ends is free.
 *
 * Two reductions, both sound under a bound (Documentation/zswap-explorer.rst
 * has the argument, --self-test compares them with a search without any):
 *
 * - A state that was reached before, by the same steps in an order that differs
 *   for independent steps only, is not searched again, if it was searched
 *   with at least as many preemptions left and the same thread running.
 *
 * - A thread is not preempted before a step that touches no word that another
 *   thread's step may conflict with: it may as well be preempted after it. What
 *   words those are is learned; when a new one turns up, the search starts
 *   again with what is known by then, and only a search that learned nothing
 *   counts.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "core.h"

#define IMAGES		(256UL << 20)
#define MAX_ALTS	(X_THREADS + 2)

/**
 * struct node - a decision that has alternatives left
 * @st:		the state before it
 * @mark:	same, of the logs of memory
 * @img:	same, of the stack images
 * @alts:	what has not been tried
 * @nr:		how many
 * @preempts:	@alts are preemptions of the thread that was let go on
 */
struct node {
	struct x_state st;
	struct x_mark mark;
	u32 img;
	struct x_path alts[MAX_ALTS];
	int nr;
	bool preempts;
};

/*
 * A state that has been searched is a word: the upper bits of its signature, and
 * with how many preemptions left; without a bound that is X_UNBOUNDED.
 */
#define VISIT_LEFT	((unsigned long)X_UNBOUNDED)

struct x_path x_path[X_MAX_STEPS + 1];
struct x_stats x_stats;
bool x_reduce = true;
bool x_unchecked;
bool x_first;
const char *x_until;
double x_seconds;

static struct node *nodes;
static int nr_nodes;
static char *images;
static u32 img_top;
static u64 *visits;	/* open hash */
static u64 visits_size, nr_visits;
static bool relied;		/* a preemption was left out */
static bool local;		/* the last step touched nothing that is shared */

/* The state after set-up: where each schedule begins. */
static struct node start;

/* -- stacks and states ----------------------------------------------------- */

static void save_stack(int tid)
{
	struct x_thread *t = &x->t[tid];
	u64 top = X_PRIVATE + (tid + 2) * X_STACK;

	t->img_len = top - (u64)t->sp;
	if (img_top + t->img_len > IMAGES) {
		fprintf(stderr, "explorer: out of room for stacks\n");
		exit(2);
	}
	t->img = img_top;
	memcpy(images + img_top, t->sp, t->img_len);
	img_top += t->img_len;
}

static size_t state_size(const struct x_state *st)
{
	return offsetof(struct x_state, t) + st->nr * sizeof(st->t[0]);
}

static void save(struct node *n)
{
	if (x->cur >= 0)
		save_stack(x->cur);
	memcpy(&n->st, x, state_size(x));
	access_mark(&n->mark);
	n->img = img_top;
}

static void restore(const struct node *n)
{
	int i;

	access_undo(&n->mark);
	memcpy(x, &n->st, state_size(&n->st));
	img_top = n->img;
	for (i = 0; i < x->nr; i++)
		if (!x->t[i].done)
			memcpy(x->t[i].sp, images + x->t[i].img, x->t[i].img_len);
}

/* -- steps ----------------------------------------------------------------- */

/* Let @p->tid do a step. Returns true if it may conflict with another's. */
static bool step(struct x_path p)
{
	struct x_thread *t = &x->t[p.tid];
	const struct x_site *site = t->site;
	enum x_op op = t->op;
	u64 hash;
	enum x_shared shared;
	int i;

	if (x->cur != p.tid && x->cur >= 0 && !x->t[x->cur].done)
		save_stack(x->cur);
	if (op == X_CHOOSE)
		t->nr = p.choice;
	x_path[x->steps] = p;
	sched_run(p.tid);
	for (i = 0; x_stacks_changed; i++, x_stacks_changed >>= 1)
		if (x_stacks_changed & 1 && !x->t[i].done)
			save_stack(i);
	x_stats.steps++;
	if (x->checking) {
		/* there is no way but this one from here to the end */
		if (x_tracing)
			report_step(p.tid, site, false);
		return false;
	}
	hash = access_hash(t->hash ^ (op == X_CHOOSE ? p.choice + 1 : 0));
	shared = access_end(p.tid, hash, x->started);
	if (x_tracing)
		report_step(p.tid, site, shared && op != X_AFTER);
	x->sig += hash;
	t->hash = hash;
	/* who polls must not be woken by who only polls, too */
	if (shared == X_SHARED_WRITE)
		for (i = 0; i < x->nr; i++)
			if (i != p.tid)
				x->t[i].moved = 0xff;
	/* a thread that is at a choice is not preempted there */
	return shared || op == X_YIELD || t->op == X_YIELD || t->op == X_CHOOSE;
}

/* Does the schedule wait for the thread to finish? */
static bool unfinished(int tid)
{
	return !x->t[tid].done && x_info[tid].role != X_ROLE_DAEMON &&
	       (x_info[tid].role != X_ROLE_CHECK || x->checking);
}

static bool runnable(int tid)
{
	if (x_info[tid].role == X_ROLE_CHECK && !x->checking)
		return false;
	return sched_enabled(tid);
}

/*
 * What may come next: the thread that runs, if it can go on, and then the
 * others. Returns how many, and in @preempts whether all but the first one cost
 * a preemption.
 */
static int candidates(struct x_path *c, bool *preempts)
{
	int nr = 0, i;

	*preempts = false;
	if (x->cur >= 0 && runnable(x->cur)) {
		struct x_thread *t = &x->t[x->cur];

		*preempts = t->op != X_YIELD;
		if (t->op == X_CHOOSE) {
			*preempts = false;
			for (i = 0; i < t->nr && nr < MAX_ALTS; i++)
				c[nr++] = (struct x_path){ x->cur, i };
			return nr;
		}
		c[nr++] = (struct x_path){ x->cur, 0 };
	}
	for (i = 0; i < x->nr; i++)
		if (i != x->cur && runnable(i))
			c[nr++] = (struct x_path){ i, 0 };
	if (x->checking && nr > 1)
		nr = 1;
	return nr;
}

static const char *waits_for(const struct x_thread *t)
{
	return t->op == X_LOCK ? "a lock" : t->op == X_YIELD ? "polls" :
	       "a condition";
}

static void deadlock(void)
{
	const struct x_site *site = NULL;
	char text[200] = "";
	size_t len = 0;
	int i;

	for (i = 0; i < x->nr; i++) {
		struct x_thread *t = &x->t[i];

		if (!unfinished(i))
			continue;
		if (!site)
			x->cur = i;
		site = t->site;
		len += snprintf(text + len, sizeof(text) - len,
				"%s%s waits: %s in %s (%s:%d)", len ? "; " : "",
				x_info[i].name, waits_for(t), site->func,
				site->file, site->line);
		if (len >= sizeof(text))
			break;
	}
	report_bug_main("deadlock", site, text);
}

/*
 * Nobody can go on: let the check run, or this is the end of the schedule.
 * Returns true if it goes on.
 */
static bool nobody(void)
{
	int i;

	for (i = 0; i < x->nr; i++)
		if (unfinished(i)) {
			deadlock();
			return false;
		}
	for (i = 0; i < x->nr; i++)
		if (x_info[i].role == X_ROLE_CHECK && !x->t[i].done) {
			x->checking = true;
			return true;
		}
	return false;
}

/*
 * The states that schedules end in, for the self-test: how many different ones,
 * and how many that the search before this one has not come to.
 */
static u64 *ends, *ends_before;
static u64 nr_ends, new_ends;

#define ENDS		(4UL << 20)

static u64 *end_of(u64 *table, u64 key)
{
	u64 i = key & (ENDS - 1);

	while (table[i] && table[i] != key)
		i = (i + 1) & (ENDS - 1);
	return &table[i];
}

static void note_end(void)
{
	u64 key = access_digest() | 1, *end = end_of(ends, key);

	if (*end)
		return;
	*end = key;
	if (ends_before && !*end_of(ends_before, key))
		new_ends++;
	if (++nr_ends > ENDS / 2) {
		fprintf(stderr, "explorer: too many states for a self-test\n");
		exit(2);
	}
}

static void count_schedule(void)
{
	if (x->steps > x_stats.longest)
		x_stats.longest = x->steps;
	x_stats.schedules++;
	x_stats.begun++;
	x_stats.met |= x->met;
	report_schedule_end();
}

static void schedule_ends(void)
{
	if (ends && !report_ended())
		note_end();
	count_schedule();
}

static bool too_long(void)
{
	if (x->steps < X_MAX_STEPS)
		return false;
	report_bug_main("livelock", x_self()->site, "the schedule does not end");
	return true;
}

/* -- what has been searched ------------------------------------------------ */

static void visits_clear(u64 size)
{
	if (visits)
		munmap(visits, visits_size * sizeof(*visits));
	visits_size = size;
	visits = access_map(0, size * sizeof(*visits));
	nr_visits = 0;
}

static u64 *visit_of(u64 key)
{
	u64 i = key / (VISIT_LEFT + 1) & (visits_size - 1);

	while (visits[i] && (visits[i] ^ key) > VISIT_LEFT)
		i = (i + 1) & (visits_size - 1);
	return &visits[i];
}

static void visits_grow(void)
{
	u64 *old = visits;
	u64 size = visits_size, i;

	visits = NULL;
	visits_clear(size * 2);
	for (i = 0; i < size; i++)
		if (old[i]) {
			*visit_of(old[i]) = old[i];
			nr_visits++;
		}
	munmap(old, size * sizeof(*old));
}

/* Has this state been searched with at least @left preemptions? */
static bool visited(int left)
{
	u64 key = x->sig;
	u64 *v;
	int i;

	/* what the signature of the steps does not tell */
	for (i = 0; i < x->nr; i++)
		if (!x->t[i].done)
			key += x_mix(i * 256 + x->t[i].moved);
	key = x_mix(key + x->cur + 1) | VISIT_LEFT;
	v = visit_of(key);
	if (*v && (*v & VISIT_LEFT) >= left)
		return true;
	if (!*v)
		nr_visits++;
	*v = (key ^ VISIT_LEFT) + left;
	if (nr_visits * 4 > visits_size * 3)
		visits_grow();
	return false;
}

/* -- depth first ----------------------------------------------------------- */

static void push(const struct x_path *alts, int nr, bool preempts)
{
	struct node *n = &nodes[nr_nodes++];

	save(n);
	memcpy(n->alts, alts, nr * sizeof(*alts));
	n->nr = nr;
	n->preempts = preempts;
}

static void take(struct x_path p)
{
	bool pushed = nr_nodes && nodes[nr_nodes - 1].st.steps == x->steps &&
		      nodes[nr_nodes - 1].preempts;

	local = !step(p);
	if (!local || !x_reduce || !pushed || report_ended())
		return;
	/* nobody can tell whether the preemption came before or after this step */
	if (x->cur == nodes[nr_nodes - 1].st.cur) {
		relied = true;
		nr_nodes--;
	}
}

static int preemptions_left(int bound)
{
	return bound == X_UNBOUNDED ? bound : bound - x->preempt;
}

/* Take the next step forward. Returns false if there is none. */
static bool forward(int bound)
{
	struct x_path c[MAX_ALTS];
	bool preempts;
	int nr;

	if (report_ended() || too_long())
		return false;
	nr = candidates(c, &preempts);
	if (!nr) {
		if (!nobody()) {
			schedule_ends();
			return false;
		}
		if (!x_reduce || !visited(0))
			return true;
		/* the check has been done in this state */
		count_schedule();
		return false;
	}
	if (x->checking) {
		step(c[0]);
		return true;
	}
	/* a step that concerns nobody else leads from a known state to a known one */
	if (x_reduce && nr > 1 && !local && visited(preemptions_left(bound))) {
		x_stats.pruned++;
		x_stats.begun++;
		return false;
	}
	if (preempts && !preemptions_left(bound))
		nr = 1;
	if (nr > 1)
		push(c + 1, nr - 1, preempts);
	take(c[0]);
	return true;
}

/* Go back to the last decision that has an alternative, and take that. */
static bool back(void)
{
	struct x_path p;
	struct node *n;

	if (!nr_nodes)
		return false;
	n = &nodes[nr_nodes - 1];
	restore(n);
	report_schedule_begin();
	p = n->alts[--n->nr];
	if (n->preempts)
		x->preempt++;
	if (!n->nr)
		nr_nodes--;
	local = !step(p);
	return true;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* The time for a search that began at @t0 is over. */
static bool late(double t0)
{
	x_stats.cut = x_seconds > 0 && now() - t0 > x_seconds;
	return x_stats.cut;
}

static bool found(const char *name, size_t len)
{
	int i;

	for (i = 0; i < x_nr_findings; i++)
		if (!strncmp(report_name(&x_findings[i]), name, len) &&
		    !report_name(&x_findings[i])[len])
			return true;
	return false;
}

/* Has all been found that the search is for? */
static bool enough(void)
{
	const char *at = x_until;
	size_t len;

	if (!x_nr_findings || !(x_first || x_until))
		return false;
	for (; at && *at; at += len + (at[len] == ',')) {
		len = strcspn(at, ",");
		if (!found(at, len))
			return false;
	}
	x_stats.cut = true;
	return true;
}

static void dfs_round(int bound, double t0)
{
	restore(&start);
	report_schedule_begin();
	nr_nodes = 0;
	local = false;
	visits_clear(1 << 16);
	do {
		while (forward(bound))
			;
		if (report_ended())
			schedule_ends();
	} while (!enough() && !late(t0) && back());
}

static void random_walks(u64 seed, u64 count);

#define LEARN	200	/* random schedules, to learn which words are shared */

/**
 * explore_dfs() - all schedules with at most so many preemptions
 * @bound:	preemptions, less than X_UNBOUNDED, or that
 */
void explore_dfs(int bound)
{
	double t0 = now();

	memset(&x_stats, 0, sizeof(x_stats));
	if (x_reduce)
		random_walks(1, LEARN);
	do {
		x_grown = false;
		relied = false;
		x_stats = (struct x_stats){ .begun = x_stats.begun };
		report_reset();
		dfs_round(bound, t0);
	} while (x_grown && relied && !x_stats.cut);
	x_stats.seconds = now() - t0;
}

static void all_ends(int bound, bool reduce)
{
	ends_before = ends;
	ends = access_map(0, ENDS * sizeof(*ends));
	nr_ends = 0;
	new_ends = 0;
	x_reduce = reduce;
	explore_dfs(bound);
}

static void free_ends(void)
{
	munmap(ends_before, ENDS * sizeof(*ends));
	munmap(ends, ENDS * sizeof(*ends));
	ends_before = NULL;
	ends = NULL;
}

/**
 * explore_self_test() - does the reduction leave anything out?
 * @sc:		scenario, explore_begin() was called with it
 * @bound:	preemptions; without a reduction 2 is a lot
 *
 * With reduction a preemption that may have come after a step is not counted, so
 * that search goes a bit beyond the bound, and may come to more.
 *
 * Return: true if a search without reduction comes to no final state and to no
 * finding that one with it has not come to
 */
bool explore_self_test(const struct x_scenario *sc, int bound)
{
	u64 nr, schedules;
	int found;

	all_ends(bound, true);
	nr = nr_ends;
	found = x_nr_findings;
	schedules = x_stats.schedules;
	all_ends(bound, false);
	printf("%-28s bound %d: %lu states at the end, %d found, by %lu schedules;",
	       sc->name, bound, nr, found, schedules);
	printf(" without reduction %lu, %d, %lu; left out %lu\n", nr_ends,
	       x_nr_findings, x_stats.schedules, new_ends);
	nr = new_ends;
	free_ends();
	return !nr && found >= x_nr_findings;
}

/* -- set-up ---------------------------------------------------------------- */

static void run_setup(void *arg)
{
	const struct x_scenario *sc = arg;

	model_boot(!sc->off);
	sc->setup();
}

static void run_check(void *arg)
{
	model_final();
}

/* Let the set-up run, and the daemons when it waits for them. */
static void settle(void)
{
	int i;

	while (!report_ended() && !too_long()) {
		for (i = 0; i < x->nr; i++)
			if ((!i || x_info[i].role == X_ROLE_DAEMON) &&
			    sched_enabled(i))
				break;
		if (i == x->nr)
			break;
		step((struct x_path){ i, 0 });
	}
	if (!report_ended() && x->t[0].done)
		return;
	if (!report_ended())
		deadlock();
	report_schedule_end();
	fprintf(stderr, "explorer: the set-up fails: %s: %s\n",
		x_findings[0].class, x_findings[0].text);
	exit(2);
}

/**
 * explore_begin() - boot the model and run the set-up of a scenario
 * @sc: scenario
 *
 * What the set-up spawns waits at its beginning.
 */
void explore_begin(const struct x_scenario *sc)
{
	static const struct x_mark zero;
	int i;

	if (!nodes) {
		nodes = access_map(0, (X_MAX_STEPS + 1) * sizeof(*nodes));
		images = access_map(0, IMAGES);
	}
	access_undo(&zero);
	access_forget();
	arena_begin();
	sched_reset();
	report_reset();
	img_top = 0;
	x->cur = -1;
	x_spawn("setup", X_ROLE_USER, run_setup, (void *)sc);
	settle();
	x_spawn("check", X_ROLE_CHECK, run_check, NULL);
	for (i = 0; i < x->nr; i++)
		if (!x->t[i].done)
			save_stack(i);
	x->cur = -1;
	x->steps = 0;
	x->sig = 0;
	x->started = true;
	memset(x->count, 0, sizeof(x->count));
	save(&start);
}

/* -- random ---------------------------------------------------------------- */

static u64 rng;

static u64 rnd(u64 below)
{
	rng += 0x9e3779b97f4a7c15ULL;
	return x_mix(rng) % below;
}

#define CHANGES		3	/* of priorities in a schedule, PCT's depth - 1 */

/**
 * struct pct - probabilistic concurrency testing (Burckhardt et al., 2010)
 * @prio:	of the threads, the highest one that can runs
 * @at:		steps at which the one that runs gets the lowest
 */
struct pct {
	int prio[X_THREADS];
	u32 at[CHANGES];
};

static void pct_begin(struct pct *pct, u32 length)
{
	int i;

	for (i = 0; i < X_THREADS; i++)
		pct->prio[i] = CHANGES + rnd(1000);
	for (i = 0; i < CHANGES; i++)
		pct->at[i] = rnd(length + 1);
}

static int pct_pick(struct pct *pct, const struct x_path *c, int nr)
{
	int best = 0, i;

	for (i = 0; i < CHANGES; i++)
		if (pct->at[i] == x->steps && x->cur >= 0)
			pct->prio[x->cur] = i;
	for (i = 1; i < nr; i++)
		if (pct->prio[c[i].tid] > pct->prio[c[best].tid])
			best = i;
	return best;
}

/* One schedule; @pct is NULL for one that is all random. */
static void random_walk(struct pct *pct)
{
	struct x_path c[MAX_ALTS];
	bool preempts;
	int nr;

	restore(&start);
	report_schedule_begin();
	while (!report_ended() && !too_long()) {
		nr = candidates(c, &preempts);
		if (!nr && !nobody())
			break;
		if (!nr)
			continue;
		if (x->checking)
			step(c[0]);
		else if (pct && nr > 1 && c[0].tid != c[1].tid)
			step(c[pct_pick(pct, c, nr)]);
		else
			step(c[rnd(nr)]);
	}
	schedule_ends();
}

static void random_walks(u64 seed, u64 count)
{
	struct pct pct;
	u64 i;

	for (i = 0; i < count; i++) {
		rng = x_mix(seed + i * 0x9e3779b97f4a7c15ULL);
		pct_begin(&pct, x_stats.longest);
		random_walk(i % 2 ? &pct : NULL);
	}
}

/**
 * explore_random() - random schedules, every second one by PCT
 * @seed:	the same seed gives the same schedules
 * @count:	how many
 */
void explore_random(u64 seed, u64 count)
{
	double t0 = now();

	memset(&x_stats, 0, sizeof(x_stats));
	report_reset();
	random_walks(seed, count);
	x_stats.seconds = now() - t0;
}

/* -- replay ---------------------------------------------------------------- */

/**
 * explore_string() - the schedule that has just run, for --replay
 *
 * "b12d3b!1b5": 12 steps of thread b, 3 of d, one of b in which x_choose()
 * gives 1, 5 more of b. To be freed by the caller.
 *
 * Return: the string
 */
char *explore_string(void)
{
	size_t size = x->steps * 4 + 16, len = 0;
	char *s = malloc(size);
	u32 i, n;

	s[0] = 0;
	for (i = 0; i < x->steps; i += n) {
		struct x_path p = x_path[i];

		for (n = 1; !p.choice && i + n < x->steps &&
		     x_path[i + n].tid == p.tid && !x_path[i + n].choice; n++)
			;
		if (p.choice)
			len += snprintf(s + len, size - len, "%c!%d",
					'a' + p.tid, p.choice);
		else
			len += snprintf(s + len, size - len, "%c%u",
					'a' + p.tid, n);
	}
	return s;
}

/* The next token. Returns false at the end, or if it makes no sense. */
static bool token(const char **s, struct x_path *p, unsigned long *n)
{
	const char *at = *s;
	char *end;

	if (*at < 'a' || *at >= 'a' + X_THREADS)
		return false;
	p->tid = *at++ - 'a';
	p->choice = 0;
	*n = 1;
	if (*at == '!')
		p->choice = strtoul(at + 1, &end, 10);
	else
		*n = strtoul(at, &end, 10);
	*s = end;
	return end != at;
}

/**
 * explore_replay() - one schedule
 * @string:	what explore_string() has returned; where it ends, the threads go
 *		on without preemptions
 *
 * Return: 0, or -1 if the schedule is not one of this scenario and tree
 */
int explore_replay(const char *string)
{
	struct x_path c[MAX_ALTS], p;
	unsigned long n;
	bool preempts;
	int nr;

	restore(&start);
	report_schedule_begin();
	while (!report_ended() && token(&string, &p, &n)) {
		for (; n && !report_ended(); n--) {
			/* the check begins when nobody else can go on */
			nr = candidates(c, &preempts);
			if (!nr && !nobody())
				return -1;
			if (p.tid >= x->nr || !runnable(p.tid) || too_long())
				return -1;
			step(p);
		}
	}
	if (*string && !report_ended())
		return -1;
	while (!report_ended() && !too_long()) {
		nr = candidates(c, &preempts);
		if (!nr && !nobody())
			break;
		if (nr)
			step(c[0]);
	}
	schedule_ends();
	return 0;
}
