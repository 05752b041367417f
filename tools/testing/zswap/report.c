// SPDX-License-Identifier: GPL-2.0-only
/*
 * What has been found, and how it came to it.
 *
 * A finding is told once for each place and kind, with the first schedule that
 * has it. For the timeline that schedule is run again with x_tracing set.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core.h"

#define MAX_EVENTS	8192
#define COLUMN		44

/* A line of the timeline. */
struct event {
	const struct x_site *site;
	int tid;
	bool shared;
	char note[120];
};

struct x_finding x_findings[64];
int x_nr_findings;
bool x_tracing;
u32 x_most[X_COUNTS];
u64 x_sum[X_COUNTS];

static bool ended;
static struct x_finding pending;	/* not yet compared with the others */
static bool is_pending;
static struct event events[MAX_EVENTS];
static int nr_events;
static char note[120];
static const struct x_finding *sought;	/* the timeline is to end at it */
static int sought_at;

/**
 * report_reset() - nothing has been found yet
 */
void report_reset(void)
{
	int i;

	for (i = 0; i < x_nr_findings; i++)
		free(x_findings[i].replay);
	x_nr_findings = 0;
	is_pending = false;
	ended = false;
	memset(x_most, 0, sizeof(x_most));
	memset(x_sum, 0, sizeof(x_sum));
}

/**
 * report_schedule_begin() - a schedule begins, or goes on from a decision
 */
void report_schedule_begin(void)
{
	ended = false;
	is_pending = false;
	if (x_tracing)
		nr_events = 0;
}

static bool same(const struct x_finding *a, const struct x_finding *b)
{
	return !strcmp(a->class, b->class) && !strcmp(a->bug, b->bug) &&
	       a->site == b->site && a->phase == b->phase &&
	       x_info[a->tid].role == x_info[b->tid].role;
}

static void keep_schedule(struct x_finding *f)
{
	free(f->replay);
	f->replay = explore_string();
	f->events = nr_events;
	f->schedule = x_stats.schedules + x_stats.pruned;
}

/*
 * Keep what has been found, if it is new, with the schedule up to here. One in
 * which no address has come back says more than one in which that happened too.
 */
static void keep_pending(void)
{
	struct x_finding *f = x_findings;

	if (!is_pending)
		return;
	is_pending = false;
	while (f < x_findings + x_nr_findings && !same(f, &pending))
		f++;
	if (f == x_findings + sizeof(x_findings) / sizeof(*x_findings))
		return;
	if (f == x_findings + x_nr_findings) {
		*f = pending;
		keep_schedule(f);
		x_nr_findings++;
	} else if (f->recycled && !pending.recycled) {
		f->recycled = false;
		keep_schedule(f);
	}
	f->times++;
}

/**
 * report_schedule_end() - a schedule has ended, by itself or by a bug
 */
void report_schedule_end(void)
{
	int i;

	keep_pending();
	if (ended)
		return;
	for (i = 0; i < X_COUNTS; i++) {
		x_sum[i] += x->count[i];
		if (x->count[i] > x_most[i])
			x_most[i] = x->count[i];
	}
}

/**
 * report_ended() - has a bug ended this schedule?
 *
 * Return: true if one has
 */
bool report_ended(void)
{
	return ended;
}

/*
 * Which bug of the project's list is it? Empty if it is none of them. @tree: it
 * is about the tree of a device, which a pinned slot keeps: a pointer to another
 * one was taken before.
 */
static const char *bug_of(const char *class, enum x_phase phase, bool tree)
{
	bool memory = !strcmp(class, "uaf") || !strcmp(class, "null") ||
		      !strcmp(class, "wild") || !strcmp(class, "oob");

	if (!strcmp(class, "after-submit"))
		return "B2";
	if (!strcmp(class, "folio-locked"))
		return "B4";
	if (!strcmp(class, "zero-mark") || !strcmp(class, "two-copies"))
		return "B6";
	if (!strcmp(class, "lru-twice"))
		return "B7";
	if (!strcmp(class, "unuse-early"))
		return "B8";
	if (!strcmp(class, "left-cache"))
		return "B9";
	if (!strcmp(class, "bh-irqs-off"))
		return "B14";
	if (!strcmp(class, "large-load"))
		return "B15";
	if (!strcmp(class, "shrinker-blind"))
		return "B16";
	if (!strcmp(class, "walk-stuck"))
		return "B18";
	if (!strcmp(class, "wrong-charge"))
		return "B19";
	if (memory && (phase == X_PHASE_LOOKUP ||
		       (phase == X_PHASE_PINNED && tree)))
		return "B1";
	if (memory && (phase == X_PHASE_UNPINNED || phase == X_PHASE_SUBMITTED))
		return "B2";
	if (!strcmp(class, "bug") && x->faults)
		return "BUG";	/* a failure that is no reason to stop */
	if (phase != X_PHASE_PINNED || x->faults)
		return "";
	/* has the slot been used again since it looked for the entry? */
	if (!strcmp(class, "stale-write") && x_self()->taken != x->taken)
		return "B3";
	if (memory || !strcmp(class, "bug") || !strcmp(class, "stale-write"))
		return "B5";
	return "";
}

