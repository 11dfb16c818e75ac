// The people view: who gains and loses what, and on opening a row what they are in before and
// after. Sizes in rem are those of plan.css.
const MOST_LINES = 4; // of a closed row
const MOST_GROUPS = 200; // of one side of before and after

function personVerdict(person) {
  const tally = { create: 0, add: 0, remove: 0, blocked: 0 };
  for (let c = plan.people.first[person]; c < plan.people.first[person + 1]; c++) tally[kindOf(c)]++;
  const parts = [];
  if (tally.create !== 0) parts.push(`new, in ${counted(tally.create, "group", "groups")}`);
  if (tally.add !== 0) parts.push(`gains ${digits(tally.add)}`);
  if (tally.remove !== 0) parts.push(`loses ${digits(tally.remove)}`);
  if (tally.blocked !== 0) parts.push(`${digits(tally.blocked)} blocked`);
  return parts.join(", ");
}

function makeLine(change) {
  const words = why(change);
  const reason = make("span", "why", words);
  reason.title = words;
  const group = make("span", "group", groupName(plan.changes.group[change]));
  const named = make("span", "named", group, isPrivileged(change) ? make("span", "tag", "privileged") : null);
  return make("li", `line ${kindOf(change)}`, makeMark(kindOf(change)), named, reason);
}

class BeforeAfter {
  constructor(person, before) {
    this.person = person;
    this.before = before === UNKNOWN ? [] : plan.befores.sets[plan.befores.set[before]];
    this.beforeSet = new Set(this.before);
    this.id = before === UNKNOWN ? 0 : plan.befores.id[before];
    this.kindByGroup = new Map();
    for (let c = plan.people.first[person]; c < plan.people.first[person + 1]; c++) {
      this.kindByGroup.set(plan.changes.group[c], kindOf(c));
    }
  }

  gained() {
    return [...this.kindByGroup].filter(([, kind]) => kind === "create" || kind === "add").map(([group]) => group);
  }

  makePill(group, kind, words) {
    return make("li", kind ? `pill ${kind}` : "pill", kind ? make("span", "sign", SIGNS[kind] + " ") : null, groupName(group), words ? make("span", "words", ` ${words}`) : null);
  }

  makeSide(title, groups, pill, none) {
    const list = make("ul", "pills", ...groups.slice(0, MOST_GROUPS).map(pill));
    if (groups.length > MOST_GROUPS) list.append(make("li", "more", `and ${digits(groups.length - MOST_GROUPS)} more`));
    const heading = make("h4", "", title, make("span", "number", ` ${counted(groups.length, "group", "groups")}`));
    return make("section", "side", heading, groups.length === 0 ? make("p", "none", none) : list);
  }

  make() {
    const created = isCreated(this.person);
    const kept = this.before.filter((group) => this.kindByGroup.get(group) !== "remove");
    const after = [...kept, ...this.gained().filter((group) => !this.beforeSet.has(group))];
    const before = this.makeSide("Before", this.before, (group) => {
      const leaves = this.kindByGroup.get(group) === "remove";
      return this.makePill(group, leaves ? "remove" : "", leaves ? "leaves" : "");
    }, created ? "Not in the tenant" : "In no group");
    const afterSide = this.makeSide("After", after, (group) => {
      if (!this.beforeSet.has(group)) return this.makePill(group, "add", "joins");
      return this.kindByGroup.get(group) === "blocked" ? this.makePill(group, "blocked", "stays, removal blocked") : this.makePill(group, "", "");
    }, created ? "Not in the tenant: blocked" : "In no group");
    return make("div", "beforeafter", before, afterSide);
  }
}

function makeBeforeAfter(person) {
  const first = plan.people.firstBefore[person], end = plan.people.firstBefore[person + 1];
  if (isCreated(person)) return [new BeforeAfter(person, UNKNOWN).make()];
  if (first === end) return [make("p", "none", "This plan does not hold what this person was in before.")];
  const all = Array.from({ length: end - first }, (_, i) => new BeforeAfter(person, first + i));
  if (all.length === 1) return [all[0].make()];
  return all.flatMap((one) => [make("p", "none", `User ${text(one.id)}`), one.make()]);
}

// One change with everything that is known of why.
function makeReason(change) {
  const group = plan.changes.group[change];
  const name = makeButton("link group", () => setFilters({ group, person: -1 }), groupName(group));
  name.title = "Everybody whose membership of this group changes";
  const pieces = whyPieces(change).map(([label, words]) => make("span", "piece", label ? make("span", "label", label + " ") : null, words));
  const tag = isPrivileged(change) ? make("span", "tag", "privileged") : null;
  return make("li", `reason ${kindOf(change)}`, makeMark(kindOf(change)), make("span", "named", name, tag), make("span", "pieces", ...pieces));
}

const peopleView = {
  open: new Set(),
  total: () => plan.people.count,
  name: (number) => (number === 1 ? "person" : "people"),
  select: (filter) => indexesWhere(plan.people.count, (p) => filter.takesPerson(p)),

  // A filter shows its own changes first and alone; the others are counted.
  linesOf(person) {
    const first = plan.people.first[person], end = plan.people.first[person + 1];
    const lines = [];
    for (let c = first; c < end && lines.length < MOST_LINES; c++) if (filter.takesChange(c)) lines.push(c);
    return { lines, others: end - first - lines.length };
  },

  expectedHeight(person) {
    const first = plan.people.first[person], all = plan.people.first[person + 1] - first;
    let lines = all;
    if (all > MOST_LINES || filter.actions !== 0 || filter.group !== -1) lines = this.linesOf(person).lines.length;
    const more = lines === all ? 0 : 1.5;
    return rowMeasures.rem * (2.75 + lines * rowMeasures.line + more) + 1;
  },

  makeRow(person) {
    const open = this.open.has(person);
    const toggle = makeButton("toggle", () => toggleRow(peopleView, person),
      make("span", `badge ${plan.people.mark[person] === "!" ? "blocked" : isCreated(person) ? "create" : "change"}`, plan.people.mark[person]),
      make("span", "who", personName(person)), make("span", "verdict", personVerdict(person)));
    toggle.setAttribute("aria-expanded", open);
    return make("div", open ? "person open" : "person", make("h3", "", toggle), open ? this.makeDetail(person) : this.makeLines(person));
  },

  makeLines(person) {
    const { lines, others } = this.linesOf(person);
    const list = make("ul", "lines", ...lines.map(makeLine));
    if (others > 0) list.append(make("li", "more", `and ${counted(others, "other change", "other changes")}`));
    return list;
  },

  makeDetail(person) {
    const first = plan.people.first[person], count = plan.people.first[person + 1] - first;
    const reasons = make("ul", "reasons", ...Array.from({ length: count }, (_, i) => makeReason(first + i)));
    const link = make("a", "", "Link to this person");
    link.href = "#" + new URLSearchParams({ person: personKey(person) });
    const id = plan.people.id[person] === 0 ? "" : make("span", "", "user id ", make("code", "", text(plan.people.id[person])));
    return make("div", "detail", ...makeBeforeAfter(person), make("h4", "", "What changes, and why"), reasons, make("p", "foot", id, link));
  },
};
