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
		    'wrong-c z3fold vda B9 SIGBUS')
	[ "$(base_groups | tr '\n' ';')" = '1 2 0;3;4;' ] || { base_groups; return 1; }
	cat >scripts/boot <<-'EOF'
	#!/bin/bash
	shift 5
	log=$1
	shift
	echo "$# $*" >>calls
	echo 'booting' >"$log"
	for t; do
		echo "zswap-guest: run ${t%% *}"
		case $t in
		*wrong-b*) [ $# -gt 1 ] || { echo 'zswap_window: window: held x'; echo 'page 1 word 2'; } ;;
		*wrong-a*) echo 'zswap_window: window: held x'; echo 'page 3 word 4' ;;
		*crash-a*) echo 'zswap_window: window: held x'; echo 'KASAN: x' ;;
		*crash-b*) echo 'kernel BUG at' ;;
		esac
	done >>"$log"
	EOF
	chmod +x scripts/boot
	base_boots >said
	sort calls
	[ "$(wc -l <calls)" = 4 ] &&
	grep -qx '3 zswap_race -f -t wrong-a -z zbud -d /dev/vda prog -t wrong-b -z zbud -d /dev/ram0 zswap_race -f -t crash-a -z zbud -d /dev/vda' calls &&
	grep -qx '1 prog -t wrong-b -z zbud -d /dev/ram0' calls &&
	grep -qx 'prog:wrong-b: again, by itself' said || return
	passed=0 failed=0
	base_rows $$ >rows
	cat rows
	[ "$passed $failed" = '3 2' ] &&
	grep -qE '^base +wrong-a +zbud +vda +B5 seen$' rows &&
	grep -qE '^base +wrong-b +zbud +ram0 +B6 seen$' rows &&
	grep -qE '^base +crash-a +zbud +vda +B1 seen$' rows &&
	grep -qE '^base +crash-b .* FAIL: the window was not hit$' rows &&
	grep -qE '^base +wrong-c .* FAIL: the window was not hit$' rows &&
	[ "$(grep -c 'page 1 word 2' out/base-prog:wrong-b-zbud.log)" = 1 ] &&
	! grep -q KASAN out/base-wrong-a-zbud.log
)

t 'verify: tests of the base that share a guest' verify_groups
