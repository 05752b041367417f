// SPDX-License-Identifier: GPL-2.0-only
/// Find a folio that a function has put into the swap cache, or has locked,
/// takes out of the swap cache again, and leaves locked or puts while it is
/// locked. Who has found it there in the meantime waits for its lock for good.
//# False positives: an unlock through another pointer to the folio, or in a
//# function that is called.
//# The patch is for a folio that is new only, since it is known to be locked, with
//# a reference of ours, and only if nothing unlocks it on any way out.
///
// Confidence: Moderate
// Copyright: (C) 2026 zswap-writeback contributors
// URL: https://coccinelle.gitlabpages.inria.fr/website
// Comments: e3b63e966cac ("mm: zswap: fix missing folio cleanup in writeback race path")
// Needs: delete_from_swap_cache|swap_cache_del_folio
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

// ----------------------------------------------------------------------------

// A new folio of the swap cache comes locked and with a reference. What zswap
// has around it up to 6.5 is zswap_get_swap_cache_page().
@new exists@
identifier fn;
expression F, E;
position p;
@@

fn(...)
{
 ... when any
(
 F = \(__read_swap_cache_async\|swap_cache_alloc_folio\)(...)
|
 zswap_get_swap_cache_page(..., &F)
)
 ... when any
(
 \(delete_from_swap_cache@p\|swap_cache_del_folio@p\)(F)
|
 delete_from_swap_cache@p(page_folio(F))
|
 __delete_from_swap_cache@p(F, ...)
|
 __swap_cache_del_folio@p(..., F, ...)
)
 ... when != \(folio_unlock\|unlock_page\)(F)
     when != folio_unlock(page_folio(F))
     when != unlock_page(&F->page)
     when != *E = F
     when != return F;
}

@locked exists@
identifier fn;
expression F, E;
position p;
@@

fn(...)
{
 ... when any
(
 \(folio_lock\|folio_trylock\|folio_lock_killable\)(F)
|
 \(lock_page\|trylock_page\|lock_page_killable\)(F)
)
 ... when any
     when != \(folio_unlock\|unlock_page\)(F)
(
 \(delete_from_swap_cache@p\|swap_cache_del_folio@p\)(F)
|
 delete_from_swap_cache@p(page_folio(F))
|
 __delete_from_swap_cache@p(F, ...)
|
 __swap_cache_del_folio@p(..., F, ...)
)
 ... when != \(folio_unlock\|unlock_page\)(F)
     when != folio_unlock(page_folio(F))
     when != unlock_page(&F->page)
     when != *E = F
     when != return F;
}

// whoever has locked it, the reference must not go before the lock
@put exists@
expression F;
position p, p2;
@@

(
 \(delete_from_swap_cache@p\|swap_cache_del_folio@p\)(F)
|
 delete_from_swap_cache@p(page_folio(F))
|
 __delete_from_swap_cache@p(F, ...)
|
 __swap_cache_del_folio@p(..., F, ...)
)
 ... when != \(folio_unlock\|unlock_page\)(F)
     when != folio_unlock(page_folio(F))
     when != unlock_page(&F->page)
(
 \(folio_put@p2\|put_page@p2\)(F)
|
 folio_put_refs@p2(F, ...)
)

// ----------------------------------------------------------------------------

// what must be left alone: a way out unlocks the folio, or hands it to somebody
@unlocks depends on patch exists@
expression F, E;
position k;
@@

(
 \(delete_from_swap_cache@k\|swap_cache_del_folio@k\)(F);
|
 delete_from_swap_cache@k(page_folio(F));
)
 ... when any
(
 \(folio_unlock\|unlock_page\)(F);
|
 folio_unlock(page_folio(F));
|
 unlock_page(&F->page);
|
 *E = F;
|
 return F;
)

@puts depends on patch exists@
expression F;
position k;
@@

(
 \(delete_from_swap_cache@k\|swap_cache_del_folio@k\)(F);
|
 delete_from_swap_cache@k(page_folio(F));
)
 ... when any
(
 \(folio_put\|put_page\)(F);
|
 folio_put_refs(F, ...);
)

// All but new.p are constraints: with two positions inherited, a rule would be
// applied once for each pair.
@no_puts depends on patch@
position k != puts.k;
@@

 \(delete_from_swap_cache@k\|swap_cache_del_folio@k\)(...)

@depends on patch@
struct folio *F;
struct page *P;
position new.p;
position q != unlocks.k;
position w != no_puts.k;
position o != puts.k;
@@

(
 \(delete_from_swap_cache@p@q@w\|swap_cache_del_folio@p@q@w\)(F);
+folio_unlock(F);
|
 delete_from_swap_cache@p@q@w(page_folio(P));
+unlock_page(P);
|
 delete_from_swap_cache@p@q@w(P);
+unlock_page(P);
|
 \(delete_from_swap_cache@p@q@o\|swap_cache_del_folio@p@q@o\)(F);
+folio_unlock(F);
+folio_put(F);
|
 delete_from_swap_cache@p@q@o(page_folio(P));
+unlock_page(P);
+put_page(P);
|
 delete_from_swap_cache@p@q@o(P);
+unlock_page(P);
+put_page(P);
)

// ----------------------------------------------------------------------------

@depends on context@
identifier drop;
position p = {new.p, locked.p, put.p};
@@

*drop@p(...)

@script:python depends on org@
p << new.p;
@@

cocci.print_main("not unlocked", p)

@script:python depends on org@
p << locked.p;
@@

cocci.print_main("not unlocked", p)

@script:python depends on org@
p << put.p;
p2 << put.p2;
@@

cocci.print_main("not unlocked", p)
cocci.print_secs("put", p2)

@script:python depends on report@
p << new.p;
@@

msg = "ERROR: %s(): not unlocked on a way out, after it was new in the swap cache" % (p[0].current_element)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << locked.p;
@@

msg = "ERROR: %s(): not unlocked on a way out, after it was locked" % (p[0].current_element)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
p << put.p;
p2 << put.p2;
@@

msg = "ERROR: %s(): put on line %s while it is locked" % (p[0].current_element, p2[0].line)
coccilib.report.print_report(p[0], msg)
