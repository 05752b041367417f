# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# scripts/verify: which tests of the base share a guest, and what becomes of them.
# Read by scripts/check.

# A guest in which the second of two tests shows nothing, unless it is alone, and
# one that ends in its last test.
verify_groups()
(
	local d=$work/verify

	mkdir -p "$d/scripts" "$d/out"
	BASE=6.1
	. scripts/verify || return
	cd "$d" || return
	out=$d/out dir=$d
	base_tests=('crash-a zbud vda B1 KASAN: x' 'wrong-a zbud vda B5 page [0-9]+ word'
		    'prog:wrong-b zbud ram0 B6 page [0-9]+ word' 'crash-b zbud vda BUG kernel BUG at'
		    'wrong-c z3fold vda B9 SIGBUS' 'slow-d zbud ram0 B13 not woken')
	alone=('slow-d zbud ram0 counted-clock')
	base_get() { printf '%s\n' "${alone[@]}"; }
	[ "$(base_groups | tr '\n' ';')" = '5;1 2 0;3;4;' ] || { base_groups; return 1; }
	cat >scripts/boot <<-'EOF'
	#!/bin/bash
	while [ "$1" != "$PWD/base-kasan" ]; do
		case $1 in
		-i) clock=counted; shift ;;
		*) shift 2 ;;
		esac
	done
	log=$2
	shift 2
	echo "$# $*${clock:+, $clock clock}" >>calls
	echo 'booting' >"$log"
	for t; do
		echo "zswap-guest: run ${t%% *}"
		case $t in
		*wrong-b*) [ $# -gt 1 ] || { echo 'zswap_window: window: held x'; echo 'page 1 word 2'; } ;;
		*wrong-a*) echo 'zswap_window: window: held x'; echo 'page 3 word 4' ;;
		*crash-a*) echo 'zswap_window: window: held x'; echo 'KASAN: x' ;;
		*crash-b*) echo 'kernel BUG at' ;;
		*slow-d*) echo 'zswap_window: window: held x'; echo 'not woken' ;;
		esac
	done >>"$log"
	EOF
	chmod +x scripts/boot
	base_boots >said
	sort calls
	[ "$(wc -l <calls)" = 5 ] &&
	grep -qx '1 zswap_race -f -t slow-d -z zbud -d /dev/ram0, counted clock' calls &&
	[ "$(grep -c counted calls)" = 1 ] &&
	grep -qx '3 zswap_race -f -t wrong-a -z zbud -d /dev/vda prog -t wrong-b -z zbud -d /dev/ram0 zswap_race -f -t crash-a -z zbud -d /dev/vda' calls &&
	grep -qx '1 prog -t wrong-b -z zbud -d /dev/ram0' calls &&
	grep -qx 'prog:wrong-b: again, by itself' said || return
	passed=0 failed=0
	base_rows $$ >rows
	cat rows
	[ "$passed $failed" = '4 2' ] &&
	grep -qE '^base +wrong-a +zbud +vda +B5 seen$' rows &&
	grep -qE '^base +wrong-b +zbud +ram0 +B6 seen$' rows &&
	grep -qE '^base +crash-a +zbud +vda +B1 seen$' rows &&
	grep -qE '^base +slow-d +zbud +ram0 +B13 seen$' rows &&
	grep -qE '^base +crash-b .* FAIL: the window was not hit$' rows &&
	grep -qE '^base +wrong-c .* FAIL: the window was not hit$' rows &&
	[ "$(grep -c 'page 1 word 2' out/base-prog:wrong-b-zbud.log)" = 1 ] &&
	! grep -q KASAN out/base-wrong-a-zbud.log
)

t 'verify: tests of the base that share a guest' verify_groups

