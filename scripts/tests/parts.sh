# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# The parts of a series: part-lib.sh, scripts/export. Read by scripts/check.

# parts_project DIR: a project with a base 9.9, whose work tree in DIR/tree has four
# commits that change a file of five lines, the second one standing for another
parts_project()
{
	local d=$1 n g

	mkdir -p "$d/patches/9.9" "$d/tools/testing/x" "$d/tree/mm" &&
	cp -r scripts Makefile "$d/" && echo '"slot-free"' >"$d/tools/testing/x/x.c" || return
	g="git -C $d/tree -c user.name=zswap-writeback\ contributors"
	git init -q -b base "$d/tree" &&
	git -C "$d/tree" config user.name 'zswap-writeback contributors' &&
	git -C "$d/tree" config user.email contributors@zswap-writeback.invalid &&
	printf 'line %s\n' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 >"$d/tree/mm/zswap.c" &&
	git -C "$d/tree" add mm && git -C "$d/tree" commit -q -m base &&
	git -C "$d/tree" checkout -q -b series || return
	printf 'zpools zbud\nsend-to stable\nversion 9.9\nblob mm/zswap.c %s\n' \
		"$(git -C "$d/tree" rev-parse base:mm/zswap.c)" >"$d/patches/9.9/base"
	for n in 1 2 3 4; do
		sed -i "s/^line $((n * 5))\$/& changed/" "$d/tree/mm/zswap.c"
		{
			printf 'mm/zswap: change %s\n\n' "$n"
			[ "$n" != 2 ] || printf '[ Upstream commit %040d ]\n\n' 1234
			printf 'A user sees it.\n\n'
			[ "$n" -gt 2 ] || echo 'Cc: stable@vger.kernel.org'
			echo 'Assisted-by: LLM:unspecified coccinelle sparse'
		} >"$d/message"
		git -C "$d/tree" commit -q -a -F "$d/message" || return
	done
	printf 'zswap: a title\n\nA text.\n' >"$d/patches/9.9/cover"
}

# parts_are LINE...: the part lines of that project
parts_are()
{
	sed -i '/^part/d' "$work/parts/patches/9.9/base"
	[ $# = 0 ] || printf 'part %s\n' "$@" >>"$work/parts/patches/9.9/base"
}

parts_export()
{
	BASE=9.9 "$work/parts/scripts/export" "$work/parts/tree"
}

subjects()
{
	sed -n 's/^Subject: //p' "$work/parts/patches/9.9"/[0-9]*.patch
}

parts_of_one_series()
{
	local d=$work/parts/patches/9.9

	[ -e "$d" ] || parts_project "$work/parts" || return
	parts_are && parts_export || return
	cat "$d/series"
	[ "$(grep -c '^#' "$d/series")" = 2 ] || return
	parts_are 'fixes 2 stable -' 'mail 2 maintainers fixes slot-free' && parts_export || return
	subjects
	[ "$(subjects | tr '\n' ';')" = '[PATCH 9.9 0/4] zswap: a title;[PATCH 9.9 1/4] mm/zswap: change 1;[PATCH 9.9 2/4] mm/zswap: change 2;[PATCH 9.9 3/4] mm/zswap: change 3;[PATCH 9.9 4/4] mm/zswap: change 4;' ] || return
	cat "$d/series"
	sed -n '3,$p' "$d/series" | diff - <(cat <<-'EOF2'
	#
	# part fixes, 2 patches, to stable; stands on the base alone
	# own, for stable
	0001-mm-zswap-change-1.patch
	# stands for commit 000000000000, for stable
	0002-mm-zswap-change-2.patch
	#
	# part mail, 2 patches, to maintainers; stands on part fixes
	# own
	0003-mm-zswap-change-3.patch
	# own
	0004-mm-zswap-change-4.patch
	EOF2
	) || return
	cp -r "$work/parts/tree" "$work/parts/quilt" &&
	git -C "$work/parts/quilt" checkout -q base &&
	(cd "$work/parts/quilt" && QUILT_PATCHES=$d quilt --quiltrc - push -a -q --fuzz=0) &&
	cmp "$work/parts/quilt/mm/zswap.c" "$work/parts/tree/mm/zswap.c"
}

parts_of_their_own()
{
	local d=$work/parts/patches/9.9 rc

	[ -e "$d" ] || parts_project "$work/parts" || return
	parts_are 'zero-filled 2 mm-hotfixes -' 'count 1 mm-unstable -' 'tracing 1 rfc -'
	mv "$d/cover" "$d/cover.zero-filled" && parts_export
	rc=$?
	[ "$rc" != 0 ] || { subjects; ls "$d"; }
	[ "$rc" = 0 ] &&
	[ "$(subjects | tr '\n' ';')" = '[PATCH 9.9 0/2] zswap: a title;[PATCH 9.9 1/2] mm/zswap: change 1;[PATCH 9.9 2/2] mm/zswap: change 2;[PATCH 9.9] mm/zswap: change 3;[PATCH RFC 9.9] mm/zswap: change 4;' ] &&
	[ -e "$d/0000-cover-letter-zero-filled.patch" ] &&
	[ ! -e "$d/0000-cover-letter.patch" ] &&
	[ -e "$d/0004-mm-zswap-change-4.patch" ] &&
	grep -q ' 1 file changed, 2 insertions' "$d/0000-cover-letter-zero-filled.patch" &&
	(cd "$work/parts" && TOP=$PWD series_form 9.9)
	rc=$?
	mv "$d/cover.zero-filled" "$d/cover" && rm -f "$d"/0000-*
	return "$rc"
}

# what is wrong with a line is one line
parts_wrong()
{
	local f=patches/9.9/base

	[ -e "$work/parts" ] || parts_project "$work/parts" || return
	parts_are 'fixes 2 stable -'
	says 2 "$f: the parts have 2 patches, there are 4" parts_export || return
	parts_are 'fixes 4 stable'
	says 2 "$f: part fixes: not 'part <name> <number" parts_export || return
	parts_are 'mail 2 stable -' 'fixes 2 stable -'
	says 2 "$f: part fixes: out of order, which is: fixes prerequisites" parts_export || return
	parts_are 'fixes 2 stable -' 'fixes 2 stable -'
	says 2 "$f: part fixes: there are two of them" parts_export || return
	parts_are 'fixes 2 stable -' 'mial 2 stable -'
	says 2 "$f: part mial: no such name, there are" parts_export || return
	parts_are 'fixes 2 stable -' 'mail 2 nowhere -'
	says 2 "$f: part mail: destination 'nowhere', there are: stable" parts_export || return
	parts_are 'fixes 2 stable mail slot-free' 'mail 2 stable -'
	says 2 "$f: part fixes: stands on 'mail', which is no part before it" parts_export || return
	parts_are 'fixes 2 stable -' 'mail 2 stable fixes slot-fre'
	says 2 "$f: part mail: there is no test or scenario 'slot-fre'" parts_export || return
	parts_are 'count 4 stable -'
	says 2 "$f: part count: a series of 4 patches of its own, but there is no patches/9.9/cover.count" \
		parts_export || return
	# nothing was made, and what was there is as it was
	parts_are && parts_export
}

t 'parts: sections of the series file, quilt reads it' parts_of_one_series
t 'parts: series of their own, numbered by themselves' parts_of_their_own
t 'parts: a line that is wrong is told' parts_wrong
