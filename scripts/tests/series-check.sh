# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Tests of scripts/series-check and of scripts/patch-lib.sh. To be sourced by
# scripts/check, which sets these:
# shellcheck disable=SC2154,SC2034

# series_check ARG...: of a work tree that is there, and without installing what
# is not
series_check()
{
	env -u TREE BASE=6.1 NO_INSTALL=1 "$@" >"$work/series-check"
}

# is the work tree of 6.1 that of the package?
need_series_tree()
{
	BASE=6.1
	work_tree
	[ "$tree" = "$BUILD/6.1/tree" ] || skip 'no work tree'
}

series_check_ok()
{
	local n

	need_series_tree
	n=$(series_files | wc -l)
	series_check scripts/series-check || { cat "$work/series-check"; return 1; }
	cat "$work/series-check"
	[ "$(grep -cE '^  [0-9]+ .* ok +ok$' "$work/series-check")" = "$n" ] &&
	grep -qE '^cover .* ok$' "$work/series-check" &&
	grep -qE "^b4 .* (ok, $n patches|skip: no b4 .*)$" "$work/series-check" &&
	grep -qE "^send-email .* (ok, $((n + 1)) mails, nothing sent|skip: no git send-email .*)$" \
		"$work/series-check" &&
	grep -qx ' *To: stable@vger.kernel.org' "$work/series-check" &&
	grep -q '^- git am -s' "$work/series-check" || return
	# the command is one for the shell, and a dry run
	tail -n 1 "$work/series-check" | bash -n &&
	tail -n 1 "$work/series-check" | grep -q '^git send-email --dry-run --to=stable@.* patches/6.1/\[0-9\]\*.patch$'
}

# a project whose version 1 has one patch less, and whose cover letter is wrong
series_check_bad()
{
	local d=$work/project last g

	need_series_tree
	last=$(series_files | tail -n 1)
	g="git -C $d -c user.name=t -c user.email=t@t.invalid"
	mkdir "$d" && cp -r scripts patches tools Makefile "$d/" && $g init -q &&
	mv "$d/patches/6.1/$last" "$work/" &&
	sed -i "/^$last/d" "$d/patches/6.1/series" &&
	$g add -A && $g commit -q -m 1 && $g tag v1 &&
	cp "$work/$last" "patches/6.1/series" "$d/patches/6.1/" &&
	sed -i 's/^\( mm\/zswap.c .*\)+-/\1++/' "$d/patches/6.1/0000-cover-letter.patch" || return
	series_check "$d/scripts/series-check"
	[ $? = 1 ] || { cat "$work/series-check"; return 1; }
	cat "$work/series-check"
	grep -qE '^cover .* FAIL$' "$work/series-check" &&
	grep -qE "^range-diff with v1 +1 of $(series_files | wc -l) patches changed" "$work/series-check" &&
	grep -qE '^ -: +-+ > +[0-9]+: ' "$work/series-check" &&
	grep -q '^- if v1 has been posted' "$work/series-check"
}

# what is wrong with one patch
series_check_patch()
{
	local p=$work/0001-x.patch total

	BASE=6.1
	total=$(series_files | wc -l)
	form_of()
	{
		sed "$1" "patches/6.1/$(series_files | head -n 1)" >"$p"
		patch_form "$p" "${2:-1}" "$total"
	}
	form_of '' || return
	says 1 "is not number 2" form_of '' 2 &&
	says 1 "subject is '\[PATCH 6.1 v2 01/" form_of 's/^Subject: \[PATCH 6.1 /&v2 /' &&
	says 1 'Fixes without a word' form_of '/^Cc: stable/d' &&
	says 1 'malformed Fixes' form_of 's/^Fixes: \(.*\)("\(.*\)")/Fixes: \1\2/' &&
	says 1 'has to be the first line of the message' \
		form_of 's/^Fixes: /[ Upstream commit 5878303c5353aaaabbbbccccddddeeeeffff0000 ]\n&/' &&
	says 1 'malformed Link' form_of 's|^Fixes: |Link: lore.kernel.org/x\n&|' &&
	says 1 'Signed-off-by: A' form_of 's/^Fixes: /Signed-off-by: A <a@a.invalid>\n&/' || return
	work_tree
	form_of 's/^Subject:.*/&\n\n[ Upstream commit 5878303c5353aaaabbbbccccddddeeeeffff0000 ]/'
	check_patch "$p" | grep 'commit description' && return 1
	form_of 's/^+\t/+        /'
	says 1 'code indent should use tabs' series_checkpatch "$p"
}

# one line of it, and 1 if there are any
series_checkpatch()
{
	! check_patch "$1" | grep -m 1 'code indent'
}

t 'series-check: the form of a patch, checkpatch' series_check_patch
t 'series-check: SINCE has to be a commit' says 2 'SINCE=nothing is no commit of this project' \
	env BASE=6.1 SINCE=nothing scripts/series-check
t 'series-check: 6.1 can go out, nothing is sent' series_check_ok
t 'series-check: the version before, and a cover letter that is wrong' series_check_bad
