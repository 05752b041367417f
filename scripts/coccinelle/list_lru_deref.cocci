// SPDX-License-Identifier: GPL-2.0-only
/// Find an object of an LRU that is followed after the lock of the LRU was
/// dropped. Nothing keeps it then: who frees it takes it off the list under that
/// lock, and has no need to wait for anybody who only holds its address.
//# Looked at are callbacks of list_lru_walk() and the like, and functions that
//# take an object off a list of their own under a lock that is called lru_lock.
//# To take the lock again is no help. To hand the address on is no finding: it
//# may be a value to compare.
//# False positives: something else keeps the object, for example another lock
//# that was taken before the LRU lock was dropped.
///
// Confidence: Moderate
// Copyright: (C) 2026 zswap-writeback contributors
// URL: https://coccinelle.gitlabpages.inria.fr/website
// Comments: 5878303c5353 ("mm/zswap: fix race between lru writeback and swapoff")
// Needs: list_lru_(shrink_)?walk|lru_lock
// Options: --no-includes --include-headers

virtual context
virtual org
virtual report

// ----------------------------------------------------------------------------

// cheaper than to look at every call with this many arguments
@walks@
@@

\(list_lru_walk\|list_lru_walk_one\|list_lru_walk_one_irq\|list_lru_walk_node\|list_lru_shrink_walk\|list_lru_shrink_walk_irq\)(...)

@walk depends on walks@
identifier cb;
expression A, B, C;
@@

(
 list_lru_walk(A, \(&cb\|cb\), ...)
|
 \(list_lru_shrink_walk\|list_lru_shrink_walk_irq\|list_lru_walk_node\)(A, B, \(&cb\|cb\), ...)
|
 \(list_lru_walk_one\|list_lru_walk_one_irq\)(A, B, C, \(&cb\|cb\), ...)
)

// up to 6.12 the callback is given the lock
@given exists@
identifier walk.cb, item, lru, lk, X;
expression E;
position u;
@@

cb(struct list_head *item, struct list_lru_one *lru, spinlock_t *lk, ...)
{
 ... when any
 X = \(container_of\|list_entry\)(item, ...)
 ... when any
     when != X = E
 \(spin_unlock@u\|spin_unlock_irq@u\)(lk)
 ... when any
}

@member exists@
identifier walk.cb, item, lru, X;
expression E;
position u;
@@

cb(struct list_head *item, struct list_lru_one *lru, ...)
{
 ... when any
 X = \(container_of\|list_entry\)(item, ...)
 ... when any
     when != X = E
 \(spin_unlock@u\|spin_unlock_irq@u\)(&lru->lock)
 ... when any
}

@has_own@
expression L;
@@

 spin_lock(&L->lru_lock)

// zswap from 6.5 to 6.7
@own depends on has_own exists@
identifier X;
expression L, E;
position u;
@@

 spin_lock(&L->lru_lock)
 ... when any
     when != spin_unlock(&L->lru_lock)
 X = \(container_of\|list_entry\|list_first_entry\|list_last_entry\|list_first_entry_or_null\)(...)
 ... when any
     when != X = E
 spin_unlock@u(&L->lru_lock)

// ----------------------------------------------------------------------------

@given_deref exists@
identifier given.item, given.X, fld;
expression E;
position given.u, p;
@@

 \(spin_unlock@u\|spin_unlock_irq@u\)(...)
 ... when any
     when != X = E
(
 X->fld@p
|
 \(list_del@p\|list_del_init@p\|list_move@p\|list_move_tail@p\)(item, ...)
|
 \(list_add@p\|list_add_tail@p\|list_empty@p\)(item, ...)
|
 \(list_lru_isolate@p\|list_lru_isolate_move@p\)(..., item, ...)
)

@member_deref exists@
identifier member.item, member.X, fld;
expression E;
position member.u, p;
@@

 \(spin_unlock@u\|spin_unlock_irq@u\)(...)
 ... when any
     when != X = E
(
 X->fld@p
|
 \(list_del@p\|list_del_init@p\|list_move@p\|list_move_tail@p\)(item, ...)
|
 \(list_add@p\|list_add_tail@p\|list_empty@p\)(item, ...)
|
 \(list_lru_isolate@p\|list_lru_isolate_move@p\)(..., item, ...)
)

@own_deref exists@
identifier own.X, fld;
expression E;
position own.u, p;
@@

 spin_unlock@u(...)
 ... when any
     when != X = E
 X->fld@p

// ----------------------------------------------------------------------------

@depends on context@
identifier fld;
expression X;
position p = {given_deref.p, member_deref.p, own_deref.p};
@@

(
*X->fld@p
|
*fld@p(...)
)

@script:python depends on org@
u << given.u;
p << given_deref.p;
X << given.X;
@@

cocci.print_main(X, p)
cocci.print_secs("LRU lock dropped", u)

@script:python depends on org@
u << member.u;
p << member_deref.p;
X << member.X;
@@

cocci.print_main(X, p)
cocci.print_secs("LRU lock dropped", u)

@script:python depends on org@
u << own.u;
p << own_deref.p;
X << own.X;
@@

cocci.print_main(X, p)
cocci.print_secs("LRU lock dropped", u)

@script:python depends on report@
u << given.u;
p << given_deref.p;
X << given.X;
@@

msg = "ERROR: %s(): %s is followed after the LRU lock was dropped on line %s" % (p[0].current_element, X, u[0].line)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
u << member.u;
p << member_deref.p;
X << member.X;
@@

msg = "ERROR: %s(): %s is followed after the LRU lock was dropped on line %s" % (p[0].current_element, X, u[0].line)
coccilib.report.print_report(p[0], msg)

@script:python depends on report@
u << own.u;
p << own_deref.p;
X << own.X;
@@

msg = "ERROR: %s(): %s is followed after the LRU lock was dropped on line %s" % (p[0].current_element, X, u[0].line)
coccilib.report.print_report(p[0], msg)