static void add(const char *class, const struct x_site *site, unsigned long pc,
		bool tree, const char *text)
{
	struct x_finding *f = &pending;

	is_pending = true;
	memset(f, 0, sizeof(*f));
	snprintf(f->class, sizeof(f->class), "%s", class);
	snprintf(f->text, sizeof(f->text), "%s", text);
	f->site = site;
	f->pc = pc;
	f->tid = x->cur;
	f->phase = x_self()->phase;
	f->recycled = x->recycled[X_RECYCLED_ENTRY];
	snprintf(f->bug, sizeof(f->bug), "%s", bug_of(class, f->phase, tree));
	if (x_tracing && sought && sought_at < 0 && same(sought, f))
		sought_at = nr_events;
}

static void add_va(const char *class, const struct x_site *site, const char *fmt,
		   va_list ap)
{
	char text[200];

	vsnprintf(text, sizeof(text), fmt, ap);
	add(class, site, 0, false, text);
}

/**
 * x_bug() - the thread that runs has made a bug, and this schedule ends
 * @class:	short name of the kind
 * @site:	where
 * @fmt:	what
 */
void x_bug(const char *class, const struct x_site *site, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_va(class, site, fmt, ap);
	va_end(ap);
	ended = true;
	sched_abort();
}

/**
 * x_remark() - same, but the schedule goes on
 * @class:	short name of the kind
 * @site:	where
 * @fmt:	what
 */
void x_remark(const char *class, const struct x_site *site,
	      const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_va(class, site, fmt, ap);
	va_end(ap);
	keep_pending();
}

/**
 * report_bug_main() - a bug of all threads together, such as a deadlock
 * @class:	short name of the kind
 * @site:	where
 * @text:	what
 */
void report_bug_main(const char *class, const struct x_site *site,
		     const char *text)
{
	add(class, site, 0, false, text);
	ended = true;
	keep_pending();
}

static void describe(char *text, size_t size, const char *how,
		     unsigned long addr)
{
	const struct x_object *o = arena_find(addr);

	if (!o) {
		snprintf(text, size, "%s of %#lx", how, addr);
		return;
	}
	snprintf(text, size, "%s of %u-byte object of %s()%s%s%s%s", how, o->size,
		 o->alloc->func, o->free ? ", freed by " : "",
		 o->free ? x_info[o->free_tid].name : "",
		 o->free ? " in " : "", o->free ? o->free->func : "");
}

/**
 * report_bug_pc() - same as x_bug(), for an access
 * @class:	short name of the kind
 * @pc:		return address of the access
 * @addr:	what it accesses
 * @how:	"read" or "write"
 */
void report_bug_pc(const char *class, unsigned long pc, unsigned long addr,
		   const char *how)
{
	const struct x_object *o = arena_find(addr);
	char text[200];

	x_tracking = false;
	describe(text, sizeof(text), how, addr);
	add(class, x_self()->site, pc, o && o->tag == X_TAG_TREE, text);
	ended = true;
	sched_abort();
}

/**
 * report_after_submit() - writeback touches something after __swap_writepage()
 * @addr:	what
 * @pc:		return address of the access
 *
 * A remark if it is an entry or a tree of zswap (R5).
 */
void report_after_submit(unsigned long addr, unsigned long pc)
{
	const struct x_object *o = arena_find(addr);
	char text[200];

	if (!o || (o->tag != X_TAG_ENTRY && o->tag != X_TAG_TREE))
		return;
	snprintf(text, sizeof(text), "touches %s of %s() after it let go of the folio",
		 o->tag == X_TAG_ENTRY ? "the entry" : "the tree", o->alloc->func);
	add("after-submit", x_self()->site, pc, false, text);
	keep_pending();
}

