# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# The parts of a series: part-lib.sh, scripts/export, and scripts/apply, whose other
# tests in apply.sh have as_git(). Read by scripts/check.

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

# apply_project DIR: that project with three parts, and in DIR a tree for them
apply_project()
{
	[ -e "$work/parts" ] || parts_project "$work/parts" || return
	parts_are 'fixes 2 stable -' 'prerequisites 1 stable -' 'clean-up 1 maintainers prerequisites slot-free' &&
	parts_export || return
	rm -rf "$1"
	mkdir "$1" && git -C "$work/parts/tree" archive base mm Makefile | tar -x -C "$1"
}

# part_apply ARG...: scripts/apply of that project
part_apply()
{
	"$work/parts/scripts/apply" "$@"
}

changed_lines()
{
	sed -n 's/^line \(.*\) changed$/\1/p' "$1/mm/zswap.c" | tr '\n' ' '
}

apply_parts_git()
{
	local d=$work/ap-part

	apply_project "$d" && as_git "$d" || return
	untouched "$d" says 0 '^fits +patches/9\.9, Cc: stable only, 2 patches; ' \
		part_apply --check --stable "$d" || return
	says 0 '^applied +patches/9\.9, Cc: stable only, 2 patches, branch zswap-writeback-9\.9-stable on top' \
		part_apply --stable "$d" &&
	[ "$(changed_lines "$d")" = '5 10 ' ] || return
	says 0 '^nothing to do: all 2 patches are in the tree' part_apply --stable "$d" || return
	git -C "$d" checkout -q main
	# with what it stands on, and without what it does not
	says 0 '^applied +patches/9\.9, part clean-up on top of prerequisites, 2 patches, branch zswap-writeback-9\.9-clean-up ' \
		part_apply --part clean-up "$d" &&
	[ "$(changed_lines "$d")" = '15 20 ' ] || return
	git -C "$d" checkout -q main
	says 0 '^applied +patches/9\.9, part fixes, 2 patches, ' \
		make -s -C "$work/parts" apply TREE="$d" SERIES=9.9 PART=fixes || return
	# all of it is in the tree, so each part is
	git -C "$d" checkout -q main
	part_apply "$d" >"$work/said" &&
	says 0 '^nothing to do: all 4 patches are in the tree' part_apply --part clean-up "$d" &&
	says 0 '^nothing to do: all 4 patches are in the tree' part_apply --stable "$d"
}

apply_parts_other()
{
	local d=$work/ap-part back

	apply_project "$d" || return
	says 0 '^applied +patches/9\.9, part prerequisites, 1 patch; .* so the files were changed' \
		part_apply --part prerequisites "$d" && [ "$(changed_lines "$d")" = '15 ' ] || return
	back=$(sed -n 's/^back *//p' "$work/said")
	bash -c "$back" && [ -z "$(changed_lines "$d")" ] || return
	command -v quilt >/dev/null || skip 'no quilt'
	mkdir "$d/patches" && : >"$d/patches/series"
	says 0 '^applied +patches/9\.9, Cc: stable only, 2 patches, with quilt: patches/zswap-writeback-9\.9-stable/' \
		part_apply --stable "$d" &&
	[ "$(cd "$d" && quilt --quiltrc - applied | wc -l)" = 2 ] &&
	[ "$(changed_lines "$d")" = '5 10 ' ] || return
	apply_project "$d" && mkdir -p "$d/debian/source" "$d/debian/patches" &&
	echo '3.0 (quilt)' >"$d/debian/source/format" && : >"$d/debian/patches/series" &&
	says 0 '^added +patches/9\.9, part fixes, 2 patches, to debian/patches/series' \
		part_apply --debian --part fixes "$d" &&
	[ "$(grep -c '^bugfix/all/zswap-writeback/' "$d/debian/patches/series")" = 2 ]
}

