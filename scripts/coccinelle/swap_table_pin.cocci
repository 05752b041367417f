// SPDX-License-Identifier: GPL-2.0-only
/// Find writeback that reads a table of a swap device before the slot is pinned,
/// or uses what it has read there after the folio is submitted. swapoff frees
/// such a table once no slot is in use, and only a locked folio of the slot in the
/// swap cache makes it wait.
//# A table is an array with an element for each swap device, array[swp_type()],
//# or what swap_zswap_tree() finds. Writeback is a function that calls
//# __swap_writepage(), or calls such a function.
//# False positives: the slot is pinned by a function that is called, or by whoever
//# calls; or swapoff is kept away with get_swap_device().
///
// Confidence: Moderate
// Copyright: (C) 2026 zswap-writeback contributors
// URL: https://coccinelle.gitlabpages.inria.fr/website
// Comments: 5878303c5353 ("mm/zswap: fix race between lru writeback and swapoff")
// Needs: __swap_writepage
// Options: --no-includes --include-headers

virtual context
virtual org
virtual report

// ----------------------------------------------------------------------------

@writer exists@
identifier w;
@@

w(...)
{
 ... when any
 __swap_writepage(...)
 ... when any
}

@early exists@
identifier writer.w, table;
position p;
@@

w(...)
{
 ... when != __read_swap_cache_async(...)
     when != swap_cache_alloc_folio(...)
     when != zswap_get_swap_cache_page(...)
(
 table@p[swp_type(...)]
|
 swap_zswap_tree@p(...)
)
 ... when any
}

@late_use exists@
identifier writer.w, table, t;
expression E;
position s, p;
@@

w(...)
{
 ... when any
 t = \(table[swp_type(...)]\|swap_zswap_tree(...)\)
 ... when any
     when != t = E
 __swap_writepage@s(...)
 ... when any
     when != t = E
 t@p
 ... when any
}

@late_read exists@
identifier writer.w, table;
position s, p;
@@

w(...)
{
 ... when any
 __swap_writepage@s(...)
 ... when any
(
 table@p[swp_type(...)]
|
 swap_zswap_tree@p(...)
)
 ... when any
}

// ----------------------------------------------------------------------------

// who calls it has no pin before the call, and none after it
@caller exists@
identifier writer.w, c;
@@

c(...)
{
 ... when any
 w(...)
 ... when any
}

@caller_early exists@
identifier writer.w, caller.c, table;
position p;
@@

c(...)
{
 ... when != __read_swap_cache_async(...)
     when != swap_cache_alloc_folio(...)
     when != zswap_get_swap_cache_page(...)
(
 table@p[swp_type(...)]
|
 swap_zswap_tree@p(...)
)
 ... when any
 w(...)
 ... when any
}

@caller_late_use exists@
identifier writer.w, caller.c, table, t;
expression E;
position s, p;
@@

c(...)
{
 ... when any
 t = \(table[swp_type(...)]\|swap_zswap_tree(...)\)
 ... when any
     when != t = E
 w@s(...)
 ... when any
     when != t = E
 t@p
 ... when any
}

@caller_late_read exists@
identifier writer.w, caller.c, table;
position s, p;
@@

c(...)
{
 ... when any
 w@s(...)
 ... when any
(
 table@p[swp_type(...)]
|
 swap_zswap_tree@p(...)
)
 ... when any
}

// ----------------------------------------------------------------------------

@depends on context@
identifier x;
expression E;
position p = {early.p, caller_early.p, late_use.p, caller_late_use.p, late_read.p, caller_late_read.p};
@@

(
*x@p[E]
|
*x@p(...)
|
*x@p
)

@script:python depends on org@
p << early.p;
@@

cocci.print_main("read before the slot is pinned", p)

@script:python depends on org@
p << caller_early.p;
@@

cocci.print_main("read before the slot is pinned", p)

@script:python depends on org@
p << late_use.p;
s << late_use.s;
@@

cocci.print_main("used after submission", p)
cocci.print_secs("submitted", s)

@script:python depends on org@
p << late_read.p;
s << late_read.s;
@@

cocci.print_main("read after submission", p)
cocci.print_secs("submitted", s)

@script:python depends on org@
p << caller_late_use.p;
s << caller_late_use.s;
@@

cocci.print_main("used after submission", p)
cocci.print_secs("submitted", s)

@script:python depends on org@
p << caller_late_read.p;
s << caller_late_read.s;
@@

cocci.print_main("read after submission", p)
cocci.print_secs("submitted", s)

@script:python depends on report@
p << early.p;
@@

msg = "ERROR: %s(): reads a table of the swap device before the slot is pinned" % (p[0].current_element)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << caller_early.p;
@@

msg = "ERROR: %s(): reads a table of the swap device before the slot is pinned" % (p[0].current_element)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << late_use.p;
s << late_use.s;
t << late_use.t;
@@

msg = "ERROR: %s(): uses %s after line %s has let go of the slot" % (p[0].current_element, t, s[0].line)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << late_read.p;
s << late_read.s;
@@

msg = "ERROR: %s(): reads a table of the swap device after line %s has let go of the slot" % (p[0].current_element, s[0].line)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << caller_late_use.p;
s << caller_late_use.s;
t << caller_late_use.t;
@@

msg = "ERROR: %s(): uses %s after line %s has let go of the slot" % (p[0].current_element, t, s[0].line)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << caller_late_read.p;
s << caller_late_read.s;
@@

msg = "ERROR: %s(): reads a table of the swap device after line %s has let go of the slot" % (p[0].current_element, s[0].line)
coccilib.report.print_report(p[0], msg)
