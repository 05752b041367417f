# SPDX-License-Identifier: GPL-2.0-only
#
# The page that scripts/report writes. Reads patches/bugs, patches/*/base and
# series, and any number of files of results; prints HTML when it has them all.
#
# Given with -v: bases and mutants (words), plots (names of results that have a
# picture), dir (where those are, in base64), commit, now, css (a file).

BEGIN {
	FS = "\t"
	nr_bases = split(bases, base_list, " ")
	n = split(mutants, list, " ")
	for (i = 1; i <= n; i++)
		has_mutants[list[i]] = 1
	n = split(plots, list, " ")
	for (i = 1; i <= n; i++)
		has_plot[list[i]] = 1
}

# -- what is read --------------------------------------------------------------

FNR == 1 {
	name = FILENAME
	sub(/.*\//, "", name)
	kind = name
	if (sub(/\.tsv$/, "", name)) {
		kind = "tsv"
		files[++nr_files] = name
		have[name] = 1
	} else if (kind == "base" || kind == "series") {
		base = FILENAME
		sub(/\/[^\/]*$/, "", base)
		sub(/.*\//, "", base)
	}
}

kind == "bugs" && /^(bug|what) / {
	id = $0
	sub(/^[a-z]+ +/, "", id)
	sub(/ .*/, "", id)
	text = $0
	sub(/^[a-z]+ +[^ ]+ +/, "", text)
	if (/^bug/) {
		bugs[++nr_bugs] = id
		bug_name[id] = text
	} else {
		bug_text[id] = text
	}
}

kind == "series" && /^[^#[:space:]]/ { patches[base]++ }

kind == "base" {
	n = split($0, w, /[[:space:]]+/)
	if (w[1] == "version") {
		version[base] = w[2]
	} else if (w[1] == "base-test") {
		id = one_bug(w[5])
		test = w[2]
		sub(/.*:/, "", test)
		boot_tests[base, id] = boot_tests[base, id] " " test
		known[base, id] = 1
	} else if (w[1] == "explore") {
		explores[base] = 1
		for (i = 3; i <= n; i++)
			known[base, one_bug(w[i])] = 1
	} else if (w[1] == "fixed-upstream") {
		for (i = 2; i <= n; i++)
			upstream[base, w[i]] = 1
	}
}

kind == "tsv" && /^# [a-z]+: / {
	key = substr($0, 3, index($0, ":") - 3)
	head[name, key] = substr($0, index($0, ":") + 2)
	next
}

kind == "tsv" && /^#/ { next }

kind == "tsv" && !(name in nr_cols) {
	nr_cols[name] = NF
	for (i = 1; i <= NF; i++) {
		col[name, i] = $i
		has_col[name, $i] = 1
	}
	next
}

kind == "tsv" {
	r = ++rows[name]
	for (i = 1; i <= nr_cols[name]; i++)
		cell[name, r, col[name, i]] = $i
}

# -- small things --------------------------------------------------------------

# a failure that is fatal is told in two ways
function one_bug(id)
{
	return id == "WARN" ? "BUG" : id
}

function esc(s)
{
	gsub(/[^[:print:]]/, " ", s)
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	gsub(/"/, "\\&quot;", s)
	gsub(/'/, "\\&#39;", s)
	return s
}

# of the lines of a splat, which are in one field
function esc_lines(s)
{
	s = esc(s)
	gsub(/\\n/, "\n", s)
	return s
}

function code(s)
{
	return "<code>" esc(s) "</code>"
}

function not_run(how)
{
	return "<span class=\"not\">not run" (how == "" ? "" : ": " code(how)) "</span>"
}

# made from another commit than the one that is checked out, or from none
function stale(name,	at, text)
{
	at = head[name, "project"]
	if (sub(/-dirty$/, "", at))
		text = ", uncommitted changes"
	if (at == "" || at != clean(commit))
		text = " stale: of " (at == "" ? "an unknown commit" : "commit " at) text
	else
		text = substr(text, 2)
	return text == "" ? "" : " <span class=\"stale\">(" esc(substr(text, 2)) ")</span>"
}

function clean(at)
{
	sub(/-dirty$/, "", at)
	return at
}

# how a result reads: ok, FAIL, SKIP, ...
function verdict(s)
{
	if (s ~ /^(ok|yes|pass|PASS)$/)
		return "<span class=\"good\">" esc(s) "</span>"
	if (s ~ /^(FAIL|NO|no|not ok|UNEXPECTED|fail)/)
		return "<span class=\"bad\">" esc(s) "</span>"
	return esc(s)
}

function kernel(base)
{
	return version[base] == "" ? base : version[base]
}

# with TREE= if that is how it was run: there may be no package
function how(what, base, name,	s)
{
	s = "make " what " BASE=" base
	return head[name, "command"] ~ /TREE=/ ? s " TREE=<dir>" : s
}

function table(label)
{
	print "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" esc(label) "\"><table>"
}

function table_end()
{
	print "</table></div>"
}

# columns: words with "|" between; one that begins with "#" holds numbers
function columns(list,	c, n, i, s)
{
	n = split(list, c, "|")
	s = "<thead><tr>"
	for (i = 1; i <= n; i++)
		s = s (sub(/^#/, "", c[i]) ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">") esc(c[i]) "</th>"
	print s "</tr></thead><tbody>"
}

function num(s)
{
	while (s ~ /[0-9][0-9][0-9][0-9]/ && s ~ /^[0-9,]+$/)
		s = thousands(s)
	return esc(s)
}

function thousands(s,	head, tail)
{
	match(s, /^[0-9]+/)
	head = substr(s, 1, RLENGTH - 3)
	tail = substr(s, RLENGTH - 2)
	return head "," tail
}

# a file of results as it is
function any_table(name,	r, i, v, class)
{
	used[name] = 1
	printf "<h3>%s%s</h3>\n<p>%s, %s; %s</p>\n", esc(name), stale(name), esc(head[name, "kernel"]),
		esc(head[name, "date"]), code(head[name, "command"])
	if (!rows[name]) {
		print "<p class=\"not\">no rows</p>"
		return
	}
	if (name in has_plot)
		picture(name)
	if (name ~ /^bench-/) {
		if ((name, "median") in has_col)
			plot(name)
		print "<details><summary>the numbers</summary>"
	}
	table(name)
	v = ""
	for (i = 1; i <= nr_cols[name]; i++)
		v = v (i > 1 ? "|" : "") (is_number(name, i) ? "#" : "") col[name, i]
	columns(v)
	for (r = 1; r <= rows[name]; r++) {
		printf "<tr>"
		for (i = 1; i <= nr_cols[name]; i++) {
			v = cell[name, r, col[name, i]]
			class = is_number(name, i) ? " class=\"n\"" : length(v) > 40 ? " class=\"long\"" : length(v) > 16 ? " class=\"w\"" : ""
			printf "<td%s>%s</td>", class, v ~ /^[0-9]+$/ ? num(v) : verdict(v)
		}
		print "</tr>"
	}
	print "</tbody>"
	table_end()
	if (name ~ /^bench-/)
		print "</details>"
}

function is_number(name, i,	r, v)
{
	for (r = 1; r <= rows[name]; r++) {
		v = cell[name, r, col[name, i]]
		if (v !~ /^[-+]?[0-9.,]+%?$/ && v != "" && v != "-")
			return 0
	}
	return 1
}

# -- kernel x bug x series -----------------------------------------------------

# what a splat is, in two words
function word_of(splat)
{
	if (splat ~ /null-ptr-deref|NULL pointer/)
		return "NULL dereference"
	if (splat ~ /use-after-free/)
		return "use after free"
	if (splat ~ /kernel BUG|general protection fault/)
		return "BUG"
	if (splat ~ /KASAN: (wild|user)-memory-access/)
		return "wild pointer"
	if (splat ~ /WARNING: /)
		return "WARN"
	if (splat ~ /SIGBUS/)
		return "SIGBUS"
	if (splat ~ /expected|but reads/)
		return "wrong data"
	return "seen"
}

# how the base shows a bug in make verify: words, or nothing; sets seen_bad
function before(base, id,	name, r, words, w)
{
	name = "verify-" base
	words = ""
	seen_bad = 0
	for (r = 1; r <= rows[name]; r++) {
		if (cell[name, r, "kernel"] != "base" || one_bug(cell[name, r, "bug"]) != id)
			continue
		if (cell[name, r, "result"] != "ok") {
			seen_bad = 1
			continue
		}
		w = word_of(cell[name, r, "splat"])
		if (index(", " words ", ", ", " w ", ") == 0)
			words = words (words == "" ? "" : ", ") w
	}
	return words
}

# how many rows of the patched kernel are about that bug; sets failures, which
# counts a splat of any test as one
function after(base, id,	name, r, n, k)
{
	name = "verify-" base
	failures = 0
	n = 0
	for (r = 1; r <= rows[name]; r++) {
		if (cell[name, r, "kernel"] != "patched")
			continue
		k = cell[name, r, "test"]
		if (k == "no splat") {
			failures += cell[name, r, "result"] != "ok"
		} else if (index(boot_tests[base, id] " ", " " k " ") && cell[name, r, "result"] != "SKIP") {
			n++
			failures += cell[name, r, "result"] != "ok"
		}
	}
	return n
}

# in how many scenarios the explorer found it
function explored(base, which, id,	name, r, n, list, i, k)
{
	name = "explore-" base
	n = 0
	for (r = 1; r <= rows[name]; r++) {
		if (cell[name, r, "kernel"] != which)
			continue
		k = split(cell[name, r, "found"], list, " ")
		for (i = 1; i <= k; i++)
			if (list[i] == id) {
				n++
				break
			}
	}
	return n
}

function summary_cell(base, id,	s, words, n, left)
{
	if (!((base, id) in known))
		return (base, id) in upstream ? "<span class=\"soft\">fixed upstream</span>" : "&ndash;"
	s = ""
	if ((base, id) in boot_tests) {
		if (!(("verify-" base) in have)) {
			s = "boot " not_run("")
		} else {
			words = before(base, id)
			s = (words == "" || seen_bad) ? "<span class=\"bad\">FAIL: not seen</span>" : esc(words)
			n = after(base, id)
			if (failures)
				s = s "<br><span class=\"bad\">&rarr; FAIL</span>"
			else if (n)
				s = s "<br><span class=\"good\">&rarr; nothing</span>"
			else
				s = s "<br>&rarr; " not_run("")
		}
		s = s "<br>"
	}
	if (!(("explore-" base) in have))
		return s "<small>explorer <span class=\"not\">not run</span></small>"
	n = explored(base, "base", id)
	left = explored(base, "patched", id)
	return s "<small>explorer " n " &rarr; " (left ? "<span class=\"bad\">" left "</span>" : "0") "</small>"
}

function shown(id,	i)
{
	for (i = 1; i <= nr_bases; i++)
		if ((base_list[i], id) in known)
			return 1
	return 0
}

function summary(	i, j, b)
{
	print "<h2 id=\"summary\">Kernels, bugs, series</h2>"
	print "<p>Each cell: what a boot of the unpatched kernel showed, and what of it is left with the series; in how many scenarios the explorer found the bug without the series and with it. A dash: the kernel does not have it.</p>"
	print "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Kernels, bugs, series\"><table class=\"sum\">"
	printf "<thead><tr><th scope=\"col\">kernel</th>"
	for (j = 1; j <= nr_bugs; j++)
		if (shown(bugs[j]))
			printf "<th scope=\"col\"><b><a href=\"#%s\">%s</a></b> %s</th>", bugs[j], bugs[j], esc(bug_name[bugs[j]])
	print "<th scope=\"col\">series</th></tr></thead><tbody>"
	for (i = 1; i <= nr_bases; i++) {
		b = base_list[i]
		printf "<tr><th scope=\"row\">%s<br><small>%s</small>%s</th>", esc(b), esc(kernel(b)),
			stale_mark(b)
		for (j = 1; j <= nr_bugs; j++)
			if (shown(bugs[j]))
				printf "<td>%s</td>", summary_cell(b, bugs[j])
		if (patches[b])
			printf "<td>%d patches<br>%s</td></tr>\n", patches[b], code("patches/" b)
		else
			print "<td><span class=\"soft\">none</span></td></tr>"
	}
	print "</tbody></table></div>"
}

function stale_mark(b)
{
	if ((("verify-" b) in have && stale("verify-" b) != "") ||
	    (("explore-" b) in have && stale("explore-" b) != ""))
		return "<br><span class=\"stale\">(stale)</span>"
	return ""
}

# -- races ---------------------------------------------------------------------

function races(	i, j, b, id, first)
{
	print "<h2 id=\"races\">The races</h2>"
	print "<p>How it comes to each bug, as the explorer found it in the kernel&#39;s own files, with the fewest preemptions; the splat of the unpatched kernel in a guest; and the same tests on the patched one. A lane is a thread, a row a step; steps that concern no other thread are left out.</p>"
	for (j = 1; j <= nr_bugs; j++) {
		id = bugs[j]
		if (!shown(id))
			continue
		printf "<h3 id=\"%s\">%s: %s</h3>\n<p>%s</p>\n", id, id, esc(bug_name[id]), esc(bug_text[id])
		first = 1
		for (i = 1; i <= nr_bases; i++) {
			b = base_list[i]
			if (!((b, id) in known))
				continue
			# one is open: what there is to see
			race(b, id, first && (("trace-" b "-" id) in have))
			if (("trace-" b "-" id) in have)
				first = 0
		}
	}
}

function race(b, id, open,	v, t, s, n)
{
	v = "verify-" b
	t = "trace-" b "-" id
	if (!((b, id) in boot_tests)) {
		s = "explorer only"
	} else if (!(v in have)) {
		s = "boot " not_run("")
	} else {
		s = before(b, id)
		s = (s == "" || seen_bad ? "<span class=\"bad\">FAIL: not seen</span>" : esc(s)) " before, "
		n = after(b, id)
		s = s (failures ? "<span class=\"bad\">FAIL</span>" : n ? "nothing" : not_run("")) " after"
	}
	printf "<details%s><summary><b>%s</b> &ndash; %s</summary>\n", open ? " open" : "", esc(kernel(b)), s
	if (t in have)
		timeline(t, b, id)
	else
		printf "<p>timeline %s</p>\n", not_run(how("explore", b, ""))
	if ((b, id) in boot_tests) {
		if (v in have)
			splats(v, b, id)
		else
			printf "<p>boot %s</p>\n", not_run(how("verify", b, ""))
	}
	print "</details>"
}

function splats(v, b, id,	r, n, k)
{
	printf "<h4>Before%s</h4>\n", stale(v)
	for (r = 1; r <= rows[v]; r++) {
		if (cell[v, r, "kernel"] != "base" || one_bug(cell[v, r, "bug"]) != id)
			continue
		k = "seen"
		if (cell[v, r, "result"] != "ok")
			k = "<span class=\"bad\">FAIL: " esc(cell[v, r, "detail"]) "</span>"
		printf "<p>%s, %s on %s: %s</p>\n", code(cell[v, r, "test"]), esc(cell[v, r, "zpool"]), esc(cell[v, r, "dev"]), k
		if (cell[v, r, "splat"] != "")
			printf "<pre class=\"splat\" tabindex=\"0\">%s</pre>\n", esc_lines(cell[v, r, "splat"])
	}
	print "<h4>After</h4>\n<ul>"
	n = 0
	for (r = 1; r <= rows[v]; r++) {
		k = cell[v, r, "test"]
		if (cell[v, r, "kernel"] != "patched" ||
		    (k != "no splat" && !index(boot_tests[b, id] " ", " " k " ")))
			continue
		n++
		if (k == "no splat" && cell[v, r, "result"] == "ok")
			printf "<li>%s: no splat in this guest, %s</li>\n", esc(cell[v, r, "zpool"]), esc(cell[v, r, "detail"])
		else
			printf "<li>%s, %s on %s: %s%s%s</li>\n", code(k), esc(cell[v, r, "zpool"]),
				esc(cell[v, r, "dev"]), verdict(cell[v, r, "result"]),
				(cell[v, r, "detail"] == "") ? "" : ", " esc(cell[v, r, "detail"]),
				(cell[v, r, "splat"] == "") ? "" : "<pre class=\"splat\">" esc_lines(cell[v, r, "splat"]) "</pre>"
	}
	if (!n)
		printf "<li>%s</li>\n", not_run("")
	printf "</ul>\n<p>Again: %s</p>\n", code(how("verify", b, v))
}

# -- timeline ------------------------------------------------------------------

function emit(lane, class, text, dot)
{
	y += ROW
	if (dot)
		dot = "<circle class=\"c\" cx=\"4\" cy=\"" y - 4 "\" r=\"3\"/>"
	else
		dot = ""
	# mawk has a limit for sprintf(), but none for this
	body = body "<g class=\"l" lane "\">" dot "<text class=\"" class "\" x=\"10\" y=\"" y "\">" text "</text></g>\n"
}

# the widest text decides from where on the box scrolls
function wide(lane, n)
{
	if (lane * 16 + n * 6.7 + 12 > widest)
		widest = lane * 16 + n * 6.7 + 12
}

function band_end(	h)
{
	if (band_from == "")
		return
	h = y + 5 - band_from
	bands = bands sprintf("<rect class=\"band b%d\" x=\"0\" y=\"%d\" width=\"100%%\" height=\"%d\"/>\n",
		band_lane, band_from, h)
	band_from = ""
}

function timeline(t, b, id,	r, n, lane, names, who, last, func_of, f, w, p, what, text, i, k, words, line, switches)
{
	used[t] = 1
	ROW = 16
	y = 14
	body = bands = band_from = ""
	widest = 300
	n = 0
	last = ""
	switches = 0
	for (r = 1; r <= rows[t]; r++) {
		who = cell[t, r, "thread"]
		if (!(who in lane)) {
			lane[who] = n < 5 ? n : 4
			names[n++] = who
			k += length(who) + 5
		}
	}
	wide(0, k)
	for (r = 1; r <= rows[t]; r++) {
		who = cell[t, r, "thread"]
		f = cell[t, r, "function"]
		p = cell[t, r, "place"]
		what = cell[t, r, "what"]
		w = lane[who]
		if (who != last) {
			band_end()
			band_lane = w
			band_from = y + 5
			switches++
		}
		if (cell[t, r, "note"] == "bug") {
			text = what
			i = split("*** " what, words, " ")
			line = ""
			for (k = 1; k <= i; k++) {
				if (line != "" && length(line) + length(words[k]) > 38) {
					emit(w, "err", esc(line), 0)
					wide(w, length(line))
					line = "   "
				}
				line = line (line == "" ? "" : " ") words[k]
			}
			emit(w, "err", esc(line), 0)
			wide(w, length(line))
			last = who
			continue
		}
		if (f != "" && (who != last || func_of[who] != f)) {
			emit(w, "f", esc(f "()"), 0)
			wide(w, length(f) + 2)
		}
		func_of[who] = f
		emit(w, "s", (f == "" ? "" : "  ") esc(what) (p == "" ? "" : "  <tspan class=\"p\">" esc(p) "</tspan>"), 1)
		wide(w, (f == "" ? 0 : 2) + length(what) + (p == "" ? 0 : 2 + length(p)))
		if (cell[t, r, "note"] != "") {
			emit(w, "note", "    [" esc(cell[t, r, "note"]) "]", 0)
			wide(w, length(cell[t, r, "note"]) + 6)
		}
		last = who
	}
	band_end()
	y += 8
	line = ""
	for (i = 0; i < n; i++)
		line = line (i ? ", " : "") names[i]
	printf "<figure><figcaption>%s, scenario %s, %s preemption%s%s: %s</figcaption>\n", esc(head[t, "kernel"]),
		code(head[t, "scenario"]), esc(head[t, "bound"]), (head[t, "bound"] == 1) ? "" : "s", stale(t), esc(text)
	printf "<div class=\"lanes of%d\" tabindex=\"0\" role=\"region\" aria-label=\"timeline of %s\">\n", n, id
	printf "<svg height=\"%d\" style=\"min-width:%dpx\" role=\"img\" aria-labelledby=\"t-%s d-%s\" xmlns=\"http://www.w3.org/2000/svg\">\n",
		y, widest, key_of(t), key_of(t)
	printf "<title id=\"t-%s\">%s in %s</title><desc id=\"d-%s\">Threads: %s. %d shared steps, %d switches. It ends with: %s</desc>\n",
		key_of(t), id, esc(kernel(b)), key_of(t), esc(line), rows[t] - 1, switches - 1, esc(text)
	printf "%s", bands
	for (i = 0; i < n; i++) {
		printf "<g class=\"l%d\"><rect class=\"c rail\" x=\"3\" y=\"%d\" width=\"2\" height=\"%d\"/></g>\n",
			(i < 5) ? i : 4, 19, y - 22
	}
	# the names are over their lanes, or side by side where those are narrow
	text = ""
	for (i = 0; i < n; i++) {
		w = i < 5 ? i : 4
		text = text "<tspan class=\"n" w "\">" (i ? "   " : "") "&#9679; " esc(names[i]) "</tspan>"
		printf "<g class=\"l%d wide\"><text class=\"f n%d\" x=\"0\" y=\"13\">&#9679; %s</text></g>\n", w, w, esc(names[i])
	}
	printf "<text class=\"f narrow\" x=\"0\" y=\"13\">%s</text>\n%s</svg></div>\n", text, body
	printf "<p>Again: %s, the last one below %s</p></figure>\n",
		code("make explore BASE=" b " SCENARIO=" head[t, "scenario"] (head[t, "command"] ~ /TREE=/ ? " TREE=<dir>" : "")) \
		" or " code("explorer --scenario " head[t, "scenario"] " --replay " head[t, "replay"]),
		code("build/" b (head[t, "command"] ~ /TREE=/ ? "-tree" : "") "/explore/base")
}

function key_of(t)
{
	gsub(/[^A-Za-z0-9]/, "-", t)
	return t
}

# -- the rest of what was run --------------------------------------------------

function explorer(	i, b, name, r, k)
{
	print "<h2 id=\"explorer\">Schedules explored</h2>"
	print "<p>The kernel&#39;s own <code>mm/zswap.c</code>, unmodified, in every order of steps within a bound of preemptions. A bound with &lt; before it: an unpatched tree, searched until it had shown what it is known to do. What is not modelled: Documentation/zswap-explorer.rst.</p>"
	table("Schedules explored")
	columns("kernel|tree|#scenarios|#schedules|#pruned|found|again")
	for (i = 1; i <= nr_bases; i++) {
		b = base_list[i]
		name = "explore-" b
		used[name] = 1
		if (!(name in have)) {
			printf "<tr><th scope=\"row\">%s</th><td colspan=\"6\">%s</td></tr>\n", esc(kernel(b)),
				explores[b] ? not_run(how("explore", b, "")) : "<span class=\"soft\">nothing to compare with</span>"
			continue
		}
		explorer_sum(b, name, "base")
		explorer_sum(b, name, "patched")
	}
	print "</tbody>"
	table_end()
	for (i = 1; i <= nr_bases; i++) {
		b = base_list[i]
		name = "explore-" b
		if (!(name in have))
			continue
		printf "<details><summary>%s: each scenario%s</summary>\n", esc(head[name, "kernel"]), stale(name)
		table("Scenarios of " b)
		columns("tree|scenario|#bound|#schedules|#pruned|found|as expected|again")
		for (r = 1; r <= rows[name]; r++) {
			k = cell[name, r, "found"]
			printf "<tr><td>%s</td><td>%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td>%s</td><td>%s</td><td class=\"code\">%s</td></tr>\n",
				esc(cell[name, r, "kernel"]), esc(cell[name, r, "scenario"]), esc(cell[name, r, "bound"]),
				num(cell[name, r, "schedules"]), num(cell[name, r, "pruned"]),
				(k == "") ? "nothing" : esc(k), verdict(cell[name, r, "result"]),
				code(how("explore", b, name) " SCENARIO=" cell[name, r, "scenario"])
		}
		print "</tbody>"
		table_end()
		print "</details>"
	}
}

function explorer_sum(b, name, which,	r, n, sum, pruned, bad, found, list, k, i, seen)
{
	n = sum = pruned = bad = 0
	found = ""
	for (r = 1; r <= rows[name]; r++) {
		if (cell[name, r, "kernel"] != which)
			continue
		n++
		sum += cell[name, r, "schedules"]
		pruned += cell[name, r, "pruned"]
		bad += cell[name, r, "result"] != "ok"
		k = split(cell[name, r, "found"], list, " ")
		for (i = 1; i <= k; i++)
			if (!(list[i] in seen)) {
				seen[list[i]] = 1
				if (!(list[i] in bug_name))
					found = found " " list[i]
			}
	}
	# those of the list first, in its order
	for (i = nr_bugs; i >= 1; i--)
		if (bugs[i] in seen)
			found = " " bugs[i] found
	found = substr(found, 2)
	if (!n)
		return
	printf "<tr><th scope=\"row\">%s</th><td>%s</td><td class=\"n\">%d</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"w\">%s%s%s</td><td class=\"code\">%s</td></tr>\n",
		esc(kernel(b)), which, n, num(sprintf("%.0f", sum)), num(sprintf("%.0f", pruned)),
		(found == "") ? "nothing" : esc(found), bad ? " <span class=\"bad\">" bad " not as expected</span>" : "",
		stale(name), code(how("explore", b, name))
}

function boots(	i, b, name, r, c, n, bad, skips)
{
	print "<h2 id=\"boots\">Boot tests</h2>"
	for (i = 1; i <= nr_bases; i++) {
		b = base_list[i]
		name = "verify-" b
		used[name] = 1
		if (!(name in have)) {
			printf "<p>%s: %s</p>\n", esc(kernel(b)), patches[b] ? not_run(how("verify", b, "")) : "there is no series"
			continue
		}
		n = bad = skips = 0
		for (r = 1; r <= rows[name]; r++) {
			c = cell[name, r, "result"]
			n += c == "ok"
			skips += c == "SKIP"
			bad += c != "ok" && c != "SKIP"
		}
		printf "<details><summary><b>%s</b> &ndash; %d ok, %s, %d skipped%s</summary>\n", esc(head[name, "kernel"]),
			n, bad ? "<span class=\"bad\">" bad " FAIL</span>" : "0 FAIL", skips, stale(name)
		printf "<p>Again: %s</p>\n", code(how("verify", b, name))
		table("Boot tests of " b)
		columns("kernel|test|zpool|device|bug|result|detail")
		for (r = 1; r <= rows[name]; r++)
			printf "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td class=\"w\">%s</td></tr>\n",
				esc(cell[name, r, "kernel"]), esc(cell[name, r, "test"]), esc(cell[name, r, "zpool"]),
				esc(cell[name, r, "dev"]), esc(cell[name, r, "bug"]), verdict(cell[name, r, "result"]),
				esc(cell[name, r, "detail"])
		print "</tbody>"
		table_end()
		print "</details>"
	}
}

function mutants_killed(	i, b, name, r, n)
{
	print "<h2 id=\"mutants\">Mutants</h2>"
	print "<p>One rule of the patched tree is broken at a time; the explorer has to notice.</p>"
	for (i = 1; i <= nr_bases; i++) {
		b = base_list[i]
		name = "mutants-" b
		if (!(b in has_mutants) && !(name in have))
			continue
		used[name] = 1
		if (!(name in have)) {
			printf "<p>%s: %s</p>\n", esc(kernel(b)), not_run(how("mutants", b, ""))
			continue
		}
		n = 0
		for (r = 1; r <= rows[name]; r++)
			n += cell[name, r, "killed"] == "yes"
		printf "<h3>%s: %d of %d killed%s</h3>\n<p>Again: %s</p>\n", esc(kernel(b)), n, rows[name], stale(name),
			code(how("mutants", b, name))
		table("Mutants of " b)
		columns("rule|what is broken|killed|by|as")
		for (r = 1; r <= rows[name]; r++)
			printf "<tr><th scope=\"row\">%s</th><td class=\"long\">%s</td><td>%s</td><td class=\"w\">%s</td><td>%s</td></tr>\n",
				esc(cell[name, r, "rule"]), esc(cell[name, r, "what"]), verdict(cell[name, r, "killed"]),
				esc(cell[name, r, "by"]), esc(cell[name, r, "found"])
		print "</tbody>"
		table_end()
	}
}

# every patch alone: by boots, and by the explorer
function prefixes(	i, b)
{
	print "<h2 id=\"prefixes\">After each patch</h2>"
	left_out = ""
	for (i = 1; i <= nr_bases; i++) {
		b = base_list[i]
		if (!patches[b])
			continue
		prefix_table(b, "prefixes-" b, "boots", "make prefixes BASE=" b)
		prefix_table(b, "explore-prefixes-" b, "the explorer", "make explore BASE=" b " PREFIXES=1")
	}
	print_left_out()
}

function prefix_table(b, name, by, again,	r, bad, x)
{
	used[name] = 1
	if (!(name in have)) {
		left_out = left_out ", " code(again)
		return
	}
	bad = 0
	for (r = 1; r <= rows[name]; r++)
		bad += cell[name, r, "result"] != "ok"
	printf "<details><summary><b>%s</b>, %s &ndash; %d patches, %s%s</summary><p>Again: %s</p>\n", esc(kernel(b)), by,
		rows[name], bad ? "<span class=\"bad\">" bad " FAIL</span>" : "0 FAIL", stale(name), code(head[name, "command"])
	x = by == "boots"
	table("After each patch of " b ", " by)
	columns(x ? "#patch|subject|result|detail" : "#patch|subject|#schedules|found|worse|result")
	for (r = 1; r <= rows[name]; r++) {
		printf "<tr><td class=\"n\">%s</td><td class=\"long\">%s</td>", esc(cell[name, r, "patch"]), esc(cell[name, r, "subject"])
		if (x)
			printf "<td>%s</td><td>%s</td></tr>\n", verdict(cell[name, r, "result"]), esc(cell[name, r, "detail"])
		else
			printf "<td class=\"n\">%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", num(cell[name, r, "schedules"]),
				(cell[name, r, "found"] == "") ? "nothing" : esc(cell[name, r, "found"]),
				esc(cell[name, r, "worse"]), verdict(cell[name, r, "result"])
	}
	print "</tbody>"
	table_end()
	print "</details>"
}

# -- cost ----------------------------------------------------------------------

function picture(name,	line)
{
	getline line <(dir "/" name)
	close(dir "/" name)
	printf "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"plot\"><img alt=\"plot of %s, the table below has its numbers\" src=\"data:image/svg+xml;base64,%s\"></div>\n",
		esc(name), line
}

# bars from min to max with the median, a group for each of the column "what"
function plot(name,	r, what, top, y, s, v, class, mid, from, to, groups, unit)
{
	top = 0
	for (r = 1; r <= rows[name]; r++) {
		what = cell[name, r, "what"] "\t" cell[name, r, "unit"]
		if (cell[name, r, "median"] !~ /^[0-9.]+$/)
			continue
		v = cell[name, r, "max"] ~ /^[0-9.]+$/ ? cell[name, r, "max"] + 0 : cell[name, r, "median"] + 0
		if (v > most[name, what])
			most[name, what] = v
	}
	y = 4
	s = ""
	groups = ""
	for (r = 1; r <= rows[name]; r++) {
		what = cell[name, r, "what"] "\t" cell[name, r, "unit"]
		if (!most[name, what])
			continue
		if (what != groups) {
			groups = what
			y += 20
			v = cell[name, r, "unit"]
			s = s "<text class=\"f\" x=\"0\" y=\"" y "\">" esc(cell[name, r, "what"]) (v == "" ? "" : ", " esc(v)) "</text>\n"
			y += 4
		}
		mid = pos(name, what, cell[name, r, "median"])
		from = cell[name, r, "min"] ~ /^[0-9.]+$/ ? pos(name, what, cell[name, r, "min"]) : mid
		to = cell[name, r, "max"] ~ /^[0-9.]+$/ ? pos(name, what, cell[name, r, "max"]) : mid
		class = cell[name, r, "kernel"] ~ /^(base|series)$/ ? cell[name, r, "kernel"] : "other"
		y += 14
		v = cell[name, r, "CPUs"]
		v = v == "" || v == "-" ? "" : ", " esc(v) (v == 1 ? " CPU" : " CPUs")
		s = s "<text x=\"0\" y=\"" y "\">" esc(cell[name, r, "kernel"]) v "  " num(cell[name, r, "median"]) "</text>\n"
		y += 4
		s = s sprintf("<rect class=\"grid\" x=\"0\" y=\"%d\" width=\"100%%\" height=\"7\"/>", y)
		s = s sprintf("<rect class=\"%s\" opacity=\".45\" x=\"0\" y=\"%d\" width=\"%.2f%%\" height=\"7\"/>", class, y, mid)
		s = s sprintf("<rect class=\"%s\" x=\"%.2f%%\" y=\"%d\" width=\"%.2f%%\" height=\"7\"/>\n", class, from, y,
			to - from > .4 ? to - from : .4)
		y += 10
	}
	if (s == "")
		return
	printf "<figure class=\"plot\"><figcaption>Pale: from 0 to the median; strong: from the least to the most. Each group has its own scale.</figcaption>\n"
	printf "<svg width=\"100%%\" height=\"%d\" role=\"img\" aria-labelledby=\"p-%s\" xmlns=\"http://www.w3.org/2000/svg\"><title id=\"p-%s\">%s, the numbers are in the table below</title>\n%s</svg></figure>\n",
		y + 4, key_of(name), key_of(name), esc(name), s
}

function pos(name, what, v)
{
	return 100 * v / most[name, what]
}

# all files whose name begins with PREFIX; returns how many
function all_of(prefix,	i, n)
{
	n = 0
	for (i = 1; i <= nr_files; i++)
		if (index(files[i], prefix) == 1 && !(files[i] in used)) {
			n++
			any_table(files[i])
		}
	return n
}

function cost(	i, j, b, n, part)
{
	print "<h2 id=\"cost\">Cost</h2>"
	all_of("bench-")
	left_out = ""
	n = split("counts time scale", part, " ")
	for (i = 1; i <= nr_bases; i++) {
		b = base_list[i]
		for (j = 1; patches[b] && j <= n; j++)
			if (!(("bench-" b "-" part[j]) in have))
				left_out = left_out ", " code(how("bench", b, "") " PARTS=" part[j])
	}
	print_left_out()
}

function print_left_out()
{
	if (left_out != "")
		printf "<p><span class=\"not\">Not run:</span> %s</p>\n", substr(left_out, 3)
}

# -- where it is from ----------------------------------------------------------

function sources(	i, name)
{
	print "<h2 id=\"sources\">How to reproduce it, and where it is from</h2>"
	printf "<p>Each line above has its command. %s runs most of them; %s tells the rest. Without the package of a kernel: %s.</p>\n",
		code("make check"), code("make help"), code("TREE=<dir>")
	if (!nr_files) {
		printf "<p>%s</p>\n", not_run("")
		return
	}
	table("Files of results")
	columns("file|again|kernel|commit|date|machine")
	for (i = 1; i <= nr_files; i++) {
		name = files[i]
		if (name ~ /^trace-/)
			continue
		printf "<tr><th scope=\"row\">%s</th><td class=\"code\">%s</td><td class=\"w\">%s</td><td>%s%s</td><td class=\"w\">%s</td><td class=\"w\">%s</td></tr>\n",
			esc(name), code(head[name, "command"]), esc(head[name, "kernel"]), esc(head[name, "project"]), stale(name),
			esc(head[name, "date"]), esc(head[name, "machine"])
	}
	print "</tbody>"
	table_end()
}

END {
	print "<!DOCTYPE html>\n<!-- SPDX-License-Identifier: GPL-2.0-only -->"
	print "<html lang=\"en\"><head><meta charset=\"utf-8\">"
	print "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
	print "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
	print "<meta name=\"color-scheme\" content=\"light dark\">"
	print "<title>zswap writeback: the races and the series</title>\n<style>"
	while ((getline line <css) > 0)
		print line
	print "</style></head><body>\n<header><h1>zswap writeback against swapoff, slot reuse and zero-filled pages</h1>"
	printf "<p class=\"soft\">Made %s from commit %s and %d files of results. What was made from another commit is marked stale.</p>\n",
		esc(now), code(commit), nr_files
	print "<nav aria-label=\"sections\"><a href=\"#summary\">Summary</a><a href=\"#races\">Races</a><a href=\"#explorer\">Explorer</a><a href=\"#boots\">Boots</a><a href=\"#mutants\">Mutants</a><a href=\"#prefixes\">Each patch</a><a href=\"#cost\">Cost</a><a href=\"#soak\">Soak</a><a href=\"#other\">More</a><a href=\"#sources\">Reproduce</a></nav></header><main>"
	summary()
	races()
	explorer()
	boots()
	mutants_killed()
	prefixes()
	cost()
	print "<h2 id=\"soak\">Soak</h2>"
	if (!all_of("soak-"))
		printf "<p>%s</p>\n", not_run("")
	print "<h2 id=\"other\">Audits, KUnit, upstream&#39;s tests, and the rest</h2>"
	# those of bugs that no base is known to have any more are no table
	for (i = 1; i <= nr_files; i++)
		if (files[i] ~ /^trace-/)
			used[files[i]] = 1
	if (!(all_of("audit-") + all_of("kunit-") + all_of("test_zswap-") + all_of("")))
		printf "<p>%s</p>\n", not_run("")
	sources()
	print "</main></body></html>"
}