# a skip in the guest whose clock counts fails, elsewhere it is one; and what has not
# run fails
verify_timed_skip()
(
	local d=$work/timed-skip

	mkdir -p "$d"
	BASE=6.1
	. scripts/verify || return
	out=$d
	alone=('slow-d zbud ram0 counted-clock')
	printf '%s\n' '# start slow-d zbud /dev/ram0' '# end slow-d zbud /dev/ram0' \
		'ok 1 # SKIP slow-d zbud /dev/ram0: too busy' 'zswap-guest: all done rc=0' |
		tee "$d/series-slow-d.log" >"$d/series-zbud.log"
	passed=0 failed=0 skipped=0
	series_rows zbud
	series_rows slow-d
	[ "$passed $failed $skipped" = '2 1 1' ] || return
	# a test that the base asks for, and that is not in the log
	races=' -t slow-d -t slow'
	series_rows zbud >"$d/rows"
	cat "$d/rows"
	[ "$passed $failed $skipped" = '3 2 2' ] &&
	grep -qE '^patched +slow +zbud +- +FAIL: it has not run$' "$d/rows"
)

t 'verify: a test is not skipped in its own guest' verify_timed_skip

# a mutant that was made for another state of the series is told before any boot
verify_stale_mutants()
(
	local d=$work/stale-mutants

	mkdir -p "$d/tree" "$d/tools/testing/zswap/mutants/6.1"
	BASE=6.1
	. scripts/verify || return
	seq 20 >"$d/tree/f"
	cd "$d/tree" && git init -q -b series && git add f &&
	git -c user.name=x -c user.email=x@x.invalid commit -qm x || return
	dir=$d TOP=$d
	sed -i 's/^5$/five/' f
	git diff >"$d/tools/testing/zswap/mutants/6.1/R1.patch"
	git checkout -q f
	[ -z "$(stale_mutants)" ] || return
	sed 's/^ 4$/ four/' "$d/tools/testing/zswap/mutants/6.1/R1.patch" \
		>"$d/tools/testing/zswap/mutants/6.1/R2.patch"
	[ "$(stale_mutants)" = R2.patch ] && [ -z "$(git status --short)" ]
)

t 'verify: a mutant that does not apply' verify_stale_mutants

# A guest that dies of an int3 which is not in memory is booted again. One that dies of a
# real one is not, nor one in which a test had failed by then.
boot_stale_int3()
(
	local d=$work/int3 case want

	mkdir -p "$d/kernel"
	: >"$d/kernel/bzImage"
	: >"$d/kernel/initrd"
	cat >"$d/qemu" <<-'EOF'
	#!/bin/sh
	for a; do case $a in file:*) log=${a#file:} ;; esac; done
	echo x >>"$CALLS"
	echo 'zswap-guest: run zswap_race' >"$log"
	[ "$CASE" != failed ] || echo 'zswap_race: fail: 1 pages wrong' >>"$log"
	byte=0f
	[ "$CASE" != real ] || byte=cc
	if [ "$(wc -l <"$CALLS")" = 1 ]; then
		printf '%s\r\n' 'Oops: int3: 0000 [#1] SMP KASAN' 'RIP: 0010:_raw_spin_unlock+0x1/0x2c' \
			"Code: 41 5c 5d c3 $byte <1f> 44 00"
	else
		echo 'zswap-guest: all done rc=0'
	fi >>"$log"
	EOF
	chmod +x "$d/qemu"
	for case in stale real failed; do
		rm -f "$d/calls"
		want='1 1'
		[ "$case" != stale ] || want='0 2'
		CALLS=$d/calls CASE=$case QEMU=$d/qemu scripts/boot "$d/kernel" "$d/log" \
			'zswap_race -l' >"$d/said" 2>&1
		[ "$? $(wc -l <"$d/calls")" = "$want" ] || { echo "$case"; cat "$d/said"; return 1; }
		[ "$case" != stale ] || [ -e "$d/log.int3" ] || return
		[ "$case" = stale ] || [ ! -e "$d/log.int3" ] || return
	done
)

t 'boot: an int3 that is in no memory is no result' boot_stale_int3
