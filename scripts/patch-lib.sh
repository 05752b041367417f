# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What is demanded of a patch on its own: the tree's checkpatch, numbers and tags.
# To be sourced after lib.sh and part-lib.sh; $tree is the work tree of $BASE then.
# shellcheck disable=SC2154

# patch_subject FILE: in one line
patch_subject()
{
	sed -n '/^Subject: /{:a;N;/\n /{s/\n / /;ba};s/\n.*//;s/^Subject: //;p;q}' "$1"
}

# What checkpatch does not know: the tag is newer than most kernels here, see
# coding-assistants.rst in 7.3; the line is the one that stable-kernel-rules.rst asks
# for, in which checkpatch sees a commit without its title.
tags_known()
{
	if grep -q 'Assisted-by' "$tree/scripts/checkpatch.pl"; then
		cat
	else
		sed '/^Assisted-by: /d'
	fi | sed '/^\[ Upstream commit [0-9a-f]\{40\} \]$/d'
}

# UNKNOWN_COMMIT_ID, BAD_FIXES_TAG: an imported source has no history to look an
# id up in; make check looks at the form of the tag.
# --no-signoff: the submitter signs, see coding-assistants.rst.
# Before 5.16 it did not know what stable-kernel-rules.rst has behind stable@.
check_patch()
{
	local ignore=UNKNOWN_COMMIT_ID,BAD_FIXES_TAG

	# what it says of each header there, because of their macros
	! grep -q '^+++ b/include/trace/events/' "$1" ||
		ignore=$ignore,COMPLEX_MACRO,MACRO_ARG_UNUSED,TRAILING_SEMICOLON,PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE
	! tags_known <"$1" | perl "$tree/scripts/checkpatch.pl" --root="$tree" \
		--strict --no-signoff --no-summary \
		--ignore "$ignore" --terse --color=never - 2>/dev/null |
		grep -vE "email address 'stable@vger.kernel.org # .*' might be better as"
}

# patch_form FILE NUMBER TOTAL: name, subject, author and tags of a patch of $BASE
patch_form()
{
	local p bad=0 subject prefix

	p=$(basename "$1")
	case $p in
	"$(printf '%04d' "$2")"-*) ;;
	*) echo "$p is not number $2"; bad=1 ;;
	esac
	subject=$(patch_subject "$1")
	prefix=$(patch_prefix "$2" "$3")
	case $subject in
	"$prefix "mm[/:]*|"$prefix "selftests[/:]*|"$prefix "docs[/:]*) ;;
	*) echo "$p: subject is '$subject', and not '$prefix mm/...', selftests or docs"; bad=1 ;;
	esac
	if grep -qi '^\[ *upstream commit' "$1" &&
	   [ "$(sed '1,/^$/d' "$1" | head -n 1)" != "[ Upstream commit $(upstream_of "$1") ]" ]; then
		echo "$p: '[ Upstream commit <40 hex> ]' has to be the first line of the message"
		bad=1
	fi
	grep -qx 'From: zswap-writeback contributors <contributors@zswap-writeback.invalid>' "$1" ||
		{ echo "$p: wrong author"; bad=1; }
	grep -q '^Assisted-by: LLM:unspecified' "$1" || { echo "$p: no Assisted-by"; bad=1; }
	! grep -n '^Signed-off-by:' "$1" || bad=1
	if grep -q '^Fixes: ' "$1" &&
	   ! grep -qE '^Cc: (stable@vger.kernel.org|<stable\+noautosel@kernel.org> # .)' "$1"; then
		echo "$p: Fixes without a word to the stable team"
		bad=1
	fi
	if grep '^Fixes: ' "$1" | grep -vE '^Fixes: [0-9a-f]{12} \("[^"]+"\)$'; then
		echo "$p: malformed Fixes"
		bad=1
	fi
	if grep -E '^(Link|Closes): ' "$1" | grep -vE '^(Link|Closes): https://[^ ]+$'; then
		echo "$p: malformed Link"
		bad=1
	fi
	return "$bad"
}