/* -- timeline -------------------------------------------------------------- */

/**
 * x_note() - something to be told in the timeline
 * @fmt: what
 */
void x_note(const char *fmt, ...)
{
	va_list ap;

	if (!x_tracing)
		return;
	va_start(ap, fmt);
	vsnprintf(note, sizeof(note), fmt, ap);
	va_end(ap);
}

/**
 * report_step() - a step has been done
 * @tid:	by
 * @site:	the scheduling point that it began at
 * @shared:	it may conflict with a step of another thread
 */
void report_step(int tid, const struct x_site *site, bool shared)
{
	struct event *e = &events[nr_events];

	if (nr_events == MAX_EVENTS)
		return;
	nr_events++;
	e->site = site;
	e->tid = tid;
	e->shared = shared || ended;
	memcpy(e->note, note, sizeof(note));
	note[0] = 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void column(int col, const char *text)
{
	printf("  %*s%s\n", col * COLUMN, "", text);
}

/* Which column has the thread? Those that do nothing worth telling have none. */
static int columns(int *col)
{
	int nr = 0, i;

	for (i = 0; i < X_THREADS; i++)
		col[i] = -1;
	for (i = 0; i < nr_events; i++)
		if (col[events[i].tid] < 0 && events[i].shared)
			col[events[i].tid] = nr++;
	return nr;
}

static void heading(const int *col, int nr)
{
	int c, i;

	printf("  ");
	for (c = 0; c < nr; c++)
		for (i = 0; i < X_THREADS; i++)
			if (col[i] == c)
				printf("CPU%d (%s)%*s", c, x_info[i].name,
				       c + 1 < nr ? COLUMN - 7 -
				       (int)strlen(x_info[i].name) : 0, "");
	printf("\n");
}

/* Is it in a file of the tree, and not in the model? */
static bool in_kernel(const char *path)
{
	return strstr(path, "mm/") || strstr(path, "lib/") ||
	       strstr(path, "include/linux/");
}

/* A step of the kernel's with its place; one of the model's by its name only. */
static void print_event(const struct event *e, int col, bool new_func)
{
	char text[256];

	if (!in_kernel(e->site->file)) {
		snprintf(text, sizeof(text), "%s", e->site->what);
	} else {
		if (new_func) {
			snprintf(text, sizeof(text), "%s()", e->site->func);
			column(col, text);
		}
		snprintf(text, sizeof(text), "  %s  %s:%d", e->site->what,
			 base_name(e->site->file), e->site->line);
	}
	column(col, text);
	if (e->note[0]) {
		snprintf(text, sizeof(text), "    [%s]", e->note);
		column(col, text);
	}
}

/* "function() (file:line)" of a return address, the innermost in mm/ if inlined */
static const char *symbol_of(unsigned long pc)
{
	static char best[256];
	char cmd[128], func[96], line[128];
	bool found = false;
	FILE *p;

	snprintf(best, sizeof(best), "%#lx", pc);
	snprintf(cmd, sizeof(cmd), "addr2line -f -i -e /proc/%d/exe %#lx",
		 getpid(), pc - 1);
	p = popen(cmd, "r");
	if (!p)
		return best;
	while (fgets(func, sizeof(func), p) && fgets(line, sizeof(line), p)) {
		char *at = strstr(line, "mm/");

		if (found && !at)
			continue;
		func[strcspn(func, "\n")] = 0;
		line[strcspn(line, "\n ")] = 0;
		snprintf(best, sizeof(best), "%s() (%s)", func,
			 at ? at : base_name(line));
		if (at)
			break;
		found = true;
	}
	pclose(p);
	return best;
}

/**
 * report_where() - where a finding is
 * @f: finding
 *
 * Return: "function() (file:line)"
 */
const char *report_where(const struct x_finding *f)
{
	static char text[200];

	if (f->pc) {
		const char *symbol = symbol_of(f->pc);

		/* in the model: the caller of that is told */
		if (in_kernel(symbol))
			return symbol;
	}
	snprintf(text, sizeof(text), "%s() (%s:%d)", f->site->func,
		 f->site->file, f->site->line);
	return text;
}

/**
 * report_timeline() - how it came to a finding
 * @f: finding; its schedule has just been replayed with x_tracing set
 */
void report_timeline(const struct x_finding *f)
{
	const char *func[X_THREADS] = { NULL };
	int col[X_THREADS], nr = columns(col), last = -1, i;
	char text[512];

	heading(col, nr);
	for (i = 0; i < nr_events; i++) {
		const struct event *e = &events[i];

		if (!e->shared && !e->note[0])
			continue;
		if (col[e->tid] < 0)
			continue;
		print_event(e, col[e->tid], e->tid != last ||
			    func[e->tid] != e->site->func);
		func[e->tid] = e->site->func;
		last = e->tid;
	}
	snprintf(text, sizeof(text), "*** %s: %s", f->class, f->text);
	column(col[f->tid] < 0 ? 0 : col[f->tid], text);
	snprintf(text, sizeof(text), "    in %s", report_where(f));
	column(col[f->tid] < 0 ? 0 : col[f->tid], text);
}

/* What counts of a turn: how far it came in zswap, or else in the kernel. */
static void print_turn(const struct event *from, const struct event *end)
{
	const struct event *e, *last = NULL, *place = NULL;

	for (e = from; e < end; e++) {
		if (!e->shared && !e->note[0])
			continue;
		last = e;
		if (in_kernel(e->site->file) &&
		    (!place || !strcmp(base_name(e->site->file), "zswap.c") ||
		     strcmp(base_name(place->site->file), "zswap.c")))
			place = e;
	}
	if (!last)
		return;
	printf("  %-10s ", x_info[from->tid].name);
	if (place)
		printf("%s() %s:%d: %s", place->site->func,
		       base_name(place->site->file), place->site->line,
		       place->site->what);
	if (last != place)
		printf("%s%s", place ? ", then " : "", last->site->what);
	for (e = from; e < end; e++)
		if (e->note[0])
			printf(" [%s]", e->note);
	printf("\n");
}

/**
 * report_turns() - the same in short, a line each time that the thread changes
 * @f: finding; its schedule has just been replayed with x_tracing set
 */
void report_turns(const struct x_finding *f)
{
	int i, from = 0;

	for (i = 1; i <= f->events; i++) {
		if (i < f->events && events[i].tid == events[from].tid)
			continue;
		print_turn(&events[from], &events[i]);
		from = i;
	}
	printf("  %-10s *** %s in %s: %s\n", x_info[f->tid].name, f->class,
	       report_where(f), f->text);
}

/**
 * report_seek() - a schedule is going to be replayed for report_trace()
 * @f: the finding that it is about, NULL for none
 */
void report_seek(const struct x_finding *f)
{
	sought = f;
	sought_at = -1;
}

/**
 * report_trace() - the timeline as a table, up to the finding that was sought
 * @out: where to; NULL to count only
 *
 * A line has the fields step, thread, function, place, what is done and a note,
 * with tabs between. The last one is the finding, with the note "bug".
 *
 * Return: how many lines, 0 if the finding did not turn up
 */
int report_trace(FILE *out)
{
	int i, nr = 0;

	if (!sought || sought_at < 0)
		return 0;
	for (i = 0; i < nr_events && i <= sought_at; i++) {
		const struct event *e = &events[i];
		bool kernel = in_kernel(e->site->file);

		if (!e->shared && !e->note[0])
			continue;
		nr++;
		if (!out)
			continue;
		fprintf(out, "%d\t%s\t%s\t", i + 1, x_info[e->tid].name,
			kernel ? e->site->func : "");
		if (kernel)
			fprintf(out, "%s:%d", base_name(e->site->file),
				e->site->line);
		fprintf(out, "\t%s\t%s\n", e->site->what, e->note);
	}
	if (out)
		fprintf(out, "%d\t%s\t\t\t%s: %s, in %s\tbug\n", i,
			x_info[sought->tid].name, sought->class, sought->text,
			report_where(sought));
	return nr + 1;
}

/**
 * report_name() - what a finding is called
 * @f: finding
 *
 * What writeback does to an entry with the slot pinned, and only where the address
 * of one has come back, is B10.
 *
 * Return: the id of the project's list, or the class if it has none
 */
const char *report_name(const struct x_finding *f)
{
	if (f->recycled && !strcmp(f->bug, "B5"))
		return "B10";
	return f->bug[0] ? f->bug : f->class;
}

/**
 * report_json() - a string with quotes
 * @f: where to
 * @s: string
 */
void report_json(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', f);
		if ((unsigned char)*s >= ' ')
			fputc(*s, f);
	}
	fputc('"', f);
}