apply_parts_wrong()
{
	local d=$work/ap-part base=$work/parts/patches/9.9/base

	apply_project "$d" || return
	says 2 'STABLE=1 or PART=<name>, not both' part_apply --stable --part fixes "$d" &&
	says 2 "patches/9.9 has no part 'mail', there are: fixes prerequisites clean-up" \
		part_apply --series 9.9 --part mail "$d" &&
	says 2 "patches/9.9 has no part 'mial', there are: fixes" part_apply --part mial "$d" || return
	# a part that does not fit, and one that does
	sed -i 's/line 20$/line XX/' "$d/mm/zswap.c"
	untouched "$d" says 1 'patches/9.9 does not fit .*: 0004 does not apply' \
		part_apply --series 9.9 --part clean-up "$d" &&
	says 0 '^fits +patches/9\.9, part fixes, 2 patches; it applies, without fuzz' \
		part_apply --check --part fixes "$d" || return
	sed -i 's/^part fixes 2/part fixes 1/' "$base"
	says 2 'patches/9.9/base: the parts have 3 patches, there are 4' \
		part_apply --series 9.9 --part fixes "$d" || return
	parts_are
	sed -i '/^Cc: stable/d' "$work/parts/patches/9.9"/*.patch
	says 2 "patches/9.9 has no parts, so there is no part 'fixes'" \
		part_apply --series 9.9 --part fixes "$d" &&
	says 2 'no patch of patches/9.9 has Cc: stable' part_apply --series 9.9 --stable "$d"
}

# parts_check RC ENV...: scripts/series-check of that project
parts_check()
{
	local rc=$1 d=$work/parts got

	shift
	mkdir -p "$d/build/9.9" && ln -sfn "$d/tree" "$d/build/9.9/tree" &&
	(TOP=$d BASE=9.9; echo "$(series_hash) x" >"$d/tree/.git/zswap-series") &&
	env -u TREE BASE=9.9 BUILD="$d/build" NO_INSTALL=1 "$@" "$d/scripts/series-check" >"$work/said" 2>&1
	got=$?
	cat "$work/said"
	[ "$got" = "$rc" ] || { echo "returned $got, not $rc"; return 1; }
}

saw()
{
	grep -qE -- "$1" "$work/said" || { echo "did not say: $1"; return 1; }
}

parts_series_check()
{
	[ -e "$work/parts" ] || parts_project "$work/parts" || return
	parts_are 'fixes 2 stable -' 'clean-up 2 maintainers fixes slot-free' && parts_export &&
	parts_check 0 A= &&
	saw '^part +fixes, 2 patches, on the base alone +ok$' &&
	saw '^part +clean-up, 2 patches, on fixes +ok, fails without: slot-free$' &&
	saw '^stable +2 patches with Cc: stable, on the base alone +ok$' &&
	saw '^git send-email --dry-run --to=stable@vger.kernel.org .* patches/9.9/\[0-9\]\*\.patch$' || return
	parts_check 0 PART=clean-up &&
	saw '^make apply TREE=<dir> SERIES=9.9 PART=clean-up SIGNOFF=1, and then in <dir>:$' &&
	saw "^git send-email --dry-run '--to=A <a@a.invalid>' .*'--subject-prefix=PATCH 9.9' -2\$" &&
	saw '^send-email clean-up: .* (ok, 2 mails, nothing sent|skip: .*)$' || return
	parts_check 0 PART=stable &&
	saw '^make apply TREE=<dir> SERIES=9.9 STABLE=1 SIGNOFF=1, and then in <dir>:$' || return
	parts_check 2 PART=mail && saw "patches/9.9 has no part 'mail', there are: fixes clean-up stable$" || return
	# what applies without the part that it stands on names a test
	parts_are 'fixes 2 stable -' 'clean-up 2 maintainers fixes' && parts_check 1 A= &&
	saw '^part +clean-up, 2 patches, on fixes +FAIL$' &&
	saw 'applies without fixes, and names no test that fails then' || return
	parts_are 'fixes 1 stable -' 'clean-up 2 maintainers -' && parts_check 1 A= &&
	saw 'patches/9.9/base: the parts have 3 patches, there are 4'
}

# a part that needs another one to apply, and patches for stable that do, too
parts_stand_on()
{
	local d=$work/parts rc

	[ -e "$d" ] || parts_project "$d" || return
	sed -i 's/^line 5 changed$/line 5 changed twice/' "$d/tree/mm/zswap.c" &&
	printf 'mm/zswap: change 5\n\nA user sees it.\n\nCc: stable@vger.kernel.org\nAssisted-by: LLM:unspecified\n' |
		git -C "$d/tree" commit -q -a -F - &&
	parts_are 'fixes 2 stable -' 'mail 2 stable -' 'clean-up 1 maintainers fixes' && parts_export &&
	parts_check 0 A= && saw '^part +clean-up, 1 patch, on fixes +ok$' &&
	parts_are 'fixes 2 stable -' 'mail 2 stable -' 'clean-up 1 maintainers -' &&
	parts_check 1 A= && saw '^part +clean-up, 1 patch, on the base alone +FAIL$' &&
	saw '0005-.*patch does not apply: patch failed: mm/zswap.c:' &&
	sed -i '/^Cc: stable/d' "$d/patches/9.9"/0001-* &&
	parts_check 1 A= && saw '^stable +2 patches with Cc: stable, on the base alone +FAIL$'
	rc=$?
	git -C "$d/tree" reset -q --hard HEAD^ && parts_are && parts_export
	return "$rc"
}

# series of their own are sent by themselves
parts_sent()
{
	local d=$work/parts/patches/9.9 rc

	[ -e "$d" ] || parts_project "$work/parts" || return
	parts_are 'zero-filled 2 mm-hotfixes -' 'tracing 2 rfc -'
	mv "$d/cover" "$d/cover.zero-filled" && cp "$d/cover.zero-filled" "$d/cover.tracing" &&
	rm -f "$d"/0000-* && parts_export && parts_check 0 A= &&
	saw '^cover +part zero-filled: subject, titles, diffstat of the series +ok$' &&
	saw '^b4 .* (ok, 4 patches|skip: .*)$' &&
	saw "^git send-email --dry-run '--to=A <a@a.invalid>' .* patches/9.9/0000-cover-letter-zero-filled.patch patches/9.9/0001-.*.patch patches/9.9/0002-[^ ]*.patch\$" &&
	saw '^send-email tracing: .* (ok, 3 mails, nothing sent|skip: .*)$' &&
	grep -q '^Subject: \[PATCH RFC 9.9 2/2\] ' "$d"/0004-* &&
	parts_check 0 PART=tracing && ! grep -q '^git send-email.*zero-filled' "$work/said" &&
	sed -i 's/2 insertions/3 insertions/' "$d/0000-cover-letter-tracing.patch" &&
	parts_check 1 A= && saw '^cover +part tracing: .* FAIL$'
	rc=$?
	mv "$d/cover.zero-filled" "$d/cover" && rm -f "$d"/0000-* "$d/cover.tracing"
	parts_are && parts_export
	return "$rc"
}

t 'parts: sections of the series file, quilt reads it' parts_of_one_series
t 'parts: series of their own, numbered by themselves' parts_of_their_own
t 'parts: a line that is wrong is told' parts_wrong
t 'apply: a part, or what is for stable, in git' apply_parts_git
t 'apply: a part, or what is for stable, plain, quilt, Debian' apply_parts_other
t 'apply: a part that is not there, or does not fit' apply_parts_wrong
t 'series-check: parts, and what is for stable, apply alone' parts_series_check
t 'series-check: a part that needs another one' parts_stand_on
t 'series-check: series of their own' parts_sent
